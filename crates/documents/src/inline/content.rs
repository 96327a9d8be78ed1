//! A run of inline content: the segment that it holds, and the translation written in its place.

use crate::document::{Body, Edit};
use crate::inline::item::{Item, ItemKind};
use crate::inline::mark::{InlineMark, Shape, take_out};
use crate::inline::order::order;
use crate::inline::pairs::{core, partners};
use crate::inline::text_places::text_places;
use crate::inline::writer::Writer;
use crate::segment::{Mark, Segment, TranslatedSegment, is_translatable};

/// The marks of a segment, and the way in which its translation is written.
#[derive(Clone, Debug)]
pub(crate) struct InlineContent {
    marks: Vec<InlineMark>,
    style: Style,
}

/// The way in which text is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Appends a character.
    pub escape: fn(char, &mut String),
    /// The number of lines.
    pub lines: usize,
    /// The line end between them.
    pub line_end: &'static str,
}

/// Returns the segment of a run of items, in which no element is left to be kept as it is. `None` if there is nothing
/// to translate. `style` gets the items of the segment.
pub(crate) fn edit(source: &str, items: &[Item], style: impl Fn(&str, &[Item]) -> Style) -> Option<Edit> {
    let mut partners = partners(items);
    let core = core(items, &partners);
    let inner = &items[core.clone()];
    if !inner.iter().any(|item| matches!(&item.kind, ItemKind::Text(text) if is_translatable(text))) {
        return None;
    }
    let range = inner.first()?.range.start..inner.last()?.range.end;
    let partners: Vec<Option<usize>> =
        partners.drain(core.clone()).map(|partner| partner.map(|number| number - core.start)).collect();
    let (text, marks) = take_out(inner, &partners);
    let public = marks.iter().map(|mark| Mark { at: mark.at, attachment: mark.shape.attachment() });
    let segment = Segment { text, marks: public.collect() };
    let style = style(source, inner);
    Some(Edit { range, body: Body::Inline(segment, InlineContent { marks, style }) })
}

impl InlineContent {
    /// Appends a translation with its marks.
    pub fn write(&self, source: &str, segment: &Segment, translated: &TranslatedSegment, written: &mut String) {
        let text = translated.text.trim();
        let offset = translated.text.len() - translated.text.trim_start().len();
        let place = |mark: usize| translated.marks.get(mark).map_or(text.len(), |at| at.saturating_sub(offset));
        let places: Vec<usize> = (0..self.marks.len()).map(place).collect();
        let places = text_places(&segment.text, &self.marks, text, &places);
        let order = order(&self.marks, &places, text);
        let mut writer = Writer::new(text, self.style, written);
        for (number, (at, mark)) in order.iter().enumerate() {
            let mark = &self.marks[*mark];
            let next = order.get(number + 1).filter(|(next, _)| next == at);
            let is_before_leaf = next.is_some_and(|(_, next)| self.marks[*next].shape == Shape::Leaf);
            writer.mark(*at, mark, &source[mark.range.clone()], is_before_leaf);
        }
        writer.finish();
    }
}
