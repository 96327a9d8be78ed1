//! Placeholders of programs (`{0}`, `%s`) and tags (`<b>`) in a text.

use std::ops::Range;

/// A placeholder or tag in a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) range: Range<usize>,
    /// The part that both sides must have: without the attributes of a tag and the spaces inside.
    pub(crate) key: String,
}

impl Mark {
    pub(crate) fn is_tag(&self) -> bool {
        self.key.starts_with('<')
    }
}

/// Returns the placeholders and tags of a text, from left to right.
pub(crate) fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(['{', '$', '%', '<']).map(|found| at + found) {
        let rest = &text[start..];
        let found = match rest.as_bytes()[0] {
            b'{' => braces(rest),
            b'$' => rest.strip_prefix('$').and_then(braces).map(|(len, key)| (len + 1, format!("${key}"))),
            b'%' => percent(rest, text[..start].chars().next_back()),
            _ => tag(rest),
        };
        at = start + found.as_ref().map_or(1, |(len, _)| *len);
        marks.extend(found.map(|(_, key)| Mark { range: start..at, key }));
    }
    marks
}

/// Returns for each side the marks that the other side lacks; `None` if there are none.
pub(crate) fn differing(source: &[Mark], target: &[Mark]) -> Option<[Vec<String>; 2]> {
    let sides = [without(source, target), without(target, source)];
    sides.iter().any(|side| !side.is_empty()).then_some(sides)
}

/// Returns the marks of one side that occur less often on the other.
fn without(side: &[Mark], other: &[Mark]) -> Vec<String> {
    let mut left: Vec<&str> = other.iter().map(|mark| mark.key.as_str()).collect();
    let mut missing = Vec::new();
    for mark in side {
        match left.iter().position(|key| *key == mark.key) {
            Some(at) => drop(left.swap_remove(at)),
            None => missing.push(mark.key.clone()),
        }
    }
    missing
}

/// Finds `{}`, `{0}`, `{name}` or `{{name}}` at the start of a text. Returns its length and its key.
fn braces(text: &str) -> Option<(usize, String)> {
    const LONGEST: usize = 40;
    let (open, close) = if text.starts_with("{{") { ("{{", "}}") } else { ("{", "}") };
    let inner = text.strip_prefix(open)?.split_once(close)?.0;
    let name = inner.trim();
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-:!$#@[]".contains(c));
    // A number in braces with spaces may be mathematics; so may be letters with signs between.
    (is_name && name.len() <= LONGEST).then(|| (inner.len() + 2 * open.len(), format!("{open}{name}{close}")))
}

/// Finds a directive of `printf`, `%(name)s` or `%name%` at the start of a text; `before` is the character before.
fn percent(text: &str, before: Option<char>) -> Option<(usize, String)> {
    // `50%d'entre eux` is a percentage.
    if before.is_some_and(|c| c.is_alphanumeric() || c == '%') {
        return None;
    }
    let rest = &text[1..];
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let named = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).filter(|(name, _)| is_name(name));
    let (name, directive) = named.map_or((0, rest), |(name, directive)| (name.len() + 2, directive));
    let flags = directive.trim_start_matches(|c: char| c.is_ascii_digit() || ".$#+-*".contains(c));
    let conversion = flags.trim_start_matches(['h', 'l', 'z', 'j', 't', 'q']);
    let mut after = conversion.chars();
    let is_conversion = after.next().is_some_and(|c| "diouxXeEfFgGcspn@".contains(c));
    let is_end = !after.next().is_some_and(char::is_alphanumeric);
    let len = 1 + name + (directive.len() - conversion.len()) + 1;
    if is_conversion && is_end {
        return Some((len, text[..len].to_owned()));
    }
    let (name, _) = rest.split_once('%').filter(|(name, _)| is_name(name))?;
    Some((name.len() + 2, format!("%{name}%")))
}

/// Finds a tag such as `<b>`, `</b>`, `<br/>` or `<a href="x">` at the start of a text.
fn tag(text: &str) -> Option<(usize, String)> {
    let rest = text.strip_prefix("</").or_else(|| text.strip_prefix('<'))?;
    let slash = if text.starts_with("</") { "/" } else { "" };
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-:_".contains(c)))?;
    let (name, mut rest) = rest.split_at(end);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    loop {
        let trimmed = rest.trim_start();
        if let Some(rest) = trimmed.strip_prefix("/>").or_else(|| trimmed.strip_prefix('>')) {
            return Some((text.len() - rest.len(), format!("<{slash}{}>", name.to_ascii_lowercase())));
        }
        rest = attribute(trimmed).filter(|_| trimmed.len() < rest.len())?;
    }
}

/// Removes an attribute such as `href="x"` from the start of a text.
fn attribute(text: &str) -> Option<&str> {
    let (name, value) = text.split_once('=')?;
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-:_".contains(&byte)) {
        return None;
    }
    match value.chars().next()? {
        quote @ ('"' | '\'') => Some(value[1..].split_once(quote)?.1),
        _ => Some(value.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_#.%/:".contains(c))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        marks(text).into_iter().map(|mark| mark.key).collect()
    }

    #[test]
    fn placeholders_and_tags_are_found() {
        for (text, expected) in [
            ("You have {0} of { count }, {{ name }}!", "{0} {count} {{name}}"),
            ("{} ${user} {0:d}", "{} ${user} {0:d}"),
            ("%s %d%% %1$s %.2f %(name)s %lu %@", "%s %d %1$s %.2f %(name)s %lu %@"),
            ("%count% items", "%count%"),
            ("<b>Hi</b><BR/> <a href=\"x y\" id='z'>", "<b> </b> <br> <a>"),
            ("<img src=a.png />", "<img>"),
        ] {
            assert_eq!(keys(text).join(" "), expected, "{text}");
        }
        let text = "a <br /> {x}b";
        let ranges: Vec<&str> = marks(text).into_iter().map(|mark| &text[mark.range]).collect();
        assert_eq!(ranges, ["<br />", "{x}"]);
    }

    #[test]
    fn percentages_comparisons_and_braces_of_sentences_are_no_marks() {
        for text in
            ["", "50%d'entre eux", "100% sure", "5 % de", "%solution", "a < b > c", "<3", "x <b and c> d", "{a, b}"]
        {
            assert_eq!(keys(text).join(" "), "", "{text}");
        }
    }

    #[test]
    fn marks_that_occur_less_often_on_the_other_side_are_named() {
        let differing =
            |s: &str, t: &str| differing(&marks(s), &marks(t)).map(|sides| sides.map(|side| side.join(" ")));
        assert_eq!(differing("{0} of {1}", "{1} von {0}"), None);
        assert_eq!(differing("<br/>", "<br>"), None);
        assert_eq!(differing("{0} %s %s", "{1} %s"), Some(["{0} %s".to_owned(), "{1}".to_owned()]));
    }
}
