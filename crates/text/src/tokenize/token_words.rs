//! Splits a sentence of token ids into words.

use crate::tokenize::decoded::bytes_of;
use crate::tokenize::tokenizer::Tokenizer;
use crate::tokenize::vocabulary::CONTROL;

/// Splits sentences of token ids into words, without decoding them.
#[derive(Clone, Debug)]
pub struct TokenWords {
    /// For each id, whether its token begins with a space.
    begins_word: Vec<bool>,
}

impl TokenWords {
    /// Looks up the tokens of a tokenizer.
    pub fn new(tokenizer: &Tokenizer) -> Self {
        let begins_word = |id: usize| {
            let token = tokenizer.library().id_to_token(id as u32).unwrap_or_default();
            bytes_of(&token).next() == Some(b' ')
        };
        Self { begins_word: (0..tokenizer.vocab_size()).map(begins_word).collect() }
    }

    /// Returns the ids of each word. A word begins with a token that begins with a space. A control token is a separate
    /// word.
    pub fn words<'a>(&self, ids: &'a [u32]) -> impl Iterator<Item = &'a [u32]> {
        let is_control = |id: u32| (id as usize) < CONTROL.len();
        ids.chunk_by(move |left, right| !self.begins_word[*right as usize] && !is_control(*left) && !is_control(*right))
    }

    /// Returns for each id the zero-based number of its word.
    pub fn word_numbers(&self, ids: &[u32]) -> impl Iterator<Item = usize> {
        self.words(ids).enumerate().flat_map(|(number, word)| std::iter::repeat_n(number, word.len()))
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
        fn the_words_of_a_sentence_are_all_its_tokens_in_order(text in "\\PC{0,60}") {
            let tokenizer = tokenizer();
            let ids = tokenizer.encode(&text).ids;
            prop_assert_eq!(TokenWords::new(&tokenizer).words(&ids).flatten().copied().collect::<Vec<u32>>(), ids);
        }
    }

    #[test]
    fn words_begin_at_spaces_and_control_tokens_are_words() {
        let tokenizer = tokenizer();
        let ids: Vec<u32> = tokenizer.encode("Hunde bellt ä").ids.into_iter().chain([EOS]).collect();
        let words = TokenWords::new(&tokenizer);
        let texts: Vec<String> = words.words(&ids).map(|word| tokenizer.decode(word)).collect();
        assert_eq!(texts, ["Hunde", "bellt", "ä", ""]);
        let numbers: Vec<usize> = words.word_numbers(&ids).collect();
        assert_eq!((numbers.len(), numbers.last()), (ids.len(), Some(&3)));
    }
}
