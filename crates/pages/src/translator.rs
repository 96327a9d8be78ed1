//! The page that translates as you type: fixed markup, style and script, with one of several engines behind it.

use crate::sentence;
use glosser_alignment::palette;

const MARKUP: &str = include_str!("translator/translator.html");

const STYLE: &str = include_str!("translator/translator.css");

/// The script that starts the page is the last one.
const SCRIPT: &str = concat!(
    include_str!("translator/languages.js"),
    include_str!("translator/lines.js"),
    include_str!("translator/problems.js"),
    include_str!("translator/sentence_panel.js"),
    include_str!("translator/changes.js"),
    include_str!("translator/requests.js"),
    include_str!("translator/output.js"),
    include_str!("translator/word_menu.js"),
    include_str!("translator/file_lines.js"),
    include_str!("translator/files.js"),
    include_str!("translator/translator.js"),
);

/// Common to all engines.
const ENGINE: &str = include_str!("translator/engine.js");

const HTTP_ENGINE: &str = include_str!("translator/http_engine.js");

/// The markup of the page. It loads [`translator_style`] as `translator.css` and [`translator_script`] as `translator.js`,
/// and nothing else but an icon with a `data:` address. No element has a style or an event handler as an attribute, so that a
/// content policy can forbid both.
pub fn translator_markup() -> &'static str {
    MARKUP
}

/// The style of the page.
pub fn translator_style() -> String {
    [&palette::style_sheet(), sentence::STYLE, STYLE].concat()
}

/// The script of the page, with an engine that asks the server which the page comes from.
pub fn translator_script() -> String {
    ["\"use strict\";\n", sentence::SCRIPT, ENGINE, HTTP_ENGINE, SCRIPT].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_markup_has_no_style_and_no_script_of_its_own() {
        assert_eq!(MARKUP.matches("<script").count(), 1);
        assert!(MARKUP.contains("<script src=\"translator.js\" defer></script>"));
        assert_eq!(MARKUP.matches("stylesheet").count(), 1);
        assert!(MARKUP.contains("<link rel=\"stylesheet\" href=\"translator.css\">"));
        for own in ["<style", " style=", " onclick=", " onload=", " oninput=", "javascript:", "https://"] {
            assert!(!MARKUP.contains(own), "{own}");
        }
    }

    #[test]
    fn scripts_never_insert_markup() {
        let script = translator_script();
        for call in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!script.contains(call), "{call}");
        }
    }

    #[test]
    fn only_the_engine_reaches_the_server() {
        for call in ["fetch(", "XMLHttpRequest", "http://", "https://"] {
            assert!(!SCRIPT.contains(call), "{call}");
        }
    }

    #[test]
    fn the_style_of_the_page_takes_its_colours_from_the_palette() {
        assert_eq!(sentence::own_color(STYLE), None);
    }
}
