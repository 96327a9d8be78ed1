//! Tests of the diagnostics: runs that go well and runs that do not.

use super::*;
use crate::events::diagnostic::note_on_few_pairs;
use crate::events::event::Sample;
use crate::settings::DEFAULT_LEARNING_RATE;
use crate::{Overrides, Settings};
use glosser_text::CorpusSize;

/// Steps of the warm-up in these tests.
const WARMUP: usize = 400;

/// Tokens of the vocabulary in these tests; a uniform distribution has a loss of 8.0.
const VOCAB: usize = 3000;

const OTHER_RATE: Advice = Advice::OtherRate { learning_rate: 1e-3, default_rate: DEFAULT_LEARNING_RATE };

fn diagnostics() -> Diagnostics {
    diagnostics_of(12_000, 500)
}

fn diagnostics_of(pairs: usize, dev_pairs: usize) -> Diagnostics {
    let size = CorpusSize { pairs: 12_000, words: 200_000, distinct_words: 10_000 };
    let settings = Settings::for_corpus(size, &Overrides::default()).expect("the defaults").training;
    let settings = TrainingSettings { warmup_steps: WARMUP, learning_rate: 1e-3, ..settings };
    let mut diagnostics = Diagnostics::new(settings, DEFAULT_LEARNING_RATE);
    let prepared = Event::Prepared {
        pairs,
        dev_pairs,
        source_vocab: VOCAB,
        target_vocab: VOCAB,
        parameters: 1,
        steps_per_epoch: 278,
    };
    assert!(diagnostics.observe(&prepared).is_empty());
    diagnostics
}

/// Returns the warnings for a sequence of training losses, each with the step of its report.
fn warned(run: &mut Diagnostics, first_step: usize, losses: impl IntoIterator<Item = f64>) -> Vec<(usize, Warning)> {
    let mut all = Vec::new();
    for (at, loss) in losses.into_iter().enumerate() {
        let step = first_step + at * REPORT_EVERY;
        let progress = Progress {
            step,
            steps: Some(10_000),
            loss,
            gradient_norm: 1.0,
            learning_rate: 1e-3,
            tokens_per_second: 1000.0,
            seconds: 1.0,
            seconds_left: None,
        };
        all.extend(warnings(run.observe(&Event::Progress(progress))).into_iter().map(|warning| (step, warning)));
    }
    all
}

fn warnings(events: Vec<Event>) -> Vec<Warning> {
    let warning = |event| if let Event::Warning(warning) = event { warning } else { panic!("{event:?}") };
    events.into_iter().map(warning).collect()
}

/// A validation of 500 pairs.
fn validation(step: usize, dev_loss: f64, dev_bleu: f64, is_best: bool) -> Validation {
    let sample = Sample { source: String::new(), reference: String::new(), translation: String::new() };
    Validation {
        step,
        epochs: 1.0,
        dev_loss,
        dev_bleu,
        dev_chrf: Some(2.0 * dev_bleu),
        metric: DevMetric::Bleu,
        is_best,
        seconds: 1.0,
        distinct_translations: 480,
        distinct_references: 490,
        sample,
    }
}

fn validated(run: &mut Diagnostics, validation: Validation) -> Vec<Warning> {
    warnings(run.observe(&Event::Validated(validation)))
}

fn summary(steps: usize, best_step: usize, dev_bleu: f64, stopped_early: bool) -> Event {
    let (dev_loss, tokens_per_second, seconds) = (1.0, 1000.0, 630.0);
    Event::Finished(Summary {
        steps,
        best_step,
        dev_bleu,
        dev_chrf: Some(2.0 * dev_bleu),
        metric: DevMetric::Bleu,
        dev_loss,
        search: None,
        stopped_early,
        tokens_per_second,
        seconds,
    })
}

fn advice(run: &mut Diagnostics, summary: &Event) -> Vec<Advice> {
    let advice = |event| if let Event::Advice(advice) = event { advice } else { panic!("{event:?}") };
    run.observe(summary).into_iter().map(advice).collect()
}

/// A loss that falls from 8.0 to 1.3, with noise of two percent, as on the bundled corpus.
fn learning(reports: usize) -> impl Iterator<Item = f64> {
    (0..reports).map(|at| (1.3 + 6.7 * (-(at as f64) / 12.0).exp()) * (1.0 + 0.02 * ((at * 7 % 5) as f64 - 2.0) / 2.0))
}

#[test]
fn a_run_that_goes_well_has_no_warnings_and_no_advice() {
    let mut run = diagnostics();
    assert_eq!(warned(&mut run, 20, learning(500)), []);
    for (at, bleu) in [21.0, 70.0, 87.0, 92.9, 93.0, 93.2].into_iter().enumerate() {
        assert_eq!(validated(&mut run, validation(278 * (at + 1), 2.0 / (at + 1) as f64, bleu, true)), []);
    }
    assert_eq!(advice(&mut run, &summary(1668, 1668, 93.2, false)), []);
}

#[test]
fn a_loss_above_that_of_a_uniform_distribution_is_warned_of_once_and_again_after_it_was_over() {
    // As with a learning rate of one: it falls all the while.
    let high = (0..60).map(|at| 200.0 - at as f64);
    let mut run = diagnostics();
    let first = warned(&mut run, 20, high.clone());
    let [(200, Warning::WorseThanGuessing { loss, guessing, learning_rate, .. })] = first[..] else {
        panic!("{first:?}")
    };
    assert!((loss - 195.5).abs() < 1e-9 && (guessing - 8.006).abs() < 1e-3 && learning_rate == 1e-3);
    assert_eq!(advice(&mut run, &summary(1200, 1200, 0.1, false))[0], OTHER_RATE);
    assert_eq!(warned(&mut run, 1220, learning(30)), [], "no warning while the loss falls");
    assert_eq!(warned(&mut run, 1820, high).len(), 1);
}

#[test]
fn a_rising_loss_is_warned_of_once_with_the_lowest_loss() {
    let mut run = diagnostics();
    assert_eq!(warned(&mut run, 20, learning(60)), []);
    let found = warned(&mut run, 1220, (0..40).map(|at| 1.4 + 0.05 * at as f64));
    let [(step, Warning::LossRising { loss, lowest, .. })] = found[..] else { panic!("{found:?}") };
    assert!(loss > 1.1 * lowest && loss < 1.2 * lowest && step < 1220 + 20 * REPORT_EVERY, "{loss} {lowest} {step}");
}

#[test]
fn a_loss_that_stays_high_is_stuck_but_only_after_the_warm_up() {
    let mut run = diagnostics();
    let found = warned(&mut run, 20, (0..60).map(|at| 7.9 - 0.001 * f64::from(at)));
    let [(step, Warning::LossStuck { .. })] = found[..] else { panic!("{found:?}") };
    assert_eq!(step, WARMUP + 2 * WINDOW * REPORT_EVERY);
    // It falls by five percent per window: slowly, but it falls.
    let mut slow = diagnostics();
    assert_eq!(warned(&mut slow, 20, (0..60).map(|at| 8.0 * 0.995_f64.powi(at))), []);
    // As low as it can get.
    let mut done = diagnostics();
    assert_eq!(warned(&mut done, 1000, [1.2; 60]), []);
}

#[test]
fn after_a_roll_back_the_losses_start_anew_with_the_new_rate() {
    let mut run = diagnostics();
    assert_eq!(warned(&mut run, 20, learning(60)), []);
    let back = Event::RolledBack { step: 1300, what: String::new(), back_to: 1200, learning_rate: 5e-4 };
    assert!(run.observe(&back).is_empty());
    let found = warned(&mut run, 1320, [20.0; 10]);
    assert!(matches!(found[..], [(1500, Warning::WorseThanGuessing { learning_rate: 5e-4, .. })]), "{found:?}");
}

#[test]
fn one_output_for_all_inputs_is_warned_of_once_the_first_validations_are_over() {
    let outputs = |step, distinct| Validation { distinct_translations: distinct, ..validation(step, 5.0, 0.1, true) };
    let mut run = diagnostics();
    assert_eq!(validated(&mut run, outputs(278, 1)), []);
    assert_eq!(validated(&mut run, outputs(556, 1)), [], "in the warm-up, or soon after");
    let expected = Warning::OneOutput { distinct_translations: 24, distinct_references: 490 };
    assert_eq!(validated(&mut run, outputs(834, 24)), [expected]);
    assert_eq!(validated(&mut run, outputs(1112, 2)), [], "warned of before");
    assert_eq!(validated(&mut run, outputs(1390, 300)), []);
    assert_eq!(validated(&mut run, outputs(1668, 1)).len(), 1, "it was over in between");

    let mut few = diagnostics();
    let one_reference = Validation { distinct_references: 1, ..outputs(2000, 1) };
    assert_eq!(validated(&mut few, one_reference.clone()), []);
    assert_eq!(validated(&mut few, one_reference), [], "all references are the same");
}

/// Reports one round after another: a training loss over a window, then a validation.
fn rounds(run: &mut Diagnostics, rounds: &[(f64, f64, bool)]) -> Vec<(usize, Warning)> {
    let mut of_validations = Vec::new();
    for (at, (train_loss, dev_loss, is_best)) in rounds.iter().enumerate() {
        let step = 2000 + at * WINDOW * REPORT_EVERY;
        assert_eq!(warned(run, step, [*train_loss; WINDOW]), []);
        let found = validated(run, validation(step, *dev_loss, 20.0, *is_best));
        of_validations.extend(found.into_iter().map(|warning| (at, warning)));
    }
    of_validations
}

#[test]
fn three_worse_validations_while_training_gets_better_are_overfitting() {
    let falling = [(2.0, 2.0, true), (1.8, 2.1, false), (1.6, 2.2, false), (1.4, 2.3, false), (1.25, 2.4, false)];
    let mut overfitted = diagnostics();
    let expected = Warning::Overfitting { validations: 3, dev_loss_before: 2.0, dev_loss: 2.3 };
    assert_eq!(rounds(&mut overfitted, &falling), [(3, expected)]);
    let found = advice(&mut overfitted, &summary(2800, 2000, 20.0, true));
    assert_eq!(found[0], Advice::StoppedEarly { step: 2800, best_step: 2000 });
    assert_eq!(found[1..], [Advice::MorePairs { train_loss: 1.25, dev_loss: 2.4, dropout: 0.3 }]);

    for (what, fine) in [
        ("training is no better", falling.map(|(_, dev, best)| (2.0, dev, best))),
        ("the metric gets better", falling.map(|(train, dev, _)| (train, dev, true))),
        ("less than noise", falling.map(|(train, dev, best)| (train, 2.0 + 0.01 * (dev - 2.0), best))),
        ("it falls in between", [falling[0], falling[1], (1.6, 2.05, false), falling[3], falling[4]]),
    ] {
        assert_eq!(rounds(&mut diagnostics(), &fine), [], "{what}");
    }
}

#[test]
fn a_model_that_has_learnt_nothing_has_memorised_nothing() {
    let mut diverged = diagnostics();
    let high = [8e8, 7.9e8, 7.8e8, 7.7e8];
    for (at, loss) in high.into_iter().enumerate() {
        warned(&mut diverged, 2000 + at * WINDOW * REPORT_EVERY, [loss; WINDOW]);
        let dev_loss = 9e8 * (1.0 + 0.1 * at as f64);
        assert_eq!(validated(&mut diverged, validation(2000 + at * 200, dev_loss, 0.0, at == 0)), []);
    }
    assert_eq!(advice(&mut diverged, &summary(2800, 2000, 0.0, false)), [OTHER_RATE]);

    let mut short = diagnostics();
    warned(&mut short, 4, [7.9]);
    assert_eq!(validated(&mut short, validation(4, 8.1, 0.0, true)), []);
    let too_short = Advice::EndedInWarmUp { steps: 4, warmup_steps: WARMUP };
    assert!(too_short.to_string().contains("--steps 4000"), "{too_short}");
    assert_eq!(advice(&mut short, &summary(4, 4, 0.0, false)), [too_short]);
    assert!(matches!(advice(&mut short, &summary(WARMUP, 4, 0.0, false))[..], [Advice::EndedInWarmUp { .. }]));
    assert_eq!(advice(&mut short, &summary(WARMUP + 1, 4, 0.0, false)), []);
}

#[test]
fn memorising_is_a_training_loss_far_below_a_validation_loss_that_no_longer_falls() {
    let advice_after = |losses: [(f64, f64); 4]| {
        let mut run = diagnostics();
        // The second is the last one before the last quarter.
        for ((train_loss, dev_loss), step) in losses.into_iter().zip([700, 1500, 1750, 2000]) {
            warned(&mut run, step - WINDOW * REPORT_EVERY, [train_loss; WINDOW]);
            validated(&mut run, validation(step, dev_loss, 20.0, true));
        }
        advice(&mut run, &summary(2000, 2000, 20.0, false))
    };
    let more_pairs = |train_loss, dev_loss| [Advice::MorePairs { train_loss, dev_loss, dropout: 0.3 }];
    assert_eq!(advice_after([(2.5, 2.4), (2.4, 2.4), (2.3, 2.4), (2.125, 2.4)]), more_pairs(2.125, 2.4));
    assert_eq!(advice_after([(2.5, 2.4), (2.4, 2.4), (2.3, 2.4), (2.17, 2.4)]), [], "less than a tenth below");
    assert_eq!(advice_after([(2.5, 2.5), (2.4, 2.45), (2.3, 2.4), (2.1, 2.4)]), [], "the validation loss still falls");
    assert_eq!(advice_after([(2.5, 2.5), (2.4, 2.42), (2.3, 2.4), (2.0, 2.4)]), more_pairs(2.0, 2.4), "by chance");
    // As after three epochs on a corpus that was hardly learnt.
    assert_eq!(advice_after([(5.6, 5.5), (5.3, 5.3), (5.2, 5.2), (5.076, 5.098)]), []);
}

#[test]
fn few_pairs_are_told_that_more_pairs_help_whatever_else_happened() {
    for (pairs, is_few) in [(1, true), (FEW_PAIRS - 1, true), (FEW_PAIRS, false)] {
        for stopped_early in [true, false] {
            let mut run = diagnostics_of(pairs, 3);
            validated(&mut run, validation(4, 5.6, 0.0, true));
            let found = advice(&mut run, &summary(9, 4, 0.0, stopped_early));
            assert_eq!(found == [Advice::FewPairs { pairs }], is_few, "{pairs}: {found:?}");
            assert!(
                found.iter().all(|advice| is_few
                    || advice.to_string().contains(if stopped_early { "more pairs" } else { "--steps" }))
            );
        }
        assert_eq!(note_on_few_pairs(pairs).is_some(), is_few);
    }
    assert_eq!(advice(&mut diagnostics_of(20, 3), &summary(500, 500, 30.0, false)), [], "they were enough");
    assert_eq!(advice(&mut diagnostics_of(20, 3), &summary(500, 500, 29.9, false)), [Advice::FewPairs { pairs: 20 }]);
    let mut tuned = diagnostics_of(20, 3);
    validated(&mut tuned, validation(0, 2.0, 30.0, false));
    validated(&mut tuned, validation(500, 1.9, 31.0, true));
    assert_eq!(
        advice(&mut tuned, &summary(500, 500, 31.0, false)),
        [],
        "the model that it continued from knows more pairs"
    );
}

#[test]
fn at_the_end_of_a_run_no_loss_is_stuck_because_the_learning_rate_is_low() {
    let found = |share: f32| {
        let mut run = diagnostics();
        let mut all = Vec::new();
        for at in 0..60 {
            let progress = Progress {
                step: 1000 + at * REPORT_EVERY,
                steps: Some(10_000),
                loss: 7.0,
                gradient_norm: 1.0,
                learning_rate: share * 1e-3,
                tokens_per_second: 1000.0,
                seconds: 1.0,
                seconds_left: None,
            };
            all.extend(warnings(run.observe(&Event::Progress(progress))));
        }
        all.len()
    };
    assert_eq!((found(1.0), found(0.11), found(0.09), found(0.0)), (1, 1, 0, 0));
}

#[test]
fn validation_pairs_in_training_are_counted_in_words() {
    for (pairs, sources, of, expected) in [
        (2, 3, 5, "2 of 5 validation pairs are also in the training pairs, and so are the sources of 3 more: "),
        (1, 1, 5, "1 of 5 validation pairs is also in the training pairs, and so is the source of 1 more: "),
        (1, 0, 1, "1 of 1 validation pair is also in the training pairs: "),
        (0, 3, 5, "the sources of 3 of 5 validation pairs are also in the training pairs: "),
    ] {
        let text = Warning::ValidationPairsInTraining { pairs, sources, of }.to_string();
        assert!(text.starts_with(expected) && text.contains("--dev"), "{text}");
    }
}

#[test]
fn advice_depends_on_how_the_run_went() {
    let after = |bleus: [f64; 4]| {
        let mut run = diagnostics();
        warned(&mut run, 20, learning(60));
        for (at, bleu) in bleus.into_iter().enumerate() {
            validated(&mut run, validation(500 * (at + 1), 1.0, bleu, true));
        }
        run
    };
    let finished = |best_step, bleu| summary(2000, best_step, bleu, false);
    // 630 seconds, twice.
    let more = [Advice::MoreTime { minutes: 21 }];
    assert_eq!(advice(&mut after([1.0, 5.0, 8.0, 9.0]), &finished(2000, 9.0)), more);
    assert_eq!(advice(&mut after([1.0, 5.0, 8.5, 9.0]), &finished(2000, 9.0)), [], "no more to gain");
    assert_eq!(advice(&mut after([1.0, 5.0, 9.5, 9.0]), &finished(1500, 9.5)), []);
    // Of a quarter of the validation pairs, chance is twice as large.
    let of_few = |gain: f64| {
        let mut run = diagnostics_of(12_000, 125);
        validated(&mut run, validation(1500, 1.0, 8.0, true));
        validated(&mut run, validation(2000, 1.0, 8.0 + gain, true));
        advice(&mut run, &finished(2000, 8.0 + gain))
    };
    assert_eq!((of_few(1.9), of_few(2.0)), (Vec::new(), more.to_vec()));

    let mut tuned = diagnostics();
    validated(&mut tuned, validation(0, 2.0, 30.0, false));
    validated(&mut tuned, validation(500, 2.1, 29.0, true));
    let no_better = |before, now, metric| [Advice::NoBetterThanBefore { before, now, metric }];
    let by = |metric| match summary(500, 500, 29.0, false) {
        Event::Finished(summary) => Event::Finished(Summary { metric, dev_loss: 2.1, ..summary }),
        other => other,
    };
    assert_eq!(advice(&mut tuned, &by(DevMetric::Bleu)), no_better(30.0, 29.0, DevMetric::Bleu));
    assert_eq!(advice(&mut tuned, &by(DevMetric::Chrf)), no_better(60.0, 58.0, DevMetric::Chrf));
    assert_eq!(advice(&mut tuned, &by(DevMetric::Loss)), no_better(2.0, 2.1, DevMetric::Loss));
}

#[test]
fn every_warning_is_one_line_with_its_figures_and_a_remedy() {
    let warnings = [
        Warning::OneOutput { distinct_translations: 1, distinct_references: 490 },
        Warning::OneOutput { distinct_translations: 3, distinct_references: 490 },
        Warning::WorseThanGuessing { loss: 185.0, guessing: 8.0, learning_rate: 1.0, default_rate: 3e-3 },
        Warning::LossRising { loss: 3.0, lowest: 2.0, learning_rate: 0.1 },
        Warning::LossStuck { loss: 7.0, before: 7.0, learning_rate: 1e-6, default_rate: 3e-3 },
        Warning::Overfitting { validations: 3, dev_loss_before: 2.0, dev_loss: 2.5 },
    ];
    let texts = warnings.iter().map(Warning::to_string);
    for (text, part) in texts.zip(["same translation", "490", "185.000", "try half", "too low", "dropout"]) {
        assert!(text.contains(part) && !text.contains('\n') && !text.contains("  "), "{text}");
    }
}

#[test]
fn the_learning_rate_that_warnings_and_advice_name_is_the_default_of_this_run() {
    let size = CorpusSize { pairs: 12_000, words: 200_000, distinct_words: 10_000 };
    let default_rate = Settings::for_corpus(size, &Overrides::default()).expect("the defaults").training.learning_rate;
    assert_eq!(default_rate, DEFAULT_LEARNING_RATE);
    // With --from it is lower.
    for default_rate in [default_rate, default_rate / 4.0] {
        let guessing =
            |learning_rate| Warning::WorseThanGuessing { loss: 9.0, guessing: 8.0, learning_rate, default_rate };
        let stuck = |learning_rate| Warning::LossStuck { loss: 7.0, before: 7.0, learning_rate, default_rate };
        let other = |learning_rate| Advice::OtherRate { learning_rate, default_rate };
        let named = format!("the default is {default_rate}");
        for text in [guessing(1.0).to_string(), stuck(1.0).to_string(), other(1.0).to_string()] {
            assert!(text.contains(&named), "{text}");
        }
        for text in
            [guessing(default_rate).to_string(), stuck(default_rate).to_string(), other(default_rate).to_string()]
        {
            assert!(!text.contains("the default") && text.contains("try half of it"), "{text}");
        }
        let below = stuck(0.9 * default_rate).to_string();
        assert!(below.contains("too low") && below.contains(&named), "{below}");
    }
    let saved = r#"{"warning":"loss-stuck","loss":7.0,"before":7.0,"learning_rate":0.003}"#;
    let read: Warning = serde_json::from_str(saved).expect("a warning of an earlier version");
    assert_eq!(serde_json::to_string(&read).expect("JSON"), saved);
}
