//! Recognises emoji.

/// Returns the length in bytes of the emoji at the start of `text`, if there is one. Variation selectors, skin tones,
/// tags, joined emoji, the two letters of a flag and a keycap belong to it (UTS #51, section 1.4.9).
pub(crate) fn emoji_len(text: &str) -> Option<usize> {
    let mut end = element_len(text)?;
    while let Some(next) = text[end..].strip_prefix('\u{200D}').and_then(element_len) {
        end += '\u{200D}'.len_utf8() + next;
    }
    Some(end)
}

fn element_len(text: &str) -> Option<usize> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    if is_regional(first) {
        let second = rest.chars().next().filter(|c| is_regional(*c))?;
        return Some(first.len_utf8() + second.len_utf8());
    }
    let can_be_key = matches!(first, '0'..='9' | '#' | '*');
    let can_be_picture = matches!(first, '\u{A9}' | '\u{AE}' | '\u{203C}'..='\u{3299}');
    if !(can_be_key || can_be_picture || is_emoji(first)) {
        return None;
    }
    let modifiers: usize = rest.chars().take_while(|c| is_modifier(*c)).map(char::len_utf8).sum();
    let is_key = can_be_key && rest[..modifiers].ends_with('\u{20E3}');
    // These are text unless a variation selector makes them pictures.
    let is_picture = can_be_picture && rest.starts_with('\u{FE0F}');
    (is_key || is_picture || is_emoji(first)).then_some(first.len_utf8() + modifiers)
}

fn is_regional(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

/// Returns whether a character is a variation selector, a keycap, a skin tone or a tag.
fn is_modifier(c: char) -> bool {
    matches!(c, '\u{FE0E}' | '\u{FE0F}' | '\u{20E3}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}')
}

/// Returns whether a character is in a block of pictures.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{231A}' | '\u{231B}' | '\u{23E9}'..='\u{23FA}' | '\u{2600}'..='\u{27BF}' | '\u{2B50}' | '\u{2B55}')
        || matches!(c, '\u{1F000}'..='\u{1FAFF}') && !is_regional(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_has_the_length_of_the_visible_picture() {
        for emoji in ["🐕", "👍🏽", "👩‍👩‍👧", "🇩🇪", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☀", "🧑🏿‍🚀", "🏳️‍🌈", "©️", "↗️"]
        {
            assert_eq!(emoji_len(emoji), Some(emoji.len()), "{emoji}");
            assert_eq!(emoji_len(&format!("{emoji}{emoji}")), Some(emoji.len()), "{emoji}");
            assert_eq!(emoji_len(&format!("{emoji}\u{200D}a")), Some(emoji.len()), "{emoji}");
        }
    }

    #[test]
    fn other_text_is_not_an_emoji() {
        for text in ["", "a", "1", "#", "©", "→", "狗", "ä", "🇩", "\u{200D}", "\u{FE0F}", "…", "€"] {
            assert_eq!(emoji_len(text), None, "{text}");
        }
    }
}
