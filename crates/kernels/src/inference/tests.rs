//! Layers for search give the results of the layers they are made from.

use crate::{Direction, Gru, Lengths, Linear, Precision, PreparedGru, PreparedLinear, QuantizedMatrix, test_data};
use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;
use std::collections::HashMap;

fn tensor(shape: &[usize], seed: usize) -> Result<Tensor> {
    test_data::tensor(shape, seed, 0.25, DType::F32)
}

fn flat(x: &Tensor) -> Result<Vec<f32>> {
    x.flatten_all()?.to_vec1()
}

/// Asserts that results differ by at most a share of the largest value, which counts as at least one.
fn assert_close(prepared: &[f32], layer: &Tensor, precision: Precision) -> Result<()> {
    let layer = flat(layer)?;
    assert_eq!(prepared.len(), layer.len());
    // Both layers have rounded weights, so only the inputs differ: each by at most 1/254 of the largest. In a sum these
    // differences nearly cancel.
    let share = if precision.is_f32() { 1e-5 } else { 0.01 };
    let largest = layer.iter().fold(1f32, |largest, x| largest.max(x.abs()));
    for (a, b) in prepared.iter().zip(&layer) {
        assert!((a - b).abs() <= share * largest, "{a} {b} of {largest}");
    }
    Ok(())
}

/// Returns the weight unchanged, or rounded to the values of 8-bit integers.
fn rounded(weight: Tensor, precision: Precision) -> Result<Tensor> {
    if precision.is_f32() {
        return Ok(weight);
    }
    let weights = QuantizedMatrix::quantize(&flat(&weight)?, weight.dim(1)?).dequantize();
    Tensor::from_vec(weights, weight.shape(), &Device::Cpu)
}

/// Runs `work` on a number of threads.
fn on_threads(threads: usize, work: impl FnOnce() -> Vec<f32> + Send) -> Vec<f32> {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads").install(work)
}

const ROWS: [usize; 6] = [1, 2, 5, 17, 97, 200];
const PRECISIONS: [Precision; 2] = [Precision::F32, Precision::Int8];

#[test]
fn a_prepared_linear_layer_equals_the_layer_and_a_row_does_not_depend_on_the_others() -> Result<()> {
    for precision in PRECISIONS {
        for (size_in, size_out) in [(1, 1), (5, 3), (37, 70), (256, 512)] {
            for has_bias in [true, false] {
                let weights = HashMap::from([
                    ("weight".to_owned(), rounded(tensor(&[size_out, size_in], 1)?, precision)?),
                    ("bias".to_owned(), tensor(&[size_out], 2)?),
                ]);
                let vb = VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu);
                let layer = match has_bias {
                    true => Linear::new(size_in, size_out, vb)?,
                    false => Linear::without_bias(size_in, size_out, vb)?,
                };
                let prepared = PreparedLinear::new(&layer, precision)?;
                let x = tensor(&[200, size_in], 3)?;
                let all = prepared.forward(&flat(&x)?);
                assert_close(&all, &layer.forward(&x)?, precision)?;
                for rows in ROWS {
                    let x = flat(&x.narrow(0, 0, rows)?)?;
                    for threads in [1, 3] {
                        let some = on_threads(threads, || prepared.forward(&x));
                        assert!(some == all[..rows * size_out], "{precision:?} {rows} of {size_in} to {size_out}");
                    }
                }
            }
        }
    }
    Ok(())
}

#[test]
fn a_prepared_gru_equals_the_gru_and_a_row_does_not_depend_on_the_others() -> Result<()> {
    for precision in PRECISIONS {
        for (size_in, hidden) in [(1, 1), (5, 3), (37, 70), (256, 512)] {
            let weight = |shape: &[usize], seed| rounded((tensor(shape, seed)? * 0.2)?, precision);
            let weights = HashMap::from([
                ("input.weight".to_owned(), weight(&[3 * hidden, size_in], 1)?),
                ("input.bias".to_owned(), tensor(&[3 * hidden], 2)?),
                ("recurrent.weight".to_owned(), weight(&[3 * hidden, hidden], 3)?),
                ("recurrent.bias".to_owned(), tensor(&[1, hidden], 4)?),
            ]);
            let gru = Gru::new(size_in, hidden, VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu))?;
            let prepared = PreparedGru::new(&gru, precision)?;
            let (x, state) = (tensor(&[200, size_in], 5)?, tensor(&[200, hidden], 6)?);
            let all = prepared.step(&flat(&x)?, &flat(&state)?);
            let lengths = Lengths::new(vec![1; 200])?;
            let sequence = gru.sequence(&[&x.unsqueeze(1)?], &lengths, Direction::Forward, &state)?;
            assert_close(&all, &sequence, precision)?;
            for rows in ROWS {
                let (x, state) = (flat(&x.narrow(0, 0, rows)?)?, flat(&state.narrow(0, 0, rows)?)?);
                for threads in [1, 3] {
                    let some = on_threads(threads, || prepared.step(&x, &state));
                    assert!(some == all[..rows * hidden], "{precision:?} {rows} rows of {size_in} to {hidden}");
                }
            }
        }
    }
    Ok(())
}

#[test]
fn nan_in_a_row_gives_nan_in_that_row_only_with_8_bits() -> Result<()> {
    let weights = HashMap::from([("weight".to_owned(), tensor(&[40, 8], 1)?)]);
    let layer = Linear::without_bias(8, 40, VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu))?;
    let mut x = flat(&tensor(&[3, 8], 2)?)?;
    x[11] = f32::NAN;
    let y = PreparedLinear::new(&layer, Precision::Int8)?.forward(&x);
    let is_nan: Vec<bool> = y.chunks(40).map(|row| row.iter().all(|y| y.is_nan())).collect();
    assert_eq!(is_nan, [false, true, false]);
    Ok(())
}
