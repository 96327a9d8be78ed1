//! Fuzzes a text, read as lines and as a corpus in columns: no panic, and the same lines from every reader.
#![no_main]

use glosser_text::{Columns, Corpus, Lines, running_words};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // The first two bytes are the digits of the columns.
    let Some(([source, target], text)) = input.split_first_chunk() else { return };
    let strict: Vec<_> = Lines::new(text, "text").collect();
    let mut lines = Lines::new(text, "text");
    let lossy: Vec<_> = std::iter::from_fn(|| lines.next_lossy()).map(|line| line.expect("memory")).collect();
    assert_eq!(strict.len(), lossy.len());
    for (strict, lossy) in strict.iter().zip(&lossy) {
        match strict {
            Ok(line) => assert!(lossy.faults.is_empty() && *line == lossy.text),
            Err(_) => assert!(!lossy.faults.is_empty()),
        }
    }
    let Ok(columns) = Columns::new((source & 15).into(), (target & 15).into()) else { return };
    assert_eq!(columns.to_string().parse::<Columns>().expect("as it was written"), columns);
    let Ok(corpus) = Corpus::parse_tsv("text", text, columns) else { return };
    assert_eq!(corpus.pairs.len(), strict.len());
    for pair in &corpus.pairs {
        assert!(!pair.source.contains(['\n', '\t']) && !pair.target.contains(['\n', '\t']));
        running_words(&pair.source);
    }
    let _ = corpus.trainable();
});
