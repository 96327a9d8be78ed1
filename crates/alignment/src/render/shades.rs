//! Weights as shaded or coloured cells in a terminal.

/// The character set or colours with which cells are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shades {
    /// ` ░▒▓█`, for terminals with Unicode.
    Blocks,
    /// ` .:+#`, for other terminals. Words are not converted to ASCII.
    Ascii,
    /// Nine of the 256 colours that most terminals have, from white to dark blue; all other characters as in `Blocks`.
    Colors256,
    /// 24-bit colours, from nearly white to dark blue; all other characters as in `Blocks`.
    TrueColor,
}

/// The minimum weight of each step above blank. Smaller weights are the small remainder that a softmax gives to every word.
const STEPS: [(f32, &str); 4] = [(0.05, "0.05"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75")];

/// Nine colours of the 6 x 6 x 6 colour cube, from white to dark blue: first red and green decrease, then blue.
const RAMP: [u8; 9] = [231, 189, 147, 105, 63, 21, 20, 19, 18];
/// Colours of the weights 0 and 1. Cells set their background, because the background of the terminal is unknown.
const PAPER: [u8; 3] = [0xF4, 0xF6, 0xFA];
const INK: [u8; 3] = [0x12, 0x3A, 0x8C];

impl Shades {
    /// A cell of `width` terminal columns for a weight between 0 and 1. NaN is drawn as 0.
    ///
    /// A coloured cell resets the colour at its end, so the text after it is not affected.
    pub fn cell(self, weight: f32, width: usize) -> String {
        let weight = if weight > 0.0 { weight.min(1.0) } else { 0.0 };
        let blank = " ".repeat(width);
        match self {
            Self::Blocks => shade([' ', '░', '▒', '▓', '█'], weight).repeat(width),
            Self::Ascii => shade([' ', '.', ':', '+', '#'], weight).repeat(width),
            Self::Colors256 => {
                let step = (weight * (RAMP.len() - 1) as f32).round() as usize;
                format!("\u{1B}[48;5;{}m{blank}\u{1B}[0m", RAMP[step])
            }
            Self::TrueColor => {
                let mixed = |(paper, ink): (&u8, &u8)| {
                    (f32::from(*paper) + weight * (f32::from(*ink) - f32::from(*paper))).round().to_string()
                };
                let color = PAPER.iter().zip(&INK).map(mixed).collect::<Vec<_>>().join(";");
                format!("\u{1B}[48;2;{color}m{blank}\u{1B}[0m")
            }
        }
    }

    /// A legend in one line, such as `░ 0.05  ▒ 0.25  ▓ 0.5  █ 0.75`: a character means this weight or more, a colour means
    /// about this weight.
    pub fn legend(self) -> String {
        let steps = STEPS.iter().map(|(weight, name)| format!("{} {name}", self.cell(*weight, 1)));
        steps.collect::<Vec<_>>().join("  ")
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
