//! Words as a dictionary has them: without the signs around them, and without the capital of a sentence's beginning.

use std::collections::HashMap;

use unicode_normalization::char::is_combining_mark;

/// The word without the punctuation and symbols at its edges; empty if it is nothing else.
///
/// ```
/// assert_eq!(glosser_text::bare("«l'ami»,"), "l'ami");
/// assert_eq!(glosser_text::bare("–"), "");
/// ```
pub fn bare(word: &str) -> &str {
    word.trim_start_matches(|c: char| !c.is_alphanumeric())
        .trim_end_matches(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
}

/// What becomes of capitals when words are counted.
#[derive(Debug, Clone)]
pub enum Casing {
    /// A word at the beginning of a sentence is written as it mostly is elsewhere; the others stay.
    Truecase(Truecaser),
    /// All letters become small.
    Lower,
    /// Words stay as they are.
    Keep,
}

impl Casing {
    /// The white-space words of a sentence, [`bare`] and with these capitals; an empty one for each that is nothing but
    /// signs.
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

/// How words are written where no sentence begins.
#[derive(Debug, Clone, Default)]
pub struct Truecaser {
    /// The form that each word in small letters mostly has.
    forms: HashMap<String, String>,
}

impl Truecaser {
    /// From the sentences of one language.
    pub fn learn<'a>(sentences: impl Iterator<Item = &'a str>) -> Self {
        let mut counts: HashMap<String, HashMap<&str, usize>> = HashMap::new();
        for sentence in sentences {
            let words: Vec<&str> = sentence.split_whitespace().collect();
            let inner = words.iter().zip(beginnings(&words)).filter(|(_, begins)| !begins);
            for word in inner.map(|(word, _)| bare(word)).filter(|word| !word.is_empty()) {
                *counts.entry(word.to_lowercase()).or_default().entry(word).or_default() += 1;
            }
        }
        let mut forms = HashMap::with_capacity(counts.len());
        for (lower, counts) in counts {
            // Of two that are as frequent the later in the alphabet: small letters come after capitals.
            if let Some((form, _)) = counts.into_iter().max_by_key(|(form, count)| (*count, *form)) {
                forms.insert(lower, form.to_owned());
            }
        }
        Self { forms }
    }

    /// The word at the beginning of a sentence, as it would be written elsewhere.
    fn apply(&self, word: &str) -> String {
        let lower = word.to_lowercase();
        match self.forms.get(&lower) {
            Some(form) => form.clone(),
            // A word without small letters is an abbreviation, or of a script whose small letters nobody uses (Cherokee).
            None if word.chars().any(char::is_lowercase) => lower,
            None => word.to_owned(),
        }
    }
}

/// For each word whether a sentence begins with it: the first of a line, and each behind one that ends a sentence.
fn beginnings<S: AsRef<str>>(words: &[S]) -> Vec<bool> {
    let mut begins = true;
    let mut all = Vec::with_capacity(words.len());
    for word in words.iter().map(AsRef::as_ref) {
        all.push(begins);
        // A dash or an opening quotation mark that stands alone leaves the beginning to the next word.
        begins = (begins && bare(word).is_empty()) || ends_sentence(word);
    }
    all
}

fn ends_sentence(word: &str) -> bool {
    word.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']'])
        .ends_with(['.', '!', '?', '…', '。', '！', '？', '।', '؟'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truecase(sentence: &str, learnt: &[&str]) -> Vec<String> {
        let words: Vec<&str> = sentence.split_whitespace().collect();
        Casing::Truecase(Truecaser::learn(learnt.iter().copied())).words(&words)
    }

    #[test]
    fn signs_at_the_edges_are_taken_off_and_those_within_stay() {
        assert_eq!(
            ["dog,", "(dog)", "l'ami?", "x-ray", "$5", "?!"].map(bare),
            ["dog", "dog", "l'ami", "x-ray", "5", ""]
        );
        assert_eq!(bare("हिन्"), "हिन्", "a mark at the end belongs to its letter");
    }

    #[test]
    fn a_sentence_begins_with_the_form_that_the_word_has_elsewhere() {
        let learnt = ["Das Essen ist gut.", "Wir essen. Das Essen kommt.", "Er sieht Anna und das Essen."];
        assert_eq!(truecase("Das Essen", &learnt), ["das", "Essen"]);
        assert_eq!(truecase("Essen wir? Anna kommt", &learnt), ["Essen", "wir", "Anna", "kommt"]);
        assert_eq!(truecase("– Das \"Kommt\"", &learnt), ["", "das", "Kommt"]);
    }

    #[test]
    fn a_word_that_only_begins_sentences_gets_small_letters_unless_it_has_none() {
        assert_eq!(truecase("Perhaps.", &[]), ["perhaps"]);
        assert_eq!(truecase("NATO", &[]), ["NATO"]);
        assert_eq!(truecase("ᎠᎴ", &[]), ["ᎠᎴ"]);
    }

    #[test]
    fn the_other_casings_make_all_letters_small_or_leave_them() {
        assert_eq!(Casing::Lower.words(&["The", "Dog,"]), ["the", "dog"]);
        assert_eq!(Casing::Keep.words(&["The", "Dog,"]), ["The", "Dog"]);
    }
}
