//! A parallel corpus to a trained model directory.
//!
//! The one decision of this crate: the training step is the only clock. The learning rate, the order of the data and
//! every random draw are functions of (seed, step) alone, so the same seed, corpus, number of steps and thread count
//! give the same weights, byte for byte, and a time budget is turned into a number of steps once. The price is that
//! nothing may react to the time of day.
//!
//! ```no_run
//! use glosser_text::{Columns, CorpusFiles};
//! use glosser_training::{Job, Outcome, Overrides, train};
//!
//! let files = CorpusFiles::Tsv { path: "pairs.tsv".into(), columns: Columns::DEFAULT };
//! let job = Job {
//!     corpus: files.into(),
//!     dev: None,
//!     guide: None,
//!     from: None,
//!     directory: "my-model".into(),
//!     overwrite: false,
//!     save_every: std::time::Duration::from_secs(120),
//!     overrides: Overrides::default(),
//! };
//! let never = || false;
//! if let Outcome::Finished(summary) = train(job, &never, &mut |event| println!("{event:?}"))? {
//!     println!("BLEU {:.2} on the pairs held out", summary.dev_bleu);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod data;
mod events;
mod guided_alignment;
mod job;
mod parameters;
mod run;
mod settings;
mod streams;
mod training_directory;

pub use data::examples::Examples;
pub use data::word_dropout::NoiseSettings;
pub use events::diagnostic::{Advice, Warning};
pub use events::event::{Event, Preparation, Progress, Sample, Summary, Validation};
pub use events::log::read_log;
pub use guided_alignment::links::{GivenLinks, GuidedAlignmentSettings, LinkSource};
pub use job::{Job, is_interrupted, train};
pub use parameters::Parameters;
pub use run::loss::loss;
pub use run::schedule::learning_rate;
pub use run::training_loop::Outcome;
pub use settings::limits::BadSettings;
pub use settings::{Budget, ModelSettings, Overrides, Settings, TokenizerSettings, TrainingSettings};
pub use streams::{Purpose, stream};
pub use training_directory::{DirectoryLock, TrainingDirectory};
