//! Fuzzes a training log: the result is an error that names its line, or events that can be written and read again.
#![no_main]

use glosser_training::read_log;
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::sync::LazyLock;
use tempfile::TempDir;

static DIRECTORY: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a directory"));

fuzz_target!(|input: &[u8]| {
    let path = DIRECTORY.path().join("log.jsonl");
    fs::write(&path, input).expect("written");
    let events = match read_log(&path) {
        Ok(events) => events,
        Err(error) => return assert!(error.to_string().contains("log.jsonl:"), "{error}"),
    };
    let lines: String = events.iter().map(|event| serde_json::to_string(event).expect("JSON") + "\n").collect();
    fs::write(&path, lines).expect("written");
    let again = read_log(&path).expect("as it was written");
    assert_eq!(again.len(), events.len());
});
