//! The characters that end a sentence: one table for the whole program.

/// The meaning of a character at the end of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentenceMark {
    /// A full stop.
    FullStop,
    /// A question mark.
    Question,
    /// An exclamation mark.
    Exclamation,
    /// An ellipsis.
    Ellipsis,
}

/// Returns the mark of a character that can end a sentence. Besides those of Latin script: Chinese and Japanese, Arabic
/// and Urdu, Devanagari, Armenian, Ethiopic, Burmese, Khmer and Tibetan.
///
/// ```
/// use glosser_text::{SentenceMark, sentence_mark};
///
/// assert_eq!(sentence_mark('？'), Some(SentenceMark::Question));
/// assert_eq!(sentence_mark(','), None);
/// ```
pub fn sentence_mark(c: char) -> Option<SentenceMark> {
    Some(match c {
        '.' | '。' | '｡' | '．' | '۔' | '।' | '॥' | '։' | '።' | '၊' | '။' | '។' | '៕' | '།' => {
            SentenceMark::FullStop
        }
        '?' | '？' | '؟' | '፧' => SentenceMark::Question,
        '!' | '！' => SentenceMark::Exclamation,
        '…' => SentenceMark::Ellipsis,
        _ => return None,
    })
}

/// Returns whether a character always ends a sentence, so that no space has to follow. The marks of Latin script can
/// also mean something else, as in `3.5`.
pub fn ends_sentence_without_space(c: char) -> bool {
    sentence_mark(c).is_some() && !matches!(c, '.' | '?' | '!' | '…')
}

/// Returns whether a character is a quotation mark or bracket that can follow the mark at the end of a sentence.
pub fn closes_quotation(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '“' | '’' | '»' | '«' | '›' | ')' | ']' | '」' | '』' | '）' | '】' | '》')
}

/// Returns whether a text, with the quotation marks and brackets at its end, ends with a sentence mark.
pub(crate) fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(closes_quotation).ends_with(|c| sentence_mark(c).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_can_end_with_quotation_marks_and_brackets() {
        for text in ["Ja.", "„Ja!“", "(Ja?)", "是。」", "はい！", "اي؟"] {
            assert!(ends_sentence(text), "{text}");
        }
        for text in ["", "Ja", "Ja,", "Ja:", "(", "Ja. "] {
            assert!(!ends_sentence(text), "{text}");
        }
    }

    #[test]
    fn marks_of_latin_script_need_a_space() {
        assert!(['。', '？', '؟', '።', '།'].into_iter().all(ends_sentence_without_space));
        assert!(!['.', '?', '!', '…', ',', 'a'].into_iter().any(ends_sentence_without_space));
    }
}
