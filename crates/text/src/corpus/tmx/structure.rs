//! The structure of a TMX: units, their languages, and their sentences.

use quick_xml::events::{BytesRef, BytesStart};

use crate::corpus::languages::Languages;
use crate::corpus::pair::Pair;
use crate::corpus::tmx::code::{Meaning, meaning};
use crate::corpus::tmx::element::Element;
use crate::corpus::tmx::markup::{LONGEST, Markup};
use crate::corpus::tmx::segment::Segment;
use crate::corpus::tmx::sides::{Counts, Sides};
use crate::counted::counted;
use crate::error::TextError;

/// The largest depth of nested elements; a TMX needs about ten.
const MAX_DEPTH: usize = 100;

/// The number of characters of a code that are looked at.
const LONGEST_CODE: usize = 1000;

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
    /// Units with both languages.
    complete: usize,
    /// Units with several texts of a language.
    with_variants: usize,
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
    /// The current code of the sentence.
    code: Option<Code>,
}

/// A code within a sentence.
struct Code {
    /// The name of its element.
    name: String,
    /// Its attribute `type`.
    kind: Option<String>,
    text: String,
    /// The number of open elements, without the code.
    depth: usize,
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
            complete: 0,
            with_variants: 0,
        }
    }

    /// Returns the names of source and target, if they are decided.
    pub(super) fn languages(&self) -> Option<(&str, &str)> {
        self.sides.languages()
    }

    /// Returns the line where the last unit begins.
    pub(super) fn line(&self) -> usize {
        self.unit.line
    }

    /// Returns notes about the choice of languages and about incomplete units.
    pub(super) fn notes(&self, name: &str) -> Vec<String> {
        let (units, left_out, with_variants) = (self.units, self.units - self.complete, self.with_variants);
        let left_out = (left_out > 0)
            .then(|| format!("{} of {units} in `{name}` left out: not in both languages", counted(left_out, "unit")));
        let variants = (with_variants > 0).then(|| {
            let (units, have) = (counted(with_variants, "unit"), if with_variants == 1 { "has" } else { "have" });
            format!("{units} {have} several texts of a language in `{name}`; each is paired with each of the other")
        });
        self.sides.note(name, &self.counts).into_iter().chain(left_out).chain(variants).collect()
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
            Element::Code if parent != Some(Element::Code) => {
                let (name, kind) = (name.as_ref().to_owned(), markup.attribute(tag, &["type"])?);
                self.unit.code = Some(Code { name, kind, text: String::new(), depth: self.open.len() });
            }
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
        let is_third = self.counts.groups() > 2 || self.sides.is_other(&language);
        if is_third && !matches!(self.sides, Sides::Named(_)) {
            self.third_language.get_or_insert(markup.line);
        }
        self.unit.language = language;
        self.unit.segment = None;
        Ok(())
    }

    /// Leaves an element. Returns the pairs at the end of a unit.
    pub(super) fn end(&mut self) -> Vec<Pair> {
        let Some((element, _)) = self.open.pop() else { return Vec::new() };
        if self.third_language.is_some() {
            return Vec::new();
        }
        match element {
            Element::Variant => self.end_variant(),
            Element::Code => self.end_code(),
            Element::Unit => {
                let pairs = self.sides.pairs(&std::mem::take(&mut self.unit.texts));
                self.complete += usize::from(!pairs.is_empty());
                self.with_variants += usize::from(pairs.len() > 1);
                return pairs.into_iter().map(|(source, target)| Pair { source, target }).collect();
            }
            _ => {}
        }
        Vec::new()
    }

    fn end_variant(&mut self) {
        let unit = &mut self.unit;
        let Some(segment) = unit.segment.take() else { return };
        let text = segment.into_text();
        if self.sides.wants(&unit.language, &text, &unit.texts) {
            unit.texts.push((std::mem::take(&mut unit.language), text));
        }
    }

    /// Adds what a code stands for to the sentence.
    fn end_code(&mut self) {
        let Some(code) = self.unit.code.take_if(|code| code.depth == self.open.len()) else { return };
        let Some(segment) = &mut self.unit.segment else { return };
        match meaning(&code.name, code.kind.as_deref(), &code.text) {
            Meaning::Variable => segment.push(code.text.trim()),
            Meaning::Break => segment.push_break(),
            Meaning::Formatting => {}
        }
    }

    /// Adds text to the sentence, if it belongs to one.
    pub(super) fn text(&mut self, markup: &Markup, text: &str) -> Result<(), TextError> {
        if self.open.is_empty() && !text.trim().is_empty() {
            return Err(markup.bad("text outside of all elements"));
        }
        if let Some(code) = self.code() {
            // A text that is longer is no variable; this bounds the memory.
            code.text.extend(text.chars().take(LONGEST_CODE));
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
        if let Some(code) = self.code() {
            // A fault in a code is not one of the text.
            code.text.extend(markup.character(reference));
        }
        if !self.is_in_text() {
            return Ok(());
        }
        let c = markup.character(reference)?;
        self.push(markup, |segment| segment.push_reference(c))
    }

    /// Returns the code that text at this position belongs to, unless it is long already.
    fn code(&mut self) -> Option<&mut Code> {
        let open = self.open.len();
        self.unit.code.as_mut().filter(|code| code.depth + 1 == open && code.text.len() < LONGEST_CODE)
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
        if self.complete == 0 && self.counts.len() > 0 {
            let wanted = match &self.sides {
                Sides::Named(languages) => format!("`{}` and `{}`", languages.source(), languages.target()),
                _ => "two languages".to_owned(),
            };
            return Err(TextError::NoUnits { file: file(), wanted, found: self.counts.list() });
        }
        Ok(())
    }
}
