//! Colours of SVG elements: those of one theme, or those that fit the page on which the picture is shown.

use std::fmt::{self, Write};

use super::palette::{DARK, LIGHT, Palette, Rgb, Theme};

/// The role of an element of a picture; it determines the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The background of the picture.
    Card,
    /// The background of an area that is set apart.
    Soft,
    /// Text.
    Text,
    /// Text of less importance, axes.
    Muted,
    /// Lines of a grid.
    Grid,
    /// A cell; its weight is its opacity.
    Weight,
    /// A cell in the column of the end of the sentence.
    EndWeight,
    /// A curve, by its number from 0.
    Series(usize),
    /// The training loss that belongs to a curve.
    Training(usize),
}

/// Writes the colours of SVG elements as attributes.
///
/// Every element has the colour of the light theme, or of the chosen theme, as an attribute, which all programs understand.
/// Without a chosen theme, a style sheet replaces the colours where the reader prefers a dark page. Its class names begin with
/// `glosser-` and always mean the same, so several pictures on a page do not disturb each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SvgColors {
    /// The theme; `None` follows the page.
    pub theme: Option<Theme>,
}

impl SvgColors {
    /// The attributes that fill an element.
    pub fn fill(self, role: Role) -> String {
        self.paint("fill", role)
    }

    /// The attributes for the lines of an element.
    pub fn stroke(self, role: Role) -> String {
        self.paint("stroke", role)
    }

    /// The attributes of text on a cell, black or white.
    pub(crate) fn text_on_cell(self, weight: f32, role: Role) -> String {
        let text = |palette: &Palette| palette.card.mixed(role.color(palette), weight).readable_text();
        let light = text(self.theme.unwrap_or(Theme::Light).palette());
        if self.theme.is_some() {
            return format!("fill=\"{light}\"");
        }
        let class = if text(&DARK) == Rgb([0; 3]) { "black" } else { "white" };
        format!("class=\"glosser-fill-{class}\" fill=\"{light}\"")
    }

    fn paint(self, property: &str, role: Role) -> String {
        let color = role.color(self.theme.unwrap_or(Theme::Light).palette());
        match self.theme {
            Some(_) => format!("{property}=\"{color}\""),
            None => format!("class=\"glosser-{property}-{role}\" {property}=\"{color}\""),
        }
    }

    /// The style sheet for dark pages; nothing if a theme is chosen.
    pub fn style(self) -> String {
        if self.theme.is_some() {
            return String::new();
        }
        let mut style = String::from("<style>\n@media (prefers-color-scheme: dark) {\n");
        let fixed = [Role::Card, Role::Soft, Role::Text, Role::Muted, Role::Grid, Role::Weight, Role::EndWeight];
        let series = (0..LIGHT.series.len()).flat_map(|index| [Role::Series(index), Role::Training(index)]);
        for role in fixed.into_iter().chain(series) {
            for property in ["fill", "stroke"] {
                let _ = writeln!(style, ".glosser-{property}-{role} {{ {property}: {} }}", role.color(&DARK));
            }
        }
        style + ".glosser-fill-black { fill: #000000 }\n.glosser-fill-white { fill: #ffffff }\n}\n</style>\n"
    }
}

impl Role {
    fn color(self, palette: &Palette) -> Rgb {
        let series = |index: usize| palette.series[index % palette.series.len()];
        match self {
            Self::Card => palette.card,
            Self::Soft => palette.soft,
            Self::Text => palette.text,
            Self::Muted => palette.muted,
            Self::Grid => palette.grid,
            Self::Weight => palette.weight,
            Self::EndWeight => palette.end_weight,
            Self::Series(index) => series(index),
            Self::Training(index) => palette.faint(series(index)),
        }
    }
}

/// The role as a part of a class name.
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |index: usize| index % LIGHT.series.len() + 1;
        match self {
            Self::Card => f.write_str("card"),
            Self::Soft => f.write_str("soft"),
            Self::Text => f.write_str("text"),
            Self::Muted => f.write_str("muted"),
            Self::Grid => f.write_str("grid"),
            Self::Weight => f.write_str("weight"),
            Self::EndWeight => f.write_str("end-weight"),
            Self::Series(index) => write!(f, "series-{}", number(*index)),
            Self::Training(index) => write!(f, "training-{}", number(*index)),
        }
    }
}
