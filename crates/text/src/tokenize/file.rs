//! `tokenizer.json`: writing, reading, and checking.
//!
//! The library accepts any tokenizer: with gaps in its ids, with missing tokens, with random merges. With a wrong
//! tokenizer, a model writes nonsense without an error. Therefore everything that the rest of the program relies on is
//! checked.

use std::collections::HashMap;

use serde_json::{Map, Value};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;

use crate::error::{LONGEST_EXCERPT, TextError, excerpt};
use crate::tokenize::library::{self, Library};
use crate::tokenize::vocabulary::CONTROL;

/// The learnt part of a tokenizer.
struct Learnt {
    vocab: HashMap<String, u32>,
    /// In the order in which they are applied.
    merges: Vec<(String, String)>,
}

pub(crate) fn write(library: &Library) -> Result<String, TextError> {
    let failed = |cause: tokenizers::Error| TextError::Library { doing: "writing", cause: cause.to_string() };
    with_normalizer(library.clone()).and_then(|library| library.to_string(true)).map_err(failed)
}

/// Reads and checks a file, without its normalizer.
pub(crate) fn read(bytes: &[u8], name: &str) -> Result<Library, TextError> {
    checked(bytes).map_err(|found| TextError::BadTokenizer { file: name.to_owned(), found })
}

fn checked(bytes: &[u8]) -> Result<Library, String> {
    let mut file: Map<String, Value> = serde_json::from_slice(bytes).map_err(text_of)?;
    let learnt = take_learnt(&mut file)?;
    check_ids(&learnt.vocab)?;
    check_control(&learnt.vocab)?;
    check_bytes(&learnt.vocab)?;
    check_tokens(&learnt.vocab)?;
    check_merges(&learnt)?;
    check_parts(&file).map_err(text_of)?;
    library::trained(learnt.vocab, learnt.merges).map_err(text_of)
}

/// Moves the vocabulary and the merges out of the file, so that only the other parts remain.
fn take_learnt(file: &mut Map<String, Value>) -> Result<Learnt, String> {
    let model = file.get_mut("model").and_then(Value::as_object_mut).ok_or("it has no `model`")?;
    let mut take = |key: &str| model.remove(key).ok_or_else(|| format!("its `model` has no `{key}`"));
    let (vocab, merges) = (take("vocab")?, take("merges")?);
    let vocab = serde_json::from_value(vocab).map_err(|cause| format!("its `vocab`: {cause}"))?;
    let merges = serde_json::from_value(merges).map_err(|cause| format!("its `merges`: {cause}"))?;
    Ok(Learnt { vocab, merges })
}

fn text_of(cause: impl ToString) -> String {
    cause.to_string()
}

/// Checks that the ids are 0, 1, 2 and so on: they are rows of the embedding.
fn check_ids(vocab: &HashMap<String, u32>) -> Result<(), String> {
    let mut ids: Vec<u32> = vocab.values().copied().collect();
    ids.sort_unstable();
    match ids.iter().enumerate().find(|&(index, &id)| index != id as usize) {
        Some((index, id)) => Err(format!("after token {index} of its vocabulary, in order of ids, comes id {id}")),
        None => Ok(()),
    }
}

fn check_control(vocab: &HashMap<String, u32>) -> Result<(), String> {
    for (id, token) in CONTROL.iter().enumerate() {
        match vocab.get(*token) {
            Some(&found) if found as usize == id => {}
            Some(found) => return Err(format!("`{token}` has id {found} instead of {id}")),
            None => return Err(format!("`{token}`, which should have id {id}, is missing")),
        }
    }
    Ok(())
}

fn check_bytes(vocab: &HashMap<String, u32>) -> Result<(), String> {
    let known = ByteLevel::alphabet().iter().filter(|c| vocab.contains_key(&c.to_string())).count();
    if known < 256 {
        return Err(format!("it has tokens for {known} of the 256 bytes"));
    }
    Ok(())
}

/// Checks that every token consists of characters of the byte alphabet, and is not empty.
fn check_tokens(vocab: &HashMap<String, u32>) -> Result<(), String> {
    let alphabet = ByteLevel::alphabet();
    let is_bytes = |token: &str| !token.is_empty() && token.chars().all(|c| alphabet.contains(&c));
    // The lowest id, so that the message is always the same.
    let strange = vocab.iter().filter(|(token, _)| !is_bytes(token)).min_by_key(|(_, id)| **id);
    match strange {
        Some((token, id)) => {
            Err(format!("its token {id}, `{}`, is not made of bytes", excerpt(token, LONGEST_EXCERPT)))
        }
        None => Ok(()),
    }
}

/// Checks the merges: the library panics at a merge whose result has no token.
fn check_merges(model: &Learnt) -> Result<(), String> {
    let known = |token: &str| model.vocab.contains_key(token);
    let bad = |(a, b): &&(String, String)| {
        let joined = format!("{a}{b}");
        !known(a) || !known(b) || !known(&joined) || CONTROL.contains(&joined.as_str())
    };
    match model.merges.iter().find(bad) {
        Some((a, b)) => {
            let (a, b) = (excerpt(a, LONGEST_EXCERPT), excerpt(b, LONGEST_EXCERPT));
            Err(format!("it merges `{a}` and `{b}` into something that is not in its vocabulary"))
        }
        None => Ok(()),
    }
}

/// Checks that all parts except the vocabulary are those of this crate: with others, the same text would have other
/// ids. The library never reads the parts of the file, because some invalid parts make it panic.
fn check_parts(found: &Map<String, Value>) -> Result<(), tokenizers::Error> {
    let mut ours = library::untrained()?;
    ours.add_special_tokens(library::control_tokens())?;
    let mut ours = serde_json::to_value(with_normalizer(ours)?)?;
    if let Some(model) = ours["model"].as_object_mut() {
        model.remove("vocab");
        model.remove("merges");
    }
    let ours = ours.as_object().ok_or("it is not a JSON object")?;
    let keys = ours.keys().chain(found.keys());
    let value = |parts: &Map<String, Value>, key: &str| parts.get(key).cloned().unwrap_or_default();
    let mut parts = keys.map(|key| (key, value(ours, key), value(found, key)));
    match parts.find(|(_, ours, found)| !is_same(ours, found)) {
        Some((key, ours, found)) => {
            let [ours, found] = [ours, found].map(|part| excerpt(&part.to_string(), LONGEST_EXCERPT));
            Err(format!("its `{}` is {found} instead of {ours}", excerpt(key, LONGEST_EXCERPT)).into())
        }
        None => Ok(()),
    }
}

/// Returns whether two parts are equivalent. Versions of the library have more or fewer options; a missing or null
/// option is off.
fn is_same(ours: &Value, found: &Value) -> bool {
    match (ours, found) {
        (Value::Object(ours), Value::Object(found)) => {
            let off = Value::Bool(false);
            let option = |part: &'_ Map<String, Value>, key: &str| part.get(key).unwrap_or(&off).clone();
            ours.keys().chain(found.keys()).all(|key| is_same(&option(ours, key), &option(found, key)))
        }
        (Value::Array(ours), Value::Array(found)) => {
            ours.len() == found.len() && ours.iter().zip(found).all(|(ours, found)| is_same(ours, found))
        }
        (Value::Null | Value::Bool(false), Value::Null | Value::Bool(false)) => true,
        (ours, found) => ours == found,
    }
}

fn with_normalizer(mut library: Library) -> tokenizers::Result<Library> {
    library.with_normalizer(Some(library::normalizer()))?;
    Ok(library)
}
