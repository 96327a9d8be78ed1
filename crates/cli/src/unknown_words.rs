//! Words of the input that training never saw: a warning for each of the first, a count of all.

use glosser_text::counted;
use glosser_translator::Translation;
use std::collections::HashSet;

/// Maximum number of words that are named: a text of another subject has hundreds.
const MAX_NAMED: usize = 20;

/// Counts unknown words.
#[derive(Debug, Default)]
pub struct UnknownWords {
    /// The words in lower case.
    different: HashSet<String>,
    all: usize,
    lines: usize,
    lines_with: usize,
}

impl UnknownWords {
    /// Counts those of a line, and calls `warn` once for the words that no line before had. `place` is file and line.
    pub fn add(&mut self, translation: &Translation, place: &str, mut warn: impl FnMut(&str)) {
        self.lines += 1;
        self.lines_with += usize::from(!translation.unknown_words.is_empty());
        self.all += translation.unknown_words.len();
        let mut named = Vec::new();
        let mut are_all_named = true;
        for word in translation.different_unknown_words() {
            let is_new = self.different.insert(word.to_lowercase());
            if is_new && self.different.len() <= MAX_NAMED {
                named.push(format!("`{word}`"));
                are_all_named = self.different.len() < MAX_NAMED;
            }
        }
        if !named.is_empty() {
            let noun = if named.len() == 1 { "word" } else { "words" };
            let further = if are_all_named { "" } else { " (further unknown words are only counted)" };
            warn(&format!("{place}: {noun} not in the training pairs: {}{further}", named.join(", ")));
        }
    }

    /// Summary in one line; `None` without unknown words.
    pub fn summary(&self) -> Option<String> {
        let Self { different, all, lines, lines_with } = self;
        let different = different.len();
        (different > 0).then(|| {
            let times = if *all == different { String::new() } else { format!(", {} in all", counted(*all, "time")) };
            format!("unknown words: {different}{times}, in {lines_with} of {}", counted(*lines, "line"))
        })
    }

    /// Whether some words were counted without being named.
    pub fn has_unnamed(&self) -> bool {
        self.different.len() > MAX_NAMED
    }
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
        }
    }

    #[test]
    fn the_first_twenty_words_are_named_once_and_all_are_counted() {
        let (mut words, mut warnings) = (UnknownWords::default(), Vec::new());
        let mut add = |line: &str| words.add(&unknown(line), "in:1", |text| warnings.push(text.to_owned()));
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
}
