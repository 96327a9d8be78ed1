//! Interlinear glosses in HTML: a page, or a part of another page. Neither loads other files.

use std::fmt::Write;

use super::glossed_sentence::{GlossedSentence, GlossedWord};
use super::label::{NO_LINK, escape_xml, is_right_to_left};
use super::palette;

/// The page. The colours are those of the palette.
const PAGE_STYLE: &str = "\
* { box-sizing: border-box; }
body { max-width: 60rem; margin: 0 auto; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.5 system-ui, -apple-system, \"Segoe UI\", Roboto, \"Noto Sans\", Arial, sans-serif; }
h1 { margin: 0; font-size: 1.75rem; font-weight: 650; letter-spacing: -.015em; line-height: 1.2; }
.about { margin: .5rem 0 1.5rem; color: var(--quiet); }
ol { display: grid; gap: 1rem; margin: 0; padding: 0; list-style: none; counter-reset: sentence; }
li.sentence { position: relative; min-width: 0; padding: 1.1rem 1.4rem 1.1rem 3.4rem; background: var(--card);
  border: 1px solid var(--rule); border-radius: 12px; counter-increment: sentence; break-inside: avoid; }
li.sentence::before { content: counter(sentence); position: absolute; left: 1rem; top: 1.3rem; width: 1.8rem;
  text-align: end; font-size: .875rem; font-weight: 600; color: var(--quiet); font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  body { padding: 1.5rem 1rem 3rem; }
  li.sentence { padding: 2.3rem 1rem 1rem; }
  li.sentence::before { top: .7rem; text-align: start; }
}
@media print { body { max-width: none; padding: 0; } }
";

/// A sentence, with its words wrapped in the direction of their script.
const SENTENCE_STYLE: &str = "\
ul.words { display: flex; flex-wrap: wrap; gap: .6rem 1.25rem; margin: 0; padding: 0; list-style: none; }
ul.words > li { min-width: 0; }
[dir=ltr] > li { text-align: left; }
[dir=rtl] > li { text-align: right; }
.word, .gloss { display: block; overflow-wrap: anywhere; text-align: inherit; }
.gloss { color: var(--accent); }
.gloss.none { color: var(--quiet); }
p.translation { margin: .75rem 0 0; padding-top: .6rem; border-top: 1px solid var(--rule); overflow-wrap: anywhere; }
p.translation:empty { display: none; }
ul.words:not(:has(li)) + p.translation { margin: 0; padding: 0; border: 0; }
.visually-hidden { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden;
  white-space: nowrap; }
";

/// A part of another page, such as a notebook. A page cannot be asked whether it is dark: the colour of the glosses is
/// that of links in JupyterLab or VS Code, and elsewhere one that can be read on white and on black. Text has the page's
/// own colour.
const FRAGMENT_STYLE: &str = "\
--accent: var(--jp-content-link-color, var(--vscode-textLink-foreground, #3b78c4));
--quiet: color-mix(in srgb, currentColor 65%, transparent);
--rule: color-mix(in srgb, currentColor 20%, transparent);
font: 1rem/1.5 system-ui, sans-serif;
.picture { overflow-x: auto; margin-block-start: .75rem; }
.picture svg { max-width: none; }
";

/// Explains the page below its heading.
const ABOUT: &str = "Below each word is its translation; below the words is the translation of the sentence. – marks a \
    word without a link; … joins words that are not adjacent.";

/// Formats sentences as one HTML page with `title` as its heading. The sentences are numbered from 1.
pub fn gloss_page(title: &str, sentences: &[GlossedSentence]) -> String {
    let (title, colors) = (escape_xml(title), palette::style_sheet());
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{colors}{PAGE_STYLE}{SENTENCE_STYLE}</style>\n</head>\n<body>\n\
         <main>\n<h1>{title}</h1>\n<p class=\"about\">{ABOUT}</p>\n<ol>\n"
    );
    for sentence in sentences {
        let _ = write!(page, "<li class=\"sentence\">\n{}</li>\n", words_and_translation(sentence));
    }
    page + "</ol>\n</main>\n</body>\n</html>\n"
}

/// Formats one sentence as a part of another HTML page, with a picture below it: an SVG document, or an empty text. Its
/// style has an effect on this part only, and it has no `id`, so that a page can have any number of them.
pub fn gloss_fragment(sentence: &GlossedSentence, picture: &str) -> String {
    let picture =
        if picture.is_empty() { String::new() } else { format!("<div class=\"picture\">\n{picture}</div>\n") };
    format!(
        "<div class=\"glosser-gloss\">\n<style>.glosser-gloss {{\n{FRAGMENT_STYLE}{SENTENCE_STYLE}}}</style>\n\
         {}{picture}</div>\n",
        words_and_translation(sentence)
    )
}

fn words_and_translation(sentence: &GlossedSentence) -> String {
    let source: String = sentence.words.iter().map(|glossed| glossed.word.as_str()).collect();
    // The language is unknown: without `lang=""` a screen reader would read the words as English.
    let mut html = format!("<ul class=\"words\" lang=\"\" dir=\"{}\">\n", direction(&source));
    for GlossedWord { word, gloss } in &sentence.words {
        // A screen reader reads the colon between the word and its gloss.
        let _ = writeln!(
            html,
            "<li><span class=\"word\" dir=\"{}\">{}</span><span class=\"visually-hidden\">: </span>\
             <span class=\"gloss{}\" dir=\"{}\">{}</span></li>",
            direction(word),
            escape_xml(word),
            if gloss == NO_LINK { " none" } else { "" },
            direction(gloss),
            escape_xml(gloss)
        );
    }
    let (direction, translation) = (direction(&sentence.translation), escape_xml(&sentence.translation));
    let _ = writeln!(html, "</ul>\n<p class=\"translation\" lang=\"\" dir=\"{direction}\">{translation}</p>");
    html
}

/// The direction of the first letter. `dir="auto"` would ignore elements that have their own `dir`.
fn direction(text: &str) -> &'static str {
    if text.chars().find(|c| c.is_alphabetic()).is_some_and(is_right_to_left) { "rtl" } else { "ltr" }
}
