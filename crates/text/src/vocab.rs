//! The control tokens, and how large a vocabulary should be.

use crate::CorpusSize;

/// The id of padding, `<pad>`.
pub const PAD: u32 = 0;
/// The id that begins every target, `<s>`.
pub const BOS: u32 = 1;
/// The id that ends every sentence, `</s>`.
pub const EOS: u32 = 2;

/// How many stand-ins there are: control tokens that stand for words which pass through a translation untouched.
pub const PLACEHOLDERS: usize = 8;

/// The control tokens, each at the index that is its id.
pub(crate) const CONTROL: [&str; 3 + PLACEHOLDERS] =
    ["<pad>", "<s>", "</s>", "<1>", "<2>", "<3>", "<4>", "<5>", "<6>", "<7>", "<8>"];

/// The smallest vocabulary there is: every byte, and the control tokens.
pub const SMALLEST_VOCAB: usize = 256 + CONTROL.len();

/// The id of the stand-in of this number, which counts from zero and is below [`PLACEHOLDERS`].
///
/// ```
/// use glosser_text::{EOS, PLACEHOLDERS, placeholder_index, placeholder};
///
/// assert_eq!(placeholder(0), EOS + 1);
/// assert_eq!(placeholder_index(placeholder(7)), Some(7));
/// assert_eq!(placeholder_index(EOS), None);
/// assert_eq!(placeholder_index(placeholder(7) + 1), None);
/// ```
pub const fn placeholder(number: usize) -> u32 {
    EOS + 1 + number as u32
}

/// The number of the stand-in with this id, if it is one's.
pub fn placeholder_index(id: u32) -> Option<usize> {
    let number = id.checked_sub(placeholder(0))? as usize;
    (number < PLACEHOLDERS).then_some(number)
}

/// Sub-words for each distinct word of a corpus.
const OF_DISTINCT: f64 = 0.19;

/// The largest vocabulary that is fitted.
const LARGEST: usize = 16_000;

/// So many distinct words ask for the largest vocabulary, and no more are counted.
pub(crate) const MOST_DISTINCT: usize = (LARGEST as f64 / OF_DISTINCT) as usize + 1;

/// The vocabulary size that fits a corpus.
///
/// Small corpora want small vocabularies: a sub-word that was seen five times has learnt nothing. Sennrich & Zhang (2019,
/// "Revisiting Low-Resource Neural Machine Translation: A Case Study") gain 4.9 BLEU from a smaller vocabulary alone on
/// their smallest corpus, 100,000 running words. The number of word types in a text grows about as the square root of
/// its length (Heaps' law), and so does this size: 9.6 √words. A language that puts into one word what others say in
/// several has more of them than that, and the size is 0.19 for each distinct word then. It is rounded to a multiple of
/// eight, which matrix kernels like, and kept within 400 and 16,000. (Fewer were measured to be worse in both cases:
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
