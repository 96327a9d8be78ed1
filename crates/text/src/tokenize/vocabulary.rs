//! The control tokens, and the size of a vocabulary.

use crate::corpus::reader::{CorpusSize, MOST_DISTINCT};
use crate::words::placeholders::item::PLACEHOLDERS;

/// The id of the padding token, `<pad>`.
pub const PAD: u32 = 0;
/// The id at the beginning of every target, `<s>`.
pub const BOS: u32 = 1;
/// The id at the end of every sentence, `</s>`.
pub const EOS: u32 = 2;

/// The control tokens; the index of each is its id.
pub(crate) const CONTROL: [&str; 3 + PLACEHOLDERS] =
    ["<pad>", "<s>", "</s>", "<1>", "<2>", "<3>", "<4>", "<5>", "<6>", "<7>", "<8>"];

/// The smallest possible vocabulary: the 256 bytes and the control tokens.
pub const SMALLEST_VOCAB: usize = 256 + CONTROL.len();

/// Returns the token id of the placeholder with this index, which is below [`PLACEHOLDERS`].
///
/// ```
/// use glosser_text::{EOS, placeholder, placeholder_index};
///
/// assert_eq!(placeholder(0), EOS + 1);
/// assert_eq!(placeholder_index(placeholder(7)), Some(7));
/// assert_eq!(placeholder_index(EOS), None);
/// assert_eq!(placeholder_index(placeholder(7) + 1), None);
/// ```
pub const fn placeholder(index: usize) -> u32 {
    EOS + 1 + index as u32
}

/// Returns the index of the placeholder with this token id; `None` for other tokens.
pub fn placeholder_index(id: u32) -> Option<usize> {
    let index = id.checked_sub(placeholder(0))? as usize;
    (index < PLACEHOLDERS).then_some(index)
}

/// Tokens per distinct word of a corpus.
const OF_DISTINCT: f64 = 0.19;

/// The largest vocabulary that [`fitted_vocab`] returns.
const LARGEST: usize = 16_000;

// Further distinct words would not change the size.
const _: () = assert!(MOST_DISTINCT == (LARGEST as f64 / OF_DISTINCT) as usize + 1);

/// Returns the vocabulary size for a corpus.
///
/// A small corpus needs a small vocabulary: the embedding of a token that occurs five times is not learnt. Sennrich &
/// Zhang (2019, "Revisiting Low-Resource Neural Machine Translation: A Case Study") gain 4.9 BLEU by a smaller
/// vocabulary alone on their smallest corpus, 100,000 running words. The number of distinct words of a text grows
/// roughly as the square root of its length (Heaps' law), and so does this size: 9.6 √words. Languages with many word
/// forms have more distinct words; for them the size is 0.19 per distinct word. It is rounded to a multiple of eight,
/// which suits matrix kernels, and limited to 400 to 16,000. (Smaller sizes were worse in both cases:
/// `docs/experiments.md`.)
///
/// ```
/// use glosser_text::{CorpusSize, fitted_vocab};
///
/// let fitted = |words, distinct_words| fitted_vocab(CorpusSize { pairs: words / 20, words, distinct_words });
/// assert_eq!(fitted(1_000, 500), 400);
/// assert_eq!(fitted(100_000, 10_000), 3_032);
/// assert_eq!(fitted(700_000, 40_000), 8_032);
/// assert_eq!(fitted(350_000, 60_000), 11_400);
/// assert_eq!(fitted(100_000_000, 1_000_000), 16_000);
/// ```
pub fn fitted_vocab(size: CorpusSize) -> usize {
    let fitted = (9.6 * (size.words as f64).sqrt()).max(OF_DISTINCT * size.distinct_words as f64);
    ((fitted / 8.0).round() as usize * 8).clamp(400, LARGEST)
}
