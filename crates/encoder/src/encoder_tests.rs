//! The encoder against PyTorch, beside padding, and in what each direction can see.

use super::*;
use candle_core::{DType, Device};
use candle_nn::VarMap;
use std::collections::HashMap;

/// Returns an encoder of 16 units in each direction over embeddings of 8, with fixed weights.
fn encoder(layers: usize) -> Result<Encoder> {
    let vars = VarMap::new();
    let vb = VarBuilder::from_varmap(&vars, DType::F32, &Device::Cpu);
    let config = EncoderConfig { hidden: 16, layers, dropout: 0.0 };
    let embedding = Embedding::new(11, 8, vb.pp("embedding"))?;
    let encoder = Encoder::new(&config, embedding, 8, vb)?;
    for (seed, (_, var)) in vars.data().lock().expect("unpoisoned").iter().enumerate() {
        let data: Vec<f32> =
            (0..var.elem_count()).map(|i| ((i * 7919 + seed * 13) % 1013) as f32 / 1013.0 - 0.5).collect();
        var.set(&Tensor::from_vec(data, var.shape(), &Device::Cpu)?)?;
    }
    Ok(encoder)
}

#[test]
fn a_sentence_has_the_same_annotations_alone_and_in_a_padded_batch() -> Result<()> {
    for layers in [1, 2] {
        let encoder = encoder(layers)?;
        let lengths = Lengths::new(vec![3, 5])?;
        let ids = Tensor::new(&[[4u32, 5, 2, 0, 0], [3, 6, 7, 8, 2]], &Device::Cpu)?;
        let together = encoder.forward(&ids, &lengths, &mut Pass::Evaluate)?;
        let alone = encoder.forward(
            &Tensor::new(&[[4u32, 5, 2]], &Device::Cpu)?,
            &Lengths::new(vec![3])?,
            &mut Pass::Evaluate,
        )?;
        let same = together.states.narrow(0, 0, 1)?.narrow(1, 0, 3)?;
        assert_eq!(alone.states.to_vec3::<f32>()?, same.to_vec3::<f32>()?);
        assert_eq!(alone.summary.to_vec2::<f32>()?[0], together.summary.to_vec2::<f32>()?[0]);
        let padding = together.states.narrow(0, 0, 1)?.narrow(1, 3, 2)?.narrow(2, 0, encoder.annotation.states)?;
        assert_eq!(padding.abs()?.sum_all()?.to_scalar::<f32>()?, 0.0);
    }
    Ok(())
}

#[test]
fn forward_states_depend_on_earlier_tokens_and_backward_states_on_later_ones() -> Result<()> {
    let encoder = encoder(1)?;
    let states = |ids: [u32; 3]| -> Result<Vec<Vec<f32>>> {
        let ids = Tensor::new(&[ids], &Device::Cpu)?;
        let states = encoder.forward(&ids, &Lengths::new(vec![3])?, &mut Pass::Evaluate)?.states;
        states.squeeze(0)?.to_vec2::<f32>()
    };
    let (a, b) = (states([4, 5, 6])?, states([4, 5, 7])?);
    assert_eq!(a[0][..16], b[0][..16], "the forward direction cannot see a later token");
    assert_ne!(a[0][16..32], b[0][16..32], "the backward direction sees every later token");
    assert_eq!(a[0][32..], b[0][32..], "the embedding is that of the token alone");
    assert_eq!(a[0].len(), encoder.annotation_size().total());
    Ok(())
}

/// Returns a tensor of multiples of 1/8, equal to `fixed` in the Python code below.
fn fixed(shape: &[usize], seed: usize) -> Result<Tensor> {
    let count = shape.iter().product::<usize>();
    let data: Vec<f64> = (0..count).map(|i| (((i * 37 + seed * 11) % 23) as f64 - 11.0) / 8.0).collect();
    Tensor::from_vec(data, shape, &Device::Cpu)
}

/// Renames PyTorch's parameters to ours. PyTorch adds two biases to each gate; those of r and z occur only as a sum,
/// which is one bias here.
fn layer(size_in: usize, hidden: usize, dtype: DType) -> Result<BidirectionalGru> {
    let mut weights = HashMap::new();
    for (direction, seed) in [("forward", 0), ("backward", 4)] {
        let name = |part: &str| format!("{direction}.{part}");
        let recurrent_bias = fixed(&[3 * hidden], seed + 3)?;
        let of_r_and_z = recurrent_bias.narrow(0, 0, 2 * hidden)?.pad_with_zeros(0, 0, hidden)?;
        weights.insert(name("input.weight"), fixed(&[3 * hidden, size_in], seed)?);
        weights.insert(name("recurrent.weight"), fixed(&[3 * hidden, hidden], seed + 1)?);
        weights.insert(name("input.bias"), (fixed(&[3 * hidden], seed + 2)? + of_r_and_z)?);
        weights.insert(name("recurrent.bias"), recurrent_bias.narrow(0, 2 * hidden, hidden)?.unsqueeze(0)?);
    }
    let weights = weights.into_iter().map(|(name, weight)| Ok((name, weight.to_dtype(dtype)?)));
    let weights = weights.collect::<Result<_>>()?;
    BidirectionalGru::new(size_in, hidden, VarBuilder::from_tensors(weights, dtype, &Device::Cpu))
}

// The expected values were computed with PyTorch 2.15:
//
// ```python
// import torch
// torch.set_default_dtype(torch.float64)
//
// def fixed(shape, seed):
//     i = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
//     return (((i * 37 + seed * 11) % 23 - 11) / 8).reshape(shape)
//
// gru = torch.nn.GRU(2, 3, bidirectional=True, batch_first=True)
// for seed, parameter in enumerate(gru.parameters()):  # weight_ih, weight_hh, bias_ih, bias_hh; then reversed
//     parameter.data = fixed(parameter.shape, seed)
// x = fixed((2, 4, 2), 8)
// packed = torch.nn.utils.rnn.pack_padded_sequence(x, [4, 2], batch_first=True)
// states, _ = torch.nn.utils.rnn.pad_packed_sequence(gru(packed)[0], batch_first=True)
// torch.set_printoptions(precision=8)
// print(states)
// ```
#[test]
fn a_bidirectional_layer_over_a_padded_batch_equals_pytorch() -> Result<()> {
    let expected = [
        [
            [-0.20113260, -0.04700331, 0.85514206, 0.00777206, -0.71175326, 0.44566666],
            [0.62485193, -0.65045403, 0.57653672, 0.59425752, -0.69900816, 0.21370605],
            [0.84153738, -0.80459240, 0.46056079, 0.72227535, -0.46148597, 0.23610787],
            [0.54859029, -0.53598909, 0.53145877, -0.30978621, 0.19352083, 0.31753663],
        ],
        [
            [-0.24362772, -0.01625262, 0.80803218, -0.81645084, -0.14693384, 0.66060510],
            [-0.34188657, -0.15881605, 0.91838080, -0.49102458, -0.15395617, 0.53443037],
            [0.0; 6],
            [0.0; 6],
        ],
    ];
    let expected = Tensor::new(&expected, &Device::Cpu)?;
    let lengths = Lengths::new(vec![4, 2])?;
    for (dtype, tolerance) in [(DType::F32, 1e-6), (DType::F64, 1e-8)] {
        let states = layer(2, 3, dtype)?.forward(&fixed(&[2, 4, 2], 8)?.to_dtype(dtype)?, &lengths)?;
        let difference = (states.to_dtype(DType::F64)? - &expected)?.abs()?.max_all()?.to_scalar::<f64>()?;
        assert!(difference < tolerance, "{dtype:?}: {difference}\n{states}");
    }
    Ok(())
}
