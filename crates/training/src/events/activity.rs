//! The work that a training is doing, for a display that moves all the time. It is not in the event log.

/// The work that a training is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activity {
    /// The statistical aligner learns.
    LearningLinks {
        /// Pairs that it learns from.
        pairs: usize,
        /// Iterations done.
        iterations: usize,
    },
    /// A step is done.
    Step {
        /// Steps done.
        step: usize,
        /// Steps of the whole run, once they are fixed.
        steps: Option<usize>,
    },
    /// A validation.
    Validating {
        /// Share of it that is done, from 0 to 1.
        share: f64,
    },
    /// A part of the validation pairs is translated, to know how long the last validation and the fitting of the search
    /// will take.
    TimingSearch {
        /// Share of it that is done, from 0 to 1.
        share: f64,
    },
    /// After the last step, the length penalty and the exponents of word links are fitted.
    FittingSearch {
        /// Share of it that is done, from 0 to 1.
        share: f64,
    },
}
