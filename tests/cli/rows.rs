//! `translate --column` and JSON Lines in `translate --format jsonl`: one cell is translated, all others stay.

use crate::cli::support::{Scratch, assert_says, gzip, lines, pair, sentences};
use serde_json::Value;

const TRANSLATE: &str = "translate --model model";

/// The translation of each line by the filter for whole lines.
fn translations(scratch: &Scratch, lines: &[&str]) -> Vec<String> {
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let ran = scratch.pipe(&format!("{TRANSLATE} -q"), input).success();
    ran.lines().into_iter().map(str::to_owned).collect()
}

/// The first two sentences, with their translations.
fn examples(scratch: &Scratch) -> [(String, String); 2] {
    let sources = [pair(1001).0, pair(1002).0];
    let found = translations(scratch, &[&sources[0], &sources[1]]);
    sources.map(|source| (source.clone(), if source == pair(1001).0 { found[0].clone() } else { found[1].clone() }))
}

#[test]
fn a_column_is_translated_and_all_other_cells_keep_their_bytes() {
    let scratch = Scratch::with_model();
    let [(first, first_found), (second, second_found)] = examples(&scratch);
    let row = |cells: [&str; 4]| cells.join("\t");
    let quotes = "\"a\"\"b\"";
    let rows = [
        (row([" 7 ", &first, quotes, ""]), row([" 7 ", &first_found, quotes, ""]), first_found.as_str()),
        (row(["", &second, "🐕\u{2028}x\ry", "''"]), row(["", &second_found, "🐕\u{2028}x\ry", "''"]), &second_found),
        (row(["", "", "", ""]), row(["", "", "", ""]), ""),
        (String::new(), String::new(), ""),
        (row(["1", " ", "2", "3"]), row(["1", "", "2", "3"]), ""),
    ];
    for end in ["\n", "\r\n"] {
        let input: String = rows.iter().map(|(row, ..)| format!("{row}{end}")).collect();
        let with_cell = |(row, _, found): &(String, String, &str)| match row.is_empty() {
            true => end.to_owned(),
            false => format!("{row}\t{found}{end}"),
        };
        let appended: String = rows.iter().map(with_cell).collect();
        for place in ["", "--append"] {
            let ran = scratch.pipe(&format!("{TRANSLATE} --column 2 {place}"), &input).success();
            assert_eq!((ran.stdout, ran.stderr.as_str()), (appended.clone(), ""));
        }
        let ran = scratch.pipe(&format!("{TRANSLATE} --column 2 --replace"), &input).success();
        assert_eq!(ran.stdout, rows.iter().map(|(_, replaced, _)| format!("{replaced}{end}")).collect::<String>());
    }
}

#[test]
fn bytes_that_are_not_utf8_are_a_fault_of_the_translated_cell_only() {
    let scratch = Scratch::with_model();
    let [(first, found), _] = examples(&scratch);
    // The program writes the bytes of another cell as they were, which are not UTF-8: here, to a file.
    scratch.write("in.tsv", [b"M\xFCnchen\0\t", first.as_bytes(), b"\none\t\xFFone\0\n"].concat());
    let ran = scratch.run(&format!("{TRANSLATE} -i in.tsv --column 2 --replace -o out.tsv")).success();
    let written = scratch.read("out.tsv");
    let rows: Vec<&[u8]> = written.split(|byte| *byte == b'\n').collect();
    assert_eq!(rows[0], [b"M\xFCnchen\0\t", found.as_bytes()].concat());
    assert!(rows[1].starts_with(b"one\t") && std::str::from_utf8(rows[1]).is_ok(), "{:?}", rows[1]);
    assert_says(&ran.stderr, &["in.tsv:2:5: byte 0xFF is not UTF-8", "in.tsv:2: the line has a NUL"]);
    assert_says(&ran.stderr, &["degraded lines: 1 of 2 (1 with bytes that are not UTF-8, 1 with a NUL"]);
    scratch.run(&format!("{TRANSLATE} -i in.tsv --column 2 -o out.tsv")).success();
    assert!(scratch.read("out.tsv").starts_with(&[b"M\xFCnchen\0\t", first.as_bytes(), b"\t"].concat()));
    assert_eq!(scratch.run(&format!("{TRANSLATE} -i in.tsv --column 1 --strict -q -o out.tsv")).code, Some(1));
}

#[test]
fn a_row_without_the_column_is_passed_through_and_named() {
    let scratch = Scratch::with_model();
    let [(first, found), _] = examples(&scratch);
    let input = format!("only one\n\n1\t{first}\n\t\n");
    let run = |args: &str| scratch.pipe(&format!("{TRANSLATE} --column 2 {args}"), &input);
    let ran = run("").success();
    assert_eq!(ran.stdout, format!("only one\t\n\n1\t{first}\t{found}\n\t\t\n"));
    let warning = "warning: standard input:1: 1 column, but column 2 is asked for; the row is passed through";
    assert_eq!(lines(&ran.stderr), [warning, "warning: degraded lines: 1 of 4 (1 without the column)"]);
    assert_eq!(run("--replace -q").success().stdout, format!("only one\n\n1\t{found}\n\t\n"));
    let strict = run("--strict -q");
    assert_eq!((strict.code, strict.stdout), (Some(1), ran.stdout));
    assert_says(&strict.stderr, &["error: degraded lines: 1 of 4 (1 without the column)", "--strict"]);
    let aligned = run("--alignment pharaoh -q").success().stdout;
    let rows = lines(&aligned);
    assert_eq!((rows[0], rows[1], rows[3]), ("only one\t\t", "", "\t\t\t"));
    assert!(rows[2].starts_with(&format!("1\t{first}\t{found}\t0-")), "{}", rows[2]);
    let aligned = run("--alignment soft --replace -q").success().stdout;
    let rows = lines(&aligned);
    assert_eq!((rows[0], rows[1], rows[3]), ("only one\t", "", "\t\t"));
    assert!(
        rows[2].starts_with(&format!("1\t{found}\t")) && rows[2].ends_with(|c: char| c.is_ascii_digit()),
        "{}",
        rows[2]
    );
}

#[test]
fn a_string_of_a_json_object_is_translated_and_all_other_fields_stay_as_they_are_written() {
    let scratch = Scratch::with_model();
    let [(first, found), _] = examples(&scratch);
    let escaped = first.replace('o', "\\u006f");
    let fields = r#""a":1.50, "b" : 1e400,"translation":null, "nested":{"text":["\u00e9\/"]},"a":2"#;
    let input = format!("{{ {fields}, \"text\" : \"{escaped}\"}} \n\n  \n{{\"text\":\"\"}}\r\n");
    let ran = scratch.pipe(&format!("{TRANSLATE} --column text"), &input).success();
    let expected = format!("{{ {fields}, \"text\" : \"{escaped}\",\"glosser_translation\":\"{found}\"}}\n\n  \n");
    assert_eq!(ran.stdout, expected + "{\"text\":\"\",\"translation\":\"\"}\r\n");
    assert_eq!(ran.stderr, "");
    let ran = scratch.pipe(&format!("{TRANSLATE} --column text --replace"), &input).success();
    assert_eq!(ran.stdout, format!("{{ {fields}, \"text\" : \"{found}\"}} \n\n  \n{{\"text\":\"\"}}\r\n"));
    for (alignment, key, fields) in [("pharaoh", "links", 3), ("soft", "weights", 4)] {
        let ran = scratch.pipe(&format!("{TRANSLATE} --column text --alignment {alignment}"), &input).success();
        let row: Value = serde_json::from_str(lines(&ran.stdout)[3]).expect("JSON");
        assert_eq!((&row["translation"], row.get(key).is_some()), (&Value::from(""), true), "{row}");
        assert_eq!(row.as_object().map(|row| row.len()), Some(fields), "{row}");
        let row: Value = serde_json::from_str(&lines(&ran.stdout)[0].replace("1e400", "1")).expect("JSON");
        let sizes = |key: &str| row[key].as_array().map(Vec::len);
        assert_eq!(sizes("weights"), sizes("eos_mass"), "{row}");
    }
    let ran = scratch.pipe(&format!("{TRANSLATE} --column text --alignment pharaoh --replace"), &input).success();
    let row: Value = serde_json::from_str(lines(&ran.stdout)[3]).expect("JSON");
    assert_eq!((&row["text"], &row["links"]), (&Value::from(""), &Value::from("")), "{row}");
}

#[test]
fn the_lines_of_a_json_string_are_translated_one_by_one() {
    let scratch = Scratch::with_model();
    let [(first, first_found), (second, second_found)] = examples(&scratch);
    let many = format!("{first}\\n").repeat(700);
    let input = format!("{{\"text\":\"{first}\\n\\r\\n{second}\\r\\n\"}}\n{{\"text\":\"{many}\"}}\n");
    let ran = scratch.pipe(&format!("{TRANSLATE} --column text --replace --batch-size 1"), &input).success();
    let expected = format!("{{\"text\":\"{first_found}\\n\\r\\n{second_found}\\r\\n\"}}");
    let texts: Vec<Value> =
        lines(&ran.stdout).into_iter().map(|row| serde_json::from_str(row).expect("JSON")).collect();
    assert_eq!(texts[0], serde_json::from_str::<Value>(&expected).expect("JSON"));
    assert_eq!(texts[1]["text"], Value::from(format!("{first_found}\n").repeat(700)));
    // With links between words, line breaks are white space.
    let both = format!("{{\"text\":\"{first}\\r\\n{second}\"}}\n");
    let one_line = format!("{{\"text\":\"{first}  {second}\"}}\n");
    for args in ["--column text --alignment pharaoh", "--format jsonl"] {
        let fields = |input: &str| {
            let ran = scratch.pipe(&format!("{TRANSLATE} {args}"), input).success();
            let mut row: Value = serde_json::from_str(lines(&ran.stdout)[0]).expect("JSON");
            row["text"].take();
            row
        };
        assert_eq!(fields(&both), fields(&one_line), "{args}");
    }
}

#[test]
fn a_line_that_is_no_object_with_the_string_is_passed_through_and_named() {
    let scratch = Scratch::with_model();
    let faulty =
        ["{\"id\":1}", "{\"text\":7}", "[\"text\"]", "{\"text\":\"one\"", "one two", "{\"text\":\"a\"} {}", "\t"];
    let good = "{\"text\":\"\"}\n{\"text\":null}\n";
    let input: String = faulty.iter().map(|row| format!("{row}\n")).collect::<String>() + good;
    let ran = scratch.pipe(&format!("{TRANSLATE} --column text"), &input).success();
    let written = ran.lines();
    assert_eq!(written[0], "{\"id\":1,\"degraded\":[\"no_column\"]}");
    assert_eq!(written[1], "{\"text\":7,\"degraded\":[\"no_column\"]}");
    assert_eq!(written[2..7], faulty[2..7]);
    assert_eq!(written[7..], ["{\"text\":\"\",\"translation\":\"\"}", "{\"text\":null,\"translation\":null}"]);
    let replaced = scratch.pipe(&format!("{TRANSLATE} --column text --replace"), &input).success();
    assert_eq!(replaced.stdout, input);
    assert_says(
        &ran.stderr,
        &[
            "standard input:1: a JSON object without the key `text`; the row is passed through",
            "standard input:2: a JSON object whose value of `text` is no string",
            "standard input:3: not a JSON object but a list",
            "standard input:4: not a JSON object (the object has no end)",
            "degraded lines: 6 of 9 (6 without the column)",
        ],
    );
    assert_eq!(scratch.pipe(&format!("{TRANSLATE} --column text --strict -q"), &input).code, Some(1));
}

#[test]
fn control_characters_in_a_json_string_never_break_the_output() {
    let scratch = Scratch::with_model();
    let texts =
        [r"one\u0000two", r"one\ud83d two", r"\u2028one\u0085", r"one\ttwo\u001b[2J", r"\u202eone \ud83d\udc15"];
    let input: String = texts.iter().map(|text| format!("{{\"text\":\"{text}\"}}\n")).collect();
    for args in ["--column text", "--column text --replace", "--format jsonl", "--column text --alignment pharaoh"] {
        let ran = scratch.pipe(&format!("{TRANSLATE} {args}"), &input).success();
        let rows = lines(&ran.stdout);
        assert_eq!(rows.len(), texts.len(), "{args}");
        for row in &rows {
            // Half of a surrogate pair is passed through as it was written.
            let row = row.replace("one\\ud83d two", "");
            serde_json::from_str::<Value>(&row).unwrap_or_else(|cause| panic!("{cause}: {row}"));
            assert!(!row.contains(|c: char| c.is_control() || c == '\u{2028}'), "{row:?}");
        }
        assert_eq!(rows[0].contains("\"nul_removed\""), !args.contains("--replace"), "{}", rows[0]);
        assert_eq!(rows[1].contains("\"bytes_replaced\""), !args.contains("--replace"), "{}", rows[1]);
        assert_says(&ran.stderr, &["standard input:1: `text` has a NUL", "standard input:2: `text` has half"]);
    }
}

#[test]
fn json_lines_take_a_text_from_each_object_and_sentences_from_other_lines() {
    let scratch = Scratch::with_model();
    let [(first, _), _] = examples(&scratch);
    let input = format!(
        "{first}\n{{\"id\":1.50,\"score\":\"mine\",\"text\":\"{first}\",\"source\":7}}\n{{0}} {first}\n{{\"text\":1}}\n\n"
    );
    let ran = scratch.pipe(&format!("{TRANSLATE} --format jsonl"), &input).success();
    let rows: Vec<Value> = lines(&ran.stdout).into_iter().map(|row| serde_json::from_str(row).expect("JSON")).collect();
    assert_eq!(rows.len(), 5);
    let start = format!(
        "{{\"id\":1.50,\"score\":\"mine\",\"text\":\"{first}\",\"source\":7,\"line\":2,\"rank\":1,\"translation\":"
    );
    assert!(lines(&ran.stdout)[1].starts_with(&start), "{}", ran.stdout);
    for key in ["translation", "log_prob", "links", "weights", "source_words", "source_offsets", "entropy"] {
        assert_eq!(rows[0][key], rows[1][key], "{key}");
    }
    assert_eq!((&rows[1]["glosser_score"], &rows[1]["glosser_source"]), (&rows[0]["score"], &Value::Null));
    for (row, source) in [(0, first.as_str()), (2, &format!("{{0}} {first}")), (4, "")] {
        assert_eq!(rows[row]["source"], source);
    }
    assert_eq!(lines(&ran.stdout)[3], "{\"text\":1,\"degraded\":[\"no_column\"]}");
    let null = scratch.pipe(&format!("{TRANSLATE} --format jsonl --n-best 2"), "{\"text\":null}\n").success();
    assert!(null.stdout.starts_with("{\"text\":null,\"line\":1,\"rank\":1,\"translation\":null,"), "{}", null.stdout);
    assert_eq!(null.lines().len(), 1);
    let ran = scratch.pipe(&format!("{TRANSLATE} --format jsonl --n-best 2"), &input).success();
    let second: Value = serde_json::from_str(lines(&ran.stdout)[3]).expect("JSON");
    assert_eq!((&second["line"], &second["rank"], &second["score"]), (&2.into(), &2.into(), &"mine".into()));
}

#[test]
fn parts_of_a_file_give_the_parts_of_its_output() {
    let scratch = Scratch::with_model();
    let sentences = sentences();
    let faulty = ["{\"text\":\"one\ttwo\"}", "", "<?xml version=\"1.0\"?>\t<tmx>", "{\"id\":1}", "x\ty"];
    let json = sentences.lines().map(|line| format!("{{\"text\":\"{line}\",\"id\":1}}"));
    let tsv = sentences.lines().map(|line| format!("7\t{line}"));
    let rows: Vec<String> = faulty.map(str::to_owned).into_iter().chain(json).chain(tsv).collect();
    for args in ["--column text", "--column 2 --replace", "--column 2 --alignment soft --threads 1"] {
        let run = |rows: &[String]| {
            let input: String = rows.iter().map(|row| format!("{row}\n")).collect();
            scratch.pipe(&format!("{TRANSLATE} -q --beam-size 1 {args}"), input).success().stdout
        };
        let whole = run(&rows);
        for cut in [8, 60] {
            assert_eq!(run(&rows[..cut]) + &run(&rows[cut..]), whole, "{args}, cut at {cut}");
        }
    }
}

#[test]
fn rows_come_from_files_pipes_and_arguments_and_go_to_a_file() {
    let scratch = Scratch::with_model();
    let [(first, found), _] = examples(&scratch);
    let (input, expected) = (format!("a\t{first}\n"), format!("a\t{first}\t{found}\n"));
    scratch.write("in.tsv", &input);
    scratch.write("in.tsv.gz", gzip(&input));
    scratch.write("in.csv", "a,b\n");
    for file in ["in.tsv", "in.tsv.gz"] {
        assert_eq!(scratch.run(&format!("{TRANSLATE} --column 2 -i {file}")).success().stdout, expected);
        assert_eq!(scratch.run(&format!("{TRANSLATE} --column 2 {file}")).success().stdout, expected);
    }
    let ran = scratch.run(&format!("{TRANSLATE} --column 2 -i in.tsv -o out.tsv")).success();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "out.tsv: 1 line written\n"));
    assert_eq!(scratch.text("out.tsv"), expected);
    let ran = scratch.run_args(&["translate", "--model", "model", "--column", "2", input.trim_end()]).success();
    assert_eq!(ran.stdout, expected);
    let message = scratch.run(&format!("{TRANSLATE} -i in.tsv")).wrong_usage();
    assert_says(&message, &["several columns", "--column 1", "cut -f1 in.tsv"]);
    let message = scratch.run(&format!("{TRANSLATE} --column 2 -i in.csv")).wrong_usage();
    assert_says(&message, &["in.csv", "commas", "--column"]);
    let message = scratch.run(&format!("{TRANSLATE} -i in.csv")).wrong_usage();
    assert!(!message.contains("--column"), "a CSV has no columns of this kind: {message}");
}

#[test]
fn options_that_do_not_go_together_with_a_column_are_refused() {
    let scratch = Scratch::with_model();
    for (args, parts) in [
        ("--column 0", &["columns are counted from 1"][..]),
        ("--column=", &["--column", "a key"]),
        ("--column 1 --append --replace", &["--append", "--replace"]),
        ("--append", &["--column"]),
        ("--replace", &["--column"]),
        ("--column 1 --n-best 2", &["--n-best", "--column writes one"]),
        ("--column 1 --format moses", &["--format moses", "leave one of them out"]),
        ("--column text --format jsonl", &["--format jsonl", "leave one of them out"]),
        ("--column 1 --alignment grid", &["a grid has several lines", "--alignment pharaoh"]),
    ] {
        assert_says(&scratch.run(&format!("{TRANSLATE} {args}")).wrong_usage(), parts);
    }
    scratch.pipe(&format!("{TRANSLATE} --column 1 --format text"), "one\n").success();
}

#[test]
fn terms_and_unknown_words_work_in_rows() {
    let scratch = Scratch::with_model();
    scratch.write("terms.tsv", "two\tZWO\n");
    let input = "1\tone two\n2\tflurb glorp\n3\n4\tGLORP\n";
    let args = format!("{TRANSLATE} --column 2 --no-copy --glossary terms.tsv");
    let ran = scratch.pipe(&args, input).success();
    assert!(lines(&ran.stdout)[0].contains("ZWO"), "{}", ran.stdout);
    assert_says(
        &ran.stderr,
        &[
            "warning: standard input:2: words not in the training pairs: `flurb`, `glorp`",
            "glossary: 1 of 1 term found",
        ],
    );
    let strict = scratch.pipe(&format!("{args} --strict-words"), input);
    assert_eq!((strict.code, strict.stdout), (Some(1), ran.stdout));
    assert_says(&strict.stderr, &["error: unknown words: 2, 3 times in all, in 2 of 4 lines"]);
    let json = r#"{"text":"flurb\nglorp\nflurb"}"#;
    let strict = scratch.pipe(&format!("{TRANSLATE} --no-copy --column text --strict-words"), format!("{json}\n"));
    assert_says(&strict.stderr, &["standard input:1: words", "unknown words: 2, 3 times in all, in 1 of 1 line;"]);
}

/// A text of characters that are easily lost, which the number decides.
fn random_cell(number: usize) -> String {
    let characters = [
        "one", " ", "two", "\"", "'", "\\", "{", "}", ",", "🐕", "é", "e\u{301}", "\u{2028}", "\u{85}", "\u{b}",
        "\u{1b}", "\u{feff}", "\u{200b}", "狗", "שלום", "&amp;", "<b>", "17", "\u{a0}", "\u{fffd}", "%s", "\u{7f}",
        "flurb",
    ];
    let mut seed = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut random = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % most
    };
    (0..random(6)).map(|_| characters[random(characters.len())]).collect()
}

#[test]
fn any_row_keeps_its_other_cells() {
    let scratch = Scratch::with_model();
    // A byte order mark at the beginning of a file is not part of its first row.
    let first = vec!["first".to_owned()];
    let random = (0..150).map(|row| (0..row % 5 + 1).map(|cell| random_cell(row * 7 + cell)).collect());
    let rows: Vec<Vec<String>> = std::iter::once(first).chain(random).collect();
    let text = |rows: &[Vec<String>]| rows.iter().map(|row| row.join("\t") + "\n").collect::<String>();
    let args = format!("{TRANSLATE} -q --beam-size 1 --max-length 5");
    let others = |cells: &[&str]| -> Vec<String> {
        cells.iter().enumerate().filter(|(at, _)| *at != 1).map(|(_, cell)| (*cell).to_owned()).collect()
    };
    let replaced = scratch.pipe(&format!("{args} --column 2 --replace"), text(&rows)).success().stdout;
    let appended = scratch.pipe(&format!("{args} --column 2"), text(&rows)).success().stdout;
    let (replaced, appended) = (lines(&replaced), lines(&appended));
    assert_eq!((replaced.len(), appended.len()), (rows.len(), rows.len()));
    for ((row, replaced), appended) in rows.iter().zip(replaced).zip(appended) {
        let line = row.join("\t");
        let further = appended.strip_prefix(&line).unwrap_or_else(|| panic!("{appended:?} for {line:?}"));
        assert_eq!(further.matches('\t').count(), usize::from(!line.is_empty()), "{appended:?}");
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(others(&replaced.split('\t').collect::<Vec<_>>()), others(&cells));
    }
    let objects: Vec<Value> = rows.iter().map(|row| serde_json::json!({"id": row, "text": row.concat()})).collect();
    let input: String = objects.iter().map(|row| format!("{row}\n")).collect();
    let found = scratch.pipe(&format!("{args} --column text"), input).success().stdout;
    assert_eq!(lines(&found).len(), rows.len());
    for (row, found) in objects.iter().zip(lines(&found)) {
        let mut found: Value = serde_json::from_str(found).expect("JSON");
        let fields = found.as_object_mut().expect("an object");
        assert!(matches!(fields.remove("translation"), Some(Value::String(_))), "{row}");
        fields.remove("degraded");
        assert_eq!(&found, row);
    }
}

#[test]
fn a_column_that_no_row_has_is_an_error_after_all_rows() {
    let scratch = Scratch::with_model();
    for (args, input, output, parts) in [
        ("--column 5", "a\tb\n\nc\n", "a\tb\t\n\nc\t\n", &["no row has column 5", ":1: 2 columns"][..]),
        (
            "--column txt --replace",
            "\n{\"text\":\"a\"}\n",
            "\n{\"text\":\"a\"}\n",
            &["string `txt`", ":2: a JSON", "it has `text`"],
        ),
        ("--column a", "x\ty\n", "x\ty\n", &["string `a`", ":1: cells between tabs", "the number of a column"]),
        ("--format jsonl", "{}\n", "{\"degraded\":[\"no_column\"]}\n", &["string `text`", "--column"]),
    ] {
        let ran = scratch.pipe(&format!("{TRANSLATE} -q {args}"), input);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), output), "{args}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.lines().count() == 1, "{}", ran.stderr);
        assert_says(&ran.stderr, parts);
        scratch.write("in.txt", input);
        let message = scratch.run(&format!("{TRANSLATE} -q {args} -i in.txt -o out.txt")).failure();
        assert_says(&message, &["out.txt.partial", parts[0]]);
        assert_eq!((scratch.text("out.txt.partial").as_str(), scratch.path("out.txt").exists()), (output, false));
        std::fs::remove_file(scratch.path("out.txt.partial")).expect("a file of this test");
    }
    let list = "[\n{\"text\":\"a\"}\n]\n";
    assert_says(&scratch.pipe(&format!("{TRANSLATE} --column text"), list).failure(), &["a JSON list", "jq -c '.[]'"]);
}

#[test]
fn bytes_of_json_that_are_not_utf8_are_a_fault_of_the_translated_string_only() {
    let scratch = Scratch::with_model();
    let [(first, found), _] = examples(&scratch);
    let start = [&b"{\"a\":\"M\xFC\0\",\"text\":\""[..], first.as_bytes(), b"\""].concat();
    scratch.write("in.jsonl", [&start[..], b",\"b\":\"\xFF\"}\n"].concat());
    for args in ["--column text --strict", "--format jsonl --strict"] {
        scratch.run(&format!("{TRANSLATE} {args} -i in.jsonl -o out.jsonl")).success();
        assert!(scratch.read("out.jsonl").starts_with(&[&start[..], b",\"b\":\"\xFF\","].concat()), "{args}");
    }
    scratch.run(&format!("{TRANSLATE} --column text --replace -i in.jsonl -o out.jsonl")).success();
    let expected = [b"{\"a\":\"M\xFC\0\",\"text\":\"", found.as_bytes(), b"\",\"b\":\"\xFF\"}\n"].concat();
    assert_eq!(scratch.read("out.jsonl"), expected);
}

#[test]
fn written_lines_are_counted_and_a_blank_argument_is_a_blank_sentence() {
    let scratch = Scratch::with_model();
    scratch.write("in.txt", sentences());
    let ran = scratch.run(&format!("{TRANSLATE} --n-best 2 -i in.txt -o out.txt")).success();
    let count = scratch.text("out.txt").lines().count();
    assert!(count > 60 && ran.stderr == format!("out.txt: {count} lines written\n"), "{count}: {}", ran.stderr);
    let ran = scratch.run_args(&["translate", "--model", "model", "", "one two"]).success();
    assert_eq!((ran.lines().len(), ran.lines()[0]), (2, ""));
}

/// The recipe of the guide.
#[cfg(unix)]
#[test]
fn a_table_with_a_header_row_is_translated_by_one_command_of_a_shell() {
    let scratch = Scratch::with_model();
    let [(first, found), (second, _)] = examples(&scratch);
    scratch.write("table.tsv", format!("id\ttext\n1\t{first}\n2\t{second}\n"));
    let recipe = [
        r#"{ IFS= read -r header; printf '%s\ttranslation\n' "$header""#,
        "  glosser translate --model de-en --column 2; } < table.tsv > translated.tsv",
    ];
    let guide = include_str!("../../docs/guide.md");
    assert!(guide.contains(&recipe.map(|line| format!("    {line}\n")).concat()), "the recipe is in the guide");
    let recipe = recipe.join("\n").replace("glosser", "\"$GLOSSER\"").replace("de-en", "model");
    let program = crate::cli::support::program();
    let ran = std::process::Command::new("sh")
        .args(["-c", &recipe])
        .env("GLOSSER", program.get_program())
        .current_dir(scratch.path(""))
        .status();
    assert!(ran.expect("a shell").success());
    let written = scratch.text("translated.tsv");
    assert!(written.starts_with(&format!("id\ttext\ttranslation\n1\t{first}\t{found}\n2\t")), "{written}");
    assert_eq!(written.lines().count(), 3);
}
