//! Finds numbers in groups (`1 000`) and telephone numbers (`+33 1 23 45 67 89`).

use std::ops::Range;

use crate::words::placeholders::spacing::is_spaced;

/// The smallest number of digits in a telephone number that begins with `+` or a bracket, and in one that does not.
const FEWEST_DIGITS: (usize, usize) = (6, 7);

/// The largest number of letters of a unit behind a number: `1 000km`.
const LONGEST_UNIT: usize = 3;

/// Returns the numbers with a space inside: groups of three digits after the first group, or a run of groups that looks
/// like a telephone number. A unit without a space (`1 000km`) belongs to the number, and so do a sign or currency.
pub(crate) fn numbers_in_groups(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut free = 0;
    for (at, c) in text.char_indices() {
        let can_begin = at >= free && (c.is_numeric() || matches!(c, '+' | '(')) && is_free_before(&text[..at]);
        if can_begin && let Some(end) = Run::new(text, at).end() {
            free = with_tail(text, end);
            found.push(with_sign(text, at)..free);
        }
    }
    found
}

/// Returns whether a number may begin after this text: not within a word, an address or another number.
fn is_free_before(before: &str) -> bool {
    let mut chars = before.chars().rev();
    match chars.next() {
        Some(c) if c.is_numeric() || is_spaced(c) => false,
        Some('_' | '/' | '@' | '#' | '&' | '\\') => false,
        Some('.' | ',' | ':' | '-' | '−' | '–' | '\'' | '’') => !chars.next().is_some_and(char::is_alphanumeric),
        _ => true,
    }
}

/// Groups of digits with one separator between each two.
struct Run<'a> {
    text: &'a str,
    /// The byte range of each group.
    groups: Vec<Range<usize>>,
    /// Whether the run begins with `+` or has a group in brackets.
    is_marked: bool,
}

impl<'a> Run<'a> {
    /// Reads the groups from `start` on, which is at a digit, a plus sign or an opening bracket.
    fn new(text: &'a str, start: usize) -> Self {
        let is_marked = !text[start..].starts_with(char::is_numeric);
        let mut run = Self { text, groups: Vec::new(), is_marked };
        let mut at = start;
        let mut is_open = false;
        if text[at..].starts_with('+') {
            at += 1;
        }
        while let Some(group) = run.group(at, &mut is_open) {
            at = group.end;
            run.groups.push(group);
        }
        if is_open {
            run.groups.clear();
        }
        run
    }

    /// Returns the next group behind `at`, with a separator before it unless it is the first.
    fn group(&self, mut at: usize, is_open: &mut bool) -> Option<Range<usize>> {
        let next = |at: usize| self.text[at..].chars().next();
        let was_open = *is_open;
        let is_first = self.groups.is_empty();
        let mut is_separated = is_first;
        if was_open && next(at) == Some(')') {
            (at, is_separated, *is_open) = (at + 1, true, false);
        }
        if let Some(c) = next(at).filter(|c| !is_first && (is_group_space(*c) || self.is_marked && is_joint(*c))) {
            (at, is_separated) = (at + c.len_utf8(), true);
        }
        if !*is_open && self.is_marked && next(at) == Some('(') {
            (at, is_separated, *is_open) = (at + 1, true, true);
        }
        let digits = self.text[at..].chars().take_while(|c| c.is_numeric()).map(char::len_utf8).sum::<usize>();
        if !is_separated || digits == 0 {
            // A bracket belongs to the run only together with the group behind it.
            *is_open = was_open;
            return None;
        }
        Some(at..at + digits)
    }

    /// The end of the number or telephone number, if the run has one.
    fn end(&self) -> Option<usize> {
        let all: usize = self.groups.iter().map(|group| self.digits(group)).sum();
        let (fewest, groups) = if self.is_marked { (FEWEST_DIGITS.0, 2) } else { (FEWEST_DIGITS.1, 3) };
        if self.groups.len() >= groups && all >= fewest {
            return self.groups.last().map(|group| group.end);
        }
        let (first, rest) = self.groups.split_first()?;
        let last = rest.iter().take_while(|group| self.digits(group) == 3).last()?;
        (self.digits(first) <= 3 && !self.text[..last.end].ends_with(')')).then_some(last.end)
    }

    fn digits(&self, group: &Range<usize>) -> usize {
        self.text[group.clone()].chars().count()
    }
}

/// Returns whether a character is a space that separates groups of digits. A tab separates columns.
pub(crate) fn is_group_space(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\u{202F}' | '\u{2007}'..='\u{200A}')
}

/// Returns whether a character is between the groups of a telephone number, except spaces and brackets.
fn is_joint(c: char) -> bool {
    matches!(c, '-' | '–' | '.' | '/')
}

/// Returns the start of a number with the sign or currency before it.
fn with_sign(text: &str, start: usize) -> usize {
    let before = &text[..start];
    let sign = before.chars().next_back().filter(|c| "+-−–±€$£¥".contains(*c));
    sign.map_or(start, |sign| start - sign.len_utf8())
}

/// Returns the end of a number with its decimals, its signs and a short unit.
fn with_tail(text: &str, end: usize) -> usize {
    let mut end = end;
    let decimals = text[end..].strip_prefix(['.', ',']).filter(|rest| rest.starts_with(char::is_numeric));
    if let Some(rest) = decimals {
        end += 1 + rest.len() - rest.trim_start_matches(char::is_numeric).len();
    }
    let rest = &text[end..];
    end += rest.chars().take(2).take_while(|c| "%‰°€$£¥".contains(*c)).map(char::len_utf8).sum::<usize>();
    let letters = text[end..].chars().take_while(|c| is_spaced(*c)).take(LONGEST_UNIT + 1);
    let (count, len) = letters.fold((0, 0), |(count, len), c| (count + 1, len + c.len_utf8()));
    if count <= LONGEST_UNIT { end + len } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        numbers_in_groups(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn groups_of_three_digits_are_one_number() {
        for number in ["1 000", "12 500", "7 000 000", "-3 250,75", "€2 000", "9 000 €", "4 000km", "٣ ٠٠٠", "1 000.5%"]
        {
            assert_eq!(found(&format!("about {number}, or so")), [number.trim_end_matches(" €")], "{number}");
        }
        for space in ["\u{A0}", "\u{202F}", "\u{2009}", "\u{2007}"] {
            let number = format!("6{space}543{space}210");
            assert_eq!(found(&format!("({number})")), [number.as_str()]);
        }
    }

    #[test]
    fn other_runs_of_digits_are_not_numbers_in_groups() {
        for text in
            ["3 10", "3 dogs", "1990 5", "1 2 3", "A1 000", "x/1 000", "12.05.2020 3", "1  000", "1\t000", "(5)", "+"]
        {
            assert_eq!(found(text), [""; 0], "{text}");
        }
        assert_eq!(found("1 000 5"), ["1 000"]);
        assert_eq!(found("(1 000 dogs)"), ["1 000"]);
    }

    #[test]
    fn telephone_numbers_are_one_item() {
        for number in [
            "+44 20 7946 0958",
            "+49 (0) 30 123456",
            "(030) 123-456",
            "+1 (555) 010-4477",
            "01 23 45 67 89",
            "1 800 555 0144",
            "+352-6-21-33-44",
        ] {
            assert_eq!(found(&format!("Call {number}.")), [number]);
            assert_eq!(found(&format!("Call ({number})")), [number]);
        }
    }
}
