//! The beam of one sentence: numbers in, a decision out, no tensors.

use glosser_kernels::{simd, widest};
use glosser_text::{BOS, EOS, PAD, PLACEHOLDERS, placeholder, placeholder_index};
use std::sync::Arc;

/// Tokens that are compared together.
const BLOCK: usize = 64;

/// A token of a hypothesis, with those before it.
struct Node {
    before: Option<Arc<Node>>,
    token: u32,
    /// What was attended to for it.
    weights: Vec<f32>,
    /// Sum over this token and all before it.
    log_prob: f64,
    len: usize,
    /// The stand-ins of the source that are not among them, a bit each.
    missing: u8,
}

/// One after the other: each within the drop of the next would need a stack as deep as a translation is long.
impl Drop for Node {
    fn drop(&mut self) {
        let mut next = self.before.take();
        while let Some(mut node) = next.and_then(Arc::into_inner) {
            next = node.before.take();
        }
    }
}

/// A finished hypothesis: its tokens without EOS, and one row of weights for each of them and for EOS.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    /// Token ids, EOS left out.
    pub ids: Vec<u32>,
    /// log p of all tokens, EOS included.
    pub log_prob: f32,
    /// What hypotheses are ordered by: `log_prob` over the number of tokens to the power of the length penalty.
    pub score: f32,
    /// Weights over the source tokens, one row a token, EOS last.
    pub weights: Vec<Vec<f32>>,
    /// Whether the search met the greatest length where the model would have gone on: with this hypothesis, or with another
    /// that might have become a better one.
    pub truncated: bool,
}

/// What bounds a beam.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub beam_size: usize,
    pub length_penalty: f32,
    /// Tokens of a hypothesis, EOS not counted; at least one, and one for each stand-in.
    pub max_length: usize,
    /// The stand-ins of the source, a bit each: those that a hypothesis has, each once.
    pub stand_ins: u8,
    /// Whether a hypothesis may have the same three tokens in a row more than once.
    pub may_repeat: bool,
}

/// The stand-ins among some tokens, a bit each.
pub(crate) fn stand_ins(ids: &[u32]) -> u8 {
    ids.iter().filter_map(|id| placeholder_index(*id)).fold(0, |bits, number| bits | 1 << number)
}

/// The numbers of the stand-ins that these bits are.
fn of(bits: u8) -> impl Iterator<Item = usize> {
    (0..PLACEHOLDERS).filter(move |number| bits >> number & 1 == 1)
}

/// One way to go on: hypothesis, token, the sum of log probabilities then.
#[derive(Clone, Copy)]
pub(crate) struct Extension {
    pub parent: usize,
    pub token: u32,
    pub log_prob: f64,
}

/// What becomes of a way to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The hypothesis is followed further.
    Kept,
    /// It has ended, and is one of those that the best is chosen from.
    Ended,
    /// Others were better.
    Dropped,
}

pub(crate) struct Beam {
    limits: Limits,
    /// `None` is the beginning of the sentence.
    live: Vec<Option<Arc<Node>>>,
    finished: Vec<Arc<Node>>,
    len: usize,
    truncated: bool,
}

impl Beam {
    pub fn new(limits: Limits) -> Self {
        Self { limits, live: vec![None], finished: Vec::new(), len: 0, truncated: false }
    }

    /// The last token of each live hypothesis, best first.
    pub fn last_tokens(&self) -> impl ExactSizeIterator<Item = u32> {
        self.live.iter().map(|node| node.as_ref().map_or(BOS, |node| node.token))
    }

    /// As many hypotheses have ended as the beam is wide, or none can go on.
    pub fn is_done(&self) -> bool {
        self.live.is_empty() || self.finished.len() >= self.limits.beam_size
    }

    /// One token further. `log_probs` has `vocab` numbers for each live hypothesis, `weights` a row for each. Returns
    /// which hypothesis each of the new ones came from.
    pub fn advance(&mut self, log_probs: &[f32], vocab: usize, weights: &[Vec<f32>]) -> Vec<usize> {
        self.note_truncation(log_probs, vocab);
        // Twice as many as the beam is wide, since half of them may be ends.
        let extensions = self.extensions(log_probs, vocab, self.limits.beam_size.saturating_mul(2));
        self.follow(&extensions, weights)
    }

    /// Remembers whether a hypothesis would go on here and may not.
    pub fn note_truncation(&mut self, log_probs: &[f32], vocab: usize) {
        let mut rows = self.live.iter().zip(log_probs.chunks(vocab));
        self.truncated |= rows.any(|(node, row)| self.lacks_room(node.as_ref(), row));
    }

    /// Goes on with the best of some extensions, which are in order. Returns what [`Beam::advance`] does.
    pub fn follow(&mut self, extensions: &[Extension], weights: &[Vec<f32>]) -> Vec<usize> {
        let most = self.limits.beam_size.min(extensions.len());
        let mut live = Vec::with_capacity(most);
        let mut parents = Vec::with_capacity(most);
        for (rank, extension) in extensions.iter().enumerate() {
            let node = || {
                Arc::new(Node {
                    before: self.live[extension.parent].clone(),
                    token: extension.token,
                    weights: weights[extension.parent].clone(),
                    log_prob: extension.log_prob,
                    len: self.len + 1,
                    missing: self.missing(self.live[extension.parent].as_ref()) & !stand_ins(&[extension.token]),
                })
            };
            match self.status(extension, rank, live.len()) {
                Status::Ended => self.finished.push(node()),
                Status::Kept => {
                    live.push(Some(node()));
                    parents.push(extension.parent);
                }
                Status::Dropped => {}
            }
        }
        self.live = live;
        self.len += 1;
        parents
    }

    /// What becomes of the extension of this rank when `kept` better ones are followed.
    pub fn status(&self, extension: &Extension, rank: usize, kept: usize) -> Status {
        match extension.token {
            // An end counts only where it would have been kept: a beam of one is greedy search.
            EOS if rank < self.limits.beam_size => Status::Ended,
            EOS => Status::Dropped,
            _ if kept < self.limits.beam_size => Status::Kept,
            _ => Status::Dropped,
        }
    }

    /// The `wanted` best ways to go on, best first.
    pub fn extensions(&self, log_probs: &[f32], vocab: usize, wanted: usize) -> Vec<Extension> {
        // A beam may be wider than there are ways to go on.
        let mut best: Vec<Extension> = Vec::with_capacity(wanted.min(log_probs.len()) + 1);
        for (parent, (node, row)) in self.live.iter().zip(log_probs.chunks(vocab)).enumerate() {
            let so_far = node.as_ref().map_or(0.0, |node| node.log_prob);
            let missing = self.missing(node.as_ref());
            let is_beaten = |best: &[Extension], log_prob: f64| {
                best.len() == wanted && best.last().is_some_and(|last| log_prob <= last.log_prob)
            };
            if missing != 0 && self.len > 0 && row[EOS as usize] >= widest!(simd::max(row)) {
                let forced = at_the_end(row, missing);
                for (token, log_prob) in forced.map(|(token, log_prob)| (token, so_far + log_prob)) {
                    insert(&mut best, Extension { parent, token, log_prob }, wanted);
                }
                continue;
            }
            for (first, block) in (0..).step_by(BLOCK).zip(row.chunks(BLOCK)) {
                // Hardly a block has a token that is good enough: one comparison for all of them.
                if is_beaten(&best, so_far + f64::from(widest!(simd::max(block)))) {
                    continue;
                }
                for (token, log_prob) in (first..).zip(block) {
                    let log_prob = so_far + f64::from(*log_prob);
                    if is_beaten(&best, log_prob) || !self.may_follow(token, missing) || log_prob.is_nan() {
                        continue;
                    }
                    if !self.limits.may_repeat && would_repeat(node.as_ref(), token) {
                        continue;
                    }
                    insert(&mut best, Extension { parent, token, log_prob }, wanted);
                }
            }
        }
        best
    }

    /// The stand-ins that a hypothesis must still have.
    fn missing(&self, node: Option<&Arc<Node>>) -> u8 {
        node.map_or(self.limits.stand_ins, |node| node.missing)
    }

    /// Whether a hypothesis has no room for a word that the model finds likelier than its end and than each stand-in that
    /// is missing.
    fn lacks_room(&self, node: Option<&Arc<Node>>, row: &[f32]) -> bool {
        let missing = self.missing(node);
        if self.has_room(missing) {
            return false;
        }
        let word = widest!(simd::max(&row[placeholder(PLACEHOLDERS) as usize..]));
        of(missing).map(placeholder).chain([EOS]).all(|token| row[token as usize] < word)
    }

    /// Whether a word fits in beside the stand-ins that are missing.
    fn has_room(&self, missing: u8) -> bool {
        self.len + (missing.count_ones() as usize) < self.limits.max_length
    }

    /// A translation has at least one token and at most the maximum, each stand-in of the source once and no others (see
    /// also [`at_the_end`]).
    fn may_follow(&self, token: u32, missing: u8) -> bool {
        match token {
            PAD | BOS => false,
            EOS => self.len > 0 && missing == 0,
            _ => match stand_ins(&[token]) {
                0 => self.has_room(missing),
                bit => missing & bit != 0,
            },
        }
    }

    /// All that ended, best first.
    pub fn into_hypotheses(self) -> Vec<Hypothesis> {
        let hypothesis = |node| hypothesis(node, &self.limits, self.truncated);
        let mut all: Vec<Hypothesis> = self.finished.iter().map(hypothesis).collect();
        all.sort_by(|a, b| b.score.total_cmp(&a.score));
        all
    }
}

/// Whether a hypothesis has its last two tokens and this one, in a row, already.
fn would_repeat(node: Option<&Arc<Node>>, token: u32) -> bool {
    let tokens = || std::iter::successors(node, |node| node.before.as_ref()).map(|node| node.token);
    let mut last = tokens();
    let (Some(second), Some(first)) = (last.next(), last.next()) else { return false };
    let threes = tokens().zip(tokens().skip(1)).zip(tokens().skip(2));
    threes.into_iter().any(|three| three == ((token, second), first))
}

/// Keeps the best. Behind equals: the earlier hypothesis, and the lower id, wins a tie.
fn insert(best: &mut Vec<Extension>, extension: Extension, wanted: usize) {
    let at = best.partition_point(|other| other.log_prob >= extension.log_prob);
    best.insert(at, extension);
    best.truncate(wanted);
}

/// How a hypothesis goes on that the model would end although stand-ins are missing: with these, one after the other,
/// and nothing else, or it would ramble until it happened to come across them. They share the probability of the end.
fn at_the_end(row: &[f32], missing: u8) -> impl Iterator<Item = (u32, f64)> {
    let tokens = move || of(missing).map(placeholder);
    let log_prob = |token: u32| f64::from(row[token as usize]);
    let best = tokens().map(log_prob).fold(f64::NEG_INFINITY, f64::max);
    let log_sum = best + tokens().map(|token| (log_prob(token) - best).exp()).sum::<f64>().ln();
    let end = log_prob(EOS);
    tokens().map(move |token| (token, end + f64::from(row[token as usize]) - log_sum)).filter(|(_, p)| !p.is_nan())
}

fn hypothesis(end: &Arc<Node>, limits: &Limits, truncated: bool) -> Hypothesis {
    let mut ids = Vec::with_capacity(end.len);
    let mut weights = Vec::with_capacity(end.len);
    let mut next = Some(end);
    while let Some(node) = next {
        ids.push(node.token);
        weights.push(node.weights.clone());
        next = node.before.as_ref();
    }
    ids.reverse();
    weights.reverse();
    ids.pop();
    let score = freed_from_length(end.log_prob, end.len, limits.length_penalty);
    Hypothesis { ids, log_prob: end.log_prob as f32, score: score as f32, weights, truncated }
}

/// What hypotheses are ordered by: the log probability of so many tokens, EOS included.
pub(crate) fn freed_from_length(log_prob: f64, tokens: usize, length_penalty: f32) -> f64 {
    log_prob / (tokens as f64).powf(f64::from(length_penalty))
}

#[cfg(test)]
#[path = "beam_tests.rs"]
mod tests;
