//! The report page: fixed markup, style and script, and the data of one report as JSON.

use super::Report;
use anyhow::Result;
use glosser_alignment::palette;

const MARKUP: &str = include_str!("page/report.html");
/// Style and scripts of sentences, their words and heat maps. They refer neither to the report nor to its controls, so
/// that another page can use them.
const SENTENCE_STYLE: &str =
    concat!(include_str!("page/sentence/theme.css"), include_str!("page/sentence/sentence.css"));

const SENTENCE_SCRIPT: &str = concat!(
    include_str!("page/sentence/elements.js"),
    include_str!("page/sentence/weights.js"),
    include_str!("page/sentence/tooltip.js"),
    include_str!("page/sentence/scroller.js"),
    include_str!("page/sentence/highlight.js"),
    include_str!("page/sentence/heat_map.js"),
    include_str!("page/sentence/sentence.js"),
    include_str!("page/sentence/keyboard.js"),
);

const REPORT_STYLE: &str = include_str!("page/report.css");

/// The scripts are concatenated into one script element, so each can use the declarations of the others.
const REPORT_SCRIPT: &str = concat!(
    include_str!("page/data.js"),
    include_str!("page/figures.js"),
    include_str!("page/cards.js"),
    include_str!("page/curves.js"),
    include_str!("page/selection.js"),
    include_str!("page/report.js"),
);

/// Builds the page: one HTML file that loads no other file.
pub fn html(report: &Report) -> Result<String> {
    let style = [&palette::style_sheet(), SENTENCE_STYLE, REPORT_STYLE].concat();
    let script = [SENTENCE_SCRIPT, REPORT_SCRIPT].concat();
    let page = MARKUP.replace("{{style}}", &style).replace("{{script}}", &script);
    // The data comes last, because a sentence may contain `{{style}}` or `{{script}}`.
    Ok(page.replace("{{data}}", &as_data(&serde_json::to_string(report)?)))
}

/// Escapes JSON so that it can neither close its HTML element nor open a comment. These characters occur only inside
/// JSON strings, where a `\u` escape is equivalent.
fn as_data(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_style_of_sentences_do_not_refer_to_the_report() {
        for own in ["report", "isComparison", "getElementById(\"data\")", "selected", "#controls", "#figures"] {
            assert!(!SENTENCE_SCRIPT.contains(own) && !SENTENCE_STYLE.contains(own), "{own}");
        }
    }

    #[test]
    fn styles_take_their_colours_from_the_palette() {
        for style in [SENTENCE_STYLE, REPORT_STYLE] {
            for after in style.split('#').skip(1) {
                let digits = after.bytes().take_while(u8::is_ascii_hexdigit).count();
                let is_name = after[digits..].starts_with(|c: char| c.is_alphanumeric() || c == '-');
                assert!(digits < 3 || is_name, "a colour: #{}", &after[..digits]);
            }
        }
    }

    #[test]
    fn escaped_data_cannot_close_its_element_and_is_read_back_unchanged() {
        let text = "</script><!-- {{data}} \u{2028}\u{2029} \"quoted\" & \\u003c";
        let data = as_data(&serde_json::to_string(text).expect("a string"));
        assert!(!data.contains(['<', '>', '\u{2028}', '\u{2029}']), "{data}");
        assert_eq!(serde_json::from_str::<String>(&data).expect("JSON"), text);
    }
}
