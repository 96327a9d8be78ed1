//! Fuzzes `tokenizer.json`: the result is an error, or a tokenizer that works and stays equal when written and read
//! again.
#![no_main]

use glosser_text::{TokenWords, Tokenizer, WordRule};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::sync::LazyLock;

const WHOLE: &[u8] = include_bytes!("../../tests/golden/format-2/model/tokenizer.json");

static PARSED: LazyLock<Value> = LazyLock::new(|| serde_json::from_slice(WHOLE).expect("JSON"));

fuzz_target!(|input: &[u8]| {
    check(input);
    // Random JSON is rarely a tokenizer, so the input is also used as changes to a valid one.
    if let Ok(changes) = serde_json::from_slice(input) {
        let mut changed = PARSED.clone();
        merge(&mut changed, changes);
        check(changed.to_string().as_bytes());
    }
});

fn check(bytes: &[u8]) {
    let Ok(tokenizer) = Tokenizer::from_json(bytes, "tokenizer.json") else { return };
    let ids = tokenizer.encode("Ein Hund läuft, 42 e\u{301} 狗\t</s>").ids;
    assert_eq!(tokenizer.decode(&ids), "Ein Hund läuft, 42 é 狗\t</s>");
    assert_eq!(TokenWords::new(&tokenizer, WordRule::SubWords).words(&ids).flatten().count(), ids.len());
    let all: Vec<u32> = (0..tokenizer.vocab_size() as u32 + 2).collect();
    tokenizer.decode_with_offsets(&all);
    all.iter().for_each(|id| {
        let _ = tokenizer.word_part(*id);
    });
    let written = tokenizer.to_json().expect("JSON");
    let again = Tokenizer::from_json(written.as_bytes(), "tokenizer.json").expect("as it was written");
    assert_eq!(again.to_json().expect("JSON"), written);
}

/// Merges objects key by key, where null removes a key, and appends to arrays (RFC 7396, except for arrays).
fn merge(value: &mut Value, changes: Value) {
    match (value, changes) {
        (Value::Object(value), Value::Object(changes)) => {
            for (key, change) in changes {
                match change {
                    Value::Null => drop(value.remove(&key)),
                    change => merge(value.entry(key).or_insert(Value::Null), change),
                }
            }
        }
        (Value::Array(value), Value::Array(changes)) => value.extend(changes),
        (value, changes) => *value = changes,
    }
}
