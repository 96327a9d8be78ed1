//! The translator: encoder and attention decoder assembled, with search, text in and text out, and the model directory.
//!
//! The one decision of this crate: a [`Translation`] carries its attention, always, and has no tensor left in it. What
//! the model looked at survives greedy and beam search, batching and forced decoding as plain numbers. The price is a
//! row of weights for every token of every live hypothesis.
//!
//! A second one: a translation depends on its sentence alone, bit for bit; not on its neighbours, the size of the
//! batch or the number of threads.
//!
//! ```no_run
//! use glosser_translator::Translator;
//!
//! let translator = Translator::load("my-model".as_ref())?;
//! for translation in translator.translate(&["A dog runs.", "Two men are talking."])? {
//!     println!("{} ({:.2})", translation.text, translation.log_prob);
//! }
//! # Ok::<(), glosser_translator::TranslatorError>(())
//! ```

mod beam;
mod card;
mod copying;
mod directory;
mod encoder_decoder;
mod error;
mod expand_placeholders;
mod explain;
mod file;
mod header;
mod model;
mod parameters;
mod pieces;
mod quantized_weights;
mod search;
mod search_trace;
mod source;
mod tokenizers;
mod translation;
mod translator;
mod weights;
mod workers;

pub use beam::Status;
pub use card::{FORMAT_VERSION, FittedSearch, ModelCard, Origin, Provenance};
pub use copying::Copying;
pub use directory::ModelDirectory;
pub use encoder_decoder::EncoderDecoder;
pub use error::TranslatorError;
pub use explain::{ActiveHypothesis, Expansion, Explanation, SearchStep};
pub use model::{Batch, Model, ModelConfig, TargetScores, Weighting};
pub use quantized_weights::quantize_weights;
pub use search::{Hypothesis, SearchOptions, Searcher};
pub use tokenizers::Tokenizers;
pub use translation::{ScoredTranslation, Translation, WordView};
pub use translator::Translator;
pub use weights::{read_weights, write_weights};
