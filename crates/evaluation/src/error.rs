//! Why two lists of sentences cannot be compared.

use thiserror::Error;

/// What was found, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EvaluationError {
    /// There is no sentence at all, so no figure is defined. (An empty *sentence* is fine.)
    #[error("there are no sentences to evaluate; give at least one hypothesis and its reference")]
    Empty,

    /// Some sentences have no partner.
    #[error(
        "there are {hypotheses} hypotheses but {references} references; \
         give one line for each sentence in both, an empty one where nothing was translated"
    )]
    Lengths {
        /// Number of hypotheses.
        hypotheses: usize,
        /// Number of references.
        references: usize,
    },

    /// Two systems have not translated the same sentences.
    #[error("one system has {system} sentences but the other {baseline}; compare translations of the same sentences")]
    Systems {
        /// Sentences of the system in question.
        system: usize,
        /// Sentences of the one it is held against.
        baseline: usize,
    },
}
