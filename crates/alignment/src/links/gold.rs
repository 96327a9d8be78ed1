//! Gold links: the links that annotators chose (Och and Ney 2003, section 5).

use super::parse_link;
use crate::{IndexBase, Link, LinkError, Links};

/// The annotated links of one sentence pair: sure links, which an aligner must find, and possible links, which it may find.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoldLinks {
    sure: Links,
    possible: Links,
}

impl GoldLinks {
    /// Creates gold links from the two sets. Every sure link becomes a possible link too.
    pub fn new(sure: Links, possible: Links) -> Self {
        let possible = sure.iter().chain(possible.iter()).copied().collect();
        Self { sure, possible }
    }

    /// Reads one line, source first: `i-j` is sure, `ipj` and `i?j` are possible only.
    ///
    /// # Errors
    /// The first item of the line that is not a link, or has an index 0 with [`IndexBase::One`].
    pub fn parse(line: &str, base: IndexBase) -> Result<Self, LinkError> {
        let form = "`0-0` for a sure link, `0p0` or `0?0` for a possible one";
        let links: Vec<(Link, char)> = line
            .split_whitespace()
            .map(|text| parse_link(text, &['-', 'p', '?'], base, form))
            .collect::<Result<_, _>>()?;
        let sure = links.iter().filter(|(_, sign)| *sign == '-').map(|(link, _)| *link).collect();
        Ok(Self { sure, possible: links.into_iter().map(|(link, _)| link).collect() })
    }

    /// The sure links, S.
    pub fn sure(&self) -> &Links {
        &self.sure
    }

    /// The possible links, P; they contain all sure links.
    pub fn possible(&self) -> &Links {
        &self.possible
    }
}
