//! Runs that diverge, with extreme learning rates.

use crate::support::{TINY, Trained, overrides, reversals, run, run_in};
use glosser_training::{Advice, Event, Warning};
use safetensors::SafeTensors;
use std::fs;

fn trained(learning_rate: &str, warmup: usize, steps: usize) -> anyhow::Result<Trained> {
    let settings = format!(
        "[training]\nlearning_rate = {learning_rate}\nwarmup_steps = {warmup}\n[training.budget]\nsteps = {steps}"
    );
    run(reversals(60, 1), None, overrides(&[TINY, &settings]))
}

/// A learning rate with which the products of weights overflow after a step or two.
const NEAR_INFINITY: &str = "1e35";

#[test]
fn a_run_that_reaches_infinity_rolls_back_with_half_the_rate_and_ends_with_finite_weights() -> anyhow::Result<()> {
    let one = trained(NEAR_INFINITY, 1, 30)?;
    let back: Vec<(usize, usize, f64)> = one
        .events
        .iter()
        .filter_map(|event| match event {
            Event::RolledBack { step, back_to, learning_rate, .. } => Some((*step, *back_to, *learning_rate)),
            _ => None,
        })
        .collect();
    assert!(back.len() >= 2, "{back:?}");
    for (times, (_, back_to, rate)) in back.iter().enumerate() {
        assert_eq!((*back_to, *rate), (0, 1e35 / f64::from(2 << times)), "there is no later snapshot");
    }
    assert!(back.is_sorted_by(|one, next| one.0 < next.0), "the steps are counted further: {back:?}");
    assert_eq!(one.summary.steps, 30);
    let bytes = one.file("training/last.safetensors");
    for (name, weight) in SafeTensors::deserialize(&bytes)?.iter() {
        let mut numbers =
            weight.data().chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap_or_default()));
        assert!(numbers.all(f32::is_finite), "{name}");
    }
    assert!(one.weights() == trained(NEAR_INFINITY, 1, 30)?.weights(), "one seed, two weights files");
    Ok(())
}

#[test]
fn a_diverging_run_with_finite_losses_is_warned_of_during_the_run_and_at_its_end() -> anyhow::Result<()> {
    let trained = trained("10.0", 10, 300)?;
    let warnings = |event: &&Event| matches!(event, Event::Warning(Warning::WorseThanGuessing { .. }));
    assert_eq!(trained.events.iter().filter(warnings).count(), 1);
    let Some(Event::Advice(Advice::OtherRate { learning_rate, .. })) = trained.events.last() else {
        panic!("{:?}", trained.events.last())
    };
    assert_eq!(*learning_rate, 10.0);
    Ok(())
}

#[test]
fn a_rate_that_is_too_low_is_warned_of() -> anyhow::Result<()> {
    let trained = trained("1e-9", 10, 500)?;
    let stuck = trained.events.iter().find_map(|event| match event {
        Event::Warning(warning @ Warning::LossStuck { .. }) => Some(warning.to_string()),
        _ => None,
    });
    assert!(stuck.as_ref().is_some_and(|text| text.contains("too low")), "{stuck:?}");
    Ok(())
}

#[test]
fn a_diverged_run_is_an_error_with_the_step_and_the_remedy_and_the_model_stays() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    run_in(directory.path(), false, reversals(60, 1), None, overrides(&[TINY, "[training.budget]\nsteps = 3"]))?;
    let before =
        [fs::read(directory.path().join("model.safetensors"))?, fs::read(directory.path().join("config.json"))?];
    // After every step the products of weights overflow, even with an eighth of the rate, and the next step finds it.
    // If all pairs are one batch, a validation finds it.
    let wild =
        "[model]\nensemble = 1\n[training]\nlearning_rate = 3e38\nwarmup_steps = 1\n[training.budget]\nsteps = 20";
    for (batch_tokens, found) in
        [(120, "the loss is NaN or infinite at step 8"), (100_000, "the validation loss is NaN or infinite at step 4")]
    {
        let batch_tokens = format!("[training]\nbatch_tokens = {batch_tokens}");
        let settings = overrides(&[TINY, wild, &batch_tokens]);
        let failed = run_in(directory.path(), true, reversals(60, 1), None, settings);
        let message = format!("{:#}", failed.map(|(summary, _)| summary).expect_err("it diverges"));
        assert!(message.contains(found), "{message}");
        assert!(message.contains("diverged") && message.contains("lower training.learning_rate"), "{message}");
        let after =
            [fs::read(directory.path().join("model.safetensors"))?, fs::read(directory.path().join("config.json"))?];
        assert!(after == before, "the model has changed");
    }
    Ok(())
}
