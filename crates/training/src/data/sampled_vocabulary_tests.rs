use super::*;
use crate::{Purpose, stream};
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use glosser_kernels::{CrossEntropy, Linear};

const VOCAB: usize = 60;

/// Word 10 comes ten times, word 11 nine times, and so on down to word 18 with twice; those from 19 on once, and those
/// before 10 never.
fn words(candidates: usize) -> Option<VocabularySampler> {
    let pairs = (10..VOCAB as u32).map(|id| (vec![1], vec![id; 20_usize.saturating_sub(id as usize).max(1)])).collect();
    VocabularySampler::learn(&Examples::from_ids(pairs), VOCAB, candidates)
}

fn drawn(words: &VocabularySampler, gold: &[u32], step: u64) -> SampledVocabulary {
    words.draw(gold, &mut stream(1, Purpose::Candidates, step)).expect("each once")
}

#[test]
fn the_frequent_and_the_gold_are_always_there_and_the_others_in_turn() {
    let words = words(15).expect("15 of 60");
    let mut seen = [0; VOCAB];
    for step in 0..400 {
        let candidates = drawn(&words, &[40, 12, 40, 3], step);
        // Nine frequent ones, two rare gold ones, and six drawn.
        assert_eq!(candidates.len(), 17);
        (0..VOCAB as u32).filter(|id| candidates.positions(&[*id]).is_ok()).for_each(|id| seen[id as usize] += 1);
    }
    for (id, seen) in seen.into_iter().enumerate() {
        let certain = (10..19).contains(&id) || [40, 3].contains(&id);
        // Six of 49: 49 times on average, with a standard deviation of 6.6.
        assert!(if certain { seen == 400 } else { (20..80).contains(&seen) }, "{id}: {seen}");
    }
}

#[test]
fn the_sum_of_the_softmax_is_right_on_average() -> Result<()> {
    let words = words(15).expect("15 of 60");
    let logits: Vec<f32> = (0..VOCAB).map(|id| (id * 7919 % 101) as f32 / 25.0).collect();
    let sum = |logits: &[f32]| logits.iter().map(|x| f64::from(x.exp())).sum::<f64>();
    let row = Tensor::new(logits.as_slice(), &Device::Cpu)?.unsqueeze(0)?;
    let estimates = (0..2000).map(|step| {
        let row = drawn(&words, &[40], step).select_logits(&row)?;
        Ok(sum(&row.flatten_all()?.to_vec1::<f32>()?))
    });
    let mean = estimates.sum::<Result<f64>>()? / 2000.0;
    assert!((mean / sum(&logits) - 1.0).abs() < 0.02, "{mean}, not {}", sum(&logits));
    Ok(())
}

#[test]
fn a_step_draws_the_same_again_and_others_draw_others() -> Result<()> {
    let words = words(15).expect("15 of 60");
    let output = Linear::new(1, VOCAB, VarBuilder::zeros(DType::F32, &Device::Cpu))?;
    let ids = |step| -> Vec<u32> {
        let candidates = drawn(&words, &[40], step);
        (0..VOCAB as u32).filter(|id| candidates.positions(&[*id]).is_ok()).collect()
    };
    assert_eq!(ids(1), ids(1));
    assert_ne!(ids(1), ids(2));
    // 60 words of equal probability, whoever is drawn.
    let x = Tensor::zeros((1, 1), DType::F32, &Device::Cpu)?;
    let loss = CrossEntropy { vocabulary: Some(drawn(&words, &[40], 1)), ..CrossEntropy::smoothed(0.0) };
    let loss = output.cross_entropy(&x, vec![40], loss)?.to_scalar::<f32>()?;
    assert!((loss - (VOCAB as f32).ln()).abs() < 1e-5, "{loss}");
    Ok(())
}

#[test]
fn a_small_vocabulary_is_seen_whole() {
    assert!(words(0).is_none() && words(VOCAB).is_none() && words(VOCAB - 1).is_some());
}
