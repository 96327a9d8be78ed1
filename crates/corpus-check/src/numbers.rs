//! Numbers that differ between the two sides of a pair.
//!
//! Few correct pairs may be reported, so everything that languages write differently counts as equal: digits of any
//! script, separators, `2 million` and `2,000,000`, `3 pm` and `15 h`, the 90s and 1990, numbers in words. Of 29,000
//! captions of Multi30k two are reported, of 50,000 pairs of the Hansards 150, and nearly all of these are wrong.

use glosser_text::digit_value;

/// A number with this many digits is seldom written in words.
const LONG: usize = 4;

/// Differences between years in two calendars: Buddhist, Republic of China and Taishō, and the
/// other Japanese eras since Meiji.
const CALENDARS: [u32; 6] = [543, 1911, 1867, 1925, 1988, 2018];

/// Returns the numbers of each side that the other side lacks, if they show that the pair is wrong: both sides have
/// some, or one has a long number. A side may write short numbers in words.
pub(crate) fn differing_numbers(source: &str, target: &str) -> Option<[Vec<String>; 2]> {
    let joined = [source, target].map(numbers);
    let [s, t] = &joined;
    if s.is_empty() && t.is_empty() || digits(s) == digits(t) {
        return None;
    }
    // `3万5千` is 35,000.
    let without_zeros = |side: &[Number]| digits(side).replace('0', "");
    if (has_numerals(source) || has_numerals(target)) && without_zeros(s) == without_zeros(t) {
        return None;
    }
    // A full stop joins the digits of a number, but separates those of a date.
    let split = joined.each_ref().map(|side| side.iter().flat_map(Number::parts).collect::<Vec<_>>());
    let lacking = unmatched(&joined);
    let is_long = |number: &Number, other: &[Number]| number.is_long() && number.parts().all(|part| !part.is_in(other));
    let lacks_long = |side: &[Number], other: &[Number], text: &str| {
        !has_numerals(text) && side.iter().any(|number| is_long(number, other))
    };
    let [s, t] = &lacking;
    let is_wrong = lacking.iter().chain(&unmatched(&split)).all(|side| !side.is_empty())
        || lacks_long(s, &split[1], target)
        || lacks_long(t, &split[0], source);
    is_wrong.then(|| lacking.map(|side| side.into_iter().map(|number| number.written).collect()))
}

/// Returns whether a text has numerals that are not digits: Chinese ones.
fn has_numerals(text: &str) -> bool {
    text.contains(|c| "〇零一二三四五六七八九十百千万億兆两兩".contains(c))
}

/// A number in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Number {
    /// Its digits and separators.
    written: String,
    /// Its digits, in groups between the separators.
    groups: Vec<String>,
    /// Without zeros that make no difference: at the start, and as thousands or decimals at the end.
    significant: String,
}

impl Number {
    fn new(written: String, groups: Vec<String>) -> Self {
        let mut significant = groups.concat();
        let decimals = groups.last().filter(|last| groups.len() > 1 && last.len() <= 2).map_or(0, String::len);
        let zeros = significant.len() - significant.trim_end_matches('0').len();
        let dropped = if zeros >= 3 { zeros } else { zeros.min(decimals) };
        significant.truncate(significant.len() - dropped);
        let significant = significant.trim_start_matches('0').to_owned();
        Self { written, groups, significant }
    }

    fn parts(&self) -> impl Iterator<Item = Self> {
        self.groups.iter().map(|group| Self::new(group.clone(), vec![group.clone()]))
    }

    fn is_long(&self) -> bool {
        self.significant.len() >= LONG
    }

    fn value(&self) -> Option<u32> {
        self.groups.concat().parse().ok()
    }

    /// Returns whether one of these numbers may equal this one.
    fn is_in(&self, others: &[Self]) -> bool {
        others.iter().any(|other| self.may_equal(other))
    }

    /// Returns whether two texts may write the same number in these ways.
    fn may_equal(&self, other: &Self) -> bool {
        if self.significant == other.significant {
            return true;
        }
        let (Some(a), Some(b)) = (self.value(), other.value()) else { return false };
        let (low, high) = (a.min(b), a.max(b));
        let is_time = high <= 24 && high - low == 12;
        let is_decade = (1000..3000).contains(&high) && (10..100).contains(&low) && high % 100 == low;
        let is_year = (1868..3000).contains(&high) && CALENDARS.contains(&(high - low));
        is_time || is_decade || is_year
    }
}

/// Returns the numbers of each side that no number of the other side may equal.
fn unmatched([source, target]: &[Vec<Number>; 2]) -> [Vec<Number>; 2] {
    let without =
        |side: &[Number], other: &[Number]| side.iter().filter(|number| !number.is_in(other)).cloned().collect();
    [without(source, target), without(target, source)]
}

/// The digits of all numbers.
fn digits(numbers: &[Number]) -> String {
    numbers.iter().flat_map(|number| number.groups.iter().map(String::as_str)).collect()
}

/// Returns the numbers of a text. Full stops, commas and apostrophes between digits are part of a number; so are spaces
/// between groups of three digits.
fn numbers(text: &str) -> Vec<Number> {
    let mut numbers = Vec::new();
    let mut rest = text.trim_start_matches(|c| digit_value(c).is_none());
    while !rest.is_empty() {
        let start = rest;
        let mut groups = vec![take_group(&mut rest)];
        while let Some(next) = next_group(rest, &groups) {
            rest = next;
            groups.push(take_group(&mut rest));
        }
        numbers.push(Number::new(start[..start.len() - rest.len()].to_owned(), groups));
        rest = rest.trim_start_matches(|c| digit_value(c).is_none());
    }
    numbers
}

/// Removes the digits at the start of a text, and returns them in ASCII.
fn take_group(text: &mut &str) -> String {
    let digits: String = text.chars().map_while(digit_value).map(|value| char::from(b'0' + value)).collect();
    let end = text.char_indices().find(|(_, c)| digit_value(*c).is_none()).map_or(text.len(), |(at, _)| at);
    *text = &text[end..];
    digits
}

/// Returns the text from the next group of the same number on, if the number goes on after these groups.
fn next_group<'a>(text: &'a str, groups: &[String]) -> Option<&'a str> {
    let separator = text.chars().next()?;
    let next = &text[separator.len_utf8()..];
    let digits = next.chars().take_while(|c| digit_value(*c).is_some()).count();
    let is_next = match separator {
        '.' | ',' | '\'' | '’' | '٫' | '٬' | '．' | '，' => digits > 0,
        _ if separator.is_whitespace() => {
            digits == 3 && groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3)
        }
        _ => false,
    };
    is_next.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_numbers_in_other_forms_are_accepted() {
        for (source, target) in [
            ("no number", "keine Zahl"),
            ("5 dogs", "5 Hunde"),
            ("2 dogs and 1 cat", "2 Hunde und eine Katze"),
            ("two of 5", "2 von 5"),
            ("1,234.50 EUR", "1.234,5 EUR"),
            ("12,000 people", "12 000 Menschen"),
            ("2 million", "2,000,000"),
            ("35,000 yen", "3万5千円"),
            ("at 3:30 pm", "à 15 h 30"),
            ("the 1990s", "les années 90"),
            ("5/12/2004", "12.05.2004"),
            ("3 January 2005", "2005-01-03"),
            ("in 2005", "平成17年"),
            ("in 2005", "พ.ศ. 2548"),
            ("room 12", "غرفة ١٢"),
            ("room 12", "कमरा १२"),
            ("room 12", "部屋１２"),
            ("in 1984", "一九八四年"),
            ("01 23 45 67 89", "01.23.45.67.89"),
        ] {
            assert_eq!(differing_numbers(source, target), None, "{source} {target}");
        }
    }

    #[test]
    fn other_numbers_are_reported_with_those_that_the_other_side_lacks() {
        for (source, target, expected) in [
            ("Number 5 is 10.", "Le numéro 6 est 11.", ["5 10", "6 11"]),
            ("5 of 7", "6 von 7", ["5", "6"]),
            ("room 12", "غرفة ١٣", ["12", "١٣"]),
            ("12 or 100", "12 oder 1000", ["100", "1000"]),
            ("It was 1958.", "C'était Noël.", ["1958", ""]),
            ("The book.", "Le livre 1,234", ["", "1,234"]),
            ("in 1984 with 5", "mit 5", ["1984", ""]),
        ] {
            let found = differing_numbers(source, target).map(|sides| sides.map(|side| side.join(" ")));
            assert_eq!(found, Some(expected.map(str::to_owned)), "{source} {target}");
        }
    }
}
