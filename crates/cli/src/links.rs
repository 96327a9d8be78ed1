//! A translation's attention as lines of text.

use crate::degraded::Degradation;
use crate::output;
use anyhow::Result;
use glosser_alignment::{AttentionMatrix, Link, Links, Shades, entropy, grid, marian_soft_alignment};
use glosser_text::is_line_end;
use glosser_translator::{Translation, WordView};
use serde::Serialize;
use std::ops::Range;

/// A source word is linked beside the heaviest one if it has at least this share of its weight. On the bundled dev part
/// the AER hardly depends on it (11.5 to 11.9 from 1.0, the heaviest alone, to 0.5); this much finds both words of `au`.
pub const LINK_THRESHOLD: f32 = 0.7;

/// Hard links.
pub fn hard(view: &WordView) -> Links {
    Links::from_attention(&view.attention, LINK_THRESHOLD)
}

/// Marian's soft rows, over words: one for each target word, its source words and then EOS.
pub fn soft(view: &WordView) -> Result<String> {
    Ok(marian_soft_alignment(&AttentionMatrix::from_rows(&rows(view))?))
}

/// For each target word its source words' weights and the mass on the source's end: what sums to 1.
fn rows(view: &WordView) -> Vec<Vec<f32>> {
    let rows = view.attention.matrix().rows().zip(view.attention.eos_mass());
    rows.map(|(row, eos)| row.iter().copied().chain([*eos]).collect()).collect()
}

/// A line for each link: line of the pair from one, source index from zero, source word, target index, target word,
/// weight. Words have no white space, so nothing needs quotes.
pub fn tsv(line: usize, links: &Links, source: &[&str], target: &[&str], weights: &AttentionMatrix) -> String {
    let row = |link: &Link| {
        let (source_word, target_word) = (source[link.source], target[link.target]);
        let weight = weights.get(link.target, link.source);
        format!("{line}\t{}\t{source_word}\t{}\t{target_word}\t{weight:.4}\n", link.source, link.target)
    };
    links.iter().map(row).collect()
}

/// The shaded picture.
pub fn picture(view: &WordView, shades: Shades) -> String {
    grid(&view.labelled(), output::width(), shades)
}

/// All that is known of a translation, as one JSON object.
#[derive(Serialize)]
pub struct Record<'a> {
    /// Line of the sentence, from one.
    line: usize,
    /// Place among the translations of the sentence, from one.
    rank: usize,
    source: &'a str,
    translation: &'a str,
    log_prob: f32,
    score: f32,
    source_words: &'a [&'a str],
    /// First character of each word, from zero, and the one behind it.
    source_offsets: Vec<[usize; 2]>,
    target_words: &'a [&'a str],
    target_offsets: Vec<[usize; 2]>,
    /// Zero-based, source first.
    links: String,
    /// `[target word][source word]`.
    weights: Vec<&'a [f32]>,
    /// For each target word, the weight on the source's end.
    eos_mass: &'a [f32],
    /// For each target word, in nats, how widely it looked: over its weights and the mass on the source's end.
    entropy: Vec<f32>,
    /// What is wrong with the translation, where something is.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    degraded: &'a [Degradation],
}

/// One line of JSON.
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
    })?;
    Ok(in_one_line(json))
}

/// Ranges of bytes, in order, as the characters (Unicode scalar values) of the text where they begin and end.
pub fn characters(text: &str, ranges: &[Range<usize>]) -> Vec<[usize; 2]> {
    let (mut byte, mut character) = (0, 0);
    let mut character_at = |at: usize| {
        character += text[byte..at].chars().count();
        byte = at;
        character
    };
    ranges.iter().map(|range| [character_at(range.start), character_at(range.end)]).collect()
}

/// JSON that is one line to every program: what some take for the end of a line is escaped.
pub fn in_one_line(json: String) -> String {
    if !json.contains(is_line_end) {
        return json;
    }
    // They stand in strings, and none is beyond the sixteen bits of an escape.
    let escaped = |c: char| if is_line_end(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    json.chars().map(escaped).collect()
}
