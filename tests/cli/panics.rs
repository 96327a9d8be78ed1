//! Panics: one message that says what to report, an exit code, and no thread that waits forever.
//! Panics on demand exist only in builds with debug assertions.
#![cfg(debug_assertions)]

use crate::cli::support::{Scratch, TINY, assert_says, program};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Runs the program so that it panics in `place`.
fn panicked(scratch: &Scratch, place: &str, args: &str) -> Output {
    let mut command: Command = program();
    command.args(args.split_whitespace()).current_dir(scratch.path("")).env("GLOSSER_TESTS_PANIC_IN", place);
    let started = Instant::now();
    // Standard input stays open, so that the thread that reads it keeps waiting.
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a run");
    let stdin = child.stdin.take();
    while child.try_wait().expect("a state").is_none() {
        assert!(started.elapsed() < Duration::from_secs(60), "the program hangs after a panic in {place}");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(stdin);
    child.wait_with_output().expect("its output")
}

#[test]
fn a_panic_in_any_thread_gives_one_message_and_exit_code_101() {
    let scratch = Scratch::with_model();
    for place in ["main", "a pool", "a thread", "unwinding"] {
        let output = panicked(&scratch, place, "translate --model model");
        let message = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(101), "{place}: {message}");
        assert!(output.stdout.is_empty());
        assert!(message.starts_with("internal error: this is a bug in glosser."), "{message}");
        assert_says(
            &message,
            &["saved before are complete", "Please report", "version       0.", "glosser translate --model model\n"],
        );
        assert_says(
            &message,
            &["place         crates/cli/src/internal_error.rs:", &format!("cause         on demand in {place}")],
        );
        assert_eq!(message.matches("internal error").count(), 1, "{message}");
    }
}

#[test]
fn a_panic_in_training_leaves_saved_files_complete() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", "one\teins\ntwo\tzwei\n");
    scratch.write("tiny.toml", TINY);
    let args = "train pairs.tsv --model model --overwrite --steps 9 --config tiny.toml";
    let before = scratch.tree("model");
    assert_eq!(panicked(&scratch, "a pool", args).status.code(), Some(101));
    assert!(scratch.tree("model") == before, "files changed before the first save");
    // The first validation saves a model before the panic.
    let output = panicked(&scratch, "a validation", args);
    assert_eq!(output.status.code(), Some(101), "{}", String::from_utf8_lossy(&output.stderr));
    let names: Vec<_> = std::fs::read_dir(scratch.path("model")).expect("a directory").collect();
    assert_eq!(names.len(), 7, "unfinished files are left: {names:?}");
    assert_says(&scratch.run("info --model model").success().stdout, &["pairs.tsv", "1 step"]);
}
