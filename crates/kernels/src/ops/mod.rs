//! Operations of a training step, each with its gradient.

pub(crate) mod adam;
pub(crate) mod attention;
pub(crate) mod autograd;
pub(crate) mod cross_entropy;
pub(crate) mod dropout;
pub(crate) mod elementwise;
pub(crate) mod embedding;
pub(crate) mod gru;
pub(crate) mod linear;
pub(crate) mod sampled_vocabulary;
