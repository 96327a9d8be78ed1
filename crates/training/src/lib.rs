//! A parallel corpus to a trained model directory.
//!
//! The one decision of this crate: the training step is the only clock. The learning rate, the order of the data and
//! every random draw are functions of (seed, step) alone, so the same seed, corpus, number of steps and thread count
//! give the same weights, byte for byte, and a time budget is turned into a number of steps once. The price is that
//! nothing may react to the time of day.
//!
//! ```no_run
//! use glosser_text::{Columns, CorpusFiles};
//! use glosser_training::{Job, Overrides, train};
//!
//! let files = CorpusFiles::Tsv { path: "pairs.tsv".into(), columns: Columns::DEFAULT };
//! let job = Job {
//!     corpus: files.into(),
//!     dev: None,
//!     from: None,
//!     directory: "my-model".into(),
//!     overwrite: false,
//!     overrides: Overrides::default(),
//! };
//! let summary = train(job, &mut |event| println!("{event:?}"))?;
//! println!("BLEU {:.2} on the pairs held out", summary.dev_bleu);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod base;
mod batches;
mod coach;
mod data;
mod event;
mod hold_out;
mod id_file;
mod index;
mod job;
mod log;
mod loss;
mod meter;
mod noise;
mod parameters;
mod preparation;
mod recovery;
mod remark;
mod run;
mod schedule;
mod settings;
mod stand_ins;
mod streams;
mod teller;
mod validation;

pub use data::Examples;
pub use event::{Event, Preparation, Progress, Sample, Summary, Validation};
pub use job::{Job, train};
pub use log::read_log;
pub use loss::loss;
pub use noise::NoiseSettings;
pub use parameters::Parameters;
pub use remark::{Advice, Warning};
pub use schedule::learning_rate;
pub use settings::{BadSettings, Budget, ModelSettings, Overrides, Settings, TokenizerSettings, TrainingSettings};
pub use streams::{Purpose, stream};
