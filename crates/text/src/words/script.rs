//! Scripts that are written without spaces between words.

use unicode_script::{Script, UnicodeScript};

use crate::words::rule::WordRule;

/// Returns whether a character is a letter of a script that has no spaces between words: Han, Hiragana, Katakana, Thai,
/// Lao, Khmer, Myanmar, Tibetan. Their punctuation and digits do not count.
///
/// ```
/// use glosser_text::is_unspaced;
///
/// assert!("狗ひカー犬กລខကཀ".chars().all(is_unspaced));
/// assert!(!"a가अ7、。".chars().any(is_unspaced));
/// ```
pub fn is_unspaced(c: char) -> bool {
    // Most text is ASCII; the table need not be searched for it.
    !c.is_ascii() && c.is_alphabetic() && (is_unspaced_script(c.script()) || c == 'ー')
}

fn is_unspaced_script(script: Script) -> bool {
    matches!(
        script,
        Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
            | Script::Tibetan
    )
}

/// The numbers of letters of a text, by script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScriptCounts {
    letters: usize,
    unspaced: usize,
}

impl ScriptCounts {
    /// Adds a text.
    pub fn add(&mut self, text: &str) {
        for c in text.chars().filter(|c| c.is_alphabetic()) {
            self.letters += 1;
            self.unspaced += usize::from(is_unspaced(c));
        }
    }

    /// Returns whether more than half of the letters are of scripts without spaces between words.
    pub fn is_unspaced(&self) -> bool {
        self.unspaced * 2 > self.letters
    }

    /// Returns the definition of a word that suits the text.
    pub fn words(&self) -> WordRule {
        if self.is_unspaced() { WordRule::Unicode } else { WordRule::WhiteSpace }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_most_letters_decides() {
        let is_unspaced = |text: &str| {
            let mut counts = ScriptCounts::default();
            counts.add(text);
            counts.is_unspaced()
        };
        assert!(is_unspaced("電車は７時に出ます。 OK"));
        assert!(is_unspaced("สวัสดีครับ"));
        assert!(!is_unspaced("The word 狗 means dog."));
        assert!(!is_unspaced("안녕하세요"));
        assert!(!is_unspaced("123 …"));
    }
}
