//! The parts that a tokenizer is put together from; the one place that chooses among the library's options.
//!
//! All of them stand in the file, so that any reader of `tokenizer.json` makes the same ids.

use std::collections::HashMap;

use tokenizers::decoders::{DecoderWrapper, byte_level::ByteLevel as Bytes, sequence, strip::Strip};
use tokenizers::models::bpe::{BPE, BpeTrainer, Vocab};
use tokenizers::normalizers::{NFC, NormalizerWrapper, Prepend, Sequence as Normalizers};
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::fixed_length::FixedLength;
use tokenizers::pre_tokenizers::sequence::Sequence as PreTokenizers;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::processors::PostProcessorWrapper;
use tokenizers::{AddedToken, SplitDelimiterBehavior, TokenizerImpl};

use crate::tokenize::vocabulary::CONTROL;

/// The library's tokenizer with BPE as its only possible model.
pub(crate) type Library =
    TokenizerImpl<BPE, NormalizerWrapper, PreTokenizerWrapper, PostProcessorWrapper, DecoderWrapper>;

/// Pieces that no merge may cross: a word, one digit, a run of other signs - each with the one space before it - or one
/// white space character.
///
/// - Marks and joiners belong to letters, or else Thai, Devanagari and Persian words would fall apart at every vowel.
/// - So does an apostrophe between letters, a consonant in many orthographies (*k'iche'*).
/// - Digits stand alone, so that a number which was never seen is spelt from digits that were.
/// - Letters, digits and signs never share a piece, so no merge can ever spell `<s>` or `<1>`, which the trainer would
///   give the id of the control token of that name.
///
/// No look-around: the expression runs in linear time, and has no backtracking limit at which it could give up.
const PIECES: &str = concat!(
    r" ?[\p{L}\p{M}\x{200C}\x{200D}]+(?:['’][\p{L}\p{M}\x{200C}\x{200D}]+)*",
    r"| ?\p{N}",
    r"| ?[^\s\p{L}\p{M}\p{N}]+",
    r"|\s",
);

/// Pieces are cut after so many characters: the trainer's time is quadratic in the length of a piece, and a script
/// without spaces makes a piece of every sentence.
const LONGEST_PIECE: usize = 64;

/// A tokenizer with all its parts and an empty vocabulary.
pub(crate) fn untrained() -> tokenizers::Result<Library> {
    let mut library = Library::new(BPE::default());
    library.with_pre_tokenizer(Some(pre_tokenizer()?));
    library.with_decoder(Some(decoder()));
    Ok(library)
}

/// The same with what was learnt: ids without holes, the control tokens among them, and merges of tokens to tokens.
pub(crate) fn trained(vocab: HashMap<String, u32>, merges: Vec<(String, String)>) -> tokenizers::Result<Library> {
    let bpe = BPE::builder().vocab_and_merges(vocab.into_iter().collect::<Vocab>(), merges).build()?;
    let mut library = untrained()?;
    library.with_model(bpe);
    library.add_special_tokens(control_tokens())?;
    Ok(library)
}

/// What the file says about normalising. Not used at run time, where this crate normalises by itself (see `normalized`).
pub(crate) fn normalizer() -> NormalizerWrapper {
    Normalizers::new(vec![NFC.into(), Prepend::new(" ".to_owned()).into()]).into()
}

fn pre_tokenizer() -> tokenizers::Result<PreTokenizerWrapper> {
    let pieces = Split::new(SplitPattern::Regex(PIECES.to_owned()), SplitDelimiterBehavior::Isolated, false)?;
    let bytes = ByteLevel::new(false, false, false);
    Ok(PreTokenizers::new(vec![pieces.into(), FixedLength::new(LONGEST_PIECE).into(), bytes.into()]).into())
}

fn decoder() -> DecoderWrapper {
    sequence::Sequence::new(vec![Bytes::new(false, false, false).into(), Strip::new(' ', 1, 0).into()]).into()
}

/// The control tokens, in the order of their ids.
pub(crate) fn control_tokens() -> Vec<AddedToken> {
    CONTROL.iter().map(|&token| AddedToken::from(token, true)).collect()
}

/// A trainer for `vocab` tokens. A pair seen once is no pattern, so a tiny corpus may give fewer.
pub(crate) fn trainer(vocab: usize) -> BpeTrainer {
    BpeTrainer::builder()
        .vocab_size(vocab)
        .min_frequency(2)
        .show_progress(false)
        .special_tokens(control_tokens())
        .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
        .build()
}
