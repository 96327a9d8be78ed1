//! Reads the pairs of a translation memory.

use std::collections::VecDeque;

use quick_xml::events::Event;

use crate::corpus::languages::Languages;
use crate::corpus::pair::Pair;
use crate::corpus::tmx::markup::Markup;
use crate::corpus::tmx::structure::Structure;
use crate::error::TextError;
use crate::io::open::Opened;

/// The pairs of a translation memory: those of each unit that has both languages.
pub(crate) struct TmxPairs {
    markup: Markup,
    buffer: Vec<u8>,
    structure: Structure,
    /// The pairs of the last unit that are not returned yet.
    pending: VecDeque<Pair>,
    has_ended: bool,
}

impl TmxPairs {
    pub(crate) fn new(opened: Opened, languages: Option<Languages>) -> Self {
        let (markup, structure) = (Markup::new(opened), Structure::new(languages));
        Self { markup, buffer: Vec::new(), structure, pending: VecDeque::new(), has_ended: false }
    }

    /// Returns the line where the unit of the last pair begins.
    pub(crate) fn line(&self) -> usize {
        self.structure.line()
    }

    /// Returns the names of source and target, if they are decided.
    pub(crate) fn languages(&self) -> Option<(&str, &str)> {
        self.structure.languages()
    }

    /// Returns notes about the choice of languages and about incomplete units.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.structure.notes(&self.markup.name)
    }

    fn next_pair(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Pair>, TextError> {
        let Self { markup, structure, pending, .. } = self;
        while pending.is_empty() {
            buffer.clear();
            let piece = match markup.next(buffer) {
                Ok(piece) => piece,
                Err(cause) => return Err(markup.fault(&cause, buffer)),
            };
            match piece {
                Event::Start(tag) => structure.begin(markup, &tag)?,
                Event::Empty(tag) => {
                    structure.begin(markup, &tag)?;
                    pending.extend(structure.end());
                }
                Event::End(_) => pending.extend(structure.end()),
                Event::Text(text) => structure.text(markup, &text)?,
                Event::CData(text) => structure.text(markup, &text)?,
                Event::GeneralRef(reference) => structure.reference(markup, &reference)?,
                Event::DocType(text) => markup.check_document_type(&text)?,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => return structure.finish(markup).map(|()| None),
            }
        }
        Ok(pending.pop_front())
    }
}

impl Iterator for TmxPairs {
    type Item = Result<Pair, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        let found = self.next_pair(&mut buffer);
        self.buffer = buffer;
        self.has_ended = !matches!(found, Ok(Some(_)));
        found.transpose()
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
