//! Hostile tokenizer files are rejected with a reason and never cause a panic.

use std::sync::LazyLock;

use glosser_text::{TokenWords, Tokenizer, WordRule};
use proptest::prelude::*;
use serde_json::{Value, json};

static JSON: LazyLock<Value> = LazyLock::new(|| {
    let sentences = ["ein Hund läuft", "ein Hund bellt", "zwei Hunde laufen", "ein Mann läuft mit zwei Hunden"];
    let trained = Tokenizer::train(sentences.iter().cycle().take(40), 301).expect("trained");
    serde_json::from_str(&trained.to_json().expect("JSON")).expect("JSON")
});

fn read(text: &str) -> Result<Tokenizer, String> {
    Tokenizer::from_json(text.as_bytes(), "m/tokenizer.json").map_err(|cause| cause.to_string())
}

/// Returns the message about a file with a change.
#[track_caller]
fn refused(change: impl FnOnce(&mut Value)) -> String {
    let mut value = JSON.clone();
    change(&mut value);
    let message = read(&value.to_string()).expect_err("refused");
    assert!(message.starts_with("`m/tokenizer.json` is not a tokenizer of this program: "), "{message}");
    assert!(message.ends_with("copy the model directory again, or train anew"), "{message}");
    assert!(message.len() < 1000, "a message of {} bytes", message.len());
    message
}

fn vocab(value: &mut Value) -> &mut serde_json::Map<String, Value> {
    value.pointer_mut("/model/vocab").and_then(Value::as_object_mut).expect("a vocabulary")
}

/// Removes the last token, from which no other token is merged.
fn last(value: &mut Value) -> (String, Value) {
    let vocab = vocab(value);
    let last = vocab.iter().max_by_key(|(_, id)| id.as_u64()).map(|(token, _)| token.clone()).expect("a token");
    let id = vocab.remove(&last).expect("its id");
    (last, id)
}

#[test]
fn invalid_ids_are_rejected() {
    let duplicate = refused(|value| {
        let (token, _) = last(value);
        vocab(value).insert(token, json!(299));
    });
    assert!(duplicate.contains("after token 300") && duplicate.contains("comes id 299"), "{duplicate}");
    for id in [json!(-1), json!(1.5), json!(u64::MAX), json!(4_294_967_296_u64), json!("7"), Value::Null] {
        let message = refused(|value| {
            let (token, _) = last(value);
            vocab(value).insert(token, id);
        });
        assert!(message.contains("invalid"), "{message}");
    }
    let message = refused(|value| {
        let (token, _) = last(value);
        vocab(value).insert(token, json!(u32::MAX));
    });
    assert!(message.contains("comes id 4294967295"), "{message}");
}

#[test]
fn a_token_with_other_characters_than_bytes_is_rejected() {
    for strange in ["", "狗", "ab狗", " ein", "\u{0}", "<9 >"] {
        let message = refused(|value| {
            let (token, id) = last(value);
            vocab(value).insert(strange.to_owned(), id);
            value["model"]["merges"].as_array_mut().expect("merges").retain(|merge| {
                let part = |at: usize| merge[at].as_str().expect("a part");
                format!("{}{}", part(0), part(1)) != token
            });
        });
        let shown = strange.replace('\0', "\\0");
        assert!(message.contains(&format!("its token 300, `{shown}`, is not made of bytes")), "{message}");
    }
}

#[test]
fn merges_of_missing_tokens_are_rejected() {
    for merge in [["狗", "e"], ["e", "狗"], ["", "e"], ["<", "s>"], ["<p", "ad>"], ["qqq", "zzz"]] {
        let message = refused(|value| value["model"]["merges"].as_array_mut().expect("merges").push(json!(merge)));
        assert!(message.contains(&format!("it merges `{}` and `{}`", merge[0], merge[1])), "{message}");
    }
    for merge in [json!("e i"), json!(["e"]), json!(["e", "i", "n"]), json!([1, 2]), Value::Null] {
        refused(|value| value["model"]["merges"].as_array_mut().expect("merges").push(merge));
    }
}

#[test]
fn parts_that_this_program_does_not_write_are_rejected() {
    let long = "x".repeat(100_000);
    for (part, value) in [
        ("truncation", json!({"max_length": 0, "stride": 5, "strategy": "LongestFirst", "direction": "Right"})),
        (
            "padding",
            json!({"strategy": {"Fixed": 1_000_000_000_u64}, "direction": "Right", "pad_to_multiple_of": 0,
            "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"}),
        ),
        ("normalizer", json!({"type": "Replace", "pattern": {"Regex": "("}, "content": ""})),
        ("normalizer", json!({"type": "Replace", "pattern": {"String": long}, "content": ""})),
        ("normalizer", json!({"type": "Precompiled", "precompiled_charsmap": "AAAA"})),
        ("normalizer", json!({"type": "Precompiled", "precompiled_charsmap": "/////wAAAAA="})),
        (
            "pre_tokenizer",
            json!({"type": "Split", "pattern": {"Regex": "(a*)*b"}, "behavior": "Isolated", "invert": false}),
        ),
        ("pre_tokenizer", json!({"type": "FixedLength", "length": 0})),
        ("post_processor", json!({"type": "TemplateProcessing", "single": [], "pair": [], "special_tokens": {}})),
        (
            "added_tokens",
            json!([{"id": 4_294_967_295_u32, "content": "x", "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false, "special": true}]),
        ),
        (
            "added_tokens",
            json!([{"id": 0, "content": "", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true}]),
        ),
        ("model", json!({"type": "BPE", "vocab": {}, "merges": []})),
        ("model", json!({"type": "Unigram", "unk_id": 7, "vocab": [], "byte_fallback": false})),
        ("version", json!("9.0")),
    ] {
        refused(|file| file[part] = value);
    }
    for option in ["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"] {
        for value in [json!(2.0), json!(-1), json!("##"), json!("狗"), json!([])] {
            refused(|file| file["model"][option] = value);
        }
    }
}

#[test]
fn very_deep_nesting_is_rejected() {
    for text in ["[".repeat(200_000), "{\"model\":".repeat(200_000), format!("{{\"x\":{}", "[".repeat(200_000))] {
        read(&text).expect_err("refused");
    }
}

/// A place in the file and its new value.
fn mutation() -> impl Strategy<Value = (Vec<usize>, Value)> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        any::<String>().prop_map(|text| json!(text)),
        Just(json!([])),
        Just(json!({})),
        Just(json!(["a", "b"])),
    ];
    (proptest::collection::vec(any::<usize>(), 1..8), value)
}

/// Puts `new` at the end of `path`, whose steps are taken modulo the number of children.
fn put(value: &mut Value, path: &[usize], new: Value) {
    let [first, rest @ ..] = path else {
        *value = new;
        return;
    };
    match value {
        Value::Array(all) if !all.is_empty() => {
            let at = first % all.len();
            put(&mut all[at], rest, new);
        }
        Value::Object(all) if !all.is_empty() => {
            let at = first % all.len();
            let inner = all.values_mut().nth(at).expect("below the number of values");
            put(inner, rest, new);
        }
        _ => *value = new,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_rejected(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Tokenizer::from_json(&bytes, "t").is_err());
    }

    #[test]
    fn a_changed_file_is_rejected_or_works((path, new) in mutation(), text in any::<String>()) {
        let mut value = JSON.clone();
        put(&mut value, &path, new);
        if let Ok(tokenizer) = read(&value.to_string()) {
            let ids = tokenizer.encode(&text).ids;
            prop_assert!(ids.iter().all(|id| (*id as usize) < tokenizer.vocab_size()));
            tokenizer.decode(&ids);
            prop_assert_eq!(TokenWords::new(&tokenizer, WordRule::SubWords).words(&ids).flatten().count(), ids.len());
        }
    }

    #[test]
    fn an_incomplete_file_is_rejected(length in 0_usize..10_000) {
        let text = JSON.to_string();
        prop_assert!(Tokenizer::from_json(&text.as_bytes()[..length.min(text.len() - 1)], "t").is_err());
    }
}
