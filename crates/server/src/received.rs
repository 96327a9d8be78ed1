//! Bodies of requests on their way in: none is too large, and neither are all together.

use crate::error::ApiError;
use axum::body::Body;
use http_body_util::BodyExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The greatest number of bytes of all bodies that are being received.
const MOST_RECEIVED: usize = 256 << 20;

/// When a client may send its body again, if too many others are being received.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The bytes of all bodies that are being received.
#[derive(Debug, Default)]
pub struct ReceivedBytes(AtomicUsize);

/// The bytes of one body among all.
struct Share<'a> {
    all: &'a ReceivedBytes,
    bytes: usize,
}

impl Share<'_> {
    fn add(&mut self, bytes: usize) -> Result<(), ApiError> {
        self.bytes += bytes;
        match self.all.0.fetch_add(bytes, Ordering::Relaxed) + bytes {
            all if all > MOST_RECEIVED => Err(ApiError::Busy { retry_after: RETRY_AFTER }),
            _ => Ok(()),
        }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.all.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl ReceivedBytes {
    /// Receives a body of up to `most` bytes.
    pub async fn receive(&self, mut body: Body, most: usize) -> Result<Vec<u8>, ApiError> {
        let mut share = Share { all: self, bytes: 0 };
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| ApiError::Invalid("the body ended before it was complete".to_owned()))?;
            let Some(data) = frame.data_ref() else { continue };
            if bytes.len() + data.len() > most {
                return Err(ApiError::TooLarge(most));
            }
            share.add(data.len())?;
            bytes.extend_from_slice(data);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn too_many_bytes_of_all_bodies_are_refused_until_others_are_gone() {
        let received = ReceivedBytes::default();
        let other = received.0.fetch_add(MOST_RECEIVED, Ordering::Relaxed);
        let receive = || received.receive(Body::from("a"), 1000);
        assert!(matches!(receive().await, Err(ApiError::Busy { .. })));
        received.0.store(other, Ordering::Relaxed);
        assert_eq!(receive().await.expect("there is space"), b"a");
        assert_eq!(received.0.load(Ordering::Relaxed), 0);
    }
}
