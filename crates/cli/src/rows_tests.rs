//! Tests of rows and their cells.

use super::*;

fn json(line: &str) -> Row {
    RowFormat::Json(vec!["text".to_owned()]).row(line.to_owned())
}

#[test]
fn other_columns_are_passed_through_unchanged() {
    let format = RowFormat::Tsv(vec![1]);
    let row = format.row(" 7\tein Hund\t x ".to_owned());
    assert_eq!(row.texts(), ["ein Hund"]);
    assert_eq!(row.with_cells(&format, &[("translation", "a\tdog")]).expect("a row"), " 7\tein Hund\t x \ta dog");
    assert_eq!(row.with_texts(&["a dog"]).expect("a row").line(), " 7\ta dog\t x ");
    let short = format.row("7".to_owned());
    assert_eq!(short.missing(), Some("1 column, but column 2 is asked for"));
    assert_eq!((short.texts(), short.with_texts(&["a"]).expect("a row").line()), (&[String::new()][..], "7"));
    assert_eq!(short.with_cells(&format, &[("a", ""), ("b", "")]).expect("a row"), "7\t\t");
    let blank = format.row(String::new());
    assert_eq!((blank.missing(), blank.with_cells(&format, &[("a", "b")]).expect("a row").as_str()), (None, ""));
}

#[test]
fn other_fields_are_passed_through_as_they_are_written() {
    let line = r#"{ "id":1.50, "text" : "ein \u0048und", "nested":{"text":[1]} } "#;
    let row = json(line);
    assert_eq!(row.texts(), ["ein Hund"]);
    let added = row.with_cells(&RowFormat::Line, &[("translation", "a \"dog\""), ("id", "x")]).expect("a row");
    let expected =
        r#"{ "id":1.50, "text" : "ein \u0048und", "nested":{"text":[1]},"translation":"a \"dog\"","glosser_id":"x"}"#;
    assert_eq!(added, expected);
    let replaced = row.with_texts(&["a dog"]).expect("a row");
    assert_eq!(replaced.line(), r#"{ "id":1.50, "text" : "a dog", "nested":{"text":[1]} } "#);
}

#[test]
fn fields_of_another_object_follow_except_those_that_are_left_out() {
    let row = json(r#"{"text":"a","line":7}"#);
    let added = row.with_json(r#"{"line":1,"source":"a","score":-0.5}"#, &["source"]).expect("a row");
    assert_eq!(added, r#"{"text":"a","line":7,"glosser_line":1,"score":-0.5}"#);
    for line in ["[1]", "{\"text\":\"a\"  } "] {
        assert_eq!(json(line).with_json("{}", &[]).expect("a row"), line);
    }
}

#[test]
fn a_line_without_the_key_is_named() {
    for (line, part) in [
        ("{\"a\":1}", "a JSON object without the key `text`"),
        ("{\"text\":1}", "a JSON object whose value of `text` is no string"),
        ("{\"text\":\"a\"", "not a JSON object (the object has no end"),
        ("[1]", "not a JSON object but a list"),
        ("a\tb", "cells between tabs, but a JSON object is needed"),
    ] {
        let row = json(line);
        assert!(row.missing().is_some_and(|what| what.starts_with(part)), "{:?}", row.missing());
        assert_eq!(row.with_cells(&RowFormat::Line, &[("translation", "")]).expect("a row"), line);
    }
    assert_eq!(json(" ").missing(), None);
}

#[test]
fn of_two_equal_keys_the_last_one_counts() {
    assert_eq!(json(r#"{"text":"a","text":"b"}"#).texts(), ["b"]);
}

#[test]
fn cells_may_be_replaced_in_any_order_and_more_may_follow() {
    let format = RowFormat::Tsv(vec![2, 0]);
    let row = format.row("a\tb\tc\td".to_owned()).with_texts(&["", "xyz"]).expect("a row");
    assert_eq!(row.line(), "xyz\tb\t\td");
    assert_eq!(row.with_cells(&format, &[("links", "0-0")]).expect("a row"), "xyz\tb\t\td\t0-0");
    assert_eq!(row.with_texts(&["c", "a"]).expect("a row").line(), "a\tb\tc\td");
    let format = RowFormat::Tsv(vec![0]);
    let blank = format.row("a".to_owned()).with_texts(&[""]).expect("a row");
    assert_eq!(blank.with_cells(&format, &[("links", "")]).expect("a row"), "\t");
}

/// A row of a line with these bytes.
fn read(format: &RowFormat, bytes: &[u8]) -> Row {
    let line = glosser_text::Lines::new(bytes, "t").next_lossy().expect("a line").expect("memory");
    format.read(line, "t", 1)
}

#[test]
fn faulty_bytes_are_passed_through_and_are_faults_of_their_cell_only() {
    let format = RowFormat::Tsv(vec![1]);
    let row = read(&format, b"M\xFC\0\ta\xFF\tb\0\r\n");
    assert_eq!(row.texts(), ["a\u{FFFD}"]);
    let faults: Vec<String> = row.faults().iter().map(ToString::to_string).collect();
    assert!(faults.len() == 1 && faults[0].starts_with("t:1:6: byte 0xFF"), "{faults:?}");
    let added = row.with_cells(&format, &[("translation", "x")]).expect("a row");
    assert_eq!(row.bytes(added), b"M\xFC\0\ta\xFF\tb\0\tx\r\n");
    let replaced = row.with_texts(&["a longer one"]).expect("a row");
    assert_eq!(replaced.bytes(replaced.line().to_owned()), b"M\xFC\0\ta longer one\tb\0\r\n");
    for line in [&b"\0\n"[..], b"\xFF\0\n"] {
        let row = read(&format, line);
        let blank = line == b"\0\n";
        let written = row.with_texts(&["x"]).expect("a row");
        assert_eq!(
            (written.bytes(written.line().to_owned()), row.faults().len(), row.missing().is_none()),
            (line.to_vec(), 0, blank)
        );
    }
    let row = read(&RowFormat::Json(vec!["text".to_owned()]), b"{\"text\":\"a\\u0000\xFF\"}\n");
    assert_eq!((row.texts()[0].as_str(), row.faults().len()), ("a\u{FFFD}", 2));
}

#[test]
fn faulty_bytes_of_other_fields_of_an_object_are_passed_through() {
    let format = RowFormat::Json(vec!["text".to_owned()]);
    let row = read(&format, b"{\"a\xFF\0\":\"M\xFCn\0\",\"text\":\0\"one\" , \"b\":\"\0\xF6\"\0} \r\n");
    assert_eq!((row.texts()[0].as_str(), row.faults().len()), ("one", 0));
    let added = row.with_cells(&format, &[("translation", "x")]).expect("a row");
    let start = b"{\"a\xFF\0\":\"M\xFCn\0\",\"text\":\0";
    let end = b" , \"b\":\"\0\xF6\"\0";
    assert_eq!(row.bytes(added), [&start[..], b"\"one\"", end, b",\"translation\":\"x\"}\r\n"].concat());
    let replaced = row.with_texts(&["a \u{FFFD}"]).expect("a row");
    let text = "\"a \u{FFFD}\"".as_bytes();
    assert_eq!(replaced.bytes(replaced.line().to_owned()), [&start[..], text, end, b"} \r\n"].concat());
    let linked = replaced.with_json("{\"links\":1}", &[]).expect("a row");
    assert_eq!(replaced.bytes(linked), [&start[..], text, end, b",\"links\":1}\r\n"].concat());
    let faulty = read(&format, b"{\"a\":\"\xFF\",\"text\":\"one\0\xFC\"}\n");
    let faults: Vec<String> = faulty.faults().iter().map(ToString::to_string).collect();
    assert!(faults[0].starts_with("t:1:22: byte 0xFC") && faults[1].contains("NUL") && faults.len() == 2, "{faults:?}");
    let added = faulty.with_json("{\"b\":1}", &[]).expect("a row");
    assert_eq!(faulty.bytes(added), b"{\"a\":\"\xFF\",\"text\":\"one\0\xFC\",\"b\":1}\n");
}

#[test]
fn null_is_a_blank_text_whose_translation_is_null() {
    let row = json(r#"{"text": null,"b":"null"}"#);
    assert_eq!((row.texts()[0].as_str(), row.missing(), row.has_null()), ("", None, true));
    let added = row.with_json(r#"{"source":"","translation":"","score":0}"#, &["source"]).expect("a row");
    assert_eq!(added, r#"{"text": null,"b":"null","translation":null,"score":0}"#);
    assert_eq!(row.with_texts(&["x"]).expect("a row").line(), row.line());
    let format = RowFormat::Tsv(vec![0]);
    let tsv = format.row("null".to_owned());
    assert!(!tsv.has_null() && tsv.with_texts(&["x"]).expect("a row").line() == "x");
}

#[test]
fn an_object_without_the_key_gets_its_faults_only() {
    let degraded = |line: &str| json(line).with_degraded(&["no_column"]).expect("a row");
    assert_eq!(degraded("{\"a\":1 } "), "{\"a\":1,\"degraded\":[\"no_column\"]}");
    assert_eq!(degraded("{ }"), "{\"degraded\":[\"no_column\"]}");
    assert_eq!(
        degraded("{\"text\":1,\"degraded\":2}"),
        "{\"text\":1,\"degraded\":2,\"glosser_degraded\":[\"no_column\"]}"
    );
    assert_eq!(degraded("[1]"), "[1]");
    let row = read(&RowFormat::Json(vec!["text".to_owned()]), b"{\"a\":\"\xFF\"}\n");
    assert_eq!(row.bytes(row.with_degraded(&[1]).expect("a row")), b"{\"a\":\"\xFF\",\"degraded\":[1]}\n");
}

#[test]
fn a_line_is_a_sentence_only_if_it_is_no_object() {
    let row = |line: &str| RowFormat::LineOrJson.row(line.to_owned());
    for line in ["{\"text\":\"a\"", "{0} a", "[1]", "", "7"] {
        assert_eq!((row(line).texts()[0].as_str(), row(line).missing(), row(line).keys()), (line, None, None));
    }
    for line in ["{\"a\":1}", " {\"text\":1}", "{}"] {
        assert!(row(line).missing().is_some() && row(line).texts()[0].is_empty(), "{line}");
    }
    assert!(row("{\"text\":null}").has_null());
}

#[test]
fn a_list_of_objects_is_refused_by_its_first_line() {
    let format = RowFormat::Json(vec!["text".to_owned()]);
    for (line, part) in [("[", "jq -c '.[]' f.json | glosser ..."), (" [ {\"a\":1},", "f.json:1: a JSON list")] {
        let error = format.check_first(line, "f.json").expect_err(line).to_string();
        assert!(error.contains(part), "{error}");
        assert!(RowFormat::Tsv(vec![0]).check_first(line, "f.json").is_ok());
    }
    let error = format.check_first("[", "standard input").expect_err("a list").to_string();
    assert!(error.contains("`... | jq -c '.[]' | glosser ...`"), "{error}");
    for line in ["[1]", "{\"a\":[", ""] {
        assert!(format.check_first(line, "f.json").is_ok(), "{line}");
    }
}
