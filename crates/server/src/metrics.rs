//! Counts and times for Prometheus. They name no client and no text.

use crate::queue::Load;
use crate::routes::TextWork;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Reply {
    path: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfPath {
    path: String,
}

/// All metrics of a server.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    replies: Family<Reply, Counter>,
    durations: Family<OfPath, Histogram>,
    texts: Counter,
    characters: Counter,
    waiting_requests: Gauge,
    waiting_bytes: Gauge,
    batch_lines: Gauge,
}

impl Metrics {
    /// Metrics that begin with zero.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("glosser");
        let replies = Family::default();
        let durations: Family<OfPath, Histogram> = Family::new_with_constructor(histogram);
        let (texts, characters) = (Counter::default(), Counter::default());
        let (waiting_requests, waiting_bytes, batch_lines) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("http_requests", "Requests by path and status", replies.clone());
        let help = "Time from a request to its reply";
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, durations.clone());
        registry.register("texts", "Texts that were sent", texts.clone());
        registry.register("characters", "Characters of these texts", characters.clone());
        registry.register("waiting_requests", "Requests that wait for a turn", waiting_requests.clone());
        let help = "Text that waits or is being translated";
        registry.register_with_unit("waiting", help, Unit::Bytes, waiting_bytes.clone());
        registry.register("batch_lines", "Lines in the latest batch", batch_lines.clone());
        Self { registry, replies, durations, texts, characters, waiting_requests, waiting_bytes, batch_lines }
    }

    /// Counts a reply.
    pub fn count(&self, path: &str, status: u16, duration: Duration, work: Option<TextWork>) {
        let path = path.to_owned();
        self.durations.get_or_create(&OfPath { path: path.clone() }).observe(duration.as_secs_f64());
        self.replies.get_or_create(&Reply { path, status }).inc();
        if let Some(work) = work {
            self.texts.inc_by(work.texts as u64);
            self.characters.inc_by(work.characters as u64);
        }
    }

    /// The metrics as text, with the load of the queue.
    pub fn text(&self, load: Load) -> String {
        self.waiting_requests.set(load.requests as i64);
        self.waiting_bytes.set(load.bytes as i64);
        self.batch_lines.set(load.batch_lines as i64);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// From a millisecond to two minutes.
fn histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.5, 14))
}
