//! Hypotheses beside their references.

use crate::EvaluationError;

/// Each hypothesis with its reference.
///
/// # Errors
///
/// [`EvaluationError::Lengths`] if some have no partner, [`EvaluationError::Empty`] if there are none at all.
pub fn pairs<'a, H: AsRef<str>, R: AsRef<str>>(
    hypotheses: &'a [H],
    references: &'a [R],
) -> Result<impl Iterator<Item = (&'a str, &'a str)>, EvaluationError> {
    if hypotheses.len() != references.len() {
        return Err(EvaluationError::Lengths { hypotheses: hypotheses.len(), references: references.len() });
    }
    if hypotheses.is_empty() {
        return Err(EvaluationError::Empty);
    }
    Ok(hypotheses.iter().map(AsRef::as_ref).zip(references.iter().map(AsRef::as_ref)))
}
