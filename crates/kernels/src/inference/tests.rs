//! Layers laid out for search give what the layers give.

use crate::{Direction, Gru, Lengths, Linear, Precision, PreparedGru, PreparedLinear, QuantizedMatrix};
use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;
use std::collections::HashMap;

fn numbers(shape: &[usize], seed: usize) -> Result<Tensor> {
    let count = shape.iter().product();
    let data: Vec<f32> = (0..count).map(|i| ((i * 7919 + seed * 104_729) % 1013) as f32 / 2026.0 - 0.25).collect();
    Tensor::from_vec(data, shape, &Device::Cpu)
}

fn flat(x: &Tensor) -> Result<Vec<f32>> {
    x.flatten_all()?.to_vec1()
}

/// Equal up to a share of the largest number, taken as at least one.
fn assert_close(prepared: &[f32], layer: &Tensor, precision: Precision) -> Result<()> {
    let layer = flat(layer)?;
    assert_eq!(prepared.len(), layer.len());
    // The weights of 8-bit layers are rounded on both sides, so what differs are the inputs: by 1/254 of the largest at
    // most, which nearly cancels in a sum.
    let share = if precision.is_f32() { 1e-5 } else { 0.01 };
    let largest = layer.iter().fold(1f32, |largest, x| largest.max(x.abs()));
    for (a, b) in prepared.iter().zip(&layer) {
        assert!((a - b).abs() <= share * largest, "{a} {b} of {largest}");
    }
    Ok(())
}

/// A weight as it is, or what 8-bit integers stand for.
fn rounded(weight: Tensor, precision: Precision) -> Result<Tensor> {
    if precision.is_f32() {
        return Ok(weight);
    }
    let numbers = QuantizedMatrix::quantize(&flat(&weight)?, weight.dim(1)?).dequantize();
    Tensor::from_vec(numbers, weight.shape(), &Device::Cpu)
}

/// What `work` comes to on so many threads.
fn on_threads(threads: usize, work: impl FnOnce() -> Vec<f32> + Send) -> Vec<f32> {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads").install(work)
}

const ROWS: [usize; 6] = [1, 2, 5, 17, 97, 200];
const PRECISIONS: [Precision; 2] = [Precision::F32, Precision::Int8];

#[test]
fn a_prepared_linear_layer_is_the_layer_and_a_row_the_same_bits_in_any_company() -> Result<()> {
    for precision in PRECISIONS {
        for (size_in, size_out) in [(1, 1), (5, 3), (37, 70), (256, 512)] {
            for has_bias in [true, false] {
                let weights = HashMap::from([
                    ("weight".to_owned(), rounded(numbers(&[size_out, size_in], 1)?, precision)?),
                    ("bias".to_owned(), numbers(&[size_out], 2)?),
                ]);
                let vb = VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu);
                let layer = match has_bias {
                    true => Linear::new(size_in, size_out, vb)?,
                    false => Linear::without_bias(size_in, size_out, vb)?,
                };
                let prepared = PreparedLinear::new(&layer, precision)?;
                let x = numbers(&[200, size_in], 3)?;
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
fn a_prepared_gru_is_the_gru_and_a_row_the_same_bits_in_any_company() -> Result<()> {
    for precision in PRECISIONS {
        for (size_in, hidden) in [(1, 1), (5, 3), (37, 70), (256, 512)] {
            let weight = |shape: &[usize], seed| rounded((numbers(shape, seed)? * 0.2)?, precision);
            let weights = HashMap::from([
                ("input.weight".to_owned(), weight(&[3 * hidden, size_in], 1)?),
                ("input.bias".to_owned(), numbers(&[3 * hidden], 2)?),
                ("recurrent.weight".to_owned(), weight(&[3 * hidden, hidden], 3)?),
                ("recurrent.bias".to_owned(), numbers(&[1, hidden], 4)?),
            ]);
            let gru = Gru::new(size_in, hidden, VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu))?;
            let prepared = PreparedGru::new(&gru, precision)?;
            let (x, state) = (numbers(&[200, size_in], 5)?, numbers(&[200, hidden], 6)?);
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
fn what_is_no_number_stays_none_with_8_bits() -> Result<()> {
    let weights = HashMap::from([("weight".to_owned(), numbers(&[40, 8], 1)?)]);
    let layer = Linear::without_bias(8, 40, VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu))?;
    let mut x = flat(&numbers(&[3, 8], 2)?)?;
    x[11] = f32::NAN;
    let y = PreparedLinear::new(&layer, Precision::Int8)?.forward(&x);
    let none: Vec<bool> = y.chunks(40).map(|row| row.iter().all(|y| y.is_nan())).collect();
    assert_eq!(none, [false, true, false]);
    Ok(())
}
