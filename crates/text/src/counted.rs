//! Numbers of things in messages.

/// Returns a number with its noun, in the plural unless the number is one. The plural ends in `s`.
///
/// ```
/// use glosser_text::counted;
///
/// assert_eq!([counted(0, "pair"), counted(1, "pair"), counted(2, "pair")], ["0 pairs", "1 pair", "2 pairs"]);
/// ```
pub fn counted(count: usize, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}
