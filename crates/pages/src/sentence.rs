//! Style and scripts of sentences, their words and heat maps, and the style that every page has. They refer to no page and
//! to no page's controls, so that all pages can use them.

pub const STYLE: &str = concat!(
    include_str!("sentence/theme.css"),
    include_str!("sentence/sentence.css"),
    include_str!("sentence/base.css"),
);

/// The part of the style that a page without sentences has.
pub const BASE_STYLE: &str = concat!(include_str!("sentence/theme.css"), include_str!("sentence/base.css"));

/// The part of the scripts that a page without sentences has: elements and numbers.
pub const BASE_SCRIPT: &str = include_str!("sentence/elements.js");

/// The scripts of a page are concatenated into one script element, so each can use the declarations of the others.
pub const SCRIPT: &str = concat!(
    include_str!("sentence/elements.js"),
    include_str!("sentence/weights.js"),
    include_str!("sentence/tooltip.js"),
    include_str!("sentence/scroller.js"),
    include_str!("sentence/highlight.js"),
    include_str!("sentence/heat_map.js"),
    include_str!("sentence/sentence.js"),
    include_str!("sentence/keyboard.js"),
);

/// Names a colour that a style has beside those of the palette.
#[cfg(test)]
pub fn own_color(style: &str) -> Option<&str> {
    style.split('#').skip(1).find_map(|after| {
        let digits = after.bytes().take_while(u8::is_ascii_hexdigit).count();
        let is_name = after[digits..].starts_with(|c: char| c.is_alphanumeric() || c == '-');
        (digits >= 3 && !is_name).then_some(&after[..digits])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_style_of_sentences_do_not_refer_to_a_page() {
        for own in ["report", "engine", "isComparison", "getElementById(\"data\")", "selected", "#controls", "#figures"]
        {
            assert!(!SCRIPT.contains(own) && !STYLE.contains(own), "{own}");
        }
    }

    #[test]
    fn the_style_of_sentences_takes_its_colours_from_the_palette() {
        assert_eq!(own_color(STYLE), None);
        assert_eq!(own_color("a { color: #fff; }"), Some("fff"));
    }
}
