//! Interlinear glosses as an HTML page that loads no other files.

use std::fmt::Write;

use super::glossed_sentence::{GlossedSentence, GlossedWord};
use super::label::{escape_xml, is_right_to_left};

/// Colours follow the light or dark mode of the reader's system. Words wrap at the window's width, in the direction of their
/// script.
const STYLE: &str = "
:root { color-scheme: light dark; }
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
li.sentence { margin-block-end: 1.5rem; }
ul.words { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; list-style: none; margin: 0; padding: 0; }
.word, .gloss { display: block; }
.gloss { color: light-dark(#1f4e9e, #9ec1ff); }
p.translation { margin: .5rem 0 0; font-style: italic; }
.visually-hidden { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
";

/// Formats sentences as one HTML page with `title` as its heading. The sentences are numbered from 1.
pub fn gloss_page(title: &str, sentences: &[GlossedSentence]) -> String {
    let title = escape_xml(title);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<ol>\n"
    );
    for sentence in sentences {
        page += &item(sentence);
    }
    page + "</ol>\n</main>\n</body>\n</html>\n"
}

fn item(sentence: &GlossedSentence) -> String {
    let source: String = sentence.words.iter().map(|glossed| glossed.word.as_str()).collect();
    // The language is unknown: without `lang=""` a screen reader would read the words as English.
    let mut item = format!("<li class=\"sentence\">\n<ul class=\"words\" lang=\"\" dir=\"{}\">\n", direction(&source));
    for GlossedWord { word, gloss } in &sentence.words {
        // A screen reader reads the colon between the word and its gloss.
        let _ = writeln!(
            item,
            "<li><span class=\"word\" dir=\"{}\">{}</span><span class=\"visually-hidden\">: </span>\
             <span class=\"gloss\" dir=\"{}\">{}</span></li>",
            direction(word),
            escape_xml(word),
            direction(gloss),
            escape_xml(gloss)
        );
    }
    let (direction, translation) = (direction(&sentence.translation), escape_xml(&sentence.translation));
    let _ = writeln!(item, "</ul>\n<p class=\"translation\" lang=\"\" dir=\"{direction}\">{translation}</p>\n</li>");
    item
}

/// The direction of the first letter. `dir="auto"` would ignore elements that have their own `dir`.
fn direction(text: &str) -> &'static str {
    if text.chars().find(|c| c.is_alphabetic()).is_some_and(is_right_to_left) { "rtl" } else { "ltr" }
}
