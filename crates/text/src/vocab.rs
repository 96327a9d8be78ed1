//! The control tokens, and how large a vocabulary should be.

/// The id of padding, `<pad>`.
pub const PAD: u32 = 0;
/// The id that begins every target, `<s>`.
pub const BOS: u32 = 1;
/// The id that ends every sentence, `</s>`.
pub const EOS: u32 = 2;

/// The control tokens, each at the index that is its id.
pub(crate) const CONTROL: [&str; 3] = ["<pad>", "<s>", "</s>"];

/// The smallest vocabulary there is: every byte, and the control tokens.
pub const SMALLEST_VOCAB: usize = 256 + CONTROL.len();

/// The vocabulary size that fits a corpus of so many running words, both sides counted together
/// ([`running_words`](crate::running_words)).
///
/// Small corpora want small vocabularies: a sub-word that was seen five times has learnt nothing. Sennrich & Zhang (2019,
/// "Revisiting Low-Resource Neural Machine Translation: A Case Study") gain 4.9 BLEU from a smaller vocabulary alone on
/// their smallest corpus, 100,000 running words. The number of word types in a text grows about as the square root of
/// its length (Heaps' law), and so does this size: 4.8 √words, rounded to a multiple of eight, which matrix kernels
/// like, and kept within 400 and 16,000.
///
/// ```
/// assert_eq!(glosser_text::fitted_vocab(5_000), 400);
/// assert_eq!(glosser_text::fitted_vocab(100_000), 1_520);
/// assert_eq!(glosser_text::fitted_vocab(700_000), 4_016);
/// assert_eq!(glosser_text::fitted_vocab(100_000_000), 16_000);
/// ```
pub fn fitted_vocab(words: usize) -> usize {
    let fitted = 4.8 * (words as f64).sqrt();
    ((fitted / 8.0).round() as usize * 8).clamp(400, 16_000)
}
