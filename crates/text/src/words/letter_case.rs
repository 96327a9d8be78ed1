//! Text in capitals, in title case or without capitals: written as the training text is, and changed back.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_normalization::char::is_combining_mark;

use crate::words::mapped::{ChangedText, MappedText};
use crate::words::placeholders::tags::tags;
use crate::words::split::words;
use crate::words::training_words::TrainingWords;

/// Most words whose form is kept.
const MOST_FORMS: usize = 100_000;

/// Least share of sentences with a capital at the beginning, so that a sentence without one is changed.
const USUAL: f64 = 0.9;

/// Words of up to this length can be without a capital in title case: `of`, `the`.
const LONGEST_SMALL: usize = 3;

/// The use of capital letters in the sentences of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterCase {
    /// Whether small and capital letters are used, small ones more often.
    is_cased: bool,
    /// Whether nearly all sentences begin with a capital letter.
    begins_with_capital: bool,
    /// The words that have capitals inside sentences more often than not, in code point order.
    forms: Vec<String>,
}

/// The use of capital letters in a sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseShape {
    /// As in the training text, as far as one can see.
    #[default]
    Usual,
    /// All letters are capitals.
    AllCapitals,
    /// Each word begins with a capital; short words need not.
    TitleCase,
    /// No capital, not even the first letter.
    NoCapitals,
    /// As in the training text, but the capital at the beginning is of a word that has none there.
    FirstWordChanged,
}

/// Counts small and capital letters, and the forms of words.
#[derive(Debug, Default)]
pub(crate) struct CaseCollector {
    small: usize,
    capital: usize,
    begun: usize,
    begun_with_capital: usize,
    /// The number of times that each form of a word is inside sentences.
    forms: HashMap<String, usize>,
}

impl CaseCollector {
    /// Adds a sentence.
    pub(crate) fn add(&mut self, sentence: &str) {
        self.small += sentence.chars().filter(|c| c.is_lowercase()).count();
        self.capital += sentence.chars().filter(|c| c.is_uppercase()).count();
        if let Some(first) = sentence.chars().find(|c| c.is_alphabetic()).filter(|c| is_cased(*c)) {
            self.begun += 1;
            self.begun_with_capital += usize::from(first.is_uppercase());
        }
        for word in letters(sentence).skip(1).map(|range| &sentence[range]) {
            match self.forms.get_mut(word) {
                Some(count) => *count += 1,
                None => _ = self.forms.insert(word.to_owned(), 1),
            }
        }
    }

    /// Returns the use of capital letters.
    pub(crate) fn finish(self) -> LetterCase {
        let is_cased = self.small > self.capital && self.capital > 0;
        let mut forms = if is_cased { capitalised_forms(self.forms) } else { Vec::new() };
        forms.sort_by(|a, b| b.cmp(a));
        forms.truncate(MOST_FORMS);
        let mut forms: Vec<String> = forms.into_iter().map(|(_, form)| form).collect();
        forms.sort_unstable();
        let is_usual = self.begun_with_capital as f64 >= USUAL * self.begun as f64;
        LetterCase { is_cased, begins_with_capital: is_cased && self.begun > 0 && is_usual, forms }
    }
}

impl LetterCase {
    /// Returns an index for fast searches.
    pub(crate) fn index(&self) -> CaseIndex {
        let forms = self.forms.iter().map(|form| (form.to_lowercase(), form.clone())).collect();
        CaseIndex { is_cased: self.is_cased, begins_with_capital: self.begins_with_capital, forms }
    }
}

/// Returns the words whose most frequent form has a capital letter, with the count of that form, at least two.
fn capitalised_forms(forms: HashMap<String, usize>) -> Vec<(usize, String)> {
    let mut best: HashMap<String, (usize, String)> = HashMap::new();
    for (form, count) in forms {
        let best = best.entry(form.to_lowercase()).or_default();
        // Of two equally frequent forms the later in code point order: lower case comes after capitals.
        if (count, &form) > (best.0, &best.1) {
            *best = (count, form);
        }
    }
    best.into_iter().filter(|(lower, (count, form))| form != lower && *count > 1).map(|(_, best)| best).collect()
}

fn is_cased(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase()
}

/// Returns the runs of letters of a text. An apostrophe or hyphen separates two runs.
fn letters(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let is_letter = |c: char| c.is_alphabetic() || is_combining_mark(c);
        let start = at + text[at..].find(is_letter)?;
        let end = text[start..].find(|c| !is_letter(c)).map_or(text.len(), |len| start + len);
        at = end;
        Some(start..end)
    })
}

/// [`LetterCase`], laid out for searching.
#[derive(Clone, Debug)]
pub(crate) struct CaseIndex {
    pub(crate) is_cased: bool,
    begins_with_capital: bool,
    /// From lower case to the form with capitals.
    pub(crate) forms: HashMap<String, String>,
}

impl CaseIndex {
    /// Writes a sentence as the training text is, if its use of capitals is another one. `known` are the words of the
    /// training text, if there is a list of them.
    pub(crate) fn read(&self, text: MappedText, known: Option<&TrainingWords>) -> (MappedText, CaseShape) {
        let shape = self.shape(text.text(), known);
        (self.read_as(text, shape, known), shape)
    }

    /// Writes a sentence of this shape as the training text is.
    pub(crate) fn read_as(&self, text: MappedText, shape: CaseShape, known: Option<&TrainingWords>) -> MappedText {
        if !self.is_cased || shape == CaseShape::Usual {
            return text;
        }
        text.changed(|text| {
            let mut changed = ChangedText::default();
            let mut at = 0;
            for (number, word) in changeable(text).into_iter().enumerate() {
                changed.keep(text, at..word.start);
                self.push_word(&mut changed, text, word.clone(), (shape, number == 0), known);
                at = word.end;
            }
            changed.keep(text, at..text.len());
            Some(changed)
        })
    }

    fn push_word(
        &self,
        changed: &mut ChangedText,
        text: &str,
        word: Range<usize>,
        (shape, is_first): (CaseShape, bool),
        known: Option<&TrainingWords>,
    ) {
        let form = self.form(&text[word.clone()], shape, known);
        let form = if is_first && self.begins_with_capital { capitalised(&form) } else { form };
        // Character by character, where no letter becomes two.
        if form.chars().count() == text[word.clone()].chars().count() {
            for ((at, _), c) in text[word.clone()].char_indices().zip(form.chars()) {
                changed.push(word.start + at, c.encode_utf8(&mut [0; 4]));
            }
        } else {
            changed.push(word.start, &form);
        }
    }

    /// Returns the form that a word has inside a sentence of the training text. An unknown word may be a name.
    fn form(&self, word: &str, shape: CaseShape, known: Option<&TrainingWords>) -> String {
        let lower = word.to_lowercase();
        match self.forms.get(&lower) {
            Some(form) => form.clone(),
            None if shape == CaseShape::NoCapitals || known.is_none_or(|known| known.contains(word)) => lower,
            None => capitalised(&lower),
        }
    }

    pub(crate) fn shape(&self, text: &str, known: Option<&TrainingWords>) -> CaseShape {
        let words = changeable(text);
        let known = known.filter(|known| !known.is_empty());
        if !self.is_cased || words.is_empty() {
            return CaseShape::Usual;
        }
        let texts = || words.iter().map(|word| &text[word.clone()]);
        let has = |is: fn(char) -> bool| texts().any(|word| word.contains(is));
        if !has(char::is_lowercase) {
            // A single word may be an abbreviation.
            let is_enough =
                texts().nth(1).is_some() || known.is_some_and(|known| texts().all(|word| known.contains(word)));
            return if has(char::is_uppercase) && is_enough { CaseShape::AllCapitals } else { CaseShape::Usual };
        }
        if !has(char::is_uppercase) {
            return if self.begins_with_capital { CaseShape::NoCapitals } else { CaseShape::Usual };
        }
        let is_title = texts().all(|word| {
            let mut chars = word.chars();
            let first = chars.next();
            first.is_some_and(char::is_uppercase) && !chars.any(char::is_uppercase)
                || word.chars().count() <= LONGEST_SMALL && !word.contains(char::is_uppercase)
        });
        let changed = texts().skip(1).filter(|word| {
            word.starts_with(char::is_uppercase) && self.form(word, CaseShape::TitleCase, known) != **word
        });
        let changed = changed.count();
        if is_title && changed >= if words.len() > 3 { 2 } else { 1 } { CaseShape::TitleCase } else { CaseShape::Usual }
    }

    /// Changes a translation to the shape of its source. `kept` are the parts that are copied, in order.
    pub(crate) fn write(&self, text: &str, shape: CaseShape, kept: &[Range<usize>]) -> Option<ChangedText> {
        if !self.is_cased || shape == CaseShape::Usual {
            return None;
        }
        let is_kept =
            |at: usize| kept.get(kept.partition_point(|range| range.end <= at)).is_some_and(|range| range.start <= at);
        let words: Vec<Range<usize>> = changeable(text);
        let firsts: Vec<usize> = words.iter().map(|word| word.start).collect();
        let is_name = words.first().is_some_and(|word| {
            letters(&text[word.clone()]).next().is_some_and(|first| {
                let word = &text[word.clone()][first];
                self.forms.get(&word.to_lowercase()).is_some_and(|form| form == word)
            })
        });
        let mut changed = ChangedText::default();
        for (at, c) in text.char_indices() {
            match shape {
                _ if is_kept(at) => changed.push(at, c.encode_utf8(&mut [0; 4])),
                CaseShape::AllCapitals => changed.push(at, &c.to_uppercase().to_string()),
                CaseShape::TitleCase if firsts.binary_search(&at).is_ok() => {
                    changed.push(at, &c.to_uppercase().to_string());
                }
                CaseShape::FirstWordChanged if firsts.first() == Some(&at) => {
                    changed.push(at, &c.to_uppercase().to_string());
                }
                CaseShape::NoCapitals if firsts.first() == Some(&at) && !is_name => {
                    changed.push(at, &c.to_lowercase().to_string());
                }
                _ => changed.push(at, c.encode_utf8(&mut [0; 4])),
            }
        }
        Some(changed)
    }
}

/// Returns the runs of letters in the words that have letters, apostrophes and hyphens only: not in addresses,
/// identifiers and numbers.
pub(crate) fn changeable(text: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let tags = tags(text);
    let mut without_tags = Cow::Borrowed(text);
    for tag in tags {
        // Spaces of the same length, so that positions stay.
        without_tags.to_mut().replace_range(tag.clone(), &" ".repeat(tag.len()));
    }
    let text = &*without_tags;
    for word in words(text) {
        let inner = &text[word.clone()];
        let trimmed =
            inner.trim_matches(|c: char| !c.is_alphanumeric() && !is_combining_mark(c) && c != '_' && c != '@');
        let is_plain =
            |c: char| c.is_alphabetic() || is_combining_mark(c) || matches!(c, '\'' | '’' | '-' | '‐' | '\u{AD}');
        if !inner.starts_with(['<', '{', '%', '$', '/', '\\', '@', '#']) && trimmed.chars().all(is_plain) {
            all.extend(letters(inner).map(|run| word.start + run.start..word.start + run.end));
        }
    }
    all
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::training_words::WordCollector;

    const TEXT: [&str; 4] = [
        "The old cat sees Julien and the dog of Julien.",
        "A lion sleeps in Paris, not in the house in Paris.",
        "The lions were more dangerous than the bear.",
        "Who sees the red house?",
    ];

    fn learnt() -> LetterCase {
        let mut collector = CaseCollector::default();
        TEXT.iter().for_each(|text| collector.add(text));
        collector.finish()
    }

    fn read(text: &str) -> (String, CaseShape) {
        let mut words = WordCollector::default();
        TEXT.iter().for_each(|text| words.add(text));
        let index = learnt().index();
        let (read, shape) = index.read(MappedText::unchanged(text), Some(&words.finish()));
        (read.text().to_owned(), shape)
    }

    #[test]
    fn capitals_and_title_case_become_the_form_of_the_training_text() {
        for (text, expected, shape) in [
            ("THE CAT SEES JULIEN.", "The cat sees Julien.", CaseShape::AllCapitals),
            ("THE CAT SEES XYZZY AT WWW.X.ORG", "The cat sees Xyzzy At WWW.X.ORG", CaseShape::AllCapitals),
            ("The Old Cat Sees Julien", "The old cat sees Julien", CaseShape::TitleCase),
            ("The Lion of the House", "The lion of the house", CaseShape::TitleCase),
            ("the cat sees julien.", "The cat sees Julien.", CaseShape::NoCapitals),
        ] {
            assert_eq!(read(text), (expected.to_owned(), shape), "{text}");
        }
    }

    #[test]
    fn usual_text_stays() {
        for text in ["The cat sees Julien.", "NATO", "Julien", "Paris and Julien", "42 …", "", "The Lion sleeps."] {
            assert_eq!(read(text), (text.to_owned(), CaseShape::Usual));
        }
    }

    #[test]
    fn a_translation_gets_the_shape_of_its_source_but_copied_parts_stay() {
        let index = learnt().index();
        let write = |text: &str, shape, kept: &[Range<usize>]| {
            index.write(text, shape, kept).map_or_else(|| text.to_owned(), |changed| changed.text().to_owned())
        };
        let kept = std::iter::once(11..16).collect::<Vec<_>>();
        assert_eq!(write("der weiße x200b hund", CaseShape::AllCapitals, &kept), "DER WEISSE x200b HUND");
        assert_eq!(write("L'ami de Paul", CaseShape::TitleCase, &[]), "L'Ami De Paul");
        assert_eq!(write("Le chat", CaseShape::NoCapitals, &[]), "le chat");
        assert_eq!(write("„les chats“ dorment", CaseShape::FirstWordChanged, &[]), "„Les chats“ dorment");
        assert_eq!(write("Julien dort", CaseShape::NoCapitals, &[]), "Julien dort");
        assert_eq!(write("Le chat", CaseShape::Usual, &[]), "Le chat");
    }
}
