//! What a run was asked to do: by it a saved state knows the command that it belongs to.

use crate::{Budget, Settings};
use anyhow::Result;
use serde::{Deserialize, Serialize};

/// What a run was asked to do. A state goes on only for the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunIdentity {
    /// Fingerprint of the corpus.
    pub corpus: String,
    /// Of the validation pairs, unless a part of the corpus is held out.
    pub dev: Option<String>,
    /// Of the links that guide the attention, if they were given.
    pub guide: Option<String>,
    /// Of the weights that training goes on from.
    pub from: Option<String>,
    /// As they were before a budget became a number of steps.
    pub settings: Settings,
}

impl RunIdentity {
    /// What differs from the run that a state was saved by, which has fixed its number of steps perhaps.
    pub fn differences(&self, saved: &Self, steps: Option<usize>) -> Result<Vec<String>> {
        let mut settings = self.settings.clone();
        let budget = &mut settings.training.budget;
        // A run by minutes or epochs may be repeated by the number of steps that it has printed.
        if steps.is_some_and(|steps| *budget == Budget::Steps(steps)) {
            *budget = saved.settings.training.budget;
        }
        let inputs = [
            ("the training pairs are others", self.corpus == saved.corpus),
            ("the validation pairs are others", self.dev == saved.dev),
            ("the links that guide the attention are others", self.guide == saved.guide),
            ("the model to go on from is another", self.from == saved.from),
        ];
        let mut all: Vec<String> =
            inputs.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what.to_owned()).collect();
        let (before, now) = (toml::Table::try_from(&saved.settings)?, toml::Table::try_from(&settings)?);
        differing("", &before, &now, &mut all);
        Ok(all)
    }
}

/// Every value that differs between two tables of settings, with its name.
fn differing(path: &str, before: &toml::Table, now: &toml::Table, all: &mut Vec<String>) {
    for (key, now) in now {
        let name = format!("{path}{key}");
        match (before.get(key), now) {
            (Some(toml::Value::Table(before)), toml::Value::Table(now)) if key != "budget" => {
                differing(&format!("{name}."), before, now, all);
            }
            (Some(before), now) if before == now => {}
            (before, now) => {
                let before = before.map_or_else(|| "unknown".to_owned(), ToString::to_string);
                all.push(format!("{name} was {before} and is {now}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Overrides;
    use glosser_text::CorpusSize;

    fn identity(file: &str, budget: Option<Budget>) -> RunIdentity {
        let file = file.parse().expect("TOML");
        let overrides = Overrides { file, budget, ..Overrides::default() };
        let settings = Settings::for_corpus(CorpusSize { pairs: 100, words: 1000, distinct_words: 200 }, &overrides)
            .expect("settings");
        RunIdentity { corpus: "1".to_owned(), dev: None, guide: None, from: None, settings }
    }

    #[test]
    fn every_difference_is_named_with_both_values() -> Result<()> {
        let file = "[training.noise]\nsource_words = 0.1";
        let saved = identity(file, None);
        assert_eq!(identity(file, None).differences(&saved, None)?, Vec::<String>::new());
        let mut other = identity("[training]\nseed = 2\n[training.noise]\nsource_words = 0.5", None);
        other.corpus = "2".to_owned();
        other.dev = Some("3".to_owned());
        let expected = [
            "the training pairs are others",
            "the validation pairs are others",
            "training.noise.source_words was 0.1 and is 0.5",
            "training.seed was 1 and is 2",
        ];
        assert_eq!(other.differences(&saved, None)?, expected);
        Ok(())
    }

    #[test]
    fn a_time_budget_is_the_number_of_steps_that_it_has_become_and_no_other() -> Result<()> {
        let saved = identity("", Some(Budget::Minutes(1.0)));
        let steps = |steps| identity("", Some(Budget::Steps(steps)));
        assert!(steps(70).differences(&saved, Some(70))?.is_empty());
        assert_eq!(steps(71).differences(&saved, Some(70))?.len(), 1);
        assert_eq!(steps(70).differences(&saved, None)?.len(), 1);
        assert!(identity("", Some(Budget::Minutes(1.0))).differences(&saved, Some(70))?.is_empty());
        Ok(())
    }
}
