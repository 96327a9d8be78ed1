//! Words with letters of two scripts that look the same: `сat` with a Cyrillic `с`.

use crate::kind::Kind;
use crate::repair::Edit;

/// Cyrillic and Greek letters with the Latin letter that looks the same.
const LOOK_ALIKES: [(char, char); 43] = [
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('у', 'y'),
    ('х', 'x'),
    ('і', 'i'),
    ('ѕ', 's'),
    ('ј', 'j'),
    ('һ', 'h'),
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('І', 'I'),
    ('Ѕ', 'S'),
    ('Ј', 'J'),
    ('У', 'Y'),
    ('ё', 'ë'),
    ('ї', 'ï'),
    ('Ё', 'Ë'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Χ', 'X'),
    ('ο', 'o'),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
}

/// Returns an edit for each letter that looks like one of the script that the rest of its word is in. A word is
/// changed only if its script is certain: it has a letter that no letter of the other script looks like, or else only
/// one of the scripts has such letters anywhere in the text.
pub(crate) fn mixed_scripts(text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut start = 0;
    for word in text.split(|c: char| !c.is_alphabetic()) {
        edits.extend(edits_of(word, start, text));
        // The character that ends the word.
        start += word.len();
        start += text[start..].chars().next().map_or(0, char::len_utf8);
    }
    edits
}

/// Returns whether two neighbouring letters are of different scripts with look-alikes.
pub(crate) fn is_change_of_script(before: char, c: char) -> bool {
    script(before).zip(script(c)).is_some_and(|(before, c)| before != c)
}

fn edits_of(word: &str, start: usize, text: &str) -> Vec<Edit> {
    let is_used = |wanted: &Script| word.chars().any(|c| script(c) == Some(*wanted));
    let all: Vec<Script> = [Script::Latin, Script::Greek, Script::Cyrillic].into_iter().filter(is_used).collect();
    let [one, other] = all[..] else { return Vec::new() };
    let (right, wrong) = match (is_certain(word, one, other), is_certain(word, other, one)) {
        (true, false) => (one, other),
        (false, true) => (other, one),
        // Two scripts on purpose.
        (true, true) => return Vec::new(),
        (false, false) => match (is_certain(text, one, other), is_certain(text, other, one)) {
            (true, false) => (one, other),
            (false, true) => (other, one),
            _ => return Vec::new(),
        },
    };
    let letters = word.char_indices().filter(|(_, c)| script(*c) == Some(wrong));
    let edit = |(at, c): (usize, char)| {
        let range = start + at..start + at + c.len_utf8();
        Some(Edit { range, kind: Kind::MixedScripts, instead: String::from(look_alike(c, right)?) })
    };
    letters.filter_map(edit).collect()
}

/// Returns whether a text has a letter of a script that no letter of the other script looks like.
fn is_certain(text: &str, own: Script, other: Script) -> bool {
    text.chars().any(|c| script(c) == Some(own) && look_alike(c, other).is_none())
}

fn script(c: char) -> Option<Script> {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' => Some(Script::Latin),
        '\u{370}'..='\u{3FF}' => Some(Script::Greek),
        '\u{400}'..='\u{52F}' => Some(Script::Cyrillic),
        _ => None,
    }
}

/// Returns the letter of a script that looks the same.
fn look_alike(c: char, wanted: Script) -> Option<char> {
    let mut pairs = LOOK_ALIKES.into_iter();
    let latin = if script(c) == Some(Script::Latin) { c } else { pairs.clone().find(|(other, _)| *other == c)?.1 };
    if wanted == Script::Latin {
        return Some(latin);
    }
    pairs.find(|(other, same)| *same == latin && script(*other) == Some(wanted)).map(|(other, _)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> String {
        let mut mended = text.to_owned();
        for edit in mixed_scripts(text).into_iter().rev() {
            mended.replace_range(edit.range, &edit.instead);
        }
        mended
    }

    #[test]
    fn a_letter_of_another_script_becomes_the_one_that_it_looks_like() {
        for (text, expected) in [
            ("The \u{441}at sleeps.", "The cat sleeps."),
            ("\u{422}he d\u{43E}g", "The dog"),
            ("п\u{70}ивет, м\u{6F}й друг", "привет, мой друг"),
            ("\u{391}nna", "Anna"),
        ] {
            assert_eq!(mended(text), expected);
        }
    }

    #[test]
    fn words_of_one_script_and_words_of_two_on_purpose_are_kept() {
        for text in [
            "",
            "Привет, мир",
            "USB-кабель",
            "СССР и NATO",
            "kΩ",
            "β-Carotin",
            "μm",
            "αβγ abc",
            "\u{441}o",
            "日本xа",
            "да \u{441}o abc",
        ] {
            assert!(mixed_scripts(text).is_empty(), "{text}");
        }
    }
}
