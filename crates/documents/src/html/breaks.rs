//! Line breaks (`<br>`): the end of a segment, or a mark in it.
//!
//! Most line breaks of web pages, messages and e-mails stand between texts of their own: the lines of an address, of a
//! poem, of a signature, the paragraphs of a message. Translated as one text, these lines would be mixed. Some break a
//! sentence that is too long for a line. So a line break ends the segment, unless the sentence goes on after it: the
//! text before it does not end like a sentence, and the text after it begins with a lower-case letter. Two line breaks
//! always end the segment.

use crate::inline::item::{Item, ItemKind};
use glosser_text::{closes_quotation, sentence_mark};

/// Splits a run of items at its line breaks; those that are left are marks.
pub(crate) fn split(run: Vec<Item>) -> Vec<Vec<Item>> {
    let borders = borders(&run);
    if borders.is_empty() {
        return vec![run];
    }
    let mut parts = vec![Vec::new()];
    let mut borders = borders.into_iter().peekable();
    for (number, item) in run.into_iter().enumerate() {
        if borders.next_if_eq(&number).is_some() {
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(item);
        }
    }
    parts
}

/// Returns the numbers of the line breaks that end a segment.
fn borders(run: &[Item]) -> Vec<usize> {
    let mut borders = Vec::new();
    let mut pending = Vec::new();
    // Whether the last text lets its sentence go on.
    let mut is_open = false;
    for (number, item) in run.iter().enumerate() {
        match &item.kind {
            ItemKind::Break => pending.push(number),
            ItemKind::Leaf(leaf) if leaf.separates => {
                borders.append(&mut pending);
                is_open = true;
            }
            ItemKind::Text(text) if !item.is_blank() => {
                let text = text.trim();
                if pending.len() > 1 || !is_open || !text.starts_with(char::is_lowercase) {
                    borders.append(&mut pending);
                }
                pending.clear();
                is_open = !ends_sentence(text);
            }
            _ => {}
        }
    }
    // Line breaks after the last text need not end anything.
    borders
}

fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(closes_quotation);
    text.ends_with(|c| sentence_mark(c).is_some() || matches!(c, ':' | '：'))
}
