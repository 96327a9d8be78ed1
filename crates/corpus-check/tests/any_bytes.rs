//! Corpora of any bytes are checked without a panic, and a repaired corpus has nothing left to repair.

use std::fs;
use std::path::Path;

use glosser_corpus_check::{Finding, Input, Role, check};
use glosser_text::CorpusFiles;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn tsv(directory: &Path, name: &str, bytes: &[u8]) -> Input {
    let path = directory.join(name);
    fs::write(&path, bytes).expect("a written file");
    let files = CorpusFiles::one(path);
    Input { role: Role::Train, files, names: vec![name.to_owned()] }
}

fn two(directory: &Path, name: &str, sides: [&[u8]; 2]) -> Input {
    let names = vec![format!("{name}.s"), format!("{name}.t")];
    let [source, target] = [&names[0], &names[1]].map(|name| directory.join(name));
    fs::write(&source, sides[0]).expect("a written file");
    fs::write(&target, sides[1]).expect("a written file");
    Input { role: Role::Train, files: CorpusFiles::Two { source, target }, names }
}

/// Returns the findings about the repaired corpus, if it can be repaired.
fn findings_after_fix(directory: &Path, input: &Input) -> Option<Vec<Finding>> {
    let diagnosis = check(input, &[]).ok()?;
    let mut files = vec![String::new(); input.names.len()];
    for lines in diagnosis.fix(input).ok()? {
        for (file, line) in files.iter_mut().zip(lines.expect("a line that was read before")) {
            file.push_str(&line);
            file.push('\n');
        }
    }
    let fixed = match &files[..] {
        [source, target] => two(directory, "fixed", [source.as_bytes(), target.as_bytes()]),
        _ => tsv(directory, "fixed", files[0].as_bytes()),
    };
    Some(check(&fixed, &[]).expect("a readable corpus").findings)
}

fn assert_nothing_left_to_fix(findings: &[Finding]) -> Result<(), TestCaseError> {
    let left: Vec<_> = findings.iter().filter(|finding| finding.kind.treatment().is_some()).collect();
    prop_assert!(left.is_empty(), "{left:?}");
    Ok(())
}

/// Sentences with all kinds of faults.
fn dirty_side() -> impl Strategy<Value = Vec<u8>> {
    let pieces: [&[u8]; 28] = [
        b"ein Hund",
        b" the dog runs",
        b" 12",
        b"?",
        b".",
        b"",
        b"",
        b" ",
        b"\0",
        b"\xEF\xBB\xBF",
        b"\r",
        b"\xC2\x85",
        b"\xE2\x80\xA8",
        b"\xE2\x80\xA9",
        b"\x1B",
        b"\xFC",
        b"\x81",
        b"\xE2\x82",
        b"........",
        b"&amp;amp;lt;b&gt;",
        b"&Atilde;&copy;&#0;",
        b"caf\xC3\x83\xC2\xA9",
        b"\xC3\x83\xC6\x92\xC3\x82\xC2\xA9",
        b" \xE2\x80\x9Cso\xE2\x80\x9D",
        b"\xE2\x80\x8B\xC2\xAD",
        b" \xEF\xBF\xBD",
        b" \xD1\x81at {0}",
        b" Donaudampfschifffahrtsgesellschaftskapitaensmuetze und so weiter und so fort",
    ];
    vec(select(pieces.to_vec()), 0..4).prop_map(|pieces| pieces.concat())
}

fn dirty_pairs() -> impl Strategy<Value = Vec<(Vec<u8>, Vec<u8>)>> {
    vec((dirty_side(), dirty_side()), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_bytes_are_checked_without_a_panic_and_repaired_faults_are_gone(source: Vec<u8>, target: Vec<u8>) {
        let folder = tempfile::tempdir().expect("a folder");
        for input in [tsv(folder.path(), "c", &source), two(folder.path(), "c", [&source, &target])] {
            if let Some(findings) = findings_after_fix(folder.path(), &input) {
                assert_nothing_left_to_fix(&findings)?;
            }
        }
    }

    #[test]
    fn a_repaired_corpus_has_nothing_left_to_repair(pairs in dirty_pairs()) {
        let folder = tempfile::tempdir().expect("a folder");
        let joined = |lines: Vec<Vec<u8>>| lines.into_iter().flat_map(|line| [line, vec![b'\n']].concat()).collect();
        let whole: Vec<u8> = joined(pairs.iter().map(|(s, t)| [s, &b"\t"[..], t].concat()).collect());
        let source: Vec<u8> = joined(pairs.iter().map(|(s, _)| s.clone()).collect());
        let target: Vec<u8> = joined(pairs.iter().map(|(_, t)| t.clone()).collect());
        for input in [tsv(folder.path(), "c", &whole), two(folder.path(), "c", [&source, &target])] {
            if let Some(findings) = findings_after_fix(folder.path(), &input) {
                assert_nothing_left_to_fix(&findings)?;
            }
        }
    }
}

#[test]
fn utf_16_is_read_and_repaired_to_utf_8() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "ein schöner Hund\ta fine dog\nMünchen \u{1F415}\tMunich \u{1F415}\n";
    for (mark, encode) in
        [([0xFF, 0xFE], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xFE, 0xFF], u16::to_be_bytes as fn(u16) -> [u8; 2])]
    {
        let bytes: Vec<u8> = mark.into_iter().chain(text.encode_utf16().flat_map(encode)).collect();
        let input = tsv(folder.path(), "c.tsv", &bytes);
        let diagnosis = check(&input, &[]).expect("a readable corpus");
        let lines = diagnosis.fix(&input).expect("a readable corpus").collect::<Result<Vec<_>, _>>();
        assert_eq!(lines.expect("readable lines").concat(), text.lines().collect::<Vec<_>>());
    }
}
