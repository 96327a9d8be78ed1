//! `explain`: the trace of a beam search.

use crate::cli::support::{Scratch, assert_says};
use serde::Deserialize;

/// The output of `explain --format json`; unknown and missing keys are errors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Explained {
    source: String,
    steps: Vec<Step>,
    translations: Vec<Finished>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    live: Vec<Hypothesis>,
    considered: Vec<Extension>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hypothesis {
    text: String,
    log_prob: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extension {
    parent: usize,
    token: String,
    log_prob: f64,
    behind: f64,
    fate: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Finished {
    translation: String,
    log_prob: f64,
    score: f64,
}

fn explained(scratch: &Scratch, args: &str) -> Explained {
    let ran = scratch.run(&format!("explain --model model --format json {args}")).success();
    serde_json::from_str(ran.stdout.trim_end()).unwrap_or_else(|e| panic!("{e}: {}", ran.stdout))
}

/// One word each, because `Scratch::run` splits arguments at spaces.
const WORDS: [&str; 4] = ["seven", "nine", "two", "three"];

#[test]
fn the_translations_and_scores_equal_those_of_translate() {
    let scratch = Scratch::with_model();
    for (word, beam) in WORDS.iter().flat_map(|word| [(word, 1), (word, 5)]) {
        let explained = explained(&scratch, &format!("--beam-size {beam} {word}"));
        let found = scratch.records(&format!("--beam-size {beam} --n-best {beam}"), format!("{word}\n"));
        assert_eq!(explained.source, *word);
        assert_eq!(explained.translations.len().min(beam), found.len());
        for (explained, found) in explained.translations.iter().zip(&found) {
            let Finished { translation, log_prob, score } = explained;
            assert_eq!((translation, log_prob, score), (&found.translation, &found.log_prob, &found.score));
        }
    }
}

#[test]
fn every_step_extends_the_hypotheses_that_the_step_before_kept() {
    let scratch = Scratch::with_model();
    let explained = explained(&scratch, "--beam-size 3 --show 2 seven");
    assert_eq!(explained.steps[0].live.len(), 1);
    assert_eq!((explained.steps[0].live[0].text.as_str(), explained.steps[0].live[0].log_prob), ("", 0.0));
    for (step, next) in explained.steps.iter().zip(&explained.steps[1..]) {
        let of = |fate| step.considered.iter().filter(move |extension| extension.fate == fate);
        assert!(step.considered.iter().all(|extension| extension.parent < step.live.len()
            && extension.behind >= 0.0
            && !extension.token.is_empty()));
        assert!(of("dropped").count() <= 2 && of("kept").count() <= 3);
        let kept: Vec<f64> = of("kept").map(|extension| extension.log_prob).collect();
        assert_eq!(kept, next.live.iter().map(|hypothesis| hypothesis.log_prob).collect::<Vec<_>>());
    }
    let ended =
        explained.steps.iter().flat_map(|step| &step.considered).filter(|extension| extension.fate == "ended").count();
    assert_eq!(ended, explained.translations.len());
}

#[test]
fn every_translation_begins_with_the_forced_text() {
    let scratch = Scratch::with_model();
    let forced = explained(&scratch, "seven --force drei");
    assert!(forced.translations.iter().all(|found| found.translation.starts_with("drei")), "{forced:?}");
    let free = explained(&scratch, "seven");
    assert!(free.translations[0].log_prob > forced.translations[0].log_prob);
    // Forcing the first word of the best translation does not change it.
    let first = free.translations[0].translation.split(' ').next().expect("a word");
    let again = explained(&scratch, &format!("seven --force {first}"));
    assert!(again.translations.iter().any(|found| found.translation == free.translations[0].translation));
}

#[test]
fn the_text_has_one_tree_per_step_with_the_best_extension_marked() {
    let scratch = Scratch::with_model();
    let text = scratch.run("explain --model model seven").success().stdout;
    assert_says(
        &text,
        &[
            "step 1    rank  sub-word",
            "probability  total log p   behind\n",
            "  (beginning)",
            "└─",
            " best\n",
            "end  </s>",
        ],
    );
    assert_says(&text, &["finished, best first", " %"]);
    // The path of the best translation has at most one sub-word in each step, and ends.
    let steps = text.matches("\nstep ").count();
    let path: Vec<&str> = text.lines().filter(|line| line.contains("─ > ")).collect();
    assert!((1..=steps).contains(&path.len()), "{text}");
    assert!(path.last().is_some_and(|line| line.contains(" end  </s>")), "{text}");
    assert!(
        text.lines().take_while(|line| !line.starts_with("finished")).skip(3).all(|line| line.chars().count() <= 80)
    );
}

#[test]
fn forced_sub_words_are_marked() {
    let scratch = Scratch::with_model();
    let text = scratch.run("explain --model model seven --force drei").success().stdout;
    let forced: Vec<&str> = text.lines().filter(|line| line.contains(" forced  ")).collect();
    assert!(!forced.is_empty() && forced.iter().all(|line| line.contains("─ >")), "{text}");
    assert!(!scratch.run("explain --model model seven").success().stdout.contains("forced"));
    let brief = scratch.run("explain --model model seven --brief --force drei").success().stdout;
    assert_eq!(brief.matches("  forced\n").count(), forced.len(), "{brief}");
}

#[test]
fn brief_shows_the_path_of_the_best_translation_with_the_next_best_sub_words() {
    let scratch = Scratch::with_model();
    let brief = scratch.run("explain --model model seven --brief").success().stdout;
    let best = &explained(&scratch, "seven").translations[0];
    let lines: Vec<&str> = brief.lines().collect();
    assert!(lines[0].starts_with("step  chosen") && lines[0].contains("  next best  "), "{brief}");
    let steps: Vec<&str> = lines[1..].iter().take_while(|line| !line.is_empty()).copied().collect();
    let chosen: Vec<&str> = steps.iter().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(chosen.concat().replace('␣', " ").replace("</s>", "").trim_start(), best.translation, "{brief}");
    assert!(steps.iter().all(|line| line.matches('%').count() == 2), "{brief}");
    assert_says(&brief, &[&format!("\n{}\ntotal log probability {:.3}\n", best.translation, best.log_prob)]);
    assert_says(&scratch.run("explain --model model seven --brief --format json").wrong_usage(), &["--brief"]);
}

#[test]
fn blank_and_too_long_sentences_are_refused_with_the_reason() {
    let scratch = Scratch::with_model();
    for blank in ["", " ", "\u{A0}\t"] {
        let message = scratch.run_args(&["explain", "--model", "model", blank]).failure();
        assert_says(&message, &["error: the sentence has nothing to translate", "give a sentence with words"]);
    }
    let long = "one".repeat(400);
    assert_says(
        &scratch.run(&format!("explain --model model {long}")).failure(),
        &["pieces", "give a sentence of at most 200 sub-words"],
    );
    let forced = format!("explain --model model seven --max-length 2 --force {}", "drei".repeat(5));
    assert_says(&scratch.run(&forced).failure(), &["the given beginning has", "at most 2"]);
    let prefix = "explain --model model seven --show 18446744073709551615 --beam-size 2 --format json";
    assert_says(&scratch.run(prefix).success().stdout, &["\"source\":\"seven\""]);
}
