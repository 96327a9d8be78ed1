//! The output formats of `translate`.

use crate::cli::support::{Record, Scratch, assert_says, lines, sentences};

const TRANSLATE: &str = "translate --model model";

fn is_one(sum: f64) -> bool {
    (sum - 1.0).abs() < 1e-4
}

/// Fields of a line in the Moses format: id, text, log probability, score.
fn moses(line: &str) -> (usize, &str, f64, f64) {
    let parts: Vec<&str> = line.split(" ||| ").collect();
    let [id, text, features, score] = parts[..] else { panic!("{line}") };
    let log_prob = features.strip_prefix("log_prob= ").expect("the name of the feature");
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("{line}"));
    (id.parse().expect("an id"), text, number(log_prob), number(score))
}

#[test]
fn a_json_line_has_every_key_and_consistent_weights_and_links() {
    let records = Scratch::with_model().records("", sentences());
    assert_eq!(records.len(), 60);
    for (index, (record, source)) in records.iter().zip(lines(&sentences())).enumerate() {
        assert_eq!((record.line, record.rank, record.source.as_str()), (index + 1, 1, source));
        assert_eq!(record.source_words, source.split_whitespace().collect::<Vec<_>>());
        assert_eq!(record.target_words, record.translation.split_whitespace().collect::<Vec<_>>());
        assert!(record.log_prob < 0.0 && record.score < 0.0 && record.score >= record.log_prob, "{record:?}");
        assert_eq!(record.weights.len(), record.target_words.len());
        assert_eq!(record.eos_mass.len(), record.target_words.len());
        for (row, eos_mass) in record.weights.iter().zip(&record.eos_mass) {
            assert_eq!(row.len(), record.source_words.len());
            assert!(row.iter().chain([eos_mass]).all(|weight| (0.0..=1.0 + 1e-6).contains(weight)), "{record:?}");
            assert!(is_one(row.iter().sum::<f64>() + eos_mass), "{record:?}");
        }
        assert_eq!(record.entropy.len(), record.target_words.len());
        for (entropy, (row, eos_mass)) in record.entropy.iter().zip(record.weights.iter().zip(&record.eos_mass)) {
            let weights = row.iter().chain([eos_mass]).filter(|weight| **weight > 0.0);
            let expected: f64 = -weights.map(|weight| weight * weight.ln()).sum::<f64>();
            assert!((entropy - expected).abs() < 1e-4, "{entropy} for {expected}: {record:?}");
        }
        for (source, target) in record.links() {
            let row = &record.weights[target];
            // The direction that a row shows, or the other one, is certain of the link.
            let is_largest_of_its_row = row[source] >= 0.5 * row.iter().copied().fold(0.0, f64::max);
            assert!(
                is_largest_of_its_row || record.links().iter().filter(|(other, _)| *other == source).count() == 1,
                "{record:?}"
            );
        }
    }
    assert!(records.iter().filter(|record| !record.links.is_empty()).count() >= 50, "most sentences have links");
}

#[test]
fn moses_has_the_same_translations_and_scores_as_json_with_ids_from_zero() {
    let scratch = Scratch::with_model();
    let records = scratch.records("", sentences());
    let ran = scratch.pipe(&format!("{TRANSLATE} --format moses"), sentences()).success();
    assert_eq!(ran.lines().len(), records.len());
    for (line, record) in ran.lines().into_iter().zip(&records) {
        let (id, text, log_prob, score) = moses(line);
        assert_eq!((id, text), (record.line - 1, record.translation.as_str()));
        assert!((log_prob - record.log_prob).abs() < 1e-3 && (score - record.score).abs() < 1e-3, "{line} {record:?}");
    }
}

#[test]
fn n_best_lists_are_sorted_by_score_and_begin_with_the_best() {
    let scratch = Scratch::with_model();
    let input = format!("{}\n", sentences());
    let best = scratch.records("", &input);
    let several = scratch.records("--n-best 3", &input);
    for best in &best {
        let all: Vec<&Record> = several.iter().filter(|record| record.line == best.line).collect();
        let expected = if best.source.is_empty() { 1 } else { 3 };
        assert_eq!(all.len(), expected, "{best:?}");
        assert_eq!(all[0], best);
        assert!(all.iter().enumerate().all(|(index, record)| record.rank == index + 1));
        assert!(all.windows(2).all(|two| two[0].score >= two[1].score), "{all:?}");
    }
    // The default format of n-best lists is that of Moses, which other programs read.
    let ran = scratch.pipe(&format!("{TRANSLATE} --n-best 3"), &input).success();
    let listed: Vec<(usize, &str)> = ran.lines().into_iter().map(moses).map(|(id, text, ..)| (id, text)).collect();
    let expected: Vec<(usize, &str)> =
        several.iter().map(|record| (record.line - 1, record.translation.as_str())).collect();
    assert_eq!(listed, expected);
}

#[test]
fn links_follow_the_text_and_equal_those_of_json() {
    let scratch = Scratch::with_model();
    let records = scratch.records("", sentences());
    let ran = scratch.pipe(&format!("{TRANSLATE} --alignment pharaoh"), sentences()).success();
    let expected: Vec<String> =
        records.iter().map(|record| format!("{} ||| {}", record.translation, record.links)).collect();
    assert_eq!(ran.lines(), expected);
    // In the Moses format the links are a fifth field.
    let ran = scratch.pipe(&format!("{TRANSLATE} --format moses --alignment pharaoh"), sentences()).success();
    for (line, record) in ran.lines().iter().zip(&records) {
        let (fields, links) = line.rsplit_once(" ||| ").expect("fields");
        assert_eq!((moses(fields).1, links), (record.translation.as_str(), record.links.as_str()));
    }
    assert_eq!(scratch.records("--alignment pharaoh", sentences()), records, "JSON always has links");
    assert_eq!(scratch.records("--alignment soft", sentences()), records, "JSON always has weights");
}

#[test]
fn soft_alignment_has_one_row_per_target_word_with_eos_last() {
    let scratch = Scratch::with_model();
    let records = scratch.records("", sentences());
    let ran = scratch.pipe(&format!("{TRANSLATE} --alignment soft"), sentences()).success();
    assert_eq!(ran.lines().len(), records.len());
    for (line, record) in ran.lines().iter().zip(&records) {
        let (text, soft) = line.split_once(" ||| ").expect("two fields");
        assert_eq!(text, record.translation);
        let rows: Vec<Vec<f64>> = soft
            .split_whitespace()
            .map(|row| row.split(',').map(|weight| weight.parse().expect("a weight")).collect())
            .collect();
        assert_eq!(rows.len(), record.target_words.len());
        for ((row, weights), eos_mass) in rows.iter().zip(&record.weights).zip(&record.eos_mass) {
            assert_eq!(row.len(), weights.len() + 1);
            let pairs = row.iter().zip(weights.iter().chain([eos_mass]));
            assert!(pairs.into_iter().all(|(soft, weight)| (soft - weight).abs() < 1e-5), "{line} {record:?}");
        }
    }
}

#[test]
fn the_grid_shows_every_word_below_the_translation() {
    let scratch = Scratch::with_model();
    let record = &scratch.records("", "one two three\n")[0];
    let ran = scratch.pipe(&format!("{TRANSLATE} --alignment grid"), "one two three\n").success();
    let lines = ran.lines();
    assert_eq!(lines[0], record.translation);
    let heads = lines[1..5].iter().map(|line| line.trim_start_matches(['│', ' ']));
    assert_eq!(heads.collect::<Vec<_>>(), ["one", "two", "three", "</s>"]);
    let rows = lines[5..5 + record.target_words.len()].iter().map(|line| line.split_whitespace().next());
    assert_eq!(rows.flatten().collect::<Vec<_>>(), record.target_words);
}

#[test]
fn a_maximum_length_of_one_token_gives_at_most_one_word() {
    let scratch = Scratch::with_model();
    let ran = scratch.pipe(&format!("{TRANSLATE} --max-length 1"), sentences()).success();
    assert_eq!(ran.lines().len(), 60);
    assert!(ran.lines().iter().all(|line| line.split_whitespace().count() <= 1), "{}", ran.stdout);
    let free = scratch.pipe(TRANSLATE, sentences()).success();
    assert!(free.lines().iter().filter(|line| line.split_whitespace().count() > 1).count() > 30);
}

#[test]
fn a_coverage_penalty_is_refused_with_the_reason() {
    let message = Scratch::new().pipe(&format!("{TRANSLATE} --coverage-penalty 0.5"), "").wrong_usage();
    assert_says(&message, &["--coverage-penalty", "the option was deleted", "lowered BLEU", "leave it out"]);
}

#[test]
fn without_length_penalty_the_score_is_the_log_probability() {
    let scratch = Scratch::with_model();
    for record in scratch.records("--length-penalty 0 --n-best 2", sentences()) {
        assert_eq!(record.score, record.log_prob, "divided by length to the power of zero");
    }
}

#[test]
fn the_default_length_penalty_is_that_of_the_model() {
    let scratch = Scratch::with_model();
    let card: serde_json::Value = serde_json::from_slice(&scratch.read("model/config.json")).expect("JSON");
    let fitted = card["search"]["length_penalty"].as_f64().expect("a number");
    let written = |options: &str| {
        let args = format!("translate --model model --format jsonl {options}");
        scratch.pipe(&args, sentences()).success().stdout
    };
    let default = written("");
    assert_eq!(default, written(&format!("--length-penalty {fitted}")));
    assert_ne!(default, written(&format!("--length-penalty {}", fitted + 0.5)));
    let info = scratch.run("info --model model").success().stdout;
    assert!(info.contains(&format!("length penalty {fitted}: BLEU")), "{info}");
}
