//! The size of a heat map and the positions of its parts, in pixels.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::label::abbreviate;
use super::labelled::Column;
use super::text_width::{is_flag_letter, text_width, wrapped};
use crate::EOS;

/// Side of a cell.
pub(super) const CELL: usize = 28;
/// Space around the picture.
pub(super) const MARGIN: usize = 12;
/// Space between words and cells.
pub(super) const BESIDE_CELLS: usize = 6;
/// Space between the source words and EOS.
const EOS_GAP: usize = 6;
pub(super) const FONT_SIZE: usize = 16;
/// Font size of axis titles and legend.
pub(super) const SMALL: usize = 13;
/// Height of a line of the title or of the legend.
pub(super) const LINE: usize = 20;
/// Side of a square of the colour scale.
pub(super) const SWATCH: usize = 16;
/// Minimum width of a line of the title.
const TITLE_WIDTH: usize = 420;
/// Maximum width of a word in terminal columns; of a longer word the middle is left out.
const MAX_WORD_WIDTH: usize = 60;
/// Terminal columns that are kept of the end of such a word.
const KEPT_END: usize = 19;

/// Positions, and size of the picture.
pub(super) struct Layout {
    /// The title, one line each.
    pub title_lines: Vec<String>,
    /// Position of the first cell.
    pub left: usize,
    pub top: usize,
    /// Number of target words.
    pub rows: usize,
    /// Index of the EOS column.
    pub eos: usize,
    /// Upper edge of the colour scale.
    pub legend: usize,
    pub width: usize,
    pub height: usize,
}

impl Layout {
    /// The titles of the axes.
    pub const SOURCE: &str = "source →";
    pub const TARGET: &str = "target ↓";
    /// Left edge of the colour scale.
    pub const SCALE: usize = MARGIN + 30;

    /// Arranges a picture; `columns` has EOS last.
    pub fn new(target: &[String], columns: &[Column], title: Option<&str>) -> Self {
        let eos = columns.len() - 1;
        let width_of = |word: &str| pixels(&shortened(word), FONT_SIZE);
        let axis = [Self::SOURCE, Self::TARGET].map(|text| pixels(text, SMALL)).into_iter();
        let labels = target.iter().map(|word| width_of(word)).chain(axis).max().unwrap_or(0);
        let heads = columns.iter().map(|column| head_height(column.word)).chain([2 * LINE]).max().unwrap_or(0);
        let left = MARGIN + labels + BESIDE_CELLS;
        let legend =
            [Self::SCALE + 11 * SWATCH + 60, MARGIN + pixels(&format!("{EOS}: the end of the source sentence"), SMALL)];
        let right = legend.into_iter().chain([left + CELL * (eos + 1) + EOS_GAP]).max().unwrap_or(0);
        let title_width = right.max(TITLE_WIDTH) - MARGIN;
        let title_lines = wrapped(title.unwrap_or(""), FONT_SIZE as f64, title_width as f64);
        let title = title_lines.iter().map(|line| MARGIN + pixels(line, FONT_SIZE)).max().unwrap_or(0);
        let title_height = if title_lines.is_empty() { 0 } else { LINE * title_lines.len() + MARGIN };
        let top = MARGIN + title_height + heads + BESIDE_CELLS;
        let rows = target.len();
        let legend = top + CELL * rows + MARGIN;
        let (width, height) = (right.max(title) + MARGIN, legend + SWATCH + 2 * LINE + MARGIN);
        Self { title_lines, left, top, rows, eos, legend, width, height }
    }

    /// Left edge of a column.
    pub fn column(&self, index: usize) -> usize {
        self.left + CELL * index + if index == self.eos { EOS_GAP } else { 0 }
    }

    /// Vertical centre of a row.
    pub fn row(&self, index: usize) -> usize {
        self.top + CELL * index + CELL / 2
    }
}

/// Estimated width of a text, rounded up.
fn pixels(text: &str, font_size: usize) -> usize {
    text_width(text, font_size as f64).ceil() as usize
}

/// The word, or its beginning and its end if it is very long.
pub(super) fn shortened(word: &str) -> String {
    if word.width() <= MAX_WORD_WIDTH {
        return word.to_owned();
    }
    let mut start = word.len();
    for (at, _) in word.char_indices().rev() {
        if word[at..].width() > KEPT_END {
            break;
        }
        start = at;
    }
    abbreviate(word, MAX_WORD_WIDTH - KEPT_END, '…') + &word[start..]
}

/// How a word is written above its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// From left to right: one ideograph, or one emoji, which may consist of several characters.
    Across,
    /// From top to bottom: other words with an ideograph, a syllable of Japanese or Korean, or an emoji.
    Down,
    /// Turned, to be read upwards.
    Up,
}

/// The direction of a word above its column.
pub(super) fn direction(word: &str) -> Direction {
    // Ideographs, syllables and emoji are two terminal columns wide; a flag consists of two letters.
    let is_upright = |c: char| c.width() == Some(2) || is_flag_letter(c);
    match word.chars().any(is_upright) {
        true if pixels(word, FONT_SIZE) <= CELL => Direction::Across,
        true => Direction::Down,
        false => Direction::Up,
    }
}

/// Height of a word above its column.
fn head_height(word: &str) -> usize {
    let word = shortened(word);
    match direction(&word) {
        Direction::Across => FONT_SIZE,
        // In vertical text, programs draw joined emoji one by one.
        Direction::Down => word.chars().map(|c| pixels(c.encode_utf8(&mut [0; 4]), FONT_SIZE)).sum(),
        Direction::Up => pixels(&word, FONT_SIZE),
    }
}
