//! Reads XML piece by piece, with file and line for every error.

use std::io;

use quick_xml::encoding::EncodingError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Error, Reader};

use crate::corpus::tmx::metered::Metered;
use crate::error::{TextError, excerpt};
use crate::io::lines::{TextReader, likely_encoding};
use crate::io::open::Opened;

/// The largest number of bytes of a tag, or of a text between two tags. A longer piece is not a sentence, and could
/// fill the memory.
pub(super) const LONGEST: usize = 4 << 20;

const REMEDY: &str = "export the file again from its tool, or correct the line (`xmllint --noout` finds such places)";

/// The pieces of an XML text.
pub(super) struct Markup {
    xml: Reader<Metered<TextReader>>,
    /// The name of the file in messages.
    pub(super) name: String,
    /// The one-based line where the last piece begins.
    pub(super) line: usize,
    column: usize,
}

impl Markup {
    pub(super) fn new(opened: Opened) -> Self {
        Self { xml: Reader::from_reader(Metered::new(opened.text)), name: opened.name, line: 1, column: 0 }
    }

    /// Reads the next piece. [`Markup::fault`] turns its error and the buffer into a message.
    pub(super) fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<Event<'b>, Error> {
        let metered = self.xml.get_mut();
        (self.line, self.column) = (metered.line, metered.column);
        metered.allow(LONGEST);
        self.xml.read_event_into(buffer)
    }

    /// Returns an error about the last piece.
    pub(super) fn bad(&self, problem: impl Into<String>) -> TextError {
        self.bad_at(self.line, problem, REMEDY)
    }

    pub(super) fn bad_at(&self, line: usize, problem: impl Into<String>, remedy: &'static str) -> TextError {
        TextError::BadTmx { file: self.name.clone(), line, problem: excerpt(&problem.into(), 200), remedy }
    }

    /// Returns the error about a piece that cannot be read; the buffer holds the part that was read.
    pub(super) fn fault(&self, cause: &Error, buffer: &[u8]) -> TextError {
        match cause {
            Error::Io(_) if self.xml.get_ref().is_exhausted() => self.too_long(self.line),
            Error::Io(cause) => {
                let cause = io::Error::new(cause.kind(), cause.to_string());
                TextError::not_read(self.name.clone(), self.xml.get_ref().line, cause)
            }
            Error::Encoding(EncodingError::Utf8(cause)) => self.not_utf8(buffer, cause.valid_up_to()),
            Error::Syntax(cause) => self.bad(format!("this is not XML: {cause}")),
            Error::IllFormed(cause) => self.bad(format!("this is not well-formed XML: {cause}")),
            cause => self.bad(format!("this is not XML: {cause}")),
        }
    }

    pub(super) fn too_long(&self, line: usize) -> TextError {
        let problem = format!("more than {} MiB in one piece of text or one tag", LONGEST >> 20);
        self.bad_at(line, problem, "shorten or remove the text or tag that begins here")
    }

    fn not_utf8(&self, buffer: &[u8], at: usize) -> TextError {
        let at = at.min(buffer.len());
        let lines = buffer[..at].iter().filter(|byte| **byte == b'\n').count();
        let column = match buffer[..at].iter().rposition(|byte| *byte == b'\n') {
            Some(last) => at - last,
            None => self.column + at + 1,
        };
        TextError::NotUtf8 {
            file: self.name.clone(),
            line: self.line + lines,
            column,
            byte: buffer.get(at).copied().unwrap_or_default(),
            guess: likely_encoding(&buffer[at..]),
        }
    }

    /// Returns the character of a reference. Only numbers and the five names of XML itself are accepted: files that
    /// declare entities are rejected, so a small file can never expand to a huge text.
    pub(super) fn character(&self, reference: &BytesRef<'_>) -> Result<char, TextError> {
        let unknown = |what: &str| {
            let problem = format!("`&{};` is {what}", excerpt(reference, 20));
            self.bad_at(self.line, problem, "write the character itself, or its number like `&#160;`")
        };
        match &**reference {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            _ => match reference.resolve_char_ref() {
                Ok(Some(c)) => Ok(c),
                Ok(None) => Err(unknown("not a name that XML defines")),
                Err(_) => Err(unknown("not the number of a character")),
            },
        }
    }

    /// Rejects a document type with declarations, because they can declare entities.
    pub(super) fn check_document_type(&self, text: &str) -> Result<(), TextError> {
        if text.contains('[') {
            let remedy = "remove the part of the DOCTYPE in square brackets";
            return Err(self.bad_at(self.line, "a DOCTYPE with declarations, which are not supported", remedy));
        }
        Ok(())
    }

    /// Returns the first of these attributes that the tag has.
    pub(super) fn attribute(&self, tag: &BytesStart<'_>, names: &[&str]) -> Result<Option<String>, TextError> {
        for name in names {
            let found = tag.try_get_attribute(name);
            let found = found.map_err(|cause| self.bad(format!("this is not well-formed XML: {cause}")))?;
            if let Some(attribute) = found {
                return Ok(Some(excerpt(attribute.value.trim(), 40)));
            }
        }
        Ok(None)
    }
}
