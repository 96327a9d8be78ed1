//! Translations that begin with a given text.

use crate::lines::join_parts;
use crate::pieces::LONGEST_PIECE;
use crate::source::Source;
use crate::{SearchOptions, Translation, Translator, TranslatorError};
use glosser_text::is_line_end;
use std::ops::Range;

impl Translator {
    /// Returns up to `n_best` translations of a sentence that begin with the text `beginning`, best first, at least one.
    ///
    /// The last word of the beginning may be incomplete: `The d` can become `The dog sleeps.` White space at its end
    /// makes it a whole word. The text of each translation begins with exactly the given text, except white space at
    /// its end; characters that end a line are spaces. A beginning that the model would never write is allowed. Its
    /// letter case and look-alike characters do not matter to the model where the sentence is, for example, in
    /// capitals.
    ///
    /// A blank beginning gives the result of [`Translator::translate_with`]. A blank sentence has the beginning as its
    /// translation, without a probability, and so has a sentence that is copied but not as the beginning.
    ///
    /// Search is a beam: a translation that begins with the given text and is more probable may exist. Given a part of
    /// its own best translation, it finds this translation or one that is as probable, unless the beam is so narrow that
    /// the given text leads it to another one.
    ///
    /// # Errors
    /// [`TranslatorError::SeveralSentences`] for several sentences, [`TranslatorError::SeveralPieces`] for a sentence
    /// that is too long for the model, [`TranslatorError::PrefixTooLong`] for a beginning longer than the longest
    /// translation.
    pub fn complete(
        &self,
        sentence: &str,
        beginning: &str,
        options: &SearchOptions,
        n_best: usize,
    ) -> Result<Vec<Translation>, TranslatorError> {
        if beginning.trim().is_empty() {
            let found = self.translate_with(&[sentence], options, n_best)?;
            return Ok(found.into_iter().flatten().collect());
        }
        let beginning = beginning.replace(is_line_end, " ");
        let Some((range, mut source)) = self.only_sentence(sentence)? else {
            return Ok(vec![Translation::not_computed(sentence, &beginning)]);
        };
        if source.pieces.is_empty() {
            return Ok(vec![self.without_search(sentence, &source, &beginning)]);
        }
        let (ids, items) = (source.ids_of(0), source.placed_items());
        let given = self.given(&source, &items, &beginning, false);
        self.check_length(given.tokens, options, &ids)?;
        let found = self.searcher().search_from(&[(&ids[..], &given.search)], options)?;
        drop(items);
        found.into_iter().for_each(|found| source.take(found, n_best));
        let found = self.translations_from(source, Some(&given));
        Ok(found.iter().map(|found| join_parts(sentence, std::slice::from_ref(&range), &[found])).collect())
    }

    /// The sentence of a line, and its bytes in the line; `None` if the line is blank.
    pub(crate) fn only_sentence<'a>(
        &self,
        line: &'a str,
    ) -> Result<Option<(Range<usize>, Source<'a>)>, TranslatorError> {
        let (range, source) = match &self.sentences(line)[..] {
            [] => return Ok(None),
            [range] => (range.clone(), self.source(&line[range.clone()])),
            sentences => return Err(TranslatorError::SeveralSentences { sentences: sentences.len() }),
        };
        match source.pieces.len() {
            0 | 1 => Ok(Some((range, source))),
            pieces => Err(TranslatorError::SeveralPieces { pieces, most: LONGEST_PIECE }),
        }
    }

    /// Fails if the beginning of a translation has more than its greatest number of tokens.
    pub(crate) fn check_length(
        &self,
        found: usize,
        options: &SearchOptions,
        source: &[u32],
    ) -> Result<(), TranslatorError> {
        let most = options.limits(source).max_length;
        if found > most { Err(TranslatorError::PrefixTooLong { found, most }) } else { Ok(()) }
    }

    /// The translation of a sentence that the model does not read.
    fn without_search(&self, sentence: &str, source: &Source, beginning: &str) -> Translation {
        let copied = Translation::copied(sentence);
        if source.is_copied && copied.text.starts_with(beginning.trim_end()) {
            return copied;
        }
        Translation::not_computed(sentence, beginning)
    }
}
