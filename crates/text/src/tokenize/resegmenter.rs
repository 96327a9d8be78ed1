//! Other sub-words for the same text, for training.

use std::collections::HashMap;

use crate::error::TextError;
use crate::tokenize::decoded;
use crate::tokenize::file::{self, Learnt};
use crate::tokenize::library::Library;
use crate::tokenize::tokenizer::Tokenizer;
use crate::tokenize::vocabulary::CONTROL;

/// Splits sentences of token ids into words, and words into other sub-words than the tokenizer would.
///
/// A tokenizer gives a word the same sub-words each time, so a model hardly learns how the parts of words relate. BPE
/// dropout (Provilkov et al. 2020, section 3) leaves out merges at random. The library's own draws from a generator that
/// cannot be seeded.
#[derive(Clone, Debug)]
pub struct BpeResegmenter {
    /// The tokens of single bytes that each token is merged from; a control token stays whole.
    bytes: Vec<Vec<u32>>,
    begins_word: Vec<bool>,
    merges: HashMap<(u32, u32), Merge>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Merge {
    /// The lowest goes first.
    rank: u32,
    result: u32,
}

impl Tokenizer {
    /// What this tokenizer has learnt, taken apart.
    ///
    /// # Errors
    /// [`TextError::Library`]; not known to happen.
    pub fn resegmenter(&self) -> Result<BpeResegmenter, TextError> {
        BpeResegmenter::new(self.library())
    }
}

impl BpeResegmenter {
    fn new(library: &Library) -> Result<Self, TextError> {
        let Learnt { vocab, merges } = file::learnt(library)?;
        let mut tokens: Vec<&str> = vec![""; vocab.len()];
        for (token, id) in &vocab {
            tokens[*id as usize] = token;
        }
        let bytes_of = |(id, token): (usize, &&str)| match CONTROL.get(id) {
            Some(_) => vec![id as u32],
            None => token.chars().map(|c| vocab[c.encode_utf8(&mut [0; 4]) as &str]).collect(),
        };
        let ranked = merges.iter().zip(0..).map(|((left, right), rank)| {
            let result = vocab[&format!("{left}{right}")];
            ((vocab[left], vocab[right]), Merge { rank, result })
        });
        Ok(Self {
            begins_word: tokens.iter().map(|token| decoded::bytes_of(token).next() == Some(b' ')).collect(),
            merges: ranked.collect(),
            bytes: tokens.iter().enumerate().map(bytes_of).collect(),
        })
    }

    /// The ids of each word: it begins with a token that begins with a space. Control tokens are words too.
    pub fn words<'a>(&self, ids: &'a [u32]) -> impl Iterator<Item = &'a [u32]> {
        let is_control = |id: u32| (id as usize) < CONTROL.len();
        ids.chunk_by(move |left, right| !self.begins_word[*right as usize] && !is_control(*left) && !is_control(*right))
    }

    /// For each id the number of its word, from zero.
    pub fn word_numbers(&self, ids: &[u32]) -> impl Iterator<Item = usize> {
        self.words(ids).enumerate().flat_map(|(number, word)| std::iter::repeat_n(number, word.len()))
    }

    /// The same text in other sub-words: of the merges that are possible at a time, each is left out where `leaves_out`
    /// says so, and the earliest learnt of the others is made, until none is left. If it never does, these are the
    /// tokenizer's own sub-words; if it always does, single bytes.
    pub fn segment(&self, ids: &[u32], mut leaves_out: impl FnMut() -> bool) -> Vec<u32> {
        let mut segmented = Vec::with_capacity(2 * ids.len());
        for word in self.words(ids) {
            let start = segmented.len();
            segmented.extend(word.iter().flat_map(|id| &self.bytes[*id as usize]));
            self.merge(&mut segmented, start, &mut leaves_out);
        }
        segmented
    }

    /// Merges the tokens behind `start`.
    fn merge(&self, ids: &mut Vec<u32>, start: usize, leaves_out: &mut impl FnMut() -> bool) {
        loop {
            let pairs = (start + 1..ids.len()).map(|right| ((ids[right - 1], ids[right]), right));
            let possible = pairs.filter_map(|(pair, right)| Some((*self.merges.get(&pair)?, right)));
            let Some((merge, right)) = possible.filter(|_| !leaves_out()).min() else { return };
            ids[right - 1] = merge.result;
            ids.remove(right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize::vocabulary::EOS;
    use proptest::prelude::*;

    fn tokenizer() -> Tokenizer {
        let sentences = ["ein Hund läuft über die Straße", "ein Hund bellt, und 2 Hunde laufen.", "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ"];
        Tokenizer::train(sentences.iter().cycle().take(30), 340).expect("a vocabulary")
    }

    proptest! {
        #[test]
        fn without_leaving_out_merges_it_is_the_tokenizer(text in "[a-zA-Zäöüß0-9 .,!ᏣᎳᎩ🐕-]{0,60}") {
            let tokenizer = tokenizer();
            let ids = tokenizer.encode(&text).ids;
            let resegmenter = tokenizer.resegmenter().expect("a resegmenter");
            prop_assert_eq!(resegmenter.segment(&ids, || false), ids.clone());
            prop_assert_eq!(resegmenter.words(&ids).flatten().copied().collect::<Vec<u32>>(), ids);
        }

        #[test]
        fn any_merges_left_out_give_the_same_text(text in "\\PC{0,40}", pattern in any::<u64>()) {
            let tokenizer = tokenizer();
            let ids = tokenizer.encode(&text).ids;
            let mut state = pattern;
            let segmented = tokenizer.resegmenter().expect("a resegmenter").segment(&ids, || {
                state = state.rotate_left(7).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                state >> 63 == 1
            });
            prop_assert_eq!(tokenizer.decode(&segmented), tokenizer.decode(&ids));
        }
    }

    #[test]
    fn leaving_out_everything_leaves_bytes_and_the_end_stays() {
        let tokenizer = tokenizer();
        let ids: Vec<u32> = tokenizer.encode("Hund ä").ids.into_iter().chain([EOS]).collect();
        let resegmenter = tokenizer.resegmenter().expect("a resegmenter");
        let bytes = resegmenter.segment(&ids, || true);
        assert_eq!(bytes.len(), " Hund ä".len() + 1);
        assert_eq!(bytes.last(), Some(&EOS));
        let words: Vec<usize> = resegmenter.words(&bytes).map(<[u32]>::len).collect();
        assert_eq!(words, [5, 3, 1]);
    }
}
