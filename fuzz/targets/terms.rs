//! Fuzzes a glossary, a list of terms to keep, and a sentence: items are in order, do not overlap, and have the target
//! of their file.
#![no_main]

use glosser_text::{ItemKind, Lines, Terms, find_items};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // Two files and a sentence.
    let mut parts = input.splitn(3, |byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let (glossary, kept, text) = (part(), part(), part());
    let text = &*String::from_utf8_lossy(text);
    let mut terms = Terms::default();
    // Reading ends at the first error; the terms before it are still searched for.
    let _ = terms.add_glossary(Lines::new(glossary, "glossary"));
    let _ = terms.add_kept(Lines::new(kept, "kept"));
    let items = find_items(text, &terms, None);
    assert!(items.is_empty() || !terms.is_empty());
    let mut end = 0;
    for item in &items {
        assert!(end <= item.range.start && item.range.start < item.range.end, "{text:?}: {items:?}");
        assert!(text.get(item.range.clone()).is_some(), "{text:?}: {items:?}");
        match item.kind {
            ItemKind::Glossary => assert!(item.target.as_ref().is_some_and(|target| !target.trim().is_empty())),
            kind => assert!(kind == ItemKind::Kept && item.target.is_none()),
        }
        end = item.range.end;
    }
});
