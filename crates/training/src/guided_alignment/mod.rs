//! Guided alignment: links between words, and the loss that trains the aligner on them.

pub(crate) mod links;
pub(crate) mod loss;
