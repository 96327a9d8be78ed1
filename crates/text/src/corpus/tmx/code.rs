//! Decides what a code within a sentence stands for: a variable, a break, or formatting.

/// The meaning of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Text such as `{0}` or `%d`, which a translation must repeat.
    Variable,
    /// The end of a line or of a block of text.
    Break,
    /// Formatting such as `<b>`, which separates no words.
    Formatting,
}

/// Values of the attribute `type` for line breaks, in TMX and in the exports of some tools.
const BREAK_TYPES: [&str; 6] = ["lb", "x-lb", "x-br", "br", "linebreak", "newline"];

/// Elements of HTML and of word processors that separate words.
const BREAK_TAGS: [&str; 20] = [
    "br", "p", "div", "li", "ul", "ol", "tr", "td", "th", "table", "hr", "tab", "lb", "h1", "h2", "h3", "h4", "h5",
    "h6", "dd",
];

/// Decides by the name of the element (`ph`, `bpt`, ...), its attribute `type` and its text. A pair of codes around a
/// text (`bpt` and `ept`) is always formatting.
pub(super) fn meaning(element: &str, kind: Option<&str>, text: &str) -> Meaning {
    let is_break_type = kind.is_some_and(|kind| BREAK_TYPES.iter().any(|known| kind.eq_ignore_ascii_case(known)));
    let is_pair = matches!(element, "bpt" | "ept");
    if is_break_type || is_break(text) {
        Meaning::Break
    } else if !is_pair && is_variable(text.trim()) {
        Meaning::Variable
    } else {
        Meaning::Formatting
    }
}

/// Returns whether the text is a tag of [`BREAK_TAGS`], white space, or an escape for it.
fn is_break(text: &str) -> bool {
    if !text.is_empty() && text.trim().is_empty() {
        return true;
    }
    let text = text.trim();
    if matches!(text, "\\n" | "\\r\\n" | "\\t" | "&nbsp;" | "&#160;") {
        return true;
    }
    let Some(tag) = text.strip_prefix("</").or(text.strip_prefix('<')) else { return false };
    let name = tag.split(|c: char| !c.is_ascii_alphanumeric() && c != ':').next().unwrap_or_default();
    let name = name.rsplit(':').next().unwrap_or_default();
    BREAK_TAGS.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Returns whether the text has a variable of a program, and is no tag or control word.
fn is_variable(text: &str) -> bool {
    if text.starts_with('<') || text.contains('\\') {
        return false;
    }
    let has_braces = text.find('{').is_some_and(|open| text[open..].contains('}'));
    let after = |mark: char| text.match_indices(mark).map(|(at, _)| &text[at + 1..]);
    let is_named = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let is_word = text.len() > 1 && text[1..].chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    has_braces
        || after('%').any(is_format)
        || after('$').any(is_named)
        || (text.starts_with(['@', ':', '!']) && is_word)
}

/// Returns whether the text continues a `%` as in `printf`, Python or Qt: `%s`, `%-5.2f`, `%1$s`, `%(name)s`, `%1`.
fn is_format(rest: &str) -> bool {
    let end = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "-+#.$*hlqjzt".contains(c));
    end.starts_with(|c: char| "diouxXeEfFgGcsSpn@(".contains(c)) || rest.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_kept_breaks_are_spaces_and_formatting_is_nothing() {
        for text in [
            "{0}",
            "{{count}}",
            "${user}",
            "$1",
            "%d",
            "%-5.2f",
            "%1$s",
            "%(name)s",
            "%1",
            "%name%",
            "@count",
            "{a, b}",
        ] {
            assert_eq!(meaning("ph", None, text), Meaning::Variable, "{text}");
            assert_eq!(meaning("bpt", None, text), Meaning::Formatting, "{text}");
        }
        for text in ["<br/>", "<BR>", "</p>", "<w:br w:type=\"page\"/>", "\\n", "\n", " ", "<td a=\"{0}\">", "&nbsp;"] {
            assert_eq!(meaning("ph", None, text), Meaning::Break, "{text}");
        }
        for text in
            ["", "<b>", "</i>", "<a href=\"%s\">", "{\\b ", "\\b ", "100 % x", "[1]", "<brand>", "%", "$", "{", "@"]
        {
            assert_eq!(meaning("ph", None, text), Meaning::Formatting, "{text}");
        }
        assert_eq!(meaning("ph", Some("LB"), ""), Meaning::Break);
        assert_eq!(meaning("ph", Some("bold"), ""), Meaning::Formatting);
    }
}
