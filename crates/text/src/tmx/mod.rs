//! TMX, the format in which tools of translators exchange their memories: versions 1.1 to 1.4b.
//!
//! A `tu` holds a sentence in several languages, a `tuv` each, and the text of each in a `seg`. The file is read piece by
//! piece, so that its size makes no difference.

mod element;
mod markup;
mod metered;
mod segment;
mod sides;
pub(crate) mod start;
mod structure;
#[cfg(test)]
mod tests;
mod utf16;

use quick_xml::events::Event;

use self::element::Element;
use self::markup::Markup;
use self::segment::Segment;
use self::sides::{Counts, Sides};
use self::start::Start;
use crate::open::Opened;
use crate::{Languages, Pair, TextError};

/// The pairs of a translation memory: of each unit that has both languages, one.
pub(crate) struct TmxPairs {
    markup: Markup,
    buffer: Vec<u8>,
    /// The elements that are open, with their lines, from the outermost.
    open: Vec<(Element, usize)>,
    has_begun: bool,
    has_ended: bool,
    sides: Sides,
    counts: Counts,
    /// The line of the third language where none was named: from there on languages are counted, and nothing else.
    third_language: Option<usize>,
    unit: Unit,
    units: usize,
    pairs: usize,
}

/// What is known of the unit that is being read.
#[derive(Default)]
struct Unit {
    line: usize,
    /// Language and text, as far as wanted.
    texts: Vec<(String, String)>,
    /// Of the `tuv` that is being read.
    language: String,
    segment: Option<Segment>,
}

impl TmxPairs {
    pub(crate) fn new(opened: Opened, start: Start, languages: Option<Languages>) -> Self {
        Self {
            markup: Markup::new(opened, start),
            buffer: Vec::new(),
            open: Vec::new(),
            has_begun: false,
            has_ended: false,
            sides: Sides::new(languages),
            counts: Counts::default(),
            third_language: None,
            unit: Unit::default(),
            units: 0,
            pairs: 0,
        }
    }

    /// The line where the unit of the last pair begins.
    pub(crate) fn line(&self) -> usize {
        self.unit.line
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        let left_out = self.units - self.pairs;
        let s = if left_out == 1 { "" } else { "s" };
        let note = || {
            let (units, name) = (self.units, &self.markup.name);
            format!("{left_out} unit{s} of {units} in `{name}` left out: not in both languages")
        };
        self.sides.note(&self.markup.name).into_iter().chain((left_out > 0).then(note)).collect()
    }

    fn next_pair(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Pair>, TextError> {
        loop {
            buffer.clear();
            let piece = match self.markup.next(buffer) {
                Ok(piece) => piece,
                Err(cause) => return Err(self.markup.fault(&cause, buffer)),
            };
            match piece {
                Event::Start(tag) => self.begin(&tag)?,
                Event::Empty(tag) => {
                    self.begin(&tag)?;
                    if let Some(pair) = self.end() {
                        return Ok(Some(pair));
                    }
                }
                Event::End(_) => {
                    if let Some(pair) = self.end() {
                        return Ok(Some(pair));
                    }
                }
                Event::Text(text) => self.text(&text)?,
                Event::CData(text) => self.text(&text)?,
                Event::GeneralRef(reference) => {
                    if self.is_in_text() {
                        let c = self.markup.character(&reference)?;
                        self.push(|segment| segment.push_reference(c))?;
                    }
                }
                Event::DocType(text) => self.markup.check_document_type(&text)?,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => return self.finish().map(|()| None),
            }
        }
    }

    fn finish(&self) -> Result<(), TextError> {
        let file = || self.markup.name.clone();
        if let Some((element, line)) = self.open.last() {
            return Err(self.markup.bad(format!("the file ends within {element}, which begins on line {line}")));
        }
        if !self.has_begun {
            return Err(self.markup.bad("there is no element `tmx`"));
        }
        if let Some(line) = self.third_language {
            return Err(TextError::Languages { file: file(), line, found: self.counts.list() });
        }
        if self.pairs == 0 && self.counts.len() > 0 {
            let wanted = match &self.sides {
                Sides::Named(languages) => format!("`{}` and `{}`", languages.source(), languages.target()),
                _ => "two languages".to_owned(),
            };
            return Err(TextError::NoUnits { file: file(), wanted, found: self.counts.list() });
        }
        Ok(())
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
