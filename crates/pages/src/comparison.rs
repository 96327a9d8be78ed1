//! The page that compares trainings: fixed markup, style and script, and the data of one comparison as JSON.

use crate::report::as_data;
use crate::sentence;
use glosser_alignment::palette;

const MARKUP: &str = include_str!("comparison/comparison.html");

const STYLE: &str = concat!(include_str!("chart/chart.css"), include_str!("comparison/comparison.css"));

const SCRIPT: &str = concat!(
    include_str!("comparison/data.js"),
    include_str!("chart/axes.js"),
    include_str!("comparison/highlight.js"),
    include_str!("comparison/tables.js"),
    include_str!("comparison/curves.js"),
    include_str!("comparison/comparison.js"),
);

/// Builds the page of a comparison: `json` is its data, as `glosser report --runs` writes it, with the learning curves.
pub fn comparison(json: &str) -> String {
    let style = [&palette::style_sheet(), sentence::BASE_STYLE, STYLE].concat();
    let script = [sentence::BASE_SCRIPT, SCRIPT].concat();
    let page = MARKUP.replace("{{style}}", &style).replace("{{script}}", &script);
    // The data comes last, because the name of a directory may contain `{{style}}` or `{{script}}`.
    page.replace("{{data}}", &as_data(json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_of_the_comparison_takes_its_colours_from_the_palette() {
        assert_eq!(sentence::own_color(STYLE), None);
    }

    #[test]
    fn the_page_is_whole_and_loads_nothing() {
        let page = comparison("{\"runs\":[\"</script>{{style}}\"]}");
        assert!(page.contains("{\"runs\":[\"\\u003c/script\\u003e{{style}}\"]}"));
        for needed in ["http:", "https:", "src=", "@import", "fetch("] {
            let found = page.replace("http://www.w3.org/2000/svg", "");
            assert!(!found.contains(needed), "{needed}");
        }
    }
}
