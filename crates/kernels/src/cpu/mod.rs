//! Tools of the CPU kernels: instruction sets, matrix products, buffers, threads.

#[macro_use]
pub mod simd;
pub(crate) mod buffers;
pub(crate) mod int8_dot;
pub(crate) mod log_softmax;
pub(crate) mod matmul;
pub(crate) mod packed;
pub(crate) mod runtime;
pub(crate) mod storage;
