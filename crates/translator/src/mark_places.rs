//! Places in a translation for marks beside bytes of its source, such as the tags of a document.
//!
//! Each source token has one target word: the one with the highest weight on it. A pair of marks encloses the target
//! words of the source tokens between them. Where the words of another pair are among these, it encloses the part that
//! has most of its own words, so that pairs never cross.

use crate::Translation;
use glosser_text::{Attachment, MarkSpan, MarkTree, WordSplitter, words};
use std::ops::Range;

impl Translation {
    /// Returns the byte of the translation where each mark goes, for marks that are before byte `at` of the source.
    /// `marks` are in the order of the source.
    ///
    /// No place is inside a word. Written in the order of [`MarkTree::order`], the places never decrease, a pair that
    /// was inside another one still is, and no two pairs cross. A pair around the whole source is around the whole
    /// translation. Without attention, a word has the same relative position on both sides.
    pub fn mark_places(&self, marks: &[(usize, Attachment)]) -> Vec<usize> {
        let tree = MarkTree::new(marks.iter().map(|(_, attachment)| *attachment));
        let words = Words::new(self);
        let mut places = vec![0; marks.len()];
        let whole = Part { tokens: 0..words.tokens.len(), target: 0..words.target.len(), bytes: 0..self.text.len() };
        let mut rest = vec![(tree.top(), whole)];
        while let Some((spans, outer)) = rest.pop() {
            let spans: Vec<&MarkSpan> = spans.iter().map(|span| tree.span(*span)).collect();
            for (span, part) in spans.iter().zip(words.parts(&spans, marks, &outer)) {
                span.opening.into_iter().for_each(|mark| places[mark] = part.bytes.start);
                span.closing.into_iter().for_each(|mark| places[mark] = part.bytes.end);
                if !span.inner.is_empty() {
                    rest.push((&span.inner, part));
                }
            }
        }
        // A pair that is opened in the text and closed after it comes behind one that was opened before the text.
        let mut end = 0;
        for mark in tree.order(&places) {
            end = places[mark].max(end);
            places[mark] = end;
        }
        places
    }
}

/// The words of a translation, and the target word of each source token.
struct Words {
    /// Source tokens, without the white space before them.
    tokens: Vec<Range<usize>>,
    /// Target words.
    target: Vec<Range<usize>>,
    /// For each source token, its target words.
    of_token: Vec<Range<usize>>,
}

/// A part of a translation: source tokens, target words, and the bytes of these words.
#[derive(Clone, Default)]
struct Part {
    tokens: Range<usize>,
    target: Range<usize>,
    bytes: Range<usize>,
}

impl Words {
    fn new(translation: &Translation) -> Self {
        let Translation { source, text, .. } = translation;
        let start = |token: &Range<usize>| token.end - source[token.clone()].trim_start().len();
        let mut tokens: Vec<Range<usize>> =
            translation.source_tokens.iter().map(|token| start(token)..token.end).collect();
        let target = whole_words(text);
        if tokens.is_empty() {
            tokens = words(source);
        }
        let best = best_tokens(translation, tokens.len());
        let of_token = |token: usize| match &best {
            Some(best) => overlapping(&target, &translation.target_tokens[best[token]]),
            None => {
                let word = token * target.len() / tokens.len();
                word..(word + 1).min(target.len())
            }
        };
        let of_token = (0..tokens.len()).map(of_token).collect();
        Self { tokens, target, of_token }
    }

    /// The parts of spans that are beside each other in `outer`.
    fn parts(&self, spans: &[&MarkSpan], marks: &[(usize, Attachment)], outer: &Part) -> Vec<Part> {
        let mut start = outer.tokens.start;
        let tokens = spans.iter().map(|span| {
            let tokens = self.tokens_of(span, marks, start..outer.tokens.end);
            start = tokens.end;
            tokens
        });
        let tokens: Vec<Range<usize>> = tokens.collect();
        let mut owners = vec![None; self.target.len()];
        for (owner, tokens) in tokens.iter().enumerate() {
            for word in self.of_token[tokens.clone()].iter().cloned().flatten() {
                owners[word].get_or_insert(owner);
            }
        }
        let part = |(number, tokens): (usize, Range<usize>)| {
            if !tokens.is_empty() && tokens == outer.tokens {
                return outer.clone();
            }
            let target = longest_run(&owners, number, outer.target.clone());
            let first = self.target.get(target.start).filter(|_| !target.is_empty());
            let bytes = first.map_or(0..0, |first| first.start..self.target[target.end - 1].end);
            Part { tokens, target, bytes }
        };
        let mut parts: Vec<Part> = tokens.into_iter().enumerate().map(part).collect();
        let taken: Vec<Range<usize>> =
            parts.iter().filter(|part| !part.target.is_empty()).map(|part| part.bytes.clone()).collect();
        let is_point = |part: &Part| part.target.is_empty() && (part.tokens.is_empty() || part.tokens != outer.tokens);
        for part in parts.iter_mut().filter(|part| is_point(part)) {
            let at = self.point(part.tokens.start, outer);
            let at = taken.iter().find(|taken| taken.start < at && at < taken.end).map_or(at, |taken| taken.end);
            part.bytes = at..at;
        }
        parts
    }

    /// The source tokens of a span within some tokens; none for a single mark or an empty pair, which are after the
    /// tokens before them.
    fn tokens_of(&self, span: &MarkSpan, marks: &[(usize, Attachment)], within: Range<usize>) -> Range<usize> {
        // A token around a mark is inside a pair, and before a single mark.
        let before = |mark: usize| self.tokens.partition_point(|token| token.start < marks[mark].0);
        let after = |mark: usize| self.tokens.partition_point(|token| token.end <= marks[mark].0);
        let start = match span.opening {
            Some(alone) if span.is_alone => before(alone),
            Some(opening) => after(opening),
            None => within.start,
        };
        let start = start.clamp(within.start, within.end);
        let end = match span.closing {
            Some(closing) => before(closing),
            None if span.is_alone => start,
            None => within.end,
        };
        start..end.clamp(start, within.end)
    }

    /// The place of a mark before a token and after the one before it.
    fn point(&self, token: usize, outer: &Part) -> usize {
        if token <= outer.tokens.start {
            return outer.bytes.start;
        }
        if token >= outer.tokens.end {
            return outer.bytes.end;
        }
        let word = self.of_token[token - 1].end.checked_sub(1).map(|word| self.target[word].end);
        word.unwrap_or(outer.bytes.end).clamp(outer.bytes.start, outer.bytes.end)
    }
}

/// The target words from the first to the last one of an owner, without a word of another owner between them: of
/// several such runs the one with most words of the owner.
fn longest_run(owners: &[Option<usize>], owner: usize, within: Range<usize>) -> Range<usize> {
    let (mut best, mut most) = (within.start..within.start, 0);
    let (mut run, mut count) = (best.clone(), 0);
    for word in within {
        match owners[word] {
            Some(own) if own == owner => {
                run = if count == 0 { word } else { run.start }..word + 1;
                count += 1;
            }
            Some(_) => count = 0,
            None => {}
        }
        if count > most {
            (best, most) = (run.clone(), count);
        }
    }
    best
}

/// For each source token the target token with the highest weight on it; `None` without attention or tokens.
fn best_tokens(translation: &Translation, sources: usize) -> Option<Vec<usize>> {
    let attention = translation.attention.as_ref().filter(|_| !translation.target_tokens.is_empty())?;
    let weight = |target: usize, source: usize| attention.get(target, source);
    // The first among equals, because `max_by` returns the last.
    let best = |source: usize| {
        let targets = (0..translation.target_tokens.len()).rev();
        targets.max_by(|a, b| weight(*a, source).total_cmp(&weight(*b, source))).unwrap_or(0)
    };
    Some((0..sources).map(best).collect())
}

/// The words of a text of any script; a hyphen or an apostrophe between two letters belongs to their word.
fn whole_words(text: &str) -> Vec<Range<usize>> {
    let joins = |word: &Range<usize>| {
        matches!(&text[word.clone()], "-" | "‐" | "'" | "’" | "\u{AD}")
            && text[..word.start].ends_with(char::is_alphanumeric)
            && text[word.end..].starts_with(char::is_alphanumeric)
    };
    let mut all: Vec<Range<usize>> = Vec::new();
    let mut is_joined = false;
    for word in WordSplitter::Unicode.words(text) {
        let is_joint = joins(&word);
        match all.last_mut() {
            Some(last) if is_joint || is_joined => last.end = word.end,
            _ => all.push(word),
        }
        is_joined = is_joint;
    }
    all
}

/// The words that share bytes with a token; the next one for a token of white space.
fn overlapping(words: &[Range<usize>], token: &Range<usize>) -> Range<usize> {
    let first = words.partition_point(|word| word.end <= token.start).min(words.len().saturating_sub(1));
    let end = words.partition_point(|word| word.start < token.end);
    first..end.max(first + 1).min(words.len())
}

#[cfg(test)]
#[path = "mark_places_tests.rs"]
mod tests;
