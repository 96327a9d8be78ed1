//! Takes the marks out of inline content.

use std::ops::Range;

use crate::inline::item::{Item, ItemKind, Leaf};
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
    /// The white space around a leaf.
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
    /// A start tag whose end tag is in another segment, or missing.
    UnpairedStart,
    /// An end tag whose start tag is in another segment, or missing.
    UnpairedEnd,
}

/// The white space around a leaf in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spaces {
    /// Whether there is white space before it.
    pub before: bool,
    /// Whether there is white space after it.
    pub after: bool,
    /// Whether a word or another leaf is directly before it.
    pub is_glued_before: bool,
    /// Whether a word or another leaf is directly after it.
    pub is_glued_after: bool,
    /// Whether it separates the words on its two sides without white space.
    pub holds_space: bool,
}

impl Shape {
    /// The attachment of such a mark.
    pub fn attachment(self) -> Attachment {
        match self {
            Self::Start(_) => Attachment::Next,
            Self::End => Attachment::Previous,
            Self::Leaf | Self::UnpairedStart | Self::UnpairedEnd => Attachment::Alone,
        }
    }

    /// Returns whether such a mark is a tag without partner in its segment.
    pub fn is_unpaired(self) -> bool {
        matches!(self, Self::UnpairedStart | Self::UnpairedEnd)
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
            (ItemKind::Start(_), _) => taker.start(range),
            (ItemKind::End(_), Some(start)) => {
                let start = numbers[start];
                taker.marks[start].shape = Shape::Start(taker.marks.len());
                taker.end(range);
            }
            (ItemKind::Leaf(leaf), _) => taker.leaf(range, *leaf),
            (ItemKind::Break, _) => {
                taker.leaf(range, Leaf { separates: true, holds_space: true });
                taker.breaks_line = true;
            }
            (ItemKind::End(_), None) => taker.unpaired_end(range),
        }
    }
    (taker.text, taker.marks)
}

/// The text and the marks until now.
#[derive(Default)]
struct Taker {
    text: String,
    marks: Vec<InlineMark>,
    /// Marks whose place can be that of the next character.
    waiting: Vec<usize>,
    /// The last leaf, if no character followed it.
    last_leaf: Option<usize>,
    /// The first leaf after the last character.
    first_leaf: Option<usize>,
    /// Whether one of the leaves after the last character separates words.
    separates: bool,
    /// Whether one of them is a line break.
    breaks_line: bool,
    /// Whether white space followed the last character or leaf.
    space: bool,
    /// Whether white space followed the last character.
    any_space: bool,
}

impl Taker {
    fn push(&mut self, c: char) {
        if is_space(c) {
            (self.space, self.any_space) = (true, true);
            if let Some(last) = self.last_leaf {
                self.marks[last].spaces.after = true;
            }
            return;
        }
        if self.gap(c) {
            self.text.push(' ');
        }
        let at = self.text.len();
        let mut belongs_to_next = false;
        for mark in self.waiting.drain(..) {
            let mark = &mut self.marks[mark];
            belongs_to_next |= mark.spaces.before || !mark.spaces.after;
            if belongs_to_next {
                mark.at = at;
            }
        }
        if let Some(last) = self.last_leaf.take().filter(|_| !self.space) {
            self.marks[last].spaces.is_glued_after = c.is_alphanumeric();
        }
        self.first_leaf = None;
        (self.separates, self.breaks_line, self.space, self.any_space) = (false, false, false, false);
        self.text.push(c);
    }

    /// Returns whether there is a space in the text before its next character.
    fn gap(&mut self, next: char) -> bool {
        let Some(last) = self.text.chars().next_back() else { return false };
        let (Some(first_leaf), Some(last_leaf)) = (self.first_leaf, self.last_leaf) else { return self.any_space };
        if self.any_space {
            let belongs_to_previous = is_closing(next) && !self.marks[last_leaf].spaces.after;
            let belongs_to_next = is_opening(last) && !self.marks[first_leaf].spaces.before;
            return !belongs_to_previous && !belongs_to_next;
        }
        let is_needed = self.breaks_line || self.separates && last.is_alphanumeric() && next.is_alphanumeric();
        if is_needed {
            self.marks[first_leaf..=last_leaf].iter_mut().for_each(|mark| mark.spaces.holds_space = true);
        }
        is_needed
    }

    /// Adds a start tag, which has no partner until its end tag is added.
    fn start(&mut self, range: Range<usize>) {
        self.waiting.push(self.marks.len());
        self.add(range, Shape::UnpairedStart, Spaces::default());
    }

    fn unpaired_end(&mut self, range: Range<usize>) {
        if !self.waiting.is_empty() {
            self.waiting.push(self.marks.len());
        }
        self.add(range, Shape::UnpairedEnd, Spaces::default());
    }

    fn end(&mut self, range: Range<usize>) {
        self.waiting.clear();
        self.add(range, Shape::End, Spaces::default());
    }

    fn leaf(&mut self, range: Range<usize>, leaf: Leaf) {
        let number = self.marks.len();
        let is_glued = !self.space && !self.text.is_empty();
        if let Some(last) = self.last_leaf.filter(|_| is_glued) {
            self.marks[last].spaces.is_glued_after = true;
        }
        let is_beside = self.last_leaf.is_some() || self.text.ends_with(char::is_alphanumeric);
        let spaces = Spaces {
            before: self.space,
            is_glued_before: is_glued && is_beside,
            holds_space: leaf.holds_space,
            ..Spaces::default()
        };
        self.waiting.push(number);
        self.add(range, Shape::Leaf, spaces);
        self.first_leaf.get_or_insert(number);
        self.last_leaf = Some(number);
        self.separates |= leaf.separates;
        self.space = false;
    }

    /// Adds a mark at the end of the text.
    fn add(&mut self, range: Range<usize>, shape: Shape, spaces: Spaces) {
        self.marks.push(InlineMark { range, at: self.text.len(), shape, spaces });
    }
}
