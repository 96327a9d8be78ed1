use super::*;
use candle_core::{DType, Device};
use std::collections::HashMap;

/// Multiples of 1/8, the same as in the snippet below.
fn fixed(shape: &[usize], seed: usize) -> Result<Tensor> {
    let count = shape.iter().product::<usize>();
    let data: Vec<f64> = (0..count).map(|i| (((i * 37 + seed * 11) % 23) as f64 - 11.0) / 8.0).collect();
    Tensor::from_vec(data, shape, &Device::Cpu)
}

/// PyTorch's parameters by our names. It adds two biases to each gate; those of r and z always occur as their sum.
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

// The numbers are PyTorch 2.15's:
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
fn a_padded_batch_has_the_states_that_pytorch_gives_it() -> Result<()> {
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
