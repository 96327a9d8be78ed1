//! A task with known answers, reversing sequences, that is learnt from a few thousand pairs.

use crate::support::{overrides, reversals, run};
use glosser_text::Pair;
use glosser_translator::{SearchOptions, Translator, Weighting};
use std::collections::HashSet;
use std::sync::LazyLock;

const SETTINGS: &str = "
    [tokenizer]
    vocab = 300
    [model]
    embed = 24
    encoder_hidden = 24
    decoder_hidden = 48
    attention_size = 24
    [training]
    batch_tokens = 200
    learning_rate = 0.012
    warmup_steps = 50
    dropout = 0.0
    label_smoothing = 0.0
    patience = 1000
    [training.budget]
    steps = 700
";

/// The model with additive attention, which other tests use, too.
pub static ADDITIVE: LazyLock<Translator> = LazyLock::new(|| train("additive", ""));

fn train(score: &str, settings: &str) -> Translator {
    let score = format!("[model]\nattention = \"{score}\"");
    let settings = overrides(&[SETTINGS, &score, settings]);
    let trained = run(reversals(3000, 1), Some(reversals(20, 3)), settings).expect("a run");
    Translator::load(trained.directory.path()).expect("a model")
}

/// Returns pairs that are not among the training pairs.
pub fn unseen(count: usize) -> Vec<Pair> {
    let seen: HashSet<String> = reversals(3000, 1).into_iter().map(|pair| pair.source).collect();
    reversals(2 * count, 2).into_iter().filter(|pair| !seen.contains(&pair.source)).take(count).collect()
}

/// Returns the share of sentences that greedy search reverses exactly, and the share of target words with the highest
/// weight on the source word that they copy.
fn exact_and_on_the_anti_diagonal(translator: &Translator) -> (f64, f64) {
    let pairs = unseen(300);
    let sources: Vec<&str> = pairs.iter().map(|pair| pair.source.as_str()).collect();
    let found = translator.translate_with(&sources, &SearchOptions::GREEDY, 1).expect("translations");
    let exact = found.iter().zip(&pairs).filter(|(found, pair)| found[0].text == pair.target).count();

    let pairs: Vec<(String, String)> = pairs.into_iter().map(|pair| (pair.source, pair.target)).collect();
    let (mut on_it, mut words) = (0, 0);
    for forced in translator.scorer().score(&pairs, 64, Weighting::Attention).expect("forced decoding") {
        let view = forced.words();
        for (target, row) in view.attention.matrix().rows().enumerate() {
            let heaviest = (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b]));
            on_it += usize::from(heaviest == Some(view.source.len() - 1 - target));
            words += 1;
        }
    }
    (exact as f64 / found.len() as f64, f64::from(on_it as u32) / f64::from(words))
}

#[test]
fn reversing_is_learnt_and_attention_lies_on_the_anti_diagonal() {
    let (exact, on_it) = exact_and_on_the_anti_diagonal(&ADDITIVE);
    assert!(exact >= 0.95, "{exact:.3} of the unseen sequences are reversed without a fault");
    assert!(on_it >= 0.9, "{on_it:.3} of the words look at the word they copy");
}

fn assert_learns(score: &str, settings: &str) {
    let (exact, on_it) = exact_and_on_the_anti_diagonal(&train(score, settings));
    assert!(exact >= 0.8, "{score}: {exact:.3} of the unseen sequences are reversed without a fault");
    assert!(on_it >= 0.8, "{score}: {on_it:.3} of the words look at the word they copy");
}

#[test]
fn the_dot_score_learns_it_too() {
    // It has no weights, and states are within [-1, 1], so sharp attention needs more units.
    assert_learns("dot", "[model]\nencoder_hidden = 32\ndecoder_hidden = 64");
}

#[test]
fn the_general_score_learns_it_too() {
    assert_learns("general", "");
}

#[test]
fn the_mlp_score_learns_it_too() {
    assert_learns("mlp", "");
}
