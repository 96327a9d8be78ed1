//! White space as Python's `str.split` knows it.

/// Whether Python splits at this character.
///
/// That is Unicode's `White_Space` and four more: the information separators U+001C to U+001F, which Unicode's
/// bidirectional algorithm takes for separators and its `White_Space` does not.
pub fn is_white_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}

/// What stands between white space.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_white_space).filter(|word| !word.is_empty())
}
