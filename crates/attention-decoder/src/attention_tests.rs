//! Attention: kernels against the reference, the reference against finite differences, formulas and PyTorch; padding.

use super::*;
use crate::test_support::{
    Parameters, SCORES, assert_close, assert_finite_differences, pseudo_random, uneven_sum, values_and_gradients,
    with_fixed_weights,
};
use candle_core::{DType, Device, Var};

/// Sizes of a case: sentences, target positions, source positions, and the width of queries, keys and values.
type Sizes = (usize, usize, usize, usize);

/// Returns all combinations of small sizes, and the size of a real model with `real_batch` sentences.
fn sizes(real_batch: usize) -> impl Iterator<Item = Sizes> {
    let lengths = [1, 2, 7];
    let pairs = lengths.into_iter().flat_map(move |target| lengths.map(|source| (target, source)));
    let batches = pairs.flat_map(|(target, source)| [1, 3].map(|batch| (batch, target, source)));
    let small = batches.flat_map(|(batch, target, source)| [1, 5, 16].map(|width| (batch, target, source, width)));
    small.chain([(real_batch, 16, 18, 512)])
}

/// Returns lengths of which the first is the longest; the others are shorter where possible.
fn lengths_of(batch: usize, longest: usize) -> Result<Lengths> {
    Lengths::new((0..batch).map(|row| if row == 0 { longest } else { 1 + (row * 3) % longest }).collect())
}

fn variable(shape: impl Into<candle_core::Shape>, seed: usize, dtype: DType) -> Result<Var> {
    Var::from_tensor(&pseudo_random(shape, 10 + seed, dtype)?)
}

/// Compares `fused` with `reference`, computed in `f32` and in `f64`, in value and gradients, for arguments of the
/// given shapes.
fn assert_fused_is_reference(
    what: &str,
    shapes: &[Vec<usize>],
    fused: impl Fn(&[Var]) -> Result<Tensor>,
    reference: impl Fn(&[Var]) -> Result<Tensor>,
) -> Result<()> {
    let variables = |dtype| -> Result<Vec<Var>> {
        shapes.iter().enumerate().map(|(seed, shape)| variable(shape.as_slice(), seed, dtype)).collect()
    };
    let (narrow, wide) = (variables(DType::F32)?, variables(DType::F64)?);
    let fused = values_and_gradients(&[fused(&narrow)?], &narrow)?;
    let same_type = values_and_gradients(&[reference(&narrow)?], &narrow)?;
    let exact = values_and_gradients(&[reference(&wide)?], &wide)?;
    for (part, fused) in fused.iter().enumerate() {
        let what = format!("{what}, part {part} of {shapes:?}");
        assert_close(fused, &same_type[part], 1e-5, &format!("{what} in f32"))?;
        assert_close(fused, &exact[part], 1e-5, &format!("{what} in f64"))?;
    }
    Ok(())
}

/// Sets scores `[batch, target, source]` to zero on padding, which the kernel does not compute and the reference does.
fn on_tokens(scores: &Tensor, lengths: &Lengths) -> Result<Tensor> {
    scores.broadcast_mul(&lengths.mask(scores.dtype(), scores.device())?.unsqueeze(1)?)
}

#[test]
fn the_kernel_of_additive_scores_equals_the_reference() -> Result<()> {
    for (batch, target, source, width) in sizes(64) {
        let lengths = lengths_of(batch, source)?;
        assert_fused_is_reference(
            "additive scores",
            &[vec![batch, target, width], vec![batch, source, width], vec![width]],
            |vars| additive_scores(&vars[0], &vars[1], &vars[2], &lengths),
            |vars| on_tokens(&reference::additive_scores(&vars[0], &vars[1], &vars[2])?, &lengths),
        )?;
    }
    Ok(())
}

#[test]
fn the_kernel_of_dot_scores_equals_the_reference() -> Result<()> {
    for (batch, target, source, width) in sizes(64) {
        let lengths = lengths_of(batch, source)?;
        assert_fused_is_reference(
            "dot scores",
            &[vec![batch, target, width], vec![batch, source, width]],
            |vars| dot_scores(&vars[0], &vars[1], &lengths),
            |vars| on_tokens(&reference::dot_scores(&vars[0], &vars[1])?, &lengths),
        )?;
    }
    Ok(())
}

#[test]
fn the_kernel_of_mlp_scores_equals_the_reference() -> Result<()> {
    // Of more sentences than tasks; of a sentence with more pairs than a block; of target positions with more pairs.
    for (batch, target, source, width) in sizes(9).chain([(2, 3, 300, 20), (40, 2, 3, 7)]) {
        let lengths = lengths_of(batch, source)?;
        let inner = |vars: &[Var]| {
            let named = [("weight", &vars[3]), ("bias", &vars[4])];
            let tensors = named.map(|(name, var)| (name.to_owned(), var.as_tensor().clone())).into();
            Linear::new(width, width, VarBuilder::from_tensors(tensors, vars[3].dtype(), &Device::Cpu))
        };
        assert_fused_is_reference(
            "mlp scores",
            &[vec![batch, target, width], vec![batch, source, width], vec![width], vec![width, width], vec![width]],
            |vars| mlp_scores(&vars[0], &vars[1], &inner(vars)?, &vars[2], &lengths),
            |vars| on_tokens(&reference::mlp_scores(&vars[0], &vars[1], &inner(vars)?, &vars[2])?, &lengths),
        )?;
    }
    Ok(())
}

#[test]
fn target_positions_that_the_loss_does_not_depend_on_add_nothing_to_the_gradients_of_mlp_scores() -> Result<()> {
    let lengths = lengths_of(3, 4)?;
    let used = |scores: Tensor| scores.narrow(1, 1, 2);
    let linear =
        |vars: &[Var]| Linear::tied(vars[3].as_tensor().clone(), VarBuilder::zeros(vars[3].dtype(), &Device::Cpu));
    assert_fused_is_reference(
        "mlp scores",
        &[vec![3, 5, 6], vec![3, 4, 6], vec![6], vec![6, 6]],
        |vars| used(mlp_scores(&vars[0], &vars[1], &linear(vars)?, &vars[2], &lengths)?),
        |vars| used(on_tokens(&reference::mlp_scores(&vars[0], &vars[1], &linear(vars)?, &vars[2])?, &lengths)?),
    )
}

#[test]
fn the_kernel_of_softmax_equals_the_reference() -> Result<()> {
    for (batch, target, source, _) in sizes(64) {
        let lengths = lengths_of(batch, source)?;
        // Scores up to ±4 give weights from nearly 0 to nearly 1.
        assert_fused_is_reference(
            "softmax",
            &[vec![batch, target, source]],
            |vars| softmax(&(vars[0].as_tensor() * 8.0)?, &lengths),
            |vars| reference::softmax(&(vars[0].as_tensor() * 8.0)?, &lengths),
        )?;
    }
    Ok(())
}

#[test]
fn the_kernel_of_weighted_sum_equals_the_reference() -> Result<()> {
    for (batch, target, source, width) in sizes(64) {
        let lengths = lengths_of(batch, source)?;
        // Both get weights of zero on padding, as from a softmax.
        assert_fused_is_reference(
            "weighted sum",
            &[vec![batch, target, source], vec![batch, source, width]],
            |vars| weighted_sum(&on_tokens(&vars[0], &lengths)?, &vars[1], &lengths),
            |vars| reference::weighted_sum(&on_tokens(&vars[0], &lengths)?, &vars[1]),
        )?;
    }
    Ok(())
}

#[test]
fn arguments_that_do_not_fit_the_lengths_are_refused() -> Result<()> {
    let lengths = Lengths::new(vec![3, 1])?;
    let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F32, &Device::Cpu);
    let (queries, keys, v) = (zeros(&[2, 4, 5])?, zeros(&[2, 3, 5])?, zeros(&[5])?);
    assert_eq!(additive_scores(&queries, &keys, &v, &lengths)?.dims(), [2, 4, 3]);
    for queries in [zeros(&[3, 4, 5])?, zeros(&[1, 4, 5])?, zeros(&[2, 4, 6])?] {
        assert!(additive_scores(&queries, &keys, &v, &lengths).is_err(), "queries {:?}", queries.shape());
        assert!(dot_scores(&queries, &keys, &lengths).is_err(), "queries {:?}", queries.shape());
    }
    for keys in [zeros(&[3, 3, 5])?, zeros(&[2, 2, 5])?, zeros(&[2, 4, 5])?] {
        assert!(additive_scores(&queries, &keys, &v, &lengths).is_err(), "keys {:?}", keys.shape());
        assert!(dot_scores(&queries, &keys, &lengths).is_err(), "keys {:?}", keys.shape());
        assert!(weighted_sum(&zeros(&[2, 4, 3])?, &keys, &lengths).is_err(), "values {:?}", keys.shape());
    }
    for v in [zeros(&[4])?, zeros(&[6])?] {
        assert!(additive_scores(&queries, &keys, &v, &lengths).is_err(), "v {:?}", v.shape());
    }
    for inner in [zeros(&[5, 4])?, zeros(&[4, 5])?, zeros(&[6, 6])?] {
        let layer = Linear::tied(inner.clone(), VarBuilder::zeros(DType::F32, &Device::Cpu))?;
        assert!(mlp_scores(&queries, &keys, &layer, &v, &lengths).is_err(), "inner {:?}", inner.shape());
    }
    for weights in [zeros(&[3, 4, 3])?, zeros(&[2, 4, 2])?] {
        assert!(softmax(&weights, &lengths).is_err(), "scores {:?}", weights.shape());
        assert!(weighted_sum(&weights, &keys, &lengths).is_err(), "weights {:?}", weights.shape());
    }
    Ok(())
}

/// An attention with its parameters, queries and annotations.
struct Case {
    attention: Attention,
    parameters: Parameters,
    query: Var,
    states: Var,
    annotations: Annotations,
}

impl Case {
    fn new(score: Score, sizes: Sizes, dtype: DType) -> Result<Self> {
        // If the inner layer had the size of queries or values, a mix-up would not be noticed.
        Self::of(&AttentionConfig::new(score, sizes.3 + 2), sizes, dtype)
    }

    fn of(config: &AttentionConfig, (batch, target, source, width): Sizes, dtype: DType) -> Result<Self> {
        let annotation = AnnotationSize { states: width, embed: 1 };
        let value_size = annotation.total();
        let (attention, parameters) = with_fixed_weights(dtype, |vb| Attention::new(config, width, annotation, vb))?;
        let query = variable((batch, target, width), 0, dtype)?;
        let states = variable((batch, source, value_size), 1, dtype)?;
        let annotations = annotations(states.as_tensor(), lengths_of(batch, source)?)?;
        Ok(Self { attention, parameters, query, states, annotations })
    }

    fn named_variables(&self) -> Vec<(&str, &Var)> {
        let parameters = self.parameters.iter().map(|(name, var)| (name.as_str(), var));
        parameters.chain([("query", &self.query), ("annotations", &self.states)]).collect()
    }

    fn attend(&self) -> Result<Attended> {
        self.attention.attend(&self.query, &self.attention.memory(&self.annotations)?)
    }

    /// Computes `attend` by the reference, also in `f32`.
    fn attend_by_reference(&self) -> Result<Attended> {
        let Memory { keys, values, lengths } = self.attention.memory(&self.annotations)?;
        let weights = reference::softmax(&self.attention.reference_scores(&self.query, &keys)?, &lengths)?;
        Ok(Attended { context: reference::weighted_sum(&weights, &values)?, weights })
    }

    /// Returns context, weights, and the gradients of all variables.
    fn values_and_gradients(&self, attended: Attended) -> Result<Vec<Tensor>> {
        let variables: Vec<Var> = self.named_variables().into_iter().map(|(_, var)| var.clone()).collect();
        values_and_gradients(&[attended.context, attended.weights], &variables)
    }
}

fn annotations(states: &Tensor, lengths: Lengths) -> Result<Annotations> {
    Ok(Annotations { summary: states.narrow(1, 0, 1)?.squeeze(1)?, states: states.clone(), lengths })
}

#[test]
fn attention_on_kernels_equals_the_reference() -> Result<()> {
    for score in SCORES {
        for sizes in sizes(2) {
            let (narrow, wide) = (Case::new(score, sizes, DType::F32)?, Case::new(score, sizes, DType::F64)?);
            let fused = narrow.values_and_gradients(narrow.attend()?)?;
            let same_type = narrow.values_and_gradients(narrow.attend_by_reference()?)?;
            let exact = wide.values_and_gradients(wide.attend()?)?;
            for (part, fused) in fused.iter().enumerate() {
                let what = format!("{score:?} {sizes:?} part {part}");
                assert_close(fused, &same_type[part], 1e-5, &format!("{what} in f32"))?;
                assert_close(fused, &exact[part], 1e-5, &format!("{what} in f64"))?;
            }
        }
    }
    Ok(())
}

#[test]
fn gradients_of_the_reference_are_finite_differences() -> Result<()> {
    for score in SCORES {
        let case = Case::new(score, (3, 2, 4, 3), DType::F64)?;
        assert_finite_differences(&case.named_variables(), &format!("{score:?}"), || {
            let attended = case.attend()?;
            uneven_sum(&[attended.context, attended.weights])
        })?;
    }
    Ok(())
}

/// Computes the score of one query and one key element by element, by the formulas in the documentation of [`Score`].
fn score_by_formula(config: &AttentionConfig, parameters: &Parameters, q: &[f64], k: &[f64]) -> Result<f64> {
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let vector = |name: &str| parameters[name].to_vec1::<f64>();
    let times = |name: &str, x: &[f64]| -> Result<Vec<f64>> {
        Ok(parameters[name].to_vec2::<f64>()?.iter().map(|row| dot(row, x)).collect())
    };
    let sum = |a: Vec<f64>, b: Vec<f64>| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a + b).collect() };
    let tanh = |x: Vec<f64>| -> Vec<f64> { x.into_iter().map(f64::tanh).collect() };
    let first = || -> Result<Vec<f64>> {
        let query = sum(times("query.weight", q)?, vector("query.bias")?);
        Ok(tanh(sum(query, times("key.weight", k)?)))
    };
    let root = (q.len() as f64).sqrt();
    Ok(match config.score {
        Score::Dot => dot(q, &k[..q.len()]) / root,
        Score::General if config.scaled => dot(q, &times("key.weight", k)?) / root,
        Score::General => dot(q, &times("key.weight", k)?),
        Score::Additive => dot(&vector("score.weight")?, &first()?),
        Score::Mlp => {
            let inner = tanh(sum(times("inner.weight", &first()?)?, vector("inner.bias")?));
            dot(&vector("score.weight")?, &inner)
        }
    })
}

#[test]
fn weights_follow_the_formula_of_their_score() -> Result<()> {
    let of_earlier_versions = AttentionConfig { scaled: false, ..AttentionConfig::new(Score::General, 7) };
    for config in SCORES.map(|score| AttentionConfig::new(score, 7)).into_iter().chain([of_earlier_versions]) {
        let case = Case::of(&config, (3, 2, 4, 5), DType::F64)?;
        let attended = case.attend()?;
        let (weights, context) = (attended.weights.to_vec3::<f64>()?, attended.context.to_vec3::<f64>()?);
        let (queries, states) = (case.query.to_vec3::<f64>()?, case.states.to_vec3::<f64>()?);
        for (row, &real) in case.annotations.lengths.as_slice().iter().enumerate() {
            for (at, query) in queries[row].iter().enumerate() {
                let annotations = &states[row][..real];
                let scores = annotations.iter().map(|k| score_by_formula(&config, &case.parameters, query, k));
                let powers = scores.map(|score| Ok(score?.exp())).collect::<Result<Vec<_>>>()?;
                let total: f64 = powers.iter().sum();
                for (weight, power) in weights[row][at].iter().zip(&powers) {
                    assert!((weight - power / total).abs() < 1e-12, "{config:?}: {weight} {}", power / total);
                }
                for (unit, context) in context[row][at].iter().enumerate() {
                    let weighted = annotations.iter().zip(&powers).map(|(value, power)| power / total * value[unit]);
                    let sum: f64 = weighted.sum();
                    assert!((context - sum).abs() < 1e-12, "{config:?}: {context} {sum}");
                }
            }
        }
    }
    Ok(())
}

#[test]
fn weights_of_a_row_sum_to_one_and_are_zero_on_padding() -> Result<()> {
    for score in SCORES {
        for dtype in [DType::F32, DType::F64] {
            let case = Case::new(score, (4, 3, 9, 5), dtype)?;
            let weights = case.attend()?.weights.to_dtype(DType::F64)?.to_vec3::<f64>()?;
            for (rows, &real) in weights.iter().zip(case.annotations.lengths.as_slice()) {
                for row in rows {
                    assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{score:?} {dtype:?}: {row:?}");
                    assert!(row[..real].iter().all(|weight| *weight > 0.0), "{score:?} {dtype:?}: {row:?}");
                    assert!(row[real..].iter().all(|weight| *weight == 0.0), "{score:?} {dtype:?}: {row:?}");
                }
            }
        }
    }
    Ok(())
}

/// Returns the largest difference between two tensors `[batch, ..]` for each sentence.
fn difference(a: &Tensor, b: &Tensor) -> Result<Vec<f64>> {
    (a - b)?.abs()?.flatten_from(1)?.max(1)?.to_dtype(DType::F64)?.to_vec1()
}

#[test]
fn weights_depend_only_on_annotations_and_query_of_their_own_sentence() -> Result<()> {
    for score in SCORES {
        for dtype in [DType::F32, DType::F64] {
            let case = Case::new(score, (3, 2, 4, 5), dtype)?;
            let before = case.attend()?;
            let assert_second_alone = |after: &Attended, what: &str| -> Result<()> {
                let what = format!("{score:?} {dtype:?}: {what}");
                for (a, b) in [(&before.weights, &after.weights), (&before.context, &after.context)] {
                    let moved = difference(a, b)?;
                    assert!(moved[1] > 1e-3, "{what}: {moved:?}");
                    assert_eq!([moved[0], moved[2]], [0.0, 0.0], "{what}: {moved:?}");
                }
                Ok(())
            };

            // The last token of the second sentence.
            let mut change = vec![0.0; case.states.elem_count()];
            let (_, source, width) = case.states.dims3()?;
            let last = source + case.annotations.lengths.as_slice()[1] - 1;
            change[last * width] = 1.0;
            let change = Tensor::from_vec(change, case.states.shape(), &Device::Cpu)?.to_dtype(dtype)?;
            let moved = annotations(&(case.states.as_tensor() + change)?, case.annotations.lengths.clone())?;
            let memory = case.attention.memory(&moved)?;
            assert_second_alone(&case.attention.attend(&case.query, &memory)?, "after a changed annotation")?;

            let mut change = vec![0.0; case.query.elem_count()];
            change[2 * 5..4 * 5].fill(1.0);
            let change = Tensor::from_vec(change, case.query.shape(), &Device::Cpu)?.to_dtype(dtype)?;
            let memory = case.attention.memory(&case.annotations)?;
            let after = case.attention.attend(&(case.query.as_tensor() + change)?, &memory)?;
            assert_second_alone(&after, "after a changed query")?;
        }
    }
    Ok(())
}

#[test]
fn annotations_on_padding_are_never_read() -> Result<()> {
    for score in SCORES {
        let case = Case::new(score, (3, 2, 7, 5), DType::F32)?;
        let mask = case.annotations.lengths.mask(DType::F32, &Device::Cpu)?.unsqueeze(2)?;
        let noise = (case.states.as_tensor().broadcast_mul(&((mask * -9.0)? + 9.0)?))?;
        let noisy = annotations(&(case.states.as_tensor() + noise)?, case.annotations.lengths.clone())?;
        let (clean, noisy) = (case.attend()?, case.attention.attend(&case.query, &case.attention.memory(&noisy)?)?);
        assert_eq!(clean.weights.to_vec3::<f32>()?, noisy.weights.to_vec3::<f32>()?, "{score:?}");
        assert_eq!(clean.context.to_vec3::<f32>()?, noisy.context.to_vec3::<f32>()?, "{score:?}");
    }
    Ok(())
}

#[test]
fn a_dot_score_of_unequal_sizes_is_refused_with_a_remedy() {
    let config = AttentionConfig::new(Score::Dot, 1);
    let vb = VarBuilder::zeros(DType::F32, &Device::Cpu);
    let message = Attention::new(&config, 4, AnnotationSize { states: 6, embed: 2 }, vb);
    let message = message.expect_err("sizes 4 and 6 differ").to_string();
    for part in ["4 units", "encoder 6", "`general`"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn parameters_of_each_score_have_the_names_of_model_files() -> Result<()> {
    let names = |score| -> Result<Vec<String>> {
        let config = AttentionConfig::new(score, 5);
        let annotation = AnnotationSize { states: 4, embed: 2 };
        let (_, parameters) = with_fixed_weights(DType::F32, |vb| Attention::new(&config, 4, annotation, vb))?;
        Ok(parameters.iter().map(|(name, var)| format!("{name} {:?}", var.dims())).collect())
    };
    assert_eq!(names(Score::Dot)?, [""; 0]);
    assert_eq!(names(Score::General)?, ["key.weight [4, 6]"]);
    assert_eq!(
        names(Score::Additive)?,
        ["key.weight [5, 6]", "query.bias [5]", "query.weight [5, 4]", "score.weight [5]"]
    );
    assert_eq!(
        names(Score::Mlp)?,
        [
            "inner.bias [5]",
            "inner.weight [5, 5]",
            "key.weight [5, 6]",
            "query.bias [5]",
            "query.weight [5, 4]",
            "score.weight [5]",
        ]
    );
    Ok(())
}

/// Returns a tensor of multiples of 1/8, equal to `fixed` in the Python code below.
fn fixed(shape: &[usize], seed: usize, dtype: DType) -> Result<Tensor> {
    let count = shape.iter().product::<usize>();
    let data: Vec<f64> = (0..count).map(|i| (((i * 37 + seed * 11) % 23) as f64 - 11.0) / 8.0).collect();
    Tensor::from_vec(data, shape, &Device::Cpu)?.to_dtype(dtype)
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
// query, annotations = fixed((2, 2, 3), 0), fixed((2, 4, 2), 1)
// w, b, u, v = fixed((3, 3), 2), fixed((3,), 3), fixed((3, 2), 4), fixed((3,), 5)
// padding = torch.arange(4) >= torch.tensor([[4], [2]])
// linear = torch.nn.functional.linear
// pairs = linear(query, w, b)[:, :, None] + linear(annotations, u)[:, None]
// scores = torch.tanh(pairs) @ v
// weights = scores.masked_fill(padding[:, None], float("-inf")).softmax(-1)
// torch.set_printoptions(precision=8)
// print(weights, weights @ annotations)
// ```
#[test]
fn additive_attention_equals_pytorch() -> Result<()> {
    let weights = [
        [[0.32074028, 0.29594270, 0.25167887, 0.13163814], [0.20275520, 0.25110214, 0.34345756, 0.20268510]],
        [[0.43027103, 0.56972897, 0.0, 0.0], [0.35267513, 0.64732487, 0.0, 0.0]],
    ];
    let context = [
        [[0.36792464, -0.37861570], [0.38357569, -0.15870464]],
        [[-0.01891940, 0.09310983], [0.02957804, -0.08148095]],
    ];
    for (dtype, tolerance) in [(DType::F32, 1e-6), (DType::F64, 1e-7)] {
        let fixed = |shape: &[usize], seed| fixed(shape, seed, dtype);
        let parameters = [
            ("query.weight", fixed(&[3, 3], 2)?),
            ("query.bias", fixed(&[3], 3)?),
            ("key.weight", fixed(&[3, 2], 4)?),
            ("score.weight", fixed(&[3], 5)?),
        ];
        let parameters = parameters.map(|(name, tensor)| (name.to_string(), tensor)).into();
        let vb = VarBuilder::from_tensors(parameters, dtype, &Device::Cpu);
        let attention =
            Attention::new(&AttentionConfig::new(Score::Additive, 3), 3, AnnotationSize { states: 2, embed: 0 }, vb)?;
        let annotations = annotations(&fixed(&[2, 4, 2], 1)?, Lengths::new(vec![4, 2])?)?;
        let attended = attention.attend(&fixed(&[2, 2, 3], 0)?, &attention.memory(&annotations)?)?;
        let weights = Tensor::new(&weights, &Device::Cpu)?;
        let context = Tensor::new(&context, &Device::Cpu)?;
        assert_close(&attended.weights.to_dtype(DType::F64)?, &weights, tolerance, "weights")?;
        assert_close(&attended.context.to_dtype(DType::F64)?, &context, tolerance, "context")?;
    }
    Ok(())
}
