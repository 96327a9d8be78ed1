//! The report page: fixed markup, style and script, and the data of one report as JSON.

use crate::sentence;
use glosser_alignment::palette;

const MARKUP: &str = include_str!("report/report.html");

const STYLE: &str = concat!(include_str!("chart/chart.css"), include_str!("report/report.css"));

const SCRIPT: &str = concat!(
    include_str!("report/data.js"),
    include_str!("report/figures.js"),
    include_str!("report/cards.js"),
    include_str!("chart/axes.js"),
    include_str!("report/curves.js"),
    include_str!("report/selection.js"),
    include_str!("report/report.js"),
);

/// Builds the page of a report: `json` is its data, as `glosser report` writes it.
pub fn report(json: &str) -> String {
    let style = [&palette::style_sheet(), sentence::STYLE, STYLE].concat();
    let script = [sentence::SCRIPT, SCRIPT].concat();
    let page = MARKUP.replace("{{style}}", &style).replace("{{script}}", &script);
    // The data comes last, because a sentence may contain `{{style}}` or `{{script}}`.
    page.replace("{{data}}", &as_data(json))
}

/// Escapes JSON so that it can neither close its HTML element nor open a comment. These characters occur only inside
/// JSON strings, where a `\u` escape is equivalent.
pub(crate) fn as_data(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_of_the_report_takes_its_colours_from_the_palette() {
        assert_eq!(sentence::own_color(STYLE), None);
    }

    #[test]
    fn escaped_data_cannot_close_its_element_and_is_read_back_unchanged() {
        let text = "</script><!-- {{data}} \u{2028}\u{2029} \"quoted\" & \\u003c";
        let data = as_data(&serde_json::to_string(text).expect("a string"));
        assert!(!data.contains(['<', '>', '\u{2028}', '\u{2029}']), "{data}");
        assert_eq!(serde_json::from_str::<String>(&data).expect("JSON"), text);
    }
}
