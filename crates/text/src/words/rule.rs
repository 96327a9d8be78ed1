//! The possible definitions of a word.

use serde::{Deserialize, Serialize};

/// The definition of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WordRule {
    /// A run of characters without white space, including punctuation. Files of links number these words.
    #[default]
    WhiteSpace,
    /// A segment of Unicode Standard Annex #29, section 4.1, except white space. A punctuation mark is a separate word.
    /// In scripts without spaces, ICU's dictionaries of Chinese, Japanese, Thai, Lao, Khmer and Burmese find the words;
    /// Tibetan is split into syllables.
    Unicode,
    /// A sub-word of the tokenizer, for text without spaces in other scripts. The tokenizer learns from the corpus which
    /// characters belong together. Punctuation and digits are separate words.
    SubWords,
}

impl WordRule {
    /// Returns whether this rule finds words by dictionaries, which this crate has with its feature `dictionaries` only.
    pub fn needs_dictionaries(self) -> bool {
        self == Self::Unicode
    }
}
