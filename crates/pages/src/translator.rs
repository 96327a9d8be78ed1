//! The page that translates as you type: fixed markup, style and script, with one of several engines behind it.

use crate::sentence;
use glosser_alignment::{escape_xml, palette};

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
    include_str!("translator/hints.js"),
    include_str!("translator/output.js"),
    include_str!("translator/word_menu.js"),
    include_str!("translator/file_lines.js"),
    include_str!("translator/files.js"),
    include_str!("translator/keeping.js"),
    include_str!("translator/translator.js"),
);

/// Common to all engines.
const ENGINE: &str = include_str!("translator/engine.js");

const HTTP_ENGINE: &str = include_str!("translator/http_engine.js");

/// The engine of a page that is one file, and the checks before it.
const WASM_ENGINE: &str = include_str!("translator/wasm_engine.js");
const WASM_WORKER: &str = include_str!("translator/wasm_worker.js");
const FILE_PAGE: &str = include_str!("translator/file_page.js");
const CAN_RUN: &str = include_str!("translator/can_run.js");

/// What a page that is one file may load and do: nothing that leaves it. Its own worker, pictures and downloads are
/// `blob:` addresses. A service worker of its own folder may keep it for use without a network.
const FILE_POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; \
                           worker-src 'self' blob:; style-src 'unsafe-inline'; img-src data: blob:; \
                           manifest-src data: blob:; base-uri 'none'; form-action 'none'";

/// The first sentence of a page that is one file: it appears only if the scripts do not run. It precedes the style and
/// all scripts, so that a file which is cut within them shows it, too.
const NOTICE: &str = "<p id=\"notice\" role=\"alert\">This page cannot begin. Either its file is incomplete, because \
                      copying or downloading it was interrupted: get it again. Or the program that shows it runs no \
                      scripts, as the previews of mail programs: open the file in a browser.</p>";

/// What a page needs before its style: the notice is late, so that it is not seen while the page begins.
const NOTICE_STYLE: &str = "<style>#notice { animation: notice 0s 5s both; } #notice.shown { animation: none; } \
                            @keyframes notice { from { position: absolute; visibility: hidden; } }</style>\n\
                            <noscript><style>#notice, header, main, footer { display: none; }</style></noscript>\n";

/// A note for whoever must not give the model away, and how to keep the page, which a script says anew if a server sends
/// the page.
const NOTE: &str = "  <p><span id=\"keep\">This page is one file, and works without a network. To keep it or to give it \
                    away, copy the file.</span> The file contains the model itself: whoever has the file has the \
                    model.</p>\n";

/// Markup with its marks replaced, in this order. All texts are markup.
fn filled(markup: &str, marks: &[(&str, &str)]) -> String {
    marks.iter().fold(markup.to_owned(), |markup, (mark, text)| markup.replace(&format!("{{{{{mark}}}}}"), text))
}

/// The markup of the page of a server. It loads [`translator_style`] as `translator.css` and [`translator_script`] as
/// `translator.js`, and nothing else but an icon with a `data:` address. No element has a style or an event handler as
/// an attribute, so that a content policy can forbid both.
pub fn translator_markup() -> String {
    let marks = [
        ("policy", ""),
        ("title", "Translate - glosser"),
        ("heading", "Translate"),
        ("head", "<link rel=\"stylesheet\" href=\"translator.css\">\n<script src=\"translator.js\" defer></script>\n"),
        ("start", ""),
        ("noscript", "This page needs JavaScript to translate."),
        ("note", ""),
        ("end", ""),
    ];
    filled(MARKUP, &marks)
}

/// The style of the page.
pub fn translator_style() -> String {
    [&palette::style_sheet(), sentence::STYLE, STYLE].concat()
}

/// The script of the page, with an engine that asks the server which the page comes from.
pub fn translator_script() -> String {
    script_with(HTTP_ENGINE)
}

fn script_with(engine: &str) -> String {
    ["\"use strict\";\n", sentence::SCRIPT, ENGINE, engine, SCRIPT].concat()
}

/// The beginning of a page that is one file, up to its scripts. Then follow the element `page-data`, the blocks, and
/// [`FILE_PAGE_END`].
pub fn file_page_start(title: &str) -> String {
    let title = escape_xml(title);
    let policy = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{FILE_POLICY}\">\n");
    let start = format!("{NOTICE}\n<style>{}</style>\n<script>{CAN_RUN}</script>\n", translator_style());
    let (markup, _) = MARKUP.split_once("{{end}}").unwrap_or((MARKUP, ""));
    let marks = [
        ("policy", policy.as_str()),
        ("head", NOTICE_STYLE),
        ("start", &start),
        (
            "noscript",
            "This page needs JavaScript to translate. If a mail program or a file manager shows it, open the file in a \
             browser.",
        ),
        ("note", NOTE),
        // The title is the last one, since it may contain braces.
        ("heading", &title),
        ("title", &title),
    ];
    let worker = format!("<script type=\"text/plain\" id=\"worker\">{WASM_WORKER}</script>\n");
    [&filled(markup, &marks), &worker, "<script>", &script_with(WASM_ENGINE), FILE_PAGE, "</script>\n"].concat()
}

/// The end of a page that is one file. A file without it is incomplete.
pub const FILE_PAGE_END: &str = "<script type=\"application/json\" id=\"end\"></script>\n</body>\n</html>\n";

/// The service worker that keeps a page for use without a network. It is a file of its own beside the page, since
/// browsers accept no service worker from within a page.
pub const OFFLINE_WORKER: &str = include_str!("translator/offline_worker.js");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_markup_has_no_style_and_no_script_of_its_own() {
        let markup = translator_markup();
        assert_eq!(markup.matches("<script").count(), 1);
        assert!(markup.contains("<script src=\"translator.js\" defer></script>"));
        assert_eq!(markup.matches("stylesheet").count(), 1);
        assert!(markup.contains("<link rel=\"stylesheet\" href=\"translator.css\">"));
        for own in ["<style", " style=", " onclick=", " onload=", " oninput=", "javascript:", "https://", "{{"] {
            assert!(!markup.contains(own), "{own}");
        }
    }

    #[test]
    fn scripts_never_insert_markup() {
        for script in [&translator_script(), WASM_ENGINE, WASM_WORKER, CAN_RUN, FILE_PAGE, OFFLINE_WORKER] {
            for call in ["innerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
                assert!(!script.contains(call), "{call}");
            }
        }
    }

    #[test]
    fn only_an_engine_reaches_a_server_or_a_worker() {
        for call in ["fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon", "http://", "https://", "Worker("] {
            assert!(!SCRIPT.contains(call) && !ENGINE.contains(call), "{call}");
        }
        for call in ["fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon", "importScripts", "http://", "https://"] {
            assert!(!WASM_ENGINE.contains(call) && !WASM_WORKER.contains(call) && !CAN_RUN.contains(call), "{call}");
            assert!(!FILE_PAGE.contains(call), "{call}");
        }
    }

    #[test]
    fn a_page_that_is_one_file_names_no_other_file() {
        let page = file_page_start("<German> - English") + FILE_PAGE_END;
        for own in
            [" src=", "<link rel=\"stylesheet", " style=", " onclick=", " onload=", "javascript:", "https://", "{{"]
        {
            assert!(!page.contains(own), "{own}");
        }
        assert!(page.contains("<title>&lt;German&gt; - English</title>"));
    }

    #[test]
    fn the_notice_of_a_page_that_is_one_file_precedes_its_style_and_its_scripts() {
        let page = file_page_start("German - English");
        let at = |part: &str| page.find(part).unwrap_or(usize::MAX);
        assert!(at("Content-Security-Policy") < at("id=\"notice\""));
        assert!(at("id=\"notice\"") < at("<script") && at("id=\"notice\"") < at(":root"));
        assert!(at("id=\"notice\"") < 2500, "{}", at("id=\"notice\""));
    }

    #[test]
    fn the_checks_before_the_page_are_written_for_old_browsers() {
        for new in ["=>", "`", "const ", "let ", "?.", "??", "class ", "..."] {
            assert!(!CAN_RUN.contains(new), "{new}");
        }
    }

    #[test]
    fn no_script_ends_its_element() {
        for script in [&script_with(WASM_ENGINE), WASM_WORKER, CAN_RUN] {
            assert!(!script.contains("</script") && !script.contains("<!--"));
        }
    }

    #[test]
    fn the_style_of_the_page_takes_its_colours_from_the_palette() {
        assert_eq!(sentence::own_color(STYLE), None);
    }
}
