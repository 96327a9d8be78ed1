//! File formats: translation memories, compressed files, line ends, standard input, `convert`.

use crate::cli::support::{Scratch, TINY, assert_says, gzip, pair, sentences, tsv};
use glosser_text::{Compression, read_lines};
use std::io::Write;

/// Pairs that wrong escaping, direction or spacing would change.
const HARD: &str = "a & b\t<b>\"fett\"</b> ]]> 'x'\nשלום עולם\tمرحبا \u{200F}!\n two  spaces \t&amp; &#65;\n\tnur\n我看见\tquoi\u{A0}?\n";

fn zstd(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut data = Vec::new();
    let mut writer = Compression::Zstandard.writer(&mut data);
    writer.write_all(bytes.as_ref()).and_then(|()| writer.flush()).expect("memory");
    drop(writer);
    data
}

/// A translation memory of English and German, as computer-aided translation tools write it.
fn tmx(indices: impl Iterator<Item = usize>) -> String {
    let units: String = indices
        .map(pair)
        .map(|(en, de)| {
            format!(
                "<tu>\n  <prop type=\"x\">note</prop>\n  <tuv xml:lang=\"en-US\">\n    <seg>{en}<ph>code</ph></seg>\n  </tuv>\n  \
                 <tuv xml:lang=\"de-DE\"><seg><hi>{de}</hi></seg></tuv>\n</tu>\n"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">\n<tmx version=\"1.4\">\n\
         <header srclang=\"en\" datatype=\"plaintext\"/>\n<body>\n{units}</body>\n</tmx>\n"
    )
}

fn utf16(text: &str) -> Vec<u8> {
    format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The same twenty pairs in every format.
fn scratch() -> (Scratch, [&'static str; 8]) {
    let scratch = Scratch::with_model();
    let (memory, table) = (tmx(1001..=1020), tsv(1001..=1020));
    scratch.write("m.tmx", &memory);
    scratch.write("utf16.tmx", utf16(&memory));
    scratch.write("no-ending", zstd(&memory));
    scratch.write("pairs.tsv.gz", gzip(&table));
    scratch.write("pairs.zst", [zstd(&table[..100]), zstd(&table[100..])].concat());
    scratch.write("windows.tsv", table.trim_end().replace('\n', "\r\n"));
    scratch.write("windows.tmx", memory.trim_end().replace('\n', "\r\n"));
    let side = |column| -> String {
        table.lines().map(|line| line.split('\t').nth(column).expect("a column").to_owned() + "\r\n").collect()
    };
    scratch.write("pairs.en", side(0).trim_end());
    scratch.write("pairs.de", zstd(side(1).trim_end()));
    scratch.write("pairs.tsv", table);
    (
        scratch,
        [
            "m.tmx",
            "utf16.tmx",
            "no-ending",
            "pairs.tsv.gz",
            "pairs.zst",
            "windows.tsv",
            "windows.tmx",
            "pairs.en pairs.de",
        ],
    )
}

#[test]
fn score_align_and_evaluate_read_every_file_format() {
    let (scratch, files) = scratch();
    for command in ["score --model model", "align --model model", "evaluate --model model --beam-size 1"] {
        let expected = scratch.run(&format!("{command} pairs.tsv")).success().stdout;
        assert_ne!(expected, "");
        for file in files {
            assert_eq!(scratch.run(&format!("{command} {file}")).success().stdout, expected, "{command} {file}");
        }
        for file in files.iter().filter(|file| !file.contains(' ')) {
            let ran = scratch.pipe(&format!("{command} -"), scratch.read(file)).success();
            assert_eq!(ran.stdout, expected, "{command} - < {file}");
        }
    }
}

#[test]
fn a_translation_memory_gives_a_note_about_its_languages_and_languages_swaps_them() {
    let (scratch, _) = scratch();
    let ran = scratch.run("score --model model m.tmx").success();
    assert_says(&ran.stderr, &["note: `m.tmx`: source is `en-US` and target `de-DE`, as in its header", "--languages"]);
    let swapped = scratch.run("score --model model m.tmx --languages DE,en").success();
    assert_eq!(swapped.stdout, scratch.run("score --model model pairs.tsv --columns 2,1").success().stdout);
    assert!(!swapped.stderr.contains("note:"), "{}", swapped.stderr);
    assert_eq!(scratch.run("score --model model m.tmx --quiet").success().stderr, "");
}

#[test]
fn a_translation_memory_trains_the_same_model_as_a_tsv() {
    let (scratch, _) = scratch();
    scratch.write("tiny.toml", TINY);
    scratch.write("train.tmx", tmx(1..=60));
    scratch.write("train.tsv", tsv(1..=60));
    let train = |files: &str, model: &str| {
        let ran = scratch.run(&format!("train {files} --model {model} --steps 2 --config tiny.toml --threads 1"));
        (scratch.read(&format!("{model}/model.safetensors")), ran.success().stderr)
    };
    let (expected, _) = train("train.tsv --dev pairs.tsv", "tsv");
    let (weights, messages) = train("train.tmx --dev utf16.tmx", "tmx");
    assert!(weights == expected, "the weights differ");
    assert_says(&messages, &["`train.tmx`: source is `en-US`", "`utf16.tmx`: source is `en-US`"]);
    // Columns apply to the TSV and languages to the TMX.
    let (swapped, _) = train("train.tsv --dev m.tmx --columns 2,1 --languages de,en", "swapped");
    let (again, _) = train("train.tmx --dev pairs.tsv --columns 2,1 --languages de,en", "again");
    assert!(swapped == again && swapped != expected);
    let piped = scratch
        .pipe("train - --dev pairs.tsv --model piped --steps 2 --config tiny.toml --threads 1", zstd(tmx(1..=60)));
    piped.success();
    assert!(scratch.read("piped/model.safetensors") == expected);
}

#[test]
fn a_malformed_translation_memory_is_named_with_its_line_and_nothing_is_trained() {
    let scratch = Scratch::with_model();
    let good = tmx(1..=3);
    let three = good.replacen(
        "<tuv xml:lang=\"de-DE\">",
        "<tuv xml:lang=\"fr\"><seg>un</seg></tuv><tuv xml:lang=\"de-DE\">",
        1,
    );
    let bomb = good.replace("SYSTEM \"tmx14.dtd\"", "[<!ENTITY a \"b\">]");
    for (name, bytes, parts) in [
        (
            "tag.tmx",
            good.replacen("</hi>", "</hy>", 1).into_bytes(),
            &["tag.tmx:11: this is not well-formed XML", "</hy>", "correct the line"][..],
        ),
        ("cut.tmx", good.as_bytes()[..good.len() / 2].to_vec(), &["cut.tmx:", "this is not XML", "correct the line"]),
        (
            "open.tmx",
            good.replace("</body>\n</tmx>\n", "").into_bytes(),
            &["open.tmx:27: the file ends within `body`, which begins on line 5"],
        ),
        (
            "three.tmx",
            three.into_bytes(),
            &["three.tmx:11: this is the third language", "en-US (3), de-DE (3), fr (1)", "--languages"],
        ),
        ("bomb.tmx", bomb.into_bytes(), &["bomb.tmx:2: a DOCTYPE with declarations", "remove the part"]),
        ("entity.tmx", good.replacen("<hi>", "<hi>&nbsp;", 1).into_bytes(), &["entity.tmx:11: `&nbsp;`", "`&#160;`"]),
        (
            "long.tmx",
            good.replacen("<hi>", &format!("<hi>{}", "x".repeat(5 << 20)), 1).into_bytes(),
            &["long.tmx:11: more than 4 MiB"],
        ),
        (
            "latin1.tmx",
            good.replacen("code", "c\u{1}de", 1).bytes().map(|byte| if byte == 1 { 0xE4 } else { byte }).collect(),
            &["latin1.tmx:9:", "byte 0xE4 is not UTF-8", "iconv -f WINDOWS-1252"],
        ),
        ("half.tmx", utf16(&good)[..601].to_vec(), &["half.tmx:", "half a character"]),
        (
            "other.xml",
            b"<?xml version=\"1.0\"?>\n<html/>".to_vec(),
            &["other.xml:2: this is XML, but not a translation memory", "`html`"],
        ),
        ("none.tmx", tmx(1..1).into_bytes(), &["`none.tmx` has no sentence pair"]),
        ("cut.zst", zstd(&good)[..200].to_vec(), &["cut.zst:", "the compressed data is cut short", "zstd -t"]),
        ("cut.gz", gzip(&good)[..200].to_vec(), &["cut.gz:", "the compressed data is cut short", "gzip -t"]),
    ] {
        scratch.write(name, &bytes);
        assert_says(&scratch.run(&format!("train {name} --model new --quiet")).failure(), parts);
        assert!(!scratch.path("new").exists(), "{name}");
        assert_says(&scratch.run(&format!("score --model model {name}")).failure(), parts);
        assert_says(&scratch.run(&format!("convert {name} -o out.tsv --quiet")).failure(), parts);
        assert!(!scratch.path("out.tsv").exists(), "{name}");
        assert_says(&scratch.pipe("score --model model -", bytes).failure(), &parts[1..]);
    }
    let message = scratch.run("score --model model three.tmx --languages de,it").failure();
    assert_says(&message, &["no unit of `three.tmx` has text in `de` and `it`", "de-DE (3)", "fr (1)"]);
    assert!(scratch.run("score --model model three.tmx --languages fr,de --quiet").success().lines().len() == 1);
}

#[test]
fn a_pair_that_is_too_long_is_named_with_the_line_of_its_unit() {
    let scratch = Scratch::with_model();
    scratch.write("m.tmx", tmx(1..=3).replacen("<hi>", &format!("<hi>{}", "eins ".repeat(2000)), 1));
    let ran = scratch.run("score --model model m.tmx").success();
    assert_says(&ran.stderr, &["warning: m.tmx:6: more than 1500 sub-words on a side; not scored"]);
}

#[test]
fn columns_and_languages_that_the_corpus_does_not_have_are_wrong_usage() {
    let (scratch, _) = scratch();
    for (args, message) in [
        ("m.tmx --columns 2,1", "--columns is for a TSV, but none is given"),
        ("pairs.tsv --languages en,de", "--languages is for a TMX, but none is given"),
        ("pairs.en pairs.de --languages en,de", "--languages is for a TMX, but none is given"),
        ("pairs.en pairs.de --columns 2,1", "--columns is for a TSV, but none is given"),
        ("m.tmx --languages en", "two names and a comma"),
        ("m.tmx --languages en,EN", "the same language"),
        (
            "m.tmx pairs.de",
            "`m.tmx` is a translation memory (TMX) or a CSV, which contains both sides; give this file alone",
        ),
    ] {
        assert_says(&scratch.run(&format!("score --model model {args}")).wrong_usage(), &[message]);
        assert_says(&scratch.run(&format!("convert {args} -o out.tsv")).wrong_usage(), &[message]);
        assert_says(&scratch.run(&format!("train {args} --model new --quiet")).wrong_usage(), &[message]);
    }
    let columns = scratch.pipe("score --model model - --columns 2,1", tmx(1..=3)).wrong_usage();
    assert_says(&columns, &["`standard input` is a translation memory (TMX), which has no columns"]);
    let languages = scratch.pipe("score --model model - --languages en,de", tsv(1..=3)).wrong_usage();
    assert_says(&languages, &["`standard input` is not a translation memory (TMX)", "remove --languages"]);
    assert!(!scratch.path("new").exists() && !scratch.path("out.tsv").exists());
}

#[test]
fn a_corpus_is_the_same_after_conversion_through_every_format() {
    let scratch = Scratch::new();
    scratch.write("a.tsv", HARD);
    for (args, input) in [
        ("a.tsv -o a.tmx --languages en-GB,he", None),
        ("a.tmx -o b.tsv --quiet", None),
        ("b.tsv -o s t", None),
        ("s t -o c.TMX.zst --languages xx,yy", None),
        ("c.TMX.zst -o s.gz t.zst", None),
        ("s.gz t.zst -o d.tsv.gz", None),
        ("- -o e.tmx.gz --languages aa,bb", Some("d.tsv.gz")),
        ("- -o f.tsv --languages AA,bb", Some("e.tmx.gz")),
    ] {
        let ran = scratch
            .pipe(&format!("convert {args}"), input.map(|name| scratch.read(name)).unwrap_or_default())
            .success();
        assert_eq!(ran.stdout, "");
        assert_eq!(ran.stderr.ends_with("5 pairs written\n"), !args.contains("--quiet"), "{}", ran.stderr);
    }
    for name in ["b.tsv", "f.tsv"] {
        assert_eq!(scratch.text(name), HARD, "{name}");
    }
    assert_eq!(read_lines(&scratch.path("d.tsv.gz")).expect("lines").join("\n") + "\n", HARD);
    assert!(
        scratch.read("s.gz").starts_with(&[0x1F, 0x8B]) && scratch.read("t.zst").starts_with(&[0x28, 0xB5, 0x2F, 0xFD])
    );
    let swapped = scratch.run("convert a.tmx --languages he,en -o -").success();
    let expected: String =
        HARD.lines().map(|line| line.split_once('\t').map(|(s, t)| format!("{t}\t{s}\n")).expect("a tab")).collect();
    assert_eq!((swapped.stdout, swapped.stderr.as_str()), (expected, "standard output: 5 pairs written\n"));
}

#[test]
fn line_breaks_and_tabs_inside_a_side_become_spaces_and_are_counted() {
    let scratch = Scratch::new();
    scratch.write("s", "a\tb\n");
    scratch.write("t", "c\rd\u{B}e\n");
    let ran = scratch.run("convert s t -o out.tsv").success();
    assert_says(
        &ran.stderr,
        &["note: 2 tabs, line ends or control characters inside a side became spaces", "1 pair written"],
    );
    assert_eq!(scratch.read("out.tsv"), b"a b\tc d\x0Be\n");
    let ran = scratch.run("convert s t -o out.tmx --languages de,en").success();
    assert_says(&ran.stderr, &["note: 3 tabs"]);
}

#[test]
fn an_impossible_output_is_refused_and_no_file_changes() {
    let (scratch, _) = scratch();
    scratch.write("out.tsv", "old");
    let before = scratch.tree("");
    for (args, parts) in [
        ("pairs.tsv -o out.xlsx", &["out.xlsx: the ending does not choose a format", ".tsv or .tmx"][..]),
        ("pairs.tsv -o out.gz", &["out.gz: the ending does not choose a format"]),
        ("pairs.tsv -o out.tmx", &["a TMX file names its languages; give them with --languages"]),
        ("m.tmx -o out.tmx.gz", &["a TMX file names its languages; give them with --languages"]),
        ("pairs.tsv -o out.tmx out.de", &["out.tmx is a format for both sides"]),
        ("pairs.tsv -o out ./out", &["source and target cannot both be written to out"]),
    ] {
        assert_says(&scratch.run(&format!("convert {args}")).wrong_usage(), parts);
    }
    scratch.write("late.tsv", "a\tb\nno tab\n");
    scratch.write("empty.tsv", "");
    for (args, parts) in [
        ("pairs.tsv -o pairs.tsv", &["pairs.tsv: input and output are the same file", "give another -o"][..]),
        ("pairs.en pairs.de -o new.en ./pairs.en", &["./pairs.en: input and output are the same file"]),
        ("late.tsv -o out.tsv", &["late.tsv:2: found 1 column"]),
        ("empty.tsv -o out.tsv", &["`empty.tsv` has no sentence pair"]),
        ("pairs.tsv -o no/such/out.tsv", &["no/such/out.tsv: cannot be written", "check the path"]),
        ("pairs.tsv -o out.tsv -q --columns 1,3", &["pairs.tsv:1: found 2 columns"]),
    ] {
        assert_says(&scratch.run(&format!("convert {args}")).failure(), parts);
    }
    let after: Vec<_> = scratch
        .tree("")
        .into_iter()
        .filter(|(path, _)| !path.ends_with("late.tsv") && !path.ends_with("empty.tsv"))
        .collect();
    assert!(after == before, "a refused run left something behind");
}

#[test]
fn results_are_compressed_if_the_name_of_the_output_ends_in_gz_or_zst() {
    let scratch = Scratch::with_model();
    scratch.write("in.zst", zstd(sentences()));
    scratch.run("translate --model model -i in.zst -o plain").success();
    let plain = scratch.text("plain");
    assert_eq!(plain, scratch.pipe("translate --model model", sentences()).success().stdout);
    for (name, magic) in [("out.gz", &[0x1F, 0x8B][..]), ("out.ZST", &[0x28, 0xB5, 0x2F, 0xFD])] {
        scratch.run(&format!("translate --model model -i in.zst -o {name}")).success();
        assert!(scratch.read(name).starts_with(magic), "{name}");
        assert_eq!(read_lines(&scratch.path(name)).expect("lines").join("\n") + "\n", plain, "{name}");
        scratch.pipe(&format!("translate --model model -o {name}"), "").success();
        assert!(scratch.read(name).starts_with(magic), "an empty text is compressed, too");
        assert!(read_lines(&scratch.path(name)).expect("lines").is_empty());
    }
    scratch.run("curve --model model -o curve.svg.gz").success();
    let picture = read_lines(&scratch.path("curve.svg.gz")).expect("lines");
    assert!(picture[0].starts_with("<svg"), "{}", picture[0]);
}
