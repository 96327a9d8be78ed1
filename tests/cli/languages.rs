//! The languages of a model: `train --source-language --target-language`, translation memories, `--from`, `info`.

use crate::cli::support::{SMALL, Scratch, assert_says, tsv};

const TRAIN: &str = "train pairs.tsv --dev dev.tsv --config small.toml --threads 2 --steps 2";

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("pairs.tsv", tsv(1..=60));
    scratch.write("dev.tsv", tsv(1001..=1005));
    scratch.write("small.toml", SMALL);
    scratch
}

/// Asserts what `info` shows.
fn assert_languages(scratch: &Scratch, model: &str, expected: &str) {
    let info = scratch.run(&format!("info {model}")).success();
    assert!(info.lines().contains(&format!("languages   {expected}").as_str()), "{model}: {}", info.stdout);
}

#[test]
fn given_languages_are_stored_exchanged_in_the_reverse_model_quantized_and_inherited() {
    let scratch = scratch();
    scratch.run(&format!("{TRAIN} --model m --both-directions --source-language EN --target-language pt_br")).success();
    assert_languages(&scratch, "m", "English [en] to Portuguese (Brazil) [pt-BR]");
    assert_languages(&scratch, "m/reverse", "Portuguese (Brazil) [pt-BR] to English [en]");
    let card: serde_json::Value = serde_json::from_str(&scratch.text("m/config.json")).expect("JSON");
    assert_eq!(card["languages"], serde_json::json!({ "source": "en", "target": "pt-BR" }));

    scratch.run("quantize --model m --output small").success();
    assert_languages(&scratch, "small", "English [en] to Portuguese (Brazil) [pt-BR]");
    let further = "train pairs.tsv --dev dev.tsv --threads 2 --steps 1 --from m";
    scratch.run(&format!("{further} --model child --both-directions")).success();
    assert_languages(&scratch, "child", "English [en] to Portuguese (Brazil) [pt-BR]");
    assert_languages(&scratch, "child/reverse", "Portuguese (Brazil) [pt-BR] to English [en]");
    scratch.run(&format!("{further} --model other --source-language en --target-language qaa")).success();
    assert_languages(&scratch, "other", "English [en] to qaa");
}

#[test]
fn languages_may_be_given_later_and_do_not_change_the_weights() {
    let scratch = scratch();
    scratch.run(&format!("{TRAIN} --model m")).success();
    assert_languages(&scratch, "m", "not known: they were not given to `glosser train`");
    let weights = scratch.read("m/model.safetensors");
    let again = format!("{TRAIN} --model m --source-language en --target-language de");
    let ran = scratch.run(&again).success();
    assert_says(&ran.stderr, &["`m` is now a model from en to de", "this training is already finished"]);
    assert_languages(&scratch, "m", "English [en] to German [de]");
    assert!(!scratch.run(&again).success().stderr.contains("is now a model"));
    // The same command as at first leaves them.
    scratch.run(&format!("{TRAIN} --model m")).success();
    assert_languages(&scratch, "m", "English [en] to German [de]");

    scratch.run(&again.replace("--model m", "--model new")).success();
    assert!(scratch.read("new/model.safetensors") == weights, "the languages changed the weights");
}

#[test]
fn the_languages_of_a_translation_memory_are_those_of_the_model_unless_others_are_given() {
    let scratch = scratch();
    let units: String = tsv(1..=60)
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(one, other)| {
            let text = |language, text| format!("<tuv xml:lang=\"{language}\"><seg>{text}</seg></tuv>");
            format!("<tu>{}{}</tu>", text("en_US", one), text("DE", other))
        })
        .collect();
    scratch.write("m.tmx", format!("<tmx version=\"1.4\"><header srclang=\"en\"/><body>{units}</body></tmx>"));
    let train = "train m.tmx --config small.toml --threads 2 --steps 2";
    scratch.run(&format!("{train} --model found --both-directions")).success();
    assert_languages(&scratch, "found", "English (United States) [en-US] to German [de]");
    assert_languages(&scratch, "found/reverse", "German [de] to English (United States) [en-US]");
    scratch.run(&format!("{train} --model chosen --languages de,en")).success();
    assert_languages(&scratch, "chosen", "German [de] to English [en]");
    scratch.run(&format!("{train} --model given --source-language en-GB --target-language de-AT")).success();
    assert_languages(&scratch, "given", "English (United Kingdom) [en-GB] to German (Austria) [de-AT]");
}

#[test]
fn a_name_or_one_language_alone_is_wrong_usage_and_a_damaged_code_in_a_model_is_named() {
    let scratch = scratch();
    let train = |options: &str| scratch.run(&format!("{TRAIN} --model m {options}"));
    let message = train("--source-language Deutsch --target-language en").wrong_usage();
    assert_says(&message, &["`Deutsch` is not the code of a language; use the code `de`"]);
    assert_says(&train("--source-language de").wrong_usage(), &["--target-language <CODE>"]);
    assert_says(&train("--target-language de").wrong_usage(), &["--source-language <CODE>"]);

    train("--source-language de --target-language en").success();
    let card = scratch.text("m/config.json").replace("\"de\"", "\"Deutsch\"");
    scratch.write("m/config.json", card);
    assert_says(&scratch.run("info m").failure(), &["m/config.json", "`Deutsch` is not the code of a language"]);
}
