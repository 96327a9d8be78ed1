//! Word links of given translations, from the statistics of a model, from its weights, or from both.

use crate::model::Weighting;
use crate::statistics::Statistics;
use crate::{Scorer, Translation, TranslatorError, WordView};
use glosser_alignment::statistical::{Evidence, StatisticalAligner};
use glosser_alignment::{AttentionMatrix, Posteriors, Shape, WordAttention};
use glosser_text::WordSplitters;

/// What word links are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkReading {
    /// The statistics, with the weights of the aligner as further evidence (of the posterior, if the model has no
    /// aligner): the best links.
    Joint,
    /// The statistics alone.
    Statistical,
    /// The largest of these weights.
    Weights(Weighting),
}

impl LinkReading {
    /// The weights for which [`Scorer::score`] is called before [`Scorer::links`].
    pub fn weighting(self) -> Weighting {
        match self {
            Self::Joint => Weighting::Aligner,
            // It is the fastest to compute, and no link depends on it.
            Self::Statistical => Weighting::Attention,
            Self::Weights(weighting) => weighting,
        }
    }

    /// What one of the values of [`WordView::attention`] is called in a picture.
    pub fn weight_name(self) -> &'static str {
        match self {
            Self::Joint | Self::Statistical => "link weight",
            Self::Weights(weighting) => weighting.weight_name(),
        }
    }

    /// Whether the model needs statistics for it.
    pub fn needs_statistics(self) -> bool {
        matches!(self, Self::Joint | Self::Statistical)
    }
}

/// The statistics of a model, used for one reading.
struct Reader<'a> {
    statistics: &'a Statistics,
    aligner: &'a StatisticalAligner,
    reading: LinkReading,
}

impl Scorer {
    /// The reading that gives the best links of this model: [`LinkReading::Joint`] if it has statistics, or else the
    /// weights of its aligner.
    pub fn default_reading(&self) -> LinkReading {
        match self.own_statistics() {
            Some(_) => LinkReading::Joint,
            None => LinkReading::Weights(Weighting::Aligner),
        }
    }

    /// The statistics of the model, if it has any. They are read now if they were not used before.
    ///
    /// # Errors
    /// If their file is missing or damaged.
    pub fn statistics(&self) -> Result<Option<&StatisticalAligner>, TranslatorError> {
        self.own_statistics().map(Statistics::aligner).transpose()
    }

    /// Checks that the model has what links are read from, and reads its statistics if they are needed.
    ///
    /// # Errors
    /// [`TranslatorError::NoStatistics`]; if the file of the statistics is missing or damaged.
    pub fn check_reading(&self, reading: LinkReading) -> Result<(), TranslatorError> {
        self.reader(reading).map(|_| ())
    }

    /// Adapts the statistics to pairs of words, source first; see [`StatisticalAligner::adapt`].
    ///
    /// # Errors
    /// Those of [`Scorer::check_reading`].
    pub fn with_adapted_statistics<'a>(
        self,
        pairs: impl IntoIterator<Item = (Vec<&'a str>, Vec<&'a str>)>,
        progress: impl FnMut(usize),
    ) -> Result<Self, TranslatorError> {
        let statistics = self.own_statistics().ok_or(TranslatorError::NoStatistics)?;
        let adapted = statistics.aligner()?.adapt(pairs, progress);
        let adapted = Statistics::new(adapted, statistics.exponents());
        Ok(self.with_statistics(Some(adapted)))
    }

    /// Merges the tokens of a translation that this model scored to words, with their links. `aligned` comes from
    /// [`Scorer::score`] with [`LinkReading::weighting`].
    ///
    /// With statistics, the links are those in which both directions of the statistics agree, and
    /// [`WordView::attention`] has the posteriors of the forward direction. A pair that the model cannot read is aligned
    /// by its statistics alone; a pair with more than [`StatisticalAligner::MAX_WORDS`] words by the weights alone.
    ///
    /// `aligned` may also be a translation by this model; then its [`exact_links`](Translation::exact_links) replace all
    /// other links of their words, except in a reading of the attention.
    ///
    /// # Errors
    /// Those of [`Scorer::check_reading`].
    pub fn links<'t>(
        &self,
        aligned: &'t Translation,
        words: &WordSplitters,
        reading: LinkReading,
    ) -> Result<WordView<'t>, TranslatorError> {
        let view = self.read_links(aligned, words, reading)?;
        let shows_attention = reading == LinkReading::Weights(Weighting::Attention);
        Ok(if shows_attention { view } else { view.with_exact_links(aligned) })
    }

    /// [`Scorer::links`] before the exact links of a translation.
    fn read_links<'t>(
        &self,
        aligned: &'t Translation,
        words: &WordSplitters,
        reading: LinkReading,
    ) -> Result<WordView<'t>, TranslatorError> {
        let view = aligned.words_by(words);
        let Some(reader) = self.reader(reading)?.filter(|reader| reader.can_align(&view)) else { return Ok(view) };
        let forward = reader.exponent(self, aligned).map(|exponent| (&view.attention, exponent));
        let evidence = Evidence { forward, reverse: None };
        let posteriors = reader.aligner.align_with(&view.source, &view.target, &evidence);
        let links = Some(posteriors.mean_links());
        Ok(WordView { attention: posteriors.forward().clone(), links, ..view })
    }

    /// The alignment of a pair in both directions. `forward` is the pair as this model scored it, `backward` the pair with
    /// its sides exchanged, as `reverse` scored it: a model of the opposite direction. The statistics are those of this
    /// model. Without `backward` the weights of this model serve for both directions.
    ///
    /// # Errors
    /// Those of [`Scorer::check_reading`]; if `backward` is another pair.
    pub fn posteriors(
        &self,
        reverse: Option<&Self>,
        forward: &Translation,
        backward: Option<&Translation>,
        words: &WordSplitters,
        reading: LinkReading,
    ) -> Result<Posteriors, TranslatorError> {
        let view = forward.words_by(words);
        let reversed = WordSplitters { source: words.target.clone(), target: words.source.clone() };
        let backward = backward.map(|backward| (backward, backward.words_by(&reversed).attention));
        let Some(reader) = self.reader(reading)?.filter(|reader| reader.can_align(&view)) else {
            let backward = backward.map_or_else(|| transposed(&view.attention), |(_, attention)| Ok(attention))?;
            return Ok(Posteriors::new(view.attention, backward)?);
        };
        let of_reverse = backward.as_ref().and_then(|(backward, attention)| {
            let exponent = reader.exponent(reverse.unwrap_or(self), backward)?;
            Some((attention, exponent))
        });
        let evidence = Evidence {
            forward: reader.exponent(self, forward).map(|exponent| (&view.attention, exponent)),
            reverse: of_reverse,
        };
        Ok(reader.aligner.align_with(&view.source, &view.target, &evidence))
    }

    /// The statistics for a reading; `None` if it does not need them.
    fn reader(&self, reading: LinkReading) -> Result<Option<Reader<'_>>, TranslatorError> {
        if !reading.needs_statistics() {
            return Ok(None);
        }
        let statistics = self.own_statistics().ok_or(TranslatorError::NoStatistics)?;
        Ok(Some(Reader { statistics, aligner: statistics.aligner()?, reading }))
    }

    /// Whether every encoder-decoder has an aligner.
    pub fn has_aligner(&self) -> bool {
        self.model().ensemble().iter().all(|one| one.decoder.has_aligner())
    }
}

impl Reader<'_> {
    /// Whether the pair is aligned by statistics. A pair that is too long for them keeps its weights, if the reading uses
    /// weights.
    fn can_align(&self, view: &WordView) -> bool {
        self.reading == LinkReading::Statistical || StatisticalAligner::can_align(view.source.len(), view.target.len())
    }

    /// The exponent of the weights of a pair that `scorer` computed; `None` if it has no weights, or the reading uses none.
    fn exponent(&self, scorer: &Scorer, pair: &Translation) -> Option<f32> {
        if self.reading == LinkReading::Statistical || pair.attention.is_none() {
            return None;
        }
        let exponents = scorer.own_statistics().unwrap_or(self.statistics).exponents();
        Some(if scorer.has_aligner() { exponents.aligner } else { exponents.posterior })
    }
}

/// The weights of the other direction: `[source words][target words]` from `[target words][source words]`. A source word
/// has no weight outside every target word.
fn transposed(attention: &WordAttention) -> Result<WordAttention, TranslatorError> {
    let matrix = attention.matrix();
    let shape = Shape { target_len: matrix.source_len(), source_len: matrix.target_len() };
    let column = |source| (0..matrix.target_len()).map(move |target| matrix.get(target, source));
    let weights = (0..matrix.source_len()).flat_map(column).collect();
    let matrix = AttentionMatrix::new(shape, weights).map_err(glosser_alignment::MergeError::from)?;
    Ok(WordAttention::new(matrix, vec![0.0; shape.target_len])?)
}
