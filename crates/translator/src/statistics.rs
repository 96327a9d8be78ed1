//! The statistics of a model, from which word links are read. They are parsed when they are first used.

use crate::{LinkExponents, TranslatorError};
use glosser_alignment::statistical::{StatisticalAligner, StatisticsError};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// The statistical aligner of a model, and how much the weights of the model count beside it.
#[derive(Clone)]
pub(crate) struct Statistics {
    exponents: LinkExponents,
    place: Arc<Place>,
}

/// The aligner, and what it is parsed from.
struct Place {
    /// The file, for messages.
    file: PathBuf,
    /// Its content; empty for statistics that were never a file.
    bytes: Vec<u8>,
    aligner: OnceLock<StatisticalAligner>,
}

impl Statistics {
    /// Statistics that were never a file.
    pub fn new(aligner: StatisticalAligner, exponents: LinkExponents) -> Self {
        let place = Place { file: PathBuf::new(), bytes: Vec::new(), aligner: OnceLock::from(aligner) };
        Self { exponents, place: Arc::new(place) }
    }

    /// Statistics with the content of their file.
    pub fn of_bytes(bytes: Vec<u8>, file: PathBuf, exponents: LinkExponents) -> Self {
        Self { exponents, place: Arc::new(Place { file, bytes, aligner: OnceLock::new() }) }
    }

    /// How much the weights of the model count.
    pub fn exponents(&self) -> LinkExponents {
        self.exponents
    }

    /// The aligner, which is parsed now if it was not used before: translating alone does not wait for it.
    ///
    /// # Errors
    /// If its file is damaged.
    pub fn aligner(&self) -> Result<&StatisticalAligner, TranslatorError> {
        let Place { file, bytes, aligner } = &*self.place;
        if let Some(aligner) = aligner.get() {
            return Ok(aligner);
        }
        let damaged =
            |cause: StatisticsError| TranslatorError::Damaged { file: file.clone(), problem: cause.to_string() };
        // Two threads may both parse it, and one of the two results is kept.
        let parsed = StatisticalAligner::from_bytes(bytes).map_err(damaged)?;
        Ok(aligner.get_or_init(|| parsed))
    }
}

impl fmt::Debug for Statistics {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.debug_struct("Statistics").field("exponents", &self.exponents).finish_non_exhaustive()
    }
}
