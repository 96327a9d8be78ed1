//! What a reader of the scores must know: above all, whether they can be compared.

use super::chance;
use super::scoring::Scoring;
use super::setting::Setting;
use super::training_run::{TrainingRun, ValidationPairs};
use glosser_text::counted;
use glosser_translator::DevMetric;
use std::collections::BTreeSet;

/// Returns the number of the best setting, if there are several with finished runs that can be compared, and the notes.
pub fn of(
    runs: &[TrainingRun],
    settings: &[Setting],
    scoring: Scoring,
    chosen_by: &[Option<DevMetric>],
) -> (Option<usize>, Vec<String>) {
    let problem = not_comparable(runs, settings);
    let is_a_choice = settings.iter().filter(|setting| setting.finished > 0).count() > 1;
    let best = settings.first().filter(|_| problem.is_none() && is_a_choice).map(|first| first.number);
    let notes = [
        problem.or_else(|| held_out(runs)),
        different_metrics(scoring.metric, chosen_by),
        scoring.note(runs),
        loss_of_different_tokens(runs, scoring.metric),
        same_seed(runs, settings),
    ];
    let of_the_best = best.map(|_| chance::notes(settings, scoring)).unwrap_or_default();
    (best, notes.into_iter().flatten().chain(of_the_best).collect())
}

/// The runs of a setting whose scores count.
fn counted_runs<'a>(runs: &'a [TrainingRun], setting: &'a Setting) -> impl Iterator<Item = &'a TrainingRun> {
    setting.members.iter().map(|at| &runs[*at]).filter(|run| run.is_counted())
}

/// Explains why the settings cannot be compared: their runs were not validated on the same pairs.
fn not_comparable(runs: &[TrainingRun], settings: &[Setting]) -> Option<String> {
    let finished: Vec<&Setting> = settings.iter().filter(|setting| setting.finished > 0).collect();
    let counted: Vec<&TrainingRun> = finished.iter().flat_map(|setting| counted_runs(runs, setting)).collect();
    if finished.len() < 2 {
        return None;
    }
    if let Some(run) = counted.iter().find(|run| run.validated_on.is_none()) {
        return Some(format!(
            "{}: there is no checkpoint that records the validation pairs, so nobody can know whether the scores can \
             be compared; no setting is marked as the best",
            run.directory
        ));
    }
    // Held-out pairs differ by the seed: the means of settings with the same seeds are over the same pairs.
    let pairs = |setting: &&Setting| counted_runs(runs, setting).filter_map(|run| run.validated_on.clone()).collect();
    let mut sets = finished.iter().map(pairs);
    let first: BTreeSet<ValidationPairs> = sets.next()?;
    if sets.all(|set| set == first) {
        return None;
    }
    let directions: BTreeSet<&str> = counted.iter().filter_map(|run| run.direction.as_deref()).collect();
    if directions.len() > 1 {
        return Some(
            "the settings do not translate in the same direction: their scores cannot be compared, and no setting is \
             marked as the best; compare each direction alone"
                .to_owned(),
        );
    }
    let of_one_corpus: BTreeSet<Option<&str>> = counted.iter().map(|run| held_out_of(run)).collect();
    let is_by_seed = of_one_corpus.len() == 1 && !of_one_corpus.contains(&None);
    Some(if is_by_seed {
        "the settings were not trained with the same seeds, and without --dev each seed holds out other pairs for \
         validation: their scores cannot be compared, and no setting is marked as the best; give all runs the same \
         --dev, or finish the same seeds for each setting"
            .to_owned()
    } else {
        "the settings were not validated on the same pairs: their scores cannot be compared, and no setting is marked \
         as the best; give all runs the same --dev"
            .to_owned()
    })
}

/// The corpus that the validation pairs are held out of.
fn held_out_of(run: &TrainingRun) -> Option<&str> {
    match &run.validated_on {
        Some(ValidationPairs::HeldOut { corpus, .. }) => Some(corpus),
        _ => None,
    }
}

/// Explains the spread of runs that hold out their validation pairs.
fn held_out(runs: &[TrainingRun]) -> Option<String> {
    let held_out: BTreeSet<&ValidationPairs> = runs
        .iter()
        .filter(|run| held_out_of(run).is_some() && run.is_counted())
        .filter_map(|run| run.validated_on.as_ref())
        .collect();
    (held_out.len() > 1).then(|| {
        "no --dev was given: each seed holds out other pairs of the corpus for validation, so a part of the spread \
         comes from these pairs, and runs of different seeds cannot be compared one by one; means over the same seeds \
         can; with the same --dev for all runs, all scores can be compared"
            .to_owned()
    })
}

fn different_metrics(metric: DevMetric, chosen_by: &[Option<DevMetric>]) -> Option<String> {
    let mut names: Vec<&str> = chosen_by.iter().flatten().map(|metric| metric.name()).collect();
    names.sort_unstable();
    names.dedup();
    (names.len() > 1).then(|| {
        format!(
            "the saved models were chosen by different metrics ({}); all scores here are {}, which every run has",
            names.join(", "),
            metric.name()
        )
    })
}

/// Warns about the loss per token of models that split text into different tokens.
fn loss_of_different_tokens(runs: &[TrainingRun], metric: DevMetric) -> Option<String> {
    let vocabularies: Vec<_> =
        runs.iter().filter_map(|run| run.settings.as_ref()).map(|settings| settings.get("tokenizer.vocab")).collect();
    let differ = vocabularies.windows(2).any(|two| two[0] != two[1]);
    (metric == DevMetric::Loss && differ).then(|| {
        "tokenizer.vocab differs: a loss is per token, and the tokens of these settings are not the same, so their \
         losses cannot be compared; compare BLEU or chrF2 with `glosser evaluate`"
            .to_owned()
    })
}

/// Names runs that repeat each other.
fn same_seed(runs: &[TrainingRun], settings: &[Setting]) -> Option<String> {
    let repeated = |setting: &Setting| {
        let seeds: Vec<u64> = counted_runs(runs, setting).filter_map(|run| run.seed).collect();
        seeds.len() - seeds.iter().collect::<BTreeSet<_>>().len()
    };
    let count: usize = settings.iter().map(repeated).sum();
    (count > 0).then(|| {
        format!(
            "{} the setting and the seed of another one: the same training twice, with other results (as another \
             number of threads gives), which makes the deviation smaller than it is",
            if count == 1 { "1 run has".to_owned() } else { format!("{} have", counted(count, "run")) }
        )
    })
}
