//! What the program `glosser` does first, so that what is measured runs as it does there.

/// Keeps as much as the program does.
#[global_allocator]
static ALLOCATOR: glosser_kernels::RecyclingAllocator = glosser_kernels::RecyclingAllocator::keeping(256 << 20);

/// Runs `work` on a thread of the pool: work that comes from outside it is handed over and waited for, at every single
/// operation.
pub fn run<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    glosser_kernels::keep_candle_single_threaded();
    rayon::ThreadPoolBuilder::new().build().expect("a pool").install(work)
}

/// criterion's settings: few samples, since all benchmarks together should take some minutes at most.
pub fn few_samples() -> criterion::Criterion {
    let (warm_up, measured) = (std::time::Duration::from_secs(1), std::time::Duration::from_secs(3));
    criterion::Criterion::default().sample_size(10).warm_up_time(warm_up).measurement_time(measured)
}
