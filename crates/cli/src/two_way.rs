//! A pair that was aligned in both directions, as text and JSON.

use crate::degraded::Degradation;
use crate::link_arguments::LinkMethod;
use crate::links;
use anyhow::Result;
use glosser_alignment::{Links, Posteriors, WordAttention, symmetrize};
use glosser_text::{WordSplitters, texts};
use glosser_translator::character_ranges;
use serde::Serialize;

/// A pair with the posteriors of both directions.
pub struct TwoWay<'a> {
    /// Line of the pair, counted from 1.
    pub line: usize,
    pub source: &'a str,
    pub target: &'a str,
    /// The definition of a word of both sides.
    pub words: &'a WordSplitters,
    pub posteriors: Posteriors,
    /// Faults of a row.
    pub degraded: &'a [Degradation],
}

/// Links by a method; `threshold` is used by the agreement only.
pub fn links_by(posteriors: &Posteriors, method: LinkMethod, threshold: f32) -> Links {
    let (forward, reverse) = (posteriors.forward_links(), posteriors.reverse_links());
    match method {
        LinkMethod::Mean => posteriors.mean_links(),
        LinkMethod::Agreement => posteriors.agreed_links(threshold),
        LinkMethod::Forward => forward,
        LinkMethod::Reverse => reverse,
        other => other.symmetrization().map_or_else(Links::default, |method| symmetrize(&forward, &reverse, method)),
    }
}

impl TwoWay<'_> {
    /// Links by a method; `threshold` is used by the agreement only.
    pub fn links(&self, method: LinkMethod, threshold: f32) -> Links {
        links_by(&self.posteriors, method, threshold)
    }

    /// One line per link, whose weight is the product of both posteriors.
    pub fn tsv(&self, method: LinkMethod, threshold: f32) -> String {
        let links = self.links(method, threshold);
        let (source, target) = (self.words.source.words(self.source), self.words.target.words(self.target));
        let words = [texts(self.source, &source), texts(self.target, &target)];
        links::tsv(self.line, &links, &words[0], &words[1], &self.posteriors.agreement())
    }

    /// Returns the pair as one JSON object.
    pub fn json(&self, method: LinkMethod, threshold: f32) -> Result<String> {
        let (forward, reverse) = (self.posteriors.forward(), self.posteriors.reverse());
        let (source, target) = (self.words.source.words(self.source), self.words.target.words(self.target));
        let rows = |attention: &'_ WordAttention| attention.matrix().rows().map(<[f32]>::to_vec).collect();
        let json = serde_json::to_string(&Record {
            line: self.line,
            source: self.source,
            target: self.target,
            source_words: texts(self.source, &source),
            source_offsets: character_ranges(self.source, &source),
            target_words: texts(self.target, &target),
            target_offsets: character_ranges(self.target, &target),
            links: self.links(method, threshold).to_string(),
            forward: rows(forward),
            forward_empty: forward.eos_mass(),
            reverse: rows(reverse),
            reverse_empty: reverse.eos_mass(),
            degraded: self.degraded,
        })?;
        Ok(links::in_one_line(json))
    }
}

#[derive(Serialize)]
struct Record<'a> {
    line: usize,
    source: &'a str,
    target: &'a str,
    source_words: Vec<&'a str>,
    /// Range of characters of each word, counted from 0, end exclusive.
    source_offsets: Vec<[usize; 2]>,
    target_words: Vec<&'a str>,
    target_offsets: Vec<[usize; 2]>,
    /// Word links, counted from 0, source first.
    links: String,
    /// `[target word][source word]`
    forward: Vec<Vec<f32>>,
    /// Posterior of the empty word for each target word.
    forward_empty: &'a [f32],
    /// `[source word][target word]`
    reverse: Vec<Vec<f32>>,
    reverse_empty: &'a [f32],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    degraded: &'a [Degradation],
}
