//! Everything that a model knows about the text of its training corpus, besides tokens.

use serde::{Deserialize, Serialize};

use crate::words::known_characters::{CharacterCollector, KnownCharacters};
use crate::words::letter_case::{CaseCollector, LetterCase};
use crate::words::ngrams::CharacterNgrams;
use crate::words::rule::WordRule;
use crate::words::sentence_ends::{SentenceCollector, SentenceEnds};

/// The profiles of both sides. The default is that of models that were trained before there were profiles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextProfile {
    /// The source side.
    pub source: SideProfile,
    /// The target side.
    pub target: SideProfile,
    /// Whether most numbers of the sources are written otherwise in the targets. Then the model translates numbers, and
    /// they are not copied.
    #[serde(default)]
    pub translates_numbers: bool,
    /// The character n-grams of the sources, by which their language is recognised; none in earlier models.
    #[serde(default, skip_serializing_if = "CharacterNgrams::is_empty")]
    pub source_ngrams: CharacterNgrams,
}

impl TextProfile {
    /// Returns whether the words of a side are found by dictionaries.
    pub fn needs_dictionaries(&self) -> bool {
        [&self.source, &self.target].iter().any(|side| side.words.needs_dictionaries())
    }
}

/// The text of one side of a corpus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideProfile {
    /// The definition of a word.
    pub words: WordRule,
    /// The rest; `None` for earlier models, whose text is used as it is.
    pub writing: Option<Writing>,
}

/// The writing of one side of a corpus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writing {
    /// Its characters.
    pub characters: KnownCharacters,
    /// Its use of capital letters.
    pub case: LetterCase,
    /// Its sentences.
    pub sentences: SentenceEnds,
}

/// Collects the [`Writing`] of sentences.
#[derive(Debug, Default)]
pub struct WritingCollector {
    characters: CharacterCollector,
    case: CaseCollector,
    sentences: SentenceCollector,
}

impl WritingCollector {
    /// Adds a line of the training text.
    pub fn add(&mut self, line: &str) {
        self.characters.add(line);
        self.case.add(line);
        self.sentences.add(line);
    }

    /// Returns the writing of all lines.
    pub fn finish(self) -> Writing {
        Writing { characters: self.characters.finish(), case: self.case.finish(), sentences: self.sentences.finish() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_needs_dictionaries_if_a_side_has_unicode_words() {
        let mut profile = TextProfile::default();
        assert!(!profile.needs_dictionaries());
        profile.target.words = WordRule::Unicode;
        assert!(profile.needs_dictionaries());
    }
}
