//! The statistics of a model, from which word links are read. They are read from their file when they are first used.

use crate::model_files::ModelFiles;
use crate::{LinkExponents, TranslatorError};
use glosser_alignment::statistical::StatisticalAligner;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The statistical aligner of a model, and how much the weights of the model count beside it.
#[derive(Clone)]
pub(crate) struct Statistics {
    exponents: LinkExponents,
    place: Arc<Place>,
}

/// The aligner, and the model directory that it is read from unless it is in memory already.
struct Place {
    directory: PathBuf,
    aligner: OnceLock<StatisticalAligner>,
}

impl Statistics {
    /// Statistics in memory.
    pub fn new(aligner: StatisticalAligner, exponents: LinkExponents) -> Self {
        let place = Place { directory: PathBuf::new(), aligner: OnceLock::from(aligner) };
        Self { exponents, place: Arc::new(place) }
    }

    /// Statistics in a model directory.
    pub fn in_directory(directory: &Path, exponents: LinkExponents) -> Self {
        let place = Place { directory: directory.to_owned(), aligner: OnceLock::new() };
        Self { exponents, place: Arc::new(place) }
    }

    /// How much the weights of the model count.
    pub fn exponents(&self) -> LinkExponents {
        self.exponents
    }

    /// The aligner, which is read now if it was not used before.
    ///
    /// # Errors
    /// If its file is missing or damaged.
    pub fn aligner(&self) -> Result<&StatisticalAligner, TranslatorError> {
        let Place { directory, aligner } = &*self.place;
        if let Some(aligner) = aligner.get() {
            return Ok(aligner);
        }
        // Two threads may both read it, and one of the two results is kept.
        let read = ModelFiles::Directory(directory).parse_statistics()?;
        Ok(aligner.get_or_init(|| read))
    }
}

impl fmt::Debug for Statistics {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.debug_struct("Statistics").field("exponents", &self.exponents).finish_non_exhaustive()
    }
}
