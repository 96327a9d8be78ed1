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
#[cfg(test)]
mod tests;
mod utf16;

use quick_xml::events::{BytesStart, Event};

use self::element::Element;
use self::markup::{LONGEST, Markup};
use self::segment::Segment;
use self::sides::{Counts, Sides};
use self::start::Start;
use crate::open::Opened;
use crate::{Languages, Pair, TextError};

/// Elements that may lie in each other; a TMX needs about ten.
const DEEPEST: usize = 100;

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

    fn begin(&mut self, tag: &BytesStart<'_>) -> Result<(), TextError> {
        let line = self.markup.line;
        let name = tag.local_name();
        let parent = self.open.last().map(|(element, _)| *element);
        let element = Element::of(parent, name.as_ref());
        if self.open.len() == DEEPEST {
            return Err(self.markup.bad(format!("more than {DEEPEST} elements in each other")));
        }
        if parent.is_none() {
            self.check_first(element, name.as_ref())?;
        }
        match element {
            Element::Header => {
                if let Some(language) = self.markup.attribute(tag, &["srclang"])? {
                    self.sides.see_header(&language);
                }
            }
            Element::Unit => {
                self.units += 1;
                self.unit = Unit { line, ..Unit::default() };
            }
            Element::Variant => self.begin_variant(tag)?,
            Element::Segment => self.unit.segment = Some(Segment::default()),
            _ => {}
        }
        self.open.push((element, line));
        Ok(())
    }

    fn check_first(&mut self, element: Element, name: &str) -> Result<(), TextError> {
        if self.has_begun {
            return Err(self.markup.bad("a second document begins in the same file"));
        }
        if element != Element::Tmx {
            let problem = format!("this is XML, but no translation memory: its first element is `{name}`");
            return Err(self.markup.bad_at(self.markup.line, problem, "convert it to TMX, or to a TSV"));
        }
        self.has_begun = true;
        Ok(())
    }

    fn begin_variant(&mut self, tag: &BytesStart<'_>) -> Result<(), TextError> {
        let language = self.markup.attribute(tag, &["xml:lang", "lang"])?.filter(|language| !language.is_empty());
        let language =
            language.ok_or_else(|| self.markup.bad("a `tuv` that does not say its language (`xml:lang`)"))?;
        self.counts.see(&language);
        if self.counts.len() > 2 && !matches!(self.sides, Sides::Named(_)) {
            self.third_language.get_or_insert(self.markup.line);
        }
        self.unit.language = language;
        self.unit.segment = None;
        Ok(())
    }

    /// Leaves an element, and at the end of a unit gives its pair.
    fn end(&mut self) -> Option<Pair> {
        let (element, _) = self.open.pop()?;
        if self.third_language.is_some() {
            return None;
        }
        match element {
            Element::Variant => {
                let unit = &mut self.unit;
                if let Some(segment) = unit.segment.take()
                    && self.sides.wants(&unit.language, &unit.texts)
                {
                    unit.texts.push((std::mem::take(&mut unit.language), segment.into_text()));
                }
                None
            }
            Element::Unit => {
                let (source, target) = self.sides.pair(std::mem::take(&mut self.unit.texts))?;
                self.pairs += 1;
                Some(Pair { source, target })
            }
            _ => None,
        }
    }

    fn text(&mut self, text: &str) -> Result<(), TextError> {
        if self.open.is_empty() && !text.trim().is_empty() {
            return Err(self.markup.bad("text outside of all elements"));
        }
        if !self.is_in_text() {
            return Ok(());
        }
        if text.contains('\0') {
            let lines = text.split('\0').next().map_or(0, |before| before.matches('\n').count());
            return Err(TextError::Nul { file: self.markup.name.clone(), line: self.markup.line + lines });
        }
        self.push(|segment| segment.push(text))
    }

    /// Whether text that comes now belongs to the sentence.
    fn is_in_text(&self) -> bool {
        self.open.last().is_some_and(|(element, _)| matches!(element, Element::Segment | Element::Marked))
    }

    fn push(&mut self, push: impl FnOnce(&mut Segment)) -> Result<(), TextError> {
        let Some(segment) = &mut self.unit.segment else { return Ok(()) };
        push(segment);
        if segment.len() > LONGEST {
            let begins = self.open.iter().rfind(|(element, _)| *element == Element::Segment);
            return Err(self.markup.too_long(begins.map_or(self.markup.line, |(_, line)| *line)));
        }
        Ok(())
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
