//! How a weight looks in a terminal.

/// How cells are drawn, and the few signs that go with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shades {
    /// ` ░▒▓█`, for terminals with Unicode.
    Blocks,
    /// ` .:+#`, for the others. Words are shown as they are.
    Ascii,
    /// Nine of the 256 colours that most terminals have, from white to dark blue; everything else as with `Blocks`.
    Colors256,
    /// Any colour (24 bits), from nearly white to dark blue.
    TrueColor,
}

/// The least weight of each step above blank. Below 0.05 a weight says no more than a softmax always does.
const STEPS: [(f32, &str); 4] = [(0.05, "0.05"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75")];

/// Down a wall of the 6 x 6 x 6 colours: red and green go first, then blue.
const RAMP: [u8; 9] = [231, 189, 147, 105, 63, 21, 20, 19, 18];
/// Colours of weights 0 and 1. Cells have a ground of their own, since nobody knows that of the terminal.
const PAPER: [u8; 3] = [0xF4, 0xF6, 0xFA];
const INK: [u8; 3] = [0x12, 0x3A, 0x8C];

impl Shades {
    /// A cell `width` columns wide for a weight between 0 and 1; NaN is as 0.
    ///
    /// Colours are switched on and off within it, so that it can stand anywhere.
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

    /// One line that explains the cells, such as `░ 0.05  ▒ 0.25  ▓ 0.5  █ 0.75`: characters stand for weights from
    /// there up, colours for weights about there.
    pub fn legend(self) -> String {
        let steps = STEPS.iter().map(|(least, name)| format!("{} {name}", self.cell(*least, 1)));
        steps.collect::<Vec<_>>().join("  ")
    }

    /// The line from a column's head down to its cells.
    pub(crate) fn stem(self) -> char {
        if self == Self::Ascii { '|' } else { '│' }
    }

    /// The sign for the rest of a word that had to be cut.
    pub(crate) fn ellipsis(self) -> char {
        if self == Self::Ascii { '~' } else { '…' }
    }
}

fn shade(characters: [char; 5], weight: f32) -> String {
    characters[STEPS.iter().filter(|(least, _)| weight >= *least).count()].to_string()
}
