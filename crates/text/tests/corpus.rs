//! Corpora in files: their pairs, their notes and their errors.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use glosser_text::{
    AnyCorpus, Columns, Corpus, CorpusFiles, CorpusReader, CorpusSize, Pair, Survey, TextError, open, read_lines,
};
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
fn a_tsv_and_two_files_give_the_same_pairs_compressed_or_not() {
    let folder = Folder::new();
    let (both, source, target) = ("\u{FEFF}ein\ta\r\nzwei\tb", "ein\nzwei\n", "a\nb");
    let tsv = |path: PathBuf| CorpusFiles::one(path);
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
fn appended_gzip_files_are_read_to_the_end() {
    let folder = Folder::new();
    let path = folder.file("joined.gz", &[gzip(b"a\n"), gzip(b"b\n")].concat());
    assert_eq!(read_lines(&path).expect("lines"), ["a", "b"]);
}

#[test]
fn short_files_are_not_taken_for_gzip() {
    let folder = Folder::new();
    for (bytes, lines) in [(&b""[..], vec![]), (b"a", vec!["a"]), (b"\x1F", vec!["\u{1F}"]), (b"\n", vec![""])] {
        assert_eq!(read_lines(&folder.file("short", bytes)).expect("lines"), lines);
    }
}

#[test]
fn missing_files_directories_and_damaged_gzip_files_are_reported_by_name() {
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
fn an_error_has_its_cause_as_source() {
    let error = read_lines(Path::new("no/such/file")).expect_err("a missing file");
    let source = std::error::Error::source(&error).expect("a source");
    let cause: &std::io::Error = source.downcast_ref().expect("an error of the operating system");
    assert_eq!(cause.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn an_iterator_ends_after_a_read_error() {
    let folder = Folder::new();
    let whole = gzip(b"a\nb\n");
    let path = folder.file("cut.gz", &whole[..whole.len() - 9]);
    assert!(open(&path).expect("opened").filter(Result::is_err).count() == 1);
}

#[test]
fn a_unicode_line_separator_inside_a_sentence_does_not_shift_the_pairs() {
    let corpus = parse("ein\u{2028}Hund\ta\u{85}dog\nzwei\ttwo\n", "1,2");
    assert_eq!(corpus.pairs, [pair("ein\u{2028}Hund", "a\u{85}dog"), pair("zwei", "two")]);
}

#[test]
fn columns_can_be_read_in_the_other_order() {
    assert_eq!(parse("ein\ta\n", "2,1").pairs, [pair("a", "ein")]);
}

#[test]
fn a_line_with_too_few_columns_is_reported_with_its_number_of_columns() {
    let message = refused("ein\ta\nohne Tabulator\n", "1,2");
    assert!(message.starts_with("c.tsv:2: found 1 column in `ohne Tabulator`"), "{message}");
    assert!(message.contains("one tab") && message.contains("--columns"), "{message}");
    assert!(refused("ein\ta\n\n", "1,2").starts_with("c.tsv:2:"), "an empty line is one column");
    assert!(refused("1\tein\t2\ta\nx\ty\n", "2,4").starts_with("c.tsv:2: found 2 columns"));
    let long = refused(&"wort ".repeat(100), "1,2");
    assert!(long.len() < 300, "{long}");
}

#[test]
fn additional_columns_are_noted_once() {
    let corpus = parse("ein\ta\tCC-BY\nzwei\tb\tCC-BY\n", "1,2");
    assert_eq!(corpus.notes, ["`c.tsv` has 3 columns; columns 1 and 2 are read (--columns chooses others)"]);
}

#[test]
fn a_chosen_column_of_ids_is_refused_and_numbers_without_another_choice_are_noted() {
    let tatoeba = "77\tein Hund\t1276\ta dog\n78\tzwei\t1277\ttwo\n79\tdrei\t1278\tthree\n";
    for columns in ["1,2", "2,3"] {
        let message = refused(tatoeba, columns);
        assert!(message.starts_with("c.tsv: column ") && message.contains("add `--columns 2,4`"), "{message}");
    }
    let right = parse(tatoeba, "2,4");
    assert_eq!(right.pairs[0], pair("ein Hund", "a dog"));
    assert_eq!(right.notes.len(), 1, "{:?}", right.notes);
    let notes = parse("1\tone\n2\ttwo\n3\tthree\n", "1,2").notes;
    assert!(notes.len() == 1 && notes[0].starts_with("column 1 of `c.tsv` has only numbers"), "{notes:?}");
    assert!(parse("1\tone\n2\ttwo\n", "1,2").notes.is_empty(), "two lines prove nothing");
}

#[test]
fn different_line_counts_are_reported_with_both_files_and_the_first_line_without_a_counterpart() {
    let folder = Folder::new();
    let (long, short) = (folder.file("s.de", b"eins\nzwei\ndrei\n"), folder.file("t.en", b"one\n"));
    for files in [two(&long, &short), two(&short, &long)] {
        let message = Corpus::read(&files).expect_err("different line counts").to_string();
        assert!(message.contains("s.de` has 3") && message.contains("t.en` has 1"), "{message}");
        assert!(message.contains("s.de:2: `zwei` is the first line without a counterpart"), "{message}");
        assert!(message.contains("a line that is missing"), "{message}");
    }
}

#[test]
fn pairs_with_a_blank_side_keep_their_line_and_are_removed_together() {
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
    assert!(empty.contains("`c.tsv` has no sentence pair;") && empty.contains("give a corpus"), "{empty}");
    let blank = parse("\t\n", "1,2").trainable().expect_err("nothing left").to_string();
    assert!(blank.contains("no sentence pair with text on both sides"), "{blank}");

    let folder = Folder::new();
    let nothing = folder.file("nothing.txt", b"");
    assert!(Corpus::read(&two(&nothing, &nothing)).is_err());
}

#[test]
fn faulty_bytes_of_a_corpus_are_reported_with_file_and_line() {
    let columns = Columns::DEFAULT;
    let error = |bytes: &[u8]| Corpus::parse_tsv("c.tsv", bytes, columns).expect_err("faulty bytes").to_string();
    assert!(error(b"a\tb\na\xE4\tb\n").starts_with("c.tsv:2:2: byte 0xE4"));
    assert!(error(b"a\tb\0\n").starts_with("c.tsv:1: the line has a NUL"));
}

/// Reads a corpus three times: the survey, and the pairs of two passes, which must be the same.
fn readings(corpus: impl Into<AnyCorpus>) -> Result<(Survey, Vec<Pair>), TextError> {
    let reader = CorpusReader::new(corpus.into(), tempfile::tempfile)?;
    let survey = reader.survey(|_| {})?;
    let pass = || reader.pairs()?.collect::<Result<Vec<_>, _>>();
    let (first, second) = (pass()?, pass()?);
    assert_eq!(first, second);
    Ok((survey, first))
}

#[test]
fn reading_pair_by_pair_gives_the_same_corpus_as_reading_it_whole() {
    let folder = Folder::new();
    let text = "ein Hund\ta dog\tx\nblank\t \tx\n我看见\tI see\tx\n";
    let sides = |column| {
        text.lines().map(|line| line.split('\t').nth(column).expect("a column").to_owned() + "\n").collect::<String>()
    };
    let tsv = |path: PathBuf| CorpusFiles::one(path);
    for files in [
        tsv(folder.file("c.tsv", text.as_bytes())),
        tsv(folder.file("c.tsv.gz", &gzip(text.as_bytes()))),
        two(&folder.file("s.txt", sides(0).as_bytes()), &folder.file("t.gz", &gzip(sides(1).as_bytes()))),
    ] {
        let (survey, pairs) = readings(files.clone()).expect("a corpus");
        let whole = Corpus::read(&files).expect("a corpus");
        assert_eq!(readings(whole.clone()).expect("a corpus"), (survey.clone(), pairs.clone()));
        let (whole, _) = whole.trainable().expect("two pairs");
        assert_eq!((survey.notes, pairs), (whole.notes, whole.pairs));
        assert_eq!(survey.size, CorpusSize { pairs: 2, words: 7, distinct_words: 6 });
    }
}

#[test]
fn a_reversed_corpus_has_the_same_pairs_reversed_and_another_fingerprint() {
    let text = "ein Hund\ta dog\n \tblank\n我看见\tI see\n";
    let corpus = || AnyCorpus::from(Corpus::parse_tsv("c.tsv", text.as_bytes(), Columns::DEFAULT).expect("a corpus"));
    let (survey, pairs) = readings(corpus()).expect("a corpus");
    let (of_reversed, reversed) = readings(corpus().reversed()).expect("a corpus");
    assert_eq!(reversed, pairs.iter().cloned().map(Pair::reversed).collect::<Vec<_>>());
    assert_eq!((&of_reversed.size, &of_reversed.notes), (&survey.size, &survey.notes));
    assert_ne!(of_reversed.fingerprint, survey.fingerprint);
    assert_eq!(readings(corpus().reversed().reversed()).expect("a corpus"), (survey, pairs));
    assert_eq!(corpus().reversed().read().expect("a corpus").pairs[2].source, "I see");
}

#[test]
fn a_survey_reports_the_same_errors_as_reading_whole() {
    let folder = Folder::new();
    let tsv = |name: &str, bytes: &[u8]| CorpusFiles::one(folder.file(name, bytes));
    let (long, short) = (folder.file("s.de", b"eins\nzwei\ndrei\nvier\n"), folder.file("t.en", b"one\ntwo\n"));
    let late = folder.file("late.de", b"eins\nzwei\ndrei\nf\xFCnf\n");
    for files in [
        tsv("columns.tsv", b"ein\ta\nohne Tabulator\n"),
        tsv("bytes.tsv", b"ein\ta\nf\xFCnf\tfive\n"),
        tsv("nul.tsv", b"ein\ta\0\n"),
        tsv("cut.gz", &gzip(b"ein\ta\n")[..15]),
        tsv("empty.tsv", b""),
        two(&long, &short),
        two(&short, &long),
        two(&late, &short),
        two(&short, &late),
        two(&folder.0.path().join("no.de"), &short),
        two(&short, folder.0.path()),
    ] {
        let whole = Corpus::read(&files).expect_err("a fault").to_string();
        assert_eq!(readings(files).expect_err("a fault").to_string(), whole);
    }
    let blank = tsv("blank.tsv", b"\t\n");
    let whole = Corpus::read(&blank).expect("blank pairs").trainable().expect_err("no pair").to_string();
    assert_eq!(readings(blank).expect_err("no pair").to_string(), whole);
}

#[cfg(unix)]
#[test]
fn a_pipe_can_be_read_several_times_and_its_errors_name_it() {
    let folder = Folder::new();
    let pipe = folder.0.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let read = |bytes: Vec<u8>| {
        let path = pipe.clone();
        let writer = std::thread::spawn(move || fs::write(path, bytes).expect("a reader"));
        let found = readings(CorpusFiles::one(&pipe));
        writer.join().expect("all is read");
        found
    };
    let (survey, pairs) = read(gzip(b"ein\ta\nzwei\tb\n")).expect("a corpus");
    assert_eq!((survey.size.pairs, pairs), (2, vec![pair("ein", "a"), pair("zwei", "b")]));
    let message = read(b"ein\ta\nzwei\n".to_vec()).expect_err("a fault").to_string();
    assert!(message.contains("pipe:2: found 1 column"), "{message}");

    let files = CorpusFiles::one("-");
    let full = || Err(std::io::Error::from(std::io::ErrorKind::StorageFull));
    let message = CorpusReader::new(files.into(), full).expect_err("no room").to_string();
    assert!(message.contains("`standard input`") || message.contains("standard input:"), "{message}");
    assert!(message.contains("make room"), "{message}");
}
