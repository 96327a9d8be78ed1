//! Words of the input that training never saw: a warning for each of the first, a count of all.

use glosser_text::counted;
use glosser_translator::Translation;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Maximum number of words that are named: a text of another subject has hundreds.
const MAX_NAMED: usize = 20;

/// Maximum number of different words that are counted one by one: a text of any length needs a bounded memory.
const MAX_DIFFERENT: usize = 100_000;

/// Counts unknown words.
#[derive(Debug, Default)]
pub struct UnknownWords {
    /// Hashes of the words in lower case, at most [`MAX_DIFFERENT`].
    different: HashSet<u64>,
    all: usize,
    lines: usize,
    lines_with: usize,
    /// The words of the current line that no line before had, if they are to be named.
    named: Vec<String>,
    /// Whether the current line has an unknown word.
    has_some: bool,
}

impl UnknownWords {
    /// Counts those of a translation of the current line, or of a part of it.
    pub fn add(&mut self, translation: &Translation) {
        self.has_some |= !translation.unknown_words.is_empty();
        self.all += translation.unknown_words.len();
        for word in translation.different_unknown_words() {
            let is_new = self.different.len() < MAX_DIFFERENT && self.different.insert(hash(&word.to_lowercase()));
            if is_new && self.different.len() <= MAX_NAMED {
                self.named.push(format!("`{word}`"));
            }
        }
    }

    /// Ends the line, and calls `warn` once for the words that no line before had. `place` is file and line.
    pub fn end_line(&mut self, place: &str, mut warn: impl FnMut(&str)) {
        self.lines += 1;
        self.lines_with += usize::from(std::mem::take(&mut self.has_some));
        let named = std::mem::take(&mut self.named);
        if !named.is_empty() {
            let noun = if named.len() == 1 { "word" } else { "words" };
            let are_all_named = self.different.len() < MAX_NAMED;
            let further = if are_all_named { "" } else { " (further unknown words are only counted)" };
            warn(&format!("{place}: {noun} not in the training pairs: {}{further}", named.join(", ")));
        }
    }

    /// Summary in one line; `None` without unknown words.
    pub fn summary(&self) -> Option<String> {
        let Self { different, all, lines, lines_with, .. } = self;
        let different = different.len();
        (different > 0).then(|| {
            let times = if *all == different { String::new() } else { format!(", {} in all", counted(*all, "time")) };
            let least = if different == MAX_DIFFERENT { "at least " } else { "" };
            format!("unknown words: {least}{different}{times}, in {lines_with} of {}", counted(*lines, "line"))
        })
    }

    /// Whether some words were counted without being named.
    pub fn has_unnamed(&self) -> bool {
        self.different.len() > MAX_NAMED
    }
}

/// A hash of a word; two of the words of a text hardly ever have the same.
fn hash(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::Range;

    /// A translation whose words are all unknown.
    fn unknown(source: &str) -> Translation {
        let words: Vec<Range<usize>> = glosser_text::words(source);
        Translation {
            source: source.to_owned(),
            text: String::new(),
            log_prob: 0.0,
            score: 0.0,
            token_log_probs: Vec::new(),
            attention: None,
            source_tokens: Vec::new(),
            target_tokens: Vec::new(),
            pieces: 1,
            truncated: false,
            line_ends: 0,
            items: Vec::new(),
            unknown_words: words,
            exact_links: Vec::new(),
        }
    }

    #[test]
    fn the_first_twenty_words_are_named_once_and_all_are_counted() {
        let (mut words, mut warnings) = (UnknownWords::default(), Vec::new());
        let mut add = |line: &str| {
            words.add(&unknown(line));
            words.end_line("in:1", |text| warnings.push(text.to_owned()));
        };
        add("flurb Glorp flurb");
        add("");
        add("GLORP");
        (0..30).for_each(|number| add(&format!("word{number}")));
        assert_eq!(warnings[0], "in:1: words not in the training pairs: `flurb`, `Glorp`");
        assert_eq!(warnings[1], "in:1: word not in the training pairs: `word0`");
        assert_eq!(warnings.len(), 19);
        assert!(warnings[18].ends_with("`word17` (further unknown words are only counted)"), "{}", warnings[18]);
        assert!(words.has_unnamed());
        assert_eq!(words.summary().as_deref(), Some("unknown words: 32, 34 times in all, in 32 of 33 lines"));
        assert_eq!(UnknownWords::default().summary(), None);
    }

    #[test]
    fn the_memory_for_different_words_is_bounded() {
        let mut words = UnknownWords::default();
        for start in (0..120_000).step_by(1000) {
            let line: Vec<String> = (start..start + 1000).map(|number| format!("w{number}x")).collect();
            words.add(&unknown(&line.join(" ")));
            words.end_line("in:1", |_| {});
        }
        assert_eq!(words.different.len(), MAX_DIFFERENT);
        let expected = "unknown words: at least 100000, 120000 times in all, in 120 of 120 lines";
        assert_eq!(words.summary().as_deref(), Some(expected));
    }

    #[test]
    fn the_parts_of_a_line_count_as_one_line() {
        let (mut words, mut warnings) = (UnknownWords::default(), Vec::new());
        words.add(&unknown("flurb"));
        words.add(&unknown("glorp flurb"));
        words.end_line("in:1", |text| warnings.push(text.to_owned()));
        assert_eq!(warnings, ["in:1: words not in the training pairs: `flurb`, `glorp`"]);
        assert_eq!(words.summary().as_deref(), Some("unknown words: 2, 3 times in all, in 1 of 1 line"));
    }
}
