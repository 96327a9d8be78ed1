//! The structure of a TMX: units, their languages, and their sentences.

use quick_xml::events::{BytesRef, BytesStart};

use crate::corpus::languages::Languages;
use crate::corpus::pair::Pair;
use crate::corpus::tmx::element::Element;
use crate::corpus::tmx::markup::{LONGEST, Markup};
use crate::corpus::tmx::segment::Segment;
use crate::corpus::tmx::sides::{Counts, Sides};
use crate::counted::counted;
use crate::error::TextError;

/// The largest depth of nested elements; a TMX needs about ten.
const MAX_DEPTH: usize = 100;

/// The position in the document, and the results so far.
pub(super) struct Structure {
    /// The open elements with their lines, from the outermost.
    open: Vec<(Element, usize)>,
    has_begun: bool,
    sides: Sides,
    counts: Counts,
    /// The line of the third language, if none was chosen. From there on, only languages are counted.
    third_language: Option<usize>,
    unit: Unit,
    units: usize,
    pairs: usize,
}

/// The current unit.
#[derive(Default)]
struct Unit {
    line: usize,
    /// Language and text of the sides that are needed.
    texts: Vec<(String, String)>,
    /// The language of the current `tuv`.
    language: String,
    segment: Option<Segment>,
}

impl Structure {
    pub(super) fn new(languages: Option<Languages>) -> Self {
        Self {
            open: Vec::new(),
            has_begun: false,
            sides: Sides::new(languages),
            counts: Counts::default(),
            third_language: None,
            unit: Unit::default(),
            units: 0,
            pairs: 0,
        }
    }

    /// Returns the line where the last unit begins.
    pub(super) fn line(&self) -> usize {
        self.unit.line
    }

    /// Returns notes about the choice of languages and about incomplete units.
    pub(super) fn notes(&self, name: &str) -> Vec<String> {
        let (units, left_out) = (self.units, self.units - self.pairs);
        let note = || format!("{} of {units} in `{name}` left out: not in both languages", counted(left_out, "unit"));
        self.sides.note(name).into_iter().chain((left_out > 0).then(note)).collect()
    }

    /// Enters an element.
    pub(super) fn begin(&mut self, markup: &Markup, tag: &BytesStart<'_>) -> Result<(), TextError> {
        let line = markup.line;
        let name = tag.local_name();
        let parent = self.open.last().map(|(element, _)| *element);
        let element = Element::of(parent, name.as_ref());
        if self.open.len() == MAX_DEPTH {
            return Err(markup.bad(format!("elements are nested more than {MAX_DEPTH} deep")));
        }
        if parent.is_none() {
            self.check_first(markup, element, name.as_ref())?;
        }
        match element {
            Element::Header => {
                if let Some(language) = markup.attribute(tag, &["srclang"])? {
                    self.sides.see_header(&language);
                }
            }
            Element::Unit => {
                self.units += 1;
                self.unit = Unit { line, ..Unit::default() };
            }
            Element::Variant => self.begin_variant(markup, tag)?,
            Element::Segment => self.unit.segment = Some(Segment::default()),
            _ => {}
        }
        self.open.push((element, line));
        Ok(())
    }

    fn check_first(&mut self, markup: &Markup, element: Element, name: &str) -> Result<(), TextError> {
        if self.has_begun {
            return Err(markup.bad("a second document begins in the same file"));
        }
        if element != Element::Tmx {
            let problem = format!("this is XML, but not a translation memory: its first element is `{name}`");
            return Err(markup.bad_at(markup.line, problem, "convert it to TMX, or to a TSV"));
        }
        self.has_begun = true;
        Ok(())
    }

    fn begin_variant(&mut self, markup: &Markup, tag: &BytesStart<'_>) -> Result<(), TextError> {
        let language = markup.attribute(tag, &["xml:lang", "lang"])?.filter(|language| !language.is_empty());
        let language = language.ok_or_else(|| markup.bad("a `tuv` without its language (`xml:lang`)"))?;
        self.counts.see(&language);
        if self.counts.len() > 2 && !matches!(self.sides, Sides::Named(_)) {
            self.third_language.get_or_insert(markup.line);
        }
        self.unit.language = language;
        self.unit.segment = None;
        Ok(())
    }

    /// Leaves an element. Returns the pair at the end of a unit.
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

    /// Adds text to the sentence, if it belongs to one.
    pub(super) fn text(&mut self, markup: &Markup, text: &str) -> Result<(), TextError> {
        if self.open.is_empty() && !text.trim().is_empty() {
            return Err(markup.bad("text outside of all elements"));
        }
        if !self.is_in_text() {
            return Ok(());
        }
        if text.contains('\0') {
            let lines = text.split('\0').next().map_or(0, |before| before.matches('\n').count());
            return Err(TextError::Nul { file: markup.name.clone(), line: markup.line + lines });
        }
        self.push(markup, |segment| segment.push(text))
    }

    /// Adds the character of a reference to the sentence, if it belongs to one.
    pub(super) fn reference(&mut self, markup: &Markup, reference: &BytesRef<'_>) -> Result<(), TextError> {
        if !self.is_in_text() {
            return Ok(());
        }
        let c = markup.character(reference)?;
        self.push(markup, |segment| segment.push_reference(c))
    }

    /// Returns whether text at this position belongs to a sentence.
    fn is_in_text(&self) -> bool {
        self.open.last().is_some_and(|(element, _)| matches!(element, Element::Segment | Element::Marked))
    }

    fn push(&mut self, markup: &Markup, push: impl FnOnce(&mut Segment)) -> Result<(), TextError> {
        let Some(segment) = &mut self.unit.segment else { return Ok(()) };
        push(segment);
        if segment.len() > LONGEST {
            let begins = self.open.iter().rfind(|(element, _)| *element == Element::Segment);
            return Err(markup.too_long(begins.map_or(markup.line, |(_, line)| *line)));
        }
        Ok(())
    }

    /// Checks at the end of the file that the document is complete and that its languages could be chosen.
    pub(super) fn finish(&self, markup: &Markup) -> Result<(), TextError> {
        let file = || markup.name.clone();
        if let Some((element, line)) = self.open.last() {
            return Err(markup.bad(format!("the file ends within {element}, which begins on line {line}")));
        }
        if !self.has_begun {
            return Err(markup.bad("there is no element `tmx`"));
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
