//! Settings as a configuration file with comments.

use crate::error::SettingsError;
use crate::settings::table::Documentation;
use crate::settings::{GuidedAlignmentSettings, ModelSettings, Settings, TokenizerSettings, TrainingSettings};

impl Settings {
    /// Returns the settings as a configuration file in TOML, with its documentation above each key.
    ///
    /// # Errors
    /// If the seed is above 2⁶³ - 1, the largest integer of TOML.
    pub fn to_commented_toml(&self) -> Result<String, SettingsError> {
        let table = toml::Table::try_from(self).map_err(|cause| SettingsError::new(cause.to_string()))?;
        let mut text = String::new();
        write_table(&mut text, "", &table);
        Ok(text.trim_start().to_owned())
    }
}

/// Returns the documentation of the table at `path`; empty if `path` is a plain key.
fn documentation(path: &str) -> Documentation {
    match path {
        "" => Settings::DOCUMENTATION,
        "tokenizer" => TokenizerSettings::DOCUMENTATION,
        "model" => ModelSettings::DOCUMENTATION,
        "training" => TrainingSettings::DOCUMENTATION,
        "training.guided_alignment" => GuidedAlignmentSettings::DOCUMENTATION,
        _ => &[],
    }
}

/// Writes the plain keys of the table at `path`, then the tables inside it: TOML has no other order.
fn write_table(text: &mut String, path: &str, table: &toml::Table) {
    let path_of = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    let is_table = |key: &str| !documentation(&path_of(key)).is_empty();
    for (key, lines) in documentation(path).iter().filter(|(key, _)| !is_table(key)) {
        write_comment(text, lines);
        text.push_str(&format!("{key} = {}\n", table[*key]));
    }
    for (key, lines) in documentation(path).iter().filter(|(key, _)| is_table(key)) {
        text.push('\n');
        write_comment(text, lines);
        text.push_str(&format!("[{}]\n", path_of(key)));
        if let toml::Value::Table(inner) = &table[*key] {
            write_table(text, &path_of(key), inner);
        }
    }
}

fn write_comment(text: &mut String, lines: &[&str]) {
    lines.iter().for_each(|line| text.push_str(&format!("#{line}\n")));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Overrides;
    use glosser_text::CorpusSize;

    fn defaults() -> Settings {
        let size = CorpusSize { pairs: 29_000, words: 700_000, distinct_words: 40_000 };
        Settings::for_corpus(size, &Overrides::default()).expect("the defaults")
    }

    /// The paths of all keys below a table, except those of the budget, which is one choice.
    fn paths(path: &str, table: &toml::Table) -> Vec<String> {
        let path_of = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let below = |(key, value): (&String, &toml::Value)| match value {
            toml::Value::Table(inner) if key != "budget" => paths(&path_of(key), inner),
            _ => vec![path_of(key)],
        };
        table.iter().flat_map(below).collect()
    }

    #[test]
    fn every_key_is_in_the_commented_toml_below_its_documentation() {
        let text = defaults().to_commented_toml().expect("TOML");
        let table = toml::Table::try_from(defaults()).expect("TOML");
        for path in paths("", &table) {
            let (table, key) = path.rsplit_once('.').expect("every key is in a table");
            let section = text.split(&format!("[{table}]\n")).nth(1).unwrap_or_else(|| panic!("[{table}]:\n{text}"));
            let section = section.split("\n[").next().unwrap_or_default();
            let before = section.split(&format!("\n{key} = ")).next().unwrap_or_default();
            assert!(before.len() < section.len(), "{path} is missing:\n{text}");
            assert!(before.lines().last().is_some_and(|line| line.starts_with("# ")), "{path} has no comment:\n{text}");
        }
    }

    #[test]
    fn the_commented_toml_is_read_back_as_the_same_settings() {
        let text = defaults().to_commented_toml().expect("TOML");
        let file = text.parse().expect("TOML");
        let other_size = CorpusSize { pairs: 100, words: 1000, distinct_words: 200 };
        let again = Settings::for_corpus(other_size, &Overrides { file, ..Overrides::default() });
        assert_eq!(again.expect("as it was written"), defaults());
    }
}
