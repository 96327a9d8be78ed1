//! Puts markup and unknown signs, which were taken out of a source sentence, back into its translation.
//!
//! A mark goes to the target word that has the highest weight on the source word beside it. A pair of an opening and a
//! closing mark encloses the target words of all source words between them.

use crate::translation::attention_matrix;
use crate::{ExactLink, Translation};
use glosser_alignment::AttentionMatrix;
use glosser_text::{Attachment, InlineMark, closes_quotation, is_line_end, sentence_mark};
use std::ops::Range;

/// The words around marks, as tokens.
struct Places<'a> {
    translation: &'a Translation,
    /// Source tokens in the sentence without marks, without the white space before them.
    source: &'a [Range<usize>],
}

/// The marks in a given beginning of a translation.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenMarks {
    /// The byte of the translation without marks before which each is, and its number, in order.
    pub fixed: Vec<(usize, usize)>,
    /// The end of the beginning: the other marks come after it.
    pub end: usize,
}

/// Puts the marks of a sentence back. `source_tokens` are the ranges of the source tokens in the sentence without marks;
/// `weights` replace the attention once it has found the places of the marks.
pub(crate) fn put_back(
    mut translation: Translation,
    marks: &[InlineMark],
    source_tokens: &[Range<usize>],
    given: &GivenMarks,
    weights: Option<AttentionMatrix>,
) -> Translation {
    if marks.is_empty() {
        translation.attention = weights.or(translation.attention);
        return translation;
    }
    let places = Places { translation: &translation, source: source_tokens };
    let mut inserted = places.positions(marks);
    let is_given = |number: usize| given.fixed.iter().any(|(_, fixed)| *fixed == number);
    inserted.retain(|(_, number)| !is_given(*number));
    let free = word_around(&translation.text, given.end..given.end).end;
    inserted.iter_mut().filter(|(at, _)| *at < given.end).for_each(|(at, _)| *at = free);
    // Marks at one place keep their order; closing marks come before opening ones.
    inserted.sort_by_key(|(at, number)| (*at, marks[*number].attachment == Attachment::Next, *number));
    let pieces = given.fixed.iter().map(|(at, number)| Piece::unspaced(&translation, *at, *number, &marks[*number]));
    let others = inserted.into_iter().map(|(at, number)| Piece::new(&translation, at, number, &marks[number]));
    let pieces: Vec<Piece> = pieces.chain(others).collect();
    translation.attention = weights.or(translation.attention);
    insert(translation, marks, &pieces)
}

/// The text that is inserted into a translation for a mark.
struct Piece {
    /// The byte of the translation before which it is inserted.
    at: usize,
    /// The number of the mark.
    mark: usize,
    /// The mark with the spaces that it has in the source.
    text: String,
    /// The bytes of `text` before the mark itself.
    before: usize,
}

/// The text of a mark, in one line.
pub(crate) fn mark_text(source: &str, mark: &InlineMark) -> String {
    source[mark.origin.clone()].replace(is_line_end, " ")
}

impl Piece {
    /// A mark with the spaces that are already around it.
    fn unspaced(translation: &Translation, at: usize, number: usize, mark: &InlineMark) -> Self {
        Self { at, mark: number, text: mark_text(&translation.source, mark), before: 0 }
    }

    fn new(translation: &Translation, at: usize, number: usize, mark: &InlineMark) -> Self {
        let own = mark_text(&translation.source, mark);
        let (before, after) = translation.text.split_at(at);
        let has_space_before = before.is_empty() || before.ends_with(char::is_whitespace);
        // Punctuation follows without a space.
        let is_closing = |c: char| sentence_mark(c).is_some() || closes_quotation(c) || matches!(c, ',' | ';' | ':');
        let has_space_after = after.chars().next().is_none_or(|c| c.is_whitespace() || is_closing(c));
        let space = |is_wanted: bool| if is_wanted { " " } else { "" };
        let left = space(mark.has_space_before && !has_space_before);
        let right = space(mark.has_space_after && !has_space_after);
        Self { at, mark: number, text: format!("{left}{own}{right}"), before: left.len() }
    }
}

impl Places<'_> {
    /// Returns the byte of the translation where each mark goes, and its number.
    fn positions(&self, marks: &[InlineMark]) -> Vec<(usize, usize)> {
        let mut positions = Vec::with_capacity(marks.len());
        let mut open: Vec<usize> = Vec::new();
        for (number, mark) in marks.iter().enumerate() {
            let position = match mark.attachment {
                Attachment::Next => {
                    open.push(number);
                    self.before_word(mark.at)
                }
                Attachment::Previous => match open.pop() {
                    Some(opening) => {
                        let (start, end) = self.enclosed(marks[opening].at..mark.at);
                        positions[opening] = (start, opening);
                        end
                    }
                    None => self.after_word(mark.at),
                },
                Attachment::Alone if mark.at == 0 => 0,
                Attachment::Alone => self.after_word(mark.at),
            };
            positions.push((position, number));
        }
        positions
    }

    /// Returns whether the whole sentence without marks is before this byte.
    fn is_end(&self, at: usize) -> bool {
        self.source.last().is_none_or(|last| last.end <= at)
    }

    /// The beginning of the target word of the source word that begins at `at`.
    fn before_word(&self, at: usize) -> usize {
        match self.source.iter().position(|token| token.end > at) {
            Some(0) => 0,
            Some(token) => self.target_of(token..token + 1).map_or(self.translation.text.len(), |word| word.start),
            None => self.translation.text.len(),
        }
    }

    /// The end of the target word of the source word that ends at `at`.
    fn after_word(&self, at: usize) -> usize {
        match self.source.iter().rposition(|token| token.start < at) {
            _ if self.is_end(at) => self.translation.text.len(),
            Some(token) => self.target_of(token..token + 1).map_or(self.translation.text.len(), |word| word.end),
            None => 0,
        }
    }

    /// The beginning and the end of the target words of the source words in a range.
    fn enclosed(&self, range: Range<usize>) -> (usize, usize) {
        let first = self.source.iter().position(|token| token.end > range.start);
        let last = self.source.iter().rposition(|token| token.start < range.end);
        let words = match (first, last) {
            (Some(first), Some(last)) if first <= last => self.target_of(first..last + 1),
            _ => None,
        };
        let start = if first == Some(0) { Some(0) } else { words.clone().map(|words| words.start) };
        let end = if self.is_end(range.end) { Some(self.translation.text.len()) } else { words.map(|words| words.end) };
        let start = start.unwrap_or_else(|| self.before_word(range.start));
        (start, end.unwrap_or_else(|| self.after_word(range.end)).max(start))
    }

    /// The bytes from the first to the last target word of these source tokens; `None` without attention. The word of a
    /// source token is the one with the highest weight on it.
    fn target_of(&self, sources: Range<usize>) -> Option<Range<usize>> {
        let attention = self.translation.attention.as_ref()?;
        let tokens = &self.translation.target_tokens;
        let weight = |row: usize, source: usize| attention.get(row, source);
        let best =
            |source: usize| (0..tokens.len()).rev().max_by(|a, b| weight(*a, source).total_cmp(&weight(*b, source)));
        let found: Vec<usize> = sources.filter_map(best).collect();
        let word = |token: usize| word_around(&self.translation.text, tokens[token].clone());
        Some(word(*found.iter().min()?).start..word(*found.iter().max()?).end)
    }
}

/// Extends a token to its word: the letters and digits around it, without white space at its beginning.
fn word_around(text: &str, token: Range<usize>) -> Range<usize> {
    let start = token.end - text[token.clone()].trim_start().len();
    let is_of_word = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-');
    let begins = |at: usize| text[at..].starts_with(is_of_word);
    let before = if begins(start) { text[..start].trim_end_matches(is_of_word).len() } else { start };
    let rest = &text[token.end..];
    let is_open = text[..token.end].ends_with(is_of_word);
    let after = if is_open { rest.len() - rest.trim_start_matches(is_of_word).len() } else { 0 };
    before..token.end + after
}

/// Inserts the pieces, each with a token of its own on both sides, which attend to each other.
fn insert(translation: Translation, marks: &[InlineMark], pieces: &[Piece]) -> Translation {
    let mut text = String::with_capacity(translation.text.len());
    let mut end = 0;
    let mut of_marks = vec![0..0; marks.len()];
    for piece in pieces {
        text.push_str(&translation.text[end..piece.at]);
        let start = text.len() + piece.before;
        text.push_str(&piece.text);
        of_marks[piece.mark] = start..start + piece.text.trim_matches(' ').len();
        end = piece.at;
    }
    text.push_str(&translation.text[end..]);
    // A token that begins where a piece was inserted is after it, a token that ends there is before it.
    let shift = |at: usize, is_after: fn(&usize, &usize) -> bool| -> usize {
        at + pieces.iter().filter(|piece| is_after(&piece.at, &at)).map(|piece| piece.text.len()).sum::<usize>()
    };
    let shifted = |token: &Range<usize>| {
        let start = shift(token.start, |place, at| place <= at);
        start..shift(token.end, |place, at| place < at).max(start)
    };
    let target: Vec<Range<usize>> = translation.target_tokens.iter().map(shifted).collect();
    let sources: Vec<Range<usize>> = marks.iter().map(|mark| mark.origin.clone()).collect();
    let (source_tokens, source_order) = merged(&translation.source_tokens, &sources);
    let (target_tokens, target_order) = merged(&target, &of_marks);
    let attention = translation.attention.as_ref().map(|attention| {
        let rows: Vec<Vec<f32>> = attention.rows().map(<[f32]>::to_vec).collect();
        attention_matrix(&with_marks(&rows, &source_order, &target_order))
    });
    // The model decides nothing about a mark.
    let log_prob =
        |from: &From| if let From::Token(number) = from { translation.token_log_probs[*number] } else { 0.0 };
    let token_log_probs = match translation.token_log_probs.last() {
        Some(end) => target_order.iter().map(log_prob).chain([*end]).collect(),
        None => Vec::new(),
    };
    let items = translation.exact_links.iter();
    let items = items.map(|link| ExactLink { target: shifted(&link.target), ..link.clone() });
    let places = sources.into_iter().zip(of_marks);
    let marks = places.filter_map(|(origin, place)| ExactLink::new((&translation.source, origin), (&text, place)));
    let exact_links = items.chain(marks).collect();
    Translation { text, source_tokens, target_tokens, attention, token_log_probs, exact_links, ..translation }
}

/// The origin of a token after merging.
#[derive(Clone, Copy, PartialEq)]
enum From {
    Token(usize),
    Mark(usize),
}

/// Merges the tokens of a side and those of its marks, in order.
fn merged(tokens: &[Range<usize>], marks: &[Range<usize>]) -> (Vec<Range<usize>>, Vec<From>) {
    let tokens = tokens.iter().enumerate().map(|(number, range)| (range.clone(), From::Token(number)));
    let marks = marks.iter().enumerate().map(|(number, range)| (range.clone(), From::Mark(number)));
    let mut all: Vec<(Range<usize>, From)> = marks.chain(tokens).collect();
    // Stable: tokens keep their order.
    all.sort_by_key(|(range, _)| range.start);
    all.into_iter().unzip()
}

/// Adds the rows and columns of marks to a matrix `[target tokens + 1][source tokens + 1]`.
fn with_marks(rows: &[Vec<f32>], source: &[From], target: &[From]) -> Vec<Vec<f32>> {
    let expanded = |row: &[f32]| -> Vec<f32> {
        let weights = source.iter().map(|from| if let From::Token(number) = from { row[*number] } else { 0.0 });
        weights.chain(row.last().copied()).collect()
    };
    let of_mark = |number: usize| -> Vec<f32> {
        let mut row = vec![0.0; source.len() + 1];
        if let Some(column) = source.iter().position(|from| *from == From::Mark(number)) {
            row[column] = 1.0;
        }
        row
    };
    let mut all: Vec<Vec<f32>> = target
        .iter()
        .map(|from| match from {
            From::Token(number) => expanded(&rows[*number]),
            From::Mark(number) => of_mark(*number),
        })
        .collect();
    all.extend(rows.last().map(|row| expanded(row)));
    all
}
