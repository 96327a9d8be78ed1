//! Attention as a shaded grid for the terminal (Bahdanau et al. 2015, figure 3).

use unicode_width::UnicodeWidthStr;

use crate::{
    Labelled, Shades,
    label::{abbreviate, isolate},
    labelled::Column,
};

/// Columns of the terminal that one cell takes: about as wide as a line is high.
const CELL: usize = 2;
/// A source word may be cut to this width so that more columns stand side by side.
const HEAD: usize = 8;
/// Narrower than this, words could not be told apart.
const MIN_WIDTH: usize = 16;

/// Draws source words as columns, EOS last, and target words as rows, shaded by weight.
///
/// The heads descend like stairs, each word readable on a line of its own and tied to its column by a stem. Lines are
/// at most `width` columns wide (16 if that is less): long words are cut, and columns for which there is no room
/// follow below as further blocks. Every line ends in `\n` and has no trailing spaces outside coloured cells.
///
/// ```text
///     ein
///     │ Hund
///     │ │ </s>
///   a ██░░
/// dog   ██░░
/// ```
pub fn grid(labelled: &Labelled, width: usize, shades: Shades) -> String {
    let columns = labelled.columns();
    let layout = Layout::new(labelled, &columns, width.max(MIN_WIDTH), shades);
    let blocks: Vec<String> =
        columns.chunks(layout.columns_per_block).map(|block| layout.block(labelled.target(), block)).collect();
    blocks.join("\n")
}

/// What fits where.
struct Layout {
    /// Width of the target words.
    label: usize,
    /// Width of everything right of them.
    room: usize,
    columns_per_block: usize,
    shades: Shades,
}

impl Layout {
    fn new(labelled: &Labelled, columns: &[Column], width: usize, shades: Shades) -> Self {
        // At most a third of the line, so that the weights keep the greater part.
        let label = widest(labelled.target().iter().map(String::as_str)).min(width / 3);
        let room = width - label - 1;
        let head = widest(columns.iter().map(|column| column.word)).clamp(CELL, HEAD);
        let most = (room - head) / CELL + 1;
        // Blocks as equal as they can be, so that the last is no stump.
        let columns_per_block = columns.len().div_ceil(columns.len().div_ceil(most));
        Self { label, room, columns_per_block, shades }
    }

    fn block(&self, target: &[String], columns: &[Column]) -> String {
        let heads = (0..columns.len()).map(|index| self.head(index, columns[index].word));
        let rows = (0..target.len()).map(|index| self.row(index, &target[index], columns));
        heads.chain(rows).map(|line| format!("{}\n", line.trim_end())).collect()
    }

    /// One stair: the stems of the columns before, then the word.
    fn head(&self, index: usize, word: &str) -> String {
        let stems = format!("{} ", self.shades.stem()).repeat(index);
        let word = abbreviate(word, self.room.saturating_sub(CELL * index), self.shades.ellipsis());
        format!("{}{stems}{}", " ".repeat(self.label + 1), isolate(&word))
    }

    fn row(&self, index: usize, word: &str, columns: &[Column]) -> String {
        let word = abbreviate(word, self.label, self.shades.ellipsis());
        let indent = " ".repeat(self.label.saturating_sub(word.width()));
        let cells: String = columns.iter().map(|column| self.shades.cell(column.weights[index], CELL)).collect();
        format!("{indent}{} {cells}", isolate(&word))
    }
}

fn widest<'a>(words: impl Iterator<Item = &'a str>) -> usize {
    words.map(UnicodeWidthStr::width).max().unwrap_or(0)
}
