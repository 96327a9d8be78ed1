//! The steps of a search as text.

use crate::pieces::LONGEST_PIECE;
use crate::search::{Extension, Status, TraceStep};
use crate::source::Source;
use crate::{SearchOptions, Translation, Translator, TranslatorError};
use glosser_text::{EOS, MappedText, PlacedItem, WordPart, placeholder_index};
use serde::Serialize;

/// A search with all its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// One step per token, in order.
    pub steps: Vec<SearchStep>,
    /// Number of steps, from the first, in which the prefix determined the token that was kept.
    pub forced_steps: usize,
    /// All finished translations, best first, at least one. Without a prefix, the first is the one that
    /// [`Translator::translate_with`] returns.
    pub translations: Vec<Translation>,
}

/// One step of a search: every active hypothesis grows by a token.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchStep {
    /// The hypotheses before the step, best first. In the first step it is one without text.
    pub active: Vec<ActiveHypothesis>,
    /// Their possible next tokens, best first.
    pub expansions: Vec<Expansion>,
}

/// A hypothesis that has not ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActiveHypothesis {
    /// Its text so far.
    pub text: String,
    /// log p of its tokens.
    pub log_prob: f64,
}

/// A possible next token of a hypothesis.
#[derive(Clone, Debug, PartialEq)]
pub struct Expansion {
    /// Index in [`SearchStep::active`] of the hypothesis that it extends.
    pub parent: usize,
    /// The token, with `␣` for a space before it; or `</s>`.
    pub token: String,
    /// log p of the hypothesis including the token.
    pub log_prob: f64,
    /// Whether the search kept it.
    pub status: Status,
}

impl Translator {
    /// Translates one sentence and returns every step of the search, with up to `alternatives` dropped expansions per
    /// step. All translations begin with the text `prefix`, which may be empty. If the search ran a second time because
    /// it found no end, the steps are those of the run whose translations are returned.
    ///
    /// # Errors
    /// [`TranslatorError::NothingToExplain`] for a blank sentence or one without words, [`TranslatorError::SeveralSentences`] for several sentences,
    /// [`TranslatorError::SeveralPieces`] for a sentence
    /// that is too long for the model, [`TranslatorError::PrefixTooLong`] for a prefix longer than the longest
    /// translation.
    pub fn explain(
        &self,
        sentence: &str,
        options: &SearchOptions,
        prefix: &str,
        alternatives: usize,
    ) -> Result<Explanation, TranslatorError> {
        let mut source = match &self.sentences(sentence)[..] {
            [range] => self.source(&sentence[range.clone()]),
            [] => return Err(TranslatorError::NothingToExplain),
            sentences => return Err(TranslatorError::SeveralSentences { sentences: sentences.len() }),
        };
        let ids = match source.pieces.len() {
            0 => return Err(TranslatorError::NothingToExplain),
            1 => source.ids_of(0),
            pieces => return Err(TranslatorError::SeveralPieces { pieces, most: LONGEST_PIECE }),
        };
        let items = source.placed_items();
        let prefix = self.prefix_ids(prefix, &items);
        let most = options.limits(&ids).max_length;
        if prefix.len() > most {
            return Err(TranslatorError::PrefixTooLong { found: prefix.len(), most });
        }
        let (found, trace) = self.searcher().search_traced(&ids, options, &prefix, alternatives)?;
        let steps = trace.steps.into_iter().map(|step| self.step(step, &source, &items)).collect();
        source.take(found, usize::MAX);
        Ok(Explanation { steps, forced_steps: prefix.len(), translations: self.translations(source) })
    }

    /// The tokens of the beginning of a translation, with placeholders for the source items that occur in it.
    fn prefix_ids(&self, prefix: &str, items: &[PlacedItem]) -> Vec<u32> {
        if prefix.trim().is_empty() {
            return Vec::new();
        }
        self.encode_beginning(&MappedText::unchanged(prefix.trim_end()), prefix.trim_end(), items).ids
    }

    fn step(&self, step: TraceStep, source: &Source, items: &[PlacedItem]) -> SearchStep {
        let text = |ids: &[u32]| self.decoded(ids, source, items);
        let active = |(ids, log_prob): &(Vec<u32>, f64)| ActiveHypothesis { text: text(ids), log_prob: *log_prob };
        let expansion = |(extension, status): &(Extension, Status)| Expansion {
            parent: extension.parent,
            token: self.token(extension.token, source, items),
            log_prob: extension.log_prob,
            status: *status,
        };
        SearchStep {
            active: step.active.iter().map(active).collect(),
            expansions: step.extensions.iter().map(expansion).collect(),
        }
    }

    fn decoded(&self, ids: &[u32], source: &Source, items: &[PlacedItem]) -> String {
        let items = source.items_in(items, 0, ids);
        self.tokenizers().target().decode_with_placeholders(ids, items).in_one_line().0.text
    }

    fn token(&self, id: u32, source: &Source, items: &[PlacedItem]) -> String {
        let target = self.tokenizers().target();
        if id == EOS {
            return glosser_alignment::EOS.to_owned();
        }
        // Decoding removes a space before the first token; it is shown as a sign.
        let text = target.decode_with_placeholders(&[id], source.items_in(items, 0, &[id])).text;
        let has_space = placeholder_index(id).is_some()
            || matches!(
                target.word_part(id, self.tokenizers().profile().target.words),
                WordPart::Begins | WordPart::Space
            );
        if has_space { format!("␣{text}") } else { text }
    }
}
