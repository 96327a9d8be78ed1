//! The possible next tokens of hypotheses, and the limits that all hypotheses of a sentence have.

use glosser_text::{EOS, PLACEHOLDERS, placeholder, placeholder_index};
use serde::Serialize;

/// The limits of the search for one sentence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub beam_size: usize,
    pub length_penalty: f32,
    /// The greatest number of tokens, EOS not counted: at least 1, and at least the number of placeholders.
    pub max_length: usize,
    /// The placeholders of the source, one bit each. A hypothesis has each of them exactly once.
    pub placeholders: u8,
    /// Whether a hypothesis may have the same three tokens in a row more than once.
    pub may_repeat: bool,
    /// Whether a hypothesis may have tabs.
    pub may_have_tabs: bool,
}

// `Limits::placeholders` has one bit per placeholder.
const _: () = assert!(PLACEHOLDERS <= u8::BITS as usize);

/// The placeholders among some tokens, one bit each.
pub(crate) fn placeholders(ids: &[u32]) -> u8 {
    ids.iter().filter_map(|id| placeholder_index(*id)).fold(0, |bits, number| bits | 1 << number)
}

/// The tokens of the placeholders in a set.
pub(super) fn tokens_of(placeholders: u8) -> impl Iterator<Item = u32> {
    (0..PLACEHOLDERS).filter(move |number| placeholders >> number & 1 == 1).map(placeholder)
}

/// A possible next token of a hypothesis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extension {
    /// Index of the active hypothesis that it extends.
    pub parent: usize,
    pub token: u32,
    /// log p of the hypothesis including the token.
    pub log_prob: f64,
    /// Whether the token is a placeholder that takes the place of an end.
    pub is_appended: bool,
}

/// The result of a step for one extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It became an active hypothesis.
    Kept,
    /// It ended with EOS, and the best translation is chosen from it and others.
    Ended,
    /// Others were better.
    Dropped,
}

/// Inserts an extension into the `wanted` best. It goes behind equal ones: at a tie the earlier hypothesis wins, then
/// the lower token id.
pub(super) fn insert(best: &mut Vec<Extension>, extension: Extension, wanted: usize) {
    let at = best.partition_point(|other| other.log_prob >= extension.log_prob);
    best.insert(at, extension);
    best.truncate(wanted);
}

/// The extensions, as (token, log p), of a hypothesis that the model would end although placeholders are missing: the
/// missing placeholders, which share the probability of the end. No other token may follow, because the model would
/// produce arbitrary text until it happened to choose a placeholder. `row` has the log probabilities `[vocab]`.
pub(super) fn instead_of_end(row: &[f32], missing: u8) -> impl Iterator<Item = (u32, f64)> {
    let log_prob = |token: u32| f64::from(row[token as usize]);
    let best = tokens_of(missing).map(log_prob).fold(f64::NEG_INFINITY, f64::max);
    let log_sum = best + tokens_of(missing).map(|token| (log_prob(token) - best).exp()).sum::<f64>().ln();
    let end = log_prob(EOS);
    tokens_of(missing).map(move |token| (token, end + log_prob(token) - log_sum)).filter(|(_, p)| !p.is_nan())
}
