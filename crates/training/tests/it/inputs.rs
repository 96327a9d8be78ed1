//! The pairs and the directory that a run is given.

use crate::support::{TINY, Trained, overrides, reversals, run, run_in};
use glosser_text::{CorpusFiles, Pair};
use glosser_training::{Event, Job};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const FEW: &str = "[training.budget]\nsteps = 3";

/// Returns every file below a directory, with its bytes.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.display().to_string(), fs::read(&path).expect("a file"));
        }
    }
    found
}

impl Trained {
    fn pairs(&self) -> (usize, usize) {
        let prepared = self.events.iter().find_map(|event| match event {
            Event::Prepared { pairs, dev_pairs, .. } => Some((*pairs, *dev_pairs)),
            _ => None,
        });
        prepared.expect("a run is prepared")
    }

    fn notes(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|e| if let Event::Note { text } = e { Some(text.as_str()) } else { None })
            .collect()
    }

    /// Returns the sample sentences of the validations, with their references.
    fn samples(&self) -> Vec<Pair> {
        let samples = self.events.iter().filter_map(|event| match event {
            Event::Validated(validation) => Some(&validation.sample),
            _ => None,
        });
        samples.map(|sample| Pair { source: sample.source.clone(), target: sample.reference.clone() }).collect()
    }
}

#[test]
fn an_existing_model_is_replaced_only_with_overwrite() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let train = |overwrite, seed| {
        let settings = overrides(&[TINY, FEW, &format!("[training]\nseed = {seed}")]);
        run_in(directory.path(), overwrite, reversals(60, 1), None, settings)
    };
    train(false, 1)?;
    let before = files(directory.path());
    let message = format!("{:#}", train(false, 2).expect_err("there is a model"));
    assert!(message.contains("--overwrite"), "{message}");
    assert!(message.contains(&directory.path().display().to_string()), "{message}");
    assert!(files(directory.path()) == before, "a refused run wrote something");
    train(true, 2)?;
    let after = files(directory.path());
    assert!(after.keys().eq(before.keys()) && after != before);
    Ok(())
}

#[test]
fn pairs_held_out_are_not_trained_on_and_the_seed_chooses_them() -> anyhow::Result<()> {
    let all = reversals(60, 1);
    let epochs = "[training.budget]\nepochs = 3";
    let held_out = run(all.clone(), None, overrides(&[TINY, epochs]))?;
    assert_eq!(held_out.pairs(), (57, 3));
    assert!(
        held_out.notes().iter().any(|note| note.contains("3 pairs of the corpus are held out")),
        "{:?}",
        held_out.notes()
    );
    // The samples of three validations are all three pairs, in this order.
    let [first, second, third] = &held_out.samples()[..] else { panic!("a sample a validation") };
    let dev = vec![first.clone(), second.clone(), third.clone()];
    let rest: Vec<Pair> = all.iter().filter(|pair| !dev.contains(pair)).cloned().collect();
    assert_eq!(rest.len(), 57);

    // With the same split made by hand the weights are the same, so only the other pairs were trained on.
    let by_hand = run(rest.clone(), Some(dev.clone()), overrides(&[TINY, epochs]))?;
    assert_eq!((by_hand.pairs(), by_hand.samples()), ((57, 3), dev.clone()));
    assert!(by_hand.weights() == held_out.weights());
    let with_one_more = run([rest, vec![first.clone()]].concat(), Some(dev.clone()), overrides(&[TINY, epochs]))?;
    assert!(with_one_more.weights() != held_out.weights());

    assert_eq!(run(all.clone(), None, overrides(&[TINY, epochs]))?.samples(), dev);
    let other = run(all, None, overrides(&[TINY, epochs, "[training]\nseed = 2"]))?;
    assert_ne!(other.samples(), dev);
    Ok(())
}

#[test]
fn a_corpus_of_one_pair_is_an_error_unless_there_is_another_to_validate_on() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let place = directory.path().join("model");
    let failed = run_in(&place, false, reversals(1, 1), None, overrides(&[TINY, FEW]));
    let message = format!("{:#}", failed.expect_err("one pair"));
    assert!(message.contains("pairs.tsv") && message.contains("one pair") && message.contains("--dev"), "{message}");
    assert!(!place.exists(), "an error found before training wrote something");
    run_in(&place, false, reversals(1, 1), Some(reversals(1, 2)), overrides(&[TINY, FEW]))?;
    assert_eq!(run(reversals(2, 1), None, overrides(&[TINY, FEW]))?.pairs(), (1, 1));
    Ok(())
}

#[test]
fn pairs_that_are_blank_or_too_long_are_left_out_and_counted() -> anyhow::Result<()> {
    let pair = |source: &str, target: &str| Pair { source: source.to_owned(), target: target.to_owned() };
    let mut pairs = reversals(60, 1);
    pairs.extend([pair(&"ka lo ".repeat(30), "ka"), pair("ka", &"ka lo ".repeat(30)), pair(" ", "ka")]);
    let short = "[training]\nlongest = 30";
    let trained = run(pairs, Some(reversals(5, 2)), overrides(&[TINY, FEW, short]))?;
    assert_eq!(trained.pairs(), (60, 5));
    let notes = trained.notes();
    assert!(notes.iter().any(|note| note.starts_with("1 pair of 63 ") && note.contains("blank")), "{notes:?}");
    assert!(
        notes.iter().any(|note| note.starts_with("2 pairs left out: more than 30 tokens in source or target")),
        "{notes:?}"
    );

    let failed =
        run(vec![pair("ka lo mi", "ka"); 3], Some(reversals(5, 2)), overrides(&[TINY, FEW, "[training]\nlongest = 2"]));
    let message = format!("{:#}", failed.err().expect("nothing is left"));
    assert!(message.contains("no pair is short enough") && message.contains("training.longest"), "{message}");
    Ok(())
}

#[test]
fn a_corpus_in_files_trains_the_same_weights_as_in_memory_every_time() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let pairs = reversals(120, 1);
    let text: String = pairs.iter().map(|pair| format!("{}\t{}\n", pair.source, pair.target)).collect();
    let path = folder.path().join("pairs.tsv");
    fs::write(&path, text)?;
    let train = |name: &str| -> anyhow::Result<Vec<u8>> {
        let directory = folder.path().join(name);
        let corpus = CorpusFiles::one(&path);
        let job = Job { overrides: overrides(&[TINY, FEW]), ..Job::new(corpus, &directory) };
        glosser_training::train(job, &mut |_: &Event| {})?;
        let training = directory.join("training");
        let expected = ["last.safetensors", "log.jsonl", "state.safetensors"];
        let expected: Vec<String> = expected.iter().map(|name| training.join(name).display().to_string()).collect();
        assert!(files(&training).keys().eq(&expected), "there are no ids: {:?}", files(&training).keys());
        Ok(fs::read(directory.join("model.safetensors"))?)
    };
    let first = train("first")?;
    assert!(first == train("second")?);
    assert!(first == run(pairs, None, overrides(&[TINY, FEW]))?.weights());
    Ok(())
}

#[test]
fn a_run_without_training_pairs_leaves_no_directory() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let place = folder.path().join("model");
    let long = Pair { source: "ka lo ".repeat(30), target: "ka".to_owned() };
    let settings = || overrides(&[TINY, FEW, "[training]\nlongest = 20"]);
    let failed = run_in(&place, false, vec![long.clone(); 5], Some(reversals(5, 2)), settings());
    let message = format!("{:#}", failed.map(|(summary, _)| summary).expect_err("nothing is left"));
    assert!(message.contains("no pair is short enough to train on"), "{message}");
    assert!(!place.exists());

    // An existing directory stays, and so does the log of an earlier training.
    fs::create_dir_all(place.join("training"))?;
    fs::write(place.join("training/log.jsonl"), "precious")?;
    assert!(run_in(&place, false, vec![long; 5], Some(reversals(5, 2)), settings()).is_err());
    assert_eq!(fs::read(place.join("training/log.jsonl"))?, b"precious");
    Ok(())
}
