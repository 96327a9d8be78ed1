//! The parts of a tokenizer. All options of the library are chosen here.
//!
//! All parts are written to the file, so every program that reads `tokenizer.json` produces the same ids.

use std::collections::HashMap;

use tokenizers::decoders::{byte_level::ByteLevel as Bytes, strip::Strip};
use tokenizers::models::bpe::{BPE, BpeTrainer, Vocab};
use tokenizers::normalizers::{NFC, Prepend};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::fixed_length::FixedLength;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, SplitDelimiterBehavior, TokenizerImpl};

use crate::tokenize::parts::{Decoders, Normalizers, PreTokenizers};
use crate::tokenize::vocabulary::CONTROL;

/// The library's tokenizer with our parts as the only possible ones. It never has a post-processor.
pub(crate) type Library = TokenizerImpl<BPE, Normalizers, PreTokenizers, ByteLevel, Decoders>;

/// The pieces within which merges are learnt: a word, one digit, or a run of other signs, each with one space before
/// it; or one white-space character.
///
/// - Marks and joiners belong to letters; otherwise Thai, Devanagari and Persian words would be split at every vowel.
/// - An apostrophe between letters belongs to the word: it is a consonant in many orthographies (*k'iche'*).
/// - Each digit is a piece, so that an unseen number consists of known digits.
/// - Letters, digits and signs never share a piece. So no merge can produce `<s>` or `<1>`, which the trainer would
///   give the id of the control token of that name.
///
/// Without look-around, the expression runs in linear time and has no backtracking limit.
const PIECES: &str = concat!(
    r" ?[\p{L}\p{M}\x{200C}\x{200D}]+(?:['’][\p{L}\p{M}\x{200C}\x{200D}]+)*",
    r"| ?\p{N}",
    r"| ?[^\s\p{L}\p{M}\p{N}]+",
    r"|\s",
);

/// The longest piece in characters. The time of the trainer is quadratic in the length of a piece, and in a script
/// without spaces a whole sentence is one piece.
const LONGEST_PIECE: usize = 64;

/// Returns a tokenizer with all its parts and an empty vocabulary.
pub(crate) fn untrained() -> tokenizers::Result<Library> {
    let mut library = Library::new(BPE::default());
    library.with_pre_tokenizer(Some(pre_tokenizer()?));
    library.with_decoder(Some(decoder()));
    Ok(library)
}

/// Returns a tokenizer with a vocabulary and merges. The ids have no gaps and include the control tokens; every merge
/// joins two tokens to a token.
pub(crate) fn trained(vocab: HashMap<String, u32>, merges: Vec<(String, String)>) -> tokenizers::Result<Library> {
    let bpe = BPE::builder().vocab_and_merges(vocab.into_iter().collect::<Vocab>(), merges).build()?;
    let mut library = untrained()?;
    library.with_model(bpe);
    library.add_special_tokens(control_tokens())?;
    Ok(library)
}

/// Returns the normalizer for the file.
pub(crate) fn normalizer() -> Normalizers {
    Normalizers::new(NFC, Prepend::new(" ".to_owned()))
}

fn pre_tokenizer() -> tokenizers::Result<PreTokenizers> {
    let pieces = Split::new(SplitPattern::Regex(PIECES.to_owned()), SplitDelimiterBehavior::Isolated, false)?;
    let bytes = ByteLevel::new(false, false, false);
    Ok(PreTokenizers::new(pieces, FixedLength::new(LONGEST_PIECE), bytes))
}

fn decoder() -> Decoders {
    Decoders::new(Bytes::new(false, false, false), Strip::new(' ', 1, 0))
}

/// Returns the control tokens in the order of their ids.
pub(crate) fn control_tokens() -> Vec<AddedToken> {
    CONTROL.iter().map(|&token| AddedToken::from(token, true)).collect()
}

/// Returns a trainer for `vocab` tokens. Pairs that occur once are not merged, so a tiny corpus can give fewer tokens.
pub(crate) fn trainer(vocab: usize) -> BpeTrainer {
    BpeTrainer::builder()
        .vocab_size(vocab)
        .min_frequency(2)
        .show_progress(false)
        .special_tokens(control_tokens())
        .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
        .build()
}
