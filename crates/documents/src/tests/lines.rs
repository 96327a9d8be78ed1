//! Plain text and TSV.

use super::{drawn, read, write_reversed};
use crate::Format;

#[test]
fn line_ends_blank_lines_and_white_space_of_text_are_kept() {
    for (source, segments, written) in [
        ("", vec![], ""),
        ("one two", vec!["one two"], "two one"),
        (
            "\u{feff}one two\r\n\r\n  three four \t\rfive six\n\n",
            vec!["one two", "three four", "five six"],
            "\u{feff}two one\r\n\r\n  four three \t\rsix five\n\n",
        ),
        ("* * *\n<b>one</b> two\n", vec!["<b>one</b> two"], "* * *\ntwo <b>one</b>\n"),
    ] {
        let document = read(Format::Text, source);
        assert_eq!(drawn(&document), segments, "{source:?}");
        assert_eq!(write_reversed(&document), written, "{source:?}");
    }
}

#[test]
fn each_line_of_a_tsv_gets_a_further_column() {
    for (source, segments, written) in [
        ("", vec![], ""),
        ("one two", vec!["one two"], "one two\ttwo one"),
        (
            "one two\tx\t\r\n\n \t \n\ty\n--\tz\nthree four\n",
            vec!["one two", "three four"],
            "one two\tx\t\ttwo one\r\n\n \t \n\ty\t\n--\tz\t--\nthree four\tfour three\n",
        ),
    ] {
        let document = read(Format::Tsv, source);
        assert_eq!(drawn(&document), segments, "{source:?}");
        assert_eq!(write_reversed(&document), written, "{source:?}");
    }
}

#[test]
fn a_translation_of_several_lines_is_written_on_one() {
    let translated = crate::TranslatedSegment { text: "un\tdeux\ntrois".to_owned(), marks: Vec::new() };
    let write = |format| read(format, "one\n").write(std::slice::from_ref(&translated));
    assert_eq!(write(Format::Text), "un deux trois\n");
    assert_eq!(write(Format::Tsv), "one\tun deux trois\n");
}
