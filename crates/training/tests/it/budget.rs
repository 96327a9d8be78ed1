//! The length of a run, its validations, and the model that is kept.

use crate::support::{Random, SYMBOLS, TINY, Trained, overrides, reversals, run};
use glosser_evaluation::{Bleu, Tokenization};
use glosser_text::Pair;
use glosser_training::{Budget, Event, FEWEST_FITTED, Overrides, Schedule, Validation};
use glosser_translator::{ModelDirectory, Scorer, SearchOptions, Weighting};

fn budget(budget: Budget, settings: &[&str]) -> Overrides {
    Overrides { budget: Some(budget), ..overrides(&[&[TINY], settings].concat()) }
}

impl Trained {
    fn steps_per_epoch(&self) -> usize {
        let prepared = self.events.iter().find_map(|event| match event {
            Event::Prepared { steps_per_epoch, .. } => Some(*steps_per_epoch),
            _ => None,
        });
        prepared.expect("a run is prepared")
    }

    fn steps_fixed(&self) -> Vec<usize> {
        self.events
            .iter()
            .filter_map(|e| if let Event::StepsFixed { steps, .. } = e { Some(*steps) } else { None })
            .collect()
    }

    /// The budget that repeats the run.
    fn repeated(&self) -> Budget {
        let fixed = self.events.iter().rev().find_map(|event| match event {
            Event::StepsFixed { steps, schedule, .. } => {
                Some(schedule.clone().map_or(Budget::Steps(*steps), Budget::from))
            }
            _ => None,
        });
        fixed.expect("the steps are fixed")
    }

    fn validations(&self) -> Vec<&Validation> {
        self.events
            .iter()
            .filter_map(|e| if let Event::Validated(validation) = e { Some(validation) } else { None })
            .collect()
    }

    fn validated_steps(&self) -> Vec<usize> {
        self.validations().iter().map(|validation| validation.step).collect()
    }
}

#[test]
fn validation_is_at_the_end_of_every_epoch_and_after_the_last_step() -> anyhow::Result<()> {
    let epochs = run(reversals(100, 1), None, budget(Budget::Epochs(3), &[]))?;
    let each = epochs.steps_per_epoch();
    assert!(each > 2, "{each}");
    assert_eq!(epochs.validated_steps(), [each, 2 * each, 3 * each]);
    assert_eq!(epochs.steps_fixed(), [3 * each]);
    assert_eq!(epochs.validations()[1].epochs, 2.0);
    assert_eq!((epochs.summary.steps, epochs.summary.stopped_early), (3 * each, false));

    let steps = run(reversals(100, 1), None, budget(Budget::Steps(each + 2), &[]))?;
    assert_eq!(steps.steps_per_epoch(), each);
    assert_eq!(steps.validated_steps(), [each, each + 2]);
    let short = run(reversals(100, 1), None, budget(Budget::Steps(1), &[]))?;
    assert_eq!(short.validated_steps(), [1]);
    let ended = |event: &&Event| !matches!(event, Event::Advice(_));
    assert!(matches!(steps.events.iter().rfind(ended), Some(Event::Finished(summary)) if summary.steps == each + 2));
    Ok(())
}

#[test]
fn the_log_has_every_event_as_a_line() -> anyhow::Result<()> {
    let trained = run(reversals(100, 1), None, budget(Budget::Epochs(2), &[]))?;
    let log = String::from_utf8(trained.file("training/log.jsonl"))?;
    let reported: Vec<String> = trained.events.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    assert_eq!(log.lines().collect::<Vec<_>>(), reported);
    Ok(())
}

#[test]
fn a_time_budget_fixes_the_steps_and_naming_them_gives_the_same_weights() -> anyhow::Result<()> {
    // The default warm-up, within which the first steps must be timed.
    let settings = "[training]\nwarmup_steps = 400\ndropout = 0.1";
    let timed = run(reversals(200, 1), None, budget(Budget::Minutes(0.02), &[settings]))?;
    assert_eq!(Some(&timed.summary.steps), timed.steps_fixed().last());
    let named = run(reversals(200, 1), None, budget(timed.repeated(), &[settings]))?;
    assert!(timed.weights() == named.weights(), "{:?}, timed and named, give other weights", timed.repeated());
    assert!(timed.file("config.json") == named.file("config.json"), "the budget is saved as steps");
    Ok(())
}

#[test]
fn a_corrected_schedule_is_saved_and_repeated_exactly() -> anyhow::Result<()> {
    let each = run(reversals(100, 1), None, budget(Budget::Epochs(1), &[]))?.steps_per_epoch();
    let corrected = |text: String| Budget::from(text.parse::<Schedule>().expect("a schedule"));
    let settings = "[training]\nwarmup_steps = 2";
    let plain = run(reversals(100, 1), None, budget(Budget::Steps(2 * each), &[settings]))?;
    let longer = corrected(format!("{},{}@{each}", 3 * each, 2 * each));
    let one = run(reversals(100, 1), None, budget(longer.clone(), &[settings]))?;
    let other = run(reversals(100, 1), None, budget(longer.clone(), &[settings]))?;
    assert_eq!((one.summary.steps, one.validated_steps()), (2 * each, vec![each, 2 * each]));
    assert_eq!(one.repeated(), longer);
    for name in ["training/last.safetensors", "config.json"] {
        assert!(one.file(name) == other.file(name), "{name}");
        assert!(one.file(name) != plain.file(name), "{name}");
    }
    Ok(())
}

#[test]
fn a_large_validation_part_is_sampled_and_the_sample_is_reported() -> anyhow::Result<()> {
    // Some 12 tokens a pair.
    let dev = reversals(3000, 2);
    let trained = run(reversals(100, 1), Some(dev.clone()), budget(Budget::Steps(3), &[]))?;
    let sampled = trained.events.iter().find_map(|event| match event {
        Event::StepsFixed { validation_pairs, .. } => Some(*validation_pairs),
        _ => None,
    });
    let sampled = sampled.flatten().expect("a sample");
    assert!((100..3000).contains(&sampled), "{sampled}");
    let card = ModelDirectory::new(trained.directory.path()).read_card()?;
    assert_eq!(card.provenance.dev_pairs, sampled);
    assert!(trained.events.iter().any(|event| matches!(event, Event::Prepared { dev_pairs: 3000, .. })));
    // Its source is one of the whole part, and the scores are those of the sample.
    assert!(trained.validations().iter().all(|found| dev.iter().any(|pair| pair.source == found.sample.source)));
    assert!(trained.validations().iter().all(|found| found.distinct_references <= sampled));
    let small = run(reversals(100, 1), Some(dev[..100].to_vec()), budget(Budget::Steps(3), &[]))?;
    assert_eq!(ModelDirectory::new(small.directory.path()).read_card()?.provenance.dev_pairs, 100);
    Ok(())
}

#[test]
fn a_budget_in_minutes_counts_a_large_validation_part_and_fixes_the_steps_before_the_first_validation()
-> anyhow::Result<()> {
    let settings = "[training]\nwarmup_steps = 400";
    let trained = run(reversals(100, 1), Some(reversals(3000, 2)), budget(Budget::Minutes(0.1), &[settings]))?;
    let order = trained.events.iter().filter(|e| matches!(e, Event::StepsFixed { .. } | Event::Validated(_)));
    assert!(matches!(order.clone().next(), Some(Event::StepsFixed { validation_pairs: Some(_), .. })));
    let named = run(reversals(100, 1), Some(reversals(3000, 2)), budget(trained.repeated(), &[settings]))?;
    for name in ["model.safetensors", "training/last.safetensors", "config.json"] {
        assert!(trained.file(name) == named.file(name), "{name}");
    }
    Ok(())
}

#[test]
fn the_card_of_the_best_model_gets_the_number_of_steps_that_is_fixed_later() -> anyhow::Result<()> {
    let steps_per_epoch = run(reversals(100, 1), None, budget(Budget::Epochs(1), &[]))?.steps_per_epoch();
    // No model is better than the first one. The end of the warm-up ends the timing, too.
    for (warmup_steps, is_fixed) in [(steps_per_epoch + 2, true), (10 * steps_per_epoch, false)] {
        let settings = &format!("[training]\nlearning_rate = 1e-30\npatience = 2\nwarmup_steps = {warmup_steps}");
        let timed = run(reversals(100, 1), None, budget(Budget::Minutes(100.0), &[settings]))?;
        assert_eq!((timed.summary.steps, timed.summary.best_step), (3 * steps_per_epoch, steps_per_epoch));
        assert!(timed.summary.stopped_early);
        let [steps] = timed.steps_fixed()[..] else { panic!("{:?}", timed.steps_fixed()) };
        assert_eq!(steps > 3 * steps_per_epoch, is_fixed);
        let named = run(reversals(100, 1), None, budget(timed.repeated(), &[settings]))?;
        assert!(timed.weights() == named.weights());
        assert!(timed.file("config.json") == named.file("config.json"), "the budget is saved as steps");
    }
    Ok(())
}

#[test]
fn training_stops_early_and_keeps_the_first_of_equal_models() -> anyhow::Result<()> {
    // Such a small rate changes only the weights that are zero, by too little to change a loss.
    let settings = "[training]\nlearning_rate = 1e-30\npatience = 2";
    let trained = run(reversals(100, 1), None, budget(Budget::Epochs(10), &[settings]))?;
    let each = trained.steps_per_epoch();
    assert_eq!(trained.validated_steps(), [each, 2 * each, 3 * each]);
    assert_eq!(trained.validations().iter().map(|v| v.is_best).collect::<Vec<_>>(), [true, false, false]);
    assert!(trained.summary.stopped_early);
    assert_eq!((trained.summary.steps, trained.summary.best_step), (3 * each, each));
    assert_eq!(ModelDirectory::new(trained.directory.path()).read_card()?.provenance.step, each);
    assert!(trained.weights() != trained.file("training/last.safetensors"), "the last model is kept");
    Ok(())
}

#[test]
fn the_fitted_length_penalty_is_in_the_card_with_its_bleu() -> anyhow::Result<()> {
    let dev = reversals(FEWEST_FITTED, 2);
    let trained = run(reversals(200, 1), Some(dev.clone()), budget(Budget::Epochs(60), &[]))?;
    let directory = ModelDirectory::new(trained.directory.path());
    let search = directory.read_card()?.search.expect("the training is over");
    assert_eq!(trained.summary.search, Some(search));
    let translator = directory.load()?;
    assert_eq!(translator.search_options().length_penalty, search.length_penalty);
    let (sources, references): (Vec<_>, Vec<_>) = dev.into_iter().map(|pair| (pair.source, pair.target)).unzip();
    let bleu = |length_penalty| -> anyhow::Result<f64> {
        let options = SearchOptions { length_penalty, ..SearchOptions::STANDARD };
        let found = translator.translate_with(&sources, &options, 1)?;
        let texts: Vec<String> = found.into_iter().flatten().map(|translation| translation.text).collect();
        Ok(Bleu::compute(&texts, &references, Tokenization::V13a)?.score)
    };
    assert_eq!(bleu(search.length_penalty)?, search.dev_bleu);
    let others = [0.0, 0.4, 1.0, 1.4].map(&bleu).into_iter().collect::<anyhow::Result<Vec<f64>>>()?;
    assert!(others.iter().all(|other| *other <= search.dev_bleu + 0.5), "{others:?} beside {search:?}");
    assert!(others.iter().any(|other| *other != search.dev_bleu), "the penalty changes nothing: {search:?}");
    Ok(())
}

#[test]
fn on_few_validation_pairs_no_length_penalty_is_fitted() -> anyhow::Result<()> {
    let dev = reversals(FEWEST_FITTED - 1, 2);
    let trained = run(reversals(200, 1), Some(dev), budget(Budget::Epochs(20), &[]))?;
    let search = trained.summary.search.expect("a search");
    assert_eq!(search.length_penalty, SearchOptions::STANDARD.length_penalty);
    assert_eq!(ModelDirectory::new(trained.directory.path()).read_card()?.search, Some(search));
    Ok(())
}

/// Random pairs: a model that memorises some of them does not translate others better.
fn unrelated(count: usize, seed: u64) -> Vec<Pair> {
    let mut random = Random(seed);
    let mut sentence = || (0..4).map(|_| SYMBOLS[random.below(SYMBOLS.len())]).collect::<Vec<_>>().join(" ");
    (0..count).map(|_| Pair { source: sentence(), target: sentence() }).collect()
}

#[test]
fn the_saved_model_is_that_of_the_best_validation_not_the_last() -> anyhow::Result<()> {
    let dev = unrelated(20, 2);
    // Their words do not correspond, so the links of a statistical aligner would be random.
    let settings = "[training]\nselect = \"loss\"\nlearning_rate = 0.01\ndropout = 0.0\nlabel_smoothing = 0.0\nguided_alignment = { links = \"none\" }";
    let trained = run(unrelated(40, 1), Some(dev.clone()), budget(Budget::Epochs(120), &[settings]))?;
    let validations = trained.validations();
    let best = *validations.iter().rfind(|validation| validation.is_best).expect("the first is the best so far");
    for validation in &validations {
        assert!(validation.dev_loss >= best.dev_loss, "{validation:?} is better than {best:?}");
    }
    let last = validations.last().expect("a validation");
    assert!(best.step < last.step, "the validation loss should rise while the model memorises the training pairs");

    let provenance = ModelDirectory::new(trained.directory.path()).read_card()?.provenance;
    assert_eq!((provenance.step, provenance.dev_loss, provenance.dev_bleu), (best.step, best.dev_loss, best.dev_bleu));
    assert_eq!(trained.summary.best_step, best.step);
    // The saved weights have the loss of that step.
    let forced = Scorer::load(trained.directory.path())?.score(
        &dev.iter().map(|pair| (&pair.source, &pair.target)).collect::<Vec<_>>(),
        20,
        Weighting::Attention,
    )?;
    let log_prob: f64 = forced.iter().map(|translation| f64::from(translation.log_prob)).sum();
    let tokens: usize = forced.iter().map(|translation| translation.target_tokens.len() + 1).sum();
    let loss = -log_prob / tokens as f64;
    assert!((loss - best.dev_loss).abs() < 1e-4, "{loss}, not {}; the last is {}", best.dev_loss, last.dev_loss);
    assert!((last.dev_loss - best.dev_loss).abs() > 1e-2);
    Ok(())
}
