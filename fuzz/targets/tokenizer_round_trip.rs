//! Fuzzes text through the tokenizer, with and without placeholders: decoding returns it in NFC, and offsets are valid.
#![no_main]

use glosser_text::{
    PLACEHOLDERS, PlacedItem, Terms, Tokenizer, TrainingWords, WordCollector, WordRule, WordSplitter, find_items,
    placeholder_index, words_of_token,
};
use libfuzzer_sys::fuzz_target;
use std::ops::Range;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

static TOKENIZER: LazyLock<Tokenizer> = LazyLock::new(|| {
    let bytes = include_bytes!("../../tests/golden/format-2/model/tokenizer.json");
    Tokenizer::from_json(bytes, "tokenizer.json").expect("a tokenizer")
});

static KNOWN: LazyLock<TrainingWords> = LazyLock::new(|| {
    let mut words = WordCollector::default();
    words.add("Ein Hund läuft über die Wiese. These are known words, 42 of them.");
    words.finish()
});

fuzz_target!(|text: &str| {
    let encoding = TOKENIZER.encode(text);
    assert_eq!(TOKENIZER.decode(&encoding.ids), text.nfc().collect::<String>());
    check(text, &encoding.offsets);
    assert_eq!(encoding.ids.len(), encoding.offsets.len());
    for rule in [WordRule::WhiteSpace, WordRule::Unicode, WordRule::SubWords] {
        let words = WordSplitter::new(rule, &TOKENIZER).words(text);
        let owners = words_of_token(&words, &encoding.offsets);
        assert!(owners.iter().all(|owners| owners.is_empty() == words.is_empty() && owners.end <= words.len()));
    }

    let items = find_items(text, &Terms::default(), Some(&KNOWN));
    let ranges: Vec<Range<usize>> = items.iter().map(|item| item.range.clone()).collect();
    check(text, &ranges);
    let encoding = TOKENIZER.encode_with_placeholders(text, &ranges);
    check(text, &encoding.offsets);
    let numbers: Vec<usize> = encoding.ids.iter().filter_map(|id| placeholder_index(*id)).collect();
    assert_eq!(numbers, (0..items.len()).map(|number| number % PLACEHOLDERS).collect::<Vec<_>>());
    let originals: Vec<&str> = ranges.iter().map(|range| &text[range.clone()]).collect();
    let decoded =
        TOKENIZER.decode_with_placeholders(&encoding.ids, &PlacedItem::all(text, &ranges, originals.iter().copied()));
    assert_eq!(decoded.offsets.len(), encoding.ids.len());
    check(&decoded.text, &decoded.offsets);
    assert!(originals.iter().all(|item| decoded.text.contains(item)));
});

/// Asserts that offsets are at character boundaries and in order.
fn check(text: &str, offsets: &[Range<usize>]) {
    assert!(offsets.iter().all(|range| text.get(range.clone()).is_some()), "{text:?}: {offsets:?}");
    assert!(offsets.is_sorted_by_key(|range| range.start), "{text:?}: {offsets:?}");
}
