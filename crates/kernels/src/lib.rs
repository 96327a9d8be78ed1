//! Tensor operations of an attention translator, each with a hand-written backward pass beside a readable reference.
//!
//! The one decision of this crate: on the CPU in `f32` an operation that a plain graph computes with many small
//! nodes is one node here, with its gradient derived by hand. The price is that every such kernel is written twice.
//! The readable version, in plain candle operations, is the specification: it serves every other device and type,
//! and tests hold the two equal in value and in every gradient. The reference of a kernel stands in the crate whose
//! concept it is (the attention's in `glosser-attention-decoder`, the loss's in `glosser-training`); the recurrent
//! sequence's and the linear layer's stand here.
//!
//! | operation | computes | source |
//! | --- | --- | --- |
//! | [`Linear`] | y = x Wᵀ + b | |
//! | [`Embedding`] | ids to vectors, scaled | Vaswani et al. 2017, section 3.4 |
//! | [`Gru::sequence`], [`Gru::bidirectional`] | a gated recurrent unit over a padded batch, either direction | Cho et al. 2014; reset after the product |
//! | [`additive_scores`] | vᵀ tanh(q + k) for every query and key | Bahdanau et al. 2015, section 3.1 |
//! | [`dot_scores`] | q·k for every query and key | Luong et al. 2015, section 3.1 |
//! | [`softmax`] | scores to weights over each sentence's own positions | |
//! | [`weighted_sum`] | weights and values to contexts | Bahdanau et al. 2015, equation 5 |
//! | [`Linear::cross_entropy`] | label-smoothed loss over a vocabulary or some of its words ([`SampledVocabulary`]) | Szegedy et al. 2016, section 7; Jean et al. 2015, section 3 |
//! | [`Adam`] | clipping by the global norm and one optimiser step | Kingma and Ba 2015, algorithm 1 |
//! | [`PreparedLinear`], [`PreparedGru`], [`attend`] | the same layers for search: a few rows at a time, no gradients | |
//!
//! A second promise: what is computed for one sentence does not depend on its neighbours. Sums over source positions
//! run over the sentence's own length in a fixed order, no matrix product has so few rows that the matrix library
//! would sum them in another order, and the layers for search sum from the first element to the last.
//!
//! One binary serves every processor: [`widest!`] and the products of search choose among instruction sets at run time.
//!
//! ```
//! use candle_core::{Device, Tensor};
//! use glosser_kernels::{Lengths, softmax};
//!
//! // Two sentences, of three words and of two: the padding of the second gets no weight.
//! let scores = Tensor::zeros((2, 1, 3), candle_core::DType::F32, &Device::Cpu)?;
//! let weights = softmax(&scores, &Lengths::new(vec![3, 2])?)?;
//! assert_eq!(weights.to_vec3::<f32>()?[1], [[0.5, 0.5, 0.0]]);
//! # Ok::<(), candle_core::Error>(())
//! ```

#![allow(clippy::needless_range_loop, reason = "loops over indices need no inlining to become wide instructions")]

#[macro_use]
mod cpu;
mod inference;
mod lengths;
mod ops;

pub use cpu::log_softmax::log_softmax_rows;
pub use cpu::matmul::{Matrix, matmul};
pub use cpu::recycling::RecyclingAllocator;
pub use cpu::runtime::{keep_candle_single_threaded, return_large_blocks};
pub use cpu::simd;
pub use inference::{Precision, PreparedGru, PreparedLinear, QuantizedMatrix, attend, attend_by_scores};
pub use lengths::Lengths;
pub use ops::adam::{Adam, AdamConfig};
pub use ops::attention::{additive_scores, dot_scores, softmax, weighted_sum};
pub use ops::autograd::{Gradients, backward};
pub use ops::cross_entropy::CrossEntropy;
pub use ops::dropout::{Pass, dropout};
pub use ops::elementwise::{concat_tokens, end_states, tanh, tanh_in_place};
pub use ops::embedding::Embedding;
pub use ops::gru::{Direction, Gru};
pub use ops::linear::Linear;
pub use ops::sampled_vocabulary::SampledVocabulary;

use candle_core::{DType, Tensor};

/// Whether the fused kernels serve this tensor: `f32` on the CPU. The choice is made before an operation is
/// applied, because an operation of the graph cannot change its mind.
pub fn is_fused(tensor: &Tensor) -> bool {
    tensor.device().is_cpu() && tensor.dtype() == DType::F32
}
