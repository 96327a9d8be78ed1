//! Corpora as users bring them, on disk.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use glosser_text::{Columns, Corpus, CorpusFiles, Pair, open, read_lines};
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).expect("a written file");
        path
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

fn parse(tsv: &str, columns: &str) -> Corpus {
    let columns = columns.parse().expect("columns");
    Corpus::parse_tsv("c.tsv", tsv.as_bytes(), columns).expect("a corpus")
}

fn refused(tsv: &str, columns: &str) -> String {
    let columns = columns.parse().expect("columns");
    Corpus::parse_tsv("c.tsv", tsv.as_bytes(), columns).expect_err("a faulty corpus").to_string()
}

fn two(source: &Path, target: &Path) -> CorpusFiles {
    CorpusFiles::Two { source: source.to_owned(), target: target.to_owned() }
}

fn pair(source: &str, target: &str) -> Pair {
    Pair { source: source.to_owned(), target: target.to_owned() }
}

#[test]
fn a_tsv_and_its_gzip_and_two_files_and_their_gzip_are_the_same_pairs() {
    let folder = Folder::new();
    let (both, source, target) = ("\u{FEFF}ein\ta\r\nzwei\tb", "ein\nzwei\n", "a\nb");
    let tsv = |path| CorpusFiles::Tsv { path, columns: Columns::DEFAULT };
    let source_gz = folder.file("s.gz", &gzip(source.as_bytes()));
    for files in [
        tsv(folder.file("c.tsv", both.as_bytes())),
        // Recognised by content, whatever the name.
        tsv(folder.file("zipped.tsv", &gzip(both.as_bytes()))),
        two(&folder.file("s.txt", source.as_bytes()), &folder.file("t.txt", target.as_bytes())),
        two(&source_gz, &folder.file("t.gz", &gzip(target.as_bytes()))),
        two(&source_gz, &folder.file("t2.txt", target.as_bytes())),
    ] {
        let corpus = Corpus::read(&files).expect("a corpus");
        assert_eq!(corpus.pairs, [pair("ein", "a"), pair("zwei", "b")], "{files:?}");
        assert!(corpus.notes.is_empty(), "{:?}", corpus.notes);
    }
}

#[test]
fn gzip_files_that_were_appended_to_each_other_are_read_to_the_end() {
    let folder = Folder::new();
    let path = folder.file("joined.gz", &[gzip(b"a\n"), gzip(b"b\n")].concat());
    assert_eq!(read_lines(&path).expect("lines"), ["a", "b"]);
}

#[test]
fn short_files_are_no_gzip() {
    let folder = Folder::new();
    for (bytes, lines) in [(&b""[..], vec![]), (b"a", vec!["a"]), (b"\x1F", vec!["\u{1F}"]), (b"\n", vec![""])] {
        assert_eq!(read_lines(&folder.file("short", bytes)).expect("lines"), lines);
    }
}

#[test]
fn a_missing_file_a_directory_and_cut_or_damaged_gzip_are_named() {
    let folder = Folder::new();
    let message = |path: &Path| read_lines(path).expect_err("a faulty file").to_string();

    let missing = message(&folder.0.path().join("no.tsv"));
    assert!(missing.contains("no.tsv` cannot be opened") && missing.contains("check the path"), "{missing}");

    let directory = message(folder.0.path());
    assert!(directory.contains("is a directory; name a text file"), "{directory}");

    let text: String = (0..5000).map(|i| format!("line {i}\n")).collect();
    let whole = gzip(text.as_bytes());
    let cut = message(&folder.file("cut.gz", &whole[..whole.len() / 2]));
    assert!(cut.contains("cut.gz:") && cut.contains("cut short") && cut.contains("again"), "{cut}");

    let mut damaged = whole;
    let middle = damaged.len() / 2;
    damaged[middle..middle + 20].fill(0xFF);
    let damaged = message(&folder.file("damaged.gz", &damaged));
    assert!(damaged.contains("damaged.gz:") && damaged.contains("again"), "{damaged}");
}

#[test]
fn an_iterator_ends_after_an_error_of_reading() {
    let folder = Folder::new();
    let whole = gzip(b"a\nb\n");
    let path = folder.file("cut.gz", &whole[..whole.len() - 9]);
    assert!(open(&path).expect("opened").filter(Result::is_err).count() == 1);
}

#[test]
fn a_separator_of_unicode_inside_a_sentence_does_not_shift_the_pairs() {
    let corpus = parse("ein\u{2028}Hund\ta\u{85}dog\nzwei\ttwo\n", "1,2");
    assert_eq!(corpus.pairs, [pair("ein\u{2028}Hund", "a\u{85}dog"), pair("zwei", "two")]);
}

#[test]
fn columns_can_be_read_the_other_way_round() {
    assert_eq!(parse("ein\ta\n", "2,1").pairs, [pair("a", "ein")]);
}

#[test]
fn a_line_without_enough_columns_is_named_with_what_was_found() {
    let message = refused("ein\ta\nohne Tabulator\n", "1,2");
    assert!(message.starts_with("c.tsv:2: found 1 column(s) in `ohne Tabulator`"), "{message}");
    assert!(message.contains("one tab") && message.contains("--columns"), "{message}");
    assert!(refused("ein\ta\n\n", "1,2").starts_with("c.tsv:2:"), "an empty line is one column");
    assert!(refused("1\tein\t2\ta\nx\ty\n", "2,4").starts_with("c.tsv:2: found 2 column(s)"));
    let long = refused(&"wort ".repeat(100), "1,2");
    assert!(long.len() < 300, "{long}");
}

#[test]
fn further_columns_are_said_once() {
    let corpus = parse("ein\ta\tCC-BY\nzwei\tb\tCC-BY\n", "1,2");
    assert_eq!(corpus.notes, ["`c.tsv` has 3 columns; columns 1 and 2 are read (--columns chooses others)"]);
}

#[test]
fn a_column_of_numbers_is_noted_as_a_likely_id() {
    let tatoeba = "77\tein Hund\t1276\ta dog\n78\tzwei\t1277\ttwo\n79\tdrei\t1278\tthree\n";
    let notes = parse(tatoeba, "1,2").notes;
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[1].starts_with("column 1 of `c.tsv`") && notes[1].contains("--columns 2,4"), "{notes:?}");
    assert_eq!(parse(tatoeba, "2,3").notes.len(), 2, "the target side as well");

    let right = parse(tatoeba, "2,4");
    assert_eq!(right.pairs[0], pair("ein Hund", "a dog"));
    assert_eq!(right.notes.len(), 1, "{:?}", right.notes);
    assert!(parse("1\tone\n2\ttwo\n", "1,2").notes.is_empty(), "two lines prove nothing");
}

#[test]
fn different_line_counts_name_both_files_and_the_first_line_without_a_partner() {
    let folder = Folder::new();
    let (long, short) = (folder.file("s.de", b"eins\nzwei\ndrei\n"), folder.file("t.en", b"one\n"));
    for files in [two(&long, &short), two(&short, &long)] {
        let message = Corpus::read(&files).expect_err("a slip").to_string();
        assert!(message.contains("s.de` has 3") && message.contains("t.en` has 1"), "{message}");
        assert!(message.contains("s.de:2: `zwei` is the first line without a partner"), "{message}");
        assert!(message.contains("look for a line that is missing"), "{message}");
    }
}

#[test]
fn pairs_with_a_blank_side_stay_in_place_and_leave_together() {
    let corpus = parse("eins\tone\n\ttwo\ndrei\t \u{3000}\nvier\tfour\n", "1,2");
    assert_eq!(corpus.pairs.len(), 4);
    assert_eq!(corpus.pairs[1], pair("", "two"));

    let (trainable, dropped) = corpus.trainable().expect("two pairs");
    assert_eq!(dropped, 2);
    assert_eq!(trainable.pairs, [pair("eins", "one"), pair("vier", "four")]);
    assert_eq!(trainable.notes, ["2 pairs of 4 in `c.tsv` left out: a side is blank"]);
}

#[test]
fn a_corpus_without_a_pair_is_an_error() {
    let empty = refused("", "1,2");
    assert!(empty.contains("`c.tsv` holds no sentence pair;") && empty.contains("give a corpus"), "{empty}");
    let blank = parse("\t\n", "1,2").trainable().expect_err("nothing left").to_string();
    assert!(blank.contains("no sentence pair with text on both sides"), "{blank}");

    let folder = Folder::new();
    let nothing = folder.file("nothing.txt", b"");
    assert!(Corpus::read(&two(&nothing, &nothing)).is_err());
}

#[test]
fn faulty_bytes_are_named_by_file_and_line_in_a_corpus_too() {
    let columns = Columns::DEFAULT;
    let error = |bytes: &[u8]| Corpus::parse_tsv("c.tsv", bytes, columns).expect_err("faulty bytes").to_string();
    assert!(error(b"a\tb\na\xE4\tb\n").starts_with("c.tsv:2:2: byte 0xE4"));
    assert!(error(b"a\tb\0\n").starts_with("c.tsv:1: the line holds a NUL"));
}
