//! The beam of one sentence: which hypotheses continue and which have ended. It works on plain rows, without tensors.

use super::beginning::{Beginning, Constraint};
use super::extension::{Extension, Limits, Status, insert, instead_of_end, placeholders, tokens_of};
use super::hypothesis::{Hypothesis, Node, hypothesis, tokens_and_log_prob, would_repeat};
use super::trace::SearchTrace;
use glosser_kernels::{simd, widest};
use glosser_text::{BOS, EOS, PAD, PLACEHOLDERS, TextPlace, TokenBytes, WritableTokens, placeholder};
use std::sync::Arc;

/// Number of tokens that one comparison excludes together.
const BLOCK: usize = 64;

/// The greatest number of bytes, and of tokens, that complete a character.
pub(super) const LONGEST_REST: usize = 3;

/// The hypotheses of one sentence.
pub(crate) struct Beam {
    limits: Limits,
    /// The first tokens of every hypothesis.
    prefix: Vec<u32>,
    /// What may follow them; `None` if it is fulfilled.
    constraint: Option<Constraint>,
    /// The tokens that make whole characters; `None` if all are allowed.
    writable: Option<Arc<WritableTokens>>,
    /// The token of each column of the log probabilities, the control tokens first; `None` if they are the whole
    /// vocabulary.
    tokens: Option<Arc<[u32]>>,
    trace: Option<SearchTrace>,
    /// The hypotheses that have not ended, best first; `None` has no tokens yet.
    active: Vec<Option<Arc<Node>>>,
    finished: Vec<Arc<Node>>,
    /// Tokens of each active hypothesis.
    len: usize,
    truncated: bool,
}

impl Beam {
    pub fn new(limits: Limits, trace: Option<SearchTrace>) -> Self {
        Self {
            limits,
            prefix: Vec::new(),
            constraint: None,
            writable: None,
            tokens: None,
            trace,
            active: vec![None],
            finished: Vec::new(),
            len: 0,
            truncated: false,
        }
    }

    /// Allows only tokens that make whole characters and no control characters.
    pub fn with_writable(self, writable: Option<Arc<WritableTokens>>) -> Self {
        Self { writable, ..self }
    }

    /// Allows only these tokens; `None` stands for the whole vocabulary. The log probabilities are then those of these
    /// tokens, in their order: the control tokens and placeholders are the first columns, as in the vocabulary.
    pub fn with_tokens(self, tokens: Option<Arc<[u32]>>) -> Self {
        Self { tokens, ..self }
    }

    /// Replaces the beginning of every hypothesis; `tokens` has the bytes of the vocabulary.
    pub fn with_beginning(self, beginning: &Beginning, tokens: Arc<TokenBytes>) -> Self {
        let constraint = Constraint::new(&beginning.next, tokens);
        Self { prefix: beginning.tokens.clone(), constraint, ..self }
    }

    pub(super) fn set_constraint(&mut self, constraint: Constraint) {
        self.constraint = Some(constraint);
    }

    pub(super) fn beam_size(&self) -> usize {
        self.limits.beam_size
    }

    /// The last token of each active hypothesis, best first.
    pub fn last_tokens(&self) -> impl ExactSizeIterator<Item = u32> {
        self.active.iter().map(|node| node.as_ref().map_or(BOS, |node| node.token))
    }

    /// Whether the beam is full of ended hypotheses, or no hypothesis can go on.
    pub fn is_done(&self) -> bool {
        self.active.is_empty() || self.finished.len() >= self.limits.beam_size
    }

    /// The token of a column of the log probabilities.
    fn token(&self, column: usize) -> u32 {
        self.tokens.as_ref().map_or(column as u32, |tokens| tokens[column])
    }

    /// The tokens of a row of log probabilities `[vocab]`, each with its log probability.
    pub(super) fn with_log_probs<'a>(&'a self, row: &'a [f32]) -> impl Iterator<Item = (u32, f32)> + 'a {
        row.iter().enumerate().map(|(column, log_prob)| (self.token(column), *log_prob))
    }

    /// Extends all hypotheses by one token. `log_probs` is `[hypotheses * vocab]`, where the vocabulary is that of
    /// [`with_tokens`](Self::with_tokens); `weights` has the attention weights
    /// of each hypothesis. Returns the parent of each new active hypothesis.
    pub fn advance(&mut self, log_probs: &[f32], vocab: usize, weights: &[Vec<f32>]) -> Vec<usize> {
        self.note_truncation(log_probs, vocab);
        let recorded = self.trace.as_ref().map_or(0, |trace| trace.alternatives);
        // Twice the beam size, because half of the extensions may be ends.
        let wanted = self.limits.beam_size.saturating_mul(2).saturating_add(recorded);
        let extensions = match (self.prefix.get(self.len).copied(), self.constraint.take()) {
            (Some(token), constraint) => {
                let forced = self.force(token, self.extensions(log_probs, vocab, wanted), log_probs);
                self.constraint = constraint;
                forced
            }
            (None, Some(constraint)) => self.constrained(constraint, log_probs, vocab, wanted),
            (None, None) => self.decide(self.extensions(log_probs, vocab, wanted)),
        };
        if let Some(mut trace) = self.trace.take() {
            trace.record(self.active.iter().map(tokens_and_log_prob).collect(), &extensions);
            self.trace = Some(trace);
        }
        self.follow(&extensions, weights)
    }

    /// Remembers whether the maximum length stops a hypothesis that the model would continue.
    fn note_truncation(&mut self, log_probs: &[f32], vocab: usize) {
        let mut rows = self.active.iter().zip(log_probs.chunks(vocab));
        self.truncated |= rows.any(|(node, row)| self.lacks_room(node.as_ref(), row));
    }

    /// The `wanted` best extensions, best first, from log probabilities `[hypotheses * vocab]`. Extensions whose
    /// probability is NaN are left out.
    fn extensions(&self, log_probs: &[f32], vocab: usize, wanted: usize) -> Vec<Extension> {
        // A beam may be wider than the number of possible extensions.
        let mut best: Vec<Extension> = Vec::with_capacity(wanted.min(log_probs.len()) + 1);
        for (parent, row) in log_probs.chunks(vocab).enumerate().take(self.active.len()) {
            self.extend(parent, row, wanted, &mut best);
        }
        best
    }

    /// Inserts the extensions of one hypothesis into the `wanted` best; `row` has the log probabilities `[vocab]`.
    pub(super) fn extend(&self, parent: usize, row: &[f32], wanted: usize, best: &mut Vec<Extension>) {
        let node = self.active[parent].as_ref();
        let so_far = self.log_prob(parent);
        let missing = self.missing(node);
        if self.must_place(parent, row) {
            for (token, log_prob) in instead_of_end(row, missing) {
                let log_prob = so_far + log_prob;
                insert(best, Extension { parent, token, log_prob, is_appended: true }, wanted);
            }
            return;
        }
        // Then only placeholders can follow.
        let is_appended = missing != 0 && !self.has_room(missing, TextPlace::default());
        let is_beaten = |best: &[Extension], log_prob: f64| {
            best.len() == wanted && best.last().is_some_and(|last| log_prob <= last.log_prob)
        };
        for (first, block) in (0..).step_by(BLOCK).zip(row.chunks(BLOCK)) {
            // Few blocks have a token that is good enough: one comparison excludes the others.
            if is_beaten(best, so_far + f64::from(widest!(simd::max(block)))) {
                continue;
            }
            for (column, log_prob) in (first..).zip(block) {
                let log_prob = so_far + f64::from(*log_prob);
                if is_beaten(best, log_prob) || log_prob.is_nan() {
                    continue;
                }
                let token = self.token(column);
                if !self.may_follow(node, token) {
                    continue;
                }
                insert(best, Extension { parent, token, log_prob, is_appended }, wanted);
            }
        }
    }

    /// log p of an active hypothesis.
    pub(super) fn log_prob(&self, parent: usize) -> f64 {
        self.active[parent].as_ref().map_or(0.0, |node| node.log_prob)
    }

    /// Whether missing placeholders follow an active hypothesis because the model would end it; `row` has the log
    /// probabilities `[vocab]`.
    pub(super) fn must_place(&self, parent: usize, row: &[f32]) -> bool {
        let node = self.active[parent].as_ref();
        self.missing(node) != 0 && self.len > 0 && self.would_end(node, row)
    }

    /// Whether a token may extend an active hypothesis.
    pub(super) fn may_extend(&self, parent: usize, token: u32) -> bool {
        self.may_follow(self.active[parent].as_ref(), token)
    }

    /// Whether a token makes whole characters after an active hypothesis, is no placeholder that it may not have, and
    /// leaves room for the missing ones.
    pub(super) fn has_room_for(&self, parent: usize, token: u32) -> bool {
        let node = self.active[parent].as_ref();
        let missing = self.missing(node);
        match (self.place_after(node, token), placeholders(&[token])) {
            (None, _) => false,
            (Some(place), 0) => self.has_room(missing, place),
            (Some(_), bit) => missing & bit != 0,
        }
    }

    /// Decides which extensions are kept; they are sorted, best first.
    pub(super) fn decide(&self, extensions: Vec<Extension>) -> Vec<(Extension, Status)> {
        let beam_size = self.limits.beam_size;
        let mut kept = 0;
        let status = |(rank, extension): (usize, Extension)| {
            let status = match extension.token {
                // An end counts only where it would have been kept: a beam of one is greedy search.
                EOS if rank < beam_size => Status::Ended,
                EOS => Status::Dropped,
                _ if kept < beam_size => Status::Kept,
                _ => Status::Dropped,
            };
            kept += usize::from(status == Status::Kept);
            (extension, status)
        };
        extensions.into_iter().enumerate().map(status).collect()
    }

    /// Keeps the next token of the prefix and drops all other extensions. During the prefix there is one hypothesis,
    /// and `log_probs` is `[vocab]`.
    fn force(&self, token: u32, extensions: Vec<Extension>, log_probs: &[f32]) -> Vec<(Extension, Status)> {
        let so_far = self.active.first().and_then(Option::as_ref).map_or(0.0, |node| node.log_prob);
        let log_prob = self.with_log_probs(log_probs).find(|(other, _)| *other == token);
        let log_prob = log_prob.map_or(f64::NEG_INFINITY, |(_, log_prob)| f64::from(log_prob));
        let forced = Extension { parent: 0, token, log_prob: so_far + log_prob, is_appended: false };
        let others = extensions.into_iter().filter(|other| other.token != token);
        let status = if token == EOS { Status::Ended } else { Status::Kept };
        let mut all: Vec<_> = others.map(|other| (other, Status::Dropped)).chain([(forced, status)]).collect();
        all.sort_by(|(a, _), (b, _)| b.log_prob.total_cmp(&a.log_prob));
        all
    }

    /// Continues with the extensions that are kept; `weights` is `[hypotheses][source tokens]`. Returns the parent of
    /// each.
    fn follow(&mut self, extensions: &[(Extension, Status)], weights: &[Vec<f32>]) -> Vec<usize> {
        let most = self.limits.beam_size.min(extensions.len());
        let mut active = Vec::with_capacity(most);
        let mut parents = Vec::with_capacity(most);
        for (extension, status) in extensions.iter().filter(|(_, status)| *status != Status::Dropped) {
            let before = self.active[extension.parent].clone();
            let bit = placeholders(&[extension.token]);
            let appended = before.as_ref().map_or(0, |before| before.appended);
            let node = Arc::new(Node {
                // A given prefix may have any tokens.
                place: self.place_after(before.as_ref(), extension.token).unwrap_or_default(),
                missing: self.missing(before.as_ref()) & !bit,
                appended: if extension.is_appended { appended | bit } else { appended },
                before,
                token: extension.token,
                weights: weights[extension.parent].clone(),
                log_prob: extension.log_prob,
                len: self.len + 1,
            });
            if *status == Status::Ended {
                self.finished.push(node);
            } else {
                active.push(Some(node));
                parents.push(extension.parent);
            }
        }
        self.active = active;
        self.len += 1;
        parents
    }

    /// The placeholders that a hypothesis does not have yet.
    fn missing(&self, node: Option<&Arc<Node>>) -> u8 {
        node.map_or(self.limits.placeholders, |node| node.missing)
    }

    /// Whether a hypothesis has no room for a token that the model prefers to the end and to each missing placeholder;
    /// `row` has the log probabilities `[vocab]`.
    fn lacks_room(&self, node: Option<&Arc<Node>>, row: &[f32]) -> bool {
        let missing = self.missing(node);
        if self.len + missing.count_ones() as usize + LONGEST_REST < self.limits.max_length {
            return false;
        }
        // Ordinary tokens come after the placeholders.
        let mut best = (f32::NEG_INFINITY, TextPlace::default());
        for (token, log_prob) in self.with_log_probs(row).skip(placeholder(PLACEHOLDERS) as usize) {
            if log_prob > best.0 {
                best = self.place_after(node, token).map_or(best, |place| (log_prob, place));
            }
        }
        !self.has_room(missing, best.1) && tokens_of(missing).chain([EOS]).all(|token| row[token as usize] < best.0)
    }

    /// Whether an ordinary token still fits in addition to the missing placeholders; `place` is the place after it,
    /// whose missing bytes must fit, too.
    fn has_room(&self, missing: u8, place: TextPlace) -> bool {
        self.len + missing.count_ones() as usize + place.missing_bytes() < self.limits.max_length
    }

    /// The place after a further token; `None` if the token may not follow.
    fn place_after(&self, node: Option<&Arc<Node>>, token: u32) -> Option<TextPlace> {
        let place = node.map_or(TextPlace::default(), |node| node.place);
        match &self.writable {
            Some(writable) => writable.after(place, token, self.limits.may_have_tabs),
            None => Some(place),
        }
    }

    /// Whether the model prefers the end to every token that may follow; `row` has the log probabilities `[vocab]`.
    fn would_end(&self, node: Option<&Arc<Node>>, row: &[f32]) -> bool {
        let end = row[EOS as usize];
        // Mostly a token near the beginning of the vocabulary is better.
        let is_better = |(token, other): (u32, f32)| other > end && self.place_after(node, token).is_some();
        !end.is_nan() && self.place_after(node, EOS).is_some() && !self.with_log_probs(row).any(is_better)
    }

    /// Whether a token may extend a hypothesis: a translation has at least one token and at most the maximum, each
    /// placeholder of the source once and no others (see also [`instead_of_end`]), whole characters, and no repetition
    /// where the limits exclude it.
    fn may_follow(&self, node: Option<&Arc<Node>>, token: u32) -> bool {
        let missing = self.missing(node);
        let Some(place) = self.place_after(node, token) else { return false };
        let is_allowed = match token {
            PAD | BOS => false,
            EOS => self.len > 0 && missing == 0,
            _ => match placeholders(&[token]) {
                0 => self.has_room(missing, place),
                bit => missing & bit != 0,
            },
        };
        is_allowed && (self.limits.may_repeat || !would_repeat(node, token))
    }

    /// The ended hypotheses, best first, and the trace. There is no hypothesis if all probabilities were NaN.
    pub fn into_found(self) -> (Vec<Hypothesis>, Option<SearchTrace>) {
        let hypothesis = |end| hypothesis(end, self.limits.length_penalty, self.truncated);
        let mut all: Vec<Hypothesis> = self.finished.iter().map(hypothesis).collect();
        all.sort_by(|a, b| b.score.total_cmp(&a.score));
        (all, self.trace)
    }
}

#[cfg(test)]
#[path = "beam_tests.rs"]
mod tests;
