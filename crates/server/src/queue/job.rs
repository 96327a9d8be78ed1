//! The work of one request, and what it costs.

use super::{Admission, QueueError, Room, Search};
use std::time::Instant;
use tokio::sync::oneshot;

/// The cost of a line beside its bytes, so that empty lines are bounded too.
pub const OVERHEAD: usize = 16;

/// The number of bytes of a line that takes twice as long as its length says.
const LONG_LINE: usize = 400;

/// A request's work.
pub struct Job<L> {
    /// What is to be done.
    pub work: Work<L>,
    /// Whether it counts against the limit.
    pub admission: Admission,
    /// When it came.
    pub arrived: Instant,
}

/// What is to be done.
pub enum Work<L> {
    /// Lines, which can share a batch with others.
    Lines(Lines<L>),
    /// A computation that is its own batch. It sends its result itself.
    Single {
        /// Its cost.
        cost: usize,
        /// The computation.
        compute: Box<dyn FnOnce() + Send>,
    },
}

/// Lines to translate.
pub struct Lines<L> {
    /// How they are translated.
    pub search: Search,
    /// All lines.
    pub lines: Vec<String>,
    /// The translations of the first lines.
    pub done: Vec<L>,
    /// Where the translations of all lines go.
    pub reply: oneshot::Sender<Result<Vec<L>, QueueError>>,
}

impl<L> Job<L> {
    /// The lines that are not translated yet; none of a single computation.
    pub fn rest(&self) -> &[String] {
        match &self.work {
            Work::Lines(lines) => &lines.lines[lines.done.len()..],
            Work::Single { .. } => &[],
        }
    }

    /// The search of its lines; `None` for a single computation.
    pub fn search(&self) -> Option<Search> {
        match &self.work {
            Work::Lines(lines) => Some(lines.search),
            Work::Single { .. } => None,
        }
    }

    /// Whether nobody waits for its translations any more.
    pub fn is_abandoned(&self) -> bool {
        matches!(&self.work, Work::Lines(lines) if lines.reply.is_closed())
    }

    /// The cost of its next `count` lines.
    pub fn cost(&self, count: usize) -> usize {
        match &self.work {
            Work::Lines(_) => self.rest().iter().take(count).map(|line| line.len() + OVERHEAD).sum(),
            Work::Single { cost, .. } => *cost,
        }
    }

    /// The part of this cost that counts against the limit.
    pub fn bounded_cost(&self, count: usize) -> usize {
        if self.admission == Admission::Bounded { self.cost(count) } else { 0 }
    }

    /// Returns the number of lines, up to `most` after the first `taken`, that have room in a batch.
    pub fn fill(&self, taken: usize, most: usize, room: &mut Room) -> usize {
        let mut count = 0;
        for line in self.rest().iter().skip(taken).take(most) {
            if !room.is_left() {
                break;
            }
            // The time for a sentence grows with the square of its length.
            let work = line.len() + line.len() * line.len() / LONG_LINE + OVERHEAD;
            room.bytes = room.bytes.saturating_sub(work);
            room.lines -= 1;
            count += 1;
        }
        count
    }
}
