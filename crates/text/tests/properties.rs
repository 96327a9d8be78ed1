//! Properties of any input: a result or an error, never a panic, and written data is read back.

use std::ops::Range;

use glosser_text::{
    Columns, Corpus, Lines, Pair, Terms, TextError, TrainingWords, WordCollector, find_items, running_words, words,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// Random bytes, and sequences of bytes that are special to a parser.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let bits: Vec<&[u8]> = vec![
        b"\t",
        b"\n",
        b"\r\n",
        b"\r",
        b"\0",
        b" ",
        b"#",
        b"a",
        b"Hund",
        b"42",
        b"\xFF",
        b"\xC3",
        b"\xEF\xBB\xBF",
        "ä".as_bytes(),
        "狗".as_bytes(),
        "e\u{301}".as_bytes(),
        "\u{2028}".as_bytes(),
        "😀".as_bytes(),
    ];
    prop_oneof![vec(any::<u8>(), 0..100), vec(prop::sample::select(bits), 0..30).prop_map(|bits| bits.concat())]
}

/// Random text, and sequences of parts of items and of characters that normalisation changes.
fn text() -> impl Strategy<Value = String> {
    let bits = vec![
        "😀",
        "👩‍👩‍👧",
        "1",
        "42",
        "a",
        "B",
        "Quorp",
        "'",
        "-",
        "_",
        "@",
        "#",
        ".",
        " ",
        "(",
        "e\u{301}",
        "\u{301}",
        "\u{338}",
        "\u{1100}",
        "\u{1161}",
        "\u{11A8}",
        "\u{212B}",
        "\u{958}",
        "\u{9C7}",
        "\u{9BE}",
        "\u{FE0F}",
        "\u{20E3}",
        "\u{200D}",
        "https://",
        "x@y.z",
        "İ",
        "ß",
        "狗",
        "{0}",
        "{",
        "}",
        "%s",
        "%",
        "$x",
        "&amp;",
        "\\n",
        "<b>",
        "/etc/",
        "\u{202F}000",
        "+33 1",
        "__A__",
        ", ",
    ];
    prop_oneof![any::<String>(), vec(prop::sample::select(bits), 0..12).prop_map(|bits| bits.concat())]
}

/// A field of a TSV file.
fn field() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| text.replace(['\t', '\n', '\r', '\0', '\u{FEFF}'], " "))
}

fn known() -> TrainingWords {
    let mut collector = WordCollector::default();
    collector.add("Ein Hund läuft über die Wiese, 42 Hunde bellen");
    collector.finish()
}

/// Whether ranges are on character boundaries, in order, and do not overlap.
fn are_apart(text: &str, ranges: &[Range<usize>]) -> bool {
    ranges.iter().all(|range| text.get(range.clone()).is_some_and(|part| !part.is_empty()))
        && ranges.windows(2).all(|two| two[0].end <= two[1].start)
}

/// Whether carriage returns end the lines of a text. In a line that ends with a line feed, a single one does not.
fn has_only_carriage_returns(text: &[u8]) -> bool {
    let (line, allowed) = text.strip_suffix(b"\n").map_or((text, 0), |line| (line, 1));
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    !line.contains(&b'\n') && line.iter().filter(|byte| **byte == b'\r').count() > allowed
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_line_of_any_bytes_is_text_or_an_error(bytes in bytes()) {
        let strict: Vec<_> = Lines::new(bytes.as_slice(), "t").collect();
        let is_refused = matches!(strict.last(), Some(Err(TextError::CarriageReturns { .. })));
        prop_assert_eq!(is_refused, has_only_carriage_returns(&bytes));
        if is_refused {
            return Ok(());
        }
        let mut lines = Lines::new(bytes.as_slice(), "t");
        let lossy: Vec<_> = std::iter::from_fn(|| lines.next_lossy()).map(|line| line.expect("memory")).collect();
        let ends = bytes.iter().filter(|byte| **byte == b'\n').count();
        prop_assert_eq!(strict.len(), ends + usize::from(bytes.last().is_some_and(|last| *last != b'\n')));
        prop_assert_eq!(strict.len(), lossy.len());
        for (strict, lossy) in strict.iter().zip(&lossy) {
            prop_assert_eq!(strict.is_err(), !lossy.faults.is_empty());
            prop_assert!(strict.as_ref().map_or(true, |line| *line == lossy.text));
        }
    }

    #[test]
    fn any_bytes_are_a_corpus_or_an_error_with_its_name(bytes in bytes(), columns in (1_usize..4, 1_usize..4)) {
        let Ok(columns) = Columns::new(columns.0, columns.1) else { return Ok(()) };
        match Corpus::parse_tsv("some.tsv", bytes.as_slice(), columns) {
            Ok(corpus) => {
                prop_assert!(!corpus.pairs.is_empty());
                corpus.pairs.iter().for_each(|pair| drop((running_words(&pair.source), words(&pair.target))));
                let _ = corpus.trainable();
            }
            Err(error) => prop_assert!(error.to_string().contains("some.tsv"), "{}", error),
        }
    }

    #[test]
    fn pairs_written_as_columns_are_read_back(
        pairs in vec((field(), field(), field()), 1..10),
        order in prop::sample::select(vec![[1, 2], [2, 1], [1, 3], [3, 2]]),
    ) {
        let columns = Columns::new(order[0], order[1]).expect("two columns");
        let tsv: String = pairs.iter().map(|(a, b, c)| format!("{a}\t{b}\t{c}\n")).collect();
        let corpus = Corpus::parse_tsv("t.tsv", tsv.as_bytes(), columns).expect("a corpus");
        let at = |(a, b, c): &(String, String, String), column: usize| [a, b, c][column - 1].clone();
        let expected: Vec<Pair> =
            pairs.iter().map(|row| Pair { source: at(row, order[0]), target: at(row, order[1]) }).collect();
        prop_assert_eq!(corpus.pairs, expected);
    }

    #[test]
    fn printed_columns_are_read_back_and_invalid_ones_are_quoted(
        source in any::<usize>(),
        target in any::<usize>(),
        text in any::<String>(),
    ) {
        match Columns::new(source, target) {
            Ok(columns) => prop_assert_eq!(columns.to_string().parse::<Columns>().expect("as written"), columns),
            Err(error) => prop_assert!(source == 0 || target == 0 || source == target, "{}", error),
        }
        if let Err(error) = text.parse::<Columns>() {
            prop_assert!(error.to_string().contains(&text));
        }
    }

    #[test]
    fn any_bytes_are_terms_or_an_error_with_its_line(glossary in bytes(), kept in bytes(), sentence in text()) {
        let mut terms = Terms::default();
        for added in [
            terms.add_glossary(Lines::new(glossary.as_slice(), "terms")),
            terms.add_kept(Lines::new(kept.as_slice(), "terms")),
        ] {
            if let Err(error) = added {
                prop_assert!(error.to_string().starts_with("terms:"), "{}", error);
            }
        }
        let items: Vec<_> = find_items(&sentence, &terms, None).into_iter().map(|item| item.range).collect();
        prop_assert!(are_apart(&sentence, &items), "{:?}: {:?}", sentence, items);
    }

    #[test]
    fn a_term_is_found_in_a_sentence_that_has_it(term in "[a-zäß]{1,8}( [a-z]{1,5})?", target in "[a-z]{1,9}") {
        let mut terms = Terms::default();
        terms.add_glossary(Lines::new(format!("{term}\t{target}\n").as_bytes(), "g")).expect("a glossary");
        let sentence = format!("4 {term}, 5");
        let items = find_items(&sentence, &terms, None);
        prop_assert_eq!(items.len(), 1);
        prop_assert_eq!(&sentence[items[0].range.clone()], term);
        prop_assert_eq!(items[0].target.as_deref(), Some(target.as_str()));
    }

    #[test]
    fn items_of_any_text_do_not_overlap(text in text()) {
        let items: Vec<_> =
            find_items(&text, &Terms::default(), Some(&known())).into_iter().map(|item| item.range).collect();
        prop_assert!(are_apart(&text, &items), "{:?}: {:?}", text, items);
    }

    #[test]
    fn training_words_are_read_back_and_other_bytes_are_rejected(texts in vec(any::<String>(), 0..5), bytes in vec(any::<u8>(), 0..40)) {
        let mut collector = WordCollector::default();
        texts.iter().for_each(|text| collector.add(text));
        let known = collector.finish();
        prop_assert_eq!(TrainingWords::from_bytes(&known.to_bytes()), Some(known));
        if let Some(read) = TrainingWords::from_bytes(&bytes) {
            prop_assert_eq!(read.to_bytes(), bytes);
        }
    }
}

#[test]
fn neighbouring_items_from_the_same_letter_are_one_item() {
    // The letter behind the emoji composes with one before it in other texts: both have one origin here, as the text is
    // not in NFC elsewhere.
    let text = "😀\u{1161}1 e\u{301}";
    let items: Vec<_> =
        find_items(text, &Terms::default(), Some(&known())).into_iter().map(|item| item.range).collect();
    assert!(!items.is_empty() && are_apart(text, &items), "{items:?}");
}
