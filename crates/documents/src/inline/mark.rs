//! Takes the marks out of inline content.

use std::ops::Range;

use crate::inline::item::{Item, ItemKind};
use crate::inline::punctuation::{is_closing, is_opening, is_space};
use glosser_text::Attachment;

/// A mark, with what is needed to write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InlineMark {
    /// Its bytes in the source of the document.
    pub range: Range<usize>,
    /// The byte of the text before which it was.
    pub at: usize,
    /// Its part in a pair.
    pub shape: Shape,
    /// The white space around a mark that is not part of a pair.
    pub spaces: Spaces,
}

/// The part of a mark in a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A start tag, with the number of the mark that is its end tag.
    Start(usize),
    /// An end tag.
    End,
    /// An element without text, or one that is kept as it is.
    Leaf,
    /// A tag without partner. Such tags keep their order.
    Unpaired,
}

/// The white space around a mark in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spaces {
    /// Whether there is white space before the mark.
    pub before: bool,
    /// Whether there is white space after the mark.
    pub after: bool,
    /// Whether a word or another mark is directly before the mark.
    pub is_glued_before: bool,
    /// Whether a word or another mark is directly after the mark.
    pub is_glued_after: bool,
    /// Whether the mark itself separates the words on its two sides.
    pub holds_space: bool,
}

impl Shape {
    /// The attachment of such a mark.
    pub fn attachment(self) -> Attachment {
        match self {
            Self::Start(_) => Attachment::Next,
            Self::End => Attachment::Previous,
            Self::Leaf | Self::Unpaired => Attachment::Alone,
        }
    }

    /// Returns whether such a mark belongs to no pair.
    pub fn is_alone(self) -> bool {
        matches!(self, Self::Leaf | Self::Unpaired)
    }
}

/// Takes the marks out of items: returns the text, with single spaces, and its marks. `partners` are numbers of items.
pub(crate) fn take_out(items: &[Item], partners: &[Option<usize>]) -> (String, Vec<InlineMark>) {
    let mut taker = Taker::default();
    // For each item that is a mark, the number of the mark.
    let mut numbers = vec![0; items.len()];
    for (number, item) in items.iter().enumerate() {
        numbers[number] = taker.marks.len();
        let range = item.range.clone();
        match (&item.kind, partners[number]) {
            (ItemKind::Text(text), _) => text.chars().for_each(|c| taker.push(c)),
            (ItemKind::Start(_), Some(_)) => taker.start(range),
            (ItemKind::End(_), Some(start)) => {
                let start = numbers[start];
                taker.marks[start].shape = Shape::Start(taker.marks.len());
                taker.end(range);
            }
            (ItemKind::Leaf(leaf), _) => taker.alone(range, Shape::Leaf, leaf.separates, leaf.holds_space),
            (ItemKind::Break, _) => taker.alone(range, Shape::Leaf, true, true),
            (ItemKind::Start(_) | ItemKind::End(_), None) => taker.alone(range, Shape::Unpaired, false, false),
        }
    }
    taker.finish()
}

/// The text and the marks until now.
#[derive(Default)]
struct Taker {
    text: String,
    marks: Vec<InlineMark>,
    /// Marks whose place is that of the next character.
    waiting: Vec<usize>,
    /// The last mark that is not part of a pair, if no character followed it.
    last_alone: Option<usize>,
    /// The first such mark after the last character.
    first_alone: Option<usize>,
    /// Whether one of the marks after the last character separates words.
    separates: bool,
    /// Whether white space followed the last character or mark that is not part of a pair.
    space: bool,
    /// Whether white space followed the last character.
    any_space: bool,
}

impl Taker {
    fn push(&mut self, c: char) {
        if is_space(c) {
            (self.space, self.any_space) = (true, true);
            if let Some(last) = self.last_alone {
                self.marks[last].spaces.after = true;
            }
            return;
        }
        if self.gap(c) {
            self.text.push(' ');
        }
        let at = self.text.len();
        self.waiting.drain(..).for_each(|mark| self.marks[mark].at = at);
        if let Some(last) = self.last_alone.take().filter(|_| !self.space) {
            self.marks[last].spaces.is_glued_after = c.is_alphanumeric();
        }
        self.first_alone = None;
        (self.separates, self.space, self.any_space) = (false, false, false);
        self.text.push(c);
    }

    /// Returns whether there is a space in the text before its next character.
    fn gap(&mut self, next: char) -> bool {
        let Some(last) = self.text.chars().next_back() else { return false };
        let (Some(first_alone), Some(last_alone)) = (self.first_alone, self.last_alone) else { return self.any_space };
        if self.any_space {
            let belongs_to_previous = is_closing(next) && !self.marks[last_alone].spaces.after;
            let belongs_to_next = is_opening(last) && !self.marks[first_alone].spaces.before;
            return !belongs_to_previous && !belongs_to_next;
        }
        let is_needed = self.separates && last.is_alphanumeric() && next.is_alphanumeric();
        if is_needed {
            self.marks[first_alone..=last_alone].iter_mut().for_each(|mark| mark.spaces.holds_space = true);
        }
        is_needed
    }

    fn start(&mut self, range: Range<usize>) {
        self.waiting.push(self.marks.len());
        self.add(range, Shape::Unpaired, Spaces::default());
    }

    fn end(&mut self, range: Range<usize>) {
        self.waiting.clear();
        self.add(range, Shape::End, Spaces::default());
    }

    fn alone(&mut self, range: Range<usize>, shape: Shape, separates: bool, holds_space: bool) {
        let number = self.marks.len();
        let is_glued = !self.space && !self.text.is_empty();
        if let Some(last) = self.last_alone.filter(|_| is_glued) {
            self.marks[last].spaces.is_glued_after = true;
        }
        let is_beside = self.last_alone.is_some() || self.text.ends_with(char::is_alphanumeric);
        let spaces =
            Spaces { before: self.space, is_glued_before: is_glued && is_beside, holds_space, ..Spaces::default() };
        self.waiting.push(number);
        self.add(range, shape, spaces);
        self.first_alone.get_or_insert(number);
        self.last_alone = Some(number);
        self.separates |= separates;
        self.space = false;
    }

    /// Adds a mark at the end of the text.
    fn add(&mut self, range: Range<usize>, shape: Shape, spaces: Spaces) {
        self.marks.push(InlineMark { range, at: self.text.len(), shape, spaces });
    }

    fn finish(self) -> (String, Vec<InlineMark>) {
        (self.text, self.marks)
    }
}
