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
fn a_second_training_in_the_same_directory_is_refused() {
    let scratch = scratch();
    let child = start(&scratch, "model");
    wait_for(&scratch, "model", "prepared");
    let message = scratch.run(&format!("{TRAIN} model --overwrite")).failure();
    assert_says(&message, &["model: another training is running in this directory"]);
    send("-TERM", &child);
    assert_eq!(ended(child).0.status.code(), Some(130));
}
