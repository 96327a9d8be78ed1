//! Prepares the text of a user for a model: written as the training text is, with a mapping to the original.

use std::ops::Range;

use crate::words::inline_marks::{InlineMark, take_out};
use crate::words::known_characters::CharacterIndex;
use crate::words::letter_case::{CaseIndex, CaseShape};
use crate::words::mapped::{ChangedText, MappedText};
use crate::words::normalized::nfc;
use crate::words::placeholders::item::Item;
use crate::words::placeholders::tags::tags;
use crate::words::placeholders::variables::variables;
use crate::words::profile::SideProfile;
use crate::words::sentence_ends::SentenceEnds;
use crate::words::training_words::TrainingWords;
use crate::words::word_forms::known_forms;

/// The choice whether a line of several sentences is translated sentence by sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Split {
    /// If the training sources are single sentences.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The rules by which the text of one side becomes that of the training text.
#[derive(Clone, Debug, Default)]
pub struct TextPreparation {
    writing: Option<WritingIndex>,
}

#[derive(Clone, Debug)]
struct WritingIndex {
    characters: CharacterIndex,
    case: CaseIndex,
    sentences: SentenceEnds,
}

impl TextPreparation {
    /// Lays out a profile for searching. Without a [`Writing`](crate::Writing), text is only normalised to NFC.
    pub fn new(profile: &SideProfile) -> Self {
        let writing = profile.writing.as_ref().map(|writing| WritingIndex {
            characters: writing.characters.index(),
            case: writing.case.index(),
            sentences: writing.sentences.clone(),
        });
        Self { writing }
    }

    /// Returns whether there are rules besides NFC.
    pub fn has_rules(&self) -> bool {
        self.writing.is_some()
    }

    /// Returns the sentences of a line, without the white space around them; the whole line if it is not to be split.
    /// `known` are the words of the training text. A blank line has no sentences.
    pub fn sentences(&self, line: &str, split: Split, known: &TrainingWords) -> Vec<Range<usize>> {
        let unknown = SentenceEnds::default();
        let ends = self.writing.as_ref().map_or(&unknown, |writing| &writing.sentences);
        let is_split = match split {
            Split::Auto => ends.are_single(),
            Split::Always => true,
            Split::Never => false,
        };
        if is_split {
            return ends.split(line, Some(known));
        }
        if line.trim().is_empty() { Vec::new() } else { std::iter::once(0..line.len()).collect() }
    }

    /// Changes the characters of a text to those of the training text. Training uses this form.
    pub fn characters(&self, text: &str) -> MappedText {
        let text = nfc(text);
        match &self.writing {
            Some(writing) => writing.characters.read(text, &[]),
            None => text,
        }
    }

    /// Changes characters and letter case of a sentence to those of the training text. `known` are the words of that
    /// text, if there is a list of them.
    pub fn read(&self, text: &str, known: Option<&TrainingWords>) -> (MappedText, CaseShape) {
        let text = nfc(text);
        let Some(writing) = &self.writing else { return (text, CaseShape::Usual) };
        // The `;` of an entity is no punctuation.
        let mut kept = tags(text.text());
        kept.extend(known.iter().flat_map(|known| variables(text.text(), known)));
        kept.sort_by_key(|part| part.start);
        writing.case.read(writing.characters.read(text, &kept), known)
    }

    /// Returns the use of capital letters in a text.
    pub fn case_shape(&self, text: &str) -> CaseShape {
        self.writing.as_ref().map_or(CaseShape::Usual, |writing| writing.case.shape(text, None))
    }

    /// Changes characters and letter case of the beginning of a sentence to those of the training text, for a sentence
    /// of this shape. It may have too few words to see the shape.
    pub fn read_as(&self, text: &str, shape: CaseShape) -> MappedText {
        let text = self.characters(text);
        match &self.writing {
            Some(writing) => writing.case.read_as(text, shape, None),
            None => text,
        }
    }

    /// Changes each word that the training text has only in another letter case to that case, except in the parts in
    /// `kept`, which stay where they are. Returns also [`CaseShape::FirstWordChanged`] if the sentence has lost the
    /// capital letter at its beginning.
    pub fn known_forms(
        &self,
        text: MappedText,
        kept: &[Range<usize>],
        known: &TrainingWords,
    ) -> (MappedText, CaseShape) {
        match &self.writing {
            Some(writing) => known_forms(text, kept, &writing.case, known),
            None => (text, CaseShape::Usual),
        }
    }

    /// Takes markup, and signs that the training text does not have, out of a sentence. The ranges of `items` become
    /// those of the text without marks.
    pub fn take_out_marks(&self, text: MappedText, items: &mut Vec<Item>) -> (MappedText, Vec<InlineMark>) {
        match &self.writing {
            Some(writing) => take_out(text, items, &writing.characters),
            None => (text, Vec::new()),
        }
    }

    /// Changes the letter case of a translation to that of its source. `kept` are the parts that are copied.
    pub fn write_case(&self, text: &str, shape: CaseShape, kept: &[Range<usize>]) -> Option<MappedText> {
        let changed: ChangedText = self.writing.as_ref()?.case.write(text, shape, kept)?;
        Some(MappedText::unchanged(text).changed(|_| Some(changed)))
    }
}
