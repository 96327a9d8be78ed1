//! Attention weights as a shaded grid for the terminal (Bahdanau et al. 2015, figure 3).

use unicode_width::UnicodeWidthStr;

use super::Shades;
use super::label::{abbreviate, isolate};
use super::labelled::{Column, LabelledAttention};

/// Width of a cell in terminal columns: two columns are about as wide as a line is high.
const CELL: usize = 2;
/// Minimum width of a source word, in terminal columns, when words are cut to fit more cells into a line.
const MIN_HEAD: usize = 8;
/// Minimum width of the grid in terminal columns: in less, cut words would all look alike.
const MIN_WIDTH: usize = 16;

/// Draws source words as columns, with EOS last, and target words as rows, with cells shaded by weight.
///
/// Each source word has a line of its own above the grid, and a vertical line from there down to its column. Lines are at
/// most `width` terminal columns wide (at least 16): long words are cut, and source words that do not fit follow below in
/// further blocks. Every line ends in `\n` and has no trailing spaces, except inside coloured cells.
///
/// ```text
///     ein
///     │ Hund
///     │ │ </s>
///   a ██░░
/// dog   ██░░
/// ```
pub fn grid(labelled: &LabelledAttention, width: usize, shades: Shades) -> String {
    let columns = labelled.columns();
    let layout = Layout::new(labelled, &columns, width.max(MIN_WIDTH), shades);
    let blocks: Vec<String> =
        columns.chunks(layout.columns_per_block).map(|block| layout.block(labelled.target(), block)).collect();
    blocks.join("\n")
}

/// Widths of the parts of a line, in terminal columns.
struct Layout {
    /// Width of the target words.
    label: usize,
    /// Width of the part right of the target words.
    cells: usize,
    columns_per_block: usize,
    shades: Shades,
}

impl Layout {
    fn new(labelled: &LabelledAttention, columns: &[Column], width: usize, shades: Shades) -> Self {
        // Target words take at most a third of the line, so that most of it is left for the weights.
        let label = widest(labelled.target().iter().map(String::as_str)).min(width / 3);
        let cells = width - label - 1;
        let head = widest(columns.iter().map(|column| column.word)).clamp(CELL, MIN_HEAD);
        let most = (cells - head) / CELL + 1;
        // Blocks of nearly equal width, so that the last block is not much narrower.
        let columns_per_block = columns.len().div_ceil(columns.len().div_ceil(most));
        Self { label, cells, columns_per_block, shades }
    }

    fn block(&self, target: &[String], columns: &[Column]) -> String {
        let heads = (0..columns.len()).map(|index| self.head(index, columns[index].word));
        let rows = (0..target.len()).map(|index| self.row(index, &target[index], columns));
        heads.chain(rows).map(|line| format!("{}\n", line.trim_end())).collect()
    }

    /// The line of one source word: the vertical lines of the words before it, then the word.
    fn head(&self, index: usize, word: &str) -> String {
        let stems = format!("{} ", self.shades.stem()).repeat(index);
        let word = abbreviate(word, self.cells.saturating_sub(CELL * index), self.shades.ellipsis());
        format!("{}{stems}{}", " ".repeat(self.label + 1), isolate(&word))
    }

    fn row(&self, index: usize, word: &str, columns: &[Column]) -> String {
        let word = abbreviate(word, self.label, self.shades.ellipsis());
        let indent = " ".repeat(self.label.saturating_sub(word.width()));
        let row: String = columns.iter().map(|column| self.shades.cell(column.weights[index], CELL)).collect();
        format!("{indent}{} {row}", isolate(&word))
    }
}

fn widest<'a>(words: impl Iterator<Item = &'a str>) -> usize {
    words.map(UnicodeWidthStr::width).max().unwrap_or(0)
}
