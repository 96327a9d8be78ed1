//! 8-bit models: their values, and the errors of damaged files.

use crate::support::{Random, SCORES, SENTENCES, bits, random};
use candle_core::safetensors::load_buffer;
use candle_core::{Device, Tensor};
use glosser_kernels::{Precision, QuantizedMatrix};
use glosser_translator::{
    ModelConfig, Tokenizers, Translator, Weighting, quantize_weights, read_weights, write_weights,
};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors, serialize};
use std::collections::BTreeMap;

const NAME: &str = "decoder.readout.weight";
const SCALE: &str = "decoder.readout.weight.scale";

fn int8(config: &ModelConfig) -> ModelConfig {
    ModelConfig { precision: Precision::Int8, ..config.clone() }
}

fn quantized(random: &Random) -> Vec<u8> {
    quantize_weights(&write_weights(&random.weights).expect("bytes"), 8).expect("quantized")
}

fn translator(bytes: &[u8], config: &ModelConfig, tokenizers: &Tokenizers) -> Translator {
    let model = read_weights(bytes, config, &Device::Cpu).expect("a model");
    Translator::new(model, tokenizers.clone()).expect("a translator")
}

/// The error of a file in which one tensor is changed or left out.
fn message(random: &Random, name: &str, changed: Option<(Dtype, Vec<usize>, Vec<u8>)>) -> String {
    let bytes = quantized(random);
    let file = SafeTensors::deserialize(&bytes).expect("a file");
    let mut views: BTreeMap<String, TensorView> = file.tensors().into_iter().collect();
    views.remove(name);
    if let Some((dtype, shape, data)) = &changed {
        views.insert(name.to_owned(), TensorView::new(*dtype, shape.clone(), data).expect("a tensor"));
    }
    let bytes = serialize(views, None).expect("bytes");
    read_weights(&bytes, &int8(&random.config), &Device::Cpu).expect_err(name).to_string()
}

#[test]
fn forced_decoding_uses_the_dequantized_weights() {
    for score in SCORES {
        for joint in [true, false] {
            let random = random(score, joint);
            let bytes = quantized(&random);
            let mut weights = random.weights.clone();
            for (name, tensor) in &mut weights {
                if let ([_, cols], true) = (tensor.dims(), name.ends_with(".weight")) {
                    let matrix: Vec<f32> = tensor.flatten_all().and_then(|all| all.to_vec1()).expect("f32");
                    let rounded = QuantizedMatrix::quantize(&matrix, *cols).dequantize();
                    *tensor = Tensor::from_vec(rounded, tensor.shape(), &Device::Cpu).expect("a tensor");
                }
            }
            let weights = write_weights(&weights).expect("bytes");
            let tokenizers = random.translator.tokenizers();
            let pairs: Vec<_> = SENTENCES.iter().zip(SENTENCES.iter().rev()).collect();
            let scored = |translator: Translator| {
                let scored = translator.scorer().score(&pairs, 4, Weighting::Attention).expect("scores");
                scored.iter().map(bits).collect::<Vec<_>>()
            };
            let found = scored(translator(&bytes, &int8(&random.config), tokenizers));
            assert!(found == scored(translator(&weights, &random.config, tokenizers)), "{score:?} {joint}");
            // Rounding a second time changes nothing.
            assert!(quantize_weights(&weights, 8).expect("quantized") == bytes, "{score:?} {joint}");
        }
    }
}

#[test]
fn a_search_with_8_bits_is_close_to_one_without_and_does_not_depend_on_the_batch() {
    for score in SCORES {
        let random = random(score, true);
        let translator = translator(&quantized(&random), &int8(&random.config), random.translator.tokenizers());
        let together = translator.translate(&SENTENCES).expect("translations");
        for (sentence, together) in SENTENCES.iter().zip(&together) {
            let alone = &translator.translate(&[sentence]).expect("a translation")[0];
            assert!(bits(alone) == bits(together), "{score:?}: {sentence}");
            let pair = [(sentence, &together.text)];
            let scored = &translator.scorer().score(&pair, 1, Weighting::Attention).expect("scores")[0];
            // Tokens of random bytes may not be UTF-8, and then their text has other tokens.
            if scored.target_tokens.len() == together.target_tokens.len() {
                let difference = (scored.score - together.score).abs();
                assert!(difference < 0.1, "{score:?}: {} scored, {} found", scored.score, together.score);
            }
        }
    }
}

#[test]
fn damaged_scales_and_integers_are_errors_that_name_the_weight() {
    let random = random(SCORES[2], true);
    let [rows, cols] = *random.weights[NAME].dims() else { unreachable!("a matrix") };
    let scales = |first: f32, count: usize| {
        let scales = [first].into_iter().chain(std::iter::repeat(0.5)).take(count);
        scales.flat_map(f32::to_le_bytes).collect::<Vec<u8>>()
    };
    let f32s = |shape: &[usize]| Some((Dtype::F32, shape.to_vec(), scales(0.5, shape.iter().product())));
    let first = |scale: f32| Some((Dtype::F32, vec![rows], scales(scale, rows)));
    for (name, changed, problem) in [
        (SCALE, None, "is missing"),
        (SCALE, f32s(&[rows + 1]), "has shape"),
        (SCALE, f32s(&[1]), "has shape"),
        (SCALE, f32s(&[rows, 1]), "has shape"),
        (SCALE, Some((Dtype::I8, vec![rows], vec![1; rows])), "is of type I8 where F32 is expected"),
        (SCALE, first(f32::NAN), "holds NaN, which is no scale"),
        (SCALE, first(f32::INFINITY), "holds inf, which is no scale"),
        (SCALE, first(-1.0), "holds -1, which is no scale"),
        (NAME, None, "is missing"),
        (NAME, f32s(&[rows, cols]), "is of type F32 where I8 is expected"),
        (NAME, Some((Dtype::U8, vec![rows, cols], vec![1; rows * cols])), "is of type U8 where I8 is expected"),
        (NAME, Some((Dtype::I8, vec![rows * cols], vec![1; rows * cols])), "is of type I8 where F32 is expected"),
        (NAME, Some((Dtype::I8, vec![rows, cols - 1], vec![1; rows * (cols - 1)])), "has shape"),
        ("decoder.extra.scale", f32s(&[rows]), "belongs to no layer"),
        ("decoder.readout.bias.scale", f32s(&[rows]), "belongs to no layer"),
    ] {
        let message = message(&random, name, changed);
        assert!(message.contains(&format!("`{name}`")) && message.contains(problem), "{problem}: {message}");
    }
}

#[test]
fn a_weight_with_nan_is_not_quantized() {
    let mut random = random(SCORES[2], true);
    let zeros = random.weights[NAME].zeros_like().expect("zeros");
    random.weights.insert(NAME.to_owned(), (&zeros / &zeros).expect("NaN"));
    let message = quantize_weights(&write_weights(&random.weights).expect("bytes"), 8).expect_err(NAME).to_string();
    assert!(message.contains(&format!("`{NAME}` contains NaN or infinity")), "{message}");
}

#[test]
fn older_programs_refuse_the_integers() {
    // They load all tensors with this function and do not look at `precision` in config.json.
    assert!(load_buffer(&quantized(&random(SCORES[2], true)), &Device::Cpu).is_err());
}
