//! A piece of text to translate, and its translation.

use glosser_text::Attachment;

/// A piece of text to translate: a line, the content of a block, or a subtitle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The text without marks, on one line, without white space at its ends.
    pub text: String,
    /// The marks that were taken out of the text, in their order. The start tags and end tags among them form pairs
    /// that nest.
    pub marks: Vec<Mark>,
}

/// A tag, or a whole element, that was taken out of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The byte of the text before which it was.
    pub at: usize,
    /// Its attachment: [`Attachment::Next`] for a start tag that has its end tag in the segment,
    /// [`Attachment::Previous`] for that end tag, [`Attachment::Alone`] for everything else.
    pub attachment: Attachment,
}

/// The translation of a [`Segment`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TranslatedSegment {
    /// The text of the translation.
    pub text: String,
    /// For each mark of the segment, the byte of `text` before which it goes. A mark without a place goes to the end.
    pub marks: Vec<usize>,
}

impl TranslatedSegment {
    /// Returns a translation that is equal to its source.
    pub fn untranslated(segment: &Segment) -> Self {
        Self { text: segment.text.clone(), marks: segment.marks.iter().map(|mark| mark.at).collect() }
    }

    /// Returns whether text and places are those of the source.
    pub(crate) fn is_unchanged(&self, segment: &Segment) -> bool {
        self.text == segment.text && self.marks.iter().eq(segment.marks.iter().map(|mark| &mark.at))
    }
}

/// Returns whether a text has anything to translate: a letter or a digit.
pub(crate) fn is_translatable(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}
