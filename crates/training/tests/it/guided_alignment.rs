//! Guided alignment: aligner and attention that are trained on links.

use crate::support::{TINY, job_in, overrides, reversals, run, run_until};
use anyhow::Result;
use glosser_alignment::statistical::StatisticalAligner;
use glosser_text::Pair;
use glosser_training::{GivenLinks, Job, LinkSource, Outcome, Overrides};
use glosser_translator::{LinkExponents, LinkReading, ModelDirectory, Scorer, Weighting};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn guided(steps: usize, links: LinkSource) -> Overrides {
    let settings =
        format!("[training]\nbudget = {{ steps = {steps} }}\nguided_alignment = {{ attention_weight = 3.0 }}");
    Overrides {
        guided_alignment: Some(links),
        ..overrides(&[TINY, "[training]\nlearning_rate = 0.02\ndropout = 0.0", &settings])
    }
}

fn job(directory: &Path, steps: usize, links: LinkSource, file: Option<PathBuf>) -> Job {
    Job {
        links: file.map(GivenLinks::InFile),
        ..job_in(directory, false, reversals(400, 1), Some(reversals(20, 2)), guided(steps, links))
    }
}

/// Writes links of each word with the word at the same position, which is not what the corpus teaches.
fn diagonal(folder: &TempDir, pairs: &[Pair]) -> Result<PathBuf> {
    let path = folder.path().join("links");
    let links = |pair: &Pair| (0..pair.source.split(' ').count()).map(|at| format!("{at}-{at} ")).collect::<String>();
    fs::write(&path, pairs.iter().map(|pair| links(pair) + "\n").collect::<String>())?;
    Ok(path)
}

/// Returns the mean weight of a target word on the source word `linked(target, source words)`.
fn mean_weight(model: &Path, weighting: Weighting, linked: fn(usize, usize) -> usize) -> Result<f32> {
    let pairs: Vec<(String, String)> = reversals(40, 3).into_iter().map(|pair| (pair.source, pair.target)).collect();
    let mut weights = Vec::new();
    for forced in Scorer::load(model)?.score(&pairs, 8, weighting)? {
        let view = forced.words();
        for (target, row) in view.attention.matrix().rows().enumerate() {
            weights.push(row[linked(target, row.len())]);
        }
    }
    Ok(weights.iter().sum::<f32>() / weights.len() as f32)
}

fn train(job: Job) -> Result<()> {
    let (outcome, _) = run_until(&|| false, job)?;
    assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
    Ok(())
}

#[test]
fn attention_and_aligner_learn_given_links() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let links = diagonal(&folder, &reversals(400, 1))?;
    let (led, free) = (folder.path().join("led"), folder.path().join("free"));
    train(job(&led, 200, LinkSource::File, Some(links)))?;
    train(job(&free, 200, LinkSource::None, None))?;
    let same_place = |model: &Path, weighting| mean_weight(model, weighting, |target, _| target);
    let (attention, unled) = (same_place(&led, Weighting::Attention)?, same_place(&free, Weighting::Attention)?);
    assert!(attention > 0.4 && unled < 0.2, "{attention} of the weight is where the links lead, {unled} without them");
    let aligner = same_place(&led, Weighting::Aligner)?;
    assert!(aligner > 0.3, "{aligner} of the aligner's weight is where the links lead");
    Ok(())
}

#[test]
fn links_of_the_statistical_aligner_are_learnt_also_after_an_interruption() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (led, again) = (folder.path().join("led"), folder.path().join("again"));
    train(job(&led, 120, LinkSource::Statistical, None))?;
    let from_the_end = mean_weight(&led, Weighting::Aligner, |target, len| len - 1 - target)?;
    assert!(from_the_end > 0.8, "{from_the_end} of the weight is on the word that is copied");

    // Interrupted half way, with the links learnt again: the same weights to the last byte.
    let chances = std::cell::Cell::new(0);
    let stop = || chances.replace(chances.get() + 1) == 60;
    let (outcome, _) = run_until(&stop, job(&again, 120, LinkSource::Statistical, None))?;
    assert!(matches!(outcome, Outcome::Interrupted { .. }), "{outcome:?}");
    train(job(&again, 120, LinkSource::Statistical, None))?;
    for name in ["model.safetensors", "statistics.bin", "config.json"] {
        assert!(fs::read(led.join(name))? == fs::read(again.join(name))?, "{name}");
    }
    Ok(())
}

#[test]
fn what_the_statistical_aligner_learnt_is_in_the_model_and_its_links_are_read_with_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let model = folder.path().join("model");
    train(job(&model, 5, LinkSource::Statistical, None))?;
    let (scorer, pairs) = (Scorer::load(&model)?, reversals(40, 3));
    assert_eq!(scorer.default_reading(), LinkReading::Joint);
    let pairs: Vec<(String, String)> = pairs.into_iter().map(|pair| (pair.source, pair.target)).collect();
    let (mut right, mut all) = (0, 0);
    for forced in scorer.score(&pairs, 8, LinkReading::Joint.weighting())? {
        let view = scorer.links(&forced, &scorer.tokenizers().words(), LinkReading::Joint)?;
        let links = view.links();
        right += links.iter().filter(|link| view.source[link.source] == view.target[link.target]).count();
        all += view.target.len();
    }
    // Five steps teach the model nothing.
    assert!(right * 10 > all * 9, "{right} of {all} words are linked to the word that is copied");
    Ok(())
}

#[test]
fn exponents_are_fitted_on_twenty_pairs_and_standard_with_fewer() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let exponents = |dev: usize| -> Result<LinkExponents> {
        let model = folder.path().join(dev.to_string());
        let settings = guided(60, LinkSource::Statistical);
        train(job_in(&model, false, reversals(400, 1), Some(reversals(dev, 2)), settings))?;
        Ok(ModelDirectory::new(&model).read_card()?.links.expect("a model with statistics"))
    };
    assert_eq!(exponents(19)?, LinkExponents::STANDARD);
    let fitted = exponents(60)?;
    assert_ne!(fitted.aligner, LinkExponents::STANDARD.aligner);
    assert_eq!(fitted.posterior, LinkExponents::STANDARD.posterior, "the model has an aligner");
    Ok(())
}

#[test]
fn a_training_without_learnt_links_has_no_statistics_and_replaces_those_of_the_model_before() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let links = diagonal(&folder, &reversals(400, 1))?;
    let model = folder.path().join("model");
    for (source, file) in [(LinkSource::None, None), (LinkSource::File, Some(links))] {
        train(Job { overwrite: true, ..job(&model, 5, LinkSource::Statistical, None) })?;
        assert!(model.join("statistics.bin").exists());
        train(Job { overwrite: true, ..job(&model, 5, source, file) })?;
        assert!(!model.join("statistics.bin").exists());
        assert_eq!(ModelDirectory::new(&model).read_card()?.links, None);
        assert_eq!(Scorer::load(&model)?.default_reading(), LinkReading::Weights(Weighting::Aligner));
    }
    Ok(())
}

#[test]
fn held_out_pairs_are_not_in_the_statistics_that_are_tried_on_them() -> Result<()> {
    // Each pair has a word of its own on each side.
    let digits = |number: usize| {
        let letter = |digit: char| char::from(b'a' + digit as u8 - b'0');
        format!("{number:03}").chars().map(letter).collect::<String>()
    };
    let pairs = (0..200).map(|number| Pair {
        source: format!("ka lo {}q", digits(number)),
        target: format!("lo ka {}z", digits(number)),
    });
    let settings = [TINY, "[training.budget]\nsteps = 3"];
    let trained = run(pairs.collect(), None, overrides(&settings))?;
    let statistics = StatisticalAligner::from_bytes(&trained.file("statistics.bin"))?;
    assert_eq!(statistics.known_words(), [2 + 190; 2]);
    Ok(())
}

#[test]
fn links_that_do_not_fit_the_corpus_are_errors_that_name_their_line() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = diagonal(&folder, &reversals(400, 1))?;
    let good = fs::read_to_string(&path)?;
    let lines: Vec<&str> = good.lines().collect();
    let with = |at: usize, line: &str| [&lines[..at], &[line], &lines[at + 1..]].concat().join("\n");
    let cases = [
        (with(6, "0-0 1:1"), "links:7: found `1:1`"),
        (with(9, "0-0 12-1"), "links:10: the link 12-1 is to a word that does not exist"),
        (lines[..399].join("\n"), "links: 399 lines of links, but pairs.tsv has more pairs"),
        (good.clone() + "0-0\n", "links: more lines of links than pairs.tsv has pairs"),
    ];
    for (text, expected) in cases {
        fs::write(&path, text)?;
        let failed = train(job(&folder.path().join("model"), 5, LinkSource::File, Some(path.clone())));
        let message = format!("{:#}", failed.expect_err(expected));
        assert!(message.contains(expected), "{message}");
    }
    let failed = train(job(&folder.path().join("model"), 5, LinkSource::File, None));
    let message = format!("{:#}", failed.expect_err("no file"));
    assert!(message.contains("--guided-alignment"), "{message}");
    Ok(())
}

#[test]
fn a_checkpoint_is_not_continued_with_other_links() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = diagonal(&folder, &reversals(400, 1))?;
    let model = folder.path().join("model");
    run_until(&|| true, job(&model, 5, LinkSource::File, Some(path.clone())))?;
    fs::write(&path, fs::read_to_string(&path)?.replacen("0-0", "0-1", 1))?;
    let failed = train(job(&model, 5, LinkSource::File, Some(path)));
    let message = format!("{:#}", failed.expect_err("others"));
    assert!(message.contains("the links of guided alignment differ"), "{message}");
    Ok(())
}
