//! Runs of inline content: what is between two block tags.

use std::ops::Range;

use crate::html::elements::{is_block, is_kept, is_void, separates_words};
use crate::html::ends::ends;
use crate::html::tokens::{Token, TokenKind, decoded, tokens};
use crate::inline::item::{Item, ItemKind, Leaf};
use crate::lines::BOM;

/// The longest entity that stands for white space, such as `&#x000a0;` or `&MediumSpace;`.
const LONGEST_ENTITY: usize = 20;

/// Returns the runs of inline content of HTML that have text.
pub(crate) fn runs(source: &str) -> Vec<Vec<Item>> {
    let tokens = tokens(source);
    let ends = ends(&tokens);
    let mut runs = Runs { source, finished: Vec::new(), current: Vec::new() };
    let mut number = 0;
    while number < tokens.len() {
        let end = kept_end(&tokens, &ends, number);
        match end {
            Some(end) => runs.kept(&tokens[number..end]),
            None => runs.token(&tokens[number]),
        }
        number = end.unwrap_or(number + 1);
    }
    runs.end_run();
    runs.finished
}

/// Returns the end of an element that is kept with its content.
fn kept_end(tokens: &[Token], ends: &[usize], number: usize) -> Option<usize> {
    match &tokens[number].kind {
        TokenKind::Start { name, is_kept: is_marked, .. } if *is_marked || is_kept(name) => Some(ends[number]),
        _ => None,
    }
}

struct Runs<'a> {
    source: &'a str,
    finished: Vec<Vec<Item>>,
    current: Vec<Item>,
}

impl Runs<'_> {
    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.current);
        if !run.iter().all(Item::is_blank) {
            self.finished.push(run);
        }
    }

    fn push(&mut self, range: Range<usize>, kind: ItemKind) {
        self.current.push(Item { range, kind });
    }

    fn token(&mut self, token: &Token) {
        let range = token.range.clone();
        match &token.kind {
            TokenKind::Text(text) => self.text(range, text),
            TokenKind::Comment => self.push(range, ItemKind::Leaf(Leaf::default())),
            TokenKind::Other => self.end_run(),
            TokenKind::Start { name, .. } | TokenKind::End(name) if name == "br" => self.push(range, ItemKind::Break),
            TokenKind::Start { name, .. } | TokenKind::End(name) if is_block(name) => self.end_run(),
            TokenKind::Start { name, .. } if is_void(name) => {
                self.push(range, ItemKind::Leaf(Leaf { separates: separates_words(name), holds_space: false }));
            }
            TokenKind::Start { name, .. } => self.push(range, ItemKind::Start(name.clone())),
            TokenKind::End(name) => self.push(range, ItemKind::End(name.clone())),
        }
    }

    /// Adds an element that is kept with its content: a leaf, or the end of a run if it has a block tag.
    fn kept(&mut self, tokens: &[Token]) {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        let name = |token: &Token| match &token.kind {
            TokenKind::Start { name, .. } | TokenKind::End(name) => Some(name.clone()),
            _ => None,
        };
        let first_name = name(first).unwrap_or_default();
        // What looks like a tag of HTML inside of a drawing or a program is none.
        let is_foreign = matches!(first_name.as_str(), "svg" | "math" | "template");
        let has_block = !is_foreign && tokens.iter().filter_map(name).any(|name| is_block(&name));
        if has_block {
            self.end_run();
        } else {
            let leaf = Leaf { separates: separates_words(&first_name), holds_space: false };
            self.push(first.range.start..last.range.end, ItemKind::Leaf(leaf));
        }
    }

    /// Adds text: white space at its ends becomes an item of its own, so that it can be left out of a segment.
    fn text(&mut self, range: Range<usize>, text: &str) {
        let raw = &self.source[range.clone()];
        let leading = leading_space(raw);
        let trailing = if leading < raw.len() { trailing_space(&raw[leading..]) } else { 0 };
        let middle = range.start + leading..range.end - trailing;
        if leading > 0 {
            self.push(range.start..middle.start, ItemKind::Text(space_of(&raw[..leading])));
        }
        if !middle.is_empty() {
            self.push(middle.clone(), ItemKind::Text(text.trim_matches(is_white).to_owned()));
        }
        if trailing > 0 {
            self.push(middle.end..range.end, ItemKind::Text(space_of(&raw[raw.len() - trailing..])));
        }
    }
}

/// Returns white space, decoded.
fn space_of(raw: &str) -> String {
    if raw.contains('&') { decoded(raw) } else { raw.to_owned() }
}

/// Returns the length of the white space at the start of a source text, with entities for white space.
fn leading_space(raw: &str) -> usize {
    let mut rest = raw;
    loop {
        rest = rest.trim_start_matches(is_white);
        let entity = rest.starts_with('&').then(|| rest.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';'));
        match entity.flatten() {
            Some(end) if is_space_entity(&rest[..=end]) => rest = &rest[end + 1..],
            _ => return raw.len() - rest.len(),
        }
    }
}

/// Returns the length of the white space at the end of a source text, with entities for white space.
fn trailing_space(raw: &str) -> usize {
    let mut rest = raw;
    loop {
        rest = rest.trim_end_matches(is_white);
        let entity = rest.ends_with(';').then(|| rest.bytes().rev().take(LONGEST_ENTITY).position(|byte| byte == b'&'));
        match entity.flatten().map(|len| rest.len() - len - 1) {
            Some(start) if is_space_entity(&rest[start..]) => rest = &rest[..start],
            _ => return raw.len() - rest.len(),
        }
    }
}

/// Returns whether a character is white space, or the byte order mark of a file.
fn is_white(c: char) -> bool {
    c.is_whitespace() || c == BOM
}

fn is_space_entity(entity: &str) -> bool {
    let decoded = decoded(entity);
    !decoded.is_empty() && decoded.chars().all(char::is_whitespace)
}
