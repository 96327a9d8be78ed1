//! Signals during training, and the continued training after them.
#![cfg(unix)]

use crate::cli::support::{SMALL, Scratch, assert_says, program, tsv};
use std::fs;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const TRAIN: &str = "train pairs.tsv --config small.toml --threads 2 --steps 400 --model";

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("pairs.tsv", tsv(1..=240));
    scratch.write("small.toml", SMALL);
    scratch
}

fn start(scratch: &Scratch, model: &str) -> Child {
    let mut command = program();
    command.args(TRAIN.split(' ')).arg(model).current_dir(scratch.path("")).stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

/// Waits until the log of a training has a line with this text.
fn wait_for(scratch: &Scratch, model: &str, text: &str) {
    let started = Instant::now();
    while !fs::read_to_string(scratch.path(&format!("{model}/training/log.jsonl"))).is_ok_and(|log| log.contains(text))
    {
        assert!(started.elapsed() < Duration::from_secs(60), "no {text} in the log");
        sleep(Duration::from_millis(2));
    }
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}

fn ended(child: Child) -> (Output, String) {
    let output = child.wait_with_output().expect("the program ends");
    let stderr = String::from_utf8(output.stderr.clone()).expect("UTF-8");
    (output, stderr)
}

#[test]
fn after_sigint_sigterm_and_sigkill_the_same_command_gives_the_same_weights() {
    let scratch = scratch();
    scratch.run(&format!("{TRAIN} whole")).success();

    for (signal, after) in [("-INT", "\"step\":60,"), ("-TERM", "\"step\":120,")] {
        let child = start(&scratch, "parts");
        wait_for(&scratch, "parts", after);
        send(signal, &child);
        let (output, stderr) = ended(child);
        assert_eq!(output.status.code(), Some(130), "{stderr}");
        let last = stderr.lines().last().expect("a message");
        assert_says(last, &["interrupted at step", "of 400", "the same command continues"]);
    }
    let child = start(&scratch, "parts");
    wait_for(&scratch, "parts", "\"step\":180,");
    send("-KILL", &child);
    assert_says(&ended(child).1, &["continuing at step"]);

    let ran = scratch.run(&format!("{TRAIN} parts")).success();
    assert_says(&ran.stderr, &["continuing at step"]);
    for file in ["model.safetensors", "training/last.safetensors", "config.json"] {
        assert!(scratch.read(&format!("parts/{file}")) == scratch.read(&format!("whole/{file}")), "{file}");
    }
    let before = scratch.tree("parts");
    let again = scratch.run(&format!("{TRAIN} parts")).success();
    assert_says(&again.stderr, &["parts: this training is already finished: 400 steps", "--overwrite"]);
    assert!(scratch.tree("parts") == before);
    let other = scratch.run(&format!("{TRAIN} parts --seed 2")).failure();
    assert_says(&other, &["parts: there is a model already", "training.seed was 1 and is 2", "--overwrite"]);
}

#[test]
fn killed_after_the_first_model_and_before_a_checkpoint_is_due_the_same_command_continues() {
    let scratch = scratch();
    scratch.run(&format!("{TRAIN} whole")).success();
    // The first model is written before this event. A checkpoint is due after two minutes only.
    let child = start(&scratch, "parts");
    wait_for(&scratch, "parts", "\"validated\"");
    send("-KILL", &child);
    ended(child);
    assert!(scratch.path("parts/model.safetensors").exists());
    let ran = scratch.run(&format!("{TRAIN} parts")).success();
    assert_says(&ran.stderr, &["continuing at step", "trained 400 steps"]);
    for file in ["model.safetensors", "training/last.safetensors", "config.json"] {
        assert!(scratch.read(&format!("parts/{file}")) == scratch.read(&format!("whole/{file}")), "{file}");
    }
    // Only the length differs.
    for longer in ["--steps 401", "--epochs 900", "--minutes 5"] {
        let message = scratch
            .run(&format!("{} {longer} --model parts", TRAIN.split(" --steps").next().expect("a part")))
            .failure();
        assert_says(
            &message,
            &["parts: the training in this directory is finished", "only longer: training.budget was"],
        );
        assert_says(&message, &["add `--from parts`", "another --model", "--overwrite trains again"]);
    }
}

#[test]
fn without_a_model_the_training_that_has_not_saved_one_is_named() {
    let scratch = scratch();
    let translate = || scratch.run("translate --model parts").failure();
    let child = start(&scratch, "parts");
    wait_for(&scratch, "parts", "steps-fixed");
    send("-STOP", &child);
    if !scratch.path("parts/config.json").exists() {
        assert_says(&translate(), &["parts: a training is running here", "wait for its first validation"]);
    }
    send("-KILL", &child);
    ended(child);
    if !scratch.path("parts/config.json").exists() {
        let message = translate();
        assert_says(
            &message,
            &["parts: a training ", " here", "before it saved a model", "the same `glosser train` command"],
        );
        let from = scratch.run("train pairs.tsv --from parts --model more").failure();
        assert_eq!(from, message, "by any command");
    }
}

#[test]
fn a_second_training_in_the_same_directory_is_refused() {
    let scratch = scratch();
    let child = start(&scratch, "model");
    wait_for(&scratch, "model", "prepared");
    let message = scratch.run(&format!("{TRAIN} model --overwrite")).failure();
    assert_says(&message, &["model: another training is running in this directory"]);
    send("-TERM", &child);
    assert_eq!(ended(child).0.status.code(), Some(130));
}
