//! Tensor operations of a translator with attention, each with a hand-written backward pass and a readable reference.
//!
//! # Two versions of everything
//!
//! On the CPU in `f32`, an operation that candle would compute with many small graph nodes is one node here, with its
//! gradient derived by hand. The price is that every such operation exists twice. The readable version, in plain candle
//! operations, is the specification: it runs on every other device and number type, and tests compare the value and
//! every gradient of both versions. A reference is in the crate that owns the concept: attention's in
//! `glosser-attention-decoder`, the loss's in `glosser-training`, those of the GRU and of the linear layer in this
//! crate.
//!
//! # Operations
//!
//! | operation | computes | file | source |
//! | --- | --- | --- | --- |
//! | [`Linear`] | y = x Wᵀ + b | `ops/linear.rs` | |
//! | [`Embedding`] | token ids to scaled vectors | `ops/embedding.rs` | Vaswani et al. 2017, section 3.4 |
//! | [`Gru::sequence`], [`Gru::bidirectional`] | a gated recurrent unit over a padded batch, in one direction or both | `ops/gru/` | Cho et al. 2014, reset gate after the matrix product |
//! | [`additive_scores`] | vᵀ tanh(q + k) for every query and key | `ops/attention/scores.rs` | Bahdanau et al. 2015, section 3.1 |
//! | [`mlp_scores`] | vᵀ tanh(W₂ tanh(q + k) + b) for every query and key | `ops/attention/mlp/` | |
//! | [`dot_scores`] | q·k for every query and key | `ops/attention/scores.rs` | Luong et al. 2015, section 3.1 |
//! | [`softmax`] | scores to attention weights, padding excluded | `ops/attention/softmax.rs` | |
//! | [`weighted_sum`] | weights and values to contexts | `ops/attention/weighted_sum.rs` | Bahdanau et al. 2015, equation 5 |
//! | [`Linear::cross_entropy`] | output layer and label-smoothed loss, over the whole or a [`SampledVocabulary`] | `ops/cross_entropy.rs` | Szegedy et al. 2016, section 7; Jean et al. 2015, section 3 |
//! | [`dropout`] | inverted dropout from a seeded generator | `ops/dropout.rs` | Srivastava et al. 2014 |
//! | [`Adam`] | gradient clipping and one optimiser step | `ops/adam.rs` | Kingma and Ba 2015, algorithm 1 |
//! | [`PreparedLinear`], [`PreparedGru`], [`attend`] | the same layers for search: few rows, no gradients | `inference/` | |
//!
//! `cpu/` holds the tools of these operations: instruction sets, matrix products, buffers.
//!
//! # Shapes
//!
//! Documentation names the shape of every tensor and slice, row-major, by these letters:
//!
//! | letter | length |
//! | --- | --- |
//! | B | batch: number of sentences |
//! | S, T | source length, target length: tokens of the longest sentence of the batch |
//! | L | length of a batch where source and target are treated alike |
//! | N | all real tokens of the batch, one sentence after the other, without padding |
//! | R | independent rows, such as the hypotheses of a search |
//! | H | hidden size: units of a recurrent state |
//! | A | attention size: elements of a query or a key |
//! | D | elements of a vector: the input of a layer, an embedding, an attention value |
//! | V | vocabulary: number of tokens |
//!
//! # Invariants
//!
//! The result for a sentence does not depend on the other sentences of its batch. Sums over source positions run over
//! the sentence's own length in a fixed order. A matrix product with few rows is padded, because the matrix library
//! would otherwise add in another order. Layers for search add from the first element to the last.
//!
//! One binary serves every processor: [`widest!`] and the products of search choose the instruction set at run time.
//!
//! ```
//! use candle_core::{Device, Tensor};
//! use glosser_kernels::{Lengths, softmax};
//!
//! // Two sentences, of three tokens and of two: the padding of the second gets no weight.
//! let scores = Tensor::zeros((2, 1, 3), candle_core::DType::F32, &Device::Cpu)?;
//! let weights = softmax(&scores, &Lengths::new(vec![3, 2])?)?;
//! assert_eq!(weights.to_vec3::<f32>()?[1], [[0.5, 0.5, 0.0]]);
//! # Ok::<(), candle_core::Error>(())
//! ```

#![allow(clippy::needless_range_loop, reason = "loops over indices become vector instructions without inlining")]

#[macro_use]
mod cpu;
mod inference;
mod lengths;
mod ops;
#[cfg(test)]
mod test_data;

pub use cpu::log_softmax::log_softmax_rows;
pub use cpu::matmul::{Matrix, matmul};
pub use cpu::runtime::{keep_candle_single_threaded, keep_freed_memory};
pub use cpu::simd;
pub use inference::{Precision, PreparedGru, PreparedLinear, QuantizedMatrix, attend, attend_by_scores};
pub use lengths::Lengths;
pub use ops::adam::{Adam, AdamConfig};
pub use ops::attention::{additive_scores, dot_scores, mlp_scores, softmax, weighted_sum};
pub use ops::autograd::{Gradients, backward};
pub use ops::cross_entropy::CrossEntropy;
pub use ops::dropout::{Pass, dropout};
pub use ops::elementwise::{concat_tokens, end_states, tanh, tanh_in_place};
pub use ops::embedding::Embedding;
pub use ops::gru::{Direction, Gru};
pub use ops::linear::Linear;
pub use ops::sampled_vocabulary::SampledVocabulary;

use candle_core::{DType, Tensor};

/// Returns whether the fused kernels serve a tensor (of any shape): `f32` on the CPU. The caller decides before it
/// applies an operation, because a graph node cannot switch to the reference later.
pub fn is_fused(tensor: &Tensor) -> bool {
    tensor.device().is_cpu() && tensor.dtype() == DType::F32
}
