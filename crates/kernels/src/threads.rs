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
