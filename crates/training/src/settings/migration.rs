//! Settings of earlier versions: renamed keys get their new name, deleted options are refused.

use crate::error::SettingsError;
use std::mem;
use toml::{Table, Value};

/// Former and present names of keys.
const RENAMED: [(&str, &str); 5] = [
    ("model.members", "model.ensemble"),
    ("training.candidates", "training.sampled_vocabulary"),
    ("training.guide", "training.guided_alignment"),
    ("training.noise.target_words", "training.target_word_dropout"),
    ("training.stand_ins", "training.placeholders"),
];

/// Keys of deleted options, each with the reason. Zero, which switched an option off, is accepted.
const DELETED: [(&str, &str); 3] = [
    ("training.noise.bpe_dropout", "BPE dropout made models worse"),
    ("training.noise.source_words", "models translate better when no source words are dropped"),
    ("training.r_drop", "R-Drop took more training time than it was worth"),
];

/// Gives settings of an earlier version the keys of this one.
///
/// # Errors
/// If a key is there under both names, or a deleted option is switched on.
pub(crate) fn migrate(settings: &mut Table) -> Result<(), SettingsError> {
    rename(settings)?;
    for (path, reason) in DELETED {
        if take(settings, path).is_some_and(|value| !is_zero(&value)) {
            return Err(SettingsError::new(format!(
                "{path} is no longer a setting: {reason} (see docs/experiments.md); leave the key out"
            )));
        }
    }
    remove_empty_noise(settings);
    Ok(())
}

/// Renames keys of earlier versions.
///
/// # Errors
/// If a key is there under both names.
pub(crate) fn rename(settings: &mut Table) -> Result<(), SettingsError> {
    for (former, present) in RENAMED {
        let Some(value) = take(settings, former) else { continue };
        let Some((table, key)) = parent(settings, present) else { continue };
        if table.contains_key(key) {
            return Err(SettingsError::new(format!("{former} is the former name of {present}; give {present} alone")));
        }
        table.insert(key.to_owned(), value);
    }
    Ok(())
}

/// Keys that saved settings of earlier versions do not have, each with the value that does what these versions did.
const NEW: [(&str, &str); 3] = [
    ("tokenizer.source_words", "auto"),
    ("tokenizer.target_words", "auto"),
    // These versions chose by BLEU, as "auto" does from a BLEU of 5 on.
    ("training.select", "auto"),
];

/// Adds the keys that saved settings of earlier versions do not have.
pub(crate) fn add_new_keys(settings: &mut Table) {
    for (path, value) in NEW {
        if let Some((table, key)) = parent(settings, path) {
            table.entry(key).or_insert_with(|| value.into());
        }
    }
}

/// Converts settings that were saved as JSON into a TOML table with a seed of zero, and the seed, if there is one: TOML
/// has no integers above 2⁶³ - 1.
pub(crate) fn from_json(mut saved: serde_json::Value) -> Result<(Table, Option<u64>), serde_json::Error> {
    let seed = saved.pointer_mut("/training/seed").and_then(|seed| mem::replace(seed, 0.into()).as_u64());
    Ok((serde_json::from_value(saved)?, seed))
}

/// Returns the table that has the key at `path`, and the key's own name.
fn parent<'t, 'p>(table: &'t mut Table, path: &'p str) -> Option<(&'t mut Table, &'p str)> {
    match path.split_once('.') {
        None => Some((table, path)),
        Some((first, rest)) => parent(table.get_mut(first)?.as_table_mut()?, rest),
    }
}

fn take(settings: &mut Table, path: &str) -> Option<Value> {
    let (table, key) = parent(settings, path)?;
    table.remove(key)
}

fn is_zero(value: &Value) -> bool {
    value.as_integer() == Some(0) || value.as_float() == Some(0.0)
}

/// Removes `training.noise` if all its keys were renamed or deleted.
fn remove_empty_noise(settings: &mut Table) {
    if let Some((training, noise)) = parent(settings, "training.noise")
        && training.get(noise).and_then(Value::as_table).is_some_and(Table::is_empty)
    {
        training.remove(noise);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migrated(text: &str) -> Result<Table, String> {
        let mut table = text.parse().expect("TOML");
        migrate(&mut table).map(|()| table).map_err(|error| error.to_string())
    }

    #[test]
    fn former_keys_are_read_under_their_present_names() {
        let old = "
            model = { members = 3 }
            [training]
            candidates = 100
            stand_ins = 0.2
            r_drop = 0.0
            guide = { links = \"none\" }
            noise = { bpe_dropout = 0.0, source_words = 0, target_words = 0.25 }
        ";
        let new = "
            model = { ensemble = 3 }
            [training]
            sampled_vocabulary = 100
            placeholders = 0.2
            guided_alignment = { links = \"none\" }
            target_word_dropout = 0.25
        ";
        assert_eq!(migrated(old), Ok(new.parse().expect("TOML")));
        assert_eq!(migrated(new), Ok(new.parse().expect("TOML")));
    }

    #[test]
    fn a_deleted_option_is_refused_by_name_with_the_reason_unless_it_is_zero() {
        for (key, reason) in DELETED {
            let (tables, name) = key.rsplit_once('.').expect("a table");
            for value in ["0.5", "\"yes\"", "nan"] {
                let message = migrated(&format!("[{tables}]\n{name} = {value}")).expect_err(key);
                assert!([key, reason, "docs/experiments.md"].iter().all(|part| message.contains(part)), "{message}");
            }
            assert!(migrated(&format!("[{tables}]\n{name} = 0.0")).is_ok(), "{key}");
        }
    }

    #[test]
    fn a_key_under_both_names_is_refused() {
        let message = migrated("[model]\nmembers = 1\nensemble = 2").expect_err("both names");
        assert!(message.contains("model.members") && message.contains("model.ensemble"), "{message}");
    }

    #[test]
    fn other_tables_and_values_stay_as_they_are() {
        for text in ["model = 3", "[training]\nnoise = 0.1", "[training.noise]\nwords = 0.1", "[x.members]\na = 1"] {
            assert_eq!(migrated(text), Ok(text.parse().expect("TOML")), "{text}");
        }
    }

    #[test]
    fn a_seed_beyond_the_integers_of_toml_is_kept_apart() {
        let saved = serde_json::json!({ "training": { "seed": u64::MAX, "clip": 1.0 } });
        let (table, seed) = from_json(saved).expect("a table");
        assert_eq!((table, seed), ("[training]\nseed = 0\nclip = 1.0".parse().expect("TOML"), Some(u64::MAX)));
    }
}
