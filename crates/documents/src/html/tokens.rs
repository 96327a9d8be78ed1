//! HTML as tokens, each with its bytes in the source.

use std::ops::Range;

use html5gum::{DefaultEmitter, HtmlString, Span, StartTag, Token as Html, Tokenizer};

/// A token of HTML. The tokens of a document follow each other without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// Its bytes in the source.
    pub range: Range<usize>,
    /// Its kind.
    pub kind: TokenKind,
}

/// The kind of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// Text, with entities decoded.
    Text(String),
    /// A start tag.
    Start {
        /// The name of the element, in lower case.
        name: String,
        /// Whether it ends with `/>`. Only in SVG and MathML it then has no end tag.
        is_self_closing: bool,
        /// Whether its text is not to be translated: `translate="no"` or the class `notranslate`.
        is_kept: bool,
    },
    /// An end tag, with the name of the element in lower case.
    End(String),
    /// A comment, a CDATA section, or an instruction for a program.
    Comment,
    /// A document type, a section without its end, or something that cannot be read.
    Other,
}

/// Parts that HTML reads as a comment up to the first `>`, and that other programs read up to another end.
const SECTIONS: [(&str, &str); 3] = [("<![CDATA[", "]]>"), ("<?php", "?>"), ("<?=", "?>")];

/// Splits HTML into tokens. Never fails: HTML has a meaning for every text.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut reader = Reader { source, tokens: Vec::new(), at: 0, text: String::new(), missing: [false; 3] };
    let mut start = 0;
    while let Some(next) = reader.read_from(start) {
        start = next;
    }
    reader.finish()
}

/// Returns text with its entities decoded.
pub(crate) fn decoded(source: &str) -> String {
    let tokens = Tokenizer::new(source).filter_map(Result::ok);
    tokens.filter_map(|token| if let Html::String(text) = token { Some(utf8(&text)) } else { None }).collect()
}

fn utf8(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}

struct Reader<'a> {
    source: &'a str,
    tokens: Vec<Token>,
    /// The end of the last token.
    at: usize,
    /// The decoded text after it.
    text: String,
    /// For each of [`SECTIONS`], whether its end is known to be missing in the rest of the source.
    missing: [bool; 3],
}

impl Reader<'_> {
    /// Reads tokens from a byte on. Returns the byte at which to start anew after a section; `None` at the end.
    fn read_from(&mut self, start: usize) -> Option<usize> {
        let mut emitter = DefaultEmitter::new_with_span();
        emitter.naively_switch_states(true);
        let mut text_end = start;
        for token in Tokenizer::new_with_emitter(self.source.get(start..)?, emitter).filter_map(Result::ok) {
            let (span, kind) = match token {
                Html::String(text) => {
                    self.text.push_str(&utf8(&text));
                    text_end = start + text.span.end;
                    continue;
                }
                Html::Error(_) => continue,
                Html::StartTag(tag) => (tag.span, start_tag(&tag)),
                Html::EndTag(tag) => (tag.span, TokenKind::End(utf8(&tag.name))),
                Html::Comment(comment) => (comment.span, TokenKind::Comment),
                Html::Doctype(doctype) => (doctype.span, TokenKind::Other),
            };
            let Span { start: from, end } = span;
            let mut range = start + from..start + end;
            let (kind, section_end) = if kind == TokenKind::Comment { self.section(&range) } else { (kind, None) };
            range.end = section_end.unwrap_or(range.end);
            if !self.add(range, kind) {
                // The rest is copied.
                self.text.clear();
                self.add(self.at..self.source.len(), TokenKind::Other);
                return None;
            }
            if section_end.is_some() {
                return section_end;
            }
        }
        // Something like `<a` at the end is no token. A single `<` is text.
        let rest = self.source.get(text_end.max(self.at)..).unwrap_or_default();
        if rest.starts_with('<') && rest.len() > 1 {
            self.add(self.source.len() - rest.len()..self.source.len(), TokenKind::Other);
        }
        None
    }

    /// Adds a token, and the text before it. Returns whether its range can be one.
    fn add(&mut self, range: Range<usize>, kind: TokenKind) -> bool {
        let is_valid = range.start >= self.at && !range.is_empty() && self.source.get(range.clone()).is_some();
        if is_valid {
            self.add_text(range.start);
            self.at = range.end;
            self.tokens.push(Token { range, kind });
        }
        is_valid
    }

    fn add_text(&mut self, end: usize) {
        if end > self.at {
            let kind = TokenKind::Text(std::mem::take(&mut self.text));
            self.tokens.push(Token { range: self.at..end, kind });
        }
        self.text.clear();
        self.at = end;
    }

    /// Returns the kind of a comment of HTML, and the end of the section that begins with it.
    ///
    /// A section without its end must not move: before another section, it would take in all up to the end of that one.
    fn section(&mut self, comment: &Range<usize>) -> (TokenKind, Option<usize>) {
        let rest = self.source.get(comment.start..).unwrap_or_default();
        let Some(number) = SECTIONS.iter().position(|(start, _)| rest.starts_with(start)) else {
            return (TokenKind::Comment, None);
        };
        let (_, end) = SECTIONS[number];
        let found = if self.missing[number] { None } else { rest.find(end) };
        self.missing[number] = found.is_none();
        match found {
            Some(at) => (TokenKind::Comment, Some(comment.start + at + end.len())),
            None => (TokenKind::Other, None),
        }
    }

    fn finish(mut self) -> Vec<Token> {
        self.add_text(self.source.len());
        self.tokens
    }
}

fn start_tag(tag: &StartTag<usize>) -> TokenKind {
    let attribute = |name: &[u8]| tag.attributes.get(name).map(|value| utf8(value).to_ascii_lowercase());
    let is_kept = attribute(b"translate").is_some_and(|value| value.trim() == "no")
        || attribute(b"class").is_some_and(|value| value.split_ascii_whitespace().any(|class| class == "notranslate"));
    TokenKind::Start { name: utf8(&tag.name), is_self_closing: tag.self_closing, is_kept }
}
