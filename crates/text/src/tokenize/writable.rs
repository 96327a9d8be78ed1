//! The order in which tokens make a text: whole characters, and no control characters.

use crate::tokenize::decoded::bytes_of;
use crate::tokenize::tokenizer::Tokenizer;
use crate::tokenize::vocabulary::CONTROL;

/// A place in a text that is written byte by byte: between two characters, or inside one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextPlace(u8);

/// The places inside a character, named by the bytes that may follow (Unicode Standard, table 3-7). `AFTER_C2` leaves
/// out U+0080 to U+009F, which are control characters.
const BETWEEN: u8 = 0;
const ONE_MORE: u8 = 1;
const TWO_MORE: u8 = 2;
const THREE_MORE: u8 = 3;
const AFTER_C2: u8 = 4;
const AFTER_E0: u8 = 5;
const AFTER_ED: u8 = 6;
const AFTER_F0: u8 = 7;
const AFTER_F4: u8 = 8;
const PLACES: usize = 9;

/// The table entry of a token that may not follow.
const REFUSED: u8 = u8::MAX;

/// Set in the table entry of a token with a tab.
const HAS_TAB: u8 = 0x80;

impl TextPlace {
    /// Returns whether the text so far has whole characters only.
    pub fn is_between_characters(self) -> bool {
        self.0 == BETWEEN
    }

    /// Returns the number of bytes that the character still needs, at most 3.
    pub fn missing_bytes(self) -> usize {
        match self.0 {
            BETWEEN => 0,
            ONE_MORE | AFTER_C2 => 1,
            TWO_MORE | AFTER_E0 | AFTER_ED => 2,
            _ => 3,
        }
    }
}

/// The tokens that may follow each other in a text of whole characters without control characters.
///
/// Byte-level tokens can make any bytes. A model that has learnt little can therefore write half a character, or a
/// character that a terminal obeys. A search that asks [`WritableTokens::after`] before each token writes neither. A
/// tab is the one control character that text has: it is allowed on demand.
///
/// ```
/// use glosser_text::{TextPlace, Tokenizer, WritableTokens};
///
/// let tokenizer = Tokenizer::train(["ein Hund"].iter(), 270)?;
/// let writable = WritableTokens::new(&tokenizer);
/// let after = |text: &str| {
///     let mut ids = tokenizer.encode(text).ids.into_iter().skip(1);
///     ids.try_fold(TextPlace::default(), |place, id| writable.after(place, id, false))
/// };
/// assert_eq!(after("aß"), Some(TextPlace::default()));
/// assert_eq!(after("a\u{1b}"), None);
/// # Ok::<(), glosser_text::TextError>(())
/// ```
#[derive(Clone, Debug)]
pub struct WritableTokens {
    /// For each token and each place before it, the place after it.
    places: Vec<[u8; PLACES]>,
}

impl WritableTokens {
    /// Looks up the bytes of every token. Nine bytes of memory for each.
    pub fn new(tokenizer: &Tokenizer) -> Self {
        let place = |id: usize| {
            if id < CONTROL.len() {
                return only_between(BETWEEN);
            }
            let token = tokenizer.library().id_to_token(id as u32).unwrap_or_default();
            places_after(&bytes_of(&token).collect::<Vec<u8>>())
        };
        Self { places: (0..tokenizer.vocab_size()).map(place).collect() }
    }

    /// Returns the place after a token; `None` if the token may not follow. A control token, such as a placeholder, may
    /// follow between two characters.
    pub fn after(&self, place: TextPlace, id: u32, may_have_tab: bool) -> Option<TextPlace> {
        let Some(places) = self.places.get(id as usize) else { return Some(place) };
        match places[usize::from(place.0)] {
            REFUSED => None,
            after if after & HAS_TAB != 0 && !may_have_tab => None,
            after => Some(TextPlace(after & !HAS_TAB)),
        }
    }
}

fn only_between(after: u8) -> [u8; PLACES] {
    let mut places = [REFUSED; PLACES];
    places[usize::from(BETWEEN)] = after;
    places
}

/// The places after the bytes of a token, for each place before them.
fn places_after(bytes: &[u8]) -> [u8; PLACES] {
    let tab = if bytes.contains(&b'\t') { HAS_TAB } else { 0 };
    let after = |before: u8| {
        let place = bytes.iter().try_fold(before, |place, byte| next(place, *byte));
        place.map_or(REFUSED, |place| place | tab)
    };
    // Inside a character only a continuation byte may follow.
    if bytes.first().is_some_and(|byte| byte & 0b1100_0000 != 0b1000_0000) {
        return only_between(after(BETWEEN));
    }
    let mut places = [REFUSED; PLACES];
    places.iter_mut().zip(0..).for_each(|(place, before)| *place = after(before));
    places
}

/// The place after one byte of well-formed UTF-8.
fn next(place: u8, byte: u8) -> Option<u8> {
    match (place, byte) {
        (BETWEEN, b'\t' | b' '..=b'~') => Some(BETWEEN),
        (BETWEEN, 0xC2) => Some(AFTER_C2),
        (BETWEEN, 0xC3..=0xDF) => Some(ONE_MORE),
        (BETWEEN, 0xE0) => Some(AFTER_E0),
        (BETWEEN, 0xED) => Some(AFTER_ED),
        (BETWEEN, 0xE1..=0xEC | 0xEE | 0xEF) => Some(TWO_MORE),
        (BETWEEN, 0xF0) => Some(AFTER_F0),
        (BETWEEN, 0xF1..=0xF3) => Some(THREE_MORE),
        (BETWEEN, 0xF4) => Some(AFTER_F4),
        (AFTER_C2, 0xA0..=0xBF) | (ONE_MORE, 0x80..=0xBF) => Some(BETWEEN),
        (AFTER_E0, 0xA0..=0xBF) | (AFTER_ED, 0x80..=0x9F) | (TWO_MORE, 0x80..=0xBF) => Some(ONE_MORE),
        (AFTER_F0, 0x90..=0xBF) | (AFTER_F4, 0x80..=0x8F) | (THREE_MORE, 0x80..=0xBF) => Some(TWO_MORE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place_after(bytes: &[u8]) -> Option<u8> {
        bytes.iter().try_fold(BETWEEN, |place, byte| next(place, *byte))
    }

    #[test]
    fn every_character_may_be_written_except_control_characters() {
        for c in '\0'..=char::MAX {
            let may_be_written = place_after(c.encode_utf8(&mut [0; 4]).as_bytes()) == Some(BETWEEN);
            assert_eq!(may_be_written, !c.is_control() || c == '\t', "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn bytes_that_are_not_utf_8_are_refused(bytes in proptest::collection::vec(0x20_u8.., 1..6)) {
            if let Some(place) = place_after(&bytes) {
                // Either a whole text, or a beginning that some bytes complete.
                let missing = TextPlace(place).missing_bytes();
                let error = std::str::from_utf8(&bytes).err();
                prop_assert_eq!(error.is_none(), missing == 0);
                prop_assert!(error.is_none_or(|error| error.error_len().is_none()));
            }
        }
    }

    #[test]
    fn a_token_of_several_bytes_moves_over_all_of_them() {
        let euro = "€".as_bytes();
        assert_eq!(places_after(euro)[usize::from(BETWEEN)], BETWEEN);
        assert_eq!(places_after(&euro[..2])[usize::from(BETWEEN)], ONE_MORE);
        let rest = places_after(&euro[2..]);
        assert_eq!((rest[usize::from(ONE_MORE)], rest[usize::from(BETWEEN)]), (BETWEEN, REFUSED));
        assert_eq!(places_after(b"\xAC a\xE2")[usize::from(ONE_MORE)], TWO_MORE);
        assert_eq!(places_after(b" a\x07"), [REFUSED; PLACES]);
        assert_eq!(places_after(b"\xC2\x9B"), [REFUSED; PLACES], "the control sequence introducer U+009B");
    }

    #[test]
    fn a_tab_is_written_on_demand_and_a_control_token_only_between_characters() {
        let tokenizer = Tokenizer::train(["a b"].iter(), 270).expect("a vocabulary");
        let writable = WritableTokens::new(&tokenizer);
        let tab = *tokenizer.encode("a\t").ids.last().expect("a token");
        let between = TextPlace::default();
        assert_eq!(writable.after(between, tab, false), None);
        assert_eq!(writable.after(between, tab, true), Some(between));
        for control in 0..CONTROL.len() as u32 {
            assert_eq!(writable.after(between, control, false), Some(between));
            assert_eq!(writable.after(TextPlace(ONE_MORE), control, false), None);
        }
    }
}
