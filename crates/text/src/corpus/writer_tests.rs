//! Tests of the three formats that are written.

use super::*;
use std::path::{Path, PathBuf};

fn pairs() -> Vec<Pair> {
    let pair = |source: &str, target: &str| Pair { source: source.to_owned(), target: target.to_owned() };
    vec![pair("<b>Ein & Hund</b>", "a \"dog\" ]]>"), pair("", " two  blanks "), pair("שלום", "a\tb\r\nc")]
}

fn written(make: impl FnOnce(&dyn Fn(&str) -> Output) -> CorpusWriter, names: &[&str]) -> (Vec<String>, Written) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| -> PathBuf { Path::join(folder.path(), name) };
    let mut writer = make(&|name| Output::create(&path(name)).expect("a new file"));
    for pair in pairs() {
        writer.write(&pair).expect("room");
    }
    let written = writer.finish().expect("room");
    let texts = names.iter().map(|name| std::fs::read_to_string(path(name)).expect("a file")).collect();
    (texts, written)
}

#[test]
fn a_tsv_and_two_files_have_one_line_per_pair_whatever_its_text() {
    let (texts, counts) = written(|file| CorpusWriter::tsv(file("c.tsv")), &["c.tsv"]);
    assert_eq!(texts, ["<b>Ein & Hund</b>\ta \"dog\" ]]>\n\t two  blanks \nשלום\ta b  c\n"]);
    assert_eq!(counts, Written { pairs: 3, replaced: 3 });
    let (texts, same) = written(|file| CorpusWriter::two(file("s"), file("t")), &["s", "t"]);
    assert_eq!(texts, ["<b>Ein & Hund</b>\n\nשלום\n", "a \"dog\" ]]>\n two  blanks \na b  c\n"]);
    assert_eq!(same, counts);
    assert_eq!(counts.note().expect("a note"), "3 tabs, line ends or control characters inside a side became spaces");
    assert_eq!(Written { pairs: 3, replaced: 0 }.note(), None);
}

#[test]
fn a_translation_memory_escapes_text_and_keeps_spaces() {
    let languages: Languages = "he,en-GB".parse().expect("two languages");
    let (texts, counts) = written(|file| CorpusWriter::tmx(file("c.tmx"), languages).expect("room"), &["c.tmx"]);
    let lines: Vec<&str> = texts[0].lines().collect();
    assert_eq!((lines[0], lines[1]), ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<tmx version=\"1.4\">"));
    assert!(lines[2].starts_with("<header creationtool=\"glosser\" ") && lines[2].contains("srclang=\"he\""));
    let unit = |source: &str, target: &str| {
        format!(
            "<tu><tuv xml:lang=\"he\"><seg>{source}</seg></tuv><tuv xml:lang=\"en-GB\"><seg>{target}</seg></tuv></tu>"
        )
    };
    assert_eq!(
        lines[3..],
        [
            "<body>",
            &unit("&lt;b&gt;Ein &amp; Hund&lt;/b&gt;", "a \"dog\" ]]&gt;"),
            &unit("", "&#32;two &#32;blanks&#32;"),
            &unit("שלום", "a b &#32;c"),
            "</body>",
            "</tmx>"
        ]
    );
    assert_eq!(counts, Written { pairs: 3, replaced: 3 });
}
