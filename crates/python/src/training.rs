//! Training, with its events given to a Python function.

use crate::arguments::{is_path, pairs, to_python};
use crate::error::raised;
use crate::threads::Threads;
use glosser_text::{AnyCorpus, Corpus, CorpusFiles, Pair};
use glosser_training::{Budget, Event, Job, Observer, Outcome, Overrides, Summary};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyTuple};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// Time between two looks at signals.
const SIGNALS_EVERY: Duration = Duration::from_millis(100);

/// Train a model, as `glosser train` does, and return a summary of the training.
///
/// pairs: the path of a TSV, CSV or TMX file; a tuple of the paths of a source and a target file with the same number
///     of lines; or an iterable of pairs (source, target).
/// model: the directory of the new model.
/// dev: validation pairs, given like pairs; None holds out a part of the pairs.
/// from_model: the directory of a model whose training continues on these pairs.
/// config: settings as a dict, or the path of a TOML file; `glosser train --print-config` prints all of them.
/// epochs, steps, minutes: the length of the training; at most one of them. None: by the size of the corpus.
/// seed: the seed of all random numbers; None for the one of the settings.
/// overwrite: whether a model in the directory is replaced.
/// save_every: the most seconds between two checkpoints.
/// threads: the number of threads that compute; None for one per processor.
/// on_event: a function that is called with each event, a dict as in the log of the training; nothing is printed.
///
/// An exception in on_event and Ctrl-C stop the training after the current step, with its checkpoint saved; the same
/// call continues from there. (While the pairs are prepared, the training cannot be stopped.)
#[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
#[pyfunction]
#[pyo3(signature = (
    pairs, model, *, dev=None, from_model=None, config=None, epochs=None, steps=None, minutes=None, seed=None,
    overwrite=false, save_every=120.0, threads=None, on_event=None
))]
pub fn train<'py>(
    py: Python<'py>,
    pairs: &Bound<'py, PyAny>,
    model: PathBuf,
    dev: Option<&Bound<'py, PyAny>>,
    from_model: Option<PathBuf>,
    config: Option<&Bound<'py, PyAny>>,
    epochs: Option<usize>,
    steps: Option<usize>,
    minutes: Option<f64>,
    seed: Option<u64>,
    overwrite: bool,
    save_every: f64,
    threads: Option<usize>,
    on_event: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let budget = budget(epochs, steps, minutes)?;
    let file = config.map(settings).transpose()?.unwrap_or_default();
    let job = Job {
        dev: dev.map(|dev| corpus(dev, "dev")).transpose()?,
        from: from_model,
        overwrite,
        save_every: Duration::try_from_secs_f64(save_every)
            .map_err(|_| PyValueError::new_err(format!("save_every is {save_every}; give a number of seconds")))?,
        overrides: Overrides { file, budget, seed, ..Overrides::default() },
        ..Job::new(corpus(pairs, "pairs")?, model)
    };
    let summary = run(py, job, &Threads::start(threads)?, on_event)?;
    to_python(py, &summary)
}

/// The length of the training, if one was given.
fn budget(epochs: Option<usize>, steps: Option<usize>, minutes: Option<f64>) -> PyResult<Option<Budget>> {
    let given = [epochs.map(Budget::Epochs), steps.map(Budget::Steps), minutes.map(Budget::Minutes)];
    let mut given = given.into_iter().flatten();
    let budget = given.next();
    if given.next().is_some() {
        return Err(PyValueError::new_err("give one of epochs, steps and minutes"));
    }
    let is_wrong = match budget {
        Some(Budget::Epochs(number) | Budget::Steps(number)) => number == 0,
        Some(Budget::Minutes(minutes)) => !minutes.is_finite() || minutes <= 0.0,
        Some(Budget::Schedule(_)) | None => false,
    };
    if is_wrong { Err(PyValueError::new_err("epochs, steps and minutes must be above 0")) } else { Ok(budget) }
}

/// Reads a corpus: one file, two files, or pairs in memory.
fn corpus(given: &Bound<'_, PyAny>, name: &str) -> PyResult<AnyCorpus> {
    if is_path(given)? {
        return Ok(CorpusFiles::one(given.extract::<PathBuf>()?).into());
    }
    if let Ok(files) = given.cast::<PyTuple>()
        && let Ok((source, target)) = files.extract::<(PathBuf, PathBuf)>()
    {
        return Ok(CorpusFiles::Two { source, target }.into());
    }
    let pairs = pairs(given)?.into_iter().map(|(source, target)| Pair { source, target }).collect();
    Ok(Corpus { name: name.to_owned(), pairs, lines: Vec::new(), notes: Vec::new() }.into())
}

/// Reads settings from a dict or a TOML file.
fn settings(given: &Bound<'_, PyAny>) -> PyResult<toml::Table> {
    let wrong = |problem: String| PyValueError::new_err(format!("config: {problem}"));
    if given.is_instance_of::<PyMapping>() {
        let json: String = given.py().import("json")?.call_method1("dumps", (given,))?.extract()?;
        return serde_json::from_str(&json).map_err(|cause| wrong(cause.to_string()));
    }
    if !is_path(given)? {
        let found = given.get_type().name()?;
        return Err(PyTypeError::new_err(format!("config is {found}; give a dict or the path of a TOML file")));
    }
    let text: String = given
        .py()
        .import("pathlib")?
        .call_method1("Path", (given,))?
        .call_method1("read_text", ("utf-8",))?
        .extract()?;
    text.parse().map_err(|cause: toml::de::Error| wrong(cause.to_string()))
}

/// Sends events to the thread that called `train`, and stops when that thread wants to.
struct Reporter<'a> {
    events: Sender<Event>,
    is_to_stop: &'a AtomicBool,
}

impl Observer for Reporter<'_> {
    fn event(&mut self, event: &Event) {
        // The other end is gone if the caller has failed; then the training stops after this step.
        let _ = self.events.send(event.clone());
    }

    fn should_stop(&self) -> bool {
        self.is_to_stop.load(Ordering::Relaxed)
    }
}

/// Trains on another thread: Python handles signals on the main thread only, which may be this one.
fn run(py: Python<'_>, job: Job, threads: &Threads, on_event: Option<&Bound<'_, PyAny>>) -> PyResult<Summary> {
    let is_to_stop = AtomicBool::new(false);
    let (sender, receiver) = channel();
    let (outcome, failure) = thread::scope(|scope| {
        let is_to_stop = &is_to_stop;
        let work = move || glosser_training::train(job, &mut Reporter { events: sender, is_to_stop }).map_err(Box::new);
        let training = scope.spawn(|| threads.pool().install(work));
        let failure = report(py, receiver, on_event, is_to_stop);
        (py.detach(|| training.join()), failure)
    });
    let outcome = outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    if let Some(failure) = failure {
        return Err(failure);
    }
    match outcome.map_err(|error| raised(*error))? {
        Outcome::Finished(summary) | Outcome::AlreadyFinished(summary) => Ok(summary),
        Outcome::Interrupted { .. } => unreachable!("only a failure stops a training"),
    }
}

/// Gives events to the Python function until the training ends, and returns the first exception of the function or of a
/// signal; the training then stops.
fn report(
    py: Python<'_>,
    mut events: Receiver<Event>,
    on_event: Option<&Bound<'_, PyAny>>,
    is_to_stop: &AtomicBool,
) -> Option<PyErr> {
    let mut failure = None;
    loop {
        let events = &mut events;
        let event = match py.detach(move || events.recv_timeout(SIGNALS_EVERY)) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return failure,
        };
        let called = match (on_event, event) {
            (Some(function), Some(event)) if failure.is_none() => {
                to_python(py, &event).and_then(|event| function.call1((event,))).map(drop)
            }
            _ => Ok(()),
        };
        // A second Ctrl-C changes nothing: the checkpoint is being saved.
        if let Err(error) = called.and_then(|()| py.check_signals()) {
            is_to_stop.store(true, Ordering::Relaxed);
            failure.get_or_insert(error);
        }
    }
}
