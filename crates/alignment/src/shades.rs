//! How a weight looks in a terminal.

/// Characters for five steps of weight, and the few signs that go with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shades {
    /// ` ░▒▓█`, for terminals with Unicode.
    Blocks,
    /// ` .:+#`, for the others. Words are shown as they are.
    Ascii,
}

/// The least weight of each step above blank. Below 0.05 a weight says no more than a softmax always does.
const STEPS: [(f32, &str); 4] = [(0.05, "0.05"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75")];

impl Shades {
    /// The character for a weight between 0 and 1; NaN is blank.
    pub fn shade(self, weight: f32) -> char {
        self.characters()[STEPS.iter().filter(|(least, _)| weight >= *least).count()]
    }

    /// One line that explains the characters, such as `░ 0.05  ▒ 0.25  ▓ 0.5  █ 0.75`, each from that weight up.
    pub fn legend(self) -> String {
        let steps = self.characters().into_iter().skip(1).zip(STEPS);
        steps.map(|(shade, (_, least))| format!("{shade} {least}")).collect::<Vec<_>>().join("  ")
    }

    fn characters(self) -> [char; 5] {
        match self {
            Self::Blocks => [' ', '░', '▒', '▓', '█'],
            Self::Ascii => [' ', '.', ':', '+', '#'],
        }
    }

    /// The line from a column's head down to its cells.
    pub(crate) fn stem(self) -> char {
        match self {
            Self::Blocks => '│',
            Self::Ascii => '|',
        }
    }

    /// The sign for the rest of a word that had to be cut.
    pub(crate) fn ellipsis(self) -> char {
        match self {
            Self::Blocks => '…',
            Self::Ascii => '~',
        }
    }
}
