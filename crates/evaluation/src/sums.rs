//! What all metrics have in common: figures of single sentences are summed, and the sums have a score.

/// The sufficient statistics of one sentence, or of many together.
pub trait Sums: Copy + Default {
    /// Of one sentence.
    fn of(hypothesis: &str, reference: &str) -> Self;

    fn add(&mut self, other: &Self);

    /// The score of the sentences together.
    fn score(&self) -> f64;

    fn total<'a>(sentences: impl IntoIterator<Item = &'a Self>) -> Self
    where
        Self: 'a,
    {
        let mut total = Self::default();
        sentences.into_iter().for_each(|sentence| total.add(sentence));
        total
    }
}
