//! `score`: log probabilities of given pairs.

use crate::cli::support::{Scratch, assert_says, lines, pair, pairs_with_blank_sides, sentences, tsv};
use serde::Deserialize;

/// A line of `score --format jsonl`; unknown and missing keys are errors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scored {
    line: usize,
    source: String,
    target: String,
    log_prob: Option<f64>,
    score: Option<f64>,
    tokens: usize,
    words: Vec<String>,
    word_log_probs: Vec<f64>,
    end_log_prob: Option<f64>,
}

fn scored(scratch: &Scratch, args: &str) -> Vec<Scored> {
    let ran = scratch.run(&format!("score --model model --format jsonl {args}")).success();
    ran.lines().iter().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

/// Pairs, two of them with a blank side, as a TSV and as two files.
fn scratch() -> Scratch {
    let scratch = Scratch::with_model();
    let pairs = pairs_with_blank_sides();
    let join = |line: fn(&(String, String)) -> String| pairs.iter().map(line).collect::<String>();
    scratch.write("pairs.tsv", join(|(source, target)| format!("{source}\t{target}\n")));
    scratch.write("source", join(|(source, _)| format!("{source}\n")));
    scratch.write("target", join(|(_, target)| format!("{target}\n")));
    scratch
}

#[test]
fn a_translation_has_the_log_probability_that_the_search_computed() {
    let scratch = Scratch::with_model();
    for args in ["", "--beam-size 1", "--n-best 3"] {
        let found = scratch.records(args, sentences());
        let pairs: String = found.iter().map(|r| format!("{}\t{}\n", r.source, r.translation)).collect();
        scratch.write("found.tsv", pairs);
        let scored = scored(&scratch, "found.tsv");
        assert_eq!(scored.len(), found.len());
        let mut same_tokens = 0;
        for (found, scored) in found.iter().zip(&scored) {
            // The search may split a word into other sub-words than the tokenizer.
            if (found.log_prob / found.score).round() as usize != scored.tokens {
                continue;
            }
            same_tokens += 1;
            let log_prob = scored.log_prob.expect("text on both sides");
            assert!((found.log_prob - log_prob).abs() < 1e-4, "{found:?} {scored:?}");
            assert!((found.score - scored.score.expect("text on both sides")).abs() < 1e-4, "{found:?} {scored:?}");
        }
        assert!(same_tokens * 6 >= found.len() * 5, "{same_tokens} of {}", found.len());
    }
}

#[test]
fn every_pair_has_a_line_which_is_empty_for_a_blank_side() {
    let scratch = scratch();
    let ran = scratch.run("score --model model pairs.tsv").success();
    assert_eq!(ran.lines().len(), 22);
    let records = scored(&scratch, "pairs.tsv");
    for (index, (line, record)) in ran.lines().into_iter().zip(&records).enumerate() {
        assert_eq!(record.line, index + 1);
        assert_eq!(line, record.log_prob.map_or(String::new(), |log_prob| format!("{log_prob:.4}")));
        assert_eq!(record.log_prob.is_none(), [3, 7].contains(&index), "{record:?}");
    }
    let blank = &records[3];
    assert_eq!((blank.source.as_str(), blank.target.as_str(), blank.tokens), ("", "eins", 0));
    assert!(blank.score.is_none() && blank.end_log_prob.is_none() && blank.words.is_empty(), "{blank:?}");
}

#[test]
fn the_log_probabilities_of_words_and_end_add_up_to_the_total() {
    let scratch = scratch();
    for record in scored(&scratch, "pairs.tsv").iter().filter(|record| record.tokens > 0) {
        let (log_prob, end) = (record.log_prob.expect("a number"), record.end_log_prob.expect("a number"));
        assert_eq!(record.words, record.target.split_whitespace().collect::<Vec<_>>());
        assert_eq!(record.words.len(), record.word_log_probs.len());
        assert!(record.word_log_probs.iter().chain([&end]).all(|log_prob| *log_prob <= 0.0), "{record:?}");
        assert!((record.word_log_probs.iter().sum::<f64>() + end - log_prob).abs() < 1e-4, "{record:?}");
        assert!((record.score.expect("a number") * record.tokens as f64 - log_prob).abs() < 1e-4, "{record:?}");
    }
}

#[test]
fn the_perplexity_is_printed_on_standard_error_unless_quiet() {
    let scratch = scratch();
    let ran = scratch.run("score --model model pairs.tsv").success();
    let records = scored(&scratch, "pairs.tsv");
    let tokens: usize = records.iter().map(|record| record.tokens).sum();
    let log_prob: f64 = records.iter().filter_map(|record| record.log_prob).sum();
    let perplexity: f64 = ran.stderr.split(' ').nth(1).and_then(|number| number.parse().ok()).expect("a number");
    assert!((perplexity - (-log_prob / tokens as f64).exp()).abs() < 1e-3, "{}", ran.stderr);
    assert_says(&ran.stderr, &["perplexity ", &format!("{tokens} target tokens of 20 pairs")]);
    assert_says(&ran.stderr, &["2 pairs have a blank side and no probability\n"]);
    let quiet = scratch.run("score --model model --quiet pairs.tsv").success();
    assert_eq!((quiet.stdout, quiet.stderr.as_str()), (ran.stdout, ""));
}

#[test]
fn two_files_swapped_columns_and_any_batch_size_give_the_same_output() {
    let scratch = scratch();
    let swapped: String = lines(&scratch.text("pairs.tsv"))
        .iter()
        .map(|line| line.split_once('\t').map(|(source, target)| format!("{target}\t{source}\n")).expect("a tab"))
        .collect();
    scratch.write("swapped.tsv", swapped);
    let score = |args: &str| scratch.run(&format!("score --model model {args}")).success().stdout;
    let expected = score("pairs.tsv");
    for args in ["source target", "swapped.tsv --columns 2,1", "pairs.tsv --batch-size 1 --threads 1"] {
        assert_eq!(score(args), expected, "{args}");
    }
}

#[test]
fn the_correct_translation_is_more_probable_than_that_of_another_sentence() {
    let scratch = Scratch::with_model();
    scratch.write("right.tsv", tsv(1001..=1040));
    let wrong: String = (1001..=1040).map(|i| format!("{}\t{}\n", pair(i).0, pair(i + 1).1)).collect();
    scratch.write("wrong.tsv", wrong);
    let (right, wrong) = (scored(&scratch, "right.tsv"), scored(&scratch, "wrong.tsv"));
    let correct = right.iter().zip(&wrong).filter(|(right, wrong)| right.score > wrong.score).count();
    assert!(correct >= 38, "{correct} of 40");
}

#[test]
fn a_pair_that_is_too_long_is_named_and_its_line_is_empty() {
    let scratch = Scratch::with_model();
    let long = "one ".repeat(2000);
    scratch.write("pairs.tsv", format!("one\teins\n{long}\teins\none two\teins zwei\n"));
    let ran = scratch.run("score --model model pairs.tsv").success();
    let empty: Vec<bool> = ran.lines().iter().map(|line| line.is_empty()).collect();
    assert_eq!(empty, [false, true, false]);
    assert_says(&ran.stderr, &["warning: pairs.tsv:2: more than 1500 sub-words on a side; not scored", "of 2 pairs"]);
}

#[test]
fn files_of_different_lengths_and_a_missing_model_are_refused_with_the_reason() {
    let scratch = Scratch::with_model();
    scratch.write("two", "a\nb\n");
    scratch.write("three", "a\nb\nc\n");
    let message = scratch.run("score --model model two three").failure();
    assert_says(&message, &["two", "2 lines", "three", "3"]);
    assert_says(&scratch.run("score --model nowhere two two").failure(), &["nowhere: no model directory here"]);
}
