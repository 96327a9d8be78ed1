//! The work of all requests: bounded, fair, translated in common batches, and without letting the fault of one request
//! reach another.
//!
//! One thread, in [`Queue::work`], takes lines of several requests at a time. A translation depends on its line alone,
//! so that batching changes no result. Every request gets its turn in each round: a long list delays a single sentence
//! by one batch at most.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use thiserror::Error;
use tokio::sync::oneshot;

/// How long the first request of an idle server waits for others to share its batch.
const GATHERING: Duration = Duration::from_millis(2);

/// The number of bytes of a batch. At about a thousand bytes per second and thread, a batch takes seconds at most.
const BATCH_BYTES: usize = 8 << 10;

/// The number of lines of a batch.
const BATCH_LINES: usize = 128;

/// The number of lines of one request in a round, if others wait.
const TURN: usize = 16;

/// The cost of a line beside its bytes, so that empty lines are bounded too.
const OVERHEAD: usize = 16;

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
}

/// A request's work.
struct Job<L> {
    work: Work<L>,
    admission: Admission,
    arrived: Instant,
}

enum Work<L> {
    Lines(Lines<L>),
    /// A computation that is its own batch. It sends its result itself.
    Single {
        cost: usize,
        compute: Box<dyn FnOnce() + Send>,
    },
}

struct Lines<L> {
    search: Search,
    lines: Vec<String>,
    /// The translations of the first lines.
    done: Vec<L>,
    reply: oneshot::Sender<Result<Vec<L>, QueueError>>,
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
        let state =
            State { jobs: VecDeque::new(), cost: 0, speed: Speed::default(), is_stopped: false, batch_lines: 0 };
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
        let cost = job.bounded_cost();
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
            self.compute(batch, engine);
        }
    }

    /// Waits for work and takes a batch of it; `None` if the queue was stopped and is empty.
    fn next_batch(&self) -> Option<Vec<(Job<L>, usize)>> {
        let mut state = self.lock();
        loop {
            state.drop_abandoned();
            if let Some(oldest) = state.jobs.front().map(|job| job.arrived) {
                // Work that has waited behind another batch has gathered enough.
                match GATHERING.checked_sub(oldest.elapsed()).filter(|_| !state.is_full_batch() && !state.is_stopped) {
                    Some(rest) => {
                        state = self.arrived.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner).0
                    }
                    None => return Some(state.take_batch()),
                }
            } else if state.is_stopped {
                return None;
            } else {
                state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn compute(&self, mut batch: Vec<(Job<L>, usize)>, engine: &impl Engine<Line = L>) {
        let started = Instant::now();
        let (cost, bytes) = batch.iter().fold((0, 0), |(cost, bytes), (job, count)| {
            (
                cost + if job.admission == Admission::Bounded { job.cost_of(*count) } else { 0 },
                bytes + job.cost_of(*count),
            )
        });
        let lines = batch.iter().map(|(_, count)| count).sum();
        let unfinished = match batch.pop() {
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
                batch.extend(last);
                translate_batch(batch, engine)
            }
        };
        let mut state = self.lock();
        state.cost = state.cost.saturating_sub(cost);
        state.batch_lines = lines;
        state.speed.note(bytes, started.elapsed());
        for job in unfinished {
            // The cost of lines that will never be translated.
            match job {
                Ok(job) => state.jobs.push_back(job),
                Err(abandoned) => state.cost = state.cost.saturating_sub(abandoned),
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
        let mut removed = 0;
        self.jobs.retain(|job| {
            let is_abandoned = matches!(&job.work, Work::Lines(lines) if lines.reply.is_closed());
            removed += if is_abandoned { job.bounded_cost() } else { 0 };
            !is_abandoned
        });
        self.cost = self.cost.saturating_sub(removed);
    }

    fn is_full_batch(&self) -> bool {
        self.jobs.len() >= BATCH_LINES || self.jobs.iter().map(|job| job.cost_of(TURN)).sum::<usize>() >= BATCH_BYTES
    }

    /// Takes the first request's work, and that of all which fit to it: `TURN` lines of each, and then more of each as
    /// long as there is space. Returns the number of lines to translate of each.
    fn take_batch(&mut self) -> Vec<(Job<L>, usize)> {
        let Some(first) = self.jobs.pop_front() else { return Vec::new() };
        let Work::Lines(Lines { search, .. }) = &first.work else { return vec![(first, 1)] };
        let search = *search;
        let fits = |job: &Job<L>| matches!(&job.work, Work::Lines(lines) if lines.search.fits(search));
        let mut batch = vec![(first, 0)];
        let mut room = Room { bytes: BATCH_BYTES, lines: BATCH_LINES };
        let mut at = 0;
        batch[0].1 = batch[0].0.fill(0, TURN, &mut room);
        while at < self.jobs.len() && room.is_left() {
            if fits(&self.jobs[at]) {
                if let Some(job) = self.jobs.remove(at) {
                    let count = job.fill(0, TURN, &mut room);
                    batch.push((job, count));
                }
            } else {
                at += 1;
            }
        }
        for (job, count) in &mut batch {
            *count += job.fill(*count, usize::MAX, &mut room);
        }
        batch
    }
}

/// The rest of a batch.
struct Room {
    bytes: usize,
    lines: usize,
}

impl Room {
    fn is_left(&self) -> bool {
        self.bytes > 0 && self.lines > 0
    }
}

impl<L> Job<L> {
    /// The lines that are not translated yet; none of a single computation.
    fn rest(&self) -> &[String] {
        match &self.work {
            Work::Lines(lines) => &lines.lines[lines.done.len()..],
            Work::Single { .. } => &[],
        }
    }

    /// The cost of its next `count` lines.
    fn cost_of(&self, count: usize) -> usize {
        match &self.work {
            Work::Lines(_) => self.rest().iter().take(count).map(|line| line.len() + OVERHEAD).sum(),
            Work::Single { cost, .. } => *cost,
        }
    }

    /// The cost of all that is not translated yet, as far as it counts against the limit.
    fn bounded_cost(&self) -> usize {
        if self.admission == Admission::Bounded { self.cost_of(usize::MAX) } else { 0 }
    }

    /// Returns the number of lines, up to `most` after the first `taken`, that have room in a batch.
    fn fill(&self, taken: usize, most: usize, room: &mut Room) -> usize {
        let mut count = 0;
        for line in self.rest().iter().skip(taken).take(most) {
            if !room.is_left() {
                break;
            }
            room.bytes = room.bytes.saturating_sub(line.len() + OVERHEAD);
            room.lines -= 1;
            count += 1;
        }
        count
    }
}

/// Translates the given number of lines of each job. Returns the jobs that have further lines, or the cost of these if
/// the job failed.
fn translate_batch<L: Send, E: Engine<Line = L>>(
    batch: Vec<(Job<L>, usize)>,
    engine: &E,
) -> Vec<Result<Job<L>, usize>> {
    let n_best = |job: &Job<L>| if let Work::Lines(lines) = &job.work { lines.search.n_best } else { 1 };
    let all: Vec<&str> = batch.iter().flat_map(|(job, count)| &job.rest()[..*count]).map(String::as_str).collect();
    let most = batch.iter().map(|(job, _)| n_best(job)).max().unwrap_or(1);
    let search =
        batch.iter().find_map(|(job, _)| if let Work::Lines(lines) = &job.work { Some(lines.search) } else { None });
    let Some(search) = search else { return Vec::new() };
    let search = Search { n_best: most, ..search };
    let mut found = caught(|| engine.translate(search, &all)).map(Vec::into_iter);
    if let Err(cause) = &found {
        tracing::error!(cause, requests = batch.len(), lines = all.len(), "a batch failed");
    }
    let is_alone = batch.len() == 1;
    let mut rest = Vec::new();
    for (mut job, count) in batch {
        let own = match &mut found {
            Ok(found) => Ok(found.by_ref().take(count).collect()),
            Err(cause) if is_alone => Err(cause.clone()),
            // Another request may be the cause.
            Err(_) => {
                let own: Vec<&str> = job.rest()[..count].iter().map(String::as_str).collect();
                caught(|| engine.translate(search, &own))
            }
        };
        let unbounded = job.admission == Admission::Unbounded;
        let after = job.rest()[count..].iter().map(|line| line.len() + OVERHEAD).sum::<usize>();
        let Work::Lines(mut lines) = job.work else { continue };
        match own {
            Err(cause) => {
                let _ = lines.reply.send(Err(QueueError::Failed(cause)));
                rest.push(Err(if unbounded { 0 } else { after }));
            }
            Ok(own) => {
                lines.done.extend(own);
                if lines.done.len() < lines.lines.len() {
                    job.work = Work::Lines(lines);
                    rest.push(Ok(job));
                } else {
                    let _ = lines.reply.send(Ok(lines.done));
                }
            }
        }
    }
    rest
}

/// Calls a function; a panic becomes an error.
fn caught<T>(compute: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // What the function changes is dropped after a panic, so that no half-changed value is seen.
    catch_unwind(AssertUnwindSafe(compute)).unwrap_or_else(|_| Err("a fault of the program".to_owned()))
}

/// A moving average of the speed.
#[derive(Debug, Default)]
struct Speed {
    bytes_per_second: Option<f64>,
}

impl Speed {
    /// The part of the latest batch in the average.
    const LATEST: f64 = 0.2;

    fn note(&mut self, bytes: usize, time: Duration) {
        let speed = bytes as f64 / time.as_secs_f64().max(1e-6);
        let average = self.bytes_per_second.unwrap_or(speed);
        self.bytes_per_second = Some(average + Self::LATEST * (speed - average));
    }

    /// The time for a number of bytes, in whole seconds, at least one.
    fn time_for(&self, bytes: usize) -> Duration {
        let seconds = self.bytes_per_second.map_or(1.0, |speed| bytes as f64 / speed.max(1.0));
        Duration::from_secs(seconds.ceil().clamp(1.0, 600.0) as u64)
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
