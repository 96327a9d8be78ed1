//! Bytes as ASCII text inside an HTML element: base 125.
//!
//! Base64 makes bytes a third longer, this a sixth. A text has every character of ASCII but three: NUL and the carriage
//! return, which a reader of HTML changes, and `<`, which could end the element. Six bytes, read as one number, become
//! seven digits, the most significant first. A last group of `n` bytes is filled with zeros, and `n + 1` digits are
//! written; a reader fills it with the greatest digit.

/// The bytes of a group.
const BYTES: usize = 6;

/// The digits of a group.
const DIGITS: usize = 7;

const BASE: u64 = 125;

/// The character of each digit.
const CHARACTERS: [u8; BASE as usize] = characters();

const fn characters() -> [u8; BASE as usize] {
    let mut characters = [0; BASE as usize];
    let (mut digit, mut code) = (0, 0);
    while code < 128 {
        if !matches!(code, 0 | b'\r' | b'<') {
            characters[digit] = code;
            digit += 1;
        }
        code += 1;
    }
    characters
}

/// Returns the number of characters of `size` bytes.
pub fn encoded_size(size: usize) -> usize {
    let last = size % BYTES;
    size / BYTES * DIGITS + if last > 0 { last + 1 } else { 0 }
}

/// Appends `bytes` to a text.
pub fn encode(bytes: &[u8], text: &mut String) {
    text.reserve(encoded_size(bytes.len()));
    for group in bytes.chunks(BYTES) {
        let mut filled = [0; 8];
        filled[8 - BYTES..][..group.len()].copy_from_slice(group);
        let mut number = u64::from_be_bytes(filled);
        let mut digits = [0; DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit = CHARACTERS[(number % BASE) as usize];
            number /= BASE;
        }
        text.extend(digits[..=group.len()].iter().map(|digit| char::from(*digit)));
    }
}

/// Returns the bytes of a text, or `None` if it has another character or its last group has one digit. The page has the
/// same function in JavaScript.
#[cfg(test)]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for group in text.as_bytes().chunks(DIGITS) {
        let mut number: u64 = 0;
        for place in 0..DIGITS {
            let digit = match group.get(place) {
                Some(character) => CHARACTERS.iter().position(|known| known == character)? as u64,
                None => BASE - 1,
            };
            number = number * BASE + digit;
        }
        let size = group.len() - 1;
        if size == 0 || number >> (8 * BYTES) != 0 {
            return None;
        }
        bytes.extend_from_slice(&number.to_be_bytes()[8 - BYTES..][..size]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(bytes: &[u8]) -> String {
        let mut text = String::new();
        encode(bytes, &mut text);
        text
    }

    #[test]
    fn known_bytes_have_known_digits() {
        assert_eq!(encoded(b""), "");
        // Digit 0 is the character with the code 1.
        assert_eq!(encoded(&[0; 7]), "\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}");
        let largest = (1_u64 << 48) - 1;
        let mut rest = largest;
        let digits: Vec<usize> = (0..7)
            .map(|_| {
                let digit = rest % 125;
                rest /= 125;
                digit as usize
            })
            .collect();
        let text: String = digits.iter().rev().map(|digit| char::from(CHARACTERS[*digit])).collect();
        assert_eq!(encoded(&[255; 6]), text);
    }

    #[test]
    fn the_characters_are_all_of_ascii_but_three() {
        let mut expected: Vec<u8> = (0..128).collect();
        expected.retain(|code| ![0, 13, 60].contains(code));
        assert_eq!(CHARACTERS.to_vec(), expected);
    }

    #[test]
    fn bytes_at_the_limits_of_a_group_come_back() {
        for size in 0..=20 {
            for byte in [0, 1, 127, 128, 255] {
                let bytes = vec![byte; size];
                assert_eq!(decode(&encoded(&bytes)), Some(bytes));
            }
        }
    }

    #[test]
    fn a_text_that_was_not_encoded_is_refused() {
        for text in ["\u{1}", "\u{1}<", "\u{1}\r", "\u{0}\u{1}", "ä", "\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_come_back_and_the_text_has_only_allowed_characters(
            bytes in proptest::collection::vec(any::<u8>(), 0..100)
        ) {
            let text = encoded(&bytes);
            prop_assert_eq!(text.len(), encoded_size(bytes.len()));
            prop_assert!(text.bytes().all(|code| (1..128).contains(&code) && code != b'\r' && code != b'<'));
            prop_assert_eq!(decode(&text), Some(bytes));
        }
    }
}
