//! `report --runs`: trainings compared as a table, as JSON and as a page.

use crate::cli::support::{Scratch, TINY, assert_says, tsv};
use serde_json::Value;

pub const TRAIN: &str = "train pairs.tsv --config tiny.toml --steps 6 --threads 2 --quiet";

/// Settings with a vocabulary of their own: its default depends on the corpus.
fn config() -> String {
    format!("[tokenizer]\nvocab = 300\n{TINY}")
}

pub fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("pairs.tsv", tsv(1..=60));
    scratch.write("dev.tsv", tsv(1001..=1020));
    scratch.write("tiny.toml", config());
    scratch
}

/// Trains with two settings and these seeds: `runs/a1`, `runs/b1` and so on.
pub fn train(scratch: &Scratch, seeds: &[u64], args: &str) {
    for seed in seeds {
        for (name, setting) in [("a", "--attention additive"), ("b", "--attention general")] {
            scratch.run(&format!("{TRAIN} {args} {setting} --seed {seed} --model runs/{name}{seed}")).success();
        }
    }
}

/// Writes the score of greedy search of a finished training into its log, and that of beam search: higher by 1.
pub fn set_scores(scratch: &Scratch, run: &str, bleu: f64) {
    set_both_scores(scratch, run, bleu, bleu + 1.0);
}

/// Writes the scores of greedy search and of beam search into the log of a finished training.
pub fn set_both_scores(scratch: &Scratch, run: &str, greedy: f64, beam: f64) {
    change_log(scratch, run, |event| {
        if event["event"] == "validated" {
            event["metric"] = "BLEU".into();
            event["dev_bleu"] = greedy.into();
        }
        if event["event"] == "finished" {
            event["search"]["dev_bleu"] = beam.into();
        }
    });
}

/// Changes the events of a training log.
pub fn change_log(scratch: &Scratch, run: &str, change: impl Fn(&mut Value)) {
    let name = format!("{run}/training/log.jsonl");
    let changed = |line: &str| {
        let mut event: Value = serde_json::from_str(line).expect("JSON");
        change(&mut event);
        format!("{event}\n")
    };
    let log: String = scratch.text(&name).lines().map(changed).collect();
    scratch.write(&name, log);
}

pub fn json(scratch: &Scratch, args: &str) -> Value {
    let ran = scratch.run(&format!("report --format json --runs {args}")).success();
    serde_json::from_str(&ran.stdout).unwrap_or_else(|cause| panic!("{cause}: {}", ran.stdout))
}

fn keys(value: &Value) -> String {
    value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>().join(" ")
}

#[test]
fn runs_that_differ_only_in_their_seed_are_one_setting_with_mean_and_deviation() {
    let scratch = scratch();
    train(&scratch, &[1, 2, 3], "--dev dev.tsv");
    for (run, bleu) in [("a1", 18.0), ("a2", 20.0), ("a3", 22.0), ("b1", 30.0), ("b2", 31.0), ("b3", 32.0)] {
        set_scores(&scratch, &format!("runs/{run}"), bleu);
    }
    let all = "runs/a1 runs/a2 runs/a3 runs/b1 runs/b2 runs/b3";
    let table = scratch.run(&format!("report --runs {all}")).success();
    let expected = "\
setting\tmodel.attention\truns\tmean BLEU (beam search)\tdeviation\tbest\tbest run\tmark
1\tgeneral\t3 of 3\t32.00\t1.00\t33.00\truns/b3\tbest mean
2\tadditive\t3 of 3\t21.00\t2.00\t23.00\truns/a3\t-
";
    assert_eq!((table.stdout.as_str(), table.stderr.as_str()), (expected, ""));
    scratch.run(&format!("report -o table.tsv --quiet --runs {all}")).success();
    assert_eq!(scratch.text("table.tsv"), expected);

    let found = json(&scratch, all);
    assert_eq!(keys(&found), "best differing higher_is_better left_out metric notes program runs search settings");
    assert_eq!(
        keys(&found["settings"][0]),
        "best best_run finished greedy mean number runs sample_standard_deviation settings"
    );
    assert_eq!(
        keys(&found["runs"][0]),
        "best_step chosen_by dev_loss directory greedy_score length_penalty minutes score seed setting status step \
         steps"
    );
    assert_eq!((found["best"].as_u64(), found["metric"].as_str()), (Some(1), Some("BLEU")));
    assert_eq!(found["notes"].as_array().map(Vec::len), Some(0), "{found}");
    let seeds: Vec<u64> =
        found["runs"].as_array().expect("runs").iter().filter_map(|run| run["seed"].as_u64()).collect();
    assert_eq!(seeds, [1, 2, 3, 1, 2, 3]);
}

#[test]
fn without_dev_the_settings_are_compared_over_the_same_seeds_only() {
    let scratch = scratch();
    train(&scratch, &[1, 2], "");
    for (run, bleu) in [("a1", 10.0), ("a2", 20.0), ("b1", 11.0), ("b2", 21.0)] {
        set_scores(&scratch, &format!("runs/{run}"), bleu);
    }
    let ran = scratch.run("report --runs runs/a1 runs/a2 runs/b1 runs/b2").success();
    assert_says(&ran.stdout, &["1\tgeneral\t2 of 2\t17.00\t7.07\t22.00\truns/b2\tbest mean"]);
    assert_says(&ran.stderr, &["no --dev was given", "each seed holds out other pairs", "the same --dev"]);
    assert_says(&ran.stderr, &["setting 2 (by 1.00, standard error 7.07) by less than 2 standard errors"]);

    let ran = scratch.run("report --runs runs/a1 runs/b1 runs/b2").success();
    assert!(!ran.stdout.contains("best mean"), "{}", ran.stdout);
    assert_says(&ran.stderr, &["not trained with the same seeds", "no setting is marked as the best"]);

    scratch.run(&format!("{TRAIN} --dev dev.tsv --model runs/given")).success();
    let found = json(&scratch, "runs/a1 runs/given");
    assert_eq!((found["best"].clone(), &found["differing"]), (Value::Null, &serde_json::json!(["validation pairs"])));
    assert_says(&found["notes"].to_string(), &["not validated on the same pairs", "--dev"]);
}

#[test]
fn another_corpus_another_budget_and_another_file_setting_are_other_settings() {
    let scratch = scratch();
    scratch.write("other.tsv", tsv(1..=61));
    scratch.write("large.toml", config().replace("embed = 8", "embed = 16"));
    let train = |args: &str| scratch.run(&format!("train --dev dev.tsv --threads 2 --quiet {args}")).success();
    train("pairs.tsv --config tiny.toml --steps 2 --model runs/1");
    train("other.tsv --config tiny.toml --steps 2 --model runs/2");
    train("pairs.tsv --config large.toml --steps 2 --model runs/3");
    train("pairs.tsv --config tiny.toml --steps 3 --model runs/4");
    train("pairs.tsv --config tiny.toml --minutes 0.01 --model runs/5");
    let found = json(&scratch, "runs/1 runs/2 runs/3 runs/4 runs/5");
    assert_eq!(found["differing"], serde_json::json!(["corpus", "model.embed", "training.budget"]));
    let settings = found["settings"].as_array().expect("settings");
    let values = |key: &str| {
        let mut values: Vec<String> = settings.iter().map(|setting| setting["settings"][key].to_string()).collect();
        values.sort();
        values.dedup();
        values
    };
    assert_eq!(settings.len(), 5);
    assert_eq!(values("model.embed"), ["16", "8"]);
    assert_eq!(values("training.budget"), ["\"0.01 minutes\"", "\"2 steps\"", "\"3 steps\""]);
    assert_eq!(values("corpus"), ["\"other.tsv\"", "\"pairs.tsv\""]);
    assert_says(&found["notes"].to_string(), &["one finished run each (n = 1)", "nothing is known", "--seed"]);
    assert_says(&found["notes"].to_string(), &["the best of 5 settings is best partly by luck"]);
    scratch.write("pairs.tsv", tsv(1..=62));
    train("pairs.tsv --config tiny.toml --steps 2 --model runs/6");
    let found = json(&scratch, "runs/1 runs/6");
    let corpora = [0, 1].map(|at| found["settings"][at]["settings"]["corpus"].to_string());
    assert!(corpora.iter().all(|corpus| corpus.contains("pairs.tsv (")), "equal names have a hash: {corpora:?}");
}

#[test]
fn models_that_were_chosen_by_different_metrics_are_compared_by_chrf() {
    let scratch = scratch();
    train(&scratch, &[1], "--dev dev.tsv");
    set_scores(&scratch, "runs/a1", 30.0);
    let found = json(&scratch, "runs/a1 runs/b1");
    assert_eq!(found["metric"], "chrF2");
    assert_says(&found["notes"].to_string(), &["different metrics (BLEU, chrF2)", "all scores here are chrF2"]);
    let chosen_by: Vec<&Value> = found["runs"].as_array().expect("runs").iter().map(|run| &run["chosen_by"]).collect();
    assert!(chosen_by.contains(&&"BLEU".into()) && chosen_by.contains(&&"chrF2".into()), "{chosen_by:?}");
}

#[test]
fn an_unfinished_run_is_listed_with_its_progress_and_counts_in_no_mean() {
    let scratch = scratch();
    train(&scratch, &[1], "--dev dev.tsv");
    // A log without a checkpoint: training was killed before its first one.
    let log = scratch.text("runs/b1/training/log.jsonl");
    let early: String = log
        .lines()
        .filter(|line| !line.contains("\"validated\"") && !line.contains("\"finished\""))
        .fold(String::new(), |text, line| text + line + "\n");
    scratch.write("runs/early/training/log.jsonl", early);
    let ran = scratch.run("report --runs runs/a1 runs/early").success();
    assert_says(&ran.stdout, &["1\t1 of 1\t"]);
    assert_eq!(ran.lines().len(), 2, "{}", ran.stdout);
    assert_says(&ran.stderr, &["note: runs/early: is not finished, at step 6 of 6"]);
    // It had not even done a step.
    let prepared = log.lines().find(|line| line.contains("\"prepared\"")).expect("the first event");
    scratch.write("runs/begun/training/log.jsonl", format!("{prepared}\n"));
    let ran = scratch.run("report --runs runs/a1 runs/begun").success();
    assert_says(&ran.stderr, &["note: runs/begun: was interrupted before its first step"]);
    let found = json(&scratch, "runs/a1 runs/early");
    let run = &found["runs"][1];
    assert_eq!((run["status"].as_str(), run["setting"].is_null()), (Some("unfinished"), true), "{run}");
}

#[test]
fn what_is_no_training_is_left_out_with_the_reason() {
    let scratch = scratch();
    train(&scratch, &[1], "--dev dev.tsv");
    scratch.run("quantize --model runs/a1 --output runs/small").success();
    scratch.write("runs/notes.txt", "notes");
    scratch.write("runs/empty/notes.txt", "notes");
    scratch.write("runs/damaged/training/log.jsonl", "{\"event\":\"steps-fixed\",\"steps\":3}\nno event\n\n");
    let all = "runs/a1 ./runs/a1 runs/small runs/notes.txt runs/empty runs/damaged";
    let ran = scratch.run(&format!("report --runs {all}")).success();
    assert_eq!(ran.lines().len(), 2, "{}", ran.stdout);
    for parts in [
        &["warning: ./runs/a1: the same directory is named twice"][..],
        &["warning: runs/small: the training log", "a quantized model has no log", "it is left out"],
        &["warning: runs/notes.txt: this is not a directory"],
        &["warning: runs/empty: "],
        &["warning: runs/damaged/training/log.jsonl:2: this is not an event of a training log"],
    ] {
        assert_says(&ran.stderr, parts);
    }
    let left_out = json(&scratch, all)["left_out"].as_array().map(Vec::len);
    assert_eq!(left_out, Some(5));
    let error = scratch.run("report --runs runs/empty").failure();
    assert_says(&error, &["no training can be compared", "runs/empty: there is no training in this directory"]);
    assert!(!error.contains("left out"), "{error}");
    assert_says(&scratch.run("report --runs runs").failure(), &["a directory with", "--runs runs/*/"]);
    assert_says(
        &scratch.run("report --runs runs/a1 runs/absent").failure(),
        &["runs/absent: there is no such directory"],
    );
}

#[test]
fn plain_files_beside_the_directories_are_one_warning() {
    let scratch = scratch();
    train(&scratch, &[1], "--dev dev.tsv");
    for name in ["a1.json", "b1.json", "c1.json"] {
        scratch.write(&format!("runs/{name}"), "{}");
    }
    let ran = scratch.run("report --runs runs/a1/ runs/a1.json runs/b1/ runs/b1.json runs/c1.json").success();
    assert_eq!(ran.stderr.matches("warning").count(), 1, "{}", ran.stderr);
    assert_says(&ran.stderr, &["runs/a1.json, runs/b1.json and 1 other: these are not directories", "runs/*/"]);
    assert!(!ran.stdout.contains("1/\t"), "a directory has no separator at its end: {}", ran.stdout);
}

#[test]
fn the_page_has_the_data_of_the_json_and_the_curves() {
    let scratch = scratch();
    train(&scratch, &[1, 2], "--dev dev.tsv");
    let all = "runs/a1 runs/a2 runs/b1 runs/b2";
    let ran = scratch.run(&format!("report -o runs.html --runs {all}")).success();
    assert_says(&ran.stderr, &["runs.html: 4 trainings written"]);
    let page = scratch.text("runs.html");
    assert_eq!(scratch.run(&format!("report --format html --runs {all}")).success().stdout, page);
    let data = page.split("id=\"data\">").nth(1).and_then(|rest| rest.split("</script>").next()).expect("data");
    let mut data: Value = serde_json::from_str(data).expect("JSON");
    let curves = data.as_object_mut().expect("an object").remove("curves").expect("curves");
    assert_eq!(data, json(&scratch, all));
    for (curve, run) in curves.as_array().expect("curves").iter().zip(data["runs"].as_array().expect("runs")) {
        let last = curve["validations"].as_array().and_then(|all| all.last()).expect("a validation");
        assert_eq!(keys(last), "epochs is_best loss minutes score step");
        assert_eq!(last["step"], run["step"]);
    }
}

#[test]
fn arguments_of_the_report_on_sentences_are_refused_beside_runs() {
    let scratch = scratch();
    train(&scratch, &[1], "--dev dev.tsv");
    for args in [
        "--model runs/a1",
        "--translate pairs.tsv",
        "--compare runs/a1",
        "--columns 1,2",
        "--beam-size 1",
        "--format json -o page.html",
        "-o page.svg",
    ] {
        scratch.run(&format!("report {args} --runs runs/a1")).wrong_usage();
    }
    scratch.run("report pairs.tsv --runs runs/a1").wrong_usage();
    scratch.run("report --model runs/a1 --format json pairs.tsv").wrong_usage();
    scratch.run("report --model runs/a1 pairs.tsv -o report.json").wrong_usage();
    let mut command = crate::cli::support::program();
    command.env("GLOSSER_MODEL", "absent").args(["report", "--runs", "runs/a1"]).current_dir(scratch.path(""));
    assert!(
        command.output().expect("the program starts").status.success(),
        "an environment variable counts for nothing"
    );
}
