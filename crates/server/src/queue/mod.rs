//! The work of all requests: bounded, fair, translated in common batches, and without letting the fault of one request
//! reach another.
//!
//! One thread, in [`Queue::work`], takes lines of several requests at a time. A translation depends on its line alone,
//! so that batching changes no result. Every request gets its turn in each round: a long list delays a single sentence
//! by one batch at most.

mod batch;
mod job;
mod speed;
#[cfg(test)]
mod tests;

use batch::{Batch, Rest, Room, fill_batch};
use job::{Job, Lines, OVERHEAD, Work};
use speed::Speed;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use thiserror::Error;
use tokio::sync::oneshot;

/// How long a batch is gathered: from its first request, or from the end of the batch before it, whose clients send
/// their next requests. Larger batches are faster for all.
const GATHERING: Duration = Duration::from_millis(2);

/// Translates lines. A trait, so that the tests of the queue need no model.
pub trait Engine {
    /// The translation of a line.
    type Line: Send;

    /// Translates all lines, in order.
    fn translate(&self, search: Search, lines: &[&str]) -> Result<Vec<Self::Line>, String>;
}

/// The search that lines are translated by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Search {
    /// The index of the model.
    pub model: usize,
    /// Number of hypotheses in the beam.
    pub beam_size: usize,
    /// Number of translations of each sentence. It changes no translation.
    pub n_best: usize,
}

impl Search {
    /// The search with further translations of each sentence, and a beam that is wide enough for them.
    pub fn with_alternatives(self, alternatives: usize) -> Self {
        let n_best = self.n_best + alternatives;
        Self { n_best, beam_size: self.beam_size.max(n_best), ..self }
    }

    /// Whether lines of both can share a batch.
    fn fits(self, other: Self) -> bool {
        (self.model, self.beam_size) == (other.model, other.beam_size)
    }
}

/// Whether work counts against the limit of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is refused if too much work waits.
    Bounded,
    /// It was admitted otherwise, such as a file.
    Unbounded,
}

/// Why work was not done.
#[derive(Debug, Error)]
pub enum QueueError {
    /// Too much work waits.
    #[error("the server is busy; try again later")]
    Full {
        /// The time in which the work that waits will be done.
        retry_after: Duration,
    },
    /// The server stops.
    #[error("the server is stopping")]
    Stopped,
    /// The translation failed.
    #[error("the translation failed: {0}")]
    Failed(String),
}

/// The queue, shared by the requests and the thread that works.
pub struct Queue<L> {
    state: Mutex<State<L>>,
    arrived: Condvar,
    /// The greatest cost of all bounded work that waits.
    limit: usize,
}

struct State<L> {
    jobs: VecDeque<Job<L>>,
    /// The cost of the bounded work that waits or is being done.
    cost: usize,
    speed: Speed,
    is_stopped: bool,
    /// Number of lines in the latest batch.
    batch_lines: usize,
    /// When it ended.
    batch_end: Instant,
    /// Number of requests that the next batch can have, if its clients send their next ones at once.
    expected: usize,
}

/// What the queue holds, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Number of requests that wait for a turn.
    pub requests: usize,
    /// The cost of the bounded work that waits or is being done, about its number of bytes.
    pub bytes: usize,
    /// Number of lines in the latest batch.
    pub batch_lines: usize,
}

impl<L: Send + 'static> Queue<L> {
    /// A queue that holds bounded work of up to `limit` bytes.
    pub fn new(limit: usize) -> Self {
        let state = State {
            jobs: VecDeque::new(),
            cost: 0,
            speed: Speed::default(),
            is_stopped: false,
            batch_lines: 0,
            batch_end: Instant::now(),
            expected: 0,
        };
        Self { state: Mutex::new(state), arrived: Condvar::new(), limit }
    }

    /// Translates lines. If the caller is dropped before, lines that are not in a batch yet are never translated.
    pub async fn translate(
        &self,
        search: Search,
        lines: Vec<String>,
        admission: Admission,
    ) -> Result<Vec<L>, QueueError> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let (reply, answer) = oneshot::channel();
        let lines = Lines { search, done: Vec::with_capacity(lines.len()), lines, reply };
        self.add(Work::Lines(lines), admission)?;
        answer.await.unwrap_or(Err(QueueError::Stopped))
    }

    /// Runs a computation on the thread that works, in its turn. `bytes` is the length of its text.
    pub async fn run<T: Send + 'static>(
        &self,
        bytes: usize,
        compute: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, QueueError> {
        let (reply, answer) = oneshot::channel();
        let compute = move || {
            if !reply.is_closed() {
                let _ = reply.send(compute());
            }
        };
        self.add(Work::Single { cost: bytes + OVERHEAD, compute: Box::new(compute) }, Admission::Bounded)?;
        answer.await.map_err(|_| QueueError::Failed("a fault of the program".to_owned()))
    }

    /// No work is accepted from now on. What waits is still done.
    pub fn stop(&self) {
        self.lock().is_stopped = true;
        self.arrived.notify_all();
    }

    /// What the queue holds now.
    pub fn load(&self) -> Load {
        let state = self.lock();
        Load { requests: state.jobs.len(), bytes: state.cost, batch_lines: state.batch_lines }
    }

    fn add(&self, work: Work<L>, admission: Admission) -> Result<(), QueueError> {
        let job = Job { work, admission, arrived: Instant::now() };
        let mut state = self.lock();
        if state.is_stopped {
            return Err(QueueError::Stopped);
        }
        let cost = job.bounded_cost(usize::MAX);
        // A request that is longer than the limit is possible when nothing else waits.
        if state.cost > 0 && cost > 0 && state.cost + cost > self.limit {
            return Err(QueueError::Full { retry_after: state.speed.time_for(state.cost) });
        }
        state.cost += cost;
        state.jobs.push_back(job);
        self.arrived.notify_one();
        Ok(())
    }

    /// Does the work of all requests, until [`Queue::stop`] was called and nothing waits.
    pub fn work(&self, engine: &impl Engine<Line = L>) {
        while let Some(batch) = self.next_batch() {
            let started = Instant::now();
            let (requests, lines) = (batch.requests(), batch.lines());
            let (bytes, bounded) = (batch.cost(), batch.bounded_cost());
            let rests = batch.compute(engine);
            let mut state = self.lock();
            (state.batch_lines, state.batch_end) = (lines, Instant::now());
            state.expected = requests + state.jobs.len();
            state.speed.note(bytes, started.elapsed());
            state.cost = state.cost.saturating_sub(bounded);
            for rest in rests {
                match rest {
                    Rest::Job(job) => state.jobs.push_back(job),
                    Rest::Failed(lost) => state.cost = state.cost.saturating_sub(lost),
                }
            }
        }
    }

    /// Waits for work and takes a batch of it; `None` if the queue was stopped and is empty.
    fn next_batch(&self) -> Option<Batch<L>> {
        let mut state = self.lock();
        loop {
            state.drop_abandoned();
            let Some(oldest) = state.jobs.front().map(|job| job.arrived) else {
                if state.is_stopped {
                    return None;
                }
                state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let since = oldest.max(state.batch_end);
            let is_ready = state.is_stopped || state.jobs.len() >= state.expected || fill_batch(&state.jobs);
            match GATHERING.checked_sub(since.elapsed()).filter(|_| !is_ready) {
                Some(rest) => state = self.arrived.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner).0,
                None => return Some(Batch::take(&mut state.jobs)),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<L>> {
        // Nothing panics while it holds the lock, and a poisoned lock must not end the server.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L> State<L> {
    /// Removes the work of requests whose client has gone.
    fn drop_abandoned(&mut self) {
        let mut lost = 0;
        self.jobs.retain(|job| {
            let is_abandoned = job.is_abandoned();
            lost += if is_abandoned { job.bounded_cost(usize::MAX) } else { 0 };
            !is_abandoned
        });
        self.cost = self.cost.saturating_sub(lost);
    }
}
