//! The beginning of a translation that a user has given: what the search gets of it, and how it is written into the
//! translation exactly as it was given.

use crate::Translator;
use crate::put_back::{GivenMarks, mark_text};
use crate::search::{Beginning, Next};
use crate::source::Source;
use crate::tokenizers::origins;
use glosser_text::{
    CaseShape, Decoded, Encoding, MappedText, PLACEHOLDERS, PlacedItem, WordRule, placeholder, placeholder_index,
};
use std::ops::Range;

/// The given beginning of a translation.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// Its text without the marks of the source.
    text: String,
    /// What the search gets.
    pub search: Beginning,
    /// The marks in it.
    pub marks: GivenMarks,
    /// Number of tokens in the tokenizer's encoding.
    pub tokens: usize,
    /// The bytes of its whole tokens in `text`.
    offsets: Vec<Range<usize>>,
    /// The word that may be incomplete; `None` if all words are whole.
    incomplete: Option<Incomplete>,
}

/// The last word of a beginning.
#[derive(Clone, Debug)]
struct Incomplete {
    /// The byte of the text where it begins.
    start: usize,
    /// The forms in which the search may write it.
    forms: Vec<String>,
}

impl Translator {
    /// Prepares the beginning of a translation of a sentence. Its last word may be incomplete unless white space follows
    /// it or all words are `whole`.
    pub(crate) fn given(&self, source: &Source, items: &[PlacedItem], beginning: &str, whole: bool) -> Given {
        let (text, marks) = without_marks(beginning, source);
        let trimmed = text.trim_end().len();
        // White space after a mark stays, because the mark does.
        let ends_with_mark = marks.last().is_some_and(|(at, _)| *at >= trimmed);
        let text = if ends_with_mark { text } else { text[..trimmed].to_owned() };
        // Of the same length, so that positions stay.
        let read = text.replace(|c: char| c.is_control() && c.len_utf8() == 1, " ");
        let read = read.replace(|c: char| c.is_control(), "  ");
        let is_whole = whole || beginning.ends_with(char::is_whitespace) || read.trim().is_empty();
        let start = if is_whole { text.len() } else { incomplete_word(&read, items) };
        let own = self.tokenizers().target_text().case_shape(&read);
        let shape = match (source.shape, own) {
            (CaseShape::Usual | CaseShape::FirstWordChanged, CaseShape::AllCapitals | CaseShape::NoCapitals) => own,
            (CaseShape::FirstWordChanged, _) => CaseShape::Usual,
            (shape, _) => shape,
        };
        let words = self.tokenizers().target_text().read_as(&read[..start], shape);
        let Encoding { ids, offsets } = match words.text().trim().is_empty() {
            true => Encoding::default(),
            false => self.encode_beginning(&words, &read[..start], items),
        };
        // A control character of two bytes was read as two spaces.
        let place = |at: usize| floor_boundary(&text, at);
        let offsets = origins(&words, offsets).into_iter().map(|token| place(token.start)..place(token.end)).collect();
        let has_words = read[..start].contains(char::is_alphanumeric);
        let is_changed = shape != CaseShape::Usual || source.shape != CaseShape::Usual;
        let forms = self.forms(&read[start..], has_words, is_changed);
        let target = self.tokenizers().target();
        let tokens = ids.len() + forms.first().map_or(0, |form| target.encode(form).ids.len());
        let has_spaces = self.target_has_spaces();
        let (next, incomplete) = match forms.is_empty() {
            true => (Next::NewWord { has_spaces }, None),
            false => (next(&forms, &read[start..], items), Some(Incomplete { start, forms })),
        };
        let marks = GivenMarks { fixed: marks, end: text.len() };
        Given { text, search: Beginning { tokens: ids, next }, marks, tokens, offsets, incomplete }
    }

    /// Whether words of the target are written apart.
    pub(crate) fn target_has_spaces(&self) -> bool {
        self.tokenizers().profile().target.words == WordRule::WhiteSpace
    }

    /// The forms in which the training text can have the beginning of a word: none for a blank one. The first word of a
    /// sentence, and every word of a sentence whose letter case is changed, can have another case.
    fn forms(&self, word: &str, has_words_before: bool, is_changed: bool) -> Vec<String> {
        let own = self.tokenizers().target_text().characters(word).text().trim().to_owned();
        if own.is_empty() {
            return Vec::new();
        }
        let mut chars = own.chars();
        let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
        let mut forms = vec![own.clone()];
        if is_changed {
            forms.extend([own.to_lowercase(), first + &chars.as_str().to_lowercase()]);
        } else if !has_words_before {
            forms.push(first + chars.as_str());
        }
        let mut different: Vec<String> = Vec::new();
        for form in forms {
            if !different.contains(&form) {
                different.push(form);
            }
        }
        different
    }

    /// The tokens of the beginning of a translation as the model reads it, with placeholders for the source items that
    /// occur in it; `given` is its original. Offsets are those of `read`.
    pub(crate) fn encode_beginning(&self, read: &MappedText, given: &str, items: &[PlacedItem]) -> Encoding {
        let mut found: Vec<(Range<usize>, usize)> = Vec::new();
        for (number, item) in items.iter().map(|item| item.text).enumerate().filter(|(_, item)| !item.is_empty()) {
            let mut ranges = given.match_indices(item).map(|(at, item)| at..at + item.len());
            let is_free = |range: &Range<usize>| {
                found.iter().all(|(other, _)| range.end <= other.start || other.end <= range.start)
            };
            if let Some(range) = ranges.find(is_free) {
                found.push((range, number));
            }
        }
        found.sort_by_key(|(range, _)| range.start);
        let found = found.into_iter().map(|(range, number)| (read.place(range), number));
        let text = read.text().trim_end();
        let is_there = |range: &Range<usize>| !range.is_empty() && range.end <= text.len();
        let (ranges, numbers): (Vec<_>, Vec<_>) = found.filter(|(range, _)| is_there(range)).unzip();
        let mut encoding = self.tokenizers().target().encode_with_placeholders(text, &ranges);
        // The encoding counts placeholders by their order in the text, the model by their order in the source.
        let renumbered = |id| placeholder_index(id).map_or(id, |index| placeholder(numbers[index] % PLACEHOLDERS));
        encoding.ids.iter_mut().for_each(|id| *id = renumbered(*id));
        encoding
    }
}

/// The characters that follow: one of the forms of a word, or a placeholder whose item begins with the word as given.
fn next(forms: &[String], word: &str, items: &[PlacedItem]) -> Next {
    let begun = items.iter().enumerate().filter(|(_, item)| item.text.starts_with(word));
    Next::Characters {
        alternatives: forms.iter().map(|form| format!(" {form}").into_bytes()).collect(),
        placeholders: begun.map(|(number, _)| placeholder(number % PLACEHOLDERS)).collect(),
    }
}

/// The byte where the last word of a text begins, or the beginning of an item that the text ends with.
fn incomplete_word(text: &str, items: &[PlacedItem]) -> usize {
    let is_space_before = |at: usize| text[..at].chars().next_back().is_none_or(char::is_whitespace);
    let mut starts = text.char_indices().map(|(at, _)| at).filter(|at| is_space_before(*at));
    let begins_item = |at: usize| items.iter().any(|item| item.text.starts_with(&text[at..]));
    let last = text.rfind(char::is_whitespace).and_then(|at| text[at..].chars().next().map(|c| at + c.len_utf8()));
    starts.find(|at| begins_item(*at)).unwrap_or(last.unwrap_or(0))
}

/// Takes the marks of a source out of the beginning of its translation. Returns the text without them, and where each
/// was.
fn without_marks(beginning: &str, source: &Source) -> (String, Vec<(usize, usize)>) {
    let mut found: Vec<(Range<usize>, usize)> = Vec::new();
    for (number, mark) in source.marks.iter().enumerate() {
        let own = mark_text(source.text, mark);
        let mut places = beginning.match_indices(own.as_str()).map(|(at, _)| at..at + own.len());
        let is_free =
            |range: &Range<usize>| found.iter().all(|(other, _)| range.end <= other.start || other.end <= range.start);
        if let Some(range) = places.find(is_free) {
            found.push((range, number));
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    let (mut text, mut places, mut end) = (String::new(), Vec::new(), 0);
    for (range, number) in found {
        text.push_str(&beginning[end..range.start]);
        places.push((text.len(), number));
        end = range.end;
    }
    text.push_str(&beginning[end..]);
    (text, places)
}

impl Given {
    /// Replaces the beginning of a decoded translation by the text that was given.
    pub fn write_into(&self, decoded: &mut Decoded) {
        let whole = self.offsets.len();
        let words_end = whole.checked_sub(1).map_or(0, |last| decoded.offsets[last].end);
        let rest = &decoded.text[words_end..];
        let space = rest.len() - rest.trim_start().len();
        let forms = self.incomplete.iter().flat_map(|incomplete| {
            let given = &self.text[incomplete.start..];
            incomplete.forms.iter().map(String::as_str).chain([given]).filter(|form| rest[space..].starts_with(form))
        });
        let begun = forms.map(str::len).max();
        let skipped = match begun {
            Some(len) => words_end + space + len,
            None if self.text.ends_with(char::is_whitespace) => words_end + space,
            None => words_end,
        };
        // Without tokens for the given text there is no space after it.
        let is_joined = whole == 0 && begun.is_none() && !self.text.is_empty();
        let glue = if is_joined && !self.text.ends_with(char::is_whitespace) { " " } else { "" };
        let start = self.incomplete.as_ref().map_or(self.text.len(), |incomplete| incomplete.start);
        let place = |at: usize| -> usize {
            if at >= skipped {
                return at - skipped + self.text.len() + glue.len();
            }
            match at.checked_sub(words_end + space) {
                Some(inside) => floor_boundary(&self.text, start + inside),
                None => self.text[..start].trim_end().len(),
            }
        };
        let of_rest = decoded.offsets[whole..].iter().map(|token| place(token.start)..place(token.end));
        let offsets: Vec<Range<usize>> = self.offsets.iter().cloned().chain(of_rest).collect();
        decoded.text = format!("{}{glue}{}", self.text, &decoded.text[skipped..]);
        decoded.offsets = offsets;
    }
}

/// The last boundary between two characters up to a byte.
fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
