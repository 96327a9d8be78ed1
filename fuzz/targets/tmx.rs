//! Fuzzes a translation memory (TMX): no panic, and each side of a pair is one line.
#![no_main]

use glosser_text::{CorpusFiles, SideChoice};
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;
use tempfile::TempDir;

static SCRATCH: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a temporary directory"));

fuzz_target!(|input: &[u8]| {
    let path: PathBuf = SCRATCH.path().join("memory.tmx");
    fs::write(&path, input).expect("a writable file");
    for languages in [None, Some("de,en".parse().expect("two languages"))] {
        let choice = SideChoice { languages, ..SideChoice::default() };
        let Ok(pairs) = (CorpusFiles::One { path: path.clone(), choice }).stream() else { continue };
        for pair in pairs.map_while(Result::ok) {
            assert!(!pair.source.contains('\n') && !pair.target.contains('\n'));
        }
    }
});
