//! Tests of vocabulary samples.

use super::*;
use crate::{Purpose, stream};
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use glosser_kernels::{CrossEntropy, Linear};

const VOCAB: usize = 60;

/// Token 10 occurs ten times, token 11 nine times, and so on down to token 18 with twice; those from 19 on once, and
/// those below 10 never.
fn sampler(size: usize) -> Option<VocabularySampler> {
    let pairs = (10..VOCAB as u32).map(|id| (vec![1], vec![id; 20_usize.saturating_sub(id as usize).max(1)])).collect();
    VocabularySampler::learn(&Examples::from_ids(pairs), VOCAB, size)
}

fn drawn(sampler: &VocabularySampler, gold: &[u32], step: u64) -> SampledVocabulary {
    sampler.draw(gold, &mut stream(1, Purpose::SampledVocabulary, step)).expect("each once")
}

#[test]
fn frequent_and_gold_tokens_are_in_every_sample_and_the_others_in_turn() {
    let sampler = sampler(15).expect("15 of 60");
    let mut seen = [0; VOCAB];
    for step in 0..400 {
        let sample = drawn(&sampler, &[40, 12, 40, 3], step);
        // Nine frequent ones, two rare gold ones, and six drawn.
        assert_eq!(sample.len(), 17);
        (0..VOCAB as u32).filter(|id| sample.positions(&[*id]).is_ok()).for_each(|id| seen[id as usize] += 1);
    }
    for (id, seen) in seen.into_iter().enumerate() {
        let certain = (10..19).contains(&id) || [40, 3].contains(&id);
        // Six of 49: 49 times on average, with a standard deviation of 6.6.
        assert!(if certain { seen == 400 } else { (20..80).contains(&seen) }, "{id}: {seen}");
    }
}

#[test]
fn the_normaliser_of_the_softmax_is_right_on_average() -> Result<()> {
    let sampler = sampler(15).expect("15 of 60");
    let logits: Vec<f32> = (0..VOCAB).map(|id| (id * 7919 % 101) as f32 / 25.0).collect();
    let sum = |logits: &[f32]| logits.iter().map(|x| f64::from(x.exp())).sum::<f64>();
    let row = Tensor::new(logits.as_slice(), &Device::Cpu)?.unsqueeze(0)?;
    let estimates = (0..2000).map(|step| {
        let row = drawn(&sampler, &[40], step).select_logits(&row)?;
        Ok(sum(&row.flatten_all()?.to_vec1::<f32>()?))
    });
    let mean = estimates.sum::<Result<f64>>()? / 2000.0;
    assert!((mean / sum(&logits) - 1.0).abs() < 0.02, "{mean}, not {}", sum(&logits));
    Ok(())
}

#[test]
fn a_step_draws_the_same_sample_again_and_another_step_another() -> Result<()> {
    let sampler = sampler(15).expect("15 of 60");
    let output = Linear::new(1, VOCAB, VarBuilder::zeros(DType::F32, &Device::Cpu))?;
    let ids = |step| -> Vec<u32> {
        let sample = drawn(&sampler, &[40], step);
        (0..VOCAB as u32).filter(|id| sample.positions(&[*id]).is_ok()).collect()
    };
    assert_eq!(ids(1), ids(1));
    assert_ne!(ids(1), ids(2));
    // 60 tokens of equal probability, whichever are drawn.
    let x = Tensor::zeros((1, 1), DType::F32, &Device::Cpu)?;
    let loss = CrossEntropy { vocabulary: Some(drawn(&sampler, &[40], 1)), ..CrossEntropy::smoothed(0.0) };
    let loss = output.cross_entropy(&x, vec![40], loss)?.to_scalar::<f32>()?;
    assert!((loss - (VOCAB as f32).ln()).abs() < 1e-5, "{loss}");
    Ok(())
}

#[test]
fn a_small_vocabulary_is_not_sampled() {
    assert!(sampler(0).is_none() && sampler(VOCAB).is_none() && sampler(VOCAB - 1).is_some());
}
