//! The page: markup, style and script that are always the same, and the data of a report.

use super::Report;
use anyhow::Result;

const MARKUP: &str = include_str!("page/report.html");
const STYLE: &str = concat!(include_str!("page/report.css"), include_str!("page/sentence.css"));

/// One after the other inside one element: what is declared in one is known to all.
const SCRIPT: &str = concat!(
    include_str!("page/data.js"),
    include_str!("page/figures.js"),
    include_str!("page/elements.js"),
    include_str!("page/highlight.js"),
    include_str!("page/heat_map.js"),
    include_str!("page/sentence.js"),
    include_str!("page/curves.js"),
    include_str!("page/selection.js"),
    include_str!("page/keyboard.js"),
    include_str!("page/report.js"),
);

/// A whole file, which asks for no other.
pub fn html(report: &Report) -> Result<String> {
    let page = MARKUP.replace("{{style}}", STYLE).replace("{{script}}", SCRIPT);
    // Last, because a sentence may hold anything.
    Ok(page.replace("{{data}}", &as_data(&serde_json::to_string(report)?)))
}

/// JSON that ends no element of HTML and opens no comment: these letters occur in its strings alone, where they may be
/// written by their number.
fn as_data(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::as_data;

    #[test]
    fn data_ends_no_element_and_is_the_same_when_it_is_read() {
        let text = "</script><!-- {{data}} \u{2028}\u{2029} \"quoted\" & \\u003c";
        let data = as_data(&serde_json::to_string(text).expect("a string"));
        assert!(!data.contains(['<', '>', '\u{2028}', '\u{2029}']), "{data}");
        assert_eq!(serde_json::from_str::<String>(&data).expect("JSON"), text);
    }
}
