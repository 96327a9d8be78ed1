//! A text on its way through the queue: taken apart into lines, and put together from their translations.

use crate::error::ApiError;
use glosser_documents::{Document, Format, TranslatedSegment};
use glosser_text::WordSplitters;
use glosser_translator::{LineTranslation, PlainText, TranslatedText, Wanted};

/// The format of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    /// Plain text.
    Plain,
    /// HTML.
    Html,
}

impl TextFormat {
    /// The format of a parameter; plain text if it is absent.
    pub fn parse(text: Option<&str>) -> Result<Self, ApiError> {
        match text {
            None | Some("text") => Ok(Self::Plain),
            Some("html") => Ok(Self::Html),
            Some(other) => Err(ApiError::UnknownFormat(other.to_owned())),
        }
    }
}

/// A text to translate.
#[derive(Debug)]
pub enum SourceText {
    /// Plain text.
    Plain(PlainText),
    /// A document, whose segments are translated.
    Document(Document),
}

impl SourceText {
    /// Takes a text apart.
    pub fn new(text: &str, format: TextFormat) -> Result<Self, ApiError> {
        match format {
            TextFormat::Plain => Ok(Self::Plain(PlainText::new(text))),
            TextFormat::Html => Self::document(Format::Html, text),
        }
    }

    /// Takes a document apart.
    pub fn document(format: Format, text: &str) -> Result<Self, ApiError> {
        Document::read(format, text).map(Self::Document).map_err(|error| ApiError::Invalid(error.to_string()))
    }

    /// The lines to translate.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Plain(text) => text.lines().into_iter().map(ToOwned::to_owned).collect(),
            Self::Document(document) => document.segments().iter().map(|segment| segment.text.clone()).collect(),
        }
    }

    /// Puts the translations of its lines together; `words` are those of the model.
    pub fn translated(&self, found: &[LineTranslation], wanted: Wanted, words: &WordSplitters) -> TranslatedText {
        match self {
            Self::Plain(text) => text.translated(found, wanted, words),
            Self::Document(document) => {
                let segments = document.segments().iter().zip(found).map(|(segment, line)| {
                    let marks: Vec<_> = segment.marks.iter().map(|mark| (mark.at, mark.attachment)).collect();
                    let best = line.translation();
                    TranslatedSegment { marks: best.mark_places(&marks), text: best.text }
                });
                TranslatedText { text: document.write(&segments.collect::<Vec<_>>()), ..TranslatedText::default() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_that_is_not_known_is_named() {
        assert_eq!(TextFormat::parse(None).expect("the default"), TextFormat::Plain);
        assert_eq!(TextFormat::parse(Some("html")).expect("HTML"), TextFormat::Html);
        let error = TextFormat::parse(Some("xml")).expect_err("unknown").to_string();
        assert_eq!(error, "xml format is not supported");
    }
}
