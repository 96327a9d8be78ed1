//! How sure the best setting is: leads that can be chance, settings with one run, and the luck of the best of many.

use super::scoring::Scoring;
use super::setting::Setting;
use super::statistics::Statistics;

/// The standard errors of a lead below which it can be chance.
const CLEAR: f64 = 2.0;

/// Settings from which on a note says that the best of them is partly luck.
const MANY: usize = 5;

/// Most settings that one note names with their figures.
const NAMED: usize = 3;

/// Returns what a reader must know about the best setting, which is the first one.
pub fn notes(settings: &[Setting], scoring: Scoring) -> Vec<String> {
    let finished: Vec<&Setting> = settings.iter().filter(|setting| setting.finished > 0).collect();
    let Some((best, others)) = finished.split_first() else { return Vec::new() };
    let notes = [single_runs(&finished, best), small_leads(best, others, scoring), luck(finished.len())];
    notes.into_iter().flatten().collect()
}

/// The lead of one mean over another, and its standard error.
struct Lead {
    setting: usize,
    difference: f64,
    error: f64,
}

impl Lead {
    fn of(best: &Setting, other: &Setting) -> Option<Self> {
        let error = Statistics::standard_error_of_difference(best.statistics, other.statistics)?;
        let difference = (best.statistics.mean? - other.statistics.mean?).abs();
        Some(Self { setting: other.number, difference, error })
    }

    fn can_be_chance(&self) -> bool {
        self.difference <= 0.0 || self.difference < CLEAR * self.error
    }
}

/// Warns about leads that can be chance.
fn small_leads(best: &Setting, others: &[&Setting], scoring: Scoring) -> Option<String> {
    let leads: Vec<Lead> =
        others.iter().filter_map(|other| Lead::of(best, other)).filter(Lead::can_be_chance).collect();
    let figures = |Lead { setting, difference, error }: &Lead| {
        let [difference, error] = [difference, error].map(|value| scoring.shown(*value));
        format!("{setting} (by {difference}, standard error {error})")
    };
    let mut named: Vec<String> = leads.iter().take(NAMED).map(figures).collect();
    if leads.len() > NAMED {
        named.push(format!("{} more", leads.len() - NAMED));
    }
    let settings = if leads.len() == 1 { "setting" } else { "settings" };
    (!leads.is_empty()).then(|| {
        format!(
            "the mean of setting {} is better than that of {settings} {} by less than {CLEAR} standard errors of the \
             difference: this can be chance; more seeds would show it",
            best.number,
            enumerated(&named)
        )
    })
}

/// Names settings with one run, whose chance is not known.
fn single_runs(finished: &[&Setting], best: &Setting) -> Option<String> {
    let single: Vec<String> =
        finished.iter().filter(|setting| setting.finished == 1).map(|setting| setting.number.to_string()).collect();
    let subject = match single.as_slice() {
        [] => return None,
        [one] => format!("setting {one} has one finished run (n = 1)"),
        several => format!("settings {} have one finished run each (n = 1)", enumerated(several)),
    };
    let marked = if best.finished == 1 && single.len() < finished.len() {
        format!("; setting {}, which is marked as the best, is marked by this one run", best.number)
    } else {
        String::new()
    };
    Some(format!(
        "{subject}: without a deviation over seeds, nothing is known about whether a difference is chance{marked}; \
         train several seeds (--seed)"
    ))
}

/// Warns about the best of many.
fn luck(settings: usize) -> Option<String> {
    (settings >= MANY).then(|| {
        format!(
            "the best of {settings} settings is best partly by luck, so its score is higher than it will be on other \
             text: confirm it with `glosser evaluate` on test pairs that were used for no choice"
        )
    })
}

/// Items as a list in a sentence: `1, 2 and 3`.
fn enumerated(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::scoring::Search;
    use glosser_translator::DevMetric;

    const BLEU: Scoring = Scoring { metric: DevMetric::Bleu, higher_is_better: true, search: Some(Search::Beam) };

    fn notes_on(all: &[&[f64]]) -> String {
        let setting = |(number, scores): (usize, &&[f64])| Setting {
            number,
            settings: Default::default(),
            runs: scores.len(),
            finished: scores.len(),
            statistics: Statistics::of(scores),
            best: None,
            best_run: None,
            greedy: Statistics::of(scores),
            members: Vec::new(),
        };
        notes(&(1..).zip(all).map(setting).collect::<Vec<_>>(), BLEU).join("\n")
    }

    #[test]
    fn a_lead_of_less_than_two_standard_errors_can_be_chance_and_one_of_more_is_not_noted() {
        // Deviations of 1: the standard error is the square root of 2/3, which is 0.816.
        let near = notes_on(&[&[11.6, 12.6, 13.6], &[10.0, 11.0, 12.0]]);
        assert!(near.contains("setting 2 (by 1.60, standard error 0.82) by less than 2 standard errors"), "{near}");
        assert_eq!(notes_on(&[&[11.7, 12.7, 13.7], &[10.0, 11.0, 12.0]]), "");
        assert!(notes_on(&[&[1.0, 1.0], &[1.0, 1.0]]).contains("can be chance"));
    }

    #[test]
    fn nothing_is_known_about_the_chance_of_one_run() {
        let best = notes_on(&[&[20.0], &[10.0, 10.1]]);
        assert!(best.contains("setting 1 has one finished run (n = 1)"), "{best}");
        assert!(best.contains("nothing is known") && best.contains("setting 1, which is marked as the best"), "{best}");
        let other = notes_on(&[&[20.0, 20.1], &[10.0]]);
        assert!(other.contains("setting 2 has one finished run (n = 1)") && !other.contains("marked"), "{other}");
    }

    #[test]
    fn the_best_of_five_settings_is_partly_luck_and_only_three_are_named() {
        let all: &[&[f64]] = &[&[9.0, 1.0], &[8.0, 2.0], &[8.0, 1.0], &[7.0, 1.0], &[6.0, 1.0]];
        let text = notes_on(all);
        assert!(text.contains("the best of 5 settings is best partly by luck"), "{text}");
        assert!(text.contains("standard error 5.00) and 1 more by less"), "{text}");
        assert!(!notes_on(&all[..4]).contains("luck"));
    }
}
