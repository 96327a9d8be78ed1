//! Numbers of things in messages.

/// Returns a number with its noun, in the plural unless the number is one: `1 line`, `2 lines`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}
