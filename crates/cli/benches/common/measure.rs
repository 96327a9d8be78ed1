//! Measurements: the machine's matrix-product rate, medians, peak memory.

use glosser_kernels::{Matrix, matmul};
use std::time::Instant;

/// Returns the FLOP/s of a large `f32` matrix product, 1024 x 512 x 4000, on all threads: the reference for shares.
/// Median of five runs.
pub fn sgemm_rate() -> f64 {
    const REPEATS: usize = 8;
    let (m, k, n) = (1024, 512, 4000);
    let values = |count: usize| (0..count).map(|i| (i * 7919 % 1013) as f32 / 506.5 - 1.0).collect::<Vec<_>>();
    let (a, b, mut out) = (values(m * k), values(k * n), vec![0.0; m * n]);
    let mut run = || (0..REPEATS).for_each(|_| matmul(&mut out, Matrix::new(&a, m, k), Matrix::new(&b, k, n), false));
    run();
    let seconds = median((0..5).map(|_| {
        let started = Instant::now();
        run();
        started.elapsed().as_secs_f64()
    }));
    2.0 * (m * k * n * REPEATS) as f64 / seconds
}

/// Returns the median.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// Returns the peak memory of this process in MB; `None` where the system does not report it.
pub fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}
