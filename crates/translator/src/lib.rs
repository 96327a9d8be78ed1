//! The translator: encoder and attention decoder assembled, with search, text in and text out, and the model directory.
//!
//! The main decision of this crate: a [`Translation`] carries its attention as plain `f32` values, not tensors. Greedy
//! search, beam search, batches and forced decoding all keep it. The price is one row of weights for every token of
//! every active hypothesis.
//!
//! The second: a translation depends on its sentence alone, bit for bit; not on other sentences of the batch, the size
//! of the batch or the number of threads.
//!
//! ```no_run
//! use glosser_translator::Translator;
//!
//! let translator = Translator::load("my-model".as_ref())?;
//! for translation in translator.translate(&["A dog runs.", "Two men are talking."])? {
//!     println!("{} ({:.2})", translation.text, translation.log_prob);
//!     let words = translation.words();
//!     for (word, weights) in words.target.iter().zip(words.attention.matrix().rows()) {
//!         println!("    {word}: {weights:?}");
//!     }
//! }
//! # Ok::<(), glosser_translator::TranslatorError>(())
//! ```
//!
//! A [`Scorer`] computes the probability and the attention of translations that exist already:
//!
//! ```no_run
//! use glosser_translator::{Scorer, Weighting};
//!
//! let scorer = Scorer::load("my-model".as_ref())?;
//! for translation in scorer.score(&[("Ein Hund läuft.", "A dog runs.")], 32, Weighting::Aligner)? {
//!     println!("{:.2}", translation.log_prob);
//! }
//! # Ok::<(), glosser_translator::TranslatorError>(())
//! ```

mod card;
mod choices;
mod complete;
mod config;
mod directory;
mod encoder_decoder;
mod error;
mod exact_links;
mod expand_placeholders;
mod explain;
mod explanation_record;
mod file;
mod files_to_share;
mod given;
mod line_translation;
mod lines;
mod link_reading;
mod load_ensemble;
mod mark_places;
mod model;
mod model_files;
mod models;
mod pieces;
mod plain_text;
mod put_back;
mod quantized_weights;
mod record;
mod scorer;
mod search;
mod short_list;
mod source;
mod statistics;
mod tokenizers;
mod translation;
mod translator;
mod weighted;
mod weights;

pub use card::{DevMetric, FORMAT_VERSION, FittedSearch, LinkExponents, ModelCard, Origin, Provenance};
pub use choices::Choice;
pub use config::ModelConfig;
pub use directory::{ModelDirectory, OptionalFiles};
pub use encoder_decoder::EncoderDecoder;
pub use error::TranslatorError;
pub use exact_links::ExactLink;
pub use explain::{ActiveHypothesis, Expansion, Explanation, SearchStep};
pub use explanation_record::{EndedRecord, ExplanationRecord, ExtensionRecord, StepRecord};
pub use files_to_share::SharedModel;
pub use line_translation::{LineTranslation, SentenceTranslation};
pub use link_reading::LinkReading;
pub use model::{Batch, Model, TargetScores, Weighting};
pub use models::{LanguageError, ListedLanguage, ModelInformation, Models, ModelsError, ServedModel, TextWay, Way};
pub use plain_text::{AlignedSentences, PlainText, TranslatedText, Wanted};
pub use quantized_weights::{Quantization, quantize_weights};
pub use record::{ChoiceRecord, Record, SentenceRecord, character_ranges};
pub use scorer::Scorer;
pub use search::{Hypothesis, SearchOptions, Searcher, Status};
pub use short_list::ShortList;
pub use tokenizers::Tokenizers;
pub use translation::{TranslatedItem, Translation, WordView};
pub use translator::{Copying, Translator};
pub use weights::{read_weights, write_weights};
