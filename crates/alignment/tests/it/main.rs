//! Tests of the public interface of the crate.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod concordance;
mod gloss;
mod grid;
mod lexicon;
mod links;
mod marian;
mod matrix;
mod score;
mod statistical;
mod svg;
mod symmetrize;
mod word_attention;

use std::error::Error;

use glosser_alignment::{AttentionMatrix, WordAttention};

fn matrix(rows: &[&[f32]]) -> AttentionMatrix {
    let rows: Vec<Vec<f32>> = rows.iter().map(|row| row.to_vec()).collect();
    AttentionMatrix::from_rows(&rows).unwrap()
}

fn attention(rows: &[&[f32]], eos_mass: &[f32]) -> WordAttention {
    WordAttention::new(matrix(rows), eos_mass.to_vec()).unwrap()
}

/// Two target words over three source words: different lengths, so that a test notices if the sides are exchanged.
fn two_by_three() -> WordAttention {
    attention(&[&[0.0, 0.25, 0.75], &[0.5, 0.0, 0.06]], &[0.0, 0.44])
}

/// The messages of an error and its sources, joined as the program prints them.
fn message(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
