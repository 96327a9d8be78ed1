//! The directories of a comparison: each training once, and the reason why another directory is left out.

use super::comparison::LeftOut;
use super::training_run::TrainingRun;
use crate::progress::Bar;
use anyhow::{Result, bail};
use glosser_text::counted;
use std::path::{Path, PathBuf, is_separator};

/// Most plain files that a message names.
const NAMED_FILES: usize = 2;

/// Reads each training once, and says of other directories why they are left out.
///
/// # Errors
/// If a directory does not exist.
pub fn read(directories: &[PathBuf]) -> Result<(Vec<TrainingRun>, Vec<LeftOut>)> {
    let (mut runs, mut left_out, mut files, mut seen) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let bar = Bar::over(directories.len(), "training");
    for path in directories {
        bar.inc(1);
        let directory = shown(path);
        let Ok(place) = path.canonicalize() else {
            bail!(
                "{directory}: there is no such directory, or it cannot be read; --runs takes the directories of \
                 trainings"
            )
        };
        if seen.contains(&place) {
            let reason = format!("{directory}: the same directory is named twice; it counts once");
            left_out.push(LeftOut { directories: vec![directory], reason, remark: "" });
            continue;
        }
        seen.push(place);
        if !path.is_dir() {
            files.push(directory);
            continue;
        }
        match TrainingRun::read(path, directory.clone()) {
            Ok(run) => runs.push(run),
            Err(error) => {
                let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
                let reason = causes.join(": ");
                left_out.push(LeftOut { directories: vec![directory], reason, remark: "; it is left out" });
            }
        }
    }
    left_out.extend(plain_files(files));
    Ok((without_repetitions(runs, &mut left_out), left_out))
}

/// A path as the user named it, without the separator that `runs/*/` leaves at the end.
fn shown(path: &Path) -> String {
    let name = path.display().to_string();
    let trimmed = name.trim_end_matches(is_separator);
    if trimmed.is_empty() { name } else { trimmed.to_owned() }
}

/// All plain files, in one message.
fn plain_files(files: Vec<String>) -> Option<LeftOut> {
    let remedy = "--runs takes the directories of trainings, which `runs/*/` names";
    let (reason, remark) = match files.as_slice() {
        [] => return None,
        [file] => (format!("{file}: this is not a directory; {remedy}"), "; it is left out"),
        several => {
            let first = several[..several.len().min(NAMED_FILES)].join(", ");
            let more = several.len().saturating_sub(NAMED_FILES);
            let more = if more > 0 { format!(" and {}", counted(more, "other")) } else { String::new() };
            (format!("{first}{more}: these are not directories; {remedy}"), "; they are left out")
        }
    };
    Some(LeftOut { directories: files, reason, remark })
}

/// Keeps the first of several runs that are the same training: a copied directory, or a training that was repeated.
fn without_repetitions(runs: Vec<TrainingRun>, left_out: &mut Vec<LeftOut>) -> Vec<TrainingRun> {
    let mut kept: Vec<TrainingRun> = Vec::new();
    for run in runs {
        let Some(first) = kept.iter().find(|first| first.is_same_training(&run)) else {
            kept.push(run);
            continue;
        };
        let reason = format!(
            "{}: the same training as {}, with the same settings, input, seed and results; it counts once",
            run.directory, first.directory
        );
        left_out.push(LeftOut { directories: vec![run.directory], reason, remark: "" });
    }
    kept
}
