//! Runs batches in parallel, each on one thread.

use candle_core::{Error, Result};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// One worker per thread, each a pool of one thread, so that its work is not divided further.
///
/// A step of a search is short and partly serial. With one batch per thread no thread waits for these serial parts;
/// when there are few batches, all threads compute one batch after the other.
#[derive(Debug, Default)]
pub(crate) struct Workers {
    pools: OnceLock<Vec<ThreadPool>>,
}

/// With fewer batches per thread, some threads would be idle while others finish.
const MIN_BATCHES_PER_THREAD: usize = 2;

impl Workers {
    /// The results of `work` for 0 to `count` - 1, in this order.
    ///
    /// # Errors
    /// The first error of `work`, or if threads cannot be started.
    pub fn each<T: Send>(&self, count: usize, work: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
        let threads = rayon::current_num_threads();
        if threads == 1 || count < MIN_BATCHES_PER_THREAD * threads {
            return (0..count).map(work).collect();
        }
        let next = AtomicUsize::new(0);
        let share = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok(done);
                }
                // After an error the other workers finish their batch and begin no new one.
                let result = work(number).inspect_err(|_| next.store(count, Ordering::Relaxed))?;
                done.push((number, result));
            }
        };
        let pools = self.pools(threads)?;
        let all = thread::scope(|scope| {
            let workers: Vec<_> = pools.iter().map(|pool| scope.spawn(|| pool.install(share))).collect();
            let results = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
            results.collect::<Result<Vec<_>>>()
        })?;
        let mut all: Vec<(usize, T)> = all.into_iter().flatten().collect();
        all.sort_by_key(|(number, _)| *number);
        Ok(all.into_iter().map(|(_, result)| result).collect())
    }

    fn pools(&self, threads: usize) -> Result<&[ThreadPool]> {
        if let Some(pools) = self.pools.get() {
            return Ok(pools);
        }
        let pools = (0..threads).map(|_| ThreadPoolBuilder::new().num_threads(1).build().map_err(Error::wrap));
        let pools = pools.collect::<Result<_>>()?;
        Ok(self.pools.get_or_init(|| pools))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_and_an_error_is_returned() {
        let workers = Workers::default();
        for count in [0, 1, 100] {
            let squares = workers.each(count, |number| Ok((number * number, rayon::current_num_threads())));
            let squares = squares.expect("no error");
            assert!(squares.iter().enumerate().all(|(number, (square, _))| *square == number * number));
            let side_by_side = count >= MIN_BATCHES_PER_THREAD * rayon::current_num_threads();
            assert!(
                !side_by_side || squares.iter().all(|(_, threads)| *threads == 1),
                "the work of a batch is not divided further"
            );
        }
        let fail = |number| if number == 70 { candle_core::bail!("seventy") } else { Ok(()) };
        assert!(workers.each(100, fail).expect_err("a failure").to_string().contains("seventy"));
    }
}
