//! The given beginning of a translation: whole words as tokens, then the characters of a word that may be incomplete.
//!
//! The incomplete word is a constraint on characters, not on tokens: "d" may become the token ` dog` or ` d`, `og`. While
//! it is incomplete, a beam keeps as many unfinished hypotheses as it keeps others: a long token that completes it at
//! once has a lower probability than a short one that does not (the banks of Hokamp & Liu 2017).

use super::beam::Beam;
use super::extension::{Extension, Status, insert};
use glosser_text::{BOS, EOS, PAD, TokenBytes, is_unspaced, placeholder_index};
use std::sync::Arc;

/// The beginning of every translation of a sentence.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Beginning {
    /// The first tokens.
    pub tokens: Vec<u32>,
    /// What follows them.
    pub next: Next,
}

/// The text after the first tokens.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Next {
    /// Any text.
    #[default]
    Any,
    /// Any text that does not continue the last word. In a script with spaces, a part of a character is a part of a
    /// letter.
    NewWord { has_spaces: bool },
    /// A text that begins with one of these, each with the space before it; or a placeholder.
    Characters { alternatives: Vec<Vec<u8>>, placeholders: Vec<u32> },
}

impl Beginning {
    /// Number of tokens that a search may need for the beginning: at most one for each byte.
    pub fn most_tokens(&self) -> usize {
        let bytes = match &self.next {
            Next::Characters { alternatives, .. } => alternatives.iter().map(Vec::len).max().unwrap_or(0),
            Next::Any | Next::NewWord { .. } => 0,
        };
        self.tokens.len() + bytes
    }
}

/// Whether a token continues the word before it: letters, digits or an apostrophe without a space.
pub(crate) fn continues_word(token: &[u8], has_spaces: bool) -> bool {
    let is_continuation_byte = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
    if token.first().is_none_or(is_continuation_byte) {
        return !token.is_empty();
    }
    match token.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next()) {
        Some(c) => c.is_alphanumeric() && !is_unspaced(c) || matches!(c, '\'' | '’'),
        None => has_spaces,
    }
}

/// How much of [`Next`] a hypothesis has written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Progress {
    Done,
    /// The bytes so far, and the alternatives that begin with them, one bit each.
    Part {
        bytes: usize,
        alternatives: u32,
    },
}

/// [`Next`], and the progress of each active hypothesis of a beam.
pub(super) struct Constraint {
    next: Next,
    tokens: Arc<TokenBytes>,
    progress: Vec<Progress>,
}

impl Constraint {
    /// The constraint for a beam that has no tokens after the first ones of a beginning; `None` if any text may follow.
    pub fn new(next: &Next, tokens: Arc<TokenBytes>) -> Option<Self> {
        let progress = vec![Progress::Part { bytes: 0, alternatives: u32::MAX }];
        (*next != Next::Any).then(|| Self { next: next.clone(), tokens, progress })
    }

    /// The progress after a token; `None` if it may not follow.
    fn after(&self, progress: Progress, token: u32) -> Option<Progress> {
        let Progress::Part { bytes: so_far, alternatives: possible } = progress else { return Some(Progress::Done) };
        let written = self.tokens.of(token);
        match &self.next {
            Next::Any => Some(Progress::Done),
            Next::NewWord { has_spaces } => (!continues_word(written, *has_spaces)).then_some(Progress::Done),
            Next::Characters { placeholders, .. } if placeholder_index(token).is_some() => {
                (so_far == 0 && placeholders.contains(&token)).then_some(Progress::Done)
            }
            Next::Characters { alternatives, .. } => {
                if written.is_empty() {
                    return None;
                }
                let mut still = 0;
                for (number, text) in alternatives.iter().enumerate().filter(|(number, _)| possible >> number & 1 == 1)
                {
                    let rest = &text[so_far..];
                    if written.starts_with(rest) {
                        return Some(Progress::Done);
                    }
                    still |= u32::from(rest.starts_with(written)) << number;
                }
                (still != 0).then_some(Progress::Part { bytes: so_far + written.len(), alternatives: still })
            }
        }
    }
}

impl Beam {
    /// Decides which extensions are kept while a constraint is not yet fulfilled; `log_probs` is
    /// `[hypotheses * vocab]`. The constraint is dropped as soon as every active hypothesis has fulfilled it.
    pub(super) fn constrained(
        &mut self,
        mut constraint: Constraint,
        log_probs: &[f32],
        vocab: usize,
        wanted: usize,
    ) -> Vec<(Extension, Status)> {
        let (mut whole, mut partial) = (Vec::new(), Vec::new());
        for (parent, row) in log_probs.chunks(vocab).enumerate().take(constraint.progress.len()) {
            let progress = constraint.progress[parent];
            let is_characters = matches!(constraint.next, Next::Characters { .. });
            // Without room for another choice, the missing placeholders follow.
            if progress == Progress::Done || !is_characters && self.must_place(parent, row) {
                self.extend(parent, row, wanted, &mut whole);
                continue;
            }
            for (token, log_prob) in self.with_log_probs(row).filter(|(_, log_prob)| !log_prob.is_nan()) {
                let is_allowed = if is_characters { Self::may_write } else { Self::may_extend };
                let Some(after) = constraint.after(progress, token).filter(|_| is_allowed(self, parent, token)) else {
                    continue;
                };
                let log_prob = self.log_prob(parent) + f64::from(log_prob);
                let extension = Extension { parent, token, log_prob, is_appended: false };
                insert(if after == Progress::Done { &mut whole } else { &mut partial }, extension, wanted);
            }
        }
        let mut all = self.decide(whole);
        let most = self.beam_size();
        let status = |rank: usize| if rank < most { Status::Kept } else { Status::Dropped };
        all.extend(partial.into_iter().enumerate().map(|(rank, extension)| (extension, status(rank))));
        all.sort_by(|(a, _), (b, _)| b.log_prob.total_cmp(&a.log_prob));
        let kept = all.iter().filter(|(_, status)| *status == Status::Kept);
        let after = kept
            .map(|(kept, _)| constraint.after(constraint.progress[kept.parent], kept.token).unwrap_or(Progress::Done));
        constraint.progress = after.collect();
        if constraint.progress.iter().any(|progress| *progress != Progress::Done) {
            self.set_constraint(constraint);
        }
        all
    }

    /// Whether a token may be a part of given characters: room is left for the placeholders, and the characters are
    /// whole.
    fn may_write(&self, parent: usize, token: u32) -> bool {
        !matches!(token, PAD | BOS | EOS) && self.has_room_for(parent, token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glosser_text::Tokenizer;

    fn constraint(alternatives: &[&str]) -> (Tokenizer, Constraint) {
        let tokenizer = Tokenizer::train(["der Hund dort", "der Hund dort"].iter(), 290).expect("a tokenizer");
        let alternatives = alternatives.iter().map(|text| text.as_bytes().to_vec()).collect();
        let next = Next::Characters { alternatives, placeholders: vec![glosser_text::placeholder(1)] };
        let tokens = Arc::new(TokenBytes::new(&tokenizer));
        (tokenizer, Constraint::new(&next, tokens).expect("a constraint"))
    }

    fn is_allowed(alternatives: &[&str], ids: impl Fn(&Tokenizer) -> Vec<u32>) -> Option<bool> {
        let (tokenizer, constraint) = constraint(alternatives);
        let progress = ids(&tokenizer)
            .into_iter()
            .try_fold(constraint.progress[0], |progress, token| constraint.after(progress, token));
        progress.map(|progress| progress == Progress::Done)
    }

    #[test]
    fn tokens_write_the_characters_together_or_more_than_them() {
        let of = |text: &'static str| move |tokenizer: &Tokenizer| tokenizer.encode(text).ids;
        assert_eq!(is_allowed(&[" d"], of("der")), Some(true));
        assert_eq!(is_allowed(&[" Hundert"], of("Hund")), Some(false));
        assert_eq!(is_allowed(&[" Hundert"], of("Hundert")), Some(true));
        assert_eq!(is_allowed(&[" Hundert"], of("Hunde!")), None);
        assert_eq!(is_allowed(&[" HU", " hu", " Hu"], of("Hund")), Some(true));
        assert_eq!(is_allowed(&[" 狗"], of("狗")), Some(true), "bytes of a letter that the vocabulary does not have");
        assert_eq!(is_allowed(&[" 狗"], of("猫")), None);
        assert_eq!(is_allowed(&[" d"], |_| vec![glosser_text::placeholder(1)]), Some(true));
        assert_eq!(is_allowed(&[" d"], |_| vec![glosser_text::placeholder(0)]), None);
        assert_eq!(is_allowed(&[" d"], |_| vec![EOS]), None);
    }

    #[test]
    fn letters_without_a_space_continue_a_word_and_signs_do_not() {
        for (token, has_spaces, expected) in [
            ("er".as_bytes(), true, true),
            (" er".as_bytes(), true, false),
            ("'s".as_bytes(), true, true),
            (".".as_bytes(), true, false),
            ("".as_bytes(), true, false),
            ("狗".as_bytes(), false, false),
            (&"狗".as_bytes()[1..], false, true),
            (&"狗".as_bytes()[..1], false, false),
            (&"é".as_bytes()[..1], true, true),
            ("7".as_bytes(), false, true),
        ] {
            assert_eq!(continues_word(token, has_spaces), expected, "{token:?}");
        }
    }
}
