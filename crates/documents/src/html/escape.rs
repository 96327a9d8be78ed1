//! Text as it is written in HTML.

use crate::inline::content::Style;

/// Returns the style of a segment, by its source: a no-break space is written as there.
pub(crate) fn style(source: &str) -> Style {
    let escape = if source.contains("&nbsp;") { escaped_with_entity } else { escaped };
    Style { escape, lines: 1, line_end: "\n" }
}

fn escaped(c: char, written: &mut String) {
    match c {
        '&' => written.push_str("&amp;"),
        '<' => written.push_str("&lt;"),
        '>' => written.push_str("&gt;"),
        c => written.push(c),
    }
}

fn escaped_with_entity(c: char, written: &mut String) {
    match c {
        '\u{a0}' => written.push_str("&nbsp;"),
        c => escaped(c, written),
    }
}
