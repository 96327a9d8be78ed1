//! The decoder: whole sentences against finite differences and against search, the aligner, the posterior, names in
//! files.

use super::*;
use crate::test_support::{
    Parameters, SCORES, assert_close, assert_finite_differences, decoder_config, with_fixed_weights,
};
use crate::{PreparedDecoder, PreparedMemory, Score, State, Step};
use candle_core::{DType, Device, Var};
use glosser_encoder::{Encoder, EncoderConfig};
use glosser_kernels::{CrossEntropy, Precision, backward};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

const BOS: u32 = 1;
const EOS: u32 = 2;

/// Sizes of a whole model. The decoder has `2·hidden` units, the sum of both directions of the encoder, as `dot`
/// requires.
#[derive(Clone, Copy)]
struct Sizes {
    vocab: usize,
    embed: usize,
    hidden: usize,
    layers: usize,
    attention: usize,
}

const TINY: Sizes = Sizes { vocab: 7, embed: 3, hidden: 2, layers: 1, attention: 3 };
const SMALL: Sizes = Sizes { vocab: 11, embed: 8, hidden: 16, layers: 2, attention: 12 };
const REAL: Sizes = Sizes { vocab: 4000, embed: 256, hidden: 256, layers: 1, attention: 512 };

/// Encoder and decoder with a shared embedding.
struct Model {
    encoder: Encoder,
    decoder: Decoder,
    parameters: Parameters,
}

/// Padded ids `[sentences, longest]` and their lengths.
type Batch = (Tensor, Lengths);

fn batch(sentences: &[&[u32]]) -> Result<Batch> {
    let lengths = Lengths::new(sentences.iter().map(|sentence| sentence.len()).collect())?;
    let longest = lengths.longest();
    let ids: Vec<u32> =
        sentences.iter().flat_map(|sentence| (0..longest).map(|at| sentence.get(at).copied().unwrap_or(0))).collect();
    Ok((Tensor::from_vec(ids, (sentences.len(), longest), &Device::Cpu)?, lengths))
}

impl Model {
    fn new(score: Score, sizes: Sizes, dtype: DType) -> Result<Self> {
        Self::with_aligner(None, score, sizes, dtype)
    }

    fn with_aligner(aligner: Option<AttentionConfig>, score: Score, sizes: Sizes, dtype: DType) -> Result<Self> {
        let Sizes { vocab, embed, hidden, layers, attention } = sizes;
        let ((encoder, decoder), parameters) = with_fixed_weights(dtype, |vb| {
            let embedding = Embedding::new(vocab, embed, vb.pp("embedding"))?;
            let config = EncoderConfig { hidden, layers, dropout: 0.0 };
            let encoder = Encoder::new(&config, embedding.clone(), embed, vb.pp("encoder"))?;
            let config = DecoderConfig { aligner, ..decoder_config(score, 2 * hidden, attention) };
            let decoder = Decoder::new(&config, embedding, embed, encoder.annotation_size(), vb.pp("decoder"))?;
            Ok((encoder, decoder))
        })?;
        Ok(Self { encoder, decoder, parameters })
    }

    fn annotations(&self, (ids, lengths): &Batch) -> Result<Annotations> {
        self.encoder.forward(ids, lengths, &mut Pass::Evaluate)
    }

    fn forward(&self, source: &Batch, (target_in, lengths): &Batch) -> Result<Output> {
        self.decoder.forward(target_in, lengths, &self.annotations(source)?, &mut Pass::Evaluate)
    }

    /// `[target tokens, vocab]`.
    fn logits(&self, source: &Batch, target_in: &Batch) -> Result<Tensor> {
        self.decoder.output_layer().forward(&self.forward(source, target_in)?.readout)
    }

    fn fused_loss(&self, source: &Batch, target_in: &Batch) -> Result<Tensor> {
        let readout = self.forward(source, target_in)?.readout;
        self.decoder.output_layer().cross_entropy(&readout, GOLD.to_vec(), CrossEntropy::smoothed(SMOOTHING))
    }

    /// Runs search with one hypothesis per sentence: at each step, `previous` gives the token before.
    fn steps(&self, source: &Batch, previous: &[Vec<u32>], precision: Precision) -> Result<Vec<Decoded>> {
        let decoder = PreparedDecoder::new(&self.decoder, precision)?;
        let (mut state, memory) = decoder.start(&self.annotations(source)?)?;
        let sentences: Vec<usize> = (0..previous.len()).collect();
        (0..previous[0].len())
            .map(|at| {
                let previous: Vec<u32> = previous.iter().map(|tokens| tokens[at]).collect();
                let step = decode(&decoder, &previous, &sentences, &state, &memory)?;
                state = step.state.clone();
                Ok(step)
            })
            .collect()
    }

    fn named_variables(&self) -> Vec<(&str, &Var)> {
        self.parameters.iter().map(|(name, var)| (name.as_str(), var)).collect()
    }
}

/// A step of search with its logits `[rows, vocab]`.
struct Decoded {
    logits: Vec<f32>,
    weights: Vec<Vec<f32>>,
    state: State,
}

fn decode(
    decoder: &PreparedDecoder,
    previous: &[u32],
    sentences: &[usize],
    state: &State,
    memory: &PreparedMemory,
) -> Result<Decoded> {
    let Step { readout, weights, state } = decoder.step(previous, sentences, state, memory)?;
    Ok(Decoded { logits: decoder.logits(&readout)?, weights, state })
}

fn source() -> Result<Batch> {
    batch(&[&[4, 5, EOS], &[3, 6, 4, 5, 3, EOS], &[6, EOS]])
}

fn target_in() -> Result<Batch> {
    batch(&[&[BOS, 3, 6, 4, 5], &[BOS, 6], &[BOS, 5, 3]])
}

/// The token after each token of [`target_in`], sentence after sentence.
const GOLD: [u32; 10] = [3, 6, 4, 5, EOS, 6, EOS, 5, 3, EOS];
const SMOOTHING: f32 = 0.1;

/// Label-smoothed cross-entropy in plain operations, from logits `[tokens, vocab]`, summed over tokens.
fn smoothed_loss(logits: &Tensor, gold: &[u32]) -> Result<Tensor> {
    let gold = logits.gather(&Tensor::new(gold, &Device::Cpu)?.unsqueeze(1)?, 1)?.squeeze(1)?;
    let smoothing = f64::from(SMOOTHING);
    ((logits.log_sum_exp(1)? - (gold * (1.0 - smoothing))?)? - (logits.mean(1)? * smoothing)?)?.sum_all()
}

#[test]
fn gradients_of_a_whole_model_are_finite_differences() -> Result<()> {
    for score in SCORES {
        let model = Model::new(score, TINY, DType::F64)?;
        let (source, target_in) = (batch(&[&[4, EOS], &[3, 6, EOS]])?, batch(&[&[BOS, 5], &[BOS]])?);
        assert_finite_differences(&model.named_variables(), &format!("{score:?}"), || {
            smoothed_loss(&model.logits(&source, &target_in)?, &[5, EOS, 4])
        })?;
    }
    Ok(())
}

#[test]
fn a_model_on_kernels_has_the_loss_and_gradients_of_the_reference() -> Result<()> {
    for score in SCORES {
        for sizes in [TINY, SMALL] {
            let narrow = Model::new(score, sizes, DType::F32)?;
            let wide = Model::new(score, sizes, DType::F64)?;
            let (source, target_in) = (source()?, target_in()?);
            let fused = narrow.fused_loss(&source, &target_in)?;
            let exact = smoothed_loss(&wide.logits(&source, &target_in)?, &GOLD)?;
            assert_close(&fused.to_dtype(DType::F64)?, &exact, 1e-5, &format!("{score:?}: loss"))?;
            let (fused, exact) = (backward(&fused)?, backward(&exact)?);
            for ((name, narrow), wide) in narrow.named_variables().into_iter().zip(wide.parameters.values()) {
                let fused = fused.get(narrow)?.expect("every parameter has a gradient").to_dtype(DType::F64)?;
                let exact = exact.get(wide)?.expect("every parameter has a gradient");
                assert_close(&fused, &exact, 1e-5, &format!("{score:?}: {name}"))?;
            }
        }
    }
    Ok(())
}

#[test]
fn every_parameter_has_a_gradient() -> Result<()> {
    for score in SCORES {
        let model = Model::new(score, SMALL, DType::F32)?;
        let grads = backward(&model.fused_loss(&source()?, &target_in()?)?)?;
        for (name, var) in model.named_variables() {
            let gradient = grads.get(var)?.unwrap_or_else(|| panic!("{score:?}: no gradient of {name}"));
            let largest = gradient.abs()?.max_all()?.to_scalar::<f32>()?;
            assert!(largest > 0.0 && largest.is_finite(), "{score:?}: largest gradient of {name} is {largest}");
        }
    }
    Ok(())
}

/// Returns the largest difference between values that should be equal, relative to the largest value.
fn difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let largest = b.iter().fold(1e-30f32, |largest, x| largest.max(x.abs()));
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / largest
}

#[test]
fn repeated_steps_of_search_equal_forward_under_teacher_forcing() -> Result<()> {
    for score in SCORES {
        for sizes in [SMALL, REAL] {
            let model = Model::new(score, sizes, DType::F32)?;
            let (source, target_in) = (source()?, target_in()?);
            let whole = model.forward(&source, &target_in)?;
            let steps = model.steps(&source, &target_in.0.to_vec2()?, Precision::F32)?;

            let weights = whole.weights.to_vec3::<f32>()?;
            let mut logits = model.logits(&source, &target_in)?.to_vec2::<f32>()?.into_iter();
            for (row, &real) in target_in.1.as_slice().iter().enumerate() {
                for (at, step) in steps.iter().take(real).enumerate() {
                    let what = format!("{score:?} sentence {row} step {at}");
                    let expected = logits.next().expect("logits of every token");
                    let worst = difference(&step.logits[row * sizes.vocab..][..sizes.vocab], &expected);
                    assert!(worst < 1e-5, "{what}: logits differ by {worst}");
                    let (on_tokens, on_padding) = weights[row][at].split_at(step.weights[row].len());
                    let worst = difference(&step.weights[row], on_tokens);
                    assert!(worst < 1e-5, "{what}: weights differ by {worst}");
                    assert!(on_padding.iter().all(|weight| *weight == 0.0), "{what}: weight on padding");
                }
            }
            assert_eq!(logits.next(), None, "{score:?}: there are logits of padding");
        }
    }
    Ok(())
}

/// Rounding changes logits a little; the scale of a wrong row would change them by their own size.
#[test]
fn steps_with_8_bit_weights_are_close_to_steps_with_f32_weights() -> Result<()> {
    for score in SCORES {
        let model = Model::new(score, REAL, DType::F32)?;
        let (source, previous) = (source()?, target_in()?.0.to_vec2()?);
        let exact = model.steps(&source, &previous, Precision::F32)?;
        let rounded = model.steps(&source, &previous, Precision::Int8)?;
        for (at, (rounded, exact)) in rounded.iter().zip(&exact).enumerate() {
            let worst = difference(&rounded.logits, &exact.logits);
            assert!((1e-6..0.05).contains(&worst), "{score:?} step {at}: logits differ by {worst}");
        }
    }
    Ok(())
}

#[test]
fn hypotheses_that_share_a_sentence_get_the_results_that_each_gets_alone() -> Result<()> {
    for score in SCORES {
        let model = Model::new(score, SMALL, DType::F32)?;
        let decoder = PreparedDecoder::new(&model.decoder, Precision::F32)?;
        let sentences = [0, 0, 0, 1, 1, 2];
        let (start, memory) = decoder.start(&model.annotations(&source()?)?)?;
        let mut together = start.select(&sentences);
        let mut separate: Vec<State> = sentences.iter().map(|sentence| start.select(&[*sentence])).collect();
        for previous in [[3, 4, 5, 6, 7, 9], [5, 5, 6, 4, 8, 3]] {
            let beams = decode(&decoder, &previous, &sentences, &together, &memory)?;
            for (row, sentence) in sentences.iter().enumerate() {
                let single = decode(&decoder, &previous[row..=row], &[*sentence], &separate[row], &memory)?;
                assert!(beams.logits[row * SMALL.vocab..][..SMALL.vocab] == single.logits, "{score:?} {row}");
                assert_eq!(beams.weights[row], single.weights[0], "{score:?} {row}");
                separate[row] = single.state;
            }
            assert_ne!(beams.weights[0], beams.weights[1], "{score:?}: other previous tokens must give another query");
            together = beams.state;
        }
    }
    Ok(())
}

/// Returns `len` ids of ordinary tokens, then the end of the sentence.
fn sentence(len: usize, seed: u32) -> Vec<u32> {
    let tokens = (0..len as u32).map(|at| 3 + (at * 5 + seed) % 8);
    tokens.chain([EOS]).collect()
}

#[test]
fn a_sentence_has_the_same_steps_alone_and_beside_others() -> Result<()> {
    let kinds = [Precision::F32, Precision::Int8].into_iter().flat_map(|kind| SCORES.map(|score| (kind, score)));
    for (precision, score) in kinds {
        for sizes in [SMALL, REAL] {
            let model = Model::new(score, sizes, DType::F32)?;
            let sentences = [sentence(4, 1), sentence(100, 2), sentence(1, 3), sentence(9, 4), sentence(4, 5)];
            let all: Vec<&[u32]> = sentences.iter().map(Vec::as_slice).collect();
            let previous = [[BOS, 3, 4], [BOS, 4, 5], [BOS, 5, 6], [BOS, 6, 7], [BOS, 7, 8]].map(Vec::from);
            let together = model.steps(&batch(&all)?, &previous, precision)?;
            for (row, &tokens) in all.iter().enumerate() {
                let alone = model.steps(&batch(&[tokens])?, &previous[row..=row], precision)?;
                for (at, (alone, together)) in alone.iter().zip(&together).enumerate() {
                    let what = format!("{precision:?} {score:?} sentence {row} step {at}");
                    assert!(alone.logits == together.logits[row * sizes.vocab..][..sizes.vocab], "{what}: logits");
                    assert!(alone.weights[0] == together.weights[row], "{what}: weights");
                    assert_eq!(alone.weights[0].len(), tokens.len(), "{what}: padding");
                }
            }
        }
    }
    Ok(())
}

#[test]
fn select_reorders_and_repeats_states() -> Result<()> {
    let model = Model::new(Score::Additive, SMALL, DType::F32)?;
    let decoder = PreparedDecoder::new(&model.decoder, Precision::F32)?;
    let (start, memory) = decoder.start(&model.annotations(&source()?)?)?;
    let logits = |sentences: &[usize], state: &State| -> Result<Vec<f32>> {
        Ok(decode(&decoder, &vec![BOS; sentences.len()], sentences, state, &memory)?.logits)
    };
    let all = logits(&[0, 1, 2], &start)?;
    let order = [2, 0, 0, 1];
    let selected = logits(&order, &start.select(&order))?;
    for (row, from) in order.iter().enumerate() {
        assert!(selected[row * SMALL.vocab..][..SMALL.vocab] == all[from * SMALL.vocab..][..SMALL.vocab], "{row}");
    }
    Ok(())
}

#[test]
fn a_part_of_the_output_layer_gives_the_same_bits_as_the_whole_one() -> Result<()> {
    for precision in [Precision::F32, Precision::Int8] {
        let model = Model::new(Score::Additive, REAL, DType::F32)?;
        let decoder = PreparedDecoder::new(&model.decoder, precision)?;
        let (start, memory) = decoder.start(&model.annotations(&source()?)?)?;
        let readout = decoder.step(&[BOS; 3], &[0, 1, 2], &start, &memory)?.readout;
        let all = decoder.logits(&readout)?;
        for tokens in [vec![5], vec![9, 0, 3, 4], (0..REAL.vocab as u32).rev().collect()] {
            let some = decoder.output_of(&tokens)?.forward(&readout);
            for (row, (some, all)) in some.chunks(tokens.len()).zip(all.chunks(REAL.vocab)).enumerate() {
                let expected: Vec<f32> = tokens.iter().map(|token| all[*token as usize]).collect();
                assert!(some == expected, "{precision:?} {row} {tokens:?}");
            }
        }
        let message = decoder.output_of(&[3, REAL.vocab as u32]).expect_err("no such token").to_string();
        assert!(message.contains(&REAL.vocab.to_string()), "{message}");
    }
    Ok(())
}

#[test]
fn search_in_another_type_than_f32_is_refused() -> Result<()> {
    let model = Model::new(Score::Additive, TINY, DType::F64)?;
    let message = PreparedDecoder::new(&model.decoder, Precision::F32).expect_err("no kernels in f64").to_string();
    assert!(message.contains("f32"), "{message}");
    Ok(())
}

#[test]
fn dropout_is_only_in_training_and_depends_on_the_seed() -> Result<()> {
    let mut model = Model::new(Score::Additive, SMALL, DType::F32)?;
    let (source, (ids, lengths)) = (source()?, target_in()?);
    let annotations = model.annotations(&source)?;
    let without = model.forward(&source, &(ids.clone(), lengths.clone()))?.readout.to_vec2::<f32>()?;
    model.decoder.dropout = 0.5;
    let readout = |pass: &mut Pass| -> Result<Vec<Vec<f32>>> {
        model.decoder.forward(&ids, &lengths, &annotations, pass)?.readout.to_vec2()
    };
    let train = |seed| readout(&mut Pass::Train(&mut ChaCha8Rng::seed_from_u64(seed)));
    assert_eq!(readout(&mut Pass::Evaluate)?, without);
    assert_eq!(train(1)?, train(1)?);
    assert_ne!(train(1)?, train(2)?);
    assert_ne!(train(1)?, without);
    Ok(())
}

#[test]
fn parameters_have_the_names_and_shapes_of_model_files() -> Result<()> {
    let sizes = Sizes { vocab: 11, embed: 3, hidden: 4, layers: 2, attention: 5 };
    let model = Model::new(Score::Additive, sizes, DType::F32)?;
    let names: Vec<String> = model.parameters.iter().map(|(name, var)| format!("{name} {:?}", var.dims())).collect();
    let expected = [
        "decoder.ask.input.bias [24]",
        "decoder.ask.input.weight [24, 3]",
        "decoder.ask.recurrent.bias [1, 8]",
        "decoder.ask.recurrent.weight [24, 8]",
        "decoder.attention.key.weight [5, 11]",
        "decoder.attention.query.bias [5]",
        "decoder.attention.query.weight [5, 8]",
        "decoder.attention.score.weight [5]",
        "decoder.output.bias [11]",
        "decoder.read.input.bias [24]",
        "decoder.read.input.weight [24, 19]",
        "decoder.read.recurrent.bias [1, 8]",
        "decoder.read.recurrent.weight [24, 8]",
        "decoder.readout.bias [3]",
        "decoder.readout.weight [3, 22]",
        "decoder.start_ask.bias [8]",
        "decoder.start_ask.weight [8, 8]",
        "decoder.start_read.bias [8]",
        "decoder.start_read.weight [8, 8]",
        "embedding.weight [11, 3]",
        "encoder.layer0.backward.input.bias [12]",
        "encoder.layer0.backward.input.weight [12, 3]",
        "encoder.layer0.backward.recurrent.bias [1, 4]",
        "encoder.layer0.backward.recurrent.weight [12, 4]",
        "encoder.layer0.forward.input.bias [12]",
        "encoder.layer0.forward.input.weight [12, 3]",
        "encoder.layer0.forward.recurrent.bias [1, 4]",
        "encoder.layer0.forward.recurrent.weight [12, 4]",
        "encoder.layer1.backward.input.bias [12]",
        "encoder.layer1.backward.input.weight [12, 8]",
        "encoder.layer1.backward.recurrent.bias [1, 4]",
        "encoder.layer1.backward.recurrent.weight [12, 4]",
        "encoder.layer1.forward.input.bias [12]",
        "encoder.layer1.forward.input.weight [12, 8]",
        "encoder.layer1.forward.recurrent.bias [1, 4]",
        "encoder.layer1.forward.recurrent.weight [12, 4]",
    ];
    assert_eq!(names, expected);
    Ok(())
}

#[test]
fn the_posterior_is_weight_times_likelihood_of_the_token_from_each_position() -> Result<()> {
    for score in SCORES {
        let model = Model::new(score, SMALL, DType::F32)?;
        let source = batch(&[&[3, 4, 5, 2], &[6, 2]])?;
        let gold = [vec![7, 8, EOS], vec![9, 3, 4, 5, EOS]];
        let (target_in, lengths) = batch(&[&[BOS, 7, 8], &[BOS, 9, 3, 4, 5]])?;
        let annotations = model.encoder.forward(&source.0, &source.1, &mut Pass::Evaluate)?;
        let plain = model.decoder.forward(&target_in, &lengths, &annotations, &mut Pass::Evaluate)?;
        let with_posterior = model.decoder.posterior(&target_in, &gold, &lengths, &annotations)?;
        assert_eq!(with_posterior.readout.to_vec2::<f32>()?, plain.readout.to_vec2::<f32>()?);

        let forced = model.decoder.teacher_forced(&target_in, &lengths, &annotations, &mut Pass::Evaluate)?;
        let posterior = with_posterior.weights.to_vec3::<f32>()?;
        let weights = plain.weights.to_vec3::<f32>()?;
        for (sentence, tokens) in gold.iter().enumerate() {
            let sources = source.1.as_slice()[sentence];
            for (at, token) in tokens.iter().enumerate() {
                let mut expected = Vec::new();
                for (position, weight) in weights[sentence][at].iter().take(sources).enumerate() {
                    let row = |all: &Tensor, at: usize| all.get(sentence)?.get(at)?.unsqueeze(0);
                    let value = row(&forced.memory.values, position)?;
                    let inputs = [row(&forced.states, at)?, value, row(&forced.embedded, at)?];
                    let readout = model.decoder.readout.forward(&Tensor::cat(&inputs, 1)?)?.tanh()?;
                    let logits = model.decoder.output.forward(&readout)?;
                    let likely =
                        candle_nn::ops::softmax(&logits, 1)?.get(0)?.get(*token as usize)?.to_scalar::<f32>()?;
                    expected.push(weight * likely);
                }
                let sum: f32 = expected.iter().sum();
                for (position, found) in posterior[sentence][at].iter().enumerate() {
                    let expected = expected.get(position).map_or(0.0, |expected| expected / sum);
                    assert!(
                        (found - expected).abs() < 1e-5,
                        "{score:?} {sentence} {at} {position}: {found} {expected}"
                    );
                }
            }
        }
    }
    Ok(())
}

#[test]
fn the_aligner_is_not_in_the_readout_and_its_gradients_are_finite_differences() -> Result<()> {
    let aligner = AttentionConfig::new(Score::Additive, 5);
    let model = Model::with_aligner(Some(aligner), Score::Additive, TINY, DType::F64)?;
    let (source, target_in) = (source()?, target_in()?);
    let weights = || -> Result<Tensor> { Ok(model.forward(&source, &target_in)?.aligner_weights.expect("an aligner")) };
    let behind = |name: &str| name.starts_with("decoder.readout.") || name.starts_with("decoder.output.");
    let before: Vec<_> = model.named_variables().into_iter().filter(|(name, _)| !behind(name)).collect();
    assert_finite_differences(&before, "aligner", || weights()?.sqr()?.sum_all())?;
    for (row, weights) in weights()?.to_vec3::<f64>()?.iter().enumerate() {
        for token in &weights[..target_in.1.as_slice()[row]] {
            assert!((token.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{token:?}");
        }
    }
    let gradients = backward(&model.forward(&source, &target_in)?.readout.sqr()?.sum_all()?)?;
    let in_readout = |name: &str| Ok::<_, candle_core::Error>(gradients.get(&model.parameters[name])?.is_some());
    assert!(in_readout("decoder.attention.key.weight")? && !in_readout("decoder.aligner.key.weight")?);
    Ok(())
}

#[test]
fn the_aligner_depends_on_the_token_that_it_aligns_and_on_no_later_one() -> Result<()> {
    let aligner = AttentionConfig::new(Score::Additive, 5);
    let model = Model::with_aligner(Some(aligner), Score::Additive, SMALL, DType::F32)?;
    let source = batch(&[&[3, 6, 4, 5, EOS]])?;
    let rows = |target_in: &[u32]| -> Result<Vec<Vec<f32>>> {
        let output = model.forward(&source, &batch(&[target_in])?)?;
        output.aligner_weights.expect("an aligner").get(0)?.to_vec2::<f32>()
    };
    // Row 1 aligns the token at position 2 of `target_in`.
    let (one, other, longer) = (rows(&[BOS, 3, 6, 4])?, rows(&[BOS, 3, 5, 4])?, rows(&[BOS, 3, 6, 7])?);
    assert_eq!(one[0], other[0]);
    assert!(difference(&one[1], &other[1]) > 1e-4, "{:?}", one[1]);
    assert_eq!(one[1], longer[1]);
    Ok(())
}
