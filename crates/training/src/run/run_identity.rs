//! The identity of a run: fingerprints of its inputs and its settings. A checkpoint continues only the run that saved
//! it.

use crate::error::SettingsError;
use crate::{Budget, Schedule, Settings};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Everything that the weights of a run depend on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunIdentity {
    /// Fingerprint of the training pairs.
    pub corpus: String,
    /// Fingerprint of the validation pairs, if they are not held out.
    pub dev: Option<String>,
    /// Fingerprint of the links that were given for guided alignment.
    #[serde(alias = "guide")]
    pub links: Option<String>,
    /// Fingerprint of the weights that training continues from.
    #[serde(alias = "from")]
    pub parent: Option<String>,
    /// The settings, before a time budget became a number of steps.
    #[serde(deserialize_with = "saved_settings")]
    pub settings: Settings,
}

/// Reads settings of this or an earlier version.
fn saved_settings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Settings, D::Error> {
    Settings::from_saved(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

impl RunIdentity {
    /// Returns the differences from the run that saved a checkpoint, and that has these steps, if they are fixed.
    pub(crate) fn differences(&self, saved: &Self, steps: Option<&Schedule>) -> Result<Vec<String>, SettingsError> {
        let mut settings = self.settings.clone();
        let budget = &mut settings.training.budget;
        // The program prints the number of steps of a run by minutes or epochs: giving that number is the same run.
        let is_schedule = |steps: &Schedule| match &*budget {
            Budget::Steps(number) => *steps == Schedule::new(*number),
            Budget::Schedule(schedule) => steps == schedule,
            Budget::Epochs(_) | Budget::Minutes(_) => false,
        };
        if steps.is_some_and(is_schedule) {
            *budget = saved.settings.training.budget.clone();
        }
        let inputs = [
            ("the training pairs differ", self.corpus == saved.corpus),
            ("the validation pairs differ", self.dev == saved.dev),
            ("the links of guided alignment differ", self.links == saved.links),
            ("the model that training continues from differs", self.parent == saved.parent),
        ];
        let mut all: Vec<String> =
            inputs.into_iter().filter(|(_, is_same)| !is_same).map(|(difference, _)| difference.to_owned()).collect();
        compare("", &saved.settings.to_json()?, &settings.to_json()?, &mut all);
        Ok(all)
    }

    /// Returns whether this run differs from the saved one, which has these steps, in its length only, and is longer
    /// or may be: epochs and minutes cannot be compared with steps.
    pub(crate) fn is_longer_version_of(&self, saved: &Self, steps: Option<&Schedule>) -> Result<bool, SettingsError> {
        let mut same = self.clone();
        same.settings.training.budget = saved.settings.training.budget.clone();
        let may_be_longer = match (&saved.settings.training.budget, &self.settings.training.budget) {
            (Budget::Epochs(before), Budget::Epochs(now)) => now > before,
            (Budget::Minutes(before), Budget::Minutes(now)) => now > before,
            (_, Budget::Steps(now)) => steps.is_none_or(|before| *now > before.steps()),
            (_, Budget::Schedule(now)) => steps.is_none_or(|before| now.steps() > before.steps()),
            _ => true,
        };
        Ok(may_be_longer && same.differences(saved, steps)?.is_empty())
    }
}

/// Adds every difference between two tables of settings, with the path of its key.
fn compare(path: &str, before: &Value, now: &Value, all: &mut Vec<String>) {
    for (key, now) in now.as_object().into_iter().flatten() {
        let (name, before) = (format!("{path}{key}"), &before[key]);
        if now.is_object() && key != "budget" {
            compare(&format!("{name}."), before, now, all);
        } else if before != now {
            all.push(format!("{name} was {before} and is {now}"));
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
        RunIdentity { corpus: "1".to_owned(), dev: None, links: None, parent: None, settings }
    }

    #[test]
    fn every_difference_is_named_with_both_values() -> Result<(), SettingsError> {
        let file = "[training]\ntarget_word_dropout = 0.1";
        let saved = identity(file, None);
        assert_eq!(identity(file, None).differences(&saved, None)?, Vec::<String>::new());
        let mut other = identity("[training]\nseed = 2\ntarget_word_dropout = 0.5", None);
        other.corpus = "2".to_owned();
        other.dev = Some("3".to_owned());
        let expected = [
            "the training pairs differ",
            "the validation pairs differ",
            "training.seed was 1 and is 2",
            "training.target_word_dropout was 0.1 and is 0.5",
        ];
        assert_eq!(other.differences(&saved, None)?, expected);
        Ok(())
    }

    #[test]
    fn a_time_budget_is_the_number_of_steps_that_it_has_become_and_no_other() -> Result<(), SettingsError> {
        let saved = identity("", Some(Budget::Minutes(1.0)));
        let steps = |steps| identity("", Some(Budget::Steps(steps)));
        let fixed = &Schedule::new(70);
        assert!(steps(70).differences(&saved, Some(fixed))?.is_empty());
        assert_eq!(steps(71).differences(&saved, Some(fixed))?.len(), 1);
        assert_eq!(steps(70).differences(&saved, None)?.len(), 1);
        assert!(identity("", Some(Budget::Minutes(1.0))).differences(&saved, Some(fixed))?.is_empty());
        let corrected = Schedule::new(80).corrected(50, 70);
        assert_eq!(steps(70).differences(&saved, Some(&corrected))?.len(), 1, "70 steps alone are another run");
        let schedule = identity("", Some(Budget::Schedule(corrected.clone())));
        assert!(schedule.differences(&saved, Some(&corrected))?.is_empty());
        assert_eq!(schedule.differences(&saved, Some(fixed))?.len(), 1);
        Ok(())
    }

    #[test]
    fn a_longer_version_differs_in_a_greater_budget_only() -> Result<(), SettingsError> {
        let saved = |budget| identity("", Some(budget));
        let is_longer = |now, before| saved(now).is_longer_version_of(&saved(before), Some(&Schedule::new(70)));
        for (now, before, expected) in [
            (Budget::Epochs(9), Budget::Epochs(8), true),
            (Budget::Epochs(8), Budget::Epochs(9), false),
            (Budget::Minutes(2.0), Budget::Minutes(1.0), true),
            (Budget::Minutes(1.0), Budget::Minutes(2.0), false),
            (Budget::Steps(71), Budget::Steps(70), true),
            (Budget::Steps(69), Budget::Epochs(8), false),
            (Budget::Steps(71), Budget::Minutes(1.0), true),
            (Budget::Minutes(1.0), Budget::Steps(70), true),
        ] {
            let case = format!("{now:?} after {before:?}");
            assert_eq!(is_longer(now, before)?, expected, "{case}");
        }
        let other = identity("[training]\nseed = 2", Some(Budget::Steps(71)));
        assert!(!other.is_longer_version_of(&saved(Budget::Steps(70)), Some(&Schedule::new(70)))?);
        Ok(())
    }

    #[test]
    fn an_identity_that_an_earlier_version_saved_is_the_same_with_any_seed() -> Result<(), SettingsError> {
        let mut present = identity("", None);
        present.settings.training.seed = u64::MAX;
        let mut saved = serde_json::to_value(&present).expect("JSON");
        let object = saved.as_object_mut().expect("an object");
        for (former, name) in [("guide", "links"), ("from", "parent")] {
            let value = object.remove(name).expect(name);
            object.insert(former.to_owned(), value);
        }
        let training = object["settings"]["training"].as_object_mut().expect("a table");
        for (former, name) in
            [("candidates", "sampled_vocabulary"), ("stand_ins", "placeholders"), ("guide", "guided_alignment")]
        {
            let value = training.remove(name).expect(name);
            training.insert(former.to_owned(), value);
        }
        training.remove("select").expect("a metric");
        let target_words = training.remove("target_word_dropout").expect("a share");
        let noise = serde_json::json!({ "bpe_dropout": 0.0, "source_words": 0.0, "target_words": target_words });
        training.insert("noise".to_owned(), noise);
        training.insert("r_drop".to_owned(), 0.0.into());
        let read: RunIdentity = serde_json::from_value(saved).expect("an earlier version");
        assert_eq!(present.differences(&read, None)?, Vec::<String>::new());
        assert_eq!(read, present);
        Ok(())
    }
}
