//! Signs that stand beside a word without a space.

use glosser_text::{closes_quotation, sentence_mark};

/// Returns whether a sign follows a word without a space.
pub(crate) fn is_closing(c: char) -> bool {
    sentence_mark(c).is_some() || closes_quotation(c) || matches!(c, ',' | ';' | ':' | '、' | '，' | '：' | '；')
}

/// Returns whether a sign stands before a word without a space.
pub(crate) fn is_opening(c: char) -> bool {
    matches!(c, '(' | '[' | '{' | '„' | '‚' | '‹' | '«' | '「' | '『' | '（' | '【' | '《' | '¿' | '¡')
}

/// Returns whether a character is white space that HTML joins to one space. A no-break space is not.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}
