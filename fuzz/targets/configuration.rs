//! Fuzzes `--config`: the result is an error, or settings that stay equal when they are written and read again.
#![no_main]

use glosser_text::CorpusSize;
use glosser_training::{Overrides, Settings};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(file) = text.parse::<toml::Table>() else { return };
    let size = CorpusSize { pairs: text.len(), words: 7 * text.len(), distinct_words: text.len() };
    let settings = |file| Settings::for_corpus(size, &Overrides { file, ..Overrides::default() });
    let Ok(found) = settings(file) else { return };
    let written = toml::Table::try_from(&found).expect("settings are TOML");
    assert_eq!(settings(written).expect("as it was written"), found);
});
