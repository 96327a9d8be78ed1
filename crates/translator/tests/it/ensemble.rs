//! Ensembles: the logits and the weights of the model are the mean over its encoder-decoders.

use crate::support::{Random, SCORES, SENTENCES, bits, ensemble};
use candle_core::Device;
use glosser_kernels::{Pass, Precision, log_softmax_rows};
use glosser_text::EOS;
use glosser_translator::{Batch, ModelConfig, Translation, Translator, Weighting, quantize_weights, write_weights};

const WEIGHTINGS: [Weighting; 2] = [Weighting::Attention, Weighting::Posterior];

fn pairs() -> Vec<(&'static str, &'static str)> {
    SENTENCES.into_iter().zip(SENTENCES.into_iter().rev()).collect()
}

fn scored(translator: &Translator, weighting: Weighting) -> Vec<Translation> {
    translator.scorer().score(&pairs(), 4, weighting).expect("scores")
}

fn each_alone(random: &Random) -> Vec<Translator> {
    (0..random.config.ensemble).map(|number| random.alone(number)).collect()
}

/// The logits of one pair by a model of one encoder-decoder, from the forward pass of training.
fn logits(translator: &Translator, source: &str, target: &str) -> Vec<Vec<f32>> {
    let batch = |ids: Vec<u32>| Batch::new(&[[&ids[..], &[EOS]].concat()], &Device::Cpu).expect("a batch");
    let source = batch(translator.scorer().encode_source(source).ids);
    let target = batch(translator.scorer().encode_target(target).ids);
    let only = &translator.model().ensemble()[0];
    let output = only.forward(&source, &target, &mut Pass::Evaluate).expect("an output");
    only.output_layer().forward(&output.readout).and_then(|logits| logits.to_vec2()).expect("f32")
}

#[test]
fn a_token_has_the_normalised_geometric_mean_of_its_probabilities() {
    for score in SCORES {
        let random = ensemble(score, false, 3);
        let alone = each_alone(&random);
        let together = random.translator.scorer().score(&pairs(), 4, Weighting::Attention).expect("scores");
        for ((source, target), together) in pairs().into_iter().zip(together) {
            let mut ids = random.translator.scorer().encode_target(target).ids;
            ids.push(EOS);
            let of_each: Vec<Vec<Vec<f32>>> = alone.iter().map(|member| logits(member, source, target)).collect();
            for (at, (id, found)) in ids.into_iter().zip(together.token_log_probs).enumerate() {
                let vocab = of_each[0][at].len();
                let mean = |word: usize| of_each.iter().map(|logits| logits[at][word]).sum::<f32>() / 3.0;
                let mut row: Vec<f32> = (0..vocab).map(mean).collect();
                log_softmax_rows(&mut row, vocab);
                let expected = row[id as usize];
                assert!((found - expected).abs() < 1e-4, "{score:?}, token {at} of {target}: {found}, not {expected}");
            }
        }
    }
}

#[test]
fn attention_weights_are_the_mean_over_the_ensemble() {
    for weighting in WEIGHTINGS {
        let random = ensemble(SCORES[2], true, 2);
        let alone: Vec<Vec<Translation>> = each_alone(&random).iter().map(|one| scored(one, weighting)).collect();
        for (pair, together) in scored(&random.translator, weighting).iter().enumerate() {
            let weights = |translation: &Translation| -> Vec<f32> {
                translation.attention.as_ref().expect("attention").rows().flatten().copied().collect()
            };
            let [a, b] = [0, 1].map(|number| weights(&alone[number][pair]));
            for ((a, b), together) in a.into_iter().zip(b).zip(weights(together)) {
                assert!(((a + b) / 2.0 - together).abs() < 1e-6, "{weighting:?}: {a} and {b}, not {together}");
            }
        }
    }
}

#[test]
fn two_equal_encoder_decoders_translate_as_one() {
    let random = ensemble(SCORES[2], true, 2);
    let own = random.weights_of(0);
    let named =
        |number: usize| own.iter().map(move |(name, weight)| (format!("members.{number}.{name}"), weight.clone()));
    let (one, two) =
        (write_weights(&own).expect("bytes"), write_weights(&named(0).chain(named(1)).collect()).expect("bytes"));
    let quantized = |bytes: &[u8]| quantize_weights(bytes, 8).expect("quantized");
    for (precision, one, two) in
        [(Precision::F32, one.clone(), two.clone()), (Precision::Int8, quantized(&one), quantized(&two))]
    {
        let found = |weights: &[u8], ensemble| {
            let config = ModelConfig { precision, ensemble, ..random.config.clone() };
            random.read(weights, &config).translate(&SENTENCES).expect("translations")
        };
        assert!(found(&one, 1).iter().map(bits).eq(found(&two, 2).iter().map(bits)), "{precision:?}");
    }
}

#[test]
fn both_encoder_decoders_of_an_ensemble_count() {
    let random = ensemble(SCORES[2], true, 2);
    let log_prob = |translator: &Translator| scored(translator, Weighting::Attention)[0].log_prob;
    let [a, b] = [0, 1].map(|number| log_prob(&random.alone(number)));
    let together = log_prob(&random.translator);
    assert!(a != b && together != a && together != b, "{a}, {b}, {together}");
    // Before normalisation the log probability is the mean of both, and normalisation can only raise it.
    assert!(together >= (a + b) / 2.0 - 1e-3, "{together} is less likely than the mean of {a} and {b}");
}
