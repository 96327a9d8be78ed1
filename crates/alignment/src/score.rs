//! How well links agree with gold links (Och and Ney 2003, section 5).

use std::fmt;

use thiserror::Error;

use crate::{Gold, IndexBase, LineError, Links, TextFile};

/// The agreement of links A with sure links S and possible links P over a whole corpus, each between 0 and 1.
///
/// Displayed as `AER 18.91 precision 0.772 recall 0.882 F1 0.823`, the error rate in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlignmentScore {
    /// Alignment error rate, 1 - (|A and S| + |A and P|) / (|A| + |S|): lower is better. 0 if A and S are empty.
    pub aer: f64,
    /// |A and P| / |A|: how many of the links may be there. 1 if A is empty: nothing said, nothing wrong.
    pub precision: f64,
    /// |A and S| / |S|: how many of the links that must be there are. 1 if S is empty: nothing asked, nothing missed.
    pub recall: f64,
}

impl AlignmentScore {
    /// The harmonic mean of precision and recall: as low as the lower of the two, nearly. 0 if both are.
    pub fn f1(&self) -> f64 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

/// How two files say the same thing differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreOptions {
    /// Where the gold file starts to count.
    pub gold_base: IndexBase,
    /// Where the file of links starts to count.
    pub link_base: IndexBase,
    /// Whether the links are `target-source`, as from a model of the other direction, and have to be turned round.
    pub reverse_links: bool,
}

/// Why two files cannot be scored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScoreError {
    /// A line is no links.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The files do not have one line for each sentence pair.
    #[error(
        "{gold_name} has {gold_lines} lines but {links_name} has {link_lines}; \
         give both one line for each sentence pair, an empty one where there are no links"
    )]
    LineCount {
        /// Name of the gold file.
        gold_name: String,
        /// Its lines.
        gold_lines: usize,
        /// Name of the file of links.
        links_name: String,
        /// Its lines.
        link_lines: usize,
    },
}

/// Scores the links of each sentence pair; counts are summed over the corpus before anything is divided.
pub fn score<'a>(pairs: impl IntoIterator<Item = (&'a Gold, &'a Links)>) -> AlignmentScore {
    let mut counts = Counts::default();
    for (gold, links) in pairs {
        counts.add(gold, links);
    }
    counts.score()
}

/// Scores one text of Pharaoh links against one of gold links (see [`Gold::parse`]).
///
/// # Errors
/// A line that cannot be read, by file and line; or line counts that differ.
pub fn score_files(gold: TextFile, links: TextFile, options: ScoreOptions) -> Result<AlignmentScore, ScoreError> {
    let all_gold = gold.parse_lines(|line| Gold::parse(line, options.gold_base))?;
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

/// The four sizes that all three measures are made of.
#[derive(Default)]
struct Counts {
    links: usize,
    sure: usize,
    links_in_sure: usize,
    links_in_possible: usize,
}

impl Counts {
    fn add(&mut self, gold: &Gold, links: &Links) {
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

/// A part of a whole; all of it when the whole is nothing.
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

impl fmt::Display for AlignmentScore {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { aer, precision, recall } = self;
        write!(f, "AER {:.2} precision {precision:.3} recall {recall:.3} F1 {:.3}", 100.0 * aer, self.f1())
    }
}
