//! Attention as a heat map in SVG.

use plotters::{
    backend::{DrawingBackend, SVGBackend},
    style::{
        Color, FontTransform, IntoFont, RGBColor, ShapeStyle, TextStyle, WHITE,
        text_anchor::{HPos, Pos, VPos},
    },
};
use unicode_width::UnicodeWidthStr;

use super::label::abbreviate;
use super::labelled::{Column, LabelledAttention};

/// Side of a cell in pixels.
const CELL: i32 = 28;
/// Space around the picture, and between labels and cells.
const MARGIN: i32 = 12;
/// Between the source words and EOS, which is none of them.
const GAP: i32 = 6;
/// Plotters divides by 1.24; this comes out as 16 pixels.
const FONT_SIZE: f64 = 19.84;
/// Room for one terminal column of text: a little more than most sans-serif letters, and half an ideograph.
const LETTER: i32 = 10;
/// What the broadest letters need beyond that.
const BROAD: i32 = 5;
/// Words longer than this are cut.
const LONGEST: usize = 30;

const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
const LINES: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);
const WORDS: RGBColor = RGBColor(0x1F, 0x4E, 0x9E);
const EOS_MASS: RGBColor = RGBColor(0x77, 0x77, 0x77);

/// Draws source words along the top, turned to read upwards, target words down the left side, and a cell for each
/// weight, as opaque as the weight is large; EOS stands apart at the right, in grey.
///
/// The result is one SVG document. Words and title may hold any characters; words of more than 30 columns are cut.
pub fn svg(labelled: &LabelledAttention, title: Option<&str>) -> String {
    let title = title.map(super::label::clean);
    let columns = labelled.columns();
    let layout = Layout::new(labelled, &columns, title.as_deref());
    let mut document = String::new();
    let mut canvas = Canvas { backend: SVGBackend::with_string(&mut document, layout.size) };
    canvas.background(layout.size);
    if let Some(title) = &title {
        canvas.text(title, (MARGIN, MARGIN), HPos::Left, VPos::Top, FontTransform::None);
    }
    for (index, column) in columns.iter().enumerate() {
        let color = if index + 1 == columns.len() { EOS_MASS } else { WORDS };
        canvas.column(column, layout.column(index), layout.top, color);
    }
    for (index, word) in labelled.target().iter().enumerate() {
        let middle = layout.top + CELL * index as i32 + CELL / 2;
        canvas.text(&shorten(word), (layout.left - MARGIN / 2, middle), HPos::Right, VPos::Center, FontTransform::None);
    }
    drop(canvas); // Closes the document.
    document
}

/// Where the first cell is, and how large everything becomes.
struct Layout {
    left: i32,
    top: i32,
    /// Index of EOS among the columns.
    eos: usize,
    size: (u32, u32),
}

impl Layout {
    fn new(labelled: &LabelledAttention, columns: &[Column], title: Option<&str>) -> Self {
        let title_height = title.map_or(0, |_| 2 * MARGIN);
        let heads = columns.iter().map(|column| text_length(&shorten(column.word))).max().unwrap_or(0);
        let labels = labelled.target().iter().map(|word| text_length(&shorten(word))).max().unwrap_or(0);
        let mut layout = Self {
            left: MARGIN + labels + MARGIN / 2,
            top: MARGIN + title_height + heads + MARGIN / 2,
            eos: columns.len() - 1,
            size: (0, 0),
        };
        let right = layout.column(layout.eos) + CELL;
        let width = right.max(MARGIN + title.map_or(0, text_length)) + MARGIN;
        let height = layout.top + CELL * labelled.target().len() as i32 + MARGIN;
        layout.size = (width as u32, height as u32);
        layout
    }

    /// Left edge of a column.
    fn column(&self, index: usize) -> i32 {
        self.left + CELL * index as i32 + if index == self.eos { GAP } else { 0 }
    }
}

struct Canvas<'a> {
    backend: SVGBackend<'a>,
}

/// Plotters returns errors for the sake of files.
const INFALLIBLE: &str = "a string takes whatever is written to it";

impl Canvas<'_> {
    fn background(&mut self, (width, height): (u32, u32)) {
        let corner = (width as i32, height as i32);
        self.backend.draw_rect((0, 0), corner, &ShapeStyle::from(WHITE), true).expect(INFALLIBLE);
    }

    /// The word, and below it one cell per weight.
    fn column(&mut self, column: &Column, left: i32, top: i32, color: RGBColor) {
        let head = (left + CELL / 2, top - MARGIN / 2);
        self.text(&shorten(column.word), head, HPos::Left, VPos::Center, FontTransform::Rotate270);
        for (row, weight) in column.weights.iter().enumerate() {
            let (upper_left, lower_right) = cell(left, top + CELL * row as i32);
            let fill = ShapeStyle::from(color.mix(opacity(*weight)));
            self.backend.draw_rect(upper_left, lower_right, &fill, true).expect(INFALLIBLE);
            let outline = ShapeStyle::from(LINES);
            self.backend.draw_rect(upper_left, lower_right, &outline, false).expect(INFALLIBLE);
        }
    }

    fn text(&mut self, text: &str, at: (i32, i32), h_pos: HPos, v_pos: VPos, transform: FontTransform) {
        let font = ("sans-serif", FONT_SIZE).into_font().transform(transform);
        let style = TextStyle::from(font).color(&INK).pos(Pos::new(h_pos, v_pos));
        self.backend.draw_text(text, &style, at).expect(INFALLIBLE);
    }
}

fn cell(left: i32, top: i32) -> ((i32, i32), (i32, i32)) {
    ((left, top), (left + CELL, top + CELL))
}

/// Two decimals are more than an eye can tell; NaN and what is not positive are transparent.
fn opacity(weight: f32) -> f64 {
    if weight > 0.0 { (100.0 * f64::from(weight.min(1.0))).round() / 100.0 } else { 0.0 }
}

fn shorten(word: &str) -> String {
    abbreviate(word, LONGEST, '…')
}

/// Length of a text in pixels, estimated: the font is chosen where the picture is shown.
fn text_length(text: &str) -> i32 {
    let broad = text.matches(['m', 'w', 'M', 'W', '@', '%']).count();
    LETTER * text.width() as i32 + BROAD * broad as i32
}
