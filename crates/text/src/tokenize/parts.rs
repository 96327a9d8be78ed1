//! The parts of our tokenizers as types of their own. The library's types for any part bring the parts of all tokenizers
//! with them, which the engine of a page has no room for.

use serde::Serialize;
use tokenizers::decoders::strip::Strip;
use tokenizers::normalizers::{NFC, Prepend};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::fixed_length::FixedLength;
use tokenizers::pre_tokenizers::split::Split;
use tokenizers::{Decoder, NormalizedString, Normalizer, PreTokenizedString, PreTokenizer, Result};

/// The normalizers that the file names for other programs. They change nothing here: this crate normalises by itself
/// (see `normalized`).
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename = "Sequence")]
pub(crate) struct Normalizers {
    normalizers: (NFC, Prepend),
}

impl Normalizers {
    pub(crate) fn new(form: NFC, prepend: Prepend) -> Self {
        Self { normalizers: (form, prepend) }
    }
}

impl Normalizer for Normalizers {
    fn normalize(&self, _: &mut NormalizedString) -> Result<()> {
        Ok(())
    }
}

/// The pre-tokenizers, applied in order.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename = "Sequence")]
pub(crate) struct PreTokenizers {
    pretokenizers: (Split, FixedLength, ByteLevel),
}

impl PreTokenizers {
    pub(crate) fn new(pieces: Split, longest: FixedLength, bytes: ByteLevel) -> Self {
        Self { pretokenizers: (pieces, longest, bytes) }
    }
}

impl PreTokenizer for PreTokenizers {
    fn pre_tokenize(&self, text: &mut PreTokenizedString) -> Result<()> {
        let (pieces, longest, bytes) = &self.pretokenizers;
        pieces.pre_tokenize(text)?;
        longest.pre_tokenize(text)?;
        bytes.pre_tokenize(text)
    }
}

/// The decoders, applied in order.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename = "Sequence")]
pub(crate) struct Decoders {
    decoders: (ByteLevel, Strip),
}

impl Decoders {
    pub(crate) fn new(bytes: ByteLevel, strip: Strip) -> Self {
        Self { decoders: (bytes, strip) }
    }
}

impl Decoder for Decoders {
    fn decode_chain(&self, tokens: Vec<String>) -> Result<Vec<String>> {
        let (bytes, strip) = &self.decoders;
        strip.decode_chain(bytes.decode_chain(tokens)?)
    }
}

#[cfg(test)]
mod tests {
    use crate::tokenize::library;
    use serde_json::to_value;
    use tokenizers::{DecoderWrapper, NormalizerWrapper, PreTokenizerWrapper};

    #[test]
    fn the_library_reads_the_parts_from_the_file_as_its_own() {
        let found = to_value(library::normalizer()).expect("JSON");
        let read: NormalizerWrapper = serde_json::from_value(found.clone()).expect("a normalizer of the library");
        assert!(matches!(read, NormalizerWrapper::Sequence(_)));
        assert_eq!(to_value(read).expect("JSON"), found);
        let library = library::untrained().expect("a tokenizer");
        let found = to_value(library.get_pre_tokenizer()).expect("JSON");
        let read: PreTokenizerWrapper = serde_json::from_value(found.clone()).expect("a pre-tokenizer of the library");
        assert!(matches!(read, PreTokenizerWrapper::Sequence(_)));
        assert_eq!(to_value(read).expect("JSON"), found);
        let found = to_value(library.get_decoder()).expect("JSON");
        let read: DecoderWrapper = serde_json::from_value(found.clone()).expect("a decoder of the library");
        assert!(matches!(read, DecoderWrapper::Sequence(_)));
        assert_eq!(to_value(read).expect("JSON"), found);
    }
}
