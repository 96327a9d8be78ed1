//! Prints BLEU, chrF2, chrF2++ and TER of two files with one sentence per line: `score hypotheses.txt references.txt`.
#![allow(clippy::print_stdout, reason = "an example may print")]

use std::{env, error::Error, fs};

use glosser_evaluation::{SentenceCounts, Tokenization};

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = env::args().skip(1).collect();
    let [hypotheses, references] = paths.as_slice() else {
        return Err("usage: score hypotheses.txt references.txt".into());
    };
    let (hypotheses, references) = (fs::read_to_string(hypotheses)?, fs::read_to_string(references)?);
    // Lines end at \n only, as in sacreBLEU: a carriage return before it is white space, U+2028 is part of the text.
    let (hypotheses, references): (Vec<_>, Vec<_>) =
        (hypotheses.split_terminator('\n').collect(), references.split_terminator('\n').collect());

    let counts = SentenceCounts::new(&hypotheses, &[&references], Tokenization::V13a)?;
    println!("{}\n{}\n{}\n{}", counts.bleu(), counts.chrf(), counts.chrf_plus_plus(), counts.ter());
    Ok(())
}
