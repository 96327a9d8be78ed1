//! Attention weights as a heat map in SVG.

use std::fmt::Write;

use super::heat_map_layout::{
    BESIDE_CELLS, CELL, Direction, FONT_SIZE, LINE, Layout, MARGIN, SMALL, SWATCH, direction, shortened,
};
use super::label::{clean, escape_xml, is_right_to_left};
use super::labelled::{Column, LabelledAttention};
use super::palette::Theme;
use super::svg_colors::{Role, SvgColors};
use crate::EOS;

/// Font size of the weights in the cells, in pixels.
const VALUE_SIZE: usize = 11;
/// Minimum weight of a cell that is coloured: smaller ones would be rounded to 0 %.
const LEAST: f32 = 0.005;
/// Put around a right-to-left word, so that its punctuation is on the correct side; has no width.
const RIGHT_TO_LEFT_MARK: char = '\u{200F}';

/// How a heat map is drawn.
#[derive(Debug, Clone, Copy, Default)]
pub struct HeatMap<'a> {
    /// Text above the heat map.
    pub title: Option<&'a str>,
    /// Name of the weights in the legend and in the title of the document, such as `attention weight`. `None`: `weight`.
    pub weight: Option<&'a str>,
    /// Whether each cell contains its weight, in percent.
    pub values: bool,
    /// The theme; `None` follows the page on which the picture is shown.
    pub theme: Option<Theme>,
}

/// Draws a heat map: source words along the top, target words down the left side, and one cell per weight, with the weight
/// as its opacity. EOS is a separate grey column on the right. Below are the colour scale and what it means.
///
/// Source words are turned to be read upwards, except those with Chinese, Japanese or Korean characters or emoji, which are
/// written from top to bottom. A cell of at least 0.5 % has its words and its weight as a tooltip.
///
/// Returns a whole SVG document without any `id`, so a page may contain several. Words and title may contain any characters.
/// A word of more than 60 terminal columns is cut in the middle; its tooltip is the whole word.
pub fn heat_map(labelled: &LabelledAttention, options: &HeatMap) -> String {
    let columns = labelled.columns();
    let title = options.title.map(clean);
    let layout = Layout::new(labelled.target(), &columns, title.as_deref());
    let weight = options.weight.map_or_else(|| "weight".to_owned(), clean);
    let picture = Picture { layout, colors: SvgColors { theme: options.theme }, weight, values: options.values };
    let mut document = picture.head(title.as_deref());
    for (index, column) in columns.iter().enumerate() {
        document += &picture.column(index, column, labelled.target());
    }
    document += &picture.lines();
    if options.values {
        document += &picture.all_values(&columns);
    }
    for (row, word) in labelled.target().iter().enumerate() {
        document += &picture.row_label(row, word);
    }
    document + &picture.axis_titles() + &picture.legend() + "</svg>\n"
}

/// A heat map that is being drawn.
struct Picture {
    layout: Layout,
    colors: SvgColors,
    /// Name of the weights.
    weight: String,
    values: bool,
}

/// A text: its position, and further attributes.
struct Text<'a> {
    x: usize,
    y: usize,
    role: Role,
    attributes: &'a str,
}

impl Picture {
    /// The beginning of the document, up to the title.
    fn head(&self, title: Option<&str>) -> String {
        let Layout { width, height, title_lines, .. } = &self.layout;
        let name = title.map_or_else(|| format!("{}s between words", self.weight), str::to_owned);
        let name = escape_xml(&name);
        let mut head = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"sans-serif\" font-size=\"{FONT_SIZE}\">\n\
             <title>{name}</title>\n{}<rect width=\"{width}\" height=\"{height}\" {}/>\n",
            self.colors.style(),
            self.colors.fill(Role::Card)
        );
        for (index, line) in title_lines.iter().enumerate() {
            let place = Text { x: MARGIN, y: MARGIN + LINE * index + LINE / 2, role: Role::Text, attributes: "" };
            head += &self.text(line, line, &place);
        }
        head
    }

    /// The word above a column, and its cells.
    fn column(&self, index: usize, column: &Column, target: &[String]) -> String {
        let Layout { top, rows, .. } = self.layout;
        let left = self.layout.column(index);
        let is_end = index == self.layout.eos;
        let mut svg = self.column_label(column.word, left, if is_end { Role::Muted } else { Role::Text });
        if is_end {
            let (height, fill) = (CELL * rows, self.colors.fill(Role::Soft));
            let _ = writeln!(svg, "<rect x=\"{left}\" y=\"{top}\" width=\"{CELL}\" height=\"{height}\" {fill}/>");
        }
        let _ = writeln!(svg, "<g {}>", self.colors.fill(cell_role(is_end)));
        for ((row, weight), word) in column.weights.iter().enumerate().zip(target) {
            if *weight < LEAST || weight.is_nan() {
                continue;
            }
            let (y, opacity, percent) = (top + CELL * row, opacity(*weight), percent(*weight));
            let _ = writeln!(
                svg,
                "<rect x=\"{left}\" y=\"{y}\" width=\"{CELL}\" height=\"{CELL}\" fill-opacity=\"{opacity}\">\
                 <title>{} from {}: {percent} %</title></rect>",
                escape_xml(word),
                escape_xml(column.word)
            );
        }
        svg + "</g>\n"
    }

    /// The lines between the cells: one grid for the words, one for EOS.
    fn lines(&self) -> String {
        let Layout { top, rows, eos, .. } = self.layout;
        let bottom = top + CELL * rows;
        let mut path = String::new();
        for columns in [0..eos, eos..eos + 1] {
            if rows == 0 || columns.is_empty() {
                continue;
            }
            let (left, count) = (self.layout.column(columns.start), columns.len());
            for x in (0..=count).map(|index| left + CELL * index) {
                let _ = write!(path, "M{x} {top}V{bottom}");
            }
            for y in (0..=rows).map(|index| top + CELL * index) {
                let _ = write!(path, "M{left} {y}h{}", CELL * count);
            }
        }
        format!("<path d=\"{path}\" fill=\"none\" {}/>\n", self.colors.stroke(Role::Grid))
    }

    /// The weights in the cells, in percent.
    fn all_values(&self, columns: &[Column]) -> String {
        let mut svg = format!("<g font-size=\"{VALUE_SIZE}\" text-anchor=\"middle\">\n");
        for (index, column) in columns.iter().enumerate() {
            let x = self.layout.column(index) + CELL / 2;
            for (row, weight) in column.weights.iter().enumerate().filter(|(_, weight)| **weight >= LEAST) {
                let color = self.colors.text_on_cell(*weight, cell_role(index == self.layout.eos));
                let y = self.layout.row(row);
                let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" dy=\"0.35em\" {color}>{}</text>", percent(*weight));
            }
        }
        svg + "</g>\n"
    }

    /// A source word above its column, which begins at `left`.
    fn column_label(&self, word: &str, left: usize, role: Role) -> String {
        let shown = shortened(word);
        let (x, y) = (left + CELL / 2, self.layout.top - BESIDE_CELLS);
        match direction(&shown) {
            Direction::Across => {
                let y = y - FONT_SIZE / 2;
                self.text(word, &shown, &Text { x, y, role, attributes: "text-anchor=\"middle\"" })
            }
            Direction::Down => {
                let attributes = format!("writing-mode=\"vertical-rl\" text-anchor=\"end\" {}", self.colors.fill(role));
                let tooltip = tooltip(word, &shown);
                format!("<text x=\"{x}\" y=\"{y}\" {attributes}>{tooltip}{}</text>\n", escape_xml(&shown))
            }
            Direction::Up => {
                let attributes = format!("transform=\"rotate(-90 {x} {y})\"");
                self.text(word, &shown, &Text { x, y, role, attributes: &attributes })
            }
        }
    }

    fn row_label(&self, row: usize, word: &str) -> String {
        let (x, y) = (self.layout.left - BESIDE_CELLS, self.layout.row(row));
        self.text(word, &shortened(word), &Text { x, y, role: Role::Text, attributes: "text-anchor=\"end\"" })
    }

    /// The names of the axes, in the corner between the words of both sides.
    fn axis_titles(&self) -> String {
        let (x, y) = (self.layout.left - BESIDE_CELLS, self.layout.top - BESIDE_CELLS);
        let attributes = format!("text-anchor=\"end\" font-size=\"{SMALL}\"");
        let title = |text, y| self.text(text, text, &Text { x, y, role: Role::Muted, attributes: &attributes });
        title(Layout::SOURCE, y - LINE) + &title(Layout::TARGET, y - SMALL / 2)
    }

    /// The colour scale, and what a weight is.
    fn legend(&self) -> String {
        let y = self.layout.legend;
        let small = format!("font-size=\"{SMALL}\"");
        let text = |text: &str, x, y| self.text(text, text, &Text { x, y, role: Role::Muted, attributes: &small });
        let middle = y + SWATCH / 2;
        let mut svg = text("0 %", MARGIN, middle);
        let _ = writeln!(svg, "<g {}>", self.colors.fill(Role::Weight));
        for step in 0..=10 {
            let (x, opacity) = (Layout::SCALE + SWATCH * step, opacity(step as f32 / 10.0));
            let _ = writeln!(
                svg,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{SWATCH}\" height=\"{SWATCH}\" fill-opacity=\"{opacity}\"/>"
            );
        }
        let (x, width) = (Layout::SCALE, SWATCH * 11);
        let _ = writeln!(
            svg,
            "</g>\n<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{SWATCH}\" fill=\"none\" {}/>",
            self.colors.stroke(Role::Grid)
        );
        svg += &text("100 %", x + width + MARGIN / 2, middle);
        let weight = &self.weight;
        let meaning = if self.values {
            format!("{weight} in %; a row sums to 100")
        } else {
            format!("{weight}; a row sums to 100 %")
        };
        let end = format!("{EOS}: the end of the source sentence");
        svg + &text(&meaning, MARGIN, middle + LINE) + &text(&end, MARGIN, middle + 2 * LINE)
    }

    /// A text whose letters are centred vertically at its position; if it is not the `whole`, that is its tooltip.
    fn text(&self, whole: &str, shown: &str, &Text { x, y, role, attributes }: &Text) -> String {
        let mark = if begins_right_to_left(shown) { RIGHT_TO_LEFT_MARK.to_string() } else { String::new() };
        let space = if attributes.is_empty() { "" } else { " " };
        format!(
            "<text x=\"{x}\" y=\"{y}\" dy=\"0.35em\" {}{space}{attributes}>{}{mark}{}{mark}</text>\n",
            self.colors.fill(role),
            tooltip(whole, shown),
            escape_xml(shown)
        )
    }
}

fn cell_role(is_end: bool) -> Role {
    if is_end { Role::EndWeight } else { Role::Weight }
}

fn tooltip(whole: &str, shown: &str) -> String {
    if whole == shown { String::new() } else { format!("<title>{}</title>", escape_xml(whole)) }
}

fn begins_right_to_left(text: &str) -> bool {
    text.chars().find(|c| c.is_alphabetic()).is_some_and(is_right_to_left)
}

/// The weight, 0 to 1, with two decimals.
fn opacity(weight: f32) -> f64 {
    (100.0 * f64::from(weight.min(1.0))).round() / 100.0
}

/// The weight in percent, as a whole number.
fn percent(weight: f32) -> u32 {
    (100.0 * weight.min(1.0)).round() as u32
}
