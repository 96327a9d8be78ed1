//! `check --fix`: the repaired corpus.

use super::support::{ABOVE, DEV, Sides, TRAIN, report};
use crate::cli::support::{Scratch, assert_says, tsv};

/// A corpus with one fault of every kind that can be repaired, and the number of each kind.
fn dirty() -> (Sides, Vec<(&'static str, usize)>) {
    let mut sides = Sides::clean();
    drop(sides.on(1).0.splice(..0, *b"\xEF\xBB\xBF"));
    sides.on(20).0.insert(1, 0);
    sides.on(21).0.insert(1, b'\r');
    sides.on(22).1.extend("\u{2028}Oui.".as_bytes());
    sides.on(23).0.insert(1, 7);
    sides.on(24).1.extend(b" caf\xE9");
    sides.on(25).0.clear();
    sides.on(26).0.clear();
    sides.on(26).1.clear();
    *sides.on(27).0 = b"some words ".repeat(101);
    sides.target[27] = sides.target[200..208].join(&b' ');
    (sides.source[28], sides.target[28]) = sides.texts(ABOVE);
    let done = [
        "not-utf8",
        "nul",
        "carriage-return",
        "line-separator",
        "control",
        "blank-side",
        "too-long",
        "length-ratio",
        "duplicate-pair",
        "bom",
        "blank-pair",
    ];
    (sides, done.map(|kind| (kind, 1)).to_vec())
}

#[test]
fn a_repaired_corpus_has_the_correct_pairs_and_the_repairs_are_counted() {
    let scratch = Scratch::new();
    let (sides, done) = dirty();
    sides.write(&scratch);
    for (files, outputs, again) in
        [("c.tsv", "out/clean.tsv", "out/clean.tsv"), ("c.en c.fr", "out/a.gz out/b.gz", "out/a.gz out/b.gz")]
    {
        scratch.write("out/here", "");
        let before = ["c.tsv", "c.en", "c.fr"].map(|name| scratch.read(name));
        let ran = scratch.run(&format!("check {files} --fix {outputs} --json"));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
        let fixed = report(&ran).fixed.expect("the repairs");
        let found: Vec<(&str, usize)> = fixed.done.iter().map(|done| (done.kind.as_str(), done.count)).collect();
        assert_eq!((fixed.pairs, found), (395, done.clone()));
        assert_eq!(["c.tsv", "c.en", "c.fr"].map(|name| scratch.read(name)), before, "an input changed");
        let clean = report(&scratch.run(&format!("check {again} --json")).success());
        assert!(clean.findings.is_empty() && clean.corpora[0].pairs == 395);
    }
    let written = scratch.text("out/clean.tsv");
    let lines: Vec<&str> = written.lines().collect();
    let original: Vec<&str> = TRAIN.lines().take(400).collect();
    assert_eq!((lines[0], lines[394], lines[19]), (original[0], original[399], original[19]));
    assert!(lines[21].ends_with(" Oui.") && lines[23].ends_with(" café"), "{:?}", &lines[20..25]);
    assert_eq!(lines[24..], original[29..]);
    let text = scratch.run("check c.tsv --fix out/clean.tsv").stdout;
    assert_says(&text, &["written: out/clean.tsv: 395 pairs", "  pairs removed (they occur earlier): 1\n"]);
}

#[test]
fn damaged_text_is_repaired_and_what_is_not_certain_stays() {
    let scratch = Scratch::new();
    let lines = [
        "English\tFrench",
        "The caf\u{C3}\u{A9} is big.\tLe café est grand.",
        "A \u{201C}caf\u{C3}\u{A9}\u{201D} there.\tUn café là-bas.",
        "The cat &amp;amp; the\u{200B} dog&#39;s\tLe chat &amp; le chien",
        "A line with lost \u{FFFD} text.\tUne ligne au texte perdu.",
        "The \u{441}at sleeps here.\tLe chat dort ici.",
        "A tab&#9;stays a space.\tUne tabulation reste.",
        "Number 5 {0}\tNuméro 6 {1}",
    ];
    scratch.write("c.tsv", lines.join("\n") + "\n");
    let ran = scratch.run("check c.tsv --fix out.tsv --json");
    let fixed = report(&ran).fixed.expect("the repairs");
    let found: Vec<(&str, usize)> = fixed.done.iter().map(|done| (done.kind.as_str(), done.count)).collect();
    let expected = [
        ("double-encoded", 1),
        ("replacement", 1),
        ("entities", 2),
        ("invisible", 1),
        ("mixed-scripts", 1),
        ("header", 1),
    ];
    assert_eq!((fixed.pairs, found), (6, expected.to_vec()), "{}", ran.stdout);
    let expected = [
        "The café is big.\tLe café est grand.",
        lines[2],
        "The cat & the dog's\tLe chat & le chien",
        "The cat sleeps here.\tLe chat dort ici.",
        "A tab stays a space.\tUne tabulation reste.",
        lines[7],
    ];
    assert_eq!(scratch.text("out.tsv").lines().collect::<Vec<_>>(), expected);
    let left = report(&scratch.run("check out.tsv --json"));
    let left: Vec<&str> = left.findings.iter().map(|finding| finding.kind.as_str()).collect();
    assert_eq!(left, ["partly-double-encoded", "placeholders-differ", "numbers-differ"]);
}

#[test]
fn other_columns_of_a_tsv_are_kept_unless_columns_are_chosen() {
    let scratch = Scratch::new();
    scratch.write("c.tsv", "a dog runs\tun chien court\tCC-BY\n\tune vache\tCC-BY\n");
    scratch.run("check c.tsv --fix out.tsv");
    assert_eq!(scratch.read("out.tsv"), b"a dog runs\tun chien court\tCC-BY\n");

    // As Tatoeba exports pairs.
    let export = |(at, pair): (usize, &str)| {
        let (source, target) = pair.split_once('\t').expect("two sides");
        format!("{}\t{source}\t{}\t{target}\n", 1276 + at, 77 + 3 * at)
    };
    scratch.write("t.tsv", tsv(1..=60).lines().enumerate().map(export).collect::<String>() + "9\t\t8\teins\n");
    let ran = scratch.run("check t.tsv --columns 2,4 --fix clean.tsv");
    assert_says(&ran.stdout, &["written: clean.tsv: 60 pairs", "columns 2 and 4 are now 1 and 2"]);
    assert_eq!(scratch.text("clean.tsv"), tsv(1..=60));
    let ran = scratch.run("check t.tsv --columns 4,2 --fix reversed.tsv");
    assert_says(&ran.stdout, &["columns 4 and 2 are now 1 and 2"]);
    assert!(scratch.text("reversed.tsv").starts_with("sieben neun eins neun\tseven nine one nine\n"));
    let message = scratch.run("train t.tsv --model new").failure();
    assert_says(
        &message,
        &["t.tsv: column 1 has ids such as `", "columns 2 and 4 look like sentences", "--columns 2,4"],
    );
    assert!(!scratch.path("new").exists());
}

#[test]
fn an_input_file_is_never_replaced() {
    let scratch = Scratch::new();
    Sides::clean().write(&scratch);
    scratch.write("dev.tsv", DEV);
    let before = scratch.tree("");
    for (args, file) in [
        ("c.tsv --fix c.tsv", "c.tsv:"),
        ("c.tsv --fix ./c.tsv", "./c.tsv:"),
        ("c.en c.fr --fix out.en c.fr", "c.fr:"),
        ("c.tsv --dev dev.tsv --fix dev.tsv", "dev.tsv:"),
    ] {
        let message = scratch.run(&format!("check {args}")).failure();
        assert_says(&message, &[file, "input and output are the same file", "give another --fix"]);
    }
    for (args, parts) in [
        ("c.en c.fr --fix out.tsv", ["2 files", "give the same number"]),
        ("c.tsv --fix a b", ["1 file,", "give the same number"]),
        ("c.en c.fr --fix out out", ["twice", "one file per side"]),
        ("c.en c.fr --columns 2,1", ["--columns", "none is given"]),
    ] {
        assert_says(&scratch.run(&format!("check {args}")).wrong_usage(), &parts);
    }
    assert!(scratch.tree("") == before);
}
