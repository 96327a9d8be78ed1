//! `report --runs`: which score ranks the settings, how sure the best one is, and which trainings count.

use crate::cli::runs::{TRAIN, change_log, json, scratch, set_both_scores, set_scores, train};
use crate::cli::support::{Scratch, assert_says};
use serde_json::Value;

/// Copies the files of a training.
fn copy_training(scratch: &Scratch, from: &str, to: &str) {
    for folder in ["", "training"] {
        std::fs::create_dir_all(scratch.path(&format!("{to}/{folder}"))).expect("a directory");
        for entry in std::fs::read_dir(scratch.path(&format!("{from}/{folder}"))).expect("a directory") {
            let entry = entry.expect("a file");
            if entry.path().is_file() {
                let name = entry.file_name().into_string().expect("a name");
                std::fs::copy(entry.path(), scratch.path(&format!("{to}/{folder}/{name}"))).expect("a copy");
            }
        }
    }
}

#[test]
fn settings_are_ranked_by_beam_search_if_all_runs_have_its_score_and_else_by_greedy_search() {
    let scratch = scratch();
    train(&scratch, &[1, 2], "--dev dev.tsv");
    for (run, greedy, beam) in [("a1", 20.0, 21.0), ("a2", 20.5, 21.5), ("b1", 10.0, 31.0), ("b2", 10.5, 31.5)] {
        set_both_scores(&scratch, &format!("runs/{run}"), greedy, beam);
    }
    let all = "runs/a1 runs/a2 runs/b1 runs/b2";
    let found = json(&scratch, all);
    let best = &found["settings"][0];
    assert_eq!(
        (found["search"].as_str(), best["settings"]["model.attention"].as_str()),
        (Some("beam"), Some("general"))
    );
    assert_eq!((best["mean"].as_f64(), best["greedy"]["mean"].as_f64()), (Some(31.25), Some(10.25)));
    let run = &found["runs"][0];
    assert_eq!((run["score"].as_f64(), run["greedy_score"].as_f64()), (Some(31.0), Some(10.0)), "{run}");

    // The log of an earlier version.
    change_log(&scratch, "runs/a1", |event| {
        if event["event"] == "finished" {
            event["search"] = Value::Null;
        }
    });
    let ran = scratch.run(&format!("report --runs {all}")).success();
    assert_says(&ran.stdout, &["mean BLEU (greedy search)", "1\tadditive\t2 of 2\t20.25"]);
    assert_says(&ran.stderr, &["runs/a1 has no BLEU of beam search, so all are ranked by greedy search"]);
}

#[test]
fn one_setting_is_not_the_best_and_one_run_is_marked_as_one_run() {
    let scratch = scratch();
    train(&scratch, &[1, 2], "--dev dev.tsv");
    for (run, bleu) in [("a1", 10.0), ("a2", 11.0), ("b1", 30.0)] {
        set_scores(&scratch, &format!("runs/{run}"), bleu);
    }
    let ran = scratch.run("report --runs runs/a1 runs/a2").success();
    assert!(!ran.stdout.contains("best mean") && !ran.stdout.contains("best ("), "{}", ran.stdout);
    let ran = scratch.run("report --runs runs/a1 runs/a2 runs/b1").success();
    assert_says(&ran.stdout, &["1\tgeneral\t1 of 1\t31.00\t-\t31.00\truns/b1\tbest (n = 1)"]);
    assert_says(&ran.stderr, &["setting 1 has one finished run (n = 1)", "nothing is known", "marked by this one run"]);
}

#[test]
fn a_finished_training_whose_log_is_cut_is_left_out() {
    let scratch = scratch();
    train(&scratch, &[1], "--dev dev.tsv");
    let log = scratch.text("runs/b1/training/log.jsonl");
    let until = log.find("{\"event\":\"validated\"").expect("a validation");
    for cut in ["", &log[..until], &log[..until + 40]] {
        scratch.write("runs/b1/training/log.jsonl", cut);
        let ran = scratch.run("report --runs runs/a1 runs/b1").success();
        assert_says(&ran.stderr, &["warning: runs/b1: the training log", "is incomplete", "it is left out"]);
        assert_eq!(ran.lines().len(), 2, "{}", ran.stdout);
    }
    let only = scratch.run("report --runs runs/b1").failure();
    assert_says(&only, &["no training can be compared: runs/b1: the training log", "is incomplete"]);
    assert!(!only.contains("left out"), "{only}");
}

#[test]
fn a_copied_training_counts_once() {
    let scratch = scratch();
    train(&scratch, &[1, 2], "--dev dev.tsv");
    copy_training(&scratch, "runs/a1", "runs/copy");
    let ran = scratch.run("report --runs runs/a1 runs/a2 runs/b1 runs/copy").success();
    assert_says(&ran.stderr, &["runs/copy: the same training as runs/a1", "it counts once"]);
    assert_says(&ran.stdout, &["additive\t2 of 2\t"]);
    assert!(!ran.stdout.contains("3 of 3"), "{}", ran.stdout);
}

#[test]
fn opposite_models_are_named_by_their_direction_and_are_not_compared() {
    let scratch = scratch();
    scratch.run(&format!("{TRAIN} --dev dev.tsv --both-directions --model runs/x")).success();
    let found = json(&scratch, "runs/x runs/x/reverse");
    assert_eq!(found["differing"], serde_json::json!(["direction"]), "{found}");
    let mut directions = [0, 1].map(|at| found["settings"][at]["settings"]["direction"].to_string());
    directions.sort();
    assert_eq!(directions, ["\"forward\"", "\"reverse\""]);
    assert_says(&found["notes"].to_string(), &["do not translate in the same direction"]);
    assert!(found["best"].is_null(), "{found}");
}
