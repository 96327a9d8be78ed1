//! Text that was encoded twice: its UTF-8 bytes were read as Windows-1252 or Windows-1251, so that `é` became `Ã©`.

use std::ops::Range;

use crate::kind::Kind;
use crate::repair::Edit;
use crate::windows::CodePage;

/// The evidence that makes a cell certain to be encoded twice.
const ENOUGH: usize = 2;

/// Punctuation that may follow a correct `Ã` or `Ä`: `AMANHÃ”`, `„Ä“`.
const PUNCTUATION: &str = "‘’“”…–—›»";

/// Signs that may follow a capital letter at the end of a word: `CAFÉ™`.
const SIGNS: &str = "™®©°\u{A0}";

/// Returns an edit for each run of characters that were encoded twice.
///
/// A cell between tabs is changed only if it is consistent: each of its characters outside ASCII must become UTF-8
/// again. In a cell that has correct characters too, the runs are only reported ([`Kind::PartlyDoubleEncoded`]).
pub(crate) fn double_encoded(text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut start = 0;
    for cell in text.split('\t') {
        if let Some(decoded) = decoded_cell(cell) {
            let moved = |(range, instead): (Range<usize>, String)| Edit {
                range: range.start + start..range.end + start,
                kind: Kind::DoubleEncoded,
                instead,
            };
            edits.extend(decoded.into_iter().map(moved));
        }
        start += cell.len() + 1;
    }
    edits
}

/// Returns the place of a sequence in a text that was certainly encoded twice, although [`double_encoded`] cannot
/// repair its cell.
pub(crate) fn partly_double_encoded(text: &str) -> Option<usize> {
    let is_start = |at: &usize| {
        let is_sequence = sequence_at(text, *at).is_some_and(|sequence| sequence.evidence >= ENOUGH);
        is_sequence || is_cut_sequence(&text[*at..], text[..*at].chars().next_back())
    };
    text.char_indices().filter(|(_, c)| !c.is_ascii()).map(|(at, _)| at).find(is_start)
}

/// Returns whether the character `c` after `before` can be a part of a sequence that was encoded twice.
pub(crate) fn may_be_double_encoded(before: char, c: char) -> bool {
    let is_latin = matches!(before, '\u{C2}'..='\u{F4}') && (!c.is_ascii() || before == 'Ã' && c == ' ');
    let is_cyrillic = matches!(before, 'А'..='я') && !c.is_ascii() && !matches!(c, 'А'..='я' | 'ё');
    is_latin || is_cyrillic
}

/// Returns whether a text begins with a sequence that lost its last character: `â€` for a quotation mark, or `Ã ` for
/// `à`, whose second half became an ordinary space.
fn is_cut_sequence(text: &str, before: Option<char>) -> bool {
    text.starts_with("â€") || text.starts_with("Ã ") && before.is_some_and(char::is_lowercase)
}

/// The runs of characters outside ASCII.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_ascii()) {
        match runs.last_mut() {
            Some(last) if last.end == at => last.end += c.len_utf8(),
            _ => runs.push(at..at + c.len_utf8()),
        }
    }
    runs
}

/// Returns the decoded runs of a cell; `None` if it is not certain that all of them were encoded twice.
fn decoded_cell(cell: &str) -> Option<Vec<(Range<usize>, String)>> {
    if cell.is_ascii() {
        return None;
    }
    [CodePage::Windows1252, CodePage::Windows1251].into_iter().find_map(|page| decoded_with(cell, page))
}

fn decoded_with(cell: &str, page: CodePage) -> Option<Vec<(Range<usize>, String)>> {
    let mut evidence = 0;
    let mut decoded = Vec::new();
    for run in runs(cell) {
        let text = decode(&cell[run.clone()], page)?;
        evidence += match page {
            CodePage::Windows1252 => evidence_of_run(cell, run.clone()),
            CodePage::Windows1251 => evidence_of_cyrillic(&text),
        };
        decoded.push((run, text));
    }
    (evidence >= ENOUGH).then_some(decoded)
}

/// Returns the text whose UTF-8 bytes are those of `run` in a code page; `None` if they are no UTF-8.
fn decode(run: &str, page: CodePage) -> Option<String> {
    let bytes = run.chars().map(|c| page.encode(c)).collect::<Option<Vec<u8>>>()?;
    String::from_utf8(bytes).ok()
}

/// The characters of a UTF-8 sequence that was read as Windows-1252.
struct Sequence {
    /// The number of bytes in the text.
    len: usize,
    evidence: usize,
    /// Whether it is evidence only beside another such sequence, as letters of other scripts are.
    is_weak: bool,
}

fn evidence_of_run(cell: &str, run: Range<usize>) -> usize {
    let (mut at, mut evidence, mut weak) = (run.start, 0, 0);
    while let Some(sequence) = sequence_at(cell, at).filter(|_| at < run.end) {
        evidence += sequence.evidence;
        weak += usize::from(sequence.is_weak);
        at += sequence.len;
    }
    evidence + if weak >= 2 { weak } else { 0 }
}

/// Returns the sequence at a place in a text, if there is one.
fn sequence_at(text: &str, at: usize) -> Option<Sequence> {
    let rest = &text[at..];
    let lead = CodePage::Windows1252.encode(rest.chars().next()?)?;
    let chars = match lead {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let len = rest.char_indices().nth(chars).map_or(rest.len(), |(at, _)| at);
    let sequence = &rest[..len];
    let decoded = decode(sequence, CodePage::Windows1252)?;
    let c = decoded.chars().next().filter(|_| decoded.chars().count() == 1)?;
    let (before, after) = (text[..at].chars().next_back(), rest[len..].chars().next());
    let is = |c: Option<char>, is: fn(char) -> bool| c.is_some_and(is);
    let is_certain = match sequence.chars().nth(1)? {
        sign if SIGNS.contains(sign) => !is(before, char::is_uppercase),
        mark if PUNCTUATION.contains(mark) => is(before, char::is_lowercase) || is(after, char::is_lowercase),
        _ => true,
    };
    // Latin letters and signs, accents, punctuation and symbols, byte order marks, emoji.
    let is_frequent = matches!(c, '\u{A0}'..='\u{17F}' | '\u{218}'..='\u{21B}' | '\u{259}' | '\u{300}'..='\u{36F}')
        || matches!(c, '\u{2010}'..='\u{2BFF}' | '\u{FEFF}' | '\u{1F000}'..='\u{1FAFF}');
    let evidence = if is_frequent && is_certain { ENOUGH } else { 0 };
    Some(Sequence { len, evidence, is_weak: !is_frequent && c.is_alphanumeric() })
}

/// Cyrillic text has several letters, and a quotation mark or dash has three bytes.
fn evidence_of_cyrillic(decoded: &str) -> usize {
    let is_cyrillic = |c: char| ('\u{400}'..='\u{4FF}').contains(&c);
    let letters = decoded.chars().filter(|c| is_cyrillic(*c)).count();
    let signs = decoded.chars().filter(|c| ('\u{2010}'..='\u{2044}').contains(c) || *c == '№').count();
    let other = decoded.chars().count() - letters - signs;
    if other > 0 { 0 } else { ENOUGH * signs + letters / 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> String {
        let mut repaired = text.to_owned();
        for edit in double_encoded(text).into_iter().rev() {
            repaired.replace_range(edit.range, &edit.instead);
        }
        repaired
    }

    /// Reads the UTF-8 bytes of a text as Windows-1252.
    fn misread(text: &str) -> String {
        text.bytes()
            .map(|byte| match crate::windows::windows_1252(byte) {
                '\0' => char::from(byte),
                c => c,
            })
            .collect()
    }

    /// Reads the UTF-8 bytes of a text as Windows-1251.
    fn misread_as_cyrillic(text: &str) -> String {
        let all = || ('\u{80}'..='\u{2122}').filter(|c| CodePage::Windows1251.encode(*c).is_some());
        let read = |byte: u8| all().find(|c| CodePage::Windows1251.encode(*c) == Some(byte)).unwrap_or('\u{98}');
        text.bytes().map(|byte| if byte.is_ascii() { char::from(byte) } else { read(byte) }).collect()
    }

    const TEXTS: [&str; 13] = [
        "Le café est fermé.",
        "voilà",
        "À l’école",
        "“Grüße” – 5 €…",
        "Łódź, čeština, őr, ığdır",
        "București și țară",
        "Привет, мир!",
        "Καλημέρα",
        "שלום עולם",
        "你好，世界",
        "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ",
        "très 😀",
        "e\u{301}te\u{301}",
    ];

    #[test]
    fn text_that_was_encoded_twice_is_repaired() {
        for text in TEXTS {
            assert_eq!(repaired(&misread(text)), text, "{}", misread(text));
            assert_eq!(repaired(&misread(&misread(text))), misread(text), "{}", misread(text));
        }
        for text in ["Привет, мир!", "Я — «он»"] {
            assert_eq!(repaired(&misread_as_cyrillic(text)), text, "{}", misread_as_cyrillic(text));
        }
        assert_eq!(repaired("cafÃ©\tcafé\tcafÃ©"), "café\tcafé\tcafé");
    }

    #[test]
    fn correct_text_is_kept() {
        for text in TEXTS.into_iter().chain([
            "",
            "plain",
            "NÃO, AMANHÃ” CAFÉ™ LÀ… É»",
            "AMANHÃ”",
            "CAFÉ™",
            "« Il est fermé\u{A0}»",
            "fermé\u{A0}»",
            "São Paulo, Ñandú, Ærø, Þór",
            "Съешь ещё этих мягких французских булок",
            "Љубав, њива, ђак",
            "Tiếng Việt",
            "„Ö–Ä“",
        ]) {
            assert!(double_encoded(text).is_empty(), "{text}: {}", repaired(text));
            assert_eq!(partly_double_encoded(text), None, "{text}");
        }
    }

    #[test]
    fn a_cell_with_correct_characters_too_is_reported_only() {
        for (text, at) in [("The cafÃ© is “big”", 7), ("Itâ€™s a café", 2), ("donâ€ t", 3), ("voilÃ  tout", 4)]
        {
            assert!(double_encoded(text).is_empty(), "{text}");
            assert_eq!(partly_double_encoded(text), Some(at), "{text}");
        }
    }
}
