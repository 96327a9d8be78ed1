//! Given pairs on their way through the model: what `align` and `score` share.

use anyhow::Result;
use glosser_text::Corpus;
use glosser_translator::{ScoredTranslation, Translation, Translator, Weighting};

/// Batches that are sorted by length together.
const BATCHES_AT_ONCE: usize = 16;

/// Gives each pair of a corpus to `take`, with its number from one, in order.
pub fn each(
    translator: &Translator,
    corpus: &Corpus,
    batch_size: usize,
    weighting: Weighting,
    mut take: impl FnMut(usize, &ScoredTranslation) -> Result<()>,
) -> Result<()> {
    let mut line = 0;
    in_chunks(corpus, batch_size, |pairs| {
        for scored in translator.score_tokens(pairs, batch_size, weighting)? {
            line += 1;
            take(line, &scored)?;
        }
        Ok(())
    })
}

/// The same through two models of opposite directions.
pub fn both(
    [forward, reverse]: [&Translator; 2],
    corpus: &Corpus,
    batch_size: usize,
    weighting: Weighting,
    mut take: impl FnMut(usize, &Translation, &Translation) -> Result<()>,
) -> Result<()> {
    let mut line = 0;
    in_chunks(corpus, batch_size, |pairs| {
        let turned: Vec<(&str, &str)> = pairs.iter().map(|(source, target)| (*target, *source)).collect();
        let forward = forward.score(pairs, batch_size, weighting)?;
        let reverse = reverse.score(&turned, batch_size, weighting)?;
        for (forward, reverse) in forward.iter().zip(&reverse) {
            line += 1;
            take(line, forward, reverse)?;
        }
        Ok(())
    })
}

/// Gives sources and targets to `take`, as many as are sorted together.
fn in_chunks(corpus: &Corpus, batch_size: usize, mut take: impl FnMut(&[(&str, &str)]) -> Result<()>) -> Result<()> {
    for pairs in corpus.pairs.chunks(batch_size.saturating_mul(BATCHES_AT_ONCE)) {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|p| (p.source.as_str(), p.target.as_str())).collect();
        take(&pairs)?;
    }
    Ok(())
}

/// What to say of a pair that has text on both sides and could not be computed.
pub fn complaint(name: &str, line: usize, forced: &Translation) -> Option<String> {
    let is_computed = !forced.target_tokens.is_empty() || is_blank(forced);
    let most = Translator::LONGEST_SCORED;
    (!is_computed).then(|| format!("{name}:{line}: more than {most} sub-words on a side"))
}

/// Whether a side has nothing to go through.
pub fn is_blank(forced: &Translation) -> bool {
    forced.source.trim().is_empty() || forced.text.trim().is_empty()
}
