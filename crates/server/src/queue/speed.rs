//! The speed of translation, to say when a client may try again.

use std::time::Duration;

/// A moving average of the speed.
#[derive(Debug, Default)]
pub struct Speed {
    bytes_per_second: Option<f64>,
}

impl Speed {
    /// The part of the latest batch in the average.
    const LATEST: f64 = 0.2;

    /// Adds a batch.
    pub fn note(&mut self, bytes: usize, time: Duration) {
        let speed = bytes as f64 / time.as_secs_f64().max(1e-6);
        let average = self.bytes_per_second.unwrap_or(speed);
        self.bytes_per_second = Some(average + Self::LATEST * (speed - average));
    }

    /// The time for a number of bytes, in whole seconds, at least one.
    pub fn time_for(&self, bytes: usize) -> Duration {
        let seconds = self.bytes_per_second.map_or(1.0, |speed| bytes as f64 / speed.max(1.0));
        Duration::from_secs(seconds.ceil().clamp(1.0, 600.0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_that_of_the_average_speed_in_whole_seconds() {
        let mut speed = Speed::default();
        assert_eq!(speed.time_for(1000), Duration::from_secs(1), "before the first batch");
        speed.note(1000, Duration::from_secs(1));
        assert_eq!(speed.time_for(2500), Duration::from_secs(3));
        speed.note(2000, Duration::from_secs(1));
        assert_eq!(speed.time_for(2400), Duration::from_secs(2), "1,200 bytes per second");
        assert_eq!(speed.time_for(usize::MAX), Duration::from_secs(600));
    }
}
