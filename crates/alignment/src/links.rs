//! Hard alignments: sets of links.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::WordAttention;

/// One alignment point between words, zero-based; ordered by source, then target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// The source word.
    pub source: usize,
    /// The target word.
    pub target: usize,
}

/// Where a file starts to count words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexBase {
    /// The first word is 0, as in Pharaoh files.
    Zero,
    /// The first word is 1, as in the files of the WPT shared tasks.
    One,
}

/// The links of one sentence pair, sorted, each once.
///
/// Written in the Pharaoh format, `0-0 1-2`, source first. Always zero-based; an [`IndexBase`] applies only where
/// links are read or written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    sorted: Vec<Link>,
}

/// What is wrong with the text of a link.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LinkError {
    /// The text is not two numbers joined by one of the signs allowed.
    #[error("found `{found}` where a link should be; write {form}, with a space between links")]
    NotALink {
        /// The text.
        found: String,
        /// The forms allowed, as the remedy.
        form: &'static str,
    },
    /// An index 0 where words are counted from one.
    #[error("found `{found}`, but one-based indices start at 1; if this file counts from 0, read it as zero-based")]
    ZeroInOneBased {
        /// The text.
        found: String,
    },
}

impl Links {
    /// Reads one line of Pharaoh links; an empty line has none.
    ///
    /// # Errors
    /// Names the first piece that is not a link, or is 0 where counting starts at 1.
    pub fn parse(line: &str, base: IndexBase) -> Result<Self, LinkError> {
        let form = "source-target, such as `0-0` or `1-2`";
        line.split_whitespace().map(|text| Ok(parse_link(text, &['-'], base, form)?.0)).collect()
    }

    /// Links of attention: each target word with its heaviest source word, and with every other that weighs at least
    /// `threshold` times as much.
    ///
    /// At a threshold of 1 or above (or NaN) only the heaviest counts, the lowest index among equals. A target word
    /// gets no link when its EOS mass outweighs its heaviest word, or when it has no positive weight; NaN never wins.
    pub fn from_attention(attention: &WordAttention, threshold: f32) -> Self {
        let rows = attention.matrix().rows().zip(attention.eos_mass()).enumerate();
        rows.flat_map(|(target, (row, eos_mass))| {
            linked_sources(row, *eos_mass, threshold).map(move |source| Link { source, target })
        })
        .collect()
    }

    /// The same links with source and target exchanged, as for a model of the other direction.
    pub fn transposed(&self) -> Self {
        self.iter().map(|link| Link { source: link.target, target: link.source }).collect()
    }

    /// The links as one line without its end; [`Display`](fmt::Display) is this with [`IndexBase::Zero`].
    pub fn to_pharaoh(&self, base: IndexBase) -> String {
        let first = base.first_index();
        let links = self.iter().map(|link| format!("{}-{}", link.source + first, link.target + first));
        links.collect::<Vec<_>>().join(" ")
    }

    /// Whether the link is among these.
    pub fn contains(&self, link: &Link) -> bool {
        self.sorted.binary_search(link).is_ok()
    }

    /// The links in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Link> {
        self.sorted.iter()
    }

    /// Number of links.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there is no link.
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

/// Reads two numbers joined by one of `signs`; returns the link, zero-based, and the sign found.
pub(crate) fn parse_link(
    text: &str,
    signs: &[char],
    base: IndexBase,
    form: &'static str,
) -> Result<(Link, char), LinkError> {
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

/// Digits only: `parse` alone would take `+1`. No sentence has as many words as a number of 32 bits can count, and one
/// more is still a number.
fn parse_index(text: &str) -> Option<usize> {
    let index: u32 = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())??;
    usize::try_from(index).ok().filter(|_| index < u32::MAX)
}

/// The source words that one row links to; see [`Links::from_attention`].
fn linked_sources(row: &[f32], eos_mass: f32, threshold: f32) -> impl Iterator<Item = usize> {
    let outweighed = |heaviest: usize| eos_mass > row[heaviest];
    let heaviest = heaviest(row).filter(|heaviest| !outweighed(*heaviest));
    heaviest.into_iter().flat_map(move |heaviest| {
        let near = move |weight: f32| weight > 0.0 && threshold < 1.0 && weight >= threshold * row[heaviest];
        (0..row.len()).filter(move |source| *source == heaviest || near(row[*source]))
    })
}

/// The first of the greatest positive weights.
fn heaviest(row: &[f32]) -> Option<usize> {
    let positive = (0..row.len()).filter(|source| row[*source] > 0.0);
    // `reduce` keeps the earlier one unless the later is strictly greater; NaN is not positive.
    positive.reduce(|best, source| if row[source] > row[best] { source } else { best })
}
