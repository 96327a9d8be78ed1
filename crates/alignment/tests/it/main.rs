//! What the crate promises, through its public face.
#![allow(clippy::unwrap_used, reason = "a test that unwraps in vain fails, as it should")]

mod concordance;
mod grid;
mod interlinear;
mod lexicon;
mod links;
mod matrix;
mod score;
mod soft;
mod statistical;
mod svg;
mod symmetrize;
mod words;

use glosser_alignment::{AttentionMatrix, WordAttention};

fn matrix(rows: &[&[f32]]) -> AttentionMatrix {
    let rows: Vec<Vec<f32>> = rows.iter().map(|row| row.to_vec()).collect();
    AttentionMatrix::from_rows(&rows).unwrap()
}

fn attention(rows: &[&[f32]], eos_mass: &[f32]) -> WordAttention {
    WordAttention::new(matrix(rows), eos_mass.to_vec()).unwrap()
}

/// Two target words over three source words, so that an exchange of the two sides cannot pass.
fn two_by_three() -> WordAttention {
    attention(&[&[0.0, 0.25, 0.75], &[0.5, 0.0, 0.06]], &[0.0, 0.44])
}
