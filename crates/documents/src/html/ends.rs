//! Where elements end, also without an end tag.

use std::collections::HashMap;

use crate::html::elements::{closed_by, is_block, is_void};
use crate::html::tokens::{Token, TokenKind};

/// The largest number of open elements among which a start tag looks for one that it closes.
const DEEPEST: usize = 64;

/// Returns, for each start tag, the number of the token after its element; for all other tokens, that of the next one.
///
/// As in HTML, an element also ends with the element around it, and an `li` before the next one. A `p` ends before the
/// next block.
pub(crate) fn ends(tokens: &[Token]) -> Vec<usize> {
    let mut open = Open { stack: Vec::new(), counts: HashMap::new(), ends: (1..=tokens.len()).collect() };
    for (number, token) in tokens.iter().enumerate() {
        match &token.kind {
            TokenKind::Start { name, is_self_closing, .. } => {
                open.close_for(name, number);
                let is_empty = is_void(name) || (*is_self_closing && matches!(name.as_str(), "svg" | "math"));
                if !is_empty {
                    open.stack.push((number, name));
                    *open.counts.entry(name).or_default() += 1;
                }
            }
            TokenKind::End(name) if open.has(name) => {
                while let Some((start, open_name)) = open.pop() {
                    if open_name == name {
                        open.ends[start] = number + 1;
                        break;
                    }
                    open.ends[start] = number;
                }
            }
            _ => {}
        }
    }
    while let Some((start, _)) = open.pop() {
        open.ends[start] = tokens.len();
    }
    open.ends
}

/// The open elements.
struct Open<'a> {
    stack: Vec<(usize, &'a str)>,
    counts: HashMap<&'a str, usize>,
    ends: Vec<usize>,
}

impl<'a> Open<'a> {
    fn has(&self, name: &str) -> bool {
        self.counts.get(name).is_some_and(|count| *count > 0)
    }

    fn pop(&mut self) -> Option<(usize, &'a str)> {
        let (start, name) = self.stack.pop()?;
        self.counts.entry(name).and_modify(|count| *count -= 1);
        Some((start, name))
    }

    /// Closes the elements that end before the start tag of another one.
    fn close_for(&mut self, name: &str, number: usize) {
        if self.has("p") && is_block(name) {
            self.close_up_to(number, |open| open == "p", is_block);
        }
        let (closed, limits) = closed_by(name);
        if closed.iter().any(|closed| self.has(closed)) {
            self.close_up_to(number, |open| closed.contains(&open), |open| limits.contains(&open));
        }
    }

    /// Closes the innermost element that `is_closed` accepts, with all in it, unless an element that `is_limit` accepts
    /// is further inside.
    fn close_up_to(&mut self, number: usize, is_closed: impl Fn(&str) -> bool, is_limit: impl Fn(&str) -> bool) {
        let innermost = self.stack.iter().rev().take(DEEPEST);
        let Some(depth) = innermost.clone().position(|(_, name)| is_closed(name)) else { return };
        if innermost.take(depth).any(|(_, name)| is_limit(name)) {
            return;
        }
        for _ in 0..=depth {
            if let Some((start, _)) = self.pop() {
                self.ends[start] = number;
            }
        }
    }
}
