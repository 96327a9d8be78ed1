//! One definition of a word per side: text without spaces is trained on, aligned and listed by the words of a dictionary.

use crate::cli::support::{SMALL, Scratch, assert_says, records};

const SUBJECTS: [(&str, &str); 5] =
    [("猫", "cat"), ("犬", "dog"), ("先生", "teacher"), ("医者", "doctor"), ("学生", "student")];
const OBJECTS: [(&str, &str); 4] = [("魚", "fish"), ("水", "water"), ("写真", "picture"), ("新聞", "newspaper")];
const VERBS: [(&str, &str); 3] = [("見ます", "sees"), ("買います", "buys"), ("売ります", "sells")];

/// A pair of Japanese, which is written without spaces, and English.
fn pair(index: usize) -> (String, String) {
    let ((subject, of_subject), (object, of_object), (verb, of_verb)) =
        (SUBJECTS[index % 5], OBJECTS[index / 5 % 4], VERBS[index / 20 % 3]);
    (format!("{subject}は{object}を{verb}。"), format!("the {of_subject} {of_verb} {of_object} ."))
}

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    let lines = (0..60).chain(0..60).map(pair).map(|(source, target)| format!("{source}\t{target}\n"));
    scratch.write("pairs.tsv", lines.collect::<String>());
    scratch
}

#[test]
fn without_a_model_the_words_of_a_dictionary_are_aligned_and_can_be_chosen_by_hand() {
    let scratch = scratch();
    let align = |args: &str| scratch.run(&format!("align-statistical pairs.tsv {args}")).success().stdout;
    let by_script = align("--format jsonl");
    let first: serde_json::Value = serde_json::from_str(by_script.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["source_words"], serde_json::json!(["猫", "は", "魚", "を", "見", "ます", "。"]));
    assert_eq!(first["target_words"], serde_json::json!(["the", "cat", "sees", "fish", "."]));
    assert_eq!(first["source_offsets"][2], serde_json::json!([2, 3]), "characters of the text");
    let links = first["links"].as_str().expect("links").split(' ').collect::<Vec<_>>();
    assert!(links.contains(&"0-1") && links.contains(&"2-3"), "{links:?}");
    assert_eq!(align("--format jsonl --words unicode,whitespace"), by_script);
    assert!(align("--words whitespace").lines().all(|links| !links.contains("1-")), "a sentence is one word");
    let message = scratch.run("align-statistical pairs.tsv --words letters").wrong_usage();
    assert_says(&message, &["`letters`", "whitespace or unicode"]);
}

#[test]
fn a_model_keeps_the_definition_of_its_words_and_every_command_uses_it() {
    let scratch = scratch();
    scratch.write("small.toml", SMALL.replace("vocab = 300", "vocab = 340"));
    scratch.run("train pairs.tsv --model model --config small.toml --threads 2").success();
    let profile: serde_json::Value = serde_json::from_slice(&scratch.read("model/text.json")).expect("JSON");
    assert_eq!((&profile["source"]["words"], &profile["target"]["words"]), (&"unicode".into(), &"white-space".into()));
    let info = scratch.run("info --model model").success().stdout;
    assert!(info.contains("words       unicode in the source, whitespace in the target"), "{info}");

    let lexicon = scratch.run("lexicon --model model pairs.tsv --min-count 5").success().stdout;
    for (word, translation) in [("犬", "dog"), ("新聞", "newspaper")] {
        assert!(lexicon.lines().any(|entry| entry.starts_with(&format!("{word}\t{translation}\t"))), "{lexicon}");
    }
    let found = scratch.run("concordance 写真 --model model pairs.tsv").success().stdout;
    assert!(found.starts_with("写真 → picture"), "{found}");

    let translated = scratch.pipe("translate --model model --format jsonl", "医者は水を買います。\n").success();
    let record = &records(&translated.stdout)[0];
    assert_eq!(record.source_words, ["医者", "は", "水", "を", "買い", "ます", "。"]);
    assert_eq!(record.target_words, record.translation.split_whitespace().collect::<Vec<_>>());
    let by_spaces = scratch.pipe("translate --model model --format jsonl --words whitespace", "医者は水を買います。\n");
    assert_eq!(records(&by_spaces.success().stdout)[0].source_words, ["医者は水を買います。"]);
    assert_eq!(scratch.run("align --model model pairs.tsv").success().lines().len(), 120);
}

#[test]
fn links_are_given_between_the_words_of_the_same_definition() {
    let scratch = scratch();
    let links = scratch.run("align-statistical pairs.tsv").success().stdout;
    scratch.write("links", &links);
    scratch.write("small.toml", SMALL.replace("steps = 240", "steps = 1"));
    let train =
        |args: &str| scratch.run(&format!("train pairs.tsv --config small.toml --guided-alignment links {args}"));
    train("--model model").success();
    assert_says(&train("--model other --words whitespace").failure(), &["links:1", "1 source and 5 target words"]);
    let message = train("--model other --words unicode,letters").wrong_usage();
    assert_says(&message, &["`letters`", "auto, whitespace, unicode or subwords"]);
}

#[test]
fn sub_words_are_the_words_of_a_side_that_is_chosen_by_hand_in_both_directions() {
    let scratch = Scratch::new();
    let pair = |index: usize| pair(index).1.replace(' ', "") + "\t" + &pair(index).1 + "\n";
    scratch.write("pairs.tsv", (0..60).map(pair).collect::<String>());
    scratch.write("small.toml", SMALL.replace("steps = 240", "steps = 20"));
    scratch
        .run("train pairs.tsv --model model --config small.toml --words subwords,whitespace --both-directions")
        .success();
    let rules = |file: &str| -> [String; 2] {
        let profile: serde_json::Value = serde_json::from_slice(&scratch.read(file)).expect("JSON");
        ["source", "target"].map(|side| profile[side]["words"].as_str().expect("a rule").to_owned())
    };
    assert_eq!(rules("model/text.json"), ["sub-words", "white-space"]);
    assert_eq!(rules("model/reverse/text.json"), ["white-space", "sub-words"]);
    let aligned = scratch.run("align --model model pairs.tsv --format jsonl").success().stdout;
    let first: serde_json::Value = serde_json::from_str(aligned.lines().next().expect("a line")).expect("JSON");
    assert!(first["source_words"].as_array().expect("words").len() > 3, "{first}");
    assert_eq!(first["target_words"].as_array().expect("words").len(), 5);
}
