//! The tokenisation for BLEU: `13a`, as in the NIST script mteval-v13a.

use crate::words::{is_white_space, words};

/// Tokenises a line; the tokens are separated by one space.
///
/// The rules are made for European languages and use ASCII only: each symbol is a token; a period or comma is a token unless
/// it is between digits; a hyphen after a digit is a token. Chinese text without spaces stays one token.
///
/// ```
/// use glosser_evaluation::tokenize_13a;
///
/// assert_eq!(tokenize_13a("It's &quot;3-4&quot; of 1,000.5 (ca.)."), "It's \" 3 - 4 \" of 1,000.5 ( ca . ) .");
/// ```
pub fn tokenize_13a(line: &str) -> String {
    let text = unescape(line.trim_end_matches(is_white_space));
    // The rules for pairs of characters need a neighbour on both sides of each mark.
    let text = separate_symbols(&format!(" {text} "));
    let text = rewrite_pairs(&text, |before, mark| !is_digit(before) && is_point(mark), ["", " ", " "]);
    let text = rewrite_pairs(&text, |mark, after| is_point(mark) && !is_digit(after), [" ", " ", ""]);
    let text = rewrite_pairs(&text, |before, mark| is_digit(before) && mark == '-', ["", " ", " "]);
    join(&text)
}

/// Reverts SGML: removes its `<skipped>` mark and hyphenation at line ends, and decodes four entities.
///
/// The replacements run in this order, so `&amp;lt;` is decoded twice and `&amp;quot;` once, as in the original script.
fn unescape(line: &str) -> String {
    let text = line.replace("<skipped>", "").replace("-\n", "").replace('\n', " ");
    if !text.contains('&') {
        return text;
    }
    text.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
}

/// Puts spaces around each symbol.
fn separate_symbols(text: &str) -> String {
    let mut out = String::with_capacity(2 * text.len());
    for character in text.chars() {
        if is_symbol(character) {
            out.extend([' ', character, ' ']);
        } else {
            out.push(character);
        }
    }
    out
}

/// Inserts the texts `around` before, between and after the two characters of each pair for which `is_pair` holds.
///
/// Pairs are found from left to right and do not overlap, like the matches of a regular expression: in `a.,` the period
/// belongs to `a.`, so the comma has no neighbour before it. A later rule may match it.
fn rewrite_pairs(text: &str, is_pair: impl Fn(char, char) -> bool, around: [&str; 3]) -> String {
    let mut out = String::with_capacity(2 * text.len());
    let mut characters = text.chars().peekable();
    while let Some(first) = characters.next() {
        let Some(second) = characters.next_if(|&second| is_pair(first, second)) else {
            out.push(first);
            continue;
        };
        out.push_str(around[0]);
        out.push(first);
        out.push_str(around[1]);
        out.push(second);
        out.push_str(around[2]);
    }
    out
}

/// Joins the words of a text with single spaces.
fn join(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for token in words(text) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(token);
    }
    out
}

/// ASCII punctuation, except apostrophe and hyphen, and except period and comma, which depend on their neighbours.
fn is_symbol(character: char) -> bool {
    character.is_ascii_punctuation() && !matches!(character, '\'' | '-') && !is_point(character)
}

fn is_point(character: char) -> bool {
    matches!(character, '.' | ',')
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}
