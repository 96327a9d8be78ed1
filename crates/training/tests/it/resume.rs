//! Interrupted runs: the same job continues them, and ends with the same files.

use crate::support::{TINY, job_in, overrides, reversals, run, run_in, run_until};
use glosser_text::Pair;
use glosser_training::{Event, Job, Outcome, Overrides, TrainingDirectory, is_interrupted};
use std::cell::Cell;
use std::fs;
use std::path::Path;
use tempfile::tempdir;

const FILES: [&str; 3] = ["model.safetensors", "training/last.safetensors", "config.json"];

fn pairs() -> Vec<Pair> {
    reversals(60, 1)
}

fn settings(text: &str) -> Overrides {
    overrides(&[TINY, text])
}

fn job(directory: &Path, text: &str) -> Job {
    job_in(directory, false, pairs(), None, settings(text))
}

/// Returns the files of a run that is not interrupted.
fn whole(text: &str) -> anyhow::Result<[Vec<u8>; 3]> {
    let trained = run(pairs(), None, settings(text))?;
    Ok(FILES.map(|name| trained.file(name)))
}

/// Returns the files of a run that is interrupted again and again, each time at the chance to stop of the number that `after`
/// returns; with the number of interruptions, and every event.
fn in_parts(text: &str, mut after: impl FnMut() -> usize) -> anyhow::Result<([Vec<u8>; 3], usize, Vec<Event>)> {
    let directory = tempdir()?;
    let mut all = Vec::new();
    for times in 0.. {
        let stop = at_chance(after());
        let (outcome, events) = run_until(&stop, job(directory.path(), text))?;
        all.extend(events);
        match outcome {
            Outcome::Interrupted { .. } => assert!(is_interrupted(directory.path())?),
            Outcome::Finished(_) => {
                assert!(!is_interrupted(directory.path())?);
                let file = |name| fs::read(directory.path().join(name)).expect("a file");
                return Ok((FILES.map(file), times, all));
            }
            Outcome::AlreadyFinished(_) => panic!("it was interrupted"),
        }
    }
    unreachable!()
}

fn assert_same(one: &[Vec<u8>; 3], other: &[Vec<u8>; 3]) {
    for (name, (one, other)) in FILES.iter().zip(one.iter().zip(other)) {
        assert!(one == other, "{name} differs");
    }
}

#[test]
fn interrupted_at_every_single_chance_a_run_ends_with_the_same_files() -> anyhow::Result<()> {
    // Five epochs, with validations in the middle of which it is interrupted, too.
    let text = "[training]\nsampled_vocabulary = 100\n[training.budget]\nepochs = 5";
    let expected = whole(text)?;
    let mut after = 1;
    let (found, times, events) = in_parts(text, || {
        // A validation is begun anew: it gets further only if it is asked later.
        after = 1 + after % 5;
        after
    })?;
    assert!(times > 10, "{times}");
    assert_same(&found, &expected);
    let resumed = events.iter().filter(|event| matches!(event, Event::Resumed { .. })).count();
    assert!(resumed >= times - 1, "{resumed} of {times}");
    Ok(())
}

#[test]
fn what_going_back_leads_to_is_saved_too() -> anyhow::Result<()> {
    // The state is kept at steps 200 and 400, and the run stops in between.
    let text = "[training.budget]\nsteps = 450";
    let mut chances = [150, 120, 1, 100, 77, 1000].into_iter();
    let (found, times, _) = in_parts(text, || chances.next().unwrap_or(1000))?;
    assert!(times >= 5, "{times}");
    assert_same(&found, &whole(text)?);

    // Every few steps there is no number, and half the rate.
    let wild = "[training]\nlearning_rate = 1e35\nwarmup_steps = 1\n[training.budget]\nsteps = 30";
    let (found, times, events) = in_parts(wild, || 3)?;
    assert!(times > 8, "{times}");
    assert!(events.iter().filter(|event| matches!(event, Event::RolledBack { .. })).count() >= 2);
    assert_same(&found, &whole(wild)?);
    Ok(())
}

#[test]
fn the_log_of_a_run_in_parts_is_that_of_one() -> anyhow::Result<()> {
    let text = "[training]\nbatch_tokens = 300\n[training.budget]\nepochs = 4";
    let directory = tempdir()?;
    let stop = at_chance(12);
    let (outcome, _) = run_until(&stop, job(directory.path(), text))?;
    assert!(matches!(outcome, Outcome::Interrupted { .. }), "{outcome:?}");
    // As if it had been killed a little later, with half a line written.
    let log = directory.path().join("training/log.jsonl");
    fs::write(&log, [fs::read(&log)?, b"{\"event\":\"note\",\"te".to_vec()].concat())?;
    assert!(glosser_training::read_log(&log)?.len() > 3, "what is not a whole line was not written yet");
    run_until(&|| false, job(directory.path(), text))?;

    let events = glosser_training::read_log(&log)?;
    let validated = |events: &[Event]| -> Vec<(usize, u64)> {
        let all = events.iter().filter_map(|event| match event {
            Event::Validated(validation) => Some((validation.step, validation.dev_loss.to_bits())),
            _ => None,
        });
        all.collect()
    };
    assert_eq!(validated(&events), validated(&run(pairs(), None, settings(text))?.events));
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Prepared { .. })).count(), 1);
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Resumed { .. })).count(), 1);
    Ok(())
}

/// Returns true at the chance to stop of this number.
fn at_chance(chance: usize) -> impl Fn() -> bool {
    let left = Cell::new(chance);
    move || {
        left.set(left.get().saturating_sub(1));
        left.get() == 0
    }
}

const SHORT: &str = "[training.budget]\nsteps = 12";

#[test]
fn what_is_finished_is_not_done_again_and_another_job_is_refused_by_name() -> anyhow::Result<()> {
    let directory = tempdir()?;
    let path = directory.path();
    run_in(path, false, pairs(), None, settings(SHORT))?;
    let before = fs::read(path.join(FILES[0]))?;
    let (outcome, events) = run_until(&|| false, job(path, SHORT))?;
    assert!(matches!(&outcome, Outcome::AlreadyFinished(summary) if summary.steps == 12), "{outcome:?}");
    assert!(!events.iter().any(|event| matches!(event, Event::Prepared { .. })));
    // By another name of the same corpus, and as epochs: what counts is what is done.
    assert!(fs::read(path.join(FILES[0]))? == before);

    let refused = |job| {
        let message = format!("{:#}", run_until(&|| false, job).map(|(outcome, _)| outcome).expect_err("another job"));
        assert!(message.contains("--overwrite") && message.contains(&path.display().to_string()), "{message}");
        assert!(fs::read(path.join(FILES[0])).expect("weights") == before);
        message
    };
    let message = refused(job(path, "[training]\nseed = 2\ndropout = 0.25\n[training.budget]\nsteps = 12"));
    assert!(message.contains("training.seed was 1 and is 2"), "{message}");
    assert!(message.contains("training.dropout was 0.3 and is 0.25"), "{message}");
    let message = refused(job_in(path, false, reversals(61, 1), None, settings(SHORT)));
    assert!(message.contains("the training pairs differ"), "{message}");
    let message = refused(job_in(path, false, pairs(), Some(reversals(5, 2)), settings(SHORT)));
    assert!(message.contains("the validation pairs differ"), "{message}");
    Ok(())
}

#[test]
fn another_job_is_refused_where_one_was_interrupted_and_overwriting_goes_on_with_the_same() -> anyhow::Result<()> {
    let directory = tempdir()?;
    let path = directory.path();
    let stop = at_chance(8);
    let (outcome, _) = run_until(&stop, job(path, SHORT))?;
    let Outcome::Interrupted { step: at, steps: Some(12) } = outcome else { panic!("{outcome:?}") };
    let other = job(path, "[training]\nseed = 2\n[training.budget]\nsteps = 12");
    let message = format!("{:#}", run_until(&|| false, other).map(|(outcome, _)| outcome).expect_err("another seed"));
    assert!(
        message.contains(&format!(
            "an interrupted training in this directory, at step {at} of 12, used different data or settings"
        )),
        "{message}"
    );
    assert!(message.contains("training.seed was 1 and is 2"), "{message}");

    let again = job_in(path, true, pairs(), None, settings(SHORT));
    let (outcome, events) = run_until(&|| false, again)?;
    assert!(matches!(outcome, Outcome::Finished(_)));
    assert!(events.iter().any(|event| matches!(event, Event::Resumed { step, steps: Some(12) } if *step == at)));
    assert!(fs::read(path.join(FILES[0]))? == whole(SHORT)?[0]);
    Ok(())
}

#[test]
fn a_time_budget_keeps_the_steps_that_it_fixed_and_times_on_where_it_had_not() -> anyhow::Result<()> {
    let directory = tempdir()?;
    let path = directory.path();
    let minutes = "[training]\nwarmup_steps = 5\n[training.budget]\nminutes = 0.02";
    for chances in [3, 12] {
        let stop = at_chance(chances);
        let (outcome, _) = run_until(&stop, job(path, minutes))?;
        assert!(matches!(outcome, Outcome::Interrupted { .. }), "{outcome:?}");
    }
    let (outcome, events) = run_until(&|| false, job(path, minutes))?;
    let Outcome::Finished(summary) = outcome else { panic!("{outcome:?}") };
    assert!(events.iter().any(|event| matches!(event, Event::Resumed { steps: Some(_), .. })));
    assert!(!events.iter().any(|event| matches!(event, Event::StepsFixed { .. })));
    let steps = format!("[training]\nwarmup_steps = 5\n[training.budget]\nsteps = {}", summary.steps);
    assert!(fs::read(path.join(FILES[0]))? == whole(&steps)?[0]);
    // Naming the steps that were printed is the same job.
    assert!(matches!(run_until(&|| false, job(path, &steps))?.0, Outcome::AlreadyFinished(_)));
    Ok(())
}

#[test]
fn a_damaged_state_is_an_error_that_names_it_and_overwriting_begins_anew() -> anyhow::Result<()> {
    let directory = tempdir()?;
    let path = directory.path();
    let stop = at_chance(8);
    run_until(&stop, job(path, SHORT))?;
    let state = path.join("training/state.safetensors");
    let good = fs::read(&state)?;
    let header = 8 + u64::from_le_bytes(good[..8].try_into()?) as usize;
    let version =
        String::from_utf8_lossy(&good[..header]).replace("\\\"version\\\":1", "\\\"version\\\":7").into_bytes();
    let version = [&version[..], &good[header..]].concat();
    assert!(version != good);
    for damaged in [Vec::new(), good[..7].to_vec(), good[..header].to_vec(), good[..good.len() - 4].to_vec(), version] {
        fs::write(&state, damaged)?;
        let message = format!("{:#}", run_until(&|| false, job(path, SHORT)).map(|_| ()).expect_err("damaged"));
        assert!(message.contains("state.safetensors") && message.contains("--overwrite"), "{message}");
    }
    let again = job_in(path, true, pairs(), None, settings(SHORT));
    let (_, events) = run_until(&|| false, again)?;
    assert!(!events.iter().any(|event| matches!(event, Event::Resumed { .. })));
    assert!(fs::read(path.join(FILES[0]))? == whole(SHORT)?[0]);
    Ok(())
}

#[test]
fn two_trainings_do_not_share_a_directory_and_leftovers_of_a_killed_one_are_removed() -> anyhow::Result<()> {
    let directory = tempdir()?;
    let path = directory.path();
    let lock = TrainingDirectory::new(path).lock()?;
    let message = format!("{:#}", run_until(&|| false, job(path, SHORT)).map(|_| ()).expect_err("in use"));
    assert!(
        message.contains("another training is running") && message.contains(&path.display().to_string()),
        "{message}"
    );
    drop(lock);
    let left = [".model.safetensors.Ab12Cd", "training/.state.safetensors.new", "training/.tmpXy34Zw"];
    for name in left {
        fs::write(path.join(name), "half")?;
    }
    fs::write(path.join(".notes.txt"), "of someone else")?;
    run_until(&|| false, job(path, SHORT))?;
    for name in left {
        assert!(!path.join(name).exists(), "{name}");
    }
    assert!(path.join(".notes.txt").exists());
    Ok(())
}
