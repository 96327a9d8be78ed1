//! `train --format json`: the result of a training for a program.

use crate::cli::support::{SMALL, Scratch, TINY, assert_says, lines, tsv};
use serde_json::Value;

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("pairs.tsv", tsv(1..=60));
    scratch.write("dev.tsv", tsv(1001..=1020));
    scratch.write("tiny.toml", TINY);
    scratch
}

fn result(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|cause| panic!("{cause}: {line}"))
}

/// Replaces what the clock decides by its type.
fn without_times(mut result: Value) -> Value {
    for key in ["seconds", "tokens_per_second"] {
        assert!(result[key].as_f64().is_some_and(|value| value > 0.0), "{key}: {result}");
        result[key] = Value::Null;
    }
    result
}

#[test]
fn the_result_of_a_training_is_one_line_with_stable_keys_also_when_it_was_finished_before() {
    let scratch = scratch();
    let train = "train pairs.tsv --dev dev.tsv --model model --config tiny.toml --steps 4 --seed 3 --threads 2";
    assert_eq!(scratch.run(train).success().stdout, "", "without the option, standard output is empty");
    scratch.run(&format!("{train} --overwrite --format text")).success();
    let first = scratch.run(&format!("{train} --overwrite --format json")).success();
    let second = scratch.run(&format!("{train} --format json --quiet")).success();
    assert_says(&first.stderr, &["trained 4 steps"]);
    assert_eq!(second.stderr, "");
    let [first, second] = [&first, &second].map(|ran| {
        let [line] = ran.lines()[..] else { panic!("one line: {}", ran.stdout) };
        result(line)
    });
    assert_eq!((first["status"].as_str(), second["status"].as_str()), (Some("finished"), Some("already_finished")));
    let keys = |result: &Value| result.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        keys(&first).join(" "),
        "best_step dev_bleu dev_chrf dev_loss dev_pairs direction metric model pairs schedule score search seconds seed \
         status step steps stopped_early tokens_per_second"
    );
    assert_eq!(keys(&first["search"]).join(" "), "dev_bleu dev_chrf length_penalty metric score");
    let mut expected = without_times(first.clone());
    expected["status"] = "already_finished".into();
    assert_eq!(without_times(second), expected);

    let card: Value = serde_json::from_str(&scratch.text("model/config.json")).expect("JSON");
    for (key, from) in [("dev_bleu", "dev_bleu"), ("dev_loss", "dev_loss"), ("best_step", "step"), ("pairs", "pairs")] {
        assert_eq!(first[key], card["provenance"][from], "{key}");
    }
    let numbers = ["seed", "step", "steps", "pairs", "dev_pairs"].map(|key| first[key].as_u64());
    assert_eq!(numbers, [3, 4, 4, 60, 20].map(Some));
    assert_eq!((first["model"].as_str(), first["direction"].as_str()), (Some("model"), Some("forward")));
    let score = if first["metric"] == "chrF2" { "dev_chrf" } else { "dev_bleu" };
    assert_eq!(first["score"], first[score]);
}

#[test]
fn a_training_by_minutes_reports_the_steps_that_repeat_it() {
    let scratch = scratch();
    let train = "train pairs.tsv --dev dev.tsv --config tiny.toml --format json --threads 2";
    let by_time = scratch.run(&format!("{train} --minutes 0.02 --model timed")).success();
    let by_time = result(by_time.lines()[0]);
    let steps = by_time["steps"].as_u64().expect("a number of steps");
    let schedule = by_time["schedule"].as_str().map_or_else(|| steps.to_string(), str::to_owned);
    let by_steps = scratch.run(&format!("{train} --steps {schedule} --model counted")).success();
    let by_steps = result(by_steps.lines()[0]);
    for key in ["steps", "step", "best_step", "dev_loss", "score"] {
        assert_eq!(by_time[key], by_steps[key], "{key}");
    }
    assert!(scratch.read("timed/model.safetensors") == scratch.read("counted/model.safetensors"));
}

#[test]
fn each_model_of_both_directions_has_a_line() {
    let scratch = scratch();
    let train = "train pairs.tsv --model model --config tiny.toml --steps 2 --both-directions --format json";
    let ran = scratch.run(train).success();
    let [forward, reverse] = lines(&ran.stdout)[..] else { panic!("two lines: {}", ran.stdout) };
    let (forward, reverse) = (result(forward), result(reverse));
    assert_eq!((forward["direction"].as_str(), reverse["direction"].as_str()), (Some("forward"), Some("reverse")));
    assert_eq!((forward["model"].as_str(), reverse["model"].as_str()), (Some("model"), Some("model/reverse")));
}

#[test]
fn json_has_no_place_beside_the_settings() {
    let message = scratch().run("train pairs.tsv --print-config --format json").wrong_usage();
    assert_says(&message, &["--print-config", "--format"]);
}

#[cfg(unix)]
#[test]
fn an_interrupted_training_reports_how_far_it_is_and_exits_with_130() {
    use crate::cli::support::program;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let scratch = Scratch::new();
    scratch.write("pairs.tsv", tsv(1..=240));
    scratch.write("small.toml", SMALL);
    let train = "train pairs.tsv --config small.toml --threads 2 --steps 400 --format json --model model";
    let mut command = program();
    command.args(train.split(' ')).current_dir(scratch.path("")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the program starts");
    let started = Instant::now();
    let log = scratch.path("model/training/log.jsonl");
    while !std::fs::read_to_string(&log).is_ok_and(|log| log.contains("\"step\":60,")) {
        assert!(started.elapsed() < Duration::from_secs(60), "no step 60");
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill").success());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(130));
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    let interrupted = result(lines(&stdout)[0]);
    assert_eq!((interrupted["status"].as_str(), interrupted["steps"].as_u64()), (Some("interrupted"), Some(400)));
    assert!(interrupted["step"].as_u64().is_some_and(|step| (60..400).contains(&step)), "{interrupted}");
    assert!(interrupted["search"].is_null() && interrupted["best_step"].is_u64(), "{interrupted}");

    let finished = scratch.run(train).success();
    let finished = result(finished.lines()[0]);
    assert_eq!((finished["status"].as_str(), finished["step"].as_u64()), (Some("finished"), Some(400)));
    assert!(finished["score"].as_f64() >= interrupted["score"].as_f64(), "{interrupted} {finished}");
}
