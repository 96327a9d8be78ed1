//! Splits a sentence of token ids into words.

use crate::tokenize::decoded::bytes_of;
use crate::tokenize::tokenizer::{Tokenizer, continues_character};
use crate::tokenize::vocabulary::CONTROL;
use crate::words::rule::WordRule;

/// Splits sentences of token ids into words, without decoding them.
#[derive(Clone, Debug)]
pub struct TokenWords {
    /// For each id, whether its token begins a word.
    begins_word: Vec<bool>,
    /// The id of a single space, whose word can begin with the next token; `None` if words begin at spaces.
    space: Option<u32>,
}

impl TokenWords {
    /// Looks up the tokens of a tokenizer. With [`WordRule::WhiteSpace`], a word begins with a token that begins with a
    /// space. Tokens do not show the boundaries of other words: each token is a word, except the parts of a character
    /// and the space before a token.
    pub fn new(tokenizer: &Tokenizer, rule: WordRule) -> Self {
        let token = |id: usize| -> Vec<u8> {
            bytes_of(&tokenizer.library().id_to_token(id as u32).unwrap_or_default()).collect()
        };
        let begins_word = |token: Vec<u8>| match rule {
            WordRule::WhiteSpace => token.first() == Some(&b' '),
            WordRule::Unicode | WordRule::SubWords => !continues_character(&token),
        };
        let ids = 0..tokenizer.vocab_size();
        let space = ids.clone().find(|id| rule != WordRule::WhiteSpace && token(*id) == b" ");
        Self { begins_word: ids.map(|id| begins_word(token(id))).collect(), space: space.map(|id| id as u32) }
    }

    /// Returns the ids of each word. A control token is a separate word.
    pub fn words<'a>(&self, ids: &'a [u32]) -> impl Iterator<Item = &'a [u32]> {
        let is_control = |id: u32| (id as usize) < CONTROL.len();
        ids.chunk_by(move |left, right| {
            let is_inside = !self.begins_word[*right as usize] || self.space == Some(*left);
            is_inside && !is_control(*left) && !is_control(*right)
        })
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
            prop_assert_eq!(TokenWords::new(&tokenizer, WordRule::WhiteSpace).words(&ids).flatten().copied().collect::<Vec<u32>>(), ids);
        }
    }

    #[test]
    fn words_begin_at_spaces_and_control_tokens_are_words() {
        let tokenizer = tokenizer();
        let ids: Vec<u32> = tokenizer.encode("Hunde bellt ä").ids.into_iter().chain([EOS]).collect();
        let words = TokenWords::new(&tokenizer, WordRule::WhiteSpace);
        let texts: Vec<String> = words.words(&ids).map(|word| tokenizer.decode(word)).collect();
        assert_eq!(texts, ["Hunde", "bellt", "ä", ""]);
        let numbers: Vec<usize> = words.word_numbers(&ids).collect();
        assert_eq!((numbers.len(), numbers.last()), (ids.len(), Some(&3)));
    }

    #[test]
    fn sub_words_are_words_without_the_parts_of_a_character() {
        let sentences = ["私は犬が好きです。", "彼は猫が好きです。"];
        let tokenizer = Tokenizer::train(sentences.iter().cycle().take(40), 330).expect("a vocabulary");
        let words = TokenWords::new(&tokenizer, WordRule::SubWords);
        for text in ["私は猫が好きです。", "猫 鼠は"] {
            let ids = tokenizer.encode(text).ids;
            let found: Vec<String> = words.words(&ids).map(|word| tokenizer.decode_with_offsets(word).text).collect();
            let is_whole = |word: &String| !word.contains(char::REPLACEMENT_CHARACTER) && !word.is_empty();
            assert!(found.len() > 1 && found.iter().all(is_whole), "{found:?}");
            assert_eq!(found.concat(), text.replace(' ', ""));
        }
    }
}
