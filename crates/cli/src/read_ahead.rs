//! Lines that are read while others are translated: no more of them than fit in a little memory.

use glosser_text::{Lines, LossyLine, TextError, TextReader};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// Bytes that are read ahead.
const AHEAD: usize = 1 << 20;

/// What a line takes beside its text: many lines have none.
const A_LINE: usize = 64;

type Line = Result<LossyLine, TextError>;

/// What is taken at a time, at most; one line in any case.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    pub lines: usize,
    pub bytes: usize,
}

/// The lines of a text, read by a thread of their own.
pub struct ReadAhead {
    receiver: Receiver<Line>,
    on_the_way: Arc<OnTheWay>,
    /// What came and was too much for the share before.
    held: Option<Line>,
}

impl ReadAhead {
    /// Begins to read.
    pub fn start(mut lines: Lines<TextReader>) -> Self {
        let (sender, receiver) = channel();
        let on_the_way = Arc::new(OnTheWay::default());
        let reading = Arc::clone(&on_the_way);
        thread::spawn(move || {
            while let Some(line) = lines.next_lossy() {
                reading.add(cost(&line));
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { receiver, on_the_way, held: None }
    }

    /// The next lines: waits for one, then takes what is there already. Someone who types gets an answer at once, and a
    /// file is read in large parts. An error comes after the lines before it.
    pub fn take(&mut self, share: Share) -> Result<Option<Vec<LossyLine>>, TextError> {
        let Some(first) = self.held.take().or_else(|| self.receiver.recv().ok()) else { return Ok(None) };
        let mut bytes = cost(&first);
        self.on_the_way.remove(bytes);
        let mut lines = vec![first?];
        while lines.len() < share.lines {
            let Ok(next) = self.receiver.try_recv() else { break };
            bytes = bytes.saturating_add(cost(&next));
            match next {
                Ok(line) if bytes <= share.bytes => {
                    self.on_the_way.remove(cost_of(&line));
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
    line.text.len() + A_LINE
}

/// Bytes that were read and not yet taken.
#[derive(Default)]
struct OnTheWay {
    bytes: Mutex<usize>,
    fewer: Condvar,
}

impl OnTheWay {
    /// Waits until there is room, or nothing is on the way: a line may be longer than all the room there is.
    fn add(&self, bytes: usize) {
        let mut so_far = self.bytes.lock().expect("no thread fails with the lock");
        while *so_far > 0 && *so_far + bytes > AHEAD {
            so_far = self.fewer.wait(so_far).expect("no thread fails with the lock");
        }
        *so_far += bytes;
    }

    fn remove(&self, bytes: usize) {
        *self.bytes.lock().expect("no thread fails with the lock") -= bytes;
        self.fewer.notify_one();
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

    /// The lengths of the lines of each share.
    fn shares(mut lines: ReadAhead) -> Vec<Vec<usize>> {
        // All that can be read ahead is there then, so that shares do not depend on the threads.
        thread::sleep(Duration::from_millis(200));
        std::iter::from_fn(|| lines.take(SHARE).expect("reading memory"))
            .map(|lines| lines.iter().map(|line| line.text.len()).collect())
            .collect()
    }

    #[test]
    fn a_share_is_bounded_by_lines_and_by_bytes_and_a_long_line_is_one() {
        let long = 3 << 20;
        let text = format!("{}{}\n{}b\n", "a\n".repeat(9), "a".repeat(long), "b".repeat(40_000) + "\n");
        let shares = shares(start(std::io::Cursor::new(text)));
        assert_eq!(shares.concat(), [&[1; 9][..], &[long, 40_000, 1]].concat());
        assert!(shares.iter().all(|share| share.len() <= SHARE.lines));
        assert!(shares.iter().all(|share| share.len() == 1 || share.iter().sum::<usize>() <= SHARE.bytes));
        assert!(shares.contains(&vec![long]));
    }

    /// Endless lines, and how much of them was asked for.
    struct Endless(Arc<AtomicUsize>);

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            buffer.fill(b'\n');
            self.0.fetch_add(buffer.len(), Ordering::Relaxed);
            Ok(buffer.len())
        }
    }

    #[test]
    fn no_more_is_read_ahead_than_there_is_room_for() {
        let asked = Arc::new(AtomicUsize::new(0));
        let mut lines = start(Endless(Arc::clone(&asked)));
        for _ in 0..100 {
            assert!(lines.take(SHARE).expect("lines").is_some());
        }
        thread::sleep(Duration::from_millis(200));
        let most = AHEAD / A_LINE + 100 * SHARE.lines + (1 << 16);
        assert!(asked.load(Ordering::Relaxed) <= most, "{asked:?} bytes were read");
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }

    #[test]
    fn an_error_comes_after_the_lines_before_it() {
        let mut lines = start(std::io::Cursor::new("a\nb\n").chain(Broken));
        let mut found = Vec::new();
        let error = loop {
            match lines.take(SHARE) {
                Ok(Some(lines)) => found.extend(lines.into_iter().map(|line| line.text)),
                Ok(None) => panic!("an error is no end"),
                Err(error) => break error,
            }
        };
        assert_eq!(found, ["a", "b"]);
        assert!(error.to_string().contains("the disk is gone"), "{error}");
    }
}
