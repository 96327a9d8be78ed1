/// Keeps candle from starting worker threads of its own. They wait by spinning, and so take the processor from the
/// threads that compute matrix products and our kernels: on two cores, beside another job, a small model trained at
/// 3,793 target tokens/s with them and at 5,142 without (`glosser demo --steps 100`).
///
/// To be called first thing in `main`, before any thread is started and any tensor is made; later it has no effect.
#[expect(unsafe_code, reason = "the only switch that candle has is a variable of the environment")]
pub fn keep_candle_single_threaded() {
    const SWITCH: &str = "CANDLE_NUM_THREADS";
    if std::env::var_os(SWITCH).is_none() {
        // SAFETY: called before any other thread is started, so that none reads the environment meanwhile.
        unsafe { std::env::set_var(SWITCH, "1") };
    }
}

/// Makes the system's allocator give large blocks back: from the first that it gets back itself, glibc learns to hold on
/// to all of their size, which leaves gaps. Translating 1,000 sentences peaked at 131 MB so, and at 149 to 165 MB without.
/// A program that trains is better off with what is held.
#[expect(unsafe_code, reason = "the allocator's own switch")]
pub fn return_large_blocks() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        const LARGE: libc::c_int = 1 << 20;
        // SAFETY: the call only sets a number that the allocator guards itself.
        unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE) };
    }
}
