//! Settings of the process: candle's threads and the system's allocator.

/// Keeps candle from starting worker threads of its own. Their busy waiting takes processor time from the threads that
/// compute matrix products and kernels: on two cores, beside another job, a small model trained at 3,793 target
/// tokens/s with them and at 5,142 without (`glosser demo --steps 100`).
///
/// Call it first in `main`, before any thread is started and any tensor is made; later it has no effect.
#[expect(unsafe_code, reason = "candle has no other switch than an environment variable")]
pub fn keep_candle_single_threaded() {
    const SWITCH: &str = "CANDLE_NUM_THREADS";
    if std::env::var_os(SWITCH).is_none() {
        // SAFETY: called before any other thread is started, so that no thread reads the environment meanwhile.
        unsafe { std::env::set_var(SWITCH, "1") };
    }
}

/// Makes glibc's allocator keep freed memory: a step of training or search frees blocks of megabytes that the next step
/// allocates again, and memory fresh from the operating system costs a page fault and zeroing for each page. Other
/// allocators are left as they are.
///
/// Call it before other threads are started.
#[cfg_attr(all(target_os = "linux", target_env = "gnu"), expect(unsafe_code, reason = "the allocator's own switch"))]
pub fn keep_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// Blocks below this size are kept; glibc accepts no higher threshold.
        const LARGE: libc::c_int = 32 << 20;
        /// Free bytes at the end of a heap that are kept.
        const KEPT: libc::c_int = 256 << 20;
        // SAFETY: the calls only set values that the allocator protects with its own lock.
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
            libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
        }
    }
}
