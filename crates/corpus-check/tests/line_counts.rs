//! Errors about different numbers of lines name the place of the line shift.

use std::fs;

use glosser_corpus_check::{locate_line_shift, read};
use glosser_text::{Corpus, CorpusFiles, TextError};

#[test]
fn the_error_names_the_line_from_which_the_files_do_not_match() {
    let folder = tempfile::tempdir().expect("a folder");
    let [source, target] = ["source", "target"].map(|name| folder.path().join(name));
    let lines =
        |factor: usize| -> Vec<String> { (0..400).map(|line| "x".repeat(10 + line * 7919 % 97 * factor)).collect() };
    let mut shorter = lines(1);
    shorter.remove(199);
    fs::write(&source, lines(1).join("\n")).expect("a file");
    fs::write(&target, shorter.join("\n")).expect("a file");
    let files = CorpusFiles::Two { source, target };

    let plain = Corpus::read(&files).expect_err("different numbers of lines").to_string();
    assert!(plain.contains("has 400 lines") && !plain.contains("stop matching"), "{plain}");
    let located = read(&files).expect_err("different numbers of lines").to_string();
    assert!(located.contains("; source and target stop matching before that: from line "), "{located}");
}

#[test]
fn other_errors_stay_unchanged() {
    let error = || TextError::Nul { file: "f".to_owned(), line: 3 };
    for files in [None, Some(CorpusFiles::one("f"))] {
        assert_eq!(locate_line_shift(error(), files.as_ref()).to_string(), error().to_string());
    }
}
