//! Interlinear glosses as one page of HTML, with nothing to load.

use std::fmt::Write;

use crate::{Interlinear, interlinear::Glossed, label::is_right_to_left};

/// Colours follow the reader's choice of light or dark; words wrap with the window, in the direction of their script.
const STYLE: &str = "
:root { color-scheme: light dark; }
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
li.sentence { margin-block-end: 1.5rem; }
ul.words { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; list-style: none; margin: 0; padding: 0; }
.word, .gloss { display: block; }
.gloss { color: light-dark(#1f4e9e, #9ec1ff); }
p.translation { margin: .5rem 0 0; font-style: italic; }
.unseen { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
";

/// One page with all sentences, numbered in order. `title` stands above them.
pub fn interlinear_page(title: &str, sentences: &[Interlinear]) -> String {
    let title = escaped(title);
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

fn item(sentence: &Interlinear) -> String {
    let source: String = sentence.words.iter().map(|glossed| glossed.word.as_str()).collect();
    // The languages are not known, and are not English: a reader must not read them out as such.
    let mut item = format!("<li class=\"sentence\">\n<ul class=\"words\" lang=\"\" dir=\"{}\">\n", direction(&source));
    for Glossed { word, gloss } in &sentence.words {
        // Whoever hears the page hears where the word ends and its gloss begins.
        let _ = writeln!(
            item,
            "<li><span class=\"word\" dir=\"{}\">{}</span><span class=\"unseen\">: </span>\
             <span class=\"gloss\" dir=\"{}\">{}</span></li>",
            direction(word),
            escaped(word),
            direction(gloss),
            escaped(gloss)
        );
    }
    let (direction, translation) = (direction(&sentence.translation), escaped(&sentence.translation));
    let _ = writeln!(item, "</ul>\n<p class=\"translation\" lang=\"\" dir=\"{direction}\">{translation}</p>\n</li>");
    item
}

/// That of the first letter: `dir="auto"` would not look into elements that have a direction of their own.
fn direction(text: &str) -> &'static str {
    if text.chars().find(|c| c.is_alphabetic()).is_some_and(is_right_to_left) { "rtl" } else { "ltr" }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
