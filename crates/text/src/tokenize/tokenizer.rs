//! The tokenizer: sentences to token ids and back.

use std::ops::Range;
use std::sync::Arc;

use unicode_normalization::char::is_combining_mark;

use crate::error::TextError;
use crate::tokenize::decoded::{Decoded, Part, bytes_of};
use crate::tokenize::file;
use crate::tokenize::library::{self, Library};
use crate::tokenize::spans::spans;
use crate::tokenize::vocabulary::{CONTROL, SMALLEST_VOCAB, placeholder, placeholder_index};
use crate::words::mapped::MappedText;
use crate::words::normalized::nfc;
use crate::words::placeholders::item::PLACEHOLDERS;
use crate::words::placeholders::spacing::{PlacedItem, is_spaced};
use crate::words::rule::WordRule;

/// The tokens of a sentence, without the control tokens at its ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoding {
    /// One id per token.
    pub ids: Vec<u32>,
    /// The bytes of the original text of each token, on character boundaries, in order.
    ///
    /// The space before a word belongs to its first token. Tokens that share a character have overlapping ranges.
    pub offsets: Vec<Range<usize>>,
}

/// The position of a token in a word, as far as the token alone shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordPart {
    /// A space and the beginning of a word.
    Begins,
    /// A single space. The word after it can begin with the next token.
    Space,
    /// Letters or digits without a space before them.
    Continues,
    /// Letters or digits without a space before them that count as a word, because words have no spaces between them.
    Whole,
    /// Punctuation, white space, control tokens.
    Outside,
}

/// The number of bytes that are encoded at a time: the library needs some hundreds of bytes of memory for each byte.
const LONGEST_SPAN: usize = 1 << 16;

/// A sub-word tokenizer for both languages of a model.
///
/// It uses byte-level BPE, so there are no unknown tokens. The text is normalised to NFC and gets a space at its
/// beginning, so that a word has the same tokens at the beginning of a sentence and inside. A clone shares the vocabulary.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    /// Without a normalizer: this crate normalises the text before.
    library: Arc<Library>,
}

impl Tokenizer {
    /// Learns `vocab` tokens, including control tokens, from the sentences of both sides together.
    ///
    /// The same sentences give the same tokenizer, for any number of threads. A small corpus may have too few repeated
    /// pairs of symbols; then [`Tokenizer::vocab_size`] is smaller.
    ///
    /// # Errors
    /// [`TextError::VocabTooSmall`] below [`SMALLEST_VOCAB`](crate::SMALLEST_VOCAB).
    pub fn train<S: AsRef<str>>(sentences: impl Iterator<Item = S> + Send, vocab: usize) -> Result<Self, TextError> {
        if vocab < SMALLEST_VOCAB {
            return Err(TextError::VocabTooSmall { asked: vocab, smallest: SMALLEST_VOCAB });
        }
        let mut library = library::untrained().map_err(|cause| failed("setting up", cause))?;
        let sentences = sentences.filter(|text| !text.as_ref().is_empty());
        let sentences = sentences.map(|text| spaced(&nfc(text.as_ref())));
        library.train(&mut library::trainer(vocab), sentences).map_err(|cause| failed("training", cause))?;
        Ok(Self::new(library))
    }

    /// Reads a tokenizer that [`Tokenizer::to_json`] wrote; `name` is the name of the file in messages.
    ///
    /// # Errors
    /// [`TextError::BadTokenizer`] if the control tokens are not the first ids, the ids have gaps, a byte is missing,
    /// or other parts differ from those of this crate.
    pub fn from_json(bytes: &[u8], name: &str) -> Result<Self, TextError> {
        file::read(bytes, name).map(Self::new)
    }

    /// Returns the content of `tokenizer.json`, in the format of the Hugging Face tokenizers library.
    ///
    /// # Errors
    /// [`TextError::Library`]; not known to happen.
    pub fn to_json(&self) -> Result<String, TextError> {
        file::write(&self.library)
    }

    fn new(mut library: Library) -> Self {
        // The file does not store this setting: `</s>` in a sentence is encoded as four characters, not as a control
        // token.
        library.set_encode_special_tokens(true);
        Self { library: Arc::new(library) }
    }

    /// Returns the tokens of a sentence, without [`BOS`](crate::BOS) and [`EOS`](crate::EOS). An empty text has none.
    pub fn encode(&self, text: &str) -> Encoding {
        self.encode_with_placeholders(text, &[])
    }

    /// Returns the tokens of a sentence in which item `i` is replaced by placeholder `i % PLACEHOLDERS`: up to
    /// [`PLACEHOLDERS`] neighbouring items have different placeholders. A single space before an item belongs to its
    /// placeholder. A word directly behind an item has the tokens that it has behind a space. `items` are byte ranges
    /// of `text`, in order.
    pub fn encode_with_placeholders(&self, text: &str, items: &[Range<usize>]) -> Encoding {
        let mut encoding = Encoding::default();
        let mut start = 0;
        for (number, item) in items.iter().enumerate() {
            let has_space = text[start..item.start].ends_with(' ');
            let end = item.start - usize::from(has_space);
            self.encode_part(text, start..end, &mut encoding);
            encoding.ids.push(placeholder(number % PLACEHOLDERS));
            encoding.offsets.push(end..item.end);
            start = item.end;
        }
        self.encode_part(text, start..text.len(), &mut encoding);
        encoding
    }

    /// Appends the tokens of a part of `text` between two items. A space is added at the beginning of `text`, and
    /// before a word directly behind an item.
    fn encode_part(&self, text: &str, part: Range<usize>, encoding: &mut Encoding) {
        for span in spans(&text[part.clone()], LONGEST_SPAN) {
            let is_first = span.start == 0 && (part.start == 0 || text[part.start..].starts_with(is_spaced));
            self.encode_span(text, part.start + span.start..part.start + span.end, is_first, encoding);
        }
    }

    fn encode_span(&self, text: &str, part: Range<usize>, has_added_space: bool, encoding: &mut Encoding) {
        let normalized = nfc(&text[part.clone()]);
        // The number of added spaces.
        let added = usize::from(has_added_space);
        let tokens = if added == 0 {
            self.library.encode(normalized.text(), false)
        } else {
            self.library.encode(spaced(&normalized), false)
        };
        let tokens = tokens.expect("every byte has a token");
        encoding.ids.extend_from_slice(tokens.get_ids());
        encoding.offsets.extend(tokens.get_offsets().iter().map(|&(start, end)| {
            let origin = normalized.origin(start.saturating_sub(added)..end.saturating_sub(added));
            part.start + origin.start..part.start + origin.end
        }));
    }

    /// Decodes a sequence of ids. Control tokens and ids beyond the vocabulary are ignored.
    ///
    /// `decode(&encode(text).ids)` is `text` in NFC. Other sequences can have bytes that are not UTF-8; these become
    /// U+FFFD.
    pub fn decode(&self, ids: &[u32]) -> String {
        self.library.decode(ids, true).expect("joining bytes does not fail")
    }

    /// Decodes a sequence of ids, with the bytes of each id in the text.
    pub fn decode_with_offsets(&self, ids: &[u32]) -> Decoded {
        self.decode_with_placeholders(ids, [])
    }

    /// Decodes a sequence of ids with placeholders; `items` are those of the placeholders in `ids`, in this order. A
    /// placeholder without an item is ignored.
    ///
    /// A space is added before an item, except at the beginning and after an opening bracket or quotation mark. If a
    /// letter, a sign or another item is directly beside the item in its sentence and also in the decoded text, there
    /// is no space between them.
    pub fn decode_with_placeholders<'a>(
        &self,
        ids: &[u32],
        items: impl IntoIterator<Item = &'a PlacedItem<'a>>,
    ) -> Decoded {
        let mut items = items.into_iter();
        Decoded::join(ids.iter().map(|&id| {
            if id as usize >= CONTROL.len() {
                return self.library.id_to_token(id).map_or(Part::Nothing, Part::Token);
            }
            placeholder_index(id).and_then(|_| items.next()).map_or(Part::Nothing, Part::Item)
        }))
    }

    /// Returns the position of the token with this id in a word of a rule.
    pub fn word_part(&self, id: u32, rule: WordRule) -> WordPart {
        let token = if (id as usize) < CONTROL.len() { None } else { self.library.id_to_token(id) };
        let Some(token) = token else { return WordPart::Outside };
        let bytes: Vec<u8> = bytes_of(&token).collect();
        match word_part(&bytes) {
            WordPart::Continues if rule != WordRule::WhiteSpace && !continues_character(&bytes) => WordPart::Whole,
            part => part,
        }
    }

    pub(crate) fn library(&self) -> &Library {
        &self.library
    }

    /// Returns the number of ids, including control tokens: one more than the highest id.
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
    // An incomplete character is a part of a letter: punctuation is nearly always a whole token.
    let first = rest.utf8_chunks().next().map(|chunk| chunk.valid().chars().next());
    match first {
        Some(first) if first.is_none_or(char::is_alphanumeric) => part,
        _ => WordPart::Outside,
    }
}

/// Returns whether a token begins inside a character, or with a mark that belongs to the letter before it.
pub(crate) fn continues_character(token: &[u8]) -> bool {
    let is_continuation_byte = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
    let first = token.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    token.first().is_some_and(is_continuation_byte) || first.is_some_and(is_combining_mark)
}

fn spaced(normalized: &MappedText) -> String {
    format!(" {}", normalized.text())
}

fn failed(doing: &'static str, cause: tokenizers::Error) -> TextError {
    TextError::Library { doing, cause: cause.to_string() }
}
