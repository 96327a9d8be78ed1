//! The attention of a translation as text and JSON.

use crate::degraded::Degradation;
use crate::output;
use crate::terminal::for_terminal;
use anyhow::Result;
use glosser_alignment::{AttentionMatrix, Link, Links, Shades, grid, marian_soft_alignment};
use glosser_text::is_unprintable;
use glosser_translator::{Record, Translation, WordView};
use serde::Serialize;

/// Word links of the reading that the view is of.
pub fn hard(view: &WordView) -> Links {
    view.links()
}

/// Soft alignment in the format of Marian: one row per target word, with the weights of the source words and of EOS.
pub fn soft(view: &WordView) -> Result<String> {
    Ok(marian_soft_alignment(&AttentionMatrix::from_rows(&view.rows())?))
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

/// A line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    /// Line of the sentence, counted from 1.
    line: usize,
    /// Rank among the translations of the sentence, counted from 1.
    rank: usize,
    #[serde(flatten)]
    translation: Record<'a>,
    /// Faults of the translation.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    degraded: &'a [Degradation],
    /// Words of the source that training never saw.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unknown: &'a [&'a str],
}

/// Returns one line of JSON. `record` describes the translation.
pub fn json(
    line: usize,
    rank: usize,
    translation: &Translation,
    record: Record,
    degraded: &[Degradation],
) -> Result<String> {
    let unknown = &translation.different_unknown_words();
    let record = Line { line, rank, translation: record, degraded, unknown };
    Ok(in_one_line(serde_json::to_string(&record)?))
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
