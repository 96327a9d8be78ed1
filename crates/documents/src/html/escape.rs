//! Text as it is written in HTML.

use crate::inline::content::Style;
use crate::inline::item::{Item, ItemKind};

/// Returns the style of a segment: a no-break space is written as in its source.
pub(crate) fn style(source: &str, items: &[Item]) -> Style {
    let mut texts = items.iter().filter(|item| matches!(item.kind, ItemKind::Text(_)));
    let has_entity = texts.any(|item| source[item.range.clone()].contains("&nbsp;"));
    let escape = if has_entity { escaped_with_entity } else { escaped };
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
