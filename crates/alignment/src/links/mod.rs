//! Hard alignments: the links of one sentence pair, and their Pharaoh format.

mod gold;
mod named_text;
mod score;
mod symmetrize;

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::WordAttention;

pub use gold::GoldLinks;
pub use named_text::{LineError, NamedText};
pub use score::{AlignmentScore, ScoreError, ScoreOptions, score, score_files};
pub use symmetrize::{Symmetrization, symmetrize};

/// One alignment point between a source and a target word, zero-based. Ordered by source, then target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// Index of the source word.
    pub source: usize,
    /// Index of the target word.
    pub target: usize,
}

/// The index of the first word of a sentence in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexBase {
    /// The first word is 0, as in Pharaoh files.
    Zero,
    /// The first word is 1, as in the files of the WPT shared tasks.
    One,
}

/// The links of one sentence pair, sorted and without duplicates.
///
/// Displayed in the Pharaoh format, `0-0 1-2`, source first. Zero-based in memory; an [`IndexBase`] applies only to reading
/// and writing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    sorted: Vec<Link>,
}

/// The reason why a text is not a link.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LinkError {
    /// The text is not two numbers joined by one of the allowed signs.
    #[error("found `{found}` where a link should be; write {form}, with a space between links")]
    NotALink {
        /// The text.
        found: String,
        /// The allowed forms, as the remedy.
        form: &'static str,
    },
    /// An index is 0 in a file that counts words from 1.
    #[error("found `{found}`, but one-based indices start at 1; if this file counts from 0, read it as zero-based")]
    ZeroInOneBased {
        /// The text.
        found: String,
    },
}

impl Links {
    /// Reads one line of Pharaoh links. An empty line has no links.
    ///
    /// # Errors
    /// The first item of the line that is not a link, or has an index 0 with [`IndexBase::One`].
    pub fn parse(line: &str, base: IndexBase) -> Result<Self, LinkError> {
        let form = "source-target, such as `0-0` or `1-2`";
        line.split_whitespace().map(|text| Ok(parse_link(text, &['-'], base, form)?.0)).collect()
    }

    /// Derives links from weights, `[target words][source words]`: each target word is linked to the source word with the
    /// largest weight, and to every other source word with at least `threshold` times this weight.
    ///
    /// With a threshold of 1 or above (or NaN) only the largest weight counts; among equal weights the lowest index wins. A
    /// target word gets no link if its EOS weight is larger than every source weight, or if it has no positive weight. NaN
    /// is never the largest weight.
    pub fn from_attention(attention: &WordAttention, threshold: f32) -> Self {
        let rows = attention.matrix().rows().zip(attention.eos_mass()).enumerate();
        rows.flat_map(|(target, (row, eos_mass))| {
            linked_sources(row, *eos_mass, threshold).map(move |source| Link { source, target })
        })
        .collect()
    }

    /// Exchanges source and target, to convert links of a model of the other direction.
    pub fn transposed(&self) -> Self {
        self.iter().map(|link| Link { source: link.target, target: link.source }).collect()
    }

    /// The links as one line without a line break. [`Display`](fmt::Display) writes this with [`IndexBase::Zero`].
    pub fn to_pharaoh(&self, base: IndexBase) -> String {
        let first = base.first_index();
        let links = self.iter().map(|link| format!("{}-{}", link.source + first, link.target + first));
        links.collect::<Vec<_>>().join(" ")
    }

    /// The target words that a source word is linked to, in ascending order.
    pub fn targets_of(&self, source: usize) -> impl Iterator<Item = usize> {
        self.sorted.iter().filter(move |link| link.source == source).map(|link| link.target)
    }

    /// Whether the links contain `link`.
    pub fn contains(&self, link: &Link) -> bool {
        self.sorted.binary_search(link).is_ok()
    }

    /// The links in ascending order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Link> {
        self.sorted.iter()
    }

    /// Number of links.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether the pair has no links.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }
}

impl FromIterator<Link> for Links {
    fn from_iter<I: IntoIterator<Item = Link>>(links: I) -> Self {
        let mut sorted: Vec<Link> = links.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self { sorted }
    }
}

impl FromStr for Links {
    type Err = LinkError;

    fn from_str(line: &str) -> Result<Self, LinkError> {
        Self::parse(line, IndexBase::Zero)
    }
}

impl fmt::Display for Links {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.to_pharaoh(IndexBase::Zero))
    }
}

impl IndexBase {
    fn first_index(self) -> usize {
        match self {
            Self::Zero => 0,
            Self::One => 1,
        }
    }
}

/// Reads two numbers joined by one of `signs`. Returns the zero-based link and its sign.
fn parse_link(text: &str, signs: &[char], base: IndexBase, form: &'static str) -> Result<(Link, char), LinkError> {
    let not_a_link = || LinkError::NotALink { found: text.to_owned(), form };
    let at = text.find(signs).ok_or_else(not_a_link)?;
    // The signs are ASCII: one byte.
    let (source, rest) = text.split_at(at);
    let (sign, target) = (text.as_bytes()[at] as char, &rest[1..]);
    let source = parse_index(source).ok_or_else(not_a_link)?;
    let target = parse_index(target).ok_or_else(not_a_link)?;
    let zero_based = |index: usize| {
        let zero = || LinkError::ZeroInOneBased { found: text.to_owned() };
        index.checked_sub(base.first_index()).ok_or_else(zero)
    };
    Ok((Link { source: zero_based(source)?, target: zero_based(target)? }, sign))
}

/// Accepts digits only: `parse` alone would accept `+1`. Indices stay below `u32::MAX`, so that adding 1 for a one-based
/// file cannot overflow.
fn parse_index(text: &str) -> Option<usize> {
    let index: u32 = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())??;
    usize::try_from(index).ok().filter(|_| index < u32::MAX)
}

/// The source words that one row, `[source words]`, is linked to; see [`Links::from_attention`].
fn linked_sources(row: &[f32], eos_mass: f32, threshold: f32) -> impl Iterator<Item = usize> {
    let eos_is_larger = |source: usize| eos_mass > row[source];
    let linked = largest(row).filter(|source| !eos_is_larger(*source));
    linked.into_iter().flat_map(move |largest| {
        let near = move |weight: f32| weight > 0.0 && threshold < 1.0 && weight >= threshold * row[largest];
        (0..row.len()).filter(move |source| *source == largest || near(row[*source]))
    })
}

/// The index of the first of the largest positive weights of a row, `[source words]`.
fn largest(row: &[f32]) -> Option<usize> {
    let positive = (0..row.len()).filter(|source| row[*source] > 0.0);
    // `reduce` keeps the earlier one unless the later is strictly greater; NaN is not positive.
    positive.reduce(|best, source| if row[source] > row[best] { source } else { best })
}
