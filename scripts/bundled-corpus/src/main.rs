//! Writes the bundled corpus into a folder, or a number of pairs from its grammar to standard output.
#![allow(clippy::print_stderr, reason = "a command-line program reports errors")]

use std::io::{BufWriter, Error, ErrorKind, Write, stdout};
use std::path::Path;
use std::process::ExitCode;

use glosser_bundled_corpus::{SEED, endless, files, generate, line};

const USAGE: &str = "usage: glosser-bundled-corpus FOLDER
       glosser-bundled-corpus --pairs N [SEED] > corpus.tsv";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let written = match args.as_slice() {
        ["--pairs", pairs] => pairs.parse().ok().map(|pairs| write_pairs(pairs, SEED)),
        ["--pairs", pairs, seed] => {
            pairs.parse().ok().zip(seed.parse().ok()).map(|(pairs, seed)| write_pairs(pairs, seed))
        }
        [folder] if !folder.starts_with('-') => Some(write_bundle(Path::new(folder))),
        _ => None,
    };
    match written {
        Some(Ok(())) => ExitCode::SUCCESS,
        // The reader closed the pipe, as in `| head`: not an error.
        Some(Err((_, error))) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Some(Err((place, error))) => {
            eprintln!("{place}: {error}");
            ExitCode::FAILURE
        }
        None => {
            eprintln!("{USAGE}");
            ExitCode::FAILURE
        }
    }
}

/// On failure, the file that could not be written, and the cause.
type Written = Result<(), (String, Error)>;

fn write_bundle(folder: &Path) -> Written {
    for (name, text) in files(&generate(SEED)) {
        let place = folder.join(name);
        std::fs::write(&place, text).map_err(|error| (place.display().to_string(), error))?;
    }
    Ok(())
}

fn write_pairs(pairs: usize, seed: u64) -> Written {
    let mut out = BufWriter::new(stdout().lock());
    let mut lines = endless(seed).take(pairs).map(|example| line(&example));
    let written = lines.try_for_each(|line| out.write_all(line.as_bytes())).and_then(|()| out.flush());
    written.map_err(|error| ("standard output".to_owned(), error))
}
