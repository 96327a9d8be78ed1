//! The threads that compute, apart from those of Python.

use crate::error::GlosserError;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// A pool of threads of the process that made it.
pub struct Threads {
    pool: ThreadPool,
    process: u32,
}

impl Threads {
    /// Starts a number of threads; one for each processor, if none is given.
    pub fn start(threads: Option<usize>) -> PyResult<Self> {
        if threads == Some(0) {
            return Err(PyValueError::new_err("threads is 0; give 1 or more, or None for one thread per processor"));
        }
        let pool = ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build();
        let pool =
            pool.map_err(|cause| GlosserError::new_err(format!("cannot start threads: {cause}; try threads=1")))?;
        Ok(Self { pool, process: std::process::id() })
    }

    /// Runs `work` on these threads, while other Python threads run.
    ///
    /// # Errors
    /// In a forked process: the threads were not copied, and the work would never end.
    pub fn run<T: Send>(&self, py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
        if std::process::id() != self.process {
            return Err(GlosserError::new_err(
                "this Translator was made before the process was forked, and its threads were not copied; make one in \
                 the new process, or start processes with multiprocessing.get_context(\"spawn\")",
            ));
        }
        Ok(py.detach(|| self.pool.install(work)))
    }

    /// The pool, for work that another thread waits for.
    pub fn pool(&self) -> &ThreadPool {
        &self.pool
    }
}
