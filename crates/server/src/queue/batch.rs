//! A batch: lines of several requests, chosen in turn and translated together.

use super::job::{Job, Work};
use super::{Engine, QueueError, Search};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The number of bytes of a batch. At about a thousand bytes per second and thread, a batch takes seconds at most.
const BATCH_BYTES: usize = 8 << 10;

/// The number of lines of a batch.
const BATCH_LINES: usize = 128;

/// The number of lines of one request in a round, if others wait.
const TURN: usize = 16;

/// Jobs with the number of lines to translate of each. A single computation is alone.
pub struct Batch<L>(Vec<(Job<L>, usize)>);

/// The rest of a batch.
pub struct Room {
    /// Number of bytes.
    pub bytes: usize,
    /// Number of lines.
    pub lines: usize,
}

impl Room {
    /// Whether a further line can be taken.
    pub fn is_left(&self) -> bool {
        self.bytes > 0 && self.lines > 0
    }
}

/// What is left of a job after a batch.
pub enum Rest<L> {
    /// Lines for further batches.
    Job(Job<L>),
    /// The cost of lines that will never be translated, because the job failed.
    Failed(usize),
}

/// Whether jobs fill a batch.
pub fn fill_batch<L>(jobs: &VecDeque<Job<L>>) -> bool {
    jobs.len() >= BATCH_LINES || jobs.iter().map(|job| job.cost(TURN)).sum::<usize>() >= BATCH_BYTES
}

impl<L> Batch<L> {
    /// Takes the first job, and all which fit to it: [`TURN`] lines of each, and then more of each as long as there is
    /// room.
    pub fn take(jobs: &mut VecDeque<Job<L>>) -> Self {
        let Some(first) = jobs.pop_front() else { return Self(Vec::new()) };
        let Some(search) = first.search() else { return Self(vec![(first, 1)]) };
        let mut room = Room { bytes: BATCH_BYTES, lines: BATCH_LINES };
        let count = first.fill(0, TURN, &mut room);
        let mut batch = vec![(first, count)];
        let mut at = 0;
        while at < jobs.len() && room.is_left() {
            match jobs[at].search().filter(|other| search.fits(*other)).and_then(|_| jobs.remove(at)) {
                Some(job) => {
                    let count = job.fill(0, TURN, &mut room);
                    batch.push((job, count));
                }
                None => at += 1,
            }
        }
        for (job, count) in &mut batch {
            *count += job.fill(*count, usize::MAX, &mut room);
        }
        Self(batch)
    }

    /// Number of requests.
    pub fn requests(&self) -> usize {
        self.0.len()
    }

    /// Number of lines.
    pub fn lines(&self) -> usize {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// The cost of these lines.
    pub fn cost(&self) -> usize {
        self.0.iter().map(|(job, count)| job.cost(*count)).sum()
    }

    /// The part of it that counts against the limit.
    pub fn bounded_cost(&self) -> usize {
        self.0.iter().map(|(job, count)| job.bounded_cost(*count)).sum()
    }

    /// Does the work, and sends the results of jobs that are complete.
    pub fn compute(mut self, engine: &impl Engine<Line = L>) -> Vec<Rest<L>> {
        match self.0.pop() {
            Some((Job { work: Work::Single { compute, .. }, .. }, _)) => {
                let computed = caught(|| {
                    compute();
                    Ok(())
                });
                if let Err(cause) = computed {
                    tracing::error!(cause, "a computation failed");
                }
                Vec::new()
            }
            last => {
                self.0.extend(last);
                self.translate(engine)
            }
        }
    }

    fn translate(self, engine: &impl Engine<Line = L>) -> Vec<Rest<L>> {
        let searches = self.0.iter().filter_map(|(job, _)| job.search());
        let Some(search) = searches.reduce(|one, other| Search { n_best: one.n_best.max(other.n_best), ..one }) else {
            return Vec::new();
        };
        let lines = self.0.iter().flat_map(|(job, count)| &job.rest()[..*count]);
        let lines: Vec<&str> = lines.map(String::as_str).collect();
        let mut found = caught(|| engine.translate(search, &lines)).map(Vec::into_iter);
        if let Err(cause) = &found {
            tracing::error!(cause, requests = self.0.len(), lines = lines.len(), "a batch failed");
        }
        let is_alone = self.0.len() == 1;
        let parts = self.0.into_iter().filter_map(|(job, count)| {
            let own = match &mut found {
                Ok(found) => Ok(found.by_ref().take(count).collect()),
                Err(cause) if is_alone => Err(cause.clone()),
                // Another request may be the cause.
                Err(_) => {
                    let own: Vec<&str> = job.rest()[..count].iter().map(String::as_str).collect();
                    caught(|| engine.translate(search, &own))
                }
            };
            after(job, count, own)
        });
        parts.collect()
    }
}

/// Adds the translations of the next `count` lines to a job, or ends it.
fn after<L>(mut job: Job<L>, count: usize, found: Result<Vec<L>, String>) -> Option<Rest<L>> {
    let lost = job.bounded_cost(usize::MAX) - job.bounded_cost(count);
    let Work::Lines(mut lines) = job.work else { return None };
    match found {
        Err(cause) => {
            // The client may have gone.
            let _ = lines.reply.send(Err(QueueError::Failed(cause)));
            Some(Rest::Failed(lost))
        }
        Ok(found) => {
            lines.done.extend(found);
            if lines.done.len() < lines.lines.len() {
                job.work = Work::Lines(lines);
                return Some(Rest::Job(job));
            }
            let _ = lines.reply.send(Ok(lines.done));
            None
        }
    }
}

/// Calls a function; a panic becomes an error.
fn caught<T>(compute: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // What the function changes is dropped after a panic, so that no half-changed value is seen.
    catch_unwind(AssertUnwindSafe(compute)).unwrap_or_else(|_| Err("a fault of the program".to_owned()))
}
