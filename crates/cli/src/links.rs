//! The attention of a translation as text and JSON.

use crate::degraded::Degradation;
use crate::output;
use crate::terminal::for_terminal;
use anyhow::Result;
use glosser_alignment::{AttentionMatrix, Link, Links, Shades, entropy, grid, marian_soft_alignment};
use glosser_text::is_unprintable;
use glosser_translator::{Translation, WordView};
use serde::Serialize;
use std::ops::Range;

/// Word links, from the largest weights.
pub fn hard(view: &WordView) -> Links {
    view.links()
}

/// Soft alignment in the format of Marian: one row per target word, with the weights of the source words and of EOS.
pub fn soft(view: &WordView) -> Result<String> {
    Ok(marian_soft_alignment(&AttentionMatrix::from_rows(&rows(view))?))
}

/// Rows `[target word][source words, EOS]`, each with sum 1.
pub fn rows(view: &WordView) -> Vec<Vec<f32>> {
    let rows = view.attention.matrix().rows().zip(view.attention.eos_mass());
    rows.map(|(row, eos)| row.iter().copied().chain([*eos]).collect()).collect()
}

/// One line per link: line of the pair (from 1), source index (from 0), source word, target index, target word, weight.
/// Words have no white space, so that no quotes are needed. `weights`: `[target word][source word]`.
pub fn tsv(line: usize, links: &Links, source: &[&str], target: &[&str], weights: &AttentionMatrix) -> String {
    let row = |link: &Link| {
        let (source_word, target_word) = (for_terminal(source[link.source]), for_terminal(target[link.target]));
        let weight = weights.get(link.target, link.source);
        format!("{line}\t{}\t{source_word}\t{}\t{target_word}\t{weight:.4}\n", link.source, link.target)
    };
    links.iter().map(row).collect()
}

/// The shaded matrix for a terminal, with its legend if `has_legend`. Other programs read the matrix without a legend.
pub fn picture(view: &WordView, shades: Shades, has_legend: bool) -> String {
    let width = output::width();
    let legend = if has_legend { shades.legend(width) } else { String::new() };
    grid(&view.labelled(), width, shades) + &legend
}

/// A translation as a JSON object.
#[derive(Serialize)]
pub struct Record<'a> {
    /// Line of the sentence, counted from 1.
    line: usize,
    /// Rank among the translations of the sentence, counted from 1.
    rank: usize,
    source: &'a str,
    translation: &'a str,
    log_prob: f32,
    score: f32,
    source_words: &'a [&'a str],
    /// Range of characters of each word, counted from 0, end exclusive.
    source_offsets: Vec<[usize; 2]>,
    target_words: &'a [&'a str],
    target_offsets: Vec<[usize; 2]>,
    /// Word links, counted from 0, source first.
    links: String,
    /// `[target word][source word]`.
    weights: Vec<&'a [f32]>,
    /// Weight of each target word on the end of the source.
    eos_mass: &'a [f32],
    /// Entropy of each target word in nats, over its weights and its `eos_mass`.
    entropy: Vec<f32>,
    /// Faults of the translation.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    degraded: &'a [Degradation],
    /// Words of the source that training never saw.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unknown: &'a [&'a str],
}

/// Returns one line of JSON.
pub fn json(
    line: usize,
    rank: usize,
    translation: &Translation,
    view: &WordView,
    degraded: &[Degradation],
) -> Result<String> {
    let json = serde_json::to_string(&Record {
        line,
        rank,
        source: &translation.source,
        translation: &translation.text,
        log_prob: translation.log_prob,
        score: translation.score,
        source_words: &view.source,
        source_offsets: characters(&translation.source, &view.source_ranges),
        target_words: &view.target,
        target_offsets: characters(&translation.text, &view.target_ranges),
        links: hard(view).to_string(),
        weights: view.attention.matrix().rows().collect(),
        eos_mass: view.attention.eos_mass(),
        entropy: rows(view).iter().map(|row| entropy(row)).collect(),
        degraded,
        unknown: &translation.different_unknown_words(),
    })?;
    Ok(in_one_line(json))
}

/// Converts sorted ranges of bytes to ranges of characters (Unicode scalar values).
pub fn characters(text: &str, ranges: &[Range<usize>]) -> Vec<[usize; 2]> {
    let (mut byte, mut character) = (0, 0);
    let mut character_at = |at: usize| {
        character += text[byte..at].chars().count();
        byte = at;
        character
    };
    ranges.iter().map(|range| [character_at(range.start), character_at(range.end)]).collect()
}

/// Escapes characters in JSON that some programs read as the end of a line, and those that a terminal obeys.
pub fn in_one_line(json: String) -> String {
    if !json.contains(is_unprintable) {
        return json;
    }
    // They occur only in strings, and all fit into the sixteen bits of an escape.
    let escaped = |c: char| if is_unprintable(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    json.chars().map(escaped).collect()
}
