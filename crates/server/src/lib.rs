//! Translations over HTTP.

mod model_argument;

pub use model_argument::{ModelArgument, ModelArgumentError};
