//! What annotators say.

use crate::{IndexBase, Link, LinkError, Links, links::parse_link};

/// The annotated links of one sentence pair: those that must be found, and those that may be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gold {
    sure: Links,
    possible: Links,
}

impl Gold {
    /// Gold links from the two sets; every sure link is possible, too.
    pub fn new(sure: Links, possible: Links) -> Self {
        let possible = sure.iter().chain(possible.iter()).copied().collect();
        Self { sure, possible }
    }

    /// Reads one line: `i-j` is sure, `ipj` and `i?j` are possible only; source first.
    ///
    /// # Errors
    /// Names the first piece that is neither, or is 0 where counting starts at 1.
    pub fn parse(line: &str, base: IndexBase) -> Result<Self, LinkError> {
        let form = "`0-0` for a sure link, `0p0` or `0?0` for a possible one";
        let links: Vec<(Link, char)> = line
            .split_whitespace()
            .map(|text| parse_link(text, &['-', 'p', '?'], base, form))
            .collect::<Result<_, _>>()?;
        let sure = links.iter().filter(|(_, sign)| *sign == '-').map(|(link, _)| *link).collect();
        Ok(Self { sure, possible: links.into_iter().map(|(link, _)| link).collect() })
    }

    /// S: the links that must be found.
    pub fn sure(&self) -> &Links {
        &self.sure
    }

    /// P: the links that may be found, the sure ones among them.
    pub fn possible(&self) -> &Links {
        &self.possible
    }
}
