//! The steps of a prepared training, one by one.

use crate::support::{TINY, job_in, overrides, reversals, run};
use glosser_text::EOS;
use glosser_training::{Event, PreparedTraining};
use tempfile::tempdir;

const STEPS: &str = "
    [model]
    ensemble = 2
    [training]
    sampled_vocabulary = 200
    [training.budget]
    steps = 5
";

#[test]
fn its_steps_are_those_of_a_training_and_its_record_has_their_inputs() -> anyhow::Result<()> {
    let overrides = || overrides(&[TINY, STEPS]);
    let trained = run(reversals(100, 1), None, overrides())?;
    let directory = tempdir()?;
    let job = job_in(directory.path(), false, reversals(100, 1), None, overrides());
    let mut prepared = PreparedTraining::new(job, 5, &mut |_: &Event| {})?;
    assert!(prepared.weights()? != trained.file("training/last.safetensors"));
    let mut steps = 0;
    while let Some(inputs) = prepared.draw()? {
        let batch = prepared.record(&inputs)?;
        assert!(batch.source.len() > 1 && batch.links.len() == batch.source.len());
        for (ids, words) in batch.source.iter().zip(&batch.source_words) {
            assert!(ids.last() == Some(&EOS) && ids.len() == words.len());
        }
        assert_eq!(batch.gold.len(), batch.target.iter().map(Vec::len).sum::<usize>());
        assert!(batch.gold.iter().all(|gold| batch.sample.iter().any(|(id, _)| id == gold)));
        assert!(batch.links.iter().flatten().any(|links| !links.is_empty()));
        prepared.differentiate(inputs)?;
        prepared.update()?;
        steps += 1;
    }
    assert_eq!(steps, 5);
    assert!(prepared.weights()? == trained.file("training/last.safetensors"), "other weights than by `train`");
    Ok(())
}
