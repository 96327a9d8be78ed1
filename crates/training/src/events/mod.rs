//! Reports of a training run: its events, their log, and diagnostics of the losses.

pub(crate) mod activity;
pub(crate) mod diagnostic;
pub(crate) mod diagnostics;
pub(crate) mod event;
pub(crate) mod event_log;
