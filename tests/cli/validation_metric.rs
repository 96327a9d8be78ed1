//! `train`: the metric that chooses the model, and its name wherever it is shown.

use crate::cli::support::{Scratch, assert_says, pair};
use serde_json::Value;

/// Settings of a model that learns little, but trains quickly.
const SETTINGS: &str = "
[tokenizer]
vocab = 300
[model]
embed = 8
encoder_hidden = 8
decoder_hidden = 12
attention_size = 8
[training]
batch_tokens = 300
warmup_steps = 20
";

/// Digits in English and in Chinese, without spaces.
fn chinese(index: usize) -> String {
    const WORDS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let source = pair(index).0;
    let digit = |word| {
        WORDS.iter().position(|known| *known == word).and_then(|digit| "零一二三四五六七八九".chars().nth(digit))
    };
    let target: String = source.split(' ').map(|word| digit(word).expect("a digit")).collect();
    format!("{source}\t{target}\n")
}

/// Trains with a value of `training.select`, or the default, and returns the messages.
fn train(scratch: &Scratch, select: Option<&str>) -> String {
    let select = select.map_or_else(String::new, |select| format!("select = \"{select}\"\n"));
    scratch.write("tiny.toml", format!("{SETTINGS}{select}"));
    scratch.run("train pairs.tsv --model m --config tiny.toml --epochs 4 --threads 2 --overwrite").success().stderr
}

/// The events of the log with this name.
fn events(scratch: &Scratch, name: &str) -> Vec<Value> {
    let log = scratch.text("m/training/log.jsonl");
    let events = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    events.filter(|event| event["event"] == name).collect()
}

#[test]
fn a_target_without_spaces_is_scored_by_its_own_tokeniser() {
    let scratch = Scratch::new();
    scratch.write("pairs.tsv", (1..=80).map(chinese).collect::<String>());
    let messages = train(&scratch, Some("bleu"));
    assert_says(
        &messages,
        &["mostly written in Chinese characters", "tokeniser zh", ", BLEU-zh ", "validation BLEU-zh "],
    );
    assert!(events(&scratch, "validated").iter().all(|event| event["metric"] == "BLEU-zh"));
    assert_says(&scratch.run("info --model m").success().stdout, &["BLEU-zh ", "select = \"bleu\""]);
    assert_says(&scratch.run("curve --model m").success().stdout, &["validation BLEU-zh", "m: BLEU-zh "]);
}

#[test]
fn the_setting_names_the_metric_by_which_the_best_model_is_chosen() {
    let scratch = Scratch::new();
    scratch.write("pairs.tsv", (1..=80).map(chinese).collect::<String>());
    for (select, metric, key, sign) in
        [("chrf", "chrF2", "dev_chrf", 1.0), ("loss", "loss", "dev_loss", -1.0), ("bleu", "BLEU-zh", "dev_bleu", 1.0)]
    {
        let messages = train(&scratch, Some(select));
        assert_says(&messages, &[&format!("validation {metric} ")]);
        let validations = events(&scratch, "validated");
        let score = |event: &Value| {
            let value = event[key].as_f64().expect("a score");
            let loss = event["dev_loss"].as_f64().expect("a loss");
            (if key == "dev_loss" { -value } else { sign * (value * 100.0).round() }, -loss)
        };
        let best = validations.iter().reduce(|best, next| if score(next) > score(best) { next } else { best });
        let best = best.expect("a validation");
        assert!(validations.iter().all(|event| event["metric"] == metric), "{validations:?}");
        let finished = &events(&scratch, "finished")[0];
        assert_eq!((&finished["best_step"], &finished["metric"]), (&best["step"], &metric.into()), "{select}");
        assert_eq!(finished[key], best[key]);
        let card: Value = serde_json::from_slice(&scratch.read("m/config.json")).expect("JSON");
        assert_eq!((&card["provenance"]["dev_metric"], &card["provenance"][key]), (&metric.into(), &best[key]));
        assert_ne!(card["search"]["metric"], "loss", "the loss does not depend on the length penalty");
        assert_says(&scratch.run("info --model m").success().stdout, &[&format!("{metric} ")]);
    }
}

#[test]
fn chrf_compares_validations_while_bleu_is_below_5() {
    let scratch = Scratch::new();
    // No reference has four words, so BLEU is 0 for every model.
    let short = |index: usize| pair(index).0.split(' ').next().expect("a word").to_owned();
    scratch
        .write("pairs.tsv", (1..=80).map(|index| format!("{}\t{}\n", pair(index).0, short(index))).collect::<String>());
    let messages = train(&scratch, None);
    assert_says(&messages, &[", chrF2 ", "validation chrF2 "]);
    assert!(!messages.contains("BLEU"), "{messages}");
    assert!(events(&scratch, "validated").iter().all(|event| event["metric"] == "chrF2"));
    assert_eq!(events(&scratch, "finished")[0]["search"]["metric"], "chrF2");
    assert_says(&scratch.run("curve --model m").success().stdout, &["validation chrF2"]);
}
