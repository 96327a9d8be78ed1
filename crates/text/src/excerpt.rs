//! The beginning of a text, short enough for a message.

/// Returns at most `longest` characters of a text, with `...` if there are more.
///
/// ```
/// assert_eq!(glosser_text::excerpt("a dog runs", 5), "a dog...");
/// assert_eq!(glosser_text::excerpt("a dog", 5), "a dog");
/// ```
pub fn excerpt(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
