//! Reads lines on a thread of its own while earlier ones are translated, with bounded memory.

use glosser_text::{Lines, LossyLine, TextError, TextReader};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// Maximum number of bytes in the queue.
const CAPACITY: usize = 1 << 20;

/// Memory of a line beside its text, so that blank lines are bounded too.
const OVERHEAD: usize = 64;

type Line = Result<LossyLine, TextError>;

/// Maximum number of lines and bytes to take at a time; one line is always taken.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    pub lines: usize,
    pub bytes: usize,
}

/// The lines of a text, read by another thread.
pub struct ReadAhead {
    receiver: Receiver<Line>,
    queued: Arc<QueuedBytes>,
    /// A line that was too long for the previous share.
    held: Option<Line>,
}

impl ReadAhead {
    /// Starts the thread.
    pub fn start(mut lines: Lines<TextReader>) -> Self {
        let (sender, receiver) = channel();
        let queued = Arc::new(QueuedBytes::default());
        let reading = Arc::clone(&queued);
        thread::spawn(move || {
            while let Some(line) = lines.next_lossy() {
                reading.add(cost(&line));
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { receiver, queued, held: None }
    }

    /// Waits for the next line, then takes the lines that are already queued: an interactive user gets an answer to
    /// each line, and a file is translated in large parts. An error is returned after the lines before it.
    pub fn take(&mut self, share: Share) -> Result<Option<Vec<LossyLine>>, TextError> {
        let Some(first) = self.held.take().or_else(|| self.receiver.recv().ok()) else { return Ok(None) };
        let mut bytes = cost(&first);
        self.queued.remove(bytes);
        let mut lines = vec![first?];
        while lines.len() < share.lines {
            let Ok(next) = self.receiver.try_recv() else { break };
            bytes = bytes.saturating_add(cost(&next));
            match next {
                Ok(line) if bytes <= share.bytes => {
                    self.queued.remove(cost_of(&line));
                    lines.push(line);
                }
                other => {
                    self.held = Some(other);
                    break;
                }
            }
        }
        Ok(Some(lines))
    }
}

fn cost(line: &Line) -> usize {
    line.as_ref().map_or(0, cost_of)
}

fn cost_of(line: &LossyLine) -> usize {
    line.text.len() + line.bytes.as_ref().map_or(0, Vec::len) + OVERHEAD
}

/// Number of bytes that were read and not yet taken.
#[derive(Default)]
struct QueuedBytes {
    bytes: Mutex<usize>,
    removed: Condvar,
}

impl QueuedBytes {
    /// Waits until there is space, or until the queue is empty: one line may be longer than the capacity.
    fn add(&self, bytes: usize) {
        let mut so_far = self.bytes.lock().expect("no thread panics while it holds the lock");
        while *so_far > 0 && *so_far + bytes > CAPACITY {
            so_far = self.removed.wait(so_far).expect("no thread panics while it holds the lock");
        }
        *so_far += bytes;
    }

    fn remove(&self, bytes: usize) {
        *self.bytes.lock().expect("no thread panics while it holds the lock") -= bytes;
        self.removed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Read};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    const SHARE: Share = Share { lines: 8, bytes: 1 << 16 };

    fn start(reader: impl Read + Send + 'static) -> ReadAhead {
        ReadAhead::start(Lines::new(Box::new(BufReader::new(reader)), "t.txt"))
    }

    /// Lengths of the lines of each share.
    fn shares(mut lines: ReadAhead) -> Vec<Vec<usize>> {
        // The queue is full by then, so that shares do not depend on the scheduling of threads.
        thread::sleep(Duration::from_millis(200));
        std::iter::from_fn(|| lines.take(SHARE).expect("reading memory"))
            .map(|lines| lines.iter().map(|line| line.text.len()).collect())
            .collect()
    }

    #[test]
    fn a_share_is_limited_in_lines_and_bytes_but_holds_a_long_line() {
        let long = 3 << 20;
        let text = format!("{}{}\n{}b\n", "a\n".repeat(9), "a".repeat(long), "b".repeat(40_000) + "\n");
        let shares = shares(start(std::io::Cursor::new(text)));
        assert_eq!(shares.concat(), [&[1; 9][..], &[long, 40_000, 1]].concat());
        assert!(shares.iter().all(|share| share.len() <= SHARE.lines));
        assert!(shares.iter().all(|share| share.len() == 1 || share.iter().sum::<usize>() <= SHARE.bytes));
        assert!(shares.contains(&vec![long]));
    }

    /// Endless blank lines, with the number of bytes that were read.
    struct Endless(Arc<AtomicUsize>);

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            buffer.fill(b'\n');
            self.0.fetch_add(buffer.len(), Ordering::Relaxed);
            Ok(buffer.len())
        }
    }

    #[test]
    fn the_thread_reads_no_more_than_the_capacity() {
        let bytes = Arc::new(AtomicUsize::new(0));
        let mut lines = start(Endless(Arc::clone(&bytes)));
        for _ in 0..100 {
            assert!(lines.take(SHARE).expect("lines").is_some());
        }
        thread::sleep(Duration::from_millis(200));
        let most = CAPACITY / OVERHEAD + 100 * SHARE.lines + (1 << 16);
        assert!(bytes.load(Ordering::Relaxed) <= most, "{bytes:?} bytes were read");
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }

    #[test]
    fn an_error_is_returned_after_the_lines_before_it() {
        let mut lines = start(std::io::Cursor::new("a\nb\n").chain(Broken));
        let mut found = Vec::new();
        let error = loop {
            match lines.take(SHARE) {
                Ok(Some(lines)) => found.extend(lines.into_iter().map(|line| line.text)),
                Ok(None) => panic!("the error was lost"),
                Err(error) => break error,
            }
        };
        assert_eq!(found, ["a", "b"]);
        assert!(error.to_string().contains("the disk is gone"), "{error}");
    }
}
