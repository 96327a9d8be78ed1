//! A training run: its loop, its steps, validation, rolling back, and its saved state.

pub(crate) mod checkpoint;
pub(crate) mod direction_agreement;
pub(crate) mod keep_budget;
pub(crate) mod link_exponents;
pub(crate) mod loss;
pub(crate) mod meter;
pub(crate) mod parent_model;
pub(crate) mod prepared_training;
pub(crate) mod progress;
pub(crate) mod rollback;
pub(crate) mod run_identity;
pub(crate) mod snapshot;
pub(crate) mod step;
pub(crate) mod time_budget;
pub(crate) mod training_loop;
pub(crate) mod validation;
pub(crate) mod validation_metric;
pub(crate) mod validation_sample;
