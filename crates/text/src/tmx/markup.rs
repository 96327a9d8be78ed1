//! XML, piece by piece, with a file and a line for every fault.

use std::io;

use quick_xml::encoding::EncodingError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Error, Reader};

use super::metered::Metered;
use super::start::Start;
use super::utf16::Utf16;
use crate::error::shortened;
use crate::lines::likely_encoding;
use crate::open::Opened;
use crate::{TextError, TextReader};

/// Bytes that a tag, or a text between two tags, may have; what is longer is no sentence, and might fill the memory.
pub(super) const LONGEST: usize = 4 << 20;

const MEND: &str = "export the file again from its tool, or mend the line (`xmllint --noout` finds such places)";

/// The pieces of an XML text.
pub(super) struct Markup {
    xml: Reader<Metered<TextReader>>,
    /// The name that stands in messages for the file.
    pub(super) name: String,
    /// The one-based line where the piece begins that was read last.
    pub(super) line: usize,
    column: usize,
}

impl Markup {
    pub(super) fn new(opened: Opened, start: Start) -> Self {
        let text = match start {
            Start::Tmx { order: Some(order), .. } => Box::new(Utf16::new(opened.text, order)),
            Start::Tmx { order: None, .. } | Start::Lines => opened.text,
        };
        Self { xml: Reader::from_reader(Metered::new(text)), name: opened.name, line: 1, column: 0 }
    }

    /// The next piece. Its error is for [`Markup::fault`], which wants the buffer as well.
    pub(super) fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<Event<'b>, Error> {
        let metered = self.xml.get_mut();
        (self.line, self.column) = (metered.line, metered.column);
        metered.allow(LONGEST);
        self.xml.read_event_into(buffer)
    }

    /// What is wrong, where the piece that was read last begins.
    pub(super) fn bad(&self, problem: impl Into<String>) -> TextError {
        self.bad_at(self.line, problem, MEND)
    }

    pub(super) fn bad_at(&self, line: usize, problem: impl Into<String>, remedy: &'static str) -> TextError {
        TextError::BadTmx { file: self.name.clone(), line, problem: shortened(&problem.into(), 200), remedy }
    }

    /// What is wrong with a piece that cannot be read, of which the buffer holds as much as was.
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
        self.bad_at(line, problem, "shorten what begins here, or take it out")
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

    /// The character that a reference stands for. Only the five names that XML has itself are known: a file that declares
    /// its own is refused, so nothing ever grows by being read.
    pub(super) fn character(&self, reference: &BytesRef<'_>) -> Result<char, TextError> {
        let unknown = |what: &str| {
            let problem = format!("`&{};` is {what}", shortened(reference, 20));
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
                Ok(None) => Err(unknown("no name that XML knows")),
                Err(_) => Err(unknown("the number of no character")),
            },
        }
    }

    /// Refuses a document type that brings declarations along, because they may declare entities.
    pub(super) fn check_document_type(&self, text: &str) -> Result<(), TextError> {
        if text.contains('[') {
            let remedy = "take out of the DOCTYPE what stands in brackets";
            return Err(self.bad_at(self.line, "a DOCTYPE with declarations, which are not followed", remedy));
        }
        Ok(())
    }

    /// The first of these attributes that the tag has.
    pub(super) fn attribute(&self, tag: &BytesStart<'_>, names: &[&str]) -> Result<Option<String>, TextError> {
        for name in names {
            let found = tag.try_get_attribute(name);
            let found = found.map_err(|cause| self.bad(format!("this is not well-formed XML: {cause}")))?;
            if let Some(attribute) = found {
                return Ok(Some(shortened(attribute.value.trim(), 40)));
            }
        }
        Ok(None)
    }
}
