//! Tests of the public interface: metrics computed by hand, scores of sacreBLEU, and properties for any text.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod bleu;
mod bootstrap;
mod chrf;
mod odd_lines;
mod properties;
mod references;
mod ter;
mod tokenize;

/// Fails unless two scores are equal up to rounding.
#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
}
