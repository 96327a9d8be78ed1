//! The files of the corpus as text.

use std::fmt::Write;

use crate::example::Example;
use crate::readme::readme;
use crate::split::Bundle;

/// Name and text of every file of the corpus.
pub fn files(bundle: &Bundle) -> Vec<(&'static str, String)> {
    vec![
        ("train.en-fr.tsv", pairs(&bundle.train)),
        ("train.en-fr.align", alignments(&bundle.train)),
        ("dev.en-fr.tsv", pairs(&bundle.dev)),
        ("dev.en-fr.align", alignments(&bundle.dev)),
        ("test.en-fr.tsv", pairs(&bundle.test)),
        ("test.en-fr.align", alignments(&bundle.test)),
        ("README.md", readme(bundle)),
    ]
}

/// One pair per line: English, tab, French.
pub fn pairs(examples: &[Example]) -> String {
    examples.iter().map(line).collect()
}

/// The line of one pair, with its line break.
pub fn line(example: &Example) -> String {
    format!("{}\t{}\n", example.source, example.target)
}

/// The links of one pair per line, in Pharaoh notation.
pub fn alignments(examples: &[Example]) -> String {
    let mut text = String::new();
    for example in examples {
        let links: Vec<String> = example.links.iter().map(ToString::to_string).collect();
        writeln!(text, "{}", links.join(" ")).expect("a string takes any text");
    }
    text
}
