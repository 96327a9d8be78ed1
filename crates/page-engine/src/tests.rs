//! The engine with a small model: its answers are those of the translator, and every fault is an answer.

use crate::Engine;
use glosser_translator::{ModelDirectory, Translator};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn kept(model: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/format-3").join(model)
}

fn ask(engine: &mut Engine, request: &Value) -> Value {
    serde_json::from_slice(&engine.ask(request.to_string().as_bytes())).expect("JSON")
}

#[track_caller]
fn result(engine: &mut Engine, request: &Value) -> Value {
    let answer = ask(engine, request);
    answer.get("result").cloned().unwrap_or_else(|| panic!("{request}: {answer}"))
}

/// The kind and the message of an error.
#[track_caller]
fn fault(answer: &Value) -> (&str, &str) {
    let text = |key: &str| answer["error"][key].as_str().unwrap_or_else(|| panic!("no error: {answer}"));
    (text("kind"), text("message"))
}

fn add(engine: &mut Engine, name: &str, content: &[u8]) -> Value {
    serde_json::from_slice(&engine.add_file([name.as_bytes(), content].concat(), name.len())).expect("JSON")
}

fn add_model(engine: &mut Engine, number: usize, model: &str) {
    for (name, content) in ModelDirectory::new(&kept(model)).read_files().expect("a model") {
        assert_eq!(add(engine, &format!("{number}/{name}"), &content), json!({"result": null}));
    }
}

/// An engine with the kept model of 8 bits, as one from English to French.
fn loaded() -> Engine {
    let mut engine = Engine::new();
    add_model(&mut engine, 0, "model-8bit");
    result(&mut engine, &json!({"request": "load", "languages": [{"source": "en", "target": "fr"}]}));
    engine
}

fn sentence(request: &str) -> Value {
    json!({"request": request, "sentence": "The dog sees a red house.", "source": "en", "target": "fr"})
}

#[test]
fn models_are_loaded_with_their_languages_and_where_they_come_from() {
    let mut engine = Engine::new();
    add_model(&mut engine, 0, "model-8bit");
    add_model(&mut engine, 1, "model");
    let languages = json!([{"source": "en", "target": "fr"}, {"source": "fr", "target": "en"}]);
    let loaded = result(&mut engine, &json!({"request": "load", "languages": languages, "beam": 3}));
    assert_eq!(loaded["languages"][0], json!({"code": "en", "name": "English", "targets": ["en", "fr"]}));
    let model = &loaded["models"][1];
    assert_eq!((&model["source"], &model["target"], &model["pairs"]), (&json!("fr"), &json!("en"), &json!(400)));
    assert!(model["score"].as_str().is_some_and(|score| score.starts_with("BLEU ")), "{model}");
    assert_eq!((&loaded["beam"], &loaded["character_limit"]), (&json!(3), &json!(10_000)));
    assert_eq!(result(&mut engine, &json!({"request": "information"})), loaded);
}

#[test]
fn texts_are_translated_as_by_the_translator() {
    let translator = Translator::load(&kept("model-8bit")).expect("a model");
    let lines = ["The dog sees a red house.", "These are difficult words. A cat sleeps."];
    let text = format!("  {}\n\n{}\n", lines[0], lines[1]);
    let request = json!({
        "request": "translate", "texts": [text, "…", lines[0]], "source": "auto", "target": "fr",
        "alternatives": 2, "alignment": true,
    });
    let found = result(&mut loaded(), &request);
    let expected = translator.translate_with(&lines, &translator.search_options(), 1).expect("translations");
    let [first, second] = [&expected[0][0], &expected[1][0]];
    assert_eq!(found[0]["text"], json!(format!("  {}\n\n{}\n", first.text, second.text)));
    assert_eq!(found[0]["detected"], json!("en"));
    let sentences = found[0]["sentences"].as_array().expect("sentences");
    assert_eq!(sentences.len(), 3);
    let view = first.words_by(&translator.tokenizers().words());
    assert_eq!(sentences[0]["links"], json!(view.links().to_string()));
    assert_eq!(sentences[0]["source_start"], json!(2));
    assert_eq!(sentences[2]["source"], json!("A cat sleeps."));
    assert_eq!((&found[1]["text"], &found[1]["sentences"]), (&json!("…"), &json!([])));
    assert_eq!(found[2]["text"], json!(first.text));
    let alternatives = translator.translate_with(&lines[..1], &translator.search_options(), 3).expect("translations");
    let others: Vec<&str> = alternatives[0][1..].iter().map(|other| other.text.as_str()).collect();
    assert_eq!(found[2]["others"], json!(others));
}

#[test]
fn a_given_language_is_not_detected_and_the_same_language_stays_as_it_is() {
    let mut engine = loaded();
    let request = |target: &str| json!({"request": "translate", "texts": ["A dog."], "source": "en", "target": target});
    let translated = result(&mut engine, &request("FR"));
    assert_eq!((&translated[0]["detected"], &translated[0]["confidence"]), (&Value::Null, &json!(100.0)));
    assert_eq!((&translated[0]["sentences"], &translated[0]["others"]), (&json!([]), &json!([])));
    assert_eq!(result(&mut engine, &request("en"))[0]["text"], json!("A dog."));
}

#[test]
fn a_beginning_is_completed_and_has_choices() {
    let mut engine = loaded();
    let mut request = sentence("complete");
    request["beginning"] = json!("Une ma");
    let completed = result(&mut engine, &request);
    assert!(completed["translation"].as_str().is_some_and(|text| text.starts_with("Une ma")), "{completed}");
    assert!(completed["links"].is_string() && completed["weights"].is_array());
    let mut request = sentence("choices");
    request["choices"] = json!(3);
    let choices = result(&mut engine, &request);
    let choices = choices.as_array().expect("choices");
    assert_eq!(choices.len(), 3);
    assert!(choices[0]["probability"].as_f64() >= choices[1]["probability"].as_f64());
    assert!(choices[0]["translation"].as_str().expect("text").starts_with(choices[0]["word"].as_str().expect("text")));
}

#[test]
fn given_pairs_are_aligned_and_a_search_is_explained() {
    let mut engine = loaded();
    let pairs = json!([["A dog.", "Un chien."], ["", "rien"]]);
    let aligned = result(&mut engine, &json!({"request": "align", "source": "en", "target": "fr", "pairs": pairs}));
    assert_eq!(aligned[0]["target_words"], json!(["Un", "chien."]));
    assert_eq!(aligned[0]["weights"].as_array().map(Vec::len), Some(2));
    assert_eq!((&aligned[1]["translation"], &aligned[1]["links"]), (&json!("rien"), &json!("")));
    let explained = result(&mut engine, &sentence("explain"));
    assert_eq!(explained["source"], json!("The dog sees a red house."));
    let best = &result(&mut engine, &sentence("complete"))["translation"];
    assert_eq!(&explained["translations"][0]["translation"], best);
    assert!(explained["steps"].as_array().is_some_and(|steps| steps.len() > 2));
}

#[test]
fn a_text_that_is_too_long_has_an_error_of_its_own() {
    let mut engine = Engine::new();
    add_model(&mut engine, 0, "model-8bit");
    let languages = json!([{"source": "en", "target": "fr"}]);
    result(&mut engine, &json!({"request": "load", "languages": languages, "character_limit": 5}));
    let ask_for = |text: &str| json!({"request": "translate", "texts": ["a", text], "source": "en", "target": "fr"});
    // Characters count, not bytes.
    result(&mut engine, &ask_for("ääääé"));
    let answer = ask(&mut engine, &ask_for("abcdef"));
    assert_eq!(fault(&answer), ("too-long", "a text has 6 characters; send at most 5 at once"));
    let mut engine = loaded();
    let mut request = sentence("complete");
    request["sentence"] = json!("very ".repeat(500) + "long");
    request["beginning"] = json!("Un");
    let answer = ask(&mut engine, &request);
    assert_eq!(fault(&answer), ("too-long", "the text is too long; send a shorter sentence"));
    let pairs = json!([["long ".repeat(1600), "a"]]);
    let answer = ask(&mut engine, &json!({"request": "align", "source": "en", "target": "fr", "pairs": pairs}));
    assert_eq!(fault(&answer).0, "too-long");
}

#[test]
fn faults_of_requests_are_answers() {
    let mut engine = Engine::new();
    let translate = |source: &str, target: &str| json!({"request": "translate", "texts": ["a"], "source": source, "target": target});
    assert_eq!(fault(&ask(&mut engine, &translate("en", "fr"))), ("other", "no model is loaded"));
    assert_eq!(fault(&ask(&mut engine, &json!({"request": "load"}))), ("other", "there is no model"));
    let mut engine = loaded();
    let mut several = sentence("complete");
    several["sentence"] = json!("A dog sleeps. A cat sleeps.");
    several["beginning"] = json!("Un");
    let mut many = sentence("choices");
    many["choices"] = json!(21);
    let mut same = sentence("complete");
    same["target"] = json!("en");
    for (request, message) in [
        (translate("en", "xx"), "xx is not supported"),
        (translate("fr", "en"), "English (en) is not available as a target language from French (fr)"),
        (several, "the text has 2 sentences; send one of them"),
        (many, "`choices` is 21; give 1 to 20"),
        (same, "source and target are the same language"),
        (json!({"request": "dance"}), "this is not a request: unknown variant `dance`"),
        (json!({"request": "translate"}), "this is not a request: missing field `texts`"),
    ] {
        let answer = ask(&mut engine, &request);
        let (kind, found) = fault(&answer);
        assert!(kind == "other" && found.starts_with(message), "{request}: {found}");
    }
    let answer: Value = serde_json::from_slice(&engine.ask(b"\xff")).expect("JSON");
    assert!(fault(&answer).1.starts_with("this is not a request"));
}

#[test]
fn faults_of_models_are_answers_and_an_earlier_model_stays() {
    let mut engine = loaded();
    for (input, name_size) in [(&b"config.json"[..], 11), (b"x/config.json", 13), (b"0/a", 4), (b"", usize::MAX)] {
        let answer: Value = serde_json::from_slice(&engine.add_file(input.to_vec(), name_size)).expect("JSON");
        assert!(fault(&answer).1.contains("names no file"), "{answer}");
    }
    let load = json!({"request": "load", "languages": [{"source": "en", "target": "fr"}]});
    add(&mut engine, "0/config.json", b"{}");
    let answer = ask(&mut engine, &load);
    let file = Path::new("0").join("config.json").display().to_string();
    assert_eq!(
        fault(&answer).1,
        format!("{file}: it names no `format_version`; the file is damaged: get this page again")
    );
    let card = std::fs::read(kept("model-8bit").join("config.json")).expect("a file");
    add(&mut engine, "0/config.json", &card);
    let answer = ask(&mut engine, &load);
    assert_eq!(fault(&answer).1, "model 0: the file `tokenizer.json` is missing; get this page again");
    add_model(&mut engine, 0, "model-8bit");
    let answer = ask(&mut engine, &json!({"request": "load", "languages": [null]}));
    assert_eq!(fault(&answer).1, "the languages of model 0 are unknown; name them");
    add_model(&mut engine, 0, "model-8bit");
    add_model(&mut engine, 1, "model-8bit");
    let answer = ask(&mut engine, &load);
    assert_eq!(fault(&answer).1, "there are 1 pairs of languages for 2 models");
    result(&mut engine, &json!({"request": "translate", "texts": ["A dog."], "source": "en", "target": "fr"}));
}
