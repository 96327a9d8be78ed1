//! What of a sentence should come out of a translation as it is, or as a glossary says.

use std::ops::Range;

use crate::emoji::emoji_len;
use crate::normalized::Normalized;
use crate::training_words::{TrainingWords, alphanumeric_words};
use crate::{PLACEHOLDERS, Terms, words};

/// What an item is, in the order in which items are chosen where there are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// A term with a translation of its own.
    Glossary,
    /// A term that is not to be translated.
    Kept,
    /// A URL, an e-mail address, `@somebody` or `#something`.
    Address,
    /// One emoji or several.
    Emoji,
    /// A number of several digits or with signs: `42`, `3,5`, `10:30`, `€5`.
    Number,
    /// Letters and digits, or an underscore: `X200-b`, `to_string`.
    Identifier,
    /// A word that is written like a name and not made of anything known.
    Name,
}

/// A part of a sentence that a stand-in takes the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its bytes in the sentence.
    pub range: Range<usize>,
    /// What it is.
    pub kind: ItemKind,
    /// What the translation has in its place; `None` is the item itself.
    pub target: Option<String>,
}

/// The items of a sentence, in order, at most [`PLACEHOLDERS`]: of more, the first by kind and then by place. With `known`
/// words they are found by their looks, without it only those of `terms`.
///
/// A name is a capitalised word that was not in the training text, and has capitals inside, or is mostly made of runs of
/// characters that no known word has, or is somewhat so and stands beside another capitalised word. With the words of one
/// half of the German-English captions of Multi30k, such are 57 % of the unseen words in the other half that stand verbatim
/// in the reference, and 3 % of those that do not: German has a capital and long compounds for every noun, and those must
/// be translated. Single digits are left to the model, which may want to write `three`; longer numbers stand verbatim in
/// the reference in 85 % of cases there, and in 92 % in the Hansards.
pub fn find_items(text: &str, terms: &Terms, known: Option<&TrainingWords>) -> Vec<Item> {
    let normalized = Normalized::new(text);
    let mut items = first(terms.find(&normalized.text));
    if let Some(known) = known {
        let is_free = |item: &Item| {
            items.iter().all(|term| item.range.end <= term.range.start || term.range.end <= item.range.start)
        };
        let found: Vec<Item> = by_looks(&normalized.text, known).into_iter().filter(is_free).collect();
        items.extend(found);
    }
    items.sort_by_key(|item| item.range.start);
    let mut items = first(joined(&normalized.text, items));
    for item in &mut items {
        item.range = normalized.origin(item.range.clone());
    }
    items.sort_by_key(|item| item.range.start);
    // Two that stand side by side may come from letters that cannot be told apart: the first has them.
    items.dedup_by(|second, first| second.range.start < first.range.end);
    items
}

/// As many as there are stand-ins, those that go before others.
fn first(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by_key(|item| (item.kind, item.range.start));
    items.truncate(PLACEHOLDERS);
    items
}

/// Makes one item of neighbours of one kind with a space between them: first and last name, `10 000`.
fn joined(text: &str, items: Vec<Item>) -> Vec<Item> {
    let mut joined: Vec<Item> = Vec::with_capacity(items.len());
    for item in items {
        match joined.last_mut() {
            Some(last)
                if last.kind == item.kind
                    && matches!(item.kind, ItemKind::Emoji | ItemKind::Number | ItemKind::Name)
                    && &text[last.range.end..item.range.start] == " " =>
            {
                last.range.end = item.range.end;
            }
            _ => joined.push(item),
        }
    }
    joined
}

fn by_looks(text: &str, known: &TrainingWords) -> Vec<Item> {
    let mut items = Vec::new();
    for word in words(text) {
        let (emoji, rest) = apart(text, word);
        items.extend(emoji.into_iter().map(|range| Item { range, kind: ItemKind::Emoji, target: None }));
        for part in rest {
            let range = trimmed(text, part);
            if let Some(kind) = kind(&text[range.clone()], known) {
                items.push(Item { range, kind, target: None });
            }
        }
    }
    items.extend(names(text, known).into_iter().map(|range| Item { range, kind: ItemKind::Name, target: None }));
    items.sort_by_key(|item| item.range.start);
    // A part of an address or an identifier may look like a name: what begins first and is longer was found first.
    items.dedup_by(|second, first| second.range.start < first.range.end);
    items
}

/// The runs of emoji in a word, and what is between them.
fn apart(text: &str, word: Range<usize>) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (mut emoji, mut rest): (Vec<Range<usize>>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
    let mut at = word.start;
    while at < word.end {
        let (ranges, len) = match emoji_len(&text[at..word.end]) {
            Some(len) => (&mut emoji, len),
            None => (&mut rest, text[at..].chars().next().map_or(1, char::len_utf8)),
        };
        match ranges.last_mut() {
            Some(last) if last.end == at => last.end = at + len,
            _ => ranges.push(at..at + len),
        }
        at += len;
    }
    (emoji, rest)
}

/// Without the punctuation of the sentence around it.
fn trimmed(text: &str, part: Range<usize>) -> Range<usize> {
    let word = &text[part.clone()];
    let is_outside = |c: char| !c.is_alphanumeric() && !"@#%‰°€$£¥+-−/_&=~".contains(c);
    let start = part.start + word.len() - word.trim_start_matches(is_outside).len();
    let end = part.end - (word.len() - word.trim_end_matches(is_outside).len());
    start..end.max(start)
}

/// What a word without punctuation around it is, names apart.
fn kind(word: &str, known: &TrainingWords) -> Option<ItemKind> {
    if is_address(word, known) {
        Some(ItemKind::Address)
    } else if is_number(word) {
        Some(ItemKind::Number)
    } else if is_identifier(word, known) {
        Some(ItemKind::Identifier)
    } else {
        None
    }
}

fn is_address(word: &str, known: &TrainingWords) -> bool {
    if let Some(name) = word.strip_prefix(['@', '#']) {
        return name.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    }
    let lower = word.to_lowercase();
    if ["http://", "https://", "ftp://", "mailto:", "www."].iter().any(|start| lower.starts_with(start)) {
        return true;
    }
    match word.split_once('@') {
        Some((somebody, host)) => !somebody.is_empty() && host.contains('.'),
        None => is_host(word.split('/').next().unwrap_or_default(), known),
    }
}

/// `example.org`, but not two words between which a space is missing.
fn is_host(word: &str, known: &TrainingWords) -> bool {
    let labels: Vec<&str> = word.split('.').collect();
    let is_label = |label: &&str| label.len() > 1 && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    labels.len() > 1
        && labels.iter().all(is_label)
        && labels.last().is_some_and(|top| top.bytes().all(|b| b.is_ascii_lowercase()))
        && !labels.iter().all(|label| known.contains(label))
}

/// Digits and signs: several digits, or one with a sign.
fn is_number(word: &str) -> bool {
    let digits = word.chars().filter(|c| c.is_numeric()).count();
    let signs = word.chars().filter(|c| !c.is_numeric()).count();
    let is_sign = |c: char| ".,:/-–−%‰°€$£¥'’+±×".contains(c);
    digits > 0 && digits + signs > 1 && word.chars().all(|c| c.is_numeric() || is_sign(c))
}

/// Letters with digits, unless the training text had such words (`60er`, whatever the number) or a part is a word
/// (`100-Meter-Lauf`); or an underscore within.
fn is_identifier(word: &str, known: &TrainingWords) -> bool {
    const LONGEST_PART: usize = 3;
    if word.trim_matches('_').contains('_') {
        return true;
    }
    let has = |part: &str, is: fn(char) -> bool| part.contains(is);
    if !has(word, char::is_numeric) || !has(word, char::is_alphabetic) {
        return false;
    }
    alphanumeric_words(word).into_iter().map(|part| &word[part]).all(|part| {
        match (has(part, char::is_numeric), has(part, char::is_alphabetic)) {
            (true, true) => !known.contains(part),
            (false, true) => part.chars().count() <= LONGEST_PART,
            _ => true,
        }
    })
}

/// The names of a text; one with hyphens only if all its parts are names.
fn names(text: &str, known: &TrainingWords) -> Vec<Range<usize>> {
    if known.is_empty() {
        return Vec::new();
    }
    let all = alphanumeric_words(text);
    let is_name = |at: usize| is_name(text, &all, at, known);
    let mut names = Vec::new();
    let mut at = 0;
    while at < all.len() {
        let mut end = at + 1;
        while end < all.len() && &text[all[end - 1].end..all[end].start] == "-" {
            end += 1;
        }
        if (at..end).all(is_name) {
            names.push(all[at].start..all[end - 1].end);
        }
        at = end;
    }
    names
}

/// Of a word with nothing known in it.
const STRANGE: f64 = 0.6;

/// Of a word with something strange in it.
const SOMEWHAT_STRANGE: f64 = 0.2;

fn is_name(text: &str, all: &[Range<usize>], at: usize, known: &TrainingWords) -> bool {
    let word = &text[all[at].clone()];
    if !is_capitalised(word) || word.contains(char::is_numeric) || known.contains(word) {
        return false;
    }
    let has_inner_capital = word.chars().skip(1).any(char::is_uppercase);
    let strangeness = known.strangeness(word);
    has_inner_capital || strangeness >= STRANGE || strangeness >= SOMEWHAT_STRANGE && is_beside_capital(text, all, at)
}

/// Whether another capitalised word stands directly before or behind. The first word of a text is always capitalised.
fn is_beside_capital(text: &str, all: &[Range<usize>], at: usize) -> bool {
    let are_apart = |a: usize, b: usize| &text[all[a].end..all[b].start] != " ";
    let is_capital = |at: usize| is_capitalised(&text[all[at].clone()]);
    at > 0
        && (at > 1 && !are_apart(at - 1, at) && is_capital(at - 1)
            || at + 1 < all.len() && !are_apart(at, at + 1) && is_capital(at + 1))
}

/// Cherokee is written in letters that Unicode calls capitals, all of them: they tell nothing.
fn is_capitalised(word: &str) -> bool {
    word.starts_with(|c: char| c.is_uppercase() && !('\u{13A0}'..='\u{13FF}').contains(&c))
}

#[cfg(test)]
#[path = "items_tests.rs"]
mod tests;
