//! Translates sentences and prints, for each word, the source word with the greatest attention: `translate MODEL_DIR
//! "sentence" …`.
#![allow(clippy::print_stdout, reason = "an example may print")]

use glosser_translator::{Translator, WordView};
use std::{env, error::Error};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [model, sentences @ ..] = arguments.as_slice() else {
        return Err("usage: translate MODEL_DIR \"sentence\" …".into());
    };
    for translation in Translator::load(model.as_ref())?.translate(sentences)? {
        println!("{} (log probability {:.3})", translation.text, translation.log_prob);
        let view = translation.words();
        for (index, word) in view.target.iter().enumerate() {
            println!("    {word} <- {}", most_attended(&view, index));
        }
    }
    Ok(())
}

/// The source word with the greatest attention weight for a target word, or the end of the sentence.
fn most_attended<'a>(view: &WordView<'a>, target: usize) -> &'a str {
    let end = (&"</s>", &view.attention.eos_mass()[target]);
    let words = view.source.iter().zip(view.attention.matrix().row(target));
    words.chain([end]).max_by(|a, b| a.1.total_cmp(b.1)).map_or("", |(word, _)| word)
}
