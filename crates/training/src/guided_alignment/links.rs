//! Links between the words of the corpus, which the aligner learns, and the attention where it is guided.

use crate::data::preparation::Selection;
use crate::events::event::{Event, Preparation};
use crate::events::event_log::EventLog;
use anyhow::{Result, ensure};
use glosser_alignment::statistical::StatisticalAligner;
use glosser_alignment::{GoldLinks, IndexBase, Link, Links};
use glosser_text::{
    BpeResegmenter, CorpusReader, Encoding, Fingerprint, Lines, Pair, TextError, TextReader, open, words,
    words_of_token,
};
use glosser_translator::Tokenizers;
use serde::{Deserialize, Serialize};
use std::io::Cursor;
use std::path::PathBuf;

/// How attention is guided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuidedAlignmentSettings {
    /// Where the links come from.
    pub links: LinkSource,
    /// What the aligner's cross-entropy with them counts beside that of the words.
    pub aligner_weight: f64,
    /// The same of the attention.
    pub attention_weight: f64,
}

impl GuidedAlignmentSettings {
    /// Whether there is an aligner to be trained.
    pub fn has_aligner(&self) -> bool {
        self.links != LinkSource::None && self.aligner_weight > 0.0
    }
}

/// Where the links come from that guide the attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkSource {
    /// There are none: the attention finds its own way.
    None,
    /// The statistical aligner learns them from the pairs.
    Statistical,
    /// They are given.
    File,
}

/// Links for each pair of a corpus, a line each. Of those that annotators call sure or possible, the sure ones count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenLinks {
    /// In a file, which may be compressed.
    InFile(PathBuf),
    /// Read before.
    InMemory {
        /// Stands in messages for a file.
        name: String,
        /// All lines.
        text: String,
    },
}

impl GivenLinks {
    fn lines(self) -> Result<Lines<TextReader>, TextError> {
        match self {
            Self::InFile(path) => open(&path),
            Self::InMemory { name, text } => Ok(Lines::new(Box::new(Cursor::new(text)), name)),
        }
    }
}

/// Links for each pair.
pub(crate) enum WordLinks {
    Learnt(Box<StatisticalAligner>),
    /// By the pairs' places among those with text on both sides.
    Given(Vec<Links>),
}

/// Most pairs that the aligner learns from, spread over all: it keeps them in memory.
pub(crate) const MOST_ALIGNED: usize = 250_000;

/// Pairs that it takes seconds to learn from.
const REPORT_FROM: usize = 10_000;

/// Product of the posteriors of both directions from which two words are linked.
const AGREEMENT: f32 = 0.1;

impl WordLinks {
    /// Lets the statistical aligner learn from the pairs to train on.
    pub fn learn(selection: &Selection, events: &mut EventLog) -> Result<Self> {
        let pairs = selection.spread(MOST_ALIGNED)?;
        if pairs.len() >= REPORT_FROM {
            events.report(Event::Preparing(Preparation::LearningLinks { pairs: pairs.len() }))?;
        }
        let texts: Vec<(&str, &str)> = pairs.iter().map(|p| (p.source.as_str(), p.target.as_str())).collect();
        Ok(Self::Learnt(Box::new(StatisticalAligner::train(&texts, |_iteration| ()))))
    }

    /// Reads the links of a corpus, a line for each of its pairs: source first, also where the corpus is reversed.
    ///
    /// # Errors
    /// If there are more lines or fewer than pairs, or a link is none, or one to a word that there is not.
    pub fn read(links: GivenLinks, corpus: &CorpusReader) -> Result<Self> {
        let mut lines = links.lines()?;
        let name = lines.name().to_owned();
        let mut all = Vec::new();
        let mut read = 0;
        for numbered in corpus.numbered_pairs()? {
            let (number, pair) = numbered?;
            // Those with a blank side have a line too.
            let mut line = None;
            while read <= number {
                line = lines.next().transpose()?;
                ensure!(
                    line.is_some(),
                    "{name}: {read} lines of links, but {} has more pairs; give a line for each pair, an empty one where \
                     there is no link",
                    corpus.name()
                );
                read += 1;
            }
            let links = GoldLinks::parse(&line.unwrap_or_default(), IndexBase::Zero)
                .map_err(|problem| anyhow::anyhow!("{name}:{read}: {problem}"))?;
            let links = if corpus.is_reversed() { links.sure().transposed() } else { links.sure().clone() };
            let (source, target) = (words(&pair.source).len(), words(&pair.target).len());
            if let Some(link) = links.iter().find(|link| link.source >= source || link.target >= target) {
                anyhow::bail!(
                    "{name}:{read}: the link {}-{} is to a word that is not there: the pair has {source} source and \
                     {target} target words, counted from zero; are these the links of {}, source first?",
                    link.source,
                    link.target,
                    corpus.name()
                );
            }
            all.push(links);
        }
        // Pairs with a blank side may stand at the end.
        let further = lines.map_while(Result::ok).filter(|line| !line.trim().is_empty()).count();
        ensure!(further == 0, "{name}: more lines of links than {} has pairs; are these its links?", corpus.name());
        Ok(Self::Given(all))
    }

    /// By which given links are known again.
    pub fn fingerprint(&self) -> Option<String> {
        let Self::Given(all) = self else { return None };
        let mut fingerprint = Fingerprint::default();
        for links in all {
            fingerprint.add_bytes(links.to_string().as_bytes());
            fingerprint.add_bytes(b"\n");
        }
        Some(fingerprint.to_string())
    }

    /// Links of white-space words of the pair at this place.
    fn links(&self, at: usize, pair: &Pair) -> Links {
        match self {
            Self::Learnt(aligner) => aligner.align(&pair.source, &pair.target).agreed_links(AGREEMENT),
            Self::Given(all) => all.get(at).cloned().unwrap_or_default(),
        }
    }
}

/// A guide in the words of the resegmenter, which are those that training counts.
pub(crate) struct TokenLinks<'a> {
    guide: &'a WordLinks,
    source: BpeResegmenter,
    target: BpeResegmenter,
}

impl<'a> TokenLinks<'a> {
    pub fn new(guide: &'a WordLinks, tokenizers: &Tokenizers) -> Result<Self> {
        let (source, target) = (tokenizers.source().resegmenter()?, tokenizers.target().resegmenter()?);
        Ok(Self { guide, source, target })
    }

    /// Links of the pair at this place, whose sides have these tokens.
    pub fn links(&self, at: usize, pair: &Pair, source: &Encoding, target: &Encoding) -> Links {
        let links = self.guide.links(at, pair);
        let of_source = segments(&pair.source, source, &self.source);
        let of_target = segments(&pair.target, target, &self.target);
        let both = |link: &Link| {
            let (of_source, of_target) = (&of_source[link.source], &of_target[link.target]);
            of_source.iter().flat_map(|source| of_target.iter().map(|target| Link { source: *source, target: *target }))
        };
        links.iter().flat_map(both).collect()
    }
}

/// For each white-space word of a text, the words of the resegmenter that have tokens of it: mostly one, but only a plain space
/// begins one of these.
fn segments(text: &str, encoding: &Encoding, resegmenter: &BpeResegmenter) -> Vec<Vec<usize>> {
    let words = words(text);
    let mut segments = vec![Vec::new(); words.len()];
    let of_tokens = words_of_token(&words, &encoding.offsets);
    for ((segment, of_token), offset) in resegmenter.word_numbers(&encoding.ids).zip(of_tokens).zip(&encoding.offsets) {
        // A space too many is a word to the resegmenter, and to nobody else.
        if text[offset.clone()].trim().is_empty() {
            continue;
        }
        for word in of_token {
            if segments[word].last() != Some(&segment) {
                segments[word].push(segment);
            }
        }
    }
    segments
}

#[cfg(test)]
#[path = "links_tests.rs"]
mod tests;
