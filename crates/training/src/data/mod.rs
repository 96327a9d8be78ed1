//! Training data: from a corpus to the batches of a training step.

pub(crate) mod batch_sampler;
pub(crate) mod examples;
pub(crate) mod hold_out;
pub(crate) mod id_file;
pub(crate) mod index;
pub(crate) mod overlap;
pub(crate) mod placeholders;
pub(crate) mod preparation;
pub(crate) mod sampled_vocabulary;
pub(crate) mod short_list;
pub(crate) mod validation_pairs;
pub(crate) mod word_dropout;
