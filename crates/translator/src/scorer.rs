//! Forced decoding of text: the probability and the attention of translations that are given.

use crate::directory::ModelDirectory;
use crate::model::{Batch, TargetScores, Weighting, with_eos};
use crate::statistics::Statistics;
use crate::tokenizers::encode;
use crate::translation::attention_matrix;
use crate::{Model, ShortList, Tokenizers, Translation, TranslatorError};
use glosser_text::{Encoding, MappedText, Tokenizer};
use std::path::Path;
use std::sync::Arc;

/// A model with its tokenizers, for translations that exist already (forced decoding).
#[derive(Clone, Debug)]
pub struct Scorer {
    model: Model,
    tokenizers: Tokenizers,
    /// `None` if the model has none.
    statistics: Option<Statistics>,
    /// `None` if the model has none.
    short_list: Option<Arc<ShortList>>,
}

impl Scorer {
    /// The greatest number of tokens per side: memory grows with the product of both lengths.
    pub const MAX_TOKENS: usize = 1500;

    /// Reads a model directory.
    ///
    /// # Errors
    /// If a file is missing, damaged or of another format version. The message names the file and the remedy.
    pub fn load(directory: &Path) -> Result<Self, TranslatorError> {
        Ok(ModelDirectory::new(directory).load_scorer()?.1)
    }

    /// Combines a model with tokenizers of the same vocabularies, without statistics and short lists.
    pub fn new(model: Model, tokenizers: Tokenizers) -> Self {
        Self { model, tokenizers, statistics: None, short_list: None }
    }

    /// Replaces the statistics.
    pub(crate) fn with_statistics(self, statistics: Option<Statistics>) -> Self {
        Self { statistics, ..self }
    }

    /// Replaces the short lists.
    pub(crate) fn with_short_list(self, short_list: Option<ShortList>) -> Self {
        Self { short_list: short_list.map(Arc::new), ..self }
    }

    /// The short lists of output words, if the model has any. Only search uses them: the probability of a given
    /// translation is always that among the whole vocabulary.
    pub fn short_list(&self) -> Option<&Arc<ShortList>> {
        self.short_list.as_ref()
    }

    /// The statistics, if the model has any.
    pub(crate) fn own_statistics(&self) -> Option<&Statistics> {
        self.statistics.as_ref()
    }

    /// Makes an ensemble of this model and another one. Tokenizers and statistics stay those of this one. The short lists
    /// have the words of both; there are none if one of the two models has none.
    pub(crate) fn joined_with(self, other: Self) -> Self {
        let lists = self.short_list.as_ref().zip(other.short_list);
        let short_list = lists.map(|(own, other)| Arc::new(own.and(&other)));
        Self { model: self.model.joined_with(other.model), short_list, ..self }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The tokenizers.
    pub fn tokenizers(&self) -> &Tokenizers {
        &self.tokenizers
    }

    /// Scores pairs of a source sentence and its translation, `batch_size` pairs at a time; `weighting` chooses the
    /// weights that become [`Translation::attention`]. The order of the pairs is kept.
    ///
    /// The model reads every word itself: no placeholders are used. A pair with a blank side, or with more than
    /// [`Scorer::MAX_TOKENS`] tokens on a side, is not computed: its attention is `None`, its probability 1, and its tokens
    /// have none.
    pub fn score<S: AsRef<str>, T: AsRef<str>>(
        &self,
        pairs: &[(S, T)],
        batch_size: usize,
        weighting: Weighting,
    ) -> Result<Vec<Translation>, TranslatorError> {
        let sources: Vec<Encoding> = pairs.iter().map(|(source, _)| self.encode_source(source.as_ref())).collect();
        let targets: Vec<Encoding> = pairs.iter().map(|(_, target)| self.encode_target(target.as_ref())).collect();
        let mut results: Vec<Translation> =
            pairs.iter().map(|(source, target)| Translation::not_computed(source.as_ref(), target.as_ref())).collect();
        // Pairs of similar length share a batch, so that little padding is computed.
        let is_possible = |encoding: &Encoding| (1..=Self::MAX_TOKENS).contains(&encoding.ids.len());
        let mut order: Vec<usize> =
            (0..pairs.len()).filter(|pair| is_possible(&sources[*pair]) && is_possible(&targets[*pair])).collect();
        order.sort_by_key(|pair| (sources[*pair].ids.len(), targets[*pair].ids.len()));
        for batch in order.chunks(batch_size.max(1)) {
            let source: Vec<Vec<u32>> = batch.iter().map(|pair| with_eos(&sources[*pair].ids)).collect();
            let target: Vec<Vec<u32>> = batch.iter().map(|pair| with_eos(&targets[*pair].ids)).collect();
            let scores = self.model.score(&Batch::new(&source, self.model.device())?, &target, weighting)?;
            for (pair, TargetScores { log_probs, weights }) in batch.iter().zip(scores) {
                let translation = &mut results[*pair];
                translation.log_prob = log_probs.iter().map(|p| f64::from(*p)).sum::<f64>() as f32;
                translation.score = translation.log_prob / log_probs.len() as f32;
                translation.attention = Some(attention_matrix(&weights));
                translation.source_tokens.clone_from(&sources[*pair].offsets);
                translation.target_tokens.clone_from(&targets[*pair].offsets);
                translation.token_log_probs = log_probs;
            }
        }
        Ok(results)
    }

    /// The tokens of a source sentence; none if it is blank. Offsets are those of `text`.
    pub fn encode_source(&self, text: &str) -> Encoding {
        let (words, rules) = (self.tokenizers.training_words(), self.tokenizers.source_text());
        let text = rules.known_forms(rules.read(text, Some(words)).0, &[], words).0;
        encoded(self.tokenizers.source(), text)
    }

    /// The tokens of a target sentence; none if it is blank. Offsets are those of `text`.
    pub fn encode_target(&self, text: &str) -> Encoding {
        encoded(self.tokenizers.target(), self.tokenizers.target_text().read(text, None).0)
    }
}

fn encoded(tokenizer: &Tokenizer, text: MappedText) -> Encoding {
    if text.text().trim().is_empty() { Encoding::default() } else { encode(tokenizer, &text) }
}
