//! The code pages Windows-1252 and Windows-1251, which programs take for the encoding of UTF-8 text.

/// Windows-1252 from 0x80 to 0x9F. The rest is Latin-1.
const HIGH_1252: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•',
    '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// Windows-1251 from 0x80 to 0xBF. The rest is А to я.
const HIGH_1251: [char; 64] = [
    'Ђ', 'Ѓ', '‚', 'ѓ', '„', '…', '†', '‡', '€', '‰', 'Љ', '‹', 'Њ', 'Ќ', 'Ћ', 'Џ', 'ђ', '‘', '’', '“', '”', '•', '–',
    '—', '\0', '™', 'љ', '›', 'њ', 'ќ', 'ћ', 'џ', '\u{A0}', 'Ў', 'ў', 'Ј', '¤', 'Ґ', '¦', '§', 'Ё', '©', 'Є', '«', '¬',
    '\u{AD}', '®', 'Ї', '°', '±', 'І', 'і', 'ґ', 'µ', '¶', '·', 'ё', '№', 'є', '»', 'ј', 'Ѕ', 'ѕ', 'ї',
];

/// A code page whose lower half is ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodePage {
    /// Western European. A byte that it does not define is the control character of Latin-1.
    Windows1252,
    /// Cyrillic.
    Windows1251,
}

impl CodePage {
    /// Returns the byte of a character that is not ASCII; `None` if the code page does not have it.
    pub(crate) fn encode(self, c: char) -> Option<u8> {
        let place = |high: &[char]| high.iter().position(|other| *other == c).map(|at| 0x80 + at as u8);
        match (self, c) {
            (Self::Windows1252, '\u{80}'..='\u{FF}') => Some(c as u8),
            (Self::Windows1252, _) => place(&HIGH_1252),
            (Self::Windows1251, 'А'..='я') => Some((u32::from(c) - u32::from('А')) as u8 + 0xC0),
            (Self::Windows1251, _) => place(&HIGH_1251),
        }
    }
}

/// Returns the character of a byte in Windows-1252; NUL if it is not defined.
pub(crate) fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => HIGH_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_have_the_bytes_of_their_code_page() {
        for (c, byte) in [('é', 0xE9), ('€', 0x80), ('’', 0x92), ('Ÿ', 0x9F), ('\u{81}', 0x81)] {
            assert_eq!(CodePage::Windows1252.encode(c), Some(byte), "{c:?}");
        }
        for (c, byte) in [('А', 0xC0), ('я', 0xFF), ('ё', 0xB8), ('Ђ', 0x80), ('№', 0xB9)] {
            assert_eq!(CodePage::Windows1251.encode(c), Some(byte), "{c:?}");
        }
        assert_eq!((CodePage::Windows1252.encode('Ж'), CodePage::Windows1251.encode('é')), (None, None));
        assert_eq!((windows_1252(0xE9), windows_1252(0x92), windows_1252(0x81)), ('é', '’', '\0'));
    }
}
