//! The most probable next words after the beginning of a translation, each with the rest of the translation.

use crate::lines::join_parts;
use crate::search::{Beginning, Next, NextWord};
use crate::source::Source;
use crate::{SearchOptions, Translation, Translator, TranslatorError};
use glosser_text::{EOS, PlacedItem, is_line_end};

/// A possible next word of a translation.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The word as the translation has it, without the space before it. Punctuation is a word of its own; the end of the
    /// translation is the empty word.
    pub word: String,
    /// Its probability given the source and the beginning, whose last word is complete: that of its tokens and of the
    /// end of the word after them. It is a sum over the ways of writing the word in tokens that were found, so that it
    /// can be a little too small.
    pub probability: f32,
    /// The best translation that the search found with the beginning and this word.
    pub translation: Translation,
}

impl Translator {
    /// Returns up to `most` different words, the most probable ones first, that may follow the text `beginning` in the
    /// translation of a sentence. The last word of the beginning is complete, even without a space after it.
    ///
    /// Words are different if their letter case is. In a language without spaces, a word is a token of the model's
    /// vocabulary. A blank sentence and one that is copied have no choices.
    ///
    /// # Errors
    /// As for [`Translator::complete`].
    pub fn choices(
        &self,
        sentence: &str,
        beginning: &str,
        options: &SearchOptions,
        most: usize,
    ) -> Result<Vec<Choice>, TranslatorError> {
        let beginning = beginning.replace(is_line_end, " ");
        let Some((range, source)) = self.only_sentence(sentence)?.filter(|(_, source)| !source.pieces.is_empty())
        else {
            return Ok(Vec::new());
        };
        let (ids, items) = (source.ids_of(0), source.placed_items());
        let given = self.given(&source, &items, &beginning, true);
        self.check_length(given.tokens, options, &ids)?;
        let prefix = &given.search.tokens;
        let has_spaces = self.target_has_spaces();
        let found = self.searcher().next_words(&ids, options, prefix, has_spaces, most)?;
        let words = self.different_words(&source, &items, &beginning, found, most);
        let beginning_with = |(_, _, word): &(String, f64, NextWord)| Beginning {
            tokens: prefix.iter().chain(&word.tokens).copied().collect(),
            next: if word.is_open { Next::NewWord { has_spaces } } else { Next::Any },
        };
        let beginnings: Vec<Beginning> = words.iter().map(beginning_with).collect();
        let tasks: Vec<(&[u32], &Beginning)> = beginnings.iter().map(|beginning| (&ids[..], beginning)).collect();
        let found = self.searcher().search_from(&tasks, options)?;
        let choice = |((word, probability, _), mut found): ((String, f64, _), Vec<_>)| {
            found.truncate(1);
            let translation = self.joined(&source, &found, Some(&given));
            let translation = join_parts(sentence, std::slice::from_ref(&range), &[&translation]);
            Choice { word, probability: probability as f32, translation }
        };
        Ok(words.into_iter().zip(found).map(choice).collect())
    }

    /// The most probable different words as the translation has them, each with its probability and its most probable
    /// tokens.
    fn different_words(
        &self,
        source: &Source,
        items: &[PlacedItem],
        beginning: &str,
        found: Vec<NextWord>,
        most: usize,
    ) -> Vec<(String, f64, NextWord)> {
        let mut words: Vec<(String, f64, NextWord)> = Vec::new();
        for word in found {
            let text = self.word_text(source, items, beginning, &word.tokens);
            match words.iter_mut().find(|(other, ..)| *other == text) {
                Some((_, sum, best)) => {
                    *sum += word.probability;
                    if word.probability > best.probability {
                        *best = word;
                    }
                }
                // Tokens without a visible character are no word.
                None if text.is_empty() && word.tokens != [EOS] => {}
                None => words.push((text, word.probability, word)),
            }
        }
        words.sort_by(|(_, a, _), (_, b, _)| b.total_cmp(a));
        words.truncate(most);
        words
    }

    /// The text of a word after a beginning, in the letter case of the sentence.
    fn word_text(&self, source: &Source, items: &[PlacedItem], beginning: &str, tokens: &[u32]) -> String {
        let placed = source.items_in(items, 0, tokens);
        let is_item = !placed.is_empty();
        let (decoded, _) = self.tokenizers().target().decode_with_placeholders(tokens, placed).in_one_line();
        let word = decoded.text.trim();
        if is_item {
            return word.to_owned();
        }
        let (before, start) = match beginning.trim() {
            "" => (String::new(), 0),
            beginning => (format!("{beginning} "), beginning.len() + 1),
        };
        let kept = if start == 0 { Vec::new() } else { std::iter::once(0..start).collect() };
        let written = self.tokenizers().target_text().write_case(&format!("{before}{word}"), source.shape, &kept);
        written.map_or_else(|| word.to_owned(), |written| written.text()[start..].to_owned())
    }
}
