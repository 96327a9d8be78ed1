//! A queue with an engine that writes capital letters, and needs a permission for each batch.

use super::*;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

const SEARCH: Search = Search { model: 0, beam_size: 5, n_best: 1 };

/// Turns lines into capital letters, one batch after each permission, and tells the lines of each batch.
struct Capitals {
    permissions: Mutex<Receiver<()>>,
    batches: Mutex<Sender<Vec<String>>>,
}

impl Engine for Capitals {
    type Line = String;

    fn translate(&self, _: Search, lines: &[&str]) -> Result<Vec<String>, String> {
        let _ = self.permissions.lock().expect("permissions").recv();
        let own = lines.iter().map(|line| (*line).to_owned()).collect();
        self.batches.lock().expect("batches").send(own).expect("the test waits");
        assert!(!lines.contains(&"panic"), "on demand");
        if lines.contains(&"error") { Err("a fault".to_owned()) } else { Ok(capitals(lines)) }
    }
}

fn capitals(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| line.to_uppercase()).collect()
}

/// A queue with a thread that works.
struct Working {
    queue: Arc<Queue<String>>,
    permissions: Sender<()>,
    batches: Receiver<Vec<String>>,
    thread: thread::JoinHandle<()>,
}

impl Working {
    fn new(limit: usize) -> Self {
        let queue = Arc::new(Queue::new(limit));
        let ((permissions, receiver), (sender, batches)) = (channel(), channel());
        let engine = Capitals { permissions: Mutex::new(receiver), batches: Mutex::new(sender) };
        let own = Arc::clone(&queue);
        let thread = thread::spawn(move || own.work(&engine));
        Self { queue, permissions, batches, thread }
    }

    /// Allows all batches.
    fn permit_all(&self) {
        // The engine may have ended.
        (0..10_000).for_each(|_| _ = self.permissions.send(()));
    }

    /// Sends lines, and returns when they wait in the queue.
    fn send(&self, lines: &[&str]) -> tokio::task::JoinHandle<Result<Vec<String>, QueueError>> {
        self.send_as(SEARCH, lines)
    }

    fn send_as(&self, search: Search, lines: &[&str]) -> tokio::task::JoinHandle<Result<Vec<String>, QueueError>> {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        let queue = Arc::clone(&self.queue);
        tokio::spawn(async move { queue.translate(search, lines, Admission::Bounded).await })
    }

    /// Waits until the worker has nothing but a blocked batch, and this number of requests wait.
    async fn until_waiting(&self, requests: usize) {
        while self.queue.load().requests != requests {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// A request whose batch is blocked, so that all that comes after it waits.
    async fn block(&self) -> tokio::task::JoinHandle<Result<Vec<String>, QueueError>> {
        let blocking = self.send(&["first"]);
        // Longer than the worker gathers.
        while self.queue.load() != (Load { requests: 0, bytes: 5 + OVERHEAD, batch_lines: 0 }) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        blocking
    }

    /// Waits until nothing counts against the limit any more.
    async fn until_empty(&self) {
        let empty = async {
            while self.queue.load().bytes > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), empty).await.expect("the cost of all work is given back");
    }

    fn next_batch(&self) -> Vec<String> {
        self.batches.recv_timeout(Duration::from_secs(20)).expect("a batch")
    }

    fn end(self) {
        self.permit_all();
        self.queue.stop();
        self.thread.join().expect("the worker ends");
    }
}

async fn found(task: tokio::task::JoinHandle<Result<Vec<String>, QueueError>>) -> Vec<String> {
    task.await.expect("no panic").expect("translations")
}

#[tokio::test]
async fn requests_share_a_batch_and_each_gets_its_own_translations() {
    let working = Working::new(1 << 20);
    let first = working.block().await;
    let requests: Vec<_> = (0..5).map(|number| working.send(&[["a", "b", "c", "d", "e"][number], "x"])).collect();
    working.until_waiting(5).await;
    working.permit_all();
    assert_eq!(found(first).await, ["FIRST"]);
    for (number, request) in requests.into_iter().enumerate() {
        assert_eq!(found(request).await, [["A", "B", "C", "D", "E"][number], "X"]);
    }
    assert_eq!(working.next_batch(), ["first"]);
    assert_eq!(working.next_batch().len(), 10, "all five requests in one batch");
    working.end();
}

#[tokio::test]
async fn a_long_list_does_not_delay_a_single_line() {
    let working = Working::new(1 << 20);
    let first = working.block().await;
    let long: Vec<&str> = vec!["long"; 1000];
    let list = working.send(&long);
    working.until_waiting(1).await;
    let single = working.send(&["single"]);
    working.until_waiting(2).await;
    working.permissions.send(()).expect("the engine is there");
    working.permissions.send(()).expect("the engine is there");
    assert_eq!(found(first).await, ["FIRST"]);
    assert_eq!(found(single).await, ["SINGLE"], "after one batch, although the list came before");
    assert!(!list.is_finished());
    working.permit_all();
    assert_eq!(found(list).await, vec!["LONG"; 1000]);
    working.end();
}

#[tokio::test]
async fn models_and_beam_sizes_do_not_share_a_batch() {
    let working = Working::new(1 << 20);
    let first = working.block().await;
    let requests = [
        working.send(&["a"]),
        working.send_as(Search { model: 1, ..SEARCH }, &["b"]),
        working.send_as(Search { beam_size: 1, ..SEARCH }, &["c"]),
        working.send_as(Search { n_best: 3, ..SEARCH }, &["d"]),
    ];
    working.until_waiting(4).await;
    working.permit_all();
    assert_eq!(found(first).await, ["FIRST"]);
    for request in requests {
        found(request).await;
    }
    let mut batches: Vec<Vec<String>> = (0..4).map(|_| working.next_batch()).collect();
    batches.iter_mut().for_each(|batch| batch.sort());
    batches.sort();
    assert_eq!(batches, [vec!["a", "d"], vec!["b"], vec!["c"], vec!["first"]]);
    working.end();
}

#[tokio::test]
async fn a_fault_ends_only_the_request_that_has_it() {
    for fault in ["panic", "error"] {
        let working = Working::new(1 << 20);
        let first = working.block().await;
        let (before, faulty, after) = (working.send(&["a"]), working.send(&["b", fault]), working.send(&["c"]));
        working.until_waiting(3).await;
        working.permit_all();
        assert_eq!(found(first).await, ["FIRST"]);
        assert_eq!(found(before).await, ["A"]);
        assert!(matches!(faulty.await.expect("no panic"), Err(QueueError::Failed(_))), "{fault}");
        assert_eq!(found(after).await, ["C"]);
        assert_eq!(found(working.send(&["d"])).await, ["D"], "the server goes on");
        working.until_empty().await;
        working.end();
    }
}

#[tokio::test]
async fn work_beyond_the_limit_is_refused_until_there_is_space() {
    let working = Working::new(100);
    let first = working.block().await;
    let second = working.send(&["a".repeat(50).as_str()]);
    working.until_waiting(1).await;
    let refused = working.send(&["b".repeat(50).as_str()]).await.expect("no panic");
    let Err(QueueError::Full { retry_after }) = refused else { panic!("accepted") };
    assert!(retry_after >= Duration::from_secs(1));
    let lines = vec!["c".repeat(500)];
    let file = Arc::clone(&working.queue);
    let file = tokio::spawn(async move { file.translate(SEARCH, lines, Admission::Unbounded).await });
    working.until_waiting(2).await;
    working.permit_all();
    assert_eq!(found(first).await, ["FIRST"]);
    assert_eq!(found(second).await, ["A".repeat(50)]);
    assert_eq!(found(file).await, ["C".repeat(500)], "a file is not bounded by the queue");
    assert_eq!(found(working.send(&["d".repeat(500).as_str()])).await, ["D".repeat(500)], "nothing else waits");
    working.end();
}

#[tokio::test]
async fn the_lines_of_a_client_that_has_gone_are_not_translated() {
    let working = Working::new(1 << 20);
    let first = working.block().await;
    let gone = working.send(&["gone"]);
    working.until_waiting(1).await;
    gone.abort();
    assert!(gone.await.expect_err("aborted").is_cancelled());
    let other = working.send(&["other"]);
    working.until_waiting(2).await;
    working.permit_all();
    assert_eq!(found(first).await, ["FIRST"]);
    assert_eq!(found(other).await, ["OTHER"]);
    assert_eq!(working.next_batch(), ["first"]);
    assert_eq!(working.next_batch(), ["other"]);
    working.until_empty().await;
    working.end();
}

#[tokio::test]
async fn a_stopped_queue_finishes_what_waits_and_accepts_nothing() {
    let working = Working::new(1 << 20);
    let first = working.block().await;
    let waiting = working.send(&["a"]);
    working.until_waiting(1).await;
    working.queue.stop();
    assert!(matches!(working.send(&["b"]).await.expect("no panic"), Err(QueueError::Stopped)));
    working.permit_all();
    assert_eq!(found(first).await, ["FIRST"]);
    assert_eq!(found(waiting).await, ["A"]);
    working.end();
}

#[tokio::test]
async fn a_computation_has_its_turn_and_its_panic_reaches_only_its_caller() {
    let working = Working::new(1 << 20);
    working.permit_all();
    assert_eq!(working.queue.run(3, || 6 * 7).await.expect("a number"), 42);
    let panicking = working.queue.run(3, || -> usize { panic!("on demand") }).await;
    assert!(matches!(panicking, Err(QueueError::Failed(_))));
    assert_eq!(found(working.send(&["a"])).await, ["A"]);
    working.end();
}
