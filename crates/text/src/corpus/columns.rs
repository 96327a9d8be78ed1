//! The columns of a TSV file that contain source and target.

use std::fmt;
use std::str::FromStr;

use crate::error::TextError;

/// The one-based columns of source and target. They differ.
///
/// ```
/// use glosser_text::Columns;
///
/// let reversed: Columns = "2,1".parse()?;
/// assert_eq!((reversed.source(), reversed.target()), (2, 1));
/// # Ok::<(), glosser_text::TextError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    source: usize,
    target: usize,
}

impl Columns {
    /// The source in the first column, the target in the second.
    pub const DEFAULT: Self = Self { source: 1, target: 2 };

    /// Creates a choice of two different columns, counted from one.
    ///
    /// # Errors
    /// [`TextError::BadColumns`] if one is zero or both are the same.
    pub fn new(source: usize, target: usize) -> Result<Self, TextError> {
        let refused = |reason| Err(TextError::BadColumns { given: format!("{source},{target}"), reason });
        if source == 0 || target == 0 {
            return refused("there is no column 0");
        }
        if source == target {
            return refused("source and target are the same column");
        }
        Ok(Self { source, target })
    }

    /// Returns the one-based column of the source.
    pub fn source(self) -> usize {
        self.source
    }

    /// Returns the one-based column of the target.
    pub fn target(self) -> usize {
        self.target
    }

    /// Returns the number of columns that a line must have.
    pub fn needed(self) -> usize {
        self.source.max(self.target)
    }
}

impl FromStr for Columns {
    type Err = TextError;

    fn from_str(given: &str) -> Result<Self, TextError> {
        let refused =
            || TextError::BadColumns { given: given.to_owned(), reason: "two numbers and a comma are needed" };
        let (source, target) = given.split_once(',').ok_or_else(refused)?;
        let number = |text: &str| text.trim().parse().map_err(|_| refused());
        Self::new(number(source)?, number(target)?)
    }
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.source, self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_choice_is_read_back() {
        assert_eq!("2, 4".parse::<Columns>().expect("two columns").to_string(), "2,4");
        assert_eq!(Columns::DEFAULT.to_string(), "1,2");
    }

    #[test]
    fn an_invalid_choice_is_quoted_with_the_remedy() {
        for (given, reason) in [
            ("0,1", "no column 0"),
            ("2,2", "same column"),
            ("", "two numbers"),
            ("1", "two numbers"),
            ("1,2,3", "two numbers"),
            ("a,b", "two numbers"),
            ("-1,2", "two numbers"),
        ] {
            let message = given.parse::<Columns>().expect_err(given).to_string();
            assert!(message.contains(&format!("`{given}`")) && message.contains(reason), "{message}");
            assert!(message.contains("write e.g. `1,2`"), "{message}");
        }
    }
}
