//! Finds a word or a phrase in sentences that were split into words.

use glosser_text::bare;
use std::ops::Range;

/// A word or a phrase to find.
///
/// Apostrophes, hyphens and slashes divide a word into parts, and a word of the query may be a part: `ours` is found in
/// `l'ours`. Punctuation beside words is ignored.
pub struct WordQuery {
    /// The words without apostrophes and hyphens.
    words: Vec<String>,
    /// Whether the last word is only the beginning of a word.
    is_prefix: bool,
    is_exact: bool,
}

/// A part of a word of a sentence.
struct Part {
    /// Index of the word.
    word: usize,
    text: String,
    /// Whether it follows the part before without white space or other punctuation.
    is_joined: bool,
}

impl WordQuery {
    /// Reads a query; `None` if it has neither a letter nor a digit. Unless it `is_exact`, capital and small letters are
    /// equal.
    pub fn new(text: &str, is_prefix: bool, is_exact: bool) -> Option<Self> {
        let word = |word: &str| word.split(is_joint).map(|part| folded(part, is_exact)).collect::<String>();
        let words: Vec<String> = text.split_whitespace().map(word).filter(|word| !word.is_empty()).collect();
        (!words.is_empty()).then_some(Self { words, is_prefix, is_exact })
    }

    /// Returns the places of the query, each as a range of words of the sentence; `ranges` are their places in the text.
    ///
    /// In scripts without spaces the splitter may have found several words where the user means one, so a word of the
    /// query may also be several words without white space between them.
    pub fn places(&self, words: &[&str], ranges: &[Range<usize>]) -> Vec<Range<usize>> {
        let parts = self.parts(words, ranges);
        let places = (0..parts.len()).filter_map(|start| self.end_from(start, &parts).map(|end| (start, end)));
        let mut places: Vec<Range<usize>> =
            places.map(|(start, end)| parts[start].word..parts[end - 1].word + 1).collect();
        // `hip-hop-hip` has `hip` twice.
        places.dedup();
        places
    }

    /// The parts of all words. What is only punctuation is left out.
    fn parts(&self, words: &[&str], ranges: &[Range<usize>]) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut is_joined = false;
        for (word, text) in words.iter().enumerate() {
            is_joined &= word > 0 && ranges[word - 1].end == ranges[word].start;
            for part in text.split(is_joint) {
                let text = folded(part, self.is_exact);
                if !text.is_empty() {
                    parts.push(Part { word, text, is_joined });
                    is_joined = true;
                } else if !part.is_empty() {
                    is_joined = false;
                }
            }
        }
        parts
    }

    /// The end of a match that begins at a part.
    fn end_from(&self, start: usize, parts: &[Part]) -> Option<usize> {
        let last = self.words.len() - 1;
        let words = self.words.iter().enumerate();
        words.into_iter().try_fold(start, |at, (index, word)| {
            end_of_word(word, &parts[at..], self.is_prefix && index == last).map(|length| at + length)
        })
    }
}

/// The number of parts, from the first, that are a word of the query.
fn end_of_word(word: &str, parts: &[Part], is_prefix: bool) -> Option<usize> {
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 && !part.is_joined {
            return None;
        }
        text += &part.text;
        if text == word || is_prefix && text.starts_with(word) {
            return Some(at + 1);
        }
        if !word.starts_with(&text) {
            return None;
        }
    }
    None
}

fn folded(part: &str, is_exact: bool) -> String {
    if is_exact { bare(part).to_owned() } else { bare(part).to_lowercase() }
}

/// Whether a character divides a word into parts.
fn is_joint(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '-' | '‐' | '‑' | '–' | '־' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Starts and ends of the places of a query in a sentence.
    fn places(query: &str, sentence: &str) -> Vec<(usize, usize)> {
        let words: Vec<&str> = sentence.split(' ').collect();
        let start = |word: &str| word.as_ptr() as usize - sentence.as_ptr() as usize;
        let ranges: Vec<Range<usize>> = words.iter().map(|word| start(word)..start(word) + word.len()).collect();
        places_of(query, &words, &ranges)
    }

    fn places_of(query: &str, words: &[&str], ranges: &[Range<usize>]) -> Vec<(usize, usize)> {
        let query = WordQuery::new(query, false, false).expect("a query with a word");
        query.places(words, ranges).into_iter().map(|place| (place.start, place.end)).collect()
    }

    #[test]
    fn a_word_is_found_inside_a_token_with_an_apostrophe_or_a_hyphen() {
        let sentence = "Voilà l'ours, un chien-loup et l’Ours.";
        assert_eq!(places("ours", sentence), [(1, 2), (5, 6)]);
        assert_eq!(places("l'ours", sentence), [(1, 2), (5, 6)]);
        assert_eq!(places("loup", sentence), [(3, 4)]);
        assert_eq!(places("chien-loup", sentence), [(3, 4)]);
        assert!(places("our", sentence).is_empty());
        assert_eq!(places("chien", "hip-hop chien"), [(1, 2)]);
        assert_eq!(places("hip", "hip-hop-hip hip"), [(0, 1), (1, 2)]);
    }

    #[test]
    fn a_phrase_is_found_across_words_and_parts() {
        let sentence = "plus que l'ours triste, le plus petit";
        assert_eq!(places("ours triste", sentence), [(2, 4)]);
        assert_eq!(places("que l’ours", sentence), [(1, 3)]);
        assert_eq!(places("plus petit", sentence), [(5, 7)]);
        assert!(places("plus grand", sentence).is_empty());
        assert!(places("petit plus", sentence).is_empty());
    }

    #[test]
    fn several_words_without_a_space_are_one_word_of_the_query() {
        let words = ["图书", "馆", "，", "里"];
        let ranges = [0..6, 6..9, 9..12, 12..15];
        let find = |query: &str| places_of(query, &words, &ranges);
        assert_eq!(find("图书馆"), [(0, 2)]);
        assert!(find("馆里").is_empty());
        let words = ["well", "-", "known"];
        let ranges = [0..4, 4..5, 5..10];
        assert_eq!(places_of("well-known", &words, &ranges), [(0, 3)]);
    }

    #[test]
    fn punctuation_alone_is_no_query() {
        assert!(WordQuery::new("?! '", false, false).is_none());
    }

    #[test]
    fn a_prefix_is_the_beginning_of_the_last_word() {
        let query = WordQuery::new("le pe", true, false).expect("a query");
        let (words, ranges) = (["le", "petit", "pe"], [0..2, 3..8, 9..11]);
        assert_eq!(query.places(&words, &ranges).first(), Some(&(0..2)));
    }
}
