//! Sentences to token ids and back.

use std::ops::Range;

use crate::error::TextError;
use crate::tokenize::decoded::{Decoded, Part, bytes_of};
use crate::tokenize::file;
use crate::tokenize::library::{self, Library};
use crate::tokenize::spans::spans;
use crate::tokenize::vocabulary::{CONTROL, SMALLEST_VOCAB, placeholder, placeholder_index};
use crate::words::normalized::Normalized;

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

/// How a token stands to the words of a text, as far as it can be told from the token alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordPart {
    /// A space and the beginning of a word.
    Begins,
    /// A space alone, which may be that of a word whose beginning is no token with it.
    Space,
    /// Letters or digits without a space before them.
    Continues,
    /// Signs, white space, control tokens.
    Outside,
}

/// Bytes that the library is given at a time: it takes some hundreds of bytes of memory for each of them.
const LONGEST_SPAN: usize = 1 << 16;

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
    /// [`TextError::BadTokenizer`] if its control tokens are not its first ids, its ids have holes, a byte is missing,
    /// or it has other parts than this crate gives it.
    pub fn from_json(bytes: &[u8], name: &str) -> Result<Self, TextError> {
        file::read(bytes, name).map(Self::new)
    }

    /// The tokenizer as `tokenizer.json`, in the format of the Hugging Face tokenizers library.
    ///
    /// # Errors
    /// [`TextError::Library`]; not known to happen.
    pub fn to_json(&self) -> Result<String, TextError> {
        file::write(&self.library)
    }

    fn new(mut library: Library) -> Self {
        // A setting that the file does not keep: `</s>` in a sentence is four characters and not the end of it.
        library.set_encode_special_tokens(true);
        Self { library }
    }

    /// The tokens of a sentence, without [`BOS`](crate::BOS) and [`EOS`](crate::EOS). An empty text has none.
    pub fn encode(&self, text: &str) -> Encoding {
        let mut encoding = Encoding::default();
        self.encode_part(text, 0..text.len(), &mut encoding);
        encoding
    }

    /// The same with some items replaced by stand-ins, each by that of its number. The one space before an item counts to
    /// its stand-in, as that before a word to its first token. The items, byte ranges of `text`, are in order and at most
    /// [`PLACEHOLDERS`](crate::PLACEHOLDERS).
    pub fn encode_with_placeholders(&self, text: &str, items: &[Range<usize>]) -> Encoding {
        let mut encoding = Encoding::default();
        let mut start = 0;
        for (number, item) in items.iter().enumerate() {
            let has_space = text[start..item.start].ends_with(' ');
            let end = item.start - usize::from(has_space);
            self.encode_part(text, start..end, &mut encoding);
            encoding.ids.push(placeholder(number));
            encoding.offsets.push(end..item.end);
            start = item.end;
        }
        self.encode_part(text, start..text.len(), &mut encoding);
        encoding
    }

    /// Appends the tokens of a part of `text`. What stands at its beginning gets a space of its own.
    fn encode_part(&self, text: &str, part: Range<usize>, encoding: &mut Encoding) {
        for span in spans(&text[part.clone()], LONGEST_SPAN) {
            self.encode_span(text, part.start + span.start..part.start + span.end, encoding);
        }
    }

    fn encode_span(&self, text: &str, part: Range<usize>, encoding: &mut Encoding) {
        let normalized = Normalized::new(&text[part.clone()]);
        // The space put before, in bytes.
        let put = usize::from(part.start == 0);
        let tokens = if put == 0 {
            self.library.encode(normalized.text.as_str(), false)
        } else {
            self.library.encode(spaced(&normalized), false)
        };
        let tokens = tokens.expect("every byte has a token");
        encoding.ids.extend_from_slice(tokens.get_ids());
        encoding.offsets.extend(tokens.get_offsets().iter().map(|&(start, end)| {
            let origin = normalized.origin(start.saturating_sub(put)..end.saturating_sub(put));
            part.start + origin.start..part.start + origin.end
        }));
    }

    /// The text of a sequence of ids, with control tokens and ids beyond the vocabulary left out.
    ///
    /// `decode(&encode(text).ids)` is `text` in NFC. Other sequences can hold bytes that are not UTF-8; these become U+FFFD.
    pub fn decode(&self, ids: &[u32]) -> String {
        self.library.decode(ids, true).expect("joining bytes does not fail")
    }

    /// The same text, with the bytes of it that each id became.
    pub fn decode_with_offsets(&self, ids: &[u32]) -> Decoded {
        self.decode_with_placeholders(ids, &[])
    }

    /// The same with each stand-in replaced by the item of its number, as it is. A space stands before it, except at the
    /// beginning and behind an opening bracket or quotation mark. A stand-in without an item is left out.
    pub fn decode_with_placeholders(&self, ids: &[u32], items: &[&str]) -> Decoded {
        Decoded::join(ids.iter().map(|&id| {
            if id as usize >= CONTROL.len() {
                return self.library.id_to_token(id).map_or(Part::Nothing, Part::Token);
            }
            placeholder_index(id).and_then(|number| items.get(number)).map_or(Part::Nothing, |item| Part::Item(item))
        }))
    }

    /// How the token with this id stands to words.
    pub fn word_part(&self, id: u32) -> WordPart {
        let token = if (id as usize) < CONTROL.len() { None } else { self.library.id_to_token(id) };
        token.map_or(WordPart::Outside, |token| word_part(&bytes_of(&token).collect::<Vec<u8>>()))
    }

    pub(crate) fn library(&self) -> &Library {
        &self.library
    }

    /// How many ids there are, control tokens counted: one more than the highest.
    pub fn vocab_size(&self) -> usize {
        self.library.get_vocab_size(true)
    }
}

fn word_part(token: &[u8]) -> WordPart {
    let (part, rest) = match token.strip_prefix(b" ") {
        Some(rest) => (WordPart::Begins, rest),
        None => (WordPart::Continues, token),
    };
    if token == b" " {
        return WordPart::Space;
    }
    // A part of a character is one of a letter: hardly a sign is so rare that it is no token.
    let first = rest.utf8_chunks().next().map(|chunk| chunk.valid().chars().next());
    match first {
        Some(first) if first.is_none_or(char::is_alphanumeric) => part,
        _ => WordPart::Outside,
    }
}

fn spaced(normalized: &Normalized) -> String {
    format!(" {}", normalized.text)
}

fn failed(doing: &'static str, cause: tokenizers::Error) -> TextError {
    TextError::Library { doing, cause: cause.to_string() }
}
