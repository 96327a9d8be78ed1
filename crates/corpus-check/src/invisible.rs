//! Characters that nobody sees: zero-width spaces, soft hyphens, directional controls and the like.

use std::ops::RangeInclusive;

use crate::kind::Kind;
use crate::repair::Edit;

/// The scripts in which joiners change the form of letters: Hebrew to Mongolian, Indic scripts beyond, Arabic
/// presentation forms, and the Brahmic scripts and Adlam outside the Basic Multilingual Plane.
const JOINING: [RangeInclusive<char>; 6] = [
    '\u{0590}'..='\u{109F}',
    '\u{1700}'..='\u{1CFF}',
    '\u{A800}'..='\u{ABFF}',
    '\u{FB1D}'..='\u{FEFC}',
    '\u{10A00}'..='\u{11FFF}',
    '\u{1E900}'..='\u{1E95F}',
];

/// The scripts without spaces in which a zero-width space separates words: Thai, Lao, Tibetan, Myanmar, Khmer, Tai.
const UNSPACED: [RangeInclusive<char>; 6] = [
    '\u{0E00}'..='\u{0FFF}',
    '\u{1000}'..='\u{109F}',
    '\u{1780}'..='\u{17FF}',
    '\u{1950}'..='\u{1AAF}',
    '\u{A9E0}'..='\u{A9FF}',
    '\u{AA60}'..='\u{AADF}',
];

/// Symbols that zero-width joiners make an emoji sequence of, and the signs inside such sequences.
const EMOJI: [RangeInclusive<char>; 3] = ['\u{2190}'..='\u{2BFF}', '\u{FE0F}'..='\u{FE0F}', '\u{1F000}'..='\u{1FAFF}'];

/// Returns an edit that removes each character that is invisible and has no effect where it is.
pub(crate) fn invisible(text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut before = None;
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        let after = rest.clone().next().map(|(_, c)| c);
        if is_superfluous(c, before, after) {
            let range = at..at + c.len_utf8();
            edits.push(Edit { range, kind: Kind::Invisible, instead: String::new() });
        }
        before = Some(c);
    }
    edits
}

/// Returns whether a character can be one of those that [`invisible`] removes.
pub(crate) fn may_be_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{200B}'..='\u{200F}')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{E0000}'..='\u{E007F}')
}

fn is_superfluous(c: char, before: Option<char>, after: Option<char>) -> bool {
    let beside = |ranges: &[RangeInclusive<char>]| {
        [before, after].into_iter().flatten().any(|c| ranges.iter().any(|range| range.contains(&c)))
    };
    match c {
        '\u{200B}' => !beside(&UNSPACED),
        '\u{200C}' => !beside(&JOINING),
        '\u{200D}' => !beside(&JOINING) && !beside(&EMOJI),
        // Parts of Hangul syllables, if Hangul letters are beside them.
        '\u{115F}' | '\u{1160}' => !beside(&['\u{1100}'..='\u{11FF}']),
        // The letters of a flag such as that of Scotland.
        '\u{E0020}'..='\u{E007F}' => !beside(&['\u{1F3F4}'..='\u{1F3F4}', '\u{E0020}'..='\u{E007F}']),
        _ => may_be_invisible(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_without_effect_are_removed() {
        for (c, before, after) in [
            ('\u{200B}', "word", "word"),
            ('\u{AD}', "Schiff", "fahrt"),
            ('\u{2060}', "a", "b"),
            ('\u{202A}', "", "text"),
            ('\u{200F}', "text", ""),
            ('\u{2069}', "שלום", "."),
            ('\u{200C}', "Auf", "lage"),
            ('\u{200D}', "a", " b"),
            ('\u{3164}', "a", "b"),
            ('\u{E0041}', "a", "b"),
        ] {
            let edits = invisible(&format!("{before}{c}{after}"));
            let range = before.len()..before.len() + c.len_utf8();
            let ranges: Vec<_> = edits.into_iter().map(|edit| (edit.range, edit.instead)).collect();
            assert_eq!(ranges, [(range, String::new())], "{c:?}");
        }
    }

    #[test]
    fn joiners_and_separators_stay_where_a_script_or_an_emoji_needs_them() {
        for text in [
            "می\u{200C}خواهم",
            "क\u{94D}\u{200D}ष",
            "ශ\u{DCA}\u{200D}රී",
            "👩\u{200D}👩\u{200D}👦",
            "❤\u{FE0F}\u{200D}🔥",
        ] {
            assert!(invisible(text).is_empty(), "{text}");
        }
        for text in ["ខ្ញុំ\u{200B}ទៅ", "ฉัน\u{200B}ไป", "e\u{301}", "葛\u{E0100}", "🏴\u{E0067}\u{E0062}\u{E007F}", "plain"]
        {
            assert!(invisible(text).is_empty(), "{text}");
        }
    }
}
