//! Translations with other weights than the attention of the search, which need the complete translation.

use crate::lines::Lines;
use crate::model::{Batch, with_eos};
use crate::source::Source;
use crate::{LineTranslation, SearchOptions, Translation, Translator, TranslatorError, Weighting};
use rayon::prelude::*;

impl Translator {
    /// Returns the translations of [`Translator::translate_with`], whose [`Translation::attention`] holds these weights.
    ///
    /// They come from forced decoding of the tokens that the search has found, so that copied words, marks and pieces
    /// have the same tokens as in the search. Nothing else changes.
    pub fn translate_weighted<S: AsRef<str>>(
        &self,
        lines: &[S],
        options: &SearchOptions,
        n_best: usize,
        weighting: Weighting,
    ) -> Result<Vec<Vec<Translation>>, TranslatorError> {
        let lines = Lines::new(lines, |line| self.sentences(line));
        let mut sources = self.search(&lines.sentences(), options, n_best)?;
        if weighting != Weighting::Attention {
            self.weigh(&mut sources, options.batch_size, weighting)?;
        }
        let translations: Vec<Vec<Translation>> =
            sources.into_par_iter().map(|source| self.translations(source)).collect();
        let lines = lines.join(translations, LineTranslation::new);
        Ok(lines.into_iter().map(|line| line.into_translations(n_best)).collect())
    }

    /// Computes the weights of all hypotheses that were found.
    fn weigh(&self, sources: &mut [Source], batch_size: usize, weighting: Weighting) -> Result<(), TranslatorError> {
        let pairs = sources.iter().flat_map(|source| {
            let hypotheses = source.weighted_hypotheses();
            hypotheses.map(move |(piece, found)| (source.ids_of(piece), with_eos(&found.ids)))
        });
        let pairs: Vec<(Vec<u32>, Vec<u32>)> = pairs.collect();
        let mut weights = vec![Vec::new(); pairs.len()];
        // Pairs of similar length share a batch, so that little padding is computed.
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        order.sort_by_key(|pair| (pairs[*pair].0.len(), pairs[*pair].1.len()));
        for batch in order.chunks(batch_size.max(1)) {
            let (source, target): (Vec<Vec<u32>>, Vec<Vec<u32>>) =
                batch.iter().map(|pair| pairs[*pair].clone()).unzip();
            let source = Batch::new(&source, self.model().device())?;
            for (pair, scores) in batch.iter().zip(self.model().score(&source, &target, weighting)?) {
                weights[*pair] = scores.weights;
            }
        }
        let mut weights = weights.into_iter();
        for source in sources {
            let count = source.weighted_hypotheses().count();
            source.set_other_weights(weights.by_ref().take(count));
        }
        Ok(())
    }
}
