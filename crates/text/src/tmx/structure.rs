//! Which piece of a TMX belongs where: units, their languages, their sentences.

use quick_xml::events::BytesStart;

use super::element::Element;
use super::markup::LONGEST;
use super::segment::Segment;
use super::sides::Sides;
use super::{TmxPairs, Unit};
use crate::{Pair, TextError};

/// Elements that may lie in each other; a TMX needs about ten.
const DEEPEST: usize = 100;

impl TmxPairs {
    /// Enters an element.
    pub(super) fn begin(&mut self, tag: &BytesStart<'_>) -> Result<(), TextError> {
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
    pub(super) fn end(&mut self) -> Option<Pair> {
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

    /// Takes text, wherever it stands.
    pub(super) fn text(&mut self, text: &str) -> Result<(), TextError> {
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
    pub(super) fn is_in_text(&self) -> bool {
        self.open.last().is_some_and(|(element, _)| matches!(element, Element::Segment | Element::Marked))
    }

    /// Adds to the sentence.
    pub(super) fn push(&mut self, push: impl FnOnce(&mut Segment)) -> Result<(), TextError> {
        let Some(segment) = &mut self.unit.segment else { return Ok(()) };
        push(segment);
        if segment.len() > LONGEST {
            let begins = self.open.iter().rfind(|(element, _)| *element == Element::Segment);
            return Err(self.markup.too_long(begins.map_or(self.markup.line, |(_, line)| *line)));
        }
        Ok(())
    }
}
