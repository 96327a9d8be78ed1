//! The Python module `glosser`: translations, alignments and scores by a model, and training.
//!
//! `python/glosser/__init__.py` gives the names of this module to users; `python/glosser/_glosser.pyi` has their types.

mod aligned;
mod arguments;
mod attention;
mod error;
mod loaded;
mod scored;
mod threads;
mod training;
mod translation;
mod translator;

use pyo3::prelude::*;

/// Registers the classes and functions.
#[pymodule]
fn _glosser(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<translator::Translator>()?;
    module.add_class::<translation::Translation>()?;
    module.add_class::<attention::Attention>()?;
    module.add_class::<scored::ScoredPair>()?;
    module.add_function(wrap_pyfunction!(training::train, module)?)
}
