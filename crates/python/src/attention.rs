//! The weights of a translation, for numpy and for plain Python.

use glosser_alignment::WordAttention;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyIterator, PyList};
use std::sync::Arc;

/// Weights between words: a row for each target word, a column for each source word, and a last column for the end of
/// the source.
///
/// The values of a row have the sum 1. `numpy.asarray(attention)` returns them as an array of 32-bit floats; numpy is
/// not needed for anything else.
#[pyclass(frozen, module = "glosser")]
pub struct Attention {
    attention: Arc<WordAttention>,
}

impl Attention {
    /// Wraps the weights `[target words][source words]` and the weight of each target word on the end of the source.
    pub fn new(attention: Arc<WordAttention>) -> Self {
        Self { attention }
    }

    /// The weights of a row, `[source words + 1]`, the end of the source last.
    fn row(&self, target: usize) -> Vec<f32> {
        let end = self.attention.eos_mass()[target];
        self.attention.matrix().row(target).iter().copied().chain([end]).collect()
    }

    /// The rows of the weights, `[target words, source words + 1]`.
    fn rows(&self) -> impl Iterator<Item = Vec<f32>> {
        (0..self.attention.matrix().target_len()).map(|target| self.row(target))
    }
}

#[pymethods]
impl Attention {
    /// The number of target words, and the number of source words plus one. (0, 1) if there are no weights.
    #[getter]
    fn shape(&self) -> (usize, usize) {
        (self.attention.matrix().target_len(), self.attention.matrix().source_len() + 1)
    }

    /// Return the weights as a list of rows.
    ///
    /// Its shape is `[target words, source words + 1]`.
    fn tolist(&self) -> Vec<Vec<f32>> {
        self.rows().collect()
    }

    /// Return the weights as little-endian 32-bit floats, row after row.
    fn tobytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes: Vec<u8> = self.rows().flatten().flat_map(f32::to_le_bytes).collect();
        PyBytes::new(py, &bytes)
    }

    /// The weights for numpy.
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let interface = PyDict::new(py);
        interface.set_item("version", 3)?;
        interface.set_item("shape", self.shape())?;
        interface.set_item("typestr", "<f4")?;
        interface.set_item("data", self.tobytes(py))?;
        Ok(interface)
    }

    fn __len__(&self) -> usize {
        self.attention.matrix().target_len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        PyList::new(py, self.tolist())?.try_iter()
    }

    /// Return the weights of a target word, `[source words + 1]`.
    fn __getitem__(&self, index: isize) -> PyResult<Vec<f32>> {
        let rows = self.__len__();
        let target = if index < 0 { rows.checked_add_signed(index) } else { usize::try_from(index).ok() };
        let target = target.filter(|target| *target < rows);
        target.map(|target| self.row(target)).ok_or_else(|| {
            PyIndexError::new_err(format!("there is no row {index}; the translation has {rows} words with weights"))
        })
    }

    fn __repr__(&self) -> String {
        let (rows, columns) = self.shape();
        format!("Attention(shape=({rows}, {columns}))")
    }
}
