//! `train`: the same command gives the same model, with progress and a log.

use crate::cli::support::{Scratch, assert_says, gzip, lines, tsv};
use serde_json::Value;

/// Settings of a model that is too small to learn anything but trains quickly.
const SETTINGS: &str = "
[tokenizer]
vocab = 280
[model]
embed = 8
encoder_hidden = 8
decoder_hidden = 12
attention_size = 8
[training]
batch_tokens = 300
warmup_steps = 20
";

const WEIGHTS: &str = "model.safetensors";

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("pairs.tsv", tsv(1..=60));
    scratch.write("tiny.toml", SETTINGS);
    scratch
}

fn train(scratch: &Scratch, model: &str, args: &str) -> String {
    let ran = scratch.run(&format!("train pairs.tsv --model {model} --config tiny.toml --threads 2 {args}")).success();
    assert_eq!(ran.stdout, "", "training writes nothing to standard output");
    ran.stderr
}

#[test]
fn the_same_seed_gives_the_same_model_byte_for_byte_and_another_seed_another() {
    let scratch = scratch();
    train(&scratch, "a", "--steps 25 --seed 7");
    train(&scratch, "b", "--steps 25 --seed 7");
    train(&scratch, "c", "--steps 25 --seed 8");
    for name in [WEIGHTS, "config.json", "tokenizer.json", "training/last.safetensors"] {
        let file = |model: &str| scratch.read(&format!("{model}/{name}"));
        assert!(file("a") == file("b"), "{name} differs");
    }
    assert!(scratch.read("a/model.safetensors") != scratch.read("c/model.safetensors"), "seeds must matter");
}

#[test]
fn a_time_budget_fixes_the_number_of_steps_which_repeats_the_run_exactly() {
    let scratch = scratch();
    let messages = train(&scratch, "timed", "--minutes 0.02");
    // A machine that becomes slower or faster may need a second number; the last one counts.
    let fixed = messages
        .lines()
        .filter_map(|line| line.strip_prefix("training for "))
        .next_back()
        .expect("the number of steps");
    let (steps, repeat) = fixed.split_once(" (--steps ").expect("the number of steps");
    let steps = steps.split_once(" steps").expect("the number of steps").0;
    let repeat = repeat.strip_suffix(" repeats this run)").expect("how to repeat the run");
    assert!(repeat == steps || repeat.contains(&format!(",{steps}@")), "{fixed}");
    train(&scratch, "repeated", &format!("--steps {repeat}"));
    for name in [WEIGHTS, "config.json"] {
        let file = |model: &str| scratch.read(&format!("{model}/{name}"));
        assert!(file("timed") == file("repeated"), "{name} differs after {steps} steps");
    }
}

#[test]
fn the_command_line_overrides_the_configuration_file() {
    let scratch = scratch();
    scratch.write("tiny.toml", format!("{SETTINGS}seed = 3\nbudget = {{ epochs = 50 }}\n"));
    train(&scratch, "model", "--steps 4 --seed 5 --attention general");
    let info = scratch.run("info --model model").success().stdout;
    assert_says(&info, &["general", "seed = 5", "steps = 4", "warmup_steps = 20"]);
    assert!(!info.contains("epochs = 50"), "{info}");
}

#[test]
fn print_config_prints_the_settings_of_a_training_as_its_configuration_file() {
    let scratch = scratch();
    let printed = scratch.run("train pairs.tsv --config tiny.toml --steps 5 --print-config").success();
    assert_says(&printed.stdout, &["\nvocab = 280\n", "\nbudget = { steps = 5 }\n", "\nwarmup_steps = 20\n"]);
    assert_says(&printed.stdout, &["# Highest learning rate.\n"]);
    scratch.write("printed.toml", &printed.stdout);
    let again = scratch.run("train --config printed.toml --print-config").success();
    assert_eq!((again.stdout, again.stderr), (printed.stdout, String::new()));
    assert_says(&scratch.run("train --steps 5").wrong_usage(), &["--model"]);
}

#[test]
fn the_guide_shows_the_default_settings() {
    let guide = include_str!("../../docs/guide.md");
    let block = guide.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block of TOML");
    assert_eq!(scratch().run("train --print-config").success().stdout, block);
}

#[test]
fn two_files_gzip_and_validation_pairs_train_the_same_model_as_a_tsv() {
    let scratch = scratch();
    scratch.write("dev.tsv", tsv(1001..=1010));
    let columns = |side: usize| -> String {
        tsv(1..=60).lines().map(|line| line.split('\t').nth(side).expect("a side").to_owned() + "\n").collect()
    };
    scratch.write("train.en.gz", gzip(columns(0)));
    scratch.write("train.de", columns(1));
    train(&scratch, "tsv", "--steps 5 --dev dev.tsv");
    let args = "train train.en.gz train.de --dev dev.tsv --config tiny.toml --threads 2 --steps 5";
    scratch.run(&format!("{args} --model two")).success();
    assert!(scratch.read("tsv/model.safetensors") == scratch.read("two/model.safetensors"));
    assert_says(&scratch.run("info --model two").success().stdout, &["60 for training, 10 for validation"]);
}

#[test]
fn every_score_function_trains_a_model_that_translates() {
    let scratch = scratch();
    scratch.write("tiny.toml", SETTINGS.replace("decoder_hidden = 12", "decoder_hidden = 16"));
    for score in ["dot", "general", "additive", "mlp"] {
        train(&scratch, score, &format!("--steps 3 --attention {score}"));
        assert_says(&scratch.run(&format!("info --model {score}")).success().stdout, &[&format!("{score}, size 8")]);
        assert_eq!(scratch.pipe(&format!("translate --model {score}"), "one\n\n").success().lines().len(), 2);
    }
}

#[test]
fn separate_vocabularies_make_a_model_with_two_tokenizers() {
    let scratch = scratch();
    scratch.write("tiny.toml", SETTINGS.replace("vocab = 280", "vocab = 280\njoint = false"));
    train(&scratch, "model", "--steps 3");
    assert!(!scratch.path("model/tokenizer.json").exists());
    assert_says(&scratch.run("info --model model").success().stdout, &["280 source and 280 target sub-words"]);
    std::fs::remove_file(scratch.path("model/tokenizer.target.json")).expect("a file");
    let message = scratch.run("info --model model").failure();
    assert_says(&message, &["`tokenizer.target.json` is missing"]);
}

#[test]
fn progress_is_printed_unless_quiet_and_always_logged() {
    let scratch = scratch();
    let messages = train(&scratch, "loud", "--steps 25");
    assert_says(
        &messages,
        &[
            "note: no --dev was given: 3 pairs of the corpus are held out",
            "57 training pairs, 3 validation pairs",
            "training for 25 steps",
            "validation loss",
            "trained 25 steps",
        ],
    );
    assert_eq!(train(&scratch, "quiet", "--steps 25 --quiet"), "");
    for model in ["loud", "quiet"] {
        let log = scratch.text(&format!("{model}/training/log.jsonl"));
        let events: Vec<Value> =
            lines(&log).iter().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
        let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().expect("a name")).collect();
        assert_eq!(names[..4], ["note", "note", "prepared", "steps-fixed"]);
        let last = names.iter().rposition(|name| *name != "advice").expect("an event");
        assert_eq!(names[last], "finished");
        let count = |name: &str| names.iter().filter(|other| **other == name).count();
        assert_eq!((count("prepared"), count("steps-fixed"), count("finished")), (1, 1, 1));
        assert_eq!(count("progress"), 2, "after 20 steps and after the last");
        assert!(count("validated") >= 2);
        assert_eq!(events[2]["pairs"], 57);
        assert_eq!(events[3]["steps"], 25);
        assert_eq!(events[last]["steps"], 25);
        let steps: Vec<u64> = events.iter().filter_map(|event| event["step"].as_u64()).collect();
        assert!(steps.is_sorted() && steps.last() == Some(&25), "{steps:?}");
        assert!(events.iter().filter_map(|event| event["loss"].as_f64()).all(|loss| loss.is_finite() && loss > 0.0));
    }
}

#[test]
fn pairs_that_are_too_long_are_not_held_out_while_there_are_others() {
    let scratch = scratch();
    // Without spaces, so that only the tokenizer knows their lengths.
    let long = |line: &str| line.replace(['\t', ' '], "").repeat(12);
    let pairs = tsv(1..=40).lines().enumerate().fold(String::new(), |all, (at, line)| match at % 4 {
        0 => all + line + "\n",
        _ => all + &long(line) + "\t" + &long(line) + "\n",
    });
    scratch.write("pairs.tsv", pairs);
    scratch.write("tiny.toml", SETTINGS.to_owned() + "longest = 60\n");
    for seed in 1..=6 {
        let messages = train(&scratch, "model", &format!("--steps 2 --seed {seed} --overwrite"));
        assert_says(&messages, &["2 pairs of the corpus are held out", "8 training pairs, 2 validation pairs"]);
        assert_says(&messages, &["note: 30 pairs left out: more than 60 tokens"]);
    }
}

#[test]
fn copies_of_held_out_pairs_are_not_trained_on() {
    let scratch = scratch();
    scratch.write("pairs.tsv", tsv(1..=40).repeat(5));
    let messages = train(&scratch, "model", "--steps 2");
    let note = "2 pairs of the corpus are held out for validation and not trained on, nor are 8 copies of them";
    assert_says(&messages, &[note, "190 training pairs, 2 validation pairs"]);
    assert!(!messages.contains("warning"), "{messages}");
}

#[test]
fn validation_pairs_that_are_training_pairs_cause_a_warning() {
    let scratch = scratch();
    scratch.write("dev.tsv", tsv(51..=70));
    let messages = train(&scratch, "model", "--steps 2 --dev dev.tsv");
    let warning = "warning: 10 of 20 validation pairs are also in the training pairs: ";
    assert_says(&messages, &[warning, "glosser check"]);
    scratch.write("dev.tsv", tsv(61..=80));
    assert!(!train(&scratch, "model", "--steps 2 --dev dev.tsv --overwrite").contains("warning"));
}

#[test]
fn blank_sides_and_extra_columns_are_left_out_with_a_note() {
    let scratch = scratch();
    let wide: String = tsv(1..=60).lines().enumerate().map(|(id, line)| format!("{id}\t{line}\n")).collect();
    scratch.write("pairs.tsv", format!("{wide}60\t\tnull\n61\tzero\t \n"));
    let messages = train(&scratch, "model", "--steps 2 --columns 2,3");
    assert_says(
        &messages,
        &["note: `pairs.tsv` has 3 columns; columns 2 and 3 are read", "note: 2 pairs of 62 in `pairs.tsv` left out"],
    );
}

#[test]
fn pairs_above_the_maximum_length_are_left_out_with_a_note() {
    let scratch = scratch();
    scratch.write("tiny.toml", format!("{SETTINGS}longest = 30\n"));
    scratch.write("pairs.tsv", format!("{}{}\teins\n", tsv(1..=60), "one ".repeat(40)));
    scratch.write("dev.tsv", tsv(1001..=1004));
    let messages = train(&scratch, "model", "--steps 2 --dev dev.tsv");
    assert_says(&messages, &["left out", "training.longest"]);
}

#[test]
fn standard_input_trains_the_same_model_as_a_file() {
    let scratch = scratch();
    train(&scratch, "file", "--steps 5");
    let args = "train - --config tiny.toml --threads 2 --steps 5";
    scratch.pipe(&format!("{args} --model piped"), tsv(1..=60)).success();
    scratch.pipe(&format!("{args} --model zipped"), gzip(tsv(1..=60))).success();
    for model in ["piped", "zipped"] {
        assert!(scratch.read("file/model.safetensors") == scratch.read(&format!("{model}/model.safetensors")));
    }
}

#[test]
fn a_fault_on_standard_input_is_named_and_nothing_is_written() {
    let scratch = scratch();
    let message = scratch.pipe("train - --model model --quiet", "one\teins\ntwo\tzw\0ei\n").failure();
    assert_says(&message, &["standard input:2: the line has a NUL"]);
    assert!(!scratch.path("model").exists());
}
