//! Training: from a parallel corpus to a model directory.
//!
//! The one decision of this crate: learning rate, order of the data and every random draw depend on the seed and the
//! number of the step only, never on the clock. The same seed, corpus, number of steps and number of threads give the
//! same weights, byte for byte. A time budget is converted to a number of steps; if that has to be corrected later, the
//! corrections are part of the schedule, which repeats the run.
//!
//! ```no_run
//! use glosser_text::CorpusFiles;
//! use glosser_training::{Event, Job, Outcome, train};
//!
//! let corpus = CorpusFiles::one("pairs.tsv");
//! let job = Job::new(corpus, "my-model");
//! if let Outcome::Finished(summary) = train(job, &mut |event: &Event| println!("{event:?}"))? {
//!     println!("BLEU {:.2} on the pairs held out", summary.dev_bleu);
//! }
//! # Ok::<(), glosser_training::TrainingError>(())
//! ```

mod data;
mod earlier_run;
mod error;
mod events;
mod guided_alignment;
mod job;
mod parameters;
mod run;
mod saved_run;
mod settings;
mod streams;
mod tokenization;
mod training_directory;

pub use data::examples::Examples;
pub use data::index::PairLengths;
pub use data::preparation::corpus_size;
pub use earlier_run::is_interrupted;
pub use error::{Diverged, SettingsError, TrainingError};
pub use events::activity::Activity;
pub use events::diagnostic::{Advice, Warning};
pub use events::event::{Event, Preparation, Progress, Sample, Summary, Validation};
pub use events::event_log::{Observer, read_log};
pub use guided_alignment::links::GivenLinks;
pub use job::{Job, train};
pub use parameters::Parameters;
pub use run::loss::loss;
pub use run::prepared_training::{BatchRecord, PreparedTraining};
pub use run::run_identity::RunIdentity;
pub use run::step::StepInputs;
pub use run::training_loop::Outcome;
pub use run::validation::FEWEST_FITTED;
pub use saved_run::SavedRun;
pub use settings::{
    Budget, GuidedAlignmentSettings, LinkSource, ModelSettings, Overrides, Schedule, Select, Settings,
    TokenizerSettings, TrainingSettings, WordChoice,
};
pub use streams::{Purpose, stream};
pub use tokenization::bleu_tokenization;
pub use training_directory::{DirectoryLock, TrainingDirectory};
