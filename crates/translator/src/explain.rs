//! How a translation was found: the steps of its search as text.

use crate::beam::Status;
use crate::pieces::LONGEST_PIECE;
use crate::search_trace::TraceStep;
use crate::{SearchOptions, Translation, Translator, TranslatorError};
use glosser_text::{EOS, WordPart, placeholder_index};
use std::ops::Range;

/// A search with all its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// One a token, in order.
    pub steps: Vec<SearchStep>,
    /// All translations that ended, best first, at least one; the first is what [`Translator::translate_with`] gives
    /// where nothing was forced.
    pub translations: Vec<Translation>,
}

/// One token further.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchStep {
    /// The hypotheses that the step goes on from, best first; one without text before the first word.
    pub live: Vec<ActiveHypothesis>,
    /// Ways to go on, best first.
    pub considered: Vec<Expansion>,
}

/// A hypothesis that is followed.
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveHypothesis {
    /// Its text so far.
    pub text: String,
    /// Natural logarithm of its probability.
    pub log_prob: f64,
}

/// A way to go on.
#[derive(Clone, Debug, PartialEq)]
pub struct Expansion {
    /// Which of the live hypotheses it goes on from.
    pub parent: usize,
    /// The token, with `␣` for a space before it, or `</s>`.
    pub token: String,
    /// Natural logarithm of the probability of the hypothesis with it.
    pub log_prob: f64,
    /// What became of it.
    pub status: Status,
}

impl Translator {
    /// Translates one sentence and says how: at every step what was kept, and up to `alternatives` ways that were dropped.
    /// The translation begins with the tokens of `prefix`, which may be empty.
    ///
    /// # Errors
    /// [`TranslatorError::NothingToExplain`] for a blank text, [`TranslatorError::SeveralPieces`] for one that is too long
    /// to be translated in one go; [`TranslatorError::PrefixTooLong`].
    pub fn explain(
        &self,
        sentence: &str,
        options: &SearchOptions,
        prefix: &str,
        alternatives: usize,
    ) -> Result<Explanation, TranslatorError> {
        let mut source = self.source(sentence);
        let ids = match source.pieces.len() {
            0 => return Err(TranslatorError::NothingToExplain),
            1 => source.ids_of(0),
            pieces => return Err(TranslatorError::SeveralPieces { pieces, most: LONGEST_PIECE }),
        };
        let items: Vec<&str> = source.items.iter().map(|item| source.text_of(item)).collect();
        let prefix = self.prefix_ids(prefix, &items);
        let most = options.limits(&ids).max_length;
        if prefix.len() > most {
            return Err(TranslatorError::PrefixTooLong { found: prefix.len(), most });
        }
        let (steps, found) = self.searcher()?.observe(&ids, options, &prefix, alternatives)?;
        let steps = steps.into_iter().map(|step| self.step(step, &items)).collect();
        source.take(found, usize::MAX);
        Ok(Explanation { steps, translations: self.translations(source) })
    }

    /// The tokens of the beginning of a translation, with stand-ins for the items of the source that are in it.
    fn prefix_ids(&self, prefix: &str, items: &[&str]) -> Vec<u32> {
        if prefix.trim().is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(Range<usize>, usize)> = Vec::new();
        for (number, item) in items.iter().enumerate().filter(|(_, item)| !item.is_empty()) {
            let places = prefix.match_indices(item).map(|(at, item)| at..at + item.len());
            let is_free = |place: &Range<usize>| {
                found.iter().all(|(other, _)| place.end <= other.start || other.end <= place.start)
            };
            if let Some(place) = places.into_iter().find(is_free) {
                found.push((place, number));
            }
        }
        found.sort_by_key(|(place, _)| place.start);
        let (places, numbers): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let ids = self.tokenizers().target().encode_with_placeholders(prefix.trim_end(), &places).ids;
        // Stand-ins are numbered by their order in the source.
        let renumbered = |id| placeholder_index(id).map_or(id, |place| glosser_text::placeholder(numbers[place]));
        ids.into_iter().map(renumbered).collect()
    }

    fn step(&self, step: TraceStep, items: &[&str]) -> SearchStep {
        let text = |ids: &[u32]| self.tokenizers().target().decode_with_placeholders(ids, items).in_one_line().0.text;
        SearchStep {
            live: step
                .live
                .iter()
                .map(|(ids, log_prob)| ActiveHypothesis { text: text(ids), log_prob: *log_prob })
                .collect(),
            considered: step
                .extensions
                .iter()
                .map(|(extension, status)| Expansion {
                    parent: extension.parent,
                    token: self.token(extension.token, items),
                    log_prob: extension.log_prob,
                    status: *status,
                })
                .collect(),
        }
    }

    fn token(&self, id: u32, items: &[&str]) -> String {
        let target = self.tokenizers().target();
        if id == EOS {
            return glosser_alignment::EOS.to_owned();
        }
        // Decoding takes the first space away: it is put back as a sign.
        let text = target.decode_with_placeholders(&[id], items).text;
        let has_space =
            placeholder_index(id).is_some() || matches!(target.word_part(id), WordPart::Begins | WordPart::Space);
        if has_space { format!("␣{text}") } else { text }
    }
}
