//! The size of a corpus.

/// The largest number of distinct words that are counted. A corpus with this number of words gets the largest
/// vocabulary.
pub(crate) const MOST_DISTINCT: usize = 84_211;

/// The size of a corpus: its pairs with text on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorpusSize {
    /// The number of pairs.
    pub pairs: usize,
    /// The number of [`running_words`](crate::running_words), both sides together.
    pub words: usize,
    /// The number of different words between white space; 84,211 at most.
    pub distinct_words: usize,
}
