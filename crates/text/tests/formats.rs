//! Corpora are written in every format and read again.

use std::path::{Path, PathBuf};

use glosser_text::{
    AnyCorpus, Columns, Corpus, CorpusFiles, CorpusReader, CorpusWriter, Languages, Output, Pair, SideChoice, TextError,
};
use proptest::prelude::*;

fn languages() -> Languages {
    "de,en".parse().expect("two languages")
}

fn output(path: &Path) -> Output {
    Output::create(path).expect("a new file")
}

fn recognised(path: PathBuf) -> CorpusFiles {
    CorpusFiles::One { path, choice: SideChoice::default() }
}

/// Writes the pairs of `from`, all of them.
fn converted(from: &CorpusFiles, mut writer: CorpusWriter) -> usize {
    for pair in from.stream().expect("a corpus") {
        writer.write(&pair.expect("a pair")).expect("room");
    }
    writer.finish().expect("room").replaced
}

/// A side of a pair. The ends of lines and columns have separate tests; a byte order mark at the start of a file is not
/// text.
fn side() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>().prop_map(|text| text.replace(['\0', '\n', '\t', '\r', '\u{FEFF}'], "")),
        "[ &<>\"';#a-c\\[\\]שﺵ\u{A0}\u{2028}]{0,20}",
    ]
}

/// Replaces the characters that XML cannot hold by spaces, as a translation memory does.
fn as_xml(text: &str) -> String {
    text.replace(|c: char| c < ' ' || matches!(c, '\u{FFFE}' | '\u{FFFF}'), " ")
}

proptest! {
    // Every file is synced to the disk.
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn converting_a_tsv_to_a_translation_memory_and_back_changes_no_byte(
        pairs in prop::collection::vec((side(), side()), 1..8),
        compression in prop::sample::select(vec!["", ".gz", ".zst"]),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let text: String = pairs.iter().map(|(source, target)| format!("{source}\t{target}\n")).collect();
        std::fs::write(path("a.tsv"), &text).expect("room");

        let tmx = path(&format!("b.tmx{compression}"));
        let replaced = converted(&recognised(path("a.tsv")), CorpusWriter::tmx(output(&tmx), languages()).expect("room"));
        converted(&recognised(tmx), CorpusWriter::tsv(output(&path("c.tsv"))));
        let expected: String = text.split_inclusive('\n').map(|line| {
            let sides: Vec<String> = line.trim_end_matches('\n').split('\t').map(as_xml).collect();
            sides.join("\t") + "\n"
        }).collect();
        prop_assert_eq!(std::fs::read_to_string(path("c.tsv")).expect("a file"), expected.clone());
        prop_assert_eq!(replaced == 0, expected == text);

        let (s, t) = (path(&format!("s{compression}")), path(&format!("t{compression}")));
        prop_assert_eq!(converted(&recognised(path("a.tsv")), CorpusWriter::two(output(&s), output(&t))), 0);
        converted(&CorpusFiles::Two { source: s, target: t }, CorpusWriter::tsv(output(&path("d.tsv"))));
        prop_assert_eq!(std::fs::read_to_string(path("d.tsv")).expect("a file"), text);
    }
}

fn pair(source: &str, target: &str) -> Pair {
    Pair { source: source.to_owned(), target: target.to_owned() }
}

#[test]
fn reading_a_translation_memory_whole_or_in_passes_gives_the_same_pairs() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m");
    let mut writer = CorpusWriter::tmx(output(&path), languages()).expect("room");
    let pairs = [pair("eins", "one"), pair("", "blank"), pair("zwei", "two")];
    pairs.iter().for_each(|pair| writer.write(pair).expect("room"));
    writer.finish().expect("room");

    let files = recognised(path.clone());
    let corpus = Corpus::read(&files).expect("a corpus");
    assert_eq!((&corpus.pairs[..], &corpus.lines[..], corpus.line(2)), (&pairs[..], &[5, 6, 7][..], 7));
    let (trainable, _) = corpus.trainable().expect("two pairs");
    assert_eq!((trainable.pairs.len(), &trainable.lines[..]), (2, &[5, 7][..]));

    let reader = CorpusReader::new(AnyCorpus::from(files), tempfile::tempfile).expect("a corpus");
    let survey = reader.survey(|_| {}).expect("a corpus");
    assert_eq!((survey.size.pairs, survey.notes), (2, trainable.notes));
    for _ in 0..2 {
        let read: Vec<Pair> = reader.pairs().expect("a corpus").collect::<Result<_, _>>().expect("pairs");
        assert_eq!(read, trainable.pairs);
    }
}

#[test]
fn a_choice_that_does_not_fit_the_format_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let (tsv, tmx) = (folder.path().join("a.tsv"), folder.path().join("a.tmx"));
    std::fs::write(&tsv, "eins\tone\tx\n").expect("room");
    converted(&recognised(tsv.clone()), CorpusWriter::tmx(output(&tmx), languages()).expect("room"));
    let columns: Columns = "2,1".parse().expect("columns");
    let turned: Languages = "en,de".parse().expect("two languages");
    let chosen = |columns, languages| SideChoice { columns, languages, is_csv: false };
    let read = |path: &Path, choice| Corpus::read(&CorpusFiles::One { path: path.to_owned(), choice });
    for (path, choice) in [
        (&tsv, chosen(Some(columns), None)),
        (&tmx, chosen(None, Some(turned.clone()))),
        (&tsv, chosen(Some(columns), Some(turned.clone()))),
        (&tmx, chosen(Some(columns), Some(turned.clone()))),
    ] {
        assert_eq!(read(path, choice.clone()).expect("a corpus").pairs, [pair("one", "eins")], "{choice:?}");
    }
    for (path, choice, part) in [
        (&tsv, chosen(None, Some(turned)), "a.tsv` is not a translation memory"),
        (&tmx, chosen(Some(columns), None), "a.tmx` is a translation memory (TMX), which has no columns"),
    ] {
        let error = read(path, choice).expect_err("a wrong choice");
        assert!(matches!(error, TextError::WrongChoice { .. }) && error.to_string().contains(part), "{error}");
    }
    let two = CorpusFiles::Two { source: tmx, target: tsv };
    assert!(Corpus::read(&two).expect_err("both sides").to_string().contains("give this file alone"));
}
