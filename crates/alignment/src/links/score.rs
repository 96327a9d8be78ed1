//! Alignment error rate, precision and recall against gold links (Och and Ney 2003, section 5).

use std::fmt;

use thiserror::Error;

use crate::counted::counted;
use crate::{GoldLinks, IndexBase, LineError, Links, NamedText};

/// The agreement of links A with sure links S and possible links P over a corpus. Every field is between 0 and 1.
///
/// Displayed as `AER 18.91 precision 0.772 recall 0.882 F1 0.823`, with the error rate in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlignmentScore {
    /// Alignment error rate, 1 - (|A ∩ S| + |A ∩ P|) / (|A| + |S|): lower is better. 0 if A and S are empty.
    pub aer: f64,
    /// |A ∩ P| / |A|, the share of the links that are possible. 1 if A is empty.
    pub precision: f64,
    /// |A ∩ S| / |S|, the share of the sure links that were found. 1 if S is empty.
    pub recall: f64,
}

impl AlignmentScore {
    /// The harmonic mean of precision and recall. 0 if both are 0.
    pub fn f1(&self) -> f64 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

/// Conventions of a gold file and a file of links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreOptions {
    /// The index of the first word in the gold file.
    pub gold_base: IndexBase,
    /// The index of the first word in the file of links.
    pub link_base: IndexBase,
    /// Whether the links are `target-source`, as from a model of the other direction. They are transposed before scoring.
    pub reverse_links: bool,
}

/// The reason why two files cannot be scored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScoreError {
    /// A line cannot be read.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The files have different numbers of lines.
    #[error(
        "{gold_name} has {}, but {links_name} has {link_lines}; \
         both need one line per sentence pair, an empty line for a pair without links",
        counted(*gold_lines, "line")
    )]
    LineCount {
        /// Name of the gold file.
        gold_name: String,
        /// Number of lines of the gold file.
        gold_lines: usize,
        /// Name of the file of links.
        links_name: String,
        /// Number of lines of the file of links.
        link_lines: usize,
    },
}

/// Scores the links of a corpus, one item per sentence pair. Counts are summed over all pairs, then divided.
pub fn score<'a>(pairs: impl IntoIterator<Item = (&'a GoldLinks, &'a Links)>) -> AlignmentScore {
    let mut counts = Counts::default();
    for (gold, links) in pairs {
        counts.add(gold, links);
    }
    counts.score()
}

/// Scores a text of Pharaoh links against a text of gold links (see [`GoldLinks::parse`]).
///
/// # Errors
/// If a line cannot be read, with its file and line number; or if the numbers of lines differ.
pub fn score_files(gold: NamedText, links: NamedText, options: ScoreOptions) -> Result<AlignmentScore, ScoreError> {
    let all_gold = gold.parse_lines(|line| GoldLinks::parse(line, options.gold_base))?;
    let all_links = links.parse_lines(|line| {
        let links = Links::parse(line, options.link_base)?;
        Ok(if options.reverse_links { links.transposed() } else { links })
    })?;
    if all_gold.len() != all_links.len() {
        return Err(ScoreError::LineCount {
            gold_name: gold.name.to_owned(),
            gold_lines: all_gold.len(),
            links_name: links.name.to_owned(),
            link_lines: all_links.len(),
        });
    }
    Ok(score(all_gold.iter().zip(&all_links)))
}

/// The four set sizes from which all measures are computed: |A|, |S|, |A ∩ S|, |A ∩ P|.
#[derive(Default)]
struct Counts {
    links: usize,
    sure: usize,
    links_in_sure: usize,
    links_in_possible: usize,
}

impl Counts {
    fn add(&mut self, gold: &GoldLinks, links: &Links) {
        self.links += links.len();
        self.sure += gold.sure().len();
        self.links_in_sure += links.iter().filter(|link| gold.sure().contains(link)).count();
        self.links_in_possible += links.iter().filter(|link| gold.possible().contains(link)).count();
    }

    fn score(&self) -> AlignmentScore {
        AlignmentScore {
            aer: 1.0 - ratio(self.links_in_sure + self.links_in_possible, self.links + self.sure),
            precision: ratio(self.links_in_possible, self.links),
            recall: ratio(self.links_in_sure, self.sure),
        }
    }
}

/// `part / whole`, or 1 if `whole` is 0.
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

impl fmt::Display for AlignmentScore {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { aer, precision, recall } = self;
        write!(f, "AER {:.2} precision {precision:.3} recall {recall:.3} F1 {:.3}", 100.0 * aer, self.f1())
    }
}
