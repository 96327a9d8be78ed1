//! Words in dictionary form: without punctuation around them, and without the capital letter at a sentence's beginning.

use std::collections::HashMap;

use unicode_normalization::char::is_combining_mark;

use crate::words::sentences::ends_sentence;

/// Returns the word without the punctuation and symbols at its edges; empty if it has only such characters.
///
/// ```
/// assert_eq!(glosser_text::bare("«l'ami»,"), "l'ami");
/// assert_eq!(glosser_text::bare("–"), "");
/// ```
pub fn bare(word: &str) -> &str {
    word.trim_start_matches(|c: char| !c.is_alphanumeric())
        .trim_end_matches(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
}

/// How capital letters are treated when words are counted.
#[derive(Debug, Clone)]
pub enum Casing {
    /// A word at the beginning of a sentence gets its most frequent form elsewhere; other words stay unchanged.
    Truecase(Truecaser),
    /// All letters become lower case.
    Lower,
    /// Words stay unchanged.
    Keep,
}

impl Casing {
    /// Returns the words of a sentence, [`bare`] and in this letter case. A word that has only punctuation
    /// becomes empty.
    pub fn words<S: AsRef<str>>(&self, words: &[S]) -> Vec<String> {
        let beginnings = beginnings(words);
        let words = words.iter().map(|word| bare(word.as_ref())).zip(beginnings);
        words
            .map(|(word, begins)| match self {
                Self::Truecase(truecaser) if begins => truecaser.apply(word),
                Self::Lower => word.to_lowercase(),
                Self::Truecase(_) | Self::Keep => word.to_owned(),
            })
            .collect()
    }
}

/// The most frequent form of each word inside sentences.
#[derive(Debug, Clone, Default)]
pub struct Truecaser {
    /// From lower case to the most frequent form.
    forms: HashMap<String, String>,
}

impl Truecaser {
    /// Learns the forms from the words of each sentence of one language.
    pub fn learn<'a>(sentences: impl Iterator<Item = Vec<&'a str>>) -> Self {
        let mut counts: HashMap<String, HashMap<&str, usize>> = HashMap::new();
        for words in sentences {
            let inner = words.iter().zip(beginnings(&words)).filter(|(_, begins)| !begins);
            for word in inner.map(|(word, _)| bare(word)).filter(|word| !word.is_empty()) {
                *counts.entry(word.to_lowercase()).or_default().entry(word).or_default() += 1;
            }
        }
        let mut forms = HashMap::with_capacity(counts.len());
        for (lower, counts) in counts {
            // If two forms are equally frequent, the later in code point order: lower case comes after capitals.
            if let Some((form, _)) = counts.into_iter().max_by_key(|(form, count)| (*count, *form)) {
                forms.insert(lower, form.to_owned());
            }
        }
        Self { forms }
    }

    /// Returns the form that a word at the beginning of a sentence has elsewhere.
    fn apply(&self, word: &str) -> String {
        let lower = word.to_lowercase();
        match self.forms.get(&lower) {
            Some(form) => form.clone(),
            // A word without lower-case letters is an abbreviation, or is in Cherokee, whose lower case is not used.
            None if word.chars().any(char::is_lowercase) => lower,
            None => word.to_owned(),
        }
    }
}

/// Returns for each word whether a sentence begins with it: the first word, and each word after the end of a sentence.
fn beginnings<S: AsRef<str>>(words: &[S]) -> Vec<bool> {
    let mut begins = true;
    let mut all = Vec::with_capacity(words.len());
    for word in words.iter().map(AsRef::as_ref) {
        all.push(begins);
        // After a separate dash or opening quotation mark, the next word begins the sentence.
        begins = (begins && bare(word).is_empty()) || ends_sentence(word);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truecase<'a>(sentence: &'a str, learnt: &[&'a str]) -> Vec<String> {
        let words = |text: &'a str| -> Vec<&'a str> { text.split_whitespace().collect() };
        Casing::Truecase(Truecaser::learn(learnt.iter().map(|text| words(text)))).words(&words(sentence))
    }

    #[test]
    fn punctuation_at_the_edges_is_removed_and_punctuation_inside_stays() {
        assert_eq!(
            ["dog,", "(dog)", "l'ami?", "x-ray", "$5", "?!"].map(bare),
            ["dog", "dog", "l'ami", "x-ray", "5", ""]
        );
        assert_eq!(bare("हिन्"), "हिन्", "a mark at the end belongs to its letter");
    }

    #[test]
    fn the_first_word_of_a_sentence_gets_its_form_inside_sentences() {
        let learnt = ["Das Essen ist gut.", "Wir essen. Das Essen kommt.", "Er sieht Anna und das Essen."];
        assert_eq!(truecase("Das Essen", &learnt), ["das", "Essen"]);
        assert_eq!(truecase("Essen wir? Anna kommt", &learnt), ["Essen", "wir", "Anna", "kommt"]);
        assert_eq!(truecase("– Das \"Kommt\"", &learnt), ["", "das", "Kommt"]);
    }

    #[test]
    fn a_word_that_only_begins_sentences_becomes_lower_case_unless_it_is_all_capitals() {
        assert_eq!(truecase("Perhaps.", &[]), ["perhaps"]);
        assert_eq!(truecase("NATO", &[]), ["NATO"]);
        assert_eq!(truecase("ᎠᎴ", &[]), ["ᎠᎴ"]);
    }

    #[test]
    fn other_casings_use_lower_case_or_keep_the_word() {
        assert_eq!(Casing::Lower.words(&["The", "Dog,"]), ["the", "dog"]);
        assert_eq!(Casing::Keep.words(&["The", "Dog,"]), ["The", "Dog"]);
    }
}
