//! Interrupted runs: the same job continues them, and ends with the same files.

use crate::support::{TINY, job_in, overrides, reversals, run, run_in, run_until};
use glosser_text::Pair;
use glosser_training::{Event, Job, Outcome, Overrides, SavedRun, TrainingDirectory, is_interrupted, train};
use std::cell::Cell;
use std::fs;
use std::path::Path;
use tempfile::tempdir;

const FILES: [&str; 4] = ["model.safetensors", "training/last.safetensors", "config.json", "statistics.bin"];

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
fn whole(text: &str) -> anyhow::Result<[Vec<u8>; FILES.len()]> {
    let trained = run(pairs(), None, settings(text))?;
    Ok(FILES.map(|name| trained.file(name)))
}

/// Returns the files of a run that is interrupted again and again, each time at the chance to stop of the number that
/// `after` returns; with the number of interruptions, and every event.
fn in_parts(
    text: &str,
    mut after: impl FnMut() -> usize,
) -> anyhow::Result<([Vec<u8>; FILES.len()], usize, Vec<Event>)> {
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

fn assert_same(one: &[Vec<u8>], other: &[Vec<u8>]) {
    for (name, (one, other)) in FILES.iter().zip(one.iter().zip(other)) {
        assert!(one == other, "{name} differs");
    }
}

#[test]
fn interrupted_at_every_single_chance_a_run_ends_with_the_same_files() -> anyhow::Result<()> {
    // Five epochs; validations are interrupted, too.
    let text = "[training]\nsampled_vocabulary = 100\n[training.budget]\nepochs = 5";
    let expected = whole(text)?;
    let mut after = 1;
    let (found, times, events) = in_parts(text, || {
        // An interrupted validation starts again, so the next interruption must be later.
        after = 1 + after % 5;
        after
    })?;
    assert!(times > 10, "{times}");
    assert_same(&found, &expected);
    let resumed = events.iter().filter(|event| matches!(event, Event::Resumed { .. })).count();
    assert!(resumed >= times - 1, "{resumed} of {times}");
    Ok(())
}

/// Copies the files of a model directory and of its training, as a process that is killed now would leave them.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for part in ["", "training"] {
        fs::create_dir_all(to.join(part))?;
        for entry in fs::read_dir(from.join(part))? {
            let path = entry?.path();
            if path.is_file() {
                fs::copy(&path, to.join(part).join(path.file_name().expect("a name")))?;
            }
        }
    }
    Ok(())
}

#[test]
fn killed_after_any_validation_the_same_job_continues_although_no_checkpoint_was_due() -> anyhow::Result<()> {
    let text = "[training.budget]\nepochs = 4";
    let (directory, copies) = (tempdir()?, tempdir()?);
    let mut count = 0;
    let mut observer = |event: &Event| {
        if matches!(event, Event::Validated(_)) {
            copy(directory.path(), &copies.path().join(count.to_string())).expect("a copy");
            count += 1;
        }
    };
    train(job(directory.path(), text), &mut observer)?;
    assert_eq!(count, 4);
    let expected = FILES.map(|name| fs::read(directory.path().join(name)).expect("a file"));
    for number in 0..count {
        let path = copies.path().join(number.to_string());
        assert!(path.join(FILES[0]).exists() && is_interrupted(&path)?, "validation {number}");
        let (outcome, events) = run_until(&|| false, job(&path, text))?;
        assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
        assert!(events.iter().any(|event| matches!(event, Event::Resumed { .. })));
        assert_same(&FILES.map(|name| fs::read(path.join(name)).expect("a file")), &expected);
    }
    Ok(())
}

#[test]
fn the_snapshot_to_roll_back_to_is_saved_too() -> anyhow::Result<()> {
    // Snapshots are taken at steps 200 and 400, and the run stops in between.
    let text = "[training.budget]\nsteps = 450";
    let mut chances = [150, 120, 1, 100, 77, 1000].into_iter();
    let (found, times, _) = in_parts(text, || chances.next().unwrap_or(1000))?;
    assert!(times >= 5, "{times}");
    assert_same(&found, &whole(text)?);

    // Every few steps the loss is infinite, and the learning rate is halved.
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
    assert!(glosser_training::read_log(&log)?.len() > 3, "an incomplete last line is ignored");
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
fn a_finished_job_is_not_done_again_and_another_job_is_refused_with_its_differences() -> anyhow::Result<()> {
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
fn after_an_interruption_another_job_is_refused_and_overwriting_continues_the_same_job() -> anyhow::Result<()> {
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
    assert!(events.iter().any(|event| matches!(event, Event::Resumed { step, steps: Some(12), .. } if *step == at)));
    assert!(fs::read(path.join(FILES[0]))? == whole(SHORT)?[0]);
    Ok(())
}

#[test]
fn a_time_budget_keeps_its_number_of_steps_or_continues_timing() -> anyhow::Result<()> {
    let directory = tempdir()?;
    let path = directory.path();
    let minutes = "[training]\nwarmup_steps = 5\n[training.budget]\nminutes = 0.04";
    for chances in [3, 8] {
        let stop = at_chance(chances);
        let (outcome, _) = run_until(&stop, job(path, minutes))?;
        assert!(matches!(outcome, Outcome::Interrupted { .. }), "{outcome:?}");
    }
    let (outcome, events) = run_until(&|| false, job(path, minutes))?;
    let Outcome::Finished(summary) = outcome else { panic!("{outcome:?}") };
    assert!(events.iter().any(|event| matches!(event, Event::Resumed { steps: Some(_), .. })));
    let run = SavedRun::read(path)?.expect("a training");
    let schedule = run.steps.expect("steps");
    assert_eq!(schedule.steps(), summary.steps);
    let steps = format!("[training]\nwarmup_steps = 5\n[training.budget]\nschedule = \"{schedule}\"");
    assert!(fs::read(path.join(FILES[0]))? == whole(&steps)?[0]);
    // Naming the steps that were printed is the same job.
    assert!(matches!(run_until(&|| false, job(path, &steps))?.0, Outcome::AlreadyFinished(_)));
    Ok(())
}

#[test]
fn a_damaged_checkpoint_is_an_error_that_names_it_and_overwriting_trains_again() -> anyhow::Result<()> {
    let directory = tempdir()?;
    let path = directory.path();
    let stop = at_chance(8);
    run_until(&stop, job(path, SHORT))?;
    let state = path.join("training/state.safetensors");
    let good = fs::read(&state)?;
    let header = 8 + u64::from_le_bytes(good[..8].try_into()?) as usize;
    let metadata = std::str::from_utf8(&good[8..header])?;
    let other = metadata.replace("\\\"version\\\":2", "\\\"version\\\":7");
    assert_ne!(other, metadata);
    let version = [&good[..8], other.as_bytes(), &good[header..]].concat();
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

/// Gives the keys of an object their former names.
fn rename(value: &mut serde_json::Value, names: &[(&str, &str)]) {
    let object = value.as_object_mut().expect("an object");
    for (present, former) in names {
        let value = object.remove(*present).unwrap_or_else(|| panic!("{present} in {object:?}"));
        object.insert((*former).to_owned(), value);
    }
}

/// Changes everything in a checkpoint except for its weights and moments.
fn with_metadata(checkpoint: &[u8], change: impl FnOnce(&mut serde_json::Value)) -> anyhow::Result<Vec<u8>> {
    let end = 8 + u64::from_le_bytes(checkpoint[..8].try_into()?) as usize;
    let mut header: serde_json::Value = serde_json::from_slice(&checkpoint[8..end])?;
    let metadata = &mut header["__metadata__"]["training"];
    let mut saved: serde_json::Value = serde_json::from_str(metadata.as_str().expect("a text"))?;
    change(&mut saved);
    *metadata = saved.to_string().into();
    let mut header = header.to_string();
    header.push_str(&" ".repeat(header.len().next_multiple_of(8) - header.len()));
    Ok([&(header.len() as u64).to_le_bytes(), header.as_bytes(), &checkpoint[end..]].concat())
}

/// Gives everything in a checkpoint the name that it had before names were changed.
fn give_former_names(saved: &mut serde_json::Value) {
    let names = [("identity", "asked"), ("progress", "standing"), ("cursor", "place"), ("rollback", "course")];
    rename(saved, &names);
    rename(&mut saved["standing"], &[("pending_validation", "unsettled")]);
    rename(&mut saved["asked"], &[("links", "guide"), ("parent", "from")]);
    let settings = &mut saved["asked"]["settings"];
    rename(&mut settings["model"], &[("ensemble", "members")]);
    let training = &mut settings["training"];
    let names = [("placeholders", "stand_ins"), ("sampled_vocabulary", "candidates"), ("guided_alignment", "guide")];
    rename(training, &names);
    rename(training, &[("target_word_dropout", "noise")]);
    training["noise"] =
        serde_json::json!({ "bpe_dropout": 0.0, "source_words": 0.0, "target_words": training["noise"] });
    training["r_drop"] = 0.0.into();
}

#[test]
fn a_checkpoint_with_former_names_is_continued_to_the_same_weights() -> anyhow::Result<()> {
    let directory = tempdir()?;
    let path = directory.path();
    run_until(&at_chance(8), job(path, SHORT))?;
    let checkpoint = path.join("training/state.safetensors");
    fs::write(&checkpoint, with_metadata(&fs::read(&checkpoint)?, give_former_names)?)?;
    let (outcome, events) = run_until(&|| false, job(path, SHORT))?;
    assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
    assert!(events.iter().any(|event| matches!(event, Event::Resumed { .. })));
    assert!(fs::read(path.join(FILES[0]))? == whole(SHORT)?[0]);
    Ok(())
}

/// The key `scaled` of the attention in a model's `config.json`.
fn scaled(directory: &Path) -> anyhow::Result<serde_json::Value> {
    let config: serde_json::Value = serde_json::from_slice(&fs::read(directory.join("config.json"))?)?;
    Ok(config["model"]["decoder"]["attention"]["scaled"].clone())
}

#[test]
fn a_run_that_an_earlier_version_began_keeps_the_score_general_without_a_scale() -> anyhow::Result<()> {
    let text = format!("{SHORT}\n[model]\nattention = \"general\"");
    for is_earlier in [false, true] {
        let directory = tempdir()?;
        let path = directory.path();
        run_until(&at_chance(8), job(path, &text))?;
        let checkpoint = path.join("training/state.safetensors");
        let forget = |saved: &mut serde_json::Value| {
            let removed = saved.as_object_mut().expect("an object").remove("scaled");
            assert_eq!(removed, Some(true.into()));
        };
        if is_earlier {
            fs::write(&checkpoint, with_metadata(&fs::read(&checkpoint)?, forget)?)?;
        }
        let (outcome, _) = run_until(&|| false, job(path, &text))?;
        assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
        let expected = if is_earlier { serde_json::Value::Null } else { true.into() };
        assert_eq!(scaled(path)?, expected);
    }
    Ok(())
}
