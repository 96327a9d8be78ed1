//! Tests of the loss of guided alignment.

use super::*;
use crate::LinkSource;
use candle_core::{Device, Var};
use glosser_alignment::{IndexBase, Links};
use glosser_kernels::backward;

const WEIGHTS: [[[f32; 3]; 3]; 2] =
    [[[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.1, 0.2, 0.7]], [[0.9, 0.1, 0.0], [0.4, 0.6, 0.0], [0.0, 0.0, 0.0]]];

fn links(text: &str) -> Links {
    Links::parse(text, IndexBase::Zero).expect("links")
}

fn numbers(source: &[usize], target: &[usize]) -> WordNumbers {
    WordNumbers { source: source.to_vec(), target: target.to_vec(), has_placeholders: false }
}

/// Two pairs: in the first the last two source tokens are one word, in the second both target tokens.
fn words() -> Vec<WordNumbers> {
    vec![numbers(&[0, 1, 1], &[0, 1, 2]), numbers(&[0, 1], &[0, 0])]
}

fn guided(aligner_weight: f64, attention_weight: f64, all: &[&str]) -> Loss {
    let mut guided = Loss::new(GuidedAlignmentSettings { links: LinkSource::File, aligner_weight, attention_weight });
    all.iter().for_each(|text| guided.push(&links(text)));
    guided
}

fn value(guided: &Loss, examples: &[u32], words: &[WordNumbers]) -> Result<Option<f32>> {
    guided
        .compute(&output(Tensor::new(&WEIGHTS, &Device::Cpu)?)?, examples, words)?
        .map(|loss| loss.to_scalar())
        .transpose()
}

/// Attention and aligner with the same weights.
fn output(weights: Tensor) -> Result<Output> {
    let readout = Tensor::zeros((1, 1), weights.dtype(), weights.device())?;
    Ok(Output { readout, aligner_weights: Some(weights.clone()), weights })
}

#[test]
fn the_loss_is_the_cross_entropy_of_the_linked_words() -> Result<()> {
    // Example 7 is not in the batch; target words 1 and 2 of the first pair have one link and two, of five tokens in
    // all.
    let all = ["0-0", "0-0", "0-0", "0-0", "0-0", "1-0", "1-1 0-2 1-2", "0-0"];
    let found = value(&guided(0.0, 2.0, &all), &[6, 5], &words())?.expect("links");
    let first = 0.875f32.ln() + 0.5 * (0.1f32.ln() + 0.9f32.ln());
    let expected = -2.0 / 5.0 * (first + 0.1f32.ln() + 0.6f32.ln());
    assert!((found - expected).abs() < 1e-4, "{found} for {expected}");
    // The first target token of the first pair has no link: the aligner's weight should be at the end.
    let found = value(&guided(1.0, 2.0, &all), &[6, 5], &words())?.expect("links");
    let to_the_end = expected * 1.5 - 1.0 / 5.0 * 0.5f32.ln();
    assert!((found - to_the_end).abs() < 1e-4, "{found} for {to_the_end}");
    Ok(())
}

#[test]
fn pairs_without_links_or_with_placeholders_have_no_loss() -> Result<()> {
    let guided = guided(0.0, 1.0, &["", "0-0"]);
    assert_eq!(value(&guided, &[0, 0], &words())?, None);
    let mut words = words();
    words[0].has_placeholders = true;
    assert_eq!(value(&guided, &[1, 0], &words)?, None);
    Ok(())
}

#[test]
fn a_step_along_the_gradient_moves_weight_to_the_link() -> Result<()> {
    let scores = Var::zeros((1, 1, 3), candle_core::DType::F32, &Device::Cpu)?;
    let guided = guided(0.0, 1.0, &["1-0"]);
    let of_link = |scores: &Tensor| -> Result<(Tensor, f32)> {
        let weights = candle_nn::ops::softmax(scores, 2)?;
        let mass: f32 = weights.flatten_all()?.narrow(0, 1, 2)?.sum_all()?.to_scalar()?;
        Ok((weights, mass))
    };
    let (weights, before) = of_link(&scores)?;
    let words = [numbers(&[0, 1, 1], &[0])];
    let loss = guided.compute(&output(weights)?, &[0], &words)?.expect("a link");
    let gradient = backward(&loss)?.get(&scores)?.expect("a gradient");
    // Gradient of softmax and cross-entropy: weights minus the wanted ones, which are distributed as the weights are.
    let expected = [1.0 / 3.0, -1.0 / 6.0, -1.0 / 6.0];
    for (found, expected) in gradient.flatten_all()?.to_vec1::<f32>()?.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-4, "{found} for {expected}");
    }
    let (_, after) = of_link(&(scores.as_tensor() - &gradient)?)?;
    assert!(after > before + 0.1, "{before} to {after}");
    Ok(())
}
