//! The choices of an operator.

use crate::keys::ApiKeys;
use std::time::Duration;

/// The choices of an operator; [`Settings::default`] suits one machine and its user.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Number of hypotheses in the beam.
    pub beam_size: usize,
    /// The greatest number of characters of one request.
    pub max_characters: usize,
    /// The greatest number of texts of one request.
    pub max_texts: usize,
    /// The greatest number of alternatives that a request may ask for.
    pub max_alternatives: usize,
    /// The greatest number of bytes of an uploaded file.
    pub max_file_bytes: usize,
    /// The greatest number of open connections. Further ones wait until one of these ends.
    pub max_connections: usize,
    /// The number of bytes that may wait for translation, over all requests, before further ones are refused.
    pub max_waiting_bytes: usize,
    /// The time after which a request is given up.
    pub request_time: Duration,
    /// The time for requests in flight when the server is told to stop.
    pub stop_time: Duration,
    /// The keys of clients.
    pub keys: ApiKeys,
    /// Whether a request without a key is refused.
    pub requires_key: bool,
    /// The number of texts that a client without a key may send per minute; `None` is no limit.
    pub texts_per_minute: Option<u32>,
    /// The origins whose web pages may use the server; `*` is every origin.
    pub allowed_origins: Vec<String>,
    /// Whether the server is behind a proxy, which names the client in `X-Forwarded-For`.
    pub is_behind_proxy: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            beam_size: 5,
            max_characters: 20_000,
            max_texts: 1000,
            max_alternatives: 10,
            max_file_bytes: 4 << 20,
            max_connections: 900,
            max_waiting_bytes: 200_000,
            request_time: Duration::from_secs(60),
            stop_time: Duration::from_secs(60),
            keys: ApiKeys::default(),
            requires_key: false,
            texts_per_minute: None,
            allowed_origins: Vec::new(),
            is_behind_proxy: false,
        }
    }
}
