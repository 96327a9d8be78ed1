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

mod asked;
mod base;
mod batches;
mod candidates;
mod coach;
mod data;
mod event;
mod guide;
mod guided;
mod hold_out;
mod id_file;
mod index;
mod job;
mod limits;
mod log;
mod loss;
mod meter;
mod moved;
mod noise;
mod parameters;
mod preparation;
mod recovery;
mod remark;
mod run;
mod schedule;
mod settings;
mod stand_ins;
mod state;
mod streams;
mod teller;
mod training_directory;
mod training_loop;
mod validation;

pub use data::Examples;
pub use event::{Event, Preparation, Progress, Sample, Summary, Validation};
pub use guide::{GivenLinks, GuideLinks, GuideSettings};
pub use job::{Job, is_interrupted, train};
pub use limits::BadSettings;
pub use log::read_log;
pub use loss::loss;
pub use noise::NoiseSettings;
pub use parameters::Parameters;
pub use remark::{Advice, Warning};
pub use schedule::learning_rate;
pub use settings::{Budget, ModelSettings, Overrides, Settings, TokenizerSettings, TrainingSettings};
pub use streams::{Purpose, stream};
pub use training_directory::{DirectoryLock, TrainingDirectory};
pub use training_loop::Outcome;
