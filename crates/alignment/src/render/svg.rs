//! Attention weights as a heat map in SVG.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::label::{abbreviate, clean, escape_xml};
use super::labelled::{Column, LabelledAttention};

/// Side of a cell in pixels.
const CELL: usize = 28;
/// Space around the picture, in pixels. Half of it separates words from cells.
const MARGIN: usize = 12;
/// Space between the source words and EOS, in pixels.
const EOS_GAP: usize = 6;
const FONT_SIZE: usize = 16;
/// Width of one terminal column of text in pixels: a little more than most sans-serif letters, half an ideograph.
const LETTER: usize = 10;
/// Additional width of the widest letters, in pixels.
const WIDE_LETTER: usize = 5;
/// Maximum width of a word in terminal columns; longer words are cut.
const MAX_WORD_WIDTH: usize = 30;

const PAPER: &str = "#FFFFFF";
const INK: &str = "#222222";
const CELL_BORDER: &str = "#DDDDDD";
const SOURCE_WEIGHT: &str = "#1F4E9E";
const EOS_WEIGHT: &str = "#777777";

/// Draws a heat map: source words along the top, turned to be read upwards; target words down the left side; and one cell
/// per weight, with the weight as its opacity. EOS is a separate grey column on the right.
///
/// Returns a whole SVG document with a white background, so that it looks the same on a light and a dark page. `title` is
/// drawn above the heat map. Words and title may contain any characters. Words of more than 30 columns are cut.
pub fn svg(labelled: &LabelledAttention, title: Option<&str>) -> String {
    let title = title.map(clean);
    let columns = labelled.columns();
    let layout = Layout::new(labelled.target(), &columns, title.as_deref());
    let mut document = head(&layout, title.as_deref());
    for (index, column) in columns.iter().enumerate() {
        let color = if index == layout.eos { EOS_WEIGHT } else { SOURCE_WEIGHT };
        document += &draw_column(column, layout.column(index), layout.top, color);
    }
    for (row, word) in labelled.target().iter().enumerate() {
        let middle = layout.top + CELL * row + CELL / 2;
        document += &text(&shorten(word), layout.left - MARGIN / 2, middle, "text-anchor=\"end\"");
    }
    document + "</svg>\n"
}

/// Position of the first cell, and size of the picture, in pixels.
struct Layout {
    left: usize,
    top: usize,
    /// Index of the EOS column.
    eos: usize,
    width: usize,
    height: usize,
}

impl Layout {
    fn new(target: &[String], columns: &[Column], title: Option<&str>) -> Self {
        let title_height = title.map_or(0, |_| 2 * MARGIN);
        let longest_source = columns.iter().map(|column| text_length(&shorten(column.word))).max().unwrap_or(0);
        let longest_target = target.iter().map(|word| text_length(&shorten(word))).max().unwrap_or(0);
        let left = MARGIN + longest_target + MARGIN / 2;
        let top = MARGIN + title_height + longest_source + MARGIN / 2;
        let mut layout =
            Self { left, top, eos: columns.len() - 1, width: 0, height: top + CELL * target.len() + MARGIN };
        let right = layout.column(layout.eos) + CELL;
        layout.width = right.max(MARGIN + title.map_or(0, text_length)) + MARGIN;
        layout
    }

    /// Left edge of a column.
    fn column(&self, index: usize) -> usize {
        self.left + CELL * index + if index == self.eos { EOS_GAP } else { 0 }
    }
}

/// The beginning of the document, up to the title.
fn head(&Layout { width, height, .. }: &Layout, title: Option<&str>) -> String {
    let name = escape_xml(title.unwrap_or("Attention weights"));
    let head = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"sans-serif\" font-size=\"{FONT_SIZE}\">\n\
         <title>{name}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"{PAPER}\"/>\n"
    );
    head + &title.map_or_else(String::new, |title| text(title, MARGIN, MARGIN + FONT_SIZE / 2, ""))
}

/// The word above a column, and one cell per weight.
fn draw_column(column: &Column, left: usize, top: usize, color: &str) -> String {
    let (x, y) = (left + CELL / 2, top - MARGIN / 2);
    let mut svg = text(&shorten(column.word), x, y, &format!("transform=\"rotate(-90 {x} {y})\""));
    let _ = writeln!(svg, "<g fill=\"{color}\" stroke=\"{CELL_BORDER}\">");
    for (row, weight) in column.weights.iter().enumerate() {
        let (y, opacity) = (top + CELL * row, opacity(*weight));
        let _ = writeln!(
            svg,
            "<rect x=\"{left}\" y=\"{y}\" width=\"{CELL}\" height=\"{CELL}\" fill-opacity=\"{opacity}\"/>"
        );
    }
    svg + "</g>\n"
}

/// A text whose letters are centred vertically at `y`.
fn text(text: &str, x: usize, y: usize, attributes: &str) -> String {
    let space = if attributes.is_empty() { "" } else { " " };
    format!("<text x=\"{x}\" y=\"{y}\" dy=\"0.35em\" fill=\"{INK}\"{space}{attributes}>{}</text>\n", escape_xml(text))
}

/// The weight, 0 to 1, with two decimals. NaN and negative weights are transparent.
fn opacity(weight: f32) -> f64 {
    if weight > 0.0 { (100.0 * f64::from(weight.min(1.0))).round() / 100.0 } else { 0.0 }
}

fn shorten(word: &str) -> String {
    abbreviate(word, MAX_WORD_WIDTH, '…')
}

/// Estimated length of a text in pixels. The exact length depends on the fonts of the viewer.
fn text_length(text: &str) -> usize {
    let wide = text.matches(['m', 'w', 'M', 'W', '@', '%']).count();
    LETTER * text.width() + WIDE_LETTER * wide
}
