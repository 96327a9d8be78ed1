//! Weights as shaded or coloured cells in a terminal.

use unicode_width::UnicodeWidthStr;

use super::palette::{ANY_BACKGROUND, Rgb, Theme};
use crate::EOS;

/// The character set or colours with which cells are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shades {
    /// ` ░▒▓█`, for terminals with Unicode.
    Blocks,
    /// ` .:+#`, for other terminals. Words are not converted to ASCII.
    Ascii,
    /// ` ░▒▓█` in one colour that can be read on a dark and on a light background, for terminals whose background is unknown.
    Tinted(Colors),
    /// Cells with a background from that of the theme to its colour of weights. A cell with hardly any weight is blank.
    Filled(Colors, Theme),
}

/// The colours that a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colors {
    /// 256 colours, as most terminals have.
    Indexed,
    /// 24-bit colours.
    TrueColor,
}

/// The minimum weight of each step above blank. Smaller weights are the small remainder that a softmax gives to every word.
const STEPS: [(f32, &str); 4] = [(0.05, "5 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %")];

/// Weights in the legend of filled cells.
const FILLED_STEPS: [(f32, &str); 4] = [(0.1, "10 %"), (0.4, "40 %"), (0.7, "70 %"), (1.0, "100 %")];

/// The minimum weight of a filled cell that is not blank.
const LEAST: f32 = 0.02;

/// Colours of the 6 x 6 x 6 colour cube and the grey scale of a terminal, nearest to [`ANY_BACKGROUND`] and to the weights 0.1
/// to 1 of both themes: darker and darker, or lighter and lighter.
const ANY_BACKGROUND_INDEX: u8 = 30;
const LIGHT_RAMP: [u8; 5] = [254, 152, 73, 30, 23];
const DARK_RAMP: [u8; 5] = [236, 23, 30, 37, 80];

impl Shades {
    /// A cell of `width` terminal columns for a weight between 0 and 1. NaN is drawn as 0.
    ///
    /// A coloured cell resets the colour at its end, so the text after it is not affected.
    pub fn cell(self, weight: f32, width: usize) -> String {
        let weight = if weight > 0.0 { weight.min(1.0) } else { 0.0 };
        let blocks = shade([' ', '░', '▒', '▓', '█'], weight).repeat(width);
        match self {
            Self::Blocks => blocks,
            Self::Ascii => shade([' ', '.', ':', '+', '#'], weight).repeat(width),
            Self::Tinted(_) if blocks.starts_with(' ') => blocks,
            Self::Tinted(Colors::Indexed) => format!("\u{1B}[38;5;{ANY_BACKGROUND_INDEX}m{blocks}\u{1B}[0m"),
            Self::Tinted(Colors::TrueColor) => format!("\u{1B}[38;2;{}m{blocks}\u{1B}[0m", channels(ANY_BACKGROUND)),
            Self::Filled(..) if weight < LEAST => " ".repeat(width),
            Self::Filled(colors, theme) => filled(colors, theme, weight, width),
        }
    }

    /// A legend in lines of at most `width` terminal columns (at least 40): the sides, and the weights of the shades. A
    /// character means this weight or more, a colour about this weight. Every line ends in `\n`.
    pub fn legend(self, width: usize) -> String {
        let (steps, more) = if matches!(self, Self::Filled(..)) { (FILLED_STEPS, "") } else { (STEPS, " or more") };
        let scale = |shades: Self| {
            let steps = steps.iter().map(|(weight, name)| format!("{} {name}", shades.cell(*weight, 1)));
            steps.collect::<Vec<_>>().join("  ") + more
        };
        let sides = format!("row: target, column: source, {EOS}: end");
        // Escape sequences have no width on a terminal, but they would be counted.
        let is_one_line = sides.width() + 2 + scale(Self::Blocks).width() <= width;
        format!("{sides}{}{}\n", if is_one_line { "  " } else { "\n" }, scale(self))
    }

    /// The character of the vertical line from a source word down to its cells.
    pub(crate) fn stem(self) -> char {
        if self == Self::Ascii { '|' } else { '│' }
    }

    /// The character at the end of a word that was cut.
    pub(crate) fn ellipsis(self) -> char {
        if self == Self::Ascii { '~' } else { '…' }
    }
}

fn shade(characters: [char; 5], weight: f32) -> String {
    characters[STEPS.iter().filter(|(minimum, _)| weight >= *minimum).count()].to_string()
}

/// A blank cell with the background of a weight.
fn filled(colors: Colors, theme: Theme, weight: f32, width: usize) -> String {
    let color = match colors {
        Colors::TrueColor => format!("2;{}", channels(theme.palette().weight(weight))),
        Colors::Indexed => {
            let ramp = if theme == Theme::Light { LIGHT_RAMP } else { DARK_RAMP };
            let step = (weight * ramp.len() as f32).ceil() as usize;
            format!("5;{}", ramp[step.clamp(1, ramp.len()) - 1])
        }
    };
    format!("\u{1B}[48;{color}m{}\u{1B}[0m", " ".repeat(width))
}

fn channels(Rgb([red, green, blue]): Rgb) -> String {
    format!("{red};{green};{blue}")
}
