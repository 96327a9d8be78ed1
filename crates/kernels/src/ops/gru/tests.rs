//! The fused GRU equals its reference, and a sentence does not depend on the others.

use super::*;
use crate::test_data::tensor;
use candle_core::{DType, Device, Var};

/// Size of the input: odd, so that a wrong shape cannot fit by chance.
const SIZE: usize = 3;

/// Returns input, starting states, and the weights in the order of [`gru`].
fn variables(batch: usize, len: usize, hidden: usize, dtype: DType) -> Result<Vec<Var>> {
    [
        vec![batch, len, SIZE],
        vec![batch, hidden],
        vec![3 * hidden, hidden],
        vec![1, hidden],
        vec![3 * hidden, SIZE],
        vec![3 * hidden],
    ]
    .iter()
    .enumerate()
    .map(|(seed, shape)| {
        // Recurrent weights as small as those of a trained model: larger ones make the states chaotic, and rounding
        // errors grow with every step.
        let scale = if seed == 2 { 0.5 / (hidden as f64).sqrt() } else { 0.5 };
        Var::from_tensor(&tensor(shape, seed + 1, scale, dtype)?)
    })
    .collect()
}

fn gru(vars: &[Var]) -> Result<Gru> {
    let weight = |index: usize| vars[index].as_tensor().clone();
    Ok(Gru {
        input: weight(4),
        bias: weight(5),
        recurrent: weight(2),
        candidate_bias: weight(3),
        hidden: vars[2].dim(1)?,
    })
}

/// Returns the states of the fused kernel, with the whole input as one part.
fn fused(vars: &[Var], lengths: &Lengths, direction: Direction) -> Result<Tensor> {
    gru(vars)?.sequence(&[&vars[0]], lengths, direction, &vars[1])
}

fn reference(vars: &[Var], lengths: &Lengths, direction: Direction) -> Result<Tensor> {
    gru(vars)?.sequence_reference(&vars[0], lengths, direction, &vars[1])
}

/// Returns states, and the gradients of a sum of them with unequal weights.
fn values_and_gradients(states: Tensor, vars: &[Var]) -> Result<Vec<Tensor>> {
    let uneven = tensor(states.dims(), 9, 0.5, states.dtype())?;
    let grads = crate::backward(&(&states * uneven)?.sum_all()?)?;
    let mut all = vec![states];
    for var in vars {
        all.push(grads.get(var)?.expect("every argument has a gradient"));
    }
    all.iter().map(|tensor| tensor.to_dtype(DType::F64)).collect()
}

fn assert_close(a: &Tensor, b: &Tensor, tolerance: f64, what: &str) -> Result<()> {
    let difference = (a - b)?.abs()?.max_all()?.to_scalar::<f64>()?;
    let size = b.abs()?.max_all()?.to_scalar::<f64>()?.max(1.0);
    assert!(difference <= tolerance * size, "{what}: {difference} of {size}");
    Ok(())
}

fn lengths_of(batch: usize, len: usize) -> Result<Lengths> {
    Lengths::new((0..batch).map(|row| if row == 0 { len } else { 1 + (row * 3) % len }).collect())
}

#[test]
fn the_fused_sequence_equals_the_reference_in_value_and_gradient() -> Result<()> {
    for direction in [Direction::Forward, Direction::Backward] {
        for (batch, len, hidden) in [1, 2, 7]
            .into_iter()
            .flat_map(|l| [1, 3].into_iter().flat_map(move |b| [1, 5, 16].map(|h| (b, l, h))))
            .chain([(64, 18, 256)])
        {
            let lengths = lengths_of(batch, len)?;
            let narrow = variables(batch, len, hidden, DType::F32)?;
            let wide = variables(batch, len, hidden, DType::F64)?;
            let fused = values_and_gradients(fused(&narrow, &lengths, direction)?, &narrow)?;
            let same_type = values_and_gradients(reference(&narrow, &lengths, direction)?, &narrow)?;
            let exact = values_and_gradients(reference(&wide, &lengths, direction)?, &wide)?;
            for (i, ((fused, same), exact)) in fused.iter().zip(&same_type).zip(&exact).enumerate() {
                let what = format!("{direction:?} batch {batch} len {len} hidden {hidden} part {i}");
                assert_close(fused, same, 1e-5, &what)?;
                assert_close(fused, exact, 1e-5, &what)?;
            }
        }
    }
    Ok(())
}

#[test]
fn reference_gradients_equal_finite_differences() -> Result<()> {
    let (batch, len, hidden) = (2, 3, 2);
    let lengths = Lengths::new(vec![3, 2])?;
    for direction in [Direction::Forward, Direction::Backward] {
        let vars = variables(batch, len, hidden, DType::F64)?;
        let total = |vars: &[Var]| -> Result<f64> {
            let states = reference(vars, &lengths, direction)?;
            (&states * tensor(states.dims(), 9, 0.5, DType::F64)?)?.sum_all()?.to_scalar::<f64>()
        };
        let gradients = values_and_gradients(reference(&vars, &lengths, direction)?, &vars)?;
        for (index, var) in vars.iter().enumerate() {
            let original = var.flatten_all()?.to_vec1::<f64>()?;
            let analytic = gradients[index + 1].flatten_all()?.to_vec1::<f64>()?;
            for at in 0..original.len() {
                let moved = |by: f64| -> Result<f64> {
                    let mut data = original.clone();
                    data[at] += by;
                    var.set(&Tensor::from_vec(data, var.shape(), &Device::Cpu)?)?;
                    total(&vars)
                };
                let numeric = (moved(1e-5)? - moved(-1e-5)?) / 2e-5;
                assert!(
                    (numeric - analytic[at]).abs() < 1e-8,
                    "argument {index} element {at}: {numeric} {}",
                    analytic[at]
                );
            }
            var.set(&Tensor::from_vec(original, var.shape(), &Device::Cpu)?)?;
        }
    }
    Ok(())
}

#[test]
fn a_sentence_has_the_same_states_alone_and_in_a_padded_batch() -> Result<()> {
    let (batch, len, hidden) = (3, 7, 16);
    let lengths = lengths_of(batch, len)?;
    let vars = variables(batch, len, hidden, DType::F32)?;
    for direction in [Direction::Forward, Direction::Backward] {
        let batch_states = fused(&vars, &lengths, direction)?;
        for (row, &real) in lengths.as_slice().iter().enumerate() {
            let mut alone = vars.clone();
            alone[0] = Var::from_tensor(&vars[0].narrow(0, row, 1)?.narrow(1, 0, real)?.contiguous()?)?;
            alone[1] = Var::from_tensor(&vars[1].narrow(0, row, 1)?)?;
            let alone = fused(&alone, &Lengths::new(vec![real])?, direction)?;
            let same = batch_states.narrow(0, row, 1)?.narrow(1, 0, real)?;
            assert_eq!(alone.to_vec3::<f32>()?, same.to_vec3::<f32>()?, "{direction:?} row {row}");
        }
    }
    Ok(())
}

#[test]
fn states_are_the_same_without_a_backward_pass() -> Result<()> {
    let vars = variables(3, 7, 16, DType::F32)?;
    let lengths = lengths_of(3, 7)?;
    let constants: Vec<Tensor> = vars.iter().map(|var| var.as_detached_tensor()).collect();
    let frozen = Gru {
        input: constants[4].clone(),
        bias: constants[5].clone(),
        recurrent: constants[2].clone(),
        candidate_bias: constants[3].clone(),
        hidden: 16,
    };
    for direction in [Direction::Forward, Direction::Backward] {
        let plain = frozen.sequence(&[&constants[0]], &lengths, direction, &constants[1])?;
        assert!(!plain.track_op());
        assert_eq!(plain.to_vec3::<f32>()?, fused(&vars, &lengths, direction)?.to_vec3::<f32>()?, "{direction:?}");
    }
    Ok(())
}

#[test]
fn two_inputs_are_read_as_their_concatenation() -> Result<()> {
    let (batch, len, hidden) = (3, 7, 16);
    let lengths = lengths_of(batch, len)?;
    let vars = variables(batch, len, hidden, DType::F32)?;
    let (first, second) = (vars[0].narrow(2, 0, 1)?, vars[0].narrow(2, 1, SIZE - 1)?);
    for direction in [Direction::Forward, Direction::Backward] {
        let parts = gru(&vars)?.sequence(&[&first, &second], &lengths, direction, &vars[1])?;
        let parts = values_and_gradients(parts, &vars)?;
        for (part, whole) in parts.iter().zip(values_and_gradients(fused(&vars, &lengths, direction)?, &vars)?) {
            assert_close(part, &whole, 1e-6, "parts")?;
        }
    }
    Ok(())
}

#[test]
fn a_bidirectional_layer_concatenates_the_states_of_both_directions() -> Result<()> {
    let (batch, len, hidden) = (3, 7, 16);
    let lengths = lengths_of(batch, len)?;
    let (left, mut right) = (variables(batch, len, hidden, DType::F32)?, variables(batch, len, hidden, DType::F32)?);
    for var in &mut right[2..] {
        *var = Var::from_tensor(&(var.as_tensor() * -0.5)?)?;
    }
    right[0] = left[0].clone();
    let zeros = Tensor::zeros((batch, hidden), DType::F32, &Device::Cpu)?;
    let all: Vec<Var> = left.iter().chain(&right[2..]).filter(|var| var.dims() != [batch, hidden]).cloned().collect();
    let fused = Gru::bidirectional(&gru(&left)?, &gru(&right)?, &left[0], &lengths)?;
    let apart = [
        gru(&left)?.sequence_reference(&left[0], &lengths, Direction::Forward, &zeros)?,
        gru(&right)?.sequence_reference(&left[0], &lengths, Direction::Backward, &zeros)?,
    ];
    let apart = values_and_gradients(Tensor::cat(&apart, D::Minus1)?, &all)?;
    for (part, (a, b)) in values_and_gradients(fused, &all)?.iter().zip(&apart).enumerate() {
        assert_close(a, b, 1e-5, &format!("part {part}"))?;
    }
    Ok(())
}

#[test]
fn a_trained_layer_with_constant_inputs_is_rejected() -> Result<()> {
    let vars = variables(1, 2, 5, DType::F32)?;
    let (x, start) = (vars[0].as_detached_tensor(), vars[1].as_detached_tensor());
    assert!(gru(&vars)?.sequence(&[&x], &Lengths::new(vec![2])?, Direction::Forward, &start).is_err());
    Ok(())
}
