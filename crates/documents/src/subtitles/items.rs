//! The text of a cue as items: tags are marks, and each speaker of a dialogue has a run of his own.

use std::ops::Range;

use crate::inline::item::{Item, ItemKind, Leaf};
use crate::lines::{Line, trimmed};
use glosser_text::is_unspaced;

/// The tags of SubRip, and others that players know.
const TAGS: [&str; 8] = ["b", "font", "i", "rt", "ruby", "s", "u", "c"];

/// Returns the runs of a cue: one, or one for each line that begins with a dash.
pub(crate) fn speeches(source: &str, text: &[Line]) -> Vec<Vec<Item>> {
    let mut runs: Vec<Vec<Item>> = Vec::new();
    for line in text {
        let content = trimmed(source, line.content.clone());
        let mut items = line_items(source, content);
        let is_new = mark_dash(source, &mut items);
        match runs.last_mut().filter(|_| !is_new) {
            Some(run) => {
                let end = run.last().map_or(line.content.start, |item| item.range.end);
                let start = items.first().map_or(end, |item| item.range.start);
                let space = if joins(source, end, start) { "" } else { " " };
                run.push(Item { range: end..start, kind: ItemKind::Text(space.to_owned()) });
                run.append(&mut items);
            }
            None => runs.push(items),
        }
    }
    runs
}

/// Returns whether two lines are joined without a space: those of Chinese or Japanese.
fn joins(source: &str, end: usize, start: usize) -> bool {
    source[..end].ends_with(is_unspaced) && source[start..].starts_with(is_unspaced)
}

/// Makes the dash at the start of a line, with the white space after it, an item of its own. Returns whether there is
/// one.
fn mark_dash(source: &str, items: &mut Vec<Item>) -> bool {
    let Some(number) = items.iter().position(|item| !item.is_blank()) else { return false };
    let range = items[number].range.clone();
    let text = &source[range.clone()];
    let Some(rest) = text.strip_prefix(['-', '\u{2010}', '–', '—', '―']) else { return false };
    let rest = rest.trim_start();
    if rest.starts_with(['-', '–', '—']) || rest.is_empty() && items.len() == number + 1 {
        return false;
    }
    let middle = range.end - rest.len();
    items[number] = Item { range: range.start..middle, kind: ItemKind::Leaf(Leaf::default()) };
    if !rest.is_empty() {
        items.insert(number + 1, Item { range: middle..range.end, kind: ItemKind::Text(rest.to_owned()) });
    }
    true
}

/// Splits a line into text and tags.
fn line_items(source: &str, line: Range<usize>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut at = line.start;
    let mut text_start = at;
    while at < line.end {
        let rest = &source[at..line.end];
        match tag(rest) {
            Some((len, kind)) => {
                push_text(source, text_start..at, &mut items);
                items.push(Item { range: at..at + len, kind });
                at += len;
                text_start = at;
            }
            // The next character that can begin a tag.
            None => {
                at += rest
                    .char_indices()
                    .skip(1)
                    .find(|(_, c)| matches!(c, '<' | '{'))
                    .map_or(rest.len(), |found| found.0)
            }
        }
    }
    push_text(source, text_start..line.end, &mut items);
    items
}

/// Adds text, with the white space at its ends as items of their own.
fn push_text(source: &str, range: Range<usize>, items: &mut Vec<Item>) {
    let middle = trimmed(source, range.clone());
    for part in [range.start..middle.start, middle.clone(), middle.end..range.end] {
        if !part.is_empty() {
            items.push(Item { kind: ItemKind::Text(source[part.clone()].to_owned()), range: part });
        }
    }
}

/// Returns the tag at the start of a text, and its length: `<i>`, `</font>`, `{\an8}`, `{i}`.
fn tag(text: &str) -> Option<(usize, ItemKind)> {
    let close = match text.chars().next()? {
        '<' => '>',
        '{' => '}',
        _ => return None,
    };
    let len = text.find(close)? + 1;
    let inner = &text[1..len - 1];
    if inner.contains(['<', '{']) {
        return None;
    }
    if close == '}' && inner.starts_with('\\') {
        return Some((len, ItemKind::Leaf(Leaf::default())));
    }
    let (is_end, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let name = inner.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
    if !TAGS.contains(&name.as_str()) {
        return None;
    }
    Some((len, if is_end { ItemKind::End(name) } else { ItemKind::Start(name) }))
}
