//! Files as people have them: links, other line ends, encodings, tables and archives; and outputs that are inputs.

use crate::cli::support::{Scratch, assert_says, gzip, lines, program, sentences};
use std::io::Write;
use std::process::Stdio;

const TRANSLATE: &str = "translate --model model --beam-size 1";

#[test]
fn standard_input_is_named_once() {
    let scratch = Scratch::with_model();
    for args in [
        "check - -",
        "convert - - -o new.tsv",
        "evaluate --hypotheses - --references -",
        "aer --gold - -",
        "translate --model model --glossary -",
    ] {
        let message = scratch.pipe(args, "one\n");
        assert_eq!(message.code, Some(2), "{args}: {}", message.stderr);
    }
}

#[test]
fn an_output_in_a_format_that_is_not_written_is_refused_before_the_work() {
    let scratch = Scratch::with_model();
    for (args, part) in [
        ("heat-map --model model one -o x.jpg", ".jpg is not written"),
        ("curve --model model -o c.pdf.gz", ".pdf is not written"),
        ("translate --model model -o out.xz", ".xz is not written"),
        ("convert pairs.tsv -o out.tsv.bz2", ".bz2 is not written"),
        ("check pairs.tsv --fix out.tar.gz", ".tar is not written"),
        ("report --model model --translate s.txt -o r.pdf", "a report is a web page"),
    ] {
        assert_says(&scratch.run(args).wrong_usage(), &[part]);
    }
}

#[cfg(unix)]
#[test]
fn no_output_is_an_input_whatever_its_path() {
    let scratch = Scratch::with_model();
    scratch.write("text.txt", sentences());
    scratch.write("terms.tsv", "one\teins\n");
    std::fs::hard_link(scratch.path("text.txt"), scratch.path("hard.txt")).expect("a link");
    std::os::unix::fs::symlink("terms.tsv", scratch.path("soft.txt")).expect("a link");
    let before = scratch.tree("");
    for args in
        ["-i text.txt -o hard.txt", "-i text.txt --glossary terms.tsv -o soft.txt", "-i text.txt -o model/words.bin"]
    {
        let message = scratch.run(&format!("{TRANSLATE} {args}")).failure();
        assert_says(&message, &["input and output are the same file", "another -o"]);
        assert!(scratch.tree("") == before, "{args}");
    }
    scratch.run(&format!("{TRANSLATE} -i text.txt -o model/new.txt")).success();
}

#[cfg(unix)]
#[test]
fn standard_input_and_standard_output_are_compared_too() {
    let scratch = Scratch::with_model();
    scratch.write("text.txt", sentences());
    let open = |append: bool| {
        let mut options = std::fs::OpenOptions::new();
        options.read(!append).append(append).open(scratch.path("text.txt")).expect("a file")
    };
    let mut from_input = program();
    from_input.args(TRANSLATE.split(' ')).args(["-o", "text.txt"]).stdin(Stdio::from(open(false)));
    let mut to_output = program();
    to_output.args(TRANSLATE.split(' ')).args(["-i", "text.txt"]).stdout(Stdio::from(open(true)));
    for mut command in [from_input, to_output] {
        let output = command.current_dir(scratch.path("")).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(1));
        assert_says(&String::from_utf8_lossy(&output.stderr), &["input and output are the same file"]);
        assert_eq!(scratch.text("text.txt"), sentences());
    }
}

#[test]
fn the_lines_before_an_error_stay_in_a_partial_file() {
    let scratch = Scratch::with_model();
    let text = sentences().repeat(60);
    let zipped = gzip(&text);
    scratch.write("cut.gz", &zipped[..zipped.len() - 100]);
    scratch.write("out.txt", "an older result");
    let message = scratch.run(&format!("{TRANSLATE} -i cut.gz -o out.txt")).failure();
    let partial = scratch.text("out.txt.partial");
    let count = lines(&partial).len();
    assert!(count > 0);
    assert_says(&message, &[&format!("the first {count} lines are in out.txt.partial"), "cut short"]);
    assert_eq!(scratch.text("out.txt"), "an older result");
    scratch.write("s.txt", sentences());
    scratch.run(&format!("{TRANSLATE} -i s.txt -o out.txt")).success();
    assert_eq!(lines(&scratch.text("out.txt")).len(), lines(&sentences()).len());
    assert_eq!(scratch.text("out.txt.partial"), partial);
    assert!(!scratch.path("out.txt.2.partial").exists());
}

#[cfg(unix)]
#[test]
fn an_interrupted_translation_names_its_lines() {
    let scratch = Scratch::with_model();
    let mut command = program();
    command.args(TRANSLATE.split(' ')).args(["-o", "out.txt"]).current_dir(scratch.path(""));
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"one\ntwo\n").and_then(|()| stdin.flush()).expect("the program reads");
    while std::fs::read_to_string(scratch.path("out.txt.partial")).map_or(0, |text| text.lines().count()) < 2 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(130));
    assert_says(&String::from_utf8_lossy(&output.stderr), &["interrupted: the first 2 lines are in out.txt.partial"]);
    assert!(!scratch.path("out.txt").exists());
}

#[test]
fn classic_mac_line_ends_are_named_and_repaired() {
    let scratch = Scratch::with_model();
    scratch.write("mac.tsv", "one two\teins zwei\rthree four\tdrei vier\rfive six\tfünf sechs\r");
    scratch.write("mac.txt", "one\rtwo\r");
    let message = scratch.run(&format!("{TRANSLATE} -i mac.txt")).failure();
    assert_says(&message, &["mac.txt: 2 lines end with a carriage return only", "tr '\\r' '\\n'"]);
    assert_says(&scratch.run("convert mac.tsv -o new.tsv").failure(), &["mac.tsv: 3 lines end with a carriage return"]);
    let ran = scratch.run("check mac.tsv --fix fixed.tsv");
    assert_says(&ran.stdout, &["lines that end with a carriage return only", "mac.tsv: 3 pairs"]);
    assert_eq!(scratch.text("fixed.tsv"), "one two\teins zwei\nthree four\tdrei vier\nfive six\tfünf sechs\n");
}

#[test]
fn utf_16_is_read_like_utf_8() {
    let scratch = Scratch::with_model();
    let text = "one\teins\r\nfive\tfünf\r\n";
    for (name, mark, to_bytes) in [
        ("le", "\u{FEFF}", u16::to_le_bytes as fn(u16) -> [u8; 2]),
        ("be", "\u{FEFF}", u16::to_be_bytes),
        ("bare", "", u16::to_le_bytes),
    ] {
        let bytes: Vec<u8> = format!("{mark}{text}").encode_utf16().flat_map(to_bytes).collect();
        scratch.write(&format!("{name}.tsv"), &bytes);
        assert_eq!(scratch.run(&format!("convert {name}.tsv -o -")).success().stdout, "one\teins\nfive\tfünf\n");
        scratch.run(&format!("check {name}.tsv --fix {name}.out")).success();
        assert_eq!(scratch.text(&format!("{name}.out")), "one\teins\nfive\tfünf\n");
    }
    let sentence: Vec<u8> = "one\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let plain = scratch.pipe(TRANSLATE, "one\n").success().stdout;
    assert_eq!(scratch.pipe(TRANSLATE, sentence).success().stdout, plain);
}

#[test]
fn tables_with_quotation_marks_give_whole_cells() {
    let scratch = Scratch::new();
    let rows = "one, two\teins zwei\nsay \"go\"\tsag \"geh\"\nthree four\tdrei vier\n";
    scratch.write(
        "t.csv",
        "\"one, two\",eins zwei\n\"say \"\"go\"\"\",\"sag \"\"geh\"\"\"\n\"three\nfour\",\"drei\nvier\"\n",
    );
    scratch.write(
        "t.tsv",
        "one, two\teins zwei\r\n\"say \"\"go\"\"\"\t\"sag \"\"geh\"\"\"\r\n\"three\nfour\"\t\"drei\nvier\"\r\n",
    );
    scratch.write("t.txt", "one, two;eins zwei\n\"say \"\"go\"\"\";\"sag \"\"geh\"\"\"\nthree four;drei vier\n");
    for args in ["t.csv", "t.tsv", "t.txt --csv"] {
        let ran = scratch.run(&format!("convert {args} -o -")).success();
        assert_eq!(ran.stdout, rows, "{args}");
        assert_says(&ran.stderr, &["is read as a table with cells in quotation marks"]);
        scratch.run(&format!("check {args} --fix fixed.tsv"));
        assert_eq!(scratch.text("fixed.tsv"), rows, "{args}");
    }
    let message = scratch.run("convert t.txt -o -").failure();
    assert_says(&message, &["t.txt:1: found 1 column", "--csv"]);
}

#[test]
fn a_broken_cell_gives_no_wrong_pair() {
    let scratch = Scratch::new();
    scratch.write("t.tsv", "one \"1\"\teins\n\"two\nthree\"\t\"zwei\ndrei\"\nfour\tvier\n");
    let ran = scratch.run("check t.tsv --fix fixed.tsv");
    assert_says(&ran.stdout, &["t.tsv:2", "--csv"]);
    assert_eq!(scratch.text("fixed.tsv"), "one \"1\"\teins\nfour\tvier\n");
}

#[test]
fn a_table_in_the_wrong_place_is_named_with_the_command_to_use() {
    let scratch = Scratch::with_model();
    scratch.write("a.tsv", "one\teins\ntwo\tzwei\n");
    scratch.write("a.csv", "one,eins\ntwo,zwei\n");
    scratch.write("a.tmx", "<!-- by hand -->\n<tmx version=\"1.4\"><header/><body/></tmx>\n");
    for (args, parts) in [
        ("-i a.tsv", &["a.tsv: the file has several columns", "cut -f1 a.tsv"][..]),
        ("-i a.csv", &["a.csv: the file has several columns", "glosser convert a.csv"]),
        ("-i a.tmx", &["`a.tmx` is XML", "glosser convert"]),
    ] {
        assert_says(&scratch.run(&format!("{TRANSLATE} {args}")).wrong_usage(), parts);
    }
    for command in ["check", "train --model new"] {
        let message = scratch.run(&format!("{command} a.tsv a.tsv")).wrong_usage();
        assert_says(&message, &["has a tab in every line", "cat a.tsv b.tsv"]);
    }
    assert_says(&scratch.run("check a.csv a.tsv").wrong_usage(), &["`a.csv` is a translation memory (TMX) or a CSV"]);
    scratch.pipe(TRANSLATE, "one\ttwo\nthree\tfour\n").success();
}

#[test]
fn an_archive_of_several_files_and_an_unknown_format_are_named() {
    let scratch = Scratch::with_model();
    scratch.write("p.7z", b"7z\xBC\xAF\x27\x1C\0\x04rest");
    assert_says(&scratch.run("convert p.7z -o -").failure(), &["p.7z: this is a 7-Zip archive", "7z x -so p.7z"]);
    scratch.write("padded.gz", [gzip("one\teins\n"), vec![0; 1000]].concat());
    assert_eq!(scratch.run("convert padded.gz -o -").success().stdout, "one\teins\n");
}

#[test]
fn a_file_that_is_no_text_or_in_another_format_is_named_with_the_remedy() {
    let scratch = Scratch::with_model();
    for (name, bytes, parts) in [
        ("a.png", &b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR"[..], &["a.png: this is a PNG picture", "give the text"][..]),
        ("a.pdf", b"%PDF-1.7\n%\xE2\xE3", &["a.pdf: this is a PDF", "pdftotext -layout a.pdf"]),
        ("a.db", b"SQLite format 3\0\x10", &["a.db: this is a SQLite database", "sqlite3 -tabs a.db"]),
        ("a.parquet", b"PAR1\x15\x04\x15", &["Parquet", "FROM 'a.parquet'"]),
        ("a.html", b"<!DOCTYPE html>\n<p>\n", &["web page", "pandoc -t plain --wrap=none a.html"]),
    ] {
        scratch.write(name, bytes);
        assert_says(&scratch.run(&format!("score --model model {name}")).failure(), parts);
        assert_says(&scratch.run(&format!("translate --model model -i {name}")).failure(), parts);
    }
    let weights = scratch.run("score --model model model/model.safetensors").failure();
    assert_says(&weights, &["model/model.safetensors: this is a file of model weights", "--model DIR"]);
    for (name, text, parts) in [
        ("fast_align", "one ||| eins\n", &["fast_align:1: found 1 column", "`source ||| target`", "awk -F"][..]),
        ("json", "{\"en\": \"one\", \"de\": \"eins\"}\n", &["json:1: found 1 column", "this is JSON", "jq -r"]),
        ("spaces", "one    eins\n", &["separated by spaces"]),
    ] {
        scratch.write(name, text.repeat(5));
        assert_says(&scratch.run(&format!("train {name} --model new")).failure(), parts);
        assert_says(&scratch.run(&format!("check {name}")).stdout, &parts[parts.len() - 1..]);
    }
}

#[cfg(unix)]
#[test]
fn an_open_file_is_written_to_where_it_is() {
    let scratch = Scratch::with_model();
    let program = program().get_program().to_owned();
    let shell = |script: &str| {
        let mut bash = std::process::Command::new("bash");
        bash.args(["-c", script]).env("GLOSSER", &program).current_dir(scratch.path(""));
        let ran = bash.output().expect("bash");
        assert!(ran.status.success(), "{script}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).expect("text")
    };
    let translated = shell(&format!("$GLOSSER {TRANSLATE} 'one two'"));
    for path in ["/dev/stdout", "/dev/fd/1"] {
        let all = shell(&format!("(echo before; $GLOSSER {TRANSLATE} 'one two' -o {path}; echo after) > log; cat log"));
        assert_eq!(all, format!("before\n{translated}after\n"));
        assert_eq!(shell(&format!("$GLOSSER {TRANSLATE} 'one two' -o {path} | cat")), translated);
    }
    let other = shell(&format!("$GLOSSER {TRANSLATE} 'one two' -o >(cat > other); sleep 1; cat other"));
    assert_eq!(other, translated);
}
