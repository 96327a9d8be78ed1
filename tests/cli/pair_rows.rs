//! `align`, `score` and `audit` as filters: rows of a TSV or JSON Lines with their results at the end.

use crate::cli::support::{Scratch, assert_says, lines, pair, program, tsv};
use serde_json::Value;

/// Rows of a TSV with a different number of cells, a blank line, a blank side, and cells that no program may touch.
fn ragged() -> String {
    let (one, two) = (pair(1001), pair(1002));
    [
        format!("{}\t{}\t 7 \t\"quoted\t", one.0, one.1),
        String::new(),
        format!("{}\t{}", two.0, two.1),
        "one two".to_owned(),
        format!("\t{}\tid", two.1),
        format!("{}\t{}\t\u{2028}\u{1b}[1m\t{{\"a\":1}}", two.0, two.1),
        String::new(),
    ]
    .join("\n")
}

/// The same pairs as JSON Lines with these keys, and further fields.
fn json_rows(source: &str, target: &str) -> String {
    let row = |index: usize| {
        let (from, to) = pair(index);
        format!("{{ \"id\": {index}.50, \"{source}\":\"{from}\",  \"{target}\" : \"{to}\", \"links\":[1] }}\n")
    };
    (1001..=1010).map(row).collect()
}

/// A long side, which no model takes.
fn long() -> String {
    "one two three ".repeat(700)
}

/// All commands, audit last: it alone compares pairs with others. The model is its own opposite direction.
const COMMANDS: [&str; 5] = [
    "align --model model",
    "align --model model --reverse model --symmetrize union",
    "align --model model --format soft",
    "score --model model",
    "audit --model model",
];

#[test]
fn every_row_of_a_tsv_is_passed_through_with_its_result_at_the_end() {
    let scratch = Scratch::with_model();
    scratch.write("rows.tsv", ragged());
    for (command, cells) in COMMANDS.into_iter().zip([1, 1, 1, 1, 4]) {
        let ran = scratch.run(&format!("{command} --append rows.tsv")).success();
        assert_eq!(ran.lines().len(), 6, "{command}: {}", ran.stdout);
        for (line, (row, written)) in lines(&ragged()).into_iter().zip(ran.lines()).enumerate() {
            if row.is_empty() {
                assert_eq!(written, "", "{command}");
                continue;
            }
            let added = written.strip_prefix(row).unwrap_or_else(|| panic!("{command}: {written}"));
            assert_eq!(added.matches('\t').count(), cells, "{command}: {written}");
            let has_result = !added.trim_matches('\t').is_empty();
            assert_eq!(has_result, ![3, 4].contains(&line), "{command}: {written}");
        }
        assert_says(&ran.stderr, &["rows.tsv:4: 1 column, but column 2 is asked for", "degraded lines: 1 of 6"]);
        assert_eq!(scratch.pipe(&format!("{command} --append -"), ragged()).success().stdout, ran.stdout, "{command}");
    }
}

#[test]
fn the_results_of_rows_are_those_of_a_corpus() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", tsv(1001..=1030));
    let rows: String =
        (1001..=1030).map(|index| format!("{index}\t{1}\tx\t{0}\n", pair(index).0, pair(index).1)).collect();
    scratch.write("rows.tsv", rows);
    for command in &COMMANDS[..4] {
        let expected = scratch.run(&format!("{command} pairs.tsv")).success();
        let ran = scratch.run(&format!("{command} --append --columns 4,2 rows.tsv --batch-size 3")).success();
        let last: Vec<&str> = ran.lines().into_iter().map(|row| row.rsplit('\t').next().unwrap_or("")).collect();
        assert_eq!(last, expected.lines(), "{command}");
        assert_eq!(ran.stderr, expected.stderr, "{command}");
    }
    let audited = scratch.run("audit --model model --append --columns 4,2 rows.tsv").success();
    let listed = scratch.run("audit --model model pairs.tsv --top 30").success();
    assert_eq!(audited.stderr, listed.stderr);
    for row in &listed.lines()[1..] {
        let cells: Vec<&str> = row.split('\t').collect();
        let line: usize = cells[0].parse().expect("a line");
        let written: Vec<&str> = audited.lines()[line - 1].split('\t').collect();
        assert_eq!(written[4..7], cells[1..4]);
    }
}

#[test]
fn blocks_of_a_file_give_the_same_rows_as_the_whole_file() {
    let scratch = Scratch::with_model();
    let rows: Vec<String> = (1001..=1040).map(|index| tsv(index..=index)).chain(["no columns\n".to_owned()]).collect();
    let objects = json_rows("de", "en");
    let objects: Vec<String> = lines(&objects).iter().map(|row| format!("{row}\n")).collect();
    for (options, rows) in [("--append", &rows), ("--append --columns de,en", &objects)] {
        for command in &COMMANDS[..4] {
            let run = |rows: &[String]| scratch.pipe(&format!("{command} {options} -"), rows.concat()).success().stdout;
            let parts: String = rows.chunks(7).map(run).collect();
            assert_eq!(parts, run(rows), "{command} {options}");
        }
    }
}

#[test]
fn objects_keep_their_fields_as_they_are_written_and_no_key_is_replaced() {
    let scratch = Scratch::with_model();
    scratch.write("rows.jsonl", json_rows("source", "target"));
    scratch.write("named.jsonl", json_rows("de", "en"));
    for (options, keys) in [
        ("align --append", &["glosser_links"][..]),
        ("align --append --format soft", &["weights", "eos_mass"]),
        ("align --reverse model --format jsonl", &["line", "glosser_links", "forward", "reverse"]),
        ("align --format jsonl", &["line", "rank", "log_prob", "glosser_links", "weights", "entropy"]),
        ("score --append", &["log_prob"]),
        ("score --format jsonl", &["line", "log_prob", "score", "tokens", "words", "word_log_probs", "end_log_prob"]),
        ("audit --append", &["score", "coverage", "eos_mass", "below_cut"]),
        ("audit --append --format jsonl", &["line", "log_prob", "score", "coverage", "eos_mass", "below_cut"]),
    ] {
        let ran = scratch.run(&format!("{options} --model model rows.jsonl")).success();
        assert_eq!(ran.lines().len(), 10, "{options}");
        for (row, written) in lines(&json_rows("source", "target")).into_iter().zip(ran.lines()) {
            assert!(written.starts_with(row.trim_end_matches([' ', '}'])), "{written}");
            let object: serde_json::Map<String, Value> = serde_json::from_str(written).expect(written);
            assert!(keys.iter().all(|key| object.contains_key(*key)), "{options}: {written}");
            assert!(!object.contains_key("translation") && !object.contains_key("degraded"), "{written}");
        }
        let named = scratch.run(&format!("{options} --model model named.jsonl --columns de,en")).success();
        let added = |written: &str| written.split("\"links\":[1]").nth(1).map(str::to_owned);
        let both = |text: &str| lines(text).into_iter().map(added).collect::<Vec<_>>();
        assert_eq!(both(&named.stdout), both(&ran.stdout), "{options}");
    }
}

#[test]
fn json_lines_without_append_give_the_output_of_a_corpus() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", tsv(1001..=1010));
    scratch.write("rows.jsonl", json_rows("de", "en"));
    for command in ["align", "align --format soft", "align --format tsv", "align --format grid", "score"] {
        let run = |pairs: &str| scratch.run(&format!("{command} --model model {pairs}")).success().stdout;
        assert_eq!(run("rows.jsonl --columns de,en"), run("pairs.tsv"), "{command}");
    }
    let list = |pairs: &str| scratch.run(&format!("audit --model model {pairs} --top 3")).success().stdout;
    assert_eq!(list("rows.jsonl --columns de,en"), list("pairs.tsv"));
    let worst = list("rows.jsonl --columns de,en --format jsonl");
    assert_eq!(lines(&worst).len(), 3);
    for object in lines(&worst) {
        let object: Value = serde_json::from_str(object).expect("JSON");
        assert_eq!(object["id"].as_f64(), object["line"].as_f64().map(|line| line + 1000.5), "{object}");
    }
}

#[test]
fn a_tsv_and_standard_input_with_format_jsonl_are_read_as_before() {
    let scratch = Scratch::with_model();
    let pairs = "{name} one\teins\n".to_owned() + &tsv(1001..=1004);
    scratch.write("pairs.tsv", &pairs);
    for command in ["align", "score", "audit"] {
        let ran = scratch.run(&format!("{command} --model model --format jsonl pairs.tsv")).success();
        assert_eq!(ran.lines().len(), 5);
        assert!(ran.lines().iter().all(|line| line.starts_with("{\"line\":")), "{}", ran.stdout);
        let piped = scratch.pipe(&format!("{command} --model model --format jsonl -"), &pairs).success();
        assert_eq!(piped.stdout, ran.stdout, "{command}");
    }
}

#[test]
fn a_row_without_a_result_is_passed_through_and_strict_makes_it_an_error() {
    let scratch = Scratch::with_model();
    let good = tsv(1001..=1001);
    scratch.write("rows.tsv", format!("{good}{}\teins\nb\0c\teins\nalone\n\teins\n", long()));
    for (command, consequence) in [("align", "not aligned"), ("score", "not scored"), ("audit", "not scored")] {
        let ran = scratch.run(&format!("{command} --model model --append rows.tsv"));
        assert_eq!((ran.code, lines(&ran.stdout).len()), (Some(0), 5), "{command}: {}", ran.stderr);
        for part in [
            "rows.tsv:2: more than 1500 sub-words on a side; ",
            "rows.tsv:3: the line has a NUL",
            "rows.tsv:4: 1 column, but column 2 is asked for; ",
            consequence,
            "degraded lines: 3 of 5 (",
        ] {
            assert_says(&ran.stderr, &[part]);
        }
        for row in &ran.lines()[1..] {
            assert!(row.ends_with('\t'), "{command}: {row}");
        }
        let strict = scratch.run(&format!("{command} --model model --append rows.tsv --strict"));
        assert_eq!((strict.code, &strict.stdout), (Some(1), &ran.stdout), "{command}");
        assert_says(strict.stderr.lines().last().unwrap_or(""), &["error: degraded lines: 3 of 5", "--strict"]);
        // A blank side is no fault.
        let blank = scratch.pipe(&format!("{command} --model model --append - --strict"), good.clone() + "\teins\n\n");
        assert_eq!(blank.success().lines().len(), 3, "{command}");
    }
}

#[test]
fn faulty_bytes_give_no_result_and_those_of_other_cells_are_passed_through() {
    let scratch = Scratch::with_model();
    scratch.write("pair.tsv", tsv(1001..=1001));
    let good = tsv(1001..=1001).replace('\n', "\tK");
    scratch.write("rows.tsv", [&b"M\xFCn\teins\n"[..], good.as_bytes(), b"\xF6ln\r\n"].concat());
    for command in ["align", "score"] {
        let result = scratch.run(&format!("{command} --model model pair.tsv")).success().stdout;
        let args = [command, "--model", "model", "--append", "rows.tsv"];
        let ran = program().args(args).current_dir(scratch.path("")).output().expect("the program starts");
        let written = [&b"M\xFCn\teins\t\n"[..], good.as_bytes(), b"\xF6ln\t", result.trim_end().as_bytes(), b"\r\n"];
        assert_eq!(ran.stdout, written.concat(), "{command}");
        let messages = String::from_utf8_lossy(&ran.stderr);
        assert_says(&messages, &["rows.tsv:1:2: byte 0xFC is not UTF-8", "degraded lines: 1 of 2 ("]);
    }
}

#[test]
fn an_object_with_a_fault_names_it() {
    let scratch = Scratch::with_model();
    let long = format!("{{\"source\":\"{}\",\"target\":\"eins\"}}", long());
    let rows = [
        "{\"source\":\"one\",\"target\":\"eins\"}",
        &long,
        "{\"source\":\"one\"}",
        "[1]",
        " ",
        "{\"source\":\"\",\"target\":\"eins\" }",
    ];
    for command in
        ["align --append", "align --format jsonl", "score --append", "score --format jsonl", "audit --append"]
    {
        let ran = scratch.pipe(&format!("{command} --model model -"), rows.join("\n") + "\n").success();
        let written = ran.lines();
        assert_eq!(written.len(), 6, "{}", ran.stdout);
        assert!(written[1].ends_with(",\"degraded\":[\"too_long\"]}"), "{command}: {}", &written[1][long.len() - 9..]);
        assert_eq!(written[2], "{\"source\":\"one\",\"degraded\":[\"no_column\"]}", "{command}");
        assert_eq!(written[3..5], rows[3..5], "{command}");
        assert!(!written[0].contains("degraded") && !written[5].contains("degraded"), "{}", ran.stdout);
        assert_says(
            &ran.stderr,
            &["standard input:3: a JSON object without the key `target`", "standard input:4: not a JSON object"],
        );
        assert_says(&ran.stderr, &["degraded lines: 3 of 6 ("]);
        if command == "audit --append" {
            let nulls = ",\"score\":null,\"coverage\":null,\"eos_mass\":null,\"below_cut\":null}";
            assert_eq!(written[5], rows[5].replace(" }", nulls), "a row without a score");
        }
    }
}

#[test]
fn a_pair_of_a_corpus_that_is_too_long_is_an_error_only_with_strict() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", tsv(1001..=1003) + &format!("{}\teins\none\t\n", long()));
    for command in ["align", "score", "audit"] {
        let ran = scratch.run(&format!("{command} --model model pairs.tsv")).success();
        let strict = scratch.run(&format!("{command} --model model pairs.tsv --strict"));
        assert_eq!((strict.code, strict.stdout), (Some(1), ran.stdout), "{command}");
        let error = strict.stderr.lines().last().unwrap_or("").to_owned();
        assert_says(&error, &["error: too long for the model: 1 of 5 pairs", "--strict"]);
        assert!(strict.stderr.starts_with(&ran.stderr), "{command}: {}", strict.stderr);
    }
}

#[test]
fn audit_keeps_whole_rows() {
    let scratch = Scratch::with_model();
    let rows: String = (1..=20).map(|index| format!("{index}\t{}\t{}\t x \n", pair(index).0, pair(index).1)).collect();
    scratch.write("rows.tsv", rows.clone() + "21\n");
    let ran = scratch.run("audit --model model rows.tsv --columns 2,3 --append --cut=-1e9 --keep kept.tsv").success();
    assert_eq!(scratch.text("kept.tsv"), rows.clone() + "21\n");
    assert_says(&ran.stderr, &["kept.tsv: 21 rows written"]);
    assert!(ran.lines()[..20].iter().all(|row| row.ends_with("\tfalse")), "{}", ran.stdout);
    let ran = scratch.run("audit --model model rows.tsv --columns 2,3 --append --cut=1e9 --keep kept.tsv").success();
    assert_eq!(scratch.text("kept.tsv"), "21\n", "a row without a score is kept");
    assert!(ran.lines()[..20].iter().all(|row| row.ends_with("\ttrue")), "{}", ran.stdout);
    scratch.write("rows.jsonl", json_rows("source", "target"));
    scratch.run("audit --model model rows.jsonl --columns source,target --cut=-1e9 --keep kept.jsonl").success();
    assert_eq!(scratch.text("kept.jsonl"), json_rows("source", "target"));
}

#[test]
fn an_empty_input_has_no_rows() {
    let scratch = Scratch::with_model();
    for command in ["align", "score", "audit"] {
        let ran = scratch.pipe(&format!("{command} --model model --append -"), "").success();
        assert_eq!(ran.stdout, "", "{command}");
    }
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", tsv(1..=3));
    scratch.write("pairs.csv", "one,eins\n");
    scratch.write("memory.tmx", "<?xml version=\"1.0\"?>\n<tmx version=\"1.4\"></tmx>\n");
    scratch.write("a.txt", "one\n");
    for (args, part) in [
        ("align --append --format tsv pairs.tsv", "--format tsv has several for a pair"),
        ("align --append --format grid pairs.tsv", "--format grid has several for a pair"),
        ("score --append --format jsonl pairs.tsv", "leave one out, or give JSON Lines"),
        ("score --append --format jsonl pairs.tsv --columns 2,1", "leave one out, or give JSON Lines"),
        ("score --append a.txt a.txt", "paste a.txt a.txt"),
        ("score --columns de,en a.txt a.txt", "--columns with names is for one file"),
        ("score --append --csv pairs.tsv", "glosser convert --csv"),
        ("score --append pairs.csv", "is a CSV, but rows are needed here"),
        ("score --append --languages de,en memory.tmx", "not for a TMX"),
        ("score --append memory.tmx", "glosser convert"),
        ("score --columns de,2 pairs.tsv", "mixes a number and a name"),
        ("score --columns de,de pairs.tsv", "names one key twice"),
        ("audit --append --top 3 pairs.tsv", "--top"),
    ] {
        let message = scratch.run(&format!("{args} --model model")).wrong_usage();
        assert_says(&message, &[part]);
    }
    for command in ["train --model new", "lexicon --model model", "check", "convert -o out.tsv"] {
        let message = scratch.run(&format!("{command} pairs.tsv --columns source,target")).wrong_usage();
        assert_says(
            &message,
            &["`source,target` does not name two columns", "only `align`, `score` and `audit`", "jq -r"],
        );
    }
}

#[test]
fn columns_that_no_row_has_are_an_error_after_all_rows() {
    let scratch = Scratch::with_model();
    for command in ["align", "score", "audit"] {
        let ran = scratch.pipe(&format!("{command} --model model --append --columns 2,4 -"), "a\tb\tc\n\n");
        assert!(ran.code == Some(1) && ran.stdout.starts_with("a\tb\tc\t"), "{command}: {}", ran.stdout);
        assert_says(&ran.stderr, &["error: no row has columns 2 and 4; standard input:1: 3 columns", "--columns"]);
        let ran = scratch.pipe(&format!("{command} --model model --append --columns de,en -"), "{\"de\":\"a\"}\n");
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), "{\"de\":\"a\",\"degraded\":[\"no_column\"]}\n"));
        assert_says(&ran.stderr, &["error: no row has strings `de` and `en`", "without the key `en` (it has `de`)"]);
        let list = scratch.pipe(&format!("{command} --model model --columns de,en -"), "[{\"de\":\"a\"}]\n");
        assert_says(&list.failure(), &["a JSON list of objects", "jq -c '.[]'"]);
    }
}

#[test]
fn null_is_a_blank_side_and_bytes_of_other_fields_are_no_fault() {
    let scratch = Scratch::with_model();
    let (one, two) = pair(1001);
    let good =
        [&b"{\"x\":\"\xFF\0\",\"source\":\""[..], one.as_bytes(), b"\",\"target\":\"", two.as_bytes(), b"\""].concat();
    scratch.write("rows.jsonl", [&good[..], b"}\n{\"source\":null,\"target\":\"a\"}\n"].concat());
    for (command, key) in [("align", "links"), ("score", "log_prob"), ("audit", "score")] {
        let args = [command, "--model", "model", "--append", "--strict", "--columns", "source,target", "rows.jsonl"];
        let ran = program().args(args).current_dir(scratch.path("")).output().expect("the program starts");
        assert!(ran.status.success(), "{command}: {}", String::from_utf8_lossy(&ran.stderr));
        assert!(ran.stdout.starts_with(&[&good[..], b",\"", key.as_bytes(), b"\":"].concat()), "{command}");
        let written = String::from_utf8_lossy(&ran.stdout);
        let null = if command == "align" { "\"\"" } else { "null" };
        assert!(written.contains(&format!("{{\"source\":null,\"target\":\"a\",\"{key}\":{null}")), "{written}");
    }
}
