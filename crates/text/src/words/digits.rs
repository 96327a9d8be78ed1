//! Decimal digits of any script.

/// The zero of each script whose digits have the Unicode category Nd (Unicode 16). The other nine digits follow it.
const ZEROS: [char; 76] = [
    '0',
    '\u{0660}',
    '\u{06F0}',
    '\u{07C0}',
    '\u{0966}',
    '\u{09E6}',
    '\u{0A66}',
    '\u{0AE6}',
    '\u{0B66}',
    '\u{0BE6}',
    '\u{0C66}',
    '\u{0CE6}',
    '\u{0D66}',
    '\u{0DE6}',
    '\u{0E50}',
    '\u{0ED0}',
    '\u{0F20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17E0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19D0}',
    '\u{1A80}',
    '\u{1A90}',
    '\u{1B50}',
    '\u{1BB0}',
    '\u{1C40}',
    '\u{1C50}',
    '\u{A620}',
    '\u{A8D0}',
    '\u{A900}',
    '\u{A9D0}',
    '\u{A9F0}',
    '\u{AA50}',
    '\u{ABF0}',
    '\u{FF10}',
    '\u{104A0}',
    '\u{10D30}',
    '\u{10D40}',
    '\u{11066}',
    '\u{110F0}',
    '\u{11136}',
    '\u{111D0}',
    '\u{112F0}',
    '\u{11450}',
    '\u{114D0}',
    '\u{11650}',
    '\u{116C0}',
    '\u{116D0}',
    '\u{116DA}',
    '\u{11730}',
    '\u{118E0}',
    '\u{11950}',
    '\u{11BF0}',
    '\u{11C50}',
    '\u{11D50}',
    '\u{11DA0}',
    '\u{11F50}',
    '\u{16130}',
    '\u{16A60}',
    '\u{16AC0}',
    '\u{16B50}',
    '\u{16D70}',
    '\u{1CCF0}',
    '\u{1D7CE}',
    '\u{1D7D8}',
    '\u{1D7E2}',
    '\u{1D7EC}',
    '\u{1D7F6}',
    '\u{1E140}',
    '\u{1E2F0}',
    '\u{1E4F0}',
    '\u{1E5F1}',
    '\u{1E950}',
    '\u{1FBF0}',
];

/// Returns the value of a decimal digit of any script; `None` for other characters.
///
/// ```
/// use glosser_text::digit_value;
///
/// assert_eq!("7٧७７".chars().map(digit_value).collect::<Vec<_>>(), [Some(7); 4]);
/// assert_eq!((digit_value('x'), digit_value('½'), digit_value('七')), (None, None, None));
/// ```
pub fn digit_value(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.is_ascii_digit().then(|| c as u8 - b'0');
    }
    let at = ZEROS.partition_point(|zero| *zero <= c).checked_sub(1)?;
    u8::try_from(u32::from(c) - u32::from(ZEROS[at])).ok().filter(|value| *value < 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_of_the_table_is_numeric_and_the_zeros_are_in_order() {
        assert!(ZEROS.is_sorted_by(|one, next| u32::from(*one) + 10 <= u32::from(*next)));
        for zero in ZEROS {
            assert_eq!((digit_value(zero), zero.is_numeric()), (Some(0), true), "{zero:?}");
        }
        assert_eq!((digit_value('\u{66A}'), digit_value('\u{65F}')), (None, None));
    }
}
