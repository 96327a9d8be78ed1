//! Writes the bundled corpus into the folder given as the one argument.
#![allow(clippy::print_stderr, reason = "a program that writes files may say what went wrong")]

use std::path::Path;
use std::process::ExitCode;

use glosser_bundled_corpus::{SEED, files, generate};

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: glosser-bundled-corpus FOLDER");
        return ExitCode::FAILURE;
    };
    for (name, text) in files(&generate(SEED)) {
        if let Err(error) = std::fs::write(Path::new(&folder).join(name), text) {
            eprintln!("{folder}/{name}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
