//! A pair of a sentence and its translation with its words, links and weights, as plain data; its picture in HTML.

use glosser_alignment::statistical::StatisticalAligner;
use glosser_alignment::{GlossedSentence, HeatMap, LabelledAttention, Links, WordAttention, gloss_fragment, heat_map};
use glosser_text::WordSplitters;
use glosser_translator::{LinkReading, Translation, Weighting, WordView};
use std::sync::Arc;

/// A pair over words.
pub struct Aligned {
    pub source: String,
    pub text: String,
    pub log_prob: f32,
    pub score: f32,
    pub source_words: Vec<String>,
    pub target_words: Vec<String>,
    pub links: Links,
    pub attention: Arc<WordAttention>,
    /// What one of the weights is called in a picture.
    pub weight_name: &'static str,
    /// Faults of the translation, with the names that they have in the JSON Lines of `glosser translate`.
    pub degraded: Vec<&'static str>,
    /// Words of the source that training never saw, each once.
    pub unknown: Vec<String>,
}

impl Aligned {
    /// The words of a translation that search has found. `has_limit`: whether the user has limited its length.
    pub fn found(translation: &Translation, words: &WordSplitters, has_limit: bool) -> Self {
        let Translation { pieces, truncated, line_ends, attention, items, .. } = translation;
        let faults = [
            ("split", *pieces > 1),
            ("cut", *truncated && has_limit),
            ("no_end", *truncated && !has_limit),
            ("line_ends_replaced", *line_ends > 0),
            ("no_weights", *pieces > 0 && attention.is_none()),
            ("item_appended", items.iter().any(|item| item.is_appended)),
        ];
        Self::new(translation, translation.words_by(words), Weighting::Attention.weight_name(), &faults)
    }

    /// The words of a given pair, with the links and weights of a reading. Without weights it is either blank or too long.
    pub fn given(pair: &Translation, view: WordView, reading: LinkReading) -> Self {
        let is_blank = pair.source.trim().is_empty() || pair.text.trim().is_empty();
        let is_counted =
            reading.needs_statistics() && StatisticalAligner::can_align(view.source.len(), view.target.len());
        let has_no_weights = pair.attention.is_none() && !is_blank && !is_counted;
        Self::new(pair, view, reading.weight_name(), &[("no_weights", has_no_weights)])
    }

    fn new(
        translation: &Translation,
        view: WordView,
        weight_name: &'static str,
        faults: &[(&'static str, bool)],
    ) -> Self {
        let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        Self {
            source: translation.source.clone(),
            text: translation.text.clone(),
            log_prob: translation.log_prob,
            score: translation.score,
            source_words: owned(&view.source),
            target_words: owned(&view.target),
            links: view.links(),
            attention: Arc::new(view.attention),
            weight_name,
            degraded: faults.iter().filter(|(_, is_found)| *is_found).map(|(name, _)| *name).collect(),
            unknown: owned(&translation.different_unknown_words()),
        }
    }

    /// Draws the pair as a part of an HTML page: interlinear text, and the heat map of its weights.
    pub fn html(&self) -> String {
        let source: Vec<&str> = self.source_words.iter().map(String::as_str).collect();
        let target: Vec<&str> = self.target_words.iter().map(String::as_str).collect();
        let sentence = GlossedSentence::new(&source, &target, &self.links, &self.text);
        let picture = if self.attention.matrix().target_len() == 0 || source.is_empty() {
            String::new()
        } else {
            let labelled = LabelledAttention::new(&source, &target, &self.attention);
            let form = HeatMap { weight: Some(self.weight_name), ..HeatMap::default() };
            labelled.map_or_else(|_| String::new(), |labelled| heat_map(&labelled, &form))
        };
        gloss_fragment(&sentence, &picture)
    }
}
