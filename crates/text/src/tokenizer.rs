//! Sentences to token ids and back.

use std::ops::Range;

use crate::TextError;
use crate::decoded::Decoded;
use crate::library::{self, Library};
use crate::normalized::Normalized;
use crate::tokenizer_file;
use crate::vocab::{EOS, SMALLEST_VOCAB};

/// A sentence as sub-words, without the control tokens around it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoding {
    /// One id a token.
    pub ids: Vec<u32>,
    /// The bytes of the given text that each token came from, on character boundaries, in order.
    ///
    /// The space before a word counts to its first token. Tokens that share a character have overlapping ranges.
    pub offsets: Vec<Range<usize>>,
}

/// A sub-word tokenizer for both languages of a model.
///
/// Byte-level BPE: nothing is ever unknown. The text is normalised to NFC, and a space is put before it, so that a word
/// is the same token at the start of a sentence as within.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    /// Without its normalizer, whose work is done before.
    library: Library,
}

impl Tokenizer {
    /// Learns `vocab` tokens, control tokens counted, from the sentences of both sides together.
    ///
    /// The same sentences give the same tokenizer, for any number of threads. A small corpus may not have patterns for
    /// all of `vocab`; then [`Tokenizer::vocab_size`] is less.
    ///
    /// # Errors
    /// [`TextError::VocabTooSmall`] below [`SMALLEST_VOCAB`](crate::SMALLEST_VOCAB).
    pub fn train<S: AsRef<str>>(sentences: impl Iterator<Item = S> + Send, vocab: usize) -> Result<Self, TextError> {
        if vocab < SMALLEST_VOCAB {
            return Err(TextError::VocabTooSmall { asked: vocab, smallest: SMALLEST_VOCAB });
        }
        let mut library = library::untrained().map_err(|cause| failed("setting up", cause))?;
        let sentences = sentences.filter(|text| !text.as_ref().is_empty());
        let sentences = sentences.map(|text| spaced(&Normalized::new(text.as_ref())));
        library.train(&mut library::trainer(vocab), sentences).map_err(|cause| failed("training", cause))?;
        Ok(Self::new(library))
    }

    /// Reads a tokenizer that [`Tokenizer::to_json`] wrote; `name` stands in messages for the file.
    ///
    /// # Errors
    /// [`TextError::BadTokenizer`] if its control tokens are not at ids 0, 1 and 2, its ids have holes, a byte is
    /// missing, or it has other parts than this crate gives it.
    pub fn from_json(bytes: &[u8], name: &str) -> Result<Self, TextError> {
        tokenizer_file::read(bytes, name).map(Self::new)
    }

    /// The tokenizer as `tokenizer.json`, in the format of the Hugging Face tokenizers library.
    ///
    /// # Errors
    /// [`TextError::Library`]; not known to happen.
    pub fn to_json(&self) -> Result<String, TextError> {
        tokenizer_file::write(&self.library)
    }

    fn new(mut library: Library) -> Self {
        // A setting that the file does not keep: `</s>` in a sentence is four characters and not the end of it.
        library.set_encode_special_tokens(true);
        Self { library }
    }

    /// The tokens of a sentence, without [`BOS`](crate::BOS) and [`EOS`](crate::EOS). An empty text has none.
    pub fn encode(&self, text: &str) -> Encoding {
        if text.is_empty() {
            return Encoding::default();
        }
        let normalized = Normalized::new(text);
        let tokens = self.library.encode(spaced(&normalized), false).expect("every byte has a token");
        // One less for the space put before.
        let origin = |&(start, end): &(usize, usize)| normalized.origin(start.saturating_sub(1)..end.saturating_sub(1));
        Encoding { ids: tokens.get_ids().to_vec(), offsets: tokens.get_offsets().iter().map(origin).collect() }
    }

    /// The text of a sequence of ids, with control tokens and ids beyond the vocabulary left out.
    ///
    /// `decode(&encode(text).ids)` is `text` in NFC. Other sequences can hold bytes that are not UTF-8; these become U+FFFD.
    pub fn decode(&self, ids: &[u32]) -> String {
        self.library.decode(ids, true).expect("joining bytes does not fail")
    }

    /// The same text, with the bytes of it that each id became.
    pub fn decode_with_offsets(&self, ids: &[u32]) -> Decoded {
        let tokens: Vec<Option<String>> =
            ids.iter().map(|&id| if id <= EOS { None } else { self.library.id_to_token(id) }).collect();
        Decoded::join(tokens.iter().map(|token| token.as_deref().unwrap_or("")))
    }

    pub(crate) fn library(&self) -> &Library {
        &self.library
    }

    /// How many ids there are, control tokens counted: one more than the highest.
    pub fn vocab_size(&self) -> usize {
        self.library.get_vocab_size(true)
    }
}

fn spaced(normalized: &Normalized) -> String {
    format!(" {}", normalized.text)
}

fn failed(doing: &'static str, cause: tokenizers::Error) -> TextError {
    TextError::Library { doing, cause: cause.to_string() }
}
