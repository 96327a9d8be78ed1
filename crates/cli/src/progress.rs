//! Progress on standard error: the line that is shown, and messages above it.

use crate::interrupt::{EXIT_CODE, call_at_signal};
use crate::output::{is_quiet, message_width};
use crate::progress_line::{Counted, Pace, Text, line};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::env;
use std::fmt::Write;
use std::io::{IsTerminal, stderr, stdout};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Time before the line appears: a command that takes a moment shows none.
const DELAY: Duration = Duration::from_secs(1);

/// Time between two drawings, so that the time moves even if the work reports nothing for a while.
const TICK: Duration = Duration::from_millis(200);

/// The line that is shown, so that messages can be printed above it.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// The progress of some work, as one line of a terminal. The line is removed when this value is dropped.
pub struct Bar {
    bar: ProgressBar,
    text: Arc<Mutex<Text>>,
}

impl Bar {
    /// The progress over `count` units, which are named in the singular (`pair`).
    pub fn over(count: usize, unit: &str) -> Self {
        let pace = Some(Pace::starting_at(0));
        Self::new(Some(count), Text { unit: unit.to_owned(), pace, ..Text::default() }, DELAY)
    }

    /// The progress of counting units whose number is not known before.
    pub fn counting(unit: &str) -> Self {
        Self::new(None, Text { unit: unit.to_owned(), ..Text::default() }, DELAY)
    }

    /// The time that some work takes which reports nothing, such as `reading pairs.tsv`.
    pub fn waiting(work: impl Into<String>) -> Self {
        Self::new(None, Text { work: work.into(), ..Text::default() }, DELAY)
    }

    /// A line that appears at once, first with the name of some work; other parts are set one by one.
    pub fn immediate(work: &str) -> Self {
        Self::new(None, Text { work: work.to_owned(), ..Text::default() }, Duration::ZERO)
    }

    /// No line, for a command that writes its results to a terminal one by one.
    pub fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), text: Arc::default() }
    }

    /// Leaves out the line if results are written to a terminal one by one: they show the progress themselves.
    pub fn unless_seen(output: Option<&Path>, line: impl FnOnce() -> Self) -> Self {
        let is_stdout = output.is_none_or(|path| path == Path::new("-"));
        if is_stdout && stdout().is_terminal() { Self::hidden() } else { line() }
    }

    fn new(count: Option<usize>, text: Text, delay: Duration) -> Self {
        if is_quiet() || !is_possible() {
            return Self::hidden();
        }
        let text = Arc::new(Mutex::new(text));
        let bar = count.map_or_else(ProgressBar::no_length, |count| ProgressBar::new(count as u64));
        bar.set_style(style(Arc::clone(&text), delay));
        bar.enable_steady_tick(TICK);
        // Without a handler, Ctrl-C would leave the line behind.
        let _ = call_at_signal(|| EXIT_CODE);
        if let Ok(mut shown) = SHOWN.lock() {
            *shown = Some(bar.clone());
        }
        Self { bar, text }
    }

    /// Counts further units.
    pub fn inc(&self, units: usize) {
        self.bar.inc(units as u64);
        self.reach(self.bar.position());
    }

    /// Sets the number of units that are done.
    pub fn set_position(&self, units: usize) {
        self.bar.set_position(units as u64);
        self.reach(units as u64);
    }

    fn reach(&self, done: u64) {
        self.text().pace.get_or_insert_with(|| Pace::starting_at(done)).reach(done);
    }

    /// Sets the number of units of the whole work.
    pub fn set_length(&self, units: usize, unit: &str) {
        let mut text = self.text();
        text.unit = unit.to_owned();
        text.work.clear();
        drop(text);
        self.bar.set_length(units as u64);
    }

    /// Sets the seconds that are left, if they are known, and further facts, the most important first.
    pub fn set_details(&self, left: Option<f64>, details: Vec<String>) {
        let mut text = self.text();
        text.left = left.map(|left| (left, Instant::now()));
        text.details = details;
        text.work.clear();
    }

    /// Sets the number of steps that are done. Until their number `is_fixed`, it is a fact among others.
    pub fn set_step(&self, step: usize, is_fixed: bool) {
        let mut text = self.text();
        text.work.clear();
        if !is_fixed {
            let others = text.details.drain(..).filter(|fact| !fact.starts_with("step ")).collect::<Vec<_>>();
            text.details = std::iter::once(format!("step {step}")).chain(others).collect();
        }
        drop(text);
        self.set_position(step);
    }

    /// Names work without a number of units.
    pub fn set_work(&self, work: impl Into<String>) {
        self.text().work = work.into();
    }

    fn text(&self) -> MutexGuard<'_, Text> {
        self.text.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.finish_and_clear();
        if let Ok(mut shown) = SHOWN.lock() {
            *shown = None;
        }
    }
}

/// Whether a line can be shown: standard error is a terminal that can move its cursor.
pub fn is_possible() -> bool {
    stderr().is_terminal() && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Removes the line for good, because the program ends.
pub fn clear() {
    if let Ok(shown) = SHOWN.try_lock() {
        shown.iter().for_each(ProgressBar::finish_and_clear);
    }
}

/// Removes the line, calls `print`, and shows the line again below.
pub fn suspend(print: impl FnOnce()) {
    // Never waits: after a panic, the thread that has the lock may not go on.
    match SHOWN.try_lock() {
        Ok(shown) => match &*shown {
            Some(bar) => bar.suspend(print),
            None => print(),
        },
        Err(_) => print(),
    }
}

/// The style of indicatif that writes our line.
fn style(text: Arc<Mutex<Text>>, delay: Duration) -> ProgressStyle {
    let started = Instant::now();
    let colors = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let write = move |state: &ProgressState, out: &mut dyn Write| {
        if let (Ok(text), true) = (text.lock(), started.elapsed() >= delay) {
            let drawn = line(message_width().unwrap_or(80), colors, &text, &Counted::of(state));
            let _ = out.write_str(&drawn);
        }
    };
    let template = ProgressStyle::with_template("{line}").unwrap_or_else(|_| ProgressStyle::default_bar());
    template.with_key("line", write)
}
