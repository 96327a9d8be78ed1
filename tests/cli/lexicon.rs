//! `lexicon`: word translations with probabilities.

use crate::cli::support::{Scratch, assert_says, tsv};
use serde::Deserialize;

/// A line of `lexicon --format jsonl`; unknown and missing keys are errors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    source: String,
    target: String,
    count: f64,
    target_given_source: f64,
    source_given_target: f64,
    confidence: f64,
    score: f64,
    lines: Vec<usize>,
}

const DIGITS: [(&str, &str); 4] = [("one", "eins"), ("three", "drei"), ("seven", "sieben"), ("nine", "neun")];

fn scratch() -> Scratch {
    let scratch = Scratch::with_model();
    // Punctuation and a capital that the lexicon must not have.
    let pairs = tsv(1..=200).replace("three\t", "three!\t");
    scratch.write("pairs.tsv", pairs + "Nine, one\tNeun, eins\n\teins\n");
    scratch
}

#[test]
fn the_best_entry_of_a_word_is_its_translation_without_punctuation_and_capitals() {
    let scratch = scratch();
    let ran = scratch.run("lexicon --model model --format jsonl pairs.tsv").success();
    let entries: Vec<Entry> =
        ran.lines().iter().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect();
    for (source, target) in DIGITS {
        let best = entries.iter().find(|entry| entry.source == source).expect(source);
        assert_eq!(best.target, target, "{best:?}");
        assert!(best.count > 20.0 && best.target_given_source > 0.5 && best.source_given_target > 0.5, "{best:?}");
        assert!((0.0..=1.0).contains(&best.confidence) && (1..=3).contains(&best.lines.len()), "{best:?}");
        let pairs = scratch.text("pairs.tsv").to_lowercase();
        for line in &best.lines {
            assert!(pairs.lines().nth(line - 1).is_some_and(|pair| pair.contains(source) && pair.contains(target)));
        }
    }
    assert!(entries.is_sorted_by(|a, b| a.score >= b.score));
    let is_clean = |word: &str| word.chars().all(char::is_lowercase);
    assert!(entries.iter().all(|entry| is_clean(&entry.source) && is_clean(&entry.target)), "{}", ran.stdout);
}

#[test]
fn the_table_has_a_header_and_at_most_top_entries() {
    let scratch = scratch();
    let ran = scratch.run("lexicon --model model --top 5 pairs.tsv").success();
    assert_eq!(ran.lines().len(), 6);
    assert!(ran.lines().iter().all(|line| line.split('\t').count() == 8), "{}", ran.stdout);
    assert!(ran.lines()[0].starts_with("source\ttarget\tcount\t"));
    let kept = scratch.run("lexicon --model model --case keep --min-count 0.5 pairs.tsv").success();
    assert_says(&kept.stdout, &["\nNine\t"]);
    assert_eq!(scratch.run("lexicon --model model --min-count 1e9 pairs.tsv").success().lines().len(), 1);
}

#[test]
fn an_empty_file_is_named() {
    let scratch = Scratch::with_model();
    scratch.write("empty.tsv", "");
    assert_says(&scratch.run("lexicon --model model empty.tsv").failure(), &["`empty.tsv` has no sentence pair"]);
}

#[test]
fn the_lines_of_a_translation_memory_are_those_of_its_units() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", "seven\tsieben\n".repeat(3));
    scratch.run("convert pairs.tsv --languages en,de -o memory.tmx").success();
    let memory = scratch.text("memory.tmx");
    let first = memory.lines().position(|line| line.contains("<tu>")).expect("a unit") + 1;
    let ran = scratch.run("lexicon --model model --min-count 0.1 memory.tmx").success();
    let lines = format!("\t{},{},{}", first, first + 1, first + 2);
    assert!(ran.lines()[1].ends_with(&lines), "{}", ran.stdout);
}
