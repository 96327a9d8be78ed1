//! The error type.

use thiserror::Error;

/// The reason why translations cannot be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EvaluationError {
    /// There are no sentences or no references, so no score is defined. Empty sentences are allowed.
    #[error("there are no sentences to evaluate; pass at least one hypothesis with its reference")]
    Empty,

    /// The numbers of hypotheses and references differ.
    #[error(
        "the numbers of sentences differ: {hypotheses} in the hypotheses, {references} in the references; \
         both need one line per sentence, an empty line for a sentence without a translation"
    )]
    Lengths {
        /// Number of hypotheses.
        hypotheses: usize,
        /// Number of references.
        references: usize,
    },

    /// Two systems have different numbers of sentences.
    #[error(
        "the numbers of sentences differ: {system} in one system, {baseline} in the other; \
         compare translations of the same sentences"
    )]
    Systems {
        /// Number of sentences of the system.
        system: usize,
        /// Number of sentences of the baseline.
        baseline: usize,
    },
}
