//! The setup of the program `glosser`, so that benchmarks run under its conditions.

/// Runs `work` on a thread of the pool. From a thread outside the pool, every single operation would wait for the pool.
pub fn run<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    glosser_kernels::keep_candle_single_threaded();
    glosser_kernels::keep_freed_memory();
    rayon::ThreadPoolBuilder::new().build().expect("a pool").install(work)
}

/// Returns criterion's settings: few samples, so that all benchmarks together take a few minutes.
pub fn few_samples() -> criterion::Criterion {
    let (warm_up, measured) = (std::time::Duration::from_secs(1), std::time::Duration::from_secs(3));
    criterion::Criterion::default().sample_size(10).warm_up_time(warm_up).measurement_time(measured)
}
