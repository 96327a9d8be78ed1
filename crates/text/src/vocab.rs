//! The control tokens, and how large a vocabulary should be.

/// The id of padding, `<pad>`.
pub const PAD: u32 = 0;
/// The id that begins every target, `<s>`.
pub const BOS: u32 = 1;
/// The id that ends every sentence, `</s>`.
pub const EOS: u32 = 2;

/// How many stand-ins there are: control tokens that stand for words which pass through a translation untouched.
pub const STAND_INS: usize = 8;

/// The control tokens, each at the index that is its id.
pub(crate) const CONTROL: [&str; 3 + STAND_INS] =
    ["<pad>", "<s>", "</s>", "<1>", "<2>", "<3>", "<4>", "<5>", "<6>", "<7>", "<8>"];

/// The smallest vocabulary there is: every byte, and the control tokens.
pub const SMALLEST_VOCAB: usize = 256 + CONTROL.len();

/// The id of the stand-in of this number, which counts from zero and is below [`STAND_INS`].
///
/// ```
/// use glosser_text::{EOS, STAND_INS, number_of_stand_in, stand_in};
///
/// assert_eq!(stand_in(0), EOS + 1);
/// assert_eq!(number_of_stand_in(stand_in(7)), Some(7));
/// assert_eq!(number_of_stand_in(EOS), None);
/// assert_eq!(number_of_stand_in(stand_in(7) + 1), None);
/// ```
pub const fn stand_in(number: usize) -> u32 {
    EOS + 1 + number as u32
}

/// The number of the stand-in with this id, if it is one's.
pub fn number_of_stand_in(id: u32) -> Option<usize> {
    let number = id.checked_sub(stand_in(0))? as usize;
    (number < STAND_INS).then_some(number)
}

/// The vocabulary size that fits a corpus of so many running words, both sides counted together
/// ([`running_words`](crate::running_words)).
///
/// Small corpora want small vocabularies: a sub-word that was seen five times has learnt nothing. Sennrich & Zhang (2019,
/// "Revisiting Low-Resource Neural Machine Translation: A Case Study") gain 4.9 BLEU from a smaller vocabulary alone on
/// their smallest corpus, 100,000 running words. The number of word types in a text grows about as the square root of
/// its length (Heaps' law), and so does this size: 9.6 √words, rounded to a multiple of eight, which matrix kernels
/// like, and kept within 400 and 16,000. (Half of that was measured to be worse: `docs/experiments.md`.)
///
/// ```
/// assert_eq!(glosser_text::fitted_vocab(1_000), 400);
/// assert_eq!(glosser_text::fitted_vocab(100_000), 3_032);
/// assert_eq!(glosser_text::fitted_vocab(700_000), 8_032);
/// assert_eq!(glosser_text::fitted_vocab(100_000_000), 16_000);
/// ```
pub fn fitted_vocab(words: usize) -> usize {
    let fitted = 9.6 * (words as f64).sqrt();
    ((fitted / 8.0).round() as usize * 8).clamp(400, 16_000)
}
