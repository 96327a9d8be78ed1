//! Batches side by side, each on a thread of its own.

use candle_core::{Error, Result};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// As many workers as there are threads, each a pool of one thread, so that what it computes is not shared out again.
///
/// A step of a search is short and has parts that one thread does alone; with a batch for every thread nobody waits for
/// these. Few batches are better computed one after the other, by all threads.
#[derive(Debug, Default)]
pub(crate) struct Workers {
    pools: OnceLock<Vec<ThreadPool>>,
}

/// With fewer batches for each thread, some would have nothing to do while others finish.
const BATCHES_EACH: usize = 2;

impl Workers {
    /// `work` of every number below `count`, in their order.
    ///
    /// # Errors
    /// The first of `work`, or if threads cannot be started.
    pub fn each<T: Send>(&self, count: usize, work: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
        let threads = rayon::current_num_threads();
        if threads == 1 || count < BATCHES_EACH * threads {
            return (0..count).map(work).collect();
        }
        let next = AtomicUsize::new(0);
        let some = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok(done);
                }
                match work(number) {
                    Ok(result) => done.push((number, result)),
                    Err(error) => {
                        // What the others have begun they end, but nobody begins anything more.
                        next.store(count, Ordering::Relaxed);
                        return Err(error);
                    }
                }
            }
        };
        let pools = self.pools(threads)?;
        let all = thread::scope(|scope| {
            let workers: Vec<_> = pools.iter().map(|pool| scope.spawn(|| pool.install(some))).collect();
            workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect::<Result<Vec<_>>>()
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
    fn results_are_in_order_whoever_computed_them_and_an_error_is_told() {
        let workers = Workers::default();
        for count in [0, 1, 100] {
            let squares = workers.each(count, |number| Ok((number * number, rayon::current_num_threads())));
            let squares = squares.expect("no error");
            assert!(squares.iter().enumerate().all(|(number, (square, _))| *square == number * number));
            let side_by_side = count >= BATCHES_EACH * rayon::current_num_threads();
            assert!(!side_by_side || squares.iter().all(|(_, threads)| *threads == 1), "work is not shared out again");
        }
        let fail = |number| if number == 70 { candle_core::bail!("seventy") } else { Ok(()) };
        assert!(workers.each(100, fail).expect_err("a failure").to_string().contains("seventy"));
    }
}
