//! One line of progress that never wraps, also in a narrow terminal: a bar, numbers with their unit, facts; and durations.

use indicatif::ProgressState;
use std::time::{Duration, Instant};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Time between two pictures of the spinner.
const FRAME: Duration = Duration::from_millis(200);

/// The parts of the line.
#[derive(Default)]
pub struct Text {
    /// Name of the work, such as `checking pairs.tsv`; empty if there is something to count.
    pub work: String,
    /// What is counted, in the singular; empty if nothing is.
    pub unit: String,
    /// Seconds that are left, and when that was estimated. `None`: estimated from the speed so far.
    pub left: Option<(f64, Instant)>,
    /// What has been done in this run, from which the speed follows.
    pub pace: Option<Pace>,
    /// Further facts, the most important first.
    pub details: Vec<String>,
}

/// The first and the last count of a run. A resumed run starts above zero, and work can pause for long, so that time
/// only counts up to the last unit.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    first: (u64, Instant),
    last: (u64, Instant),
}

impl Pace {
    /// The pace of work of which `done` units are done now.
    pub fn starting_at(done: u64) -> Self {
        let now = (done, Instant::now());
        Self { first: now, last: now }
    }

    /// Notes that `done` units are done now.
    pub fn reach(&mut self, done: u64) {
        if done != self.last.0 {
            self.last = (done, Instant::now());
        }
    }

    /// Seconds until `of` units are done, less those since the last count; `None` before the first unit.
    fn seconds_left(&self, of: u64) -> Option<f64> {
        let (done, time) = (self.last.0.checked_sub(self.first.0)?, self.last.1 - self.first.1);
        let left = time.as_secs_f64() * of.saturating_sub(self.last.0) as f64 / done as f64;
        (done > 0).then_some((left - self.last.1.elapsed().as_secs_f64()).max(0.0))
    }
}

/// What indicatif knows.
pub struct Counted {
    done: u64,
    of: Option<u64>,
    elapsed: Duration,
    per_second: f64,
}

impl Counted {
    pub fn of(state: &ProgressState) -> Self {
        Self { done: state.pos(), of: state.len(), elapsed: state.elapsed(), per_second: state.per_sec() }
    }
}

/// Columns of the bar.
const SMALLEST_BAR: usize = 8;
const LARGEST_BAR: usize = 24;

/// Draws the line in at most `width` columns: a bar if the end is known, the numbers, and the facts that fit.
pub fn line(width: usize, colors: bool, text: &Text, counted: &Counted) -> String {
    // A character in the last column makes some terminals wrap.
    let width = width.saturating_sub(1);
    let bar = counted.of.filter(|of| *of > 0 && text.work.is_empty());
    let reserved = 1 + if bar.is_some() { SMALLEST_BAR } else { 1 };
    let mut words = String::new();
    for part in parts(text, counted) {
        let comma = if words.is_empty() { "" } else { ", " };
        if !words.is_empty() && words.width() + comma.len() + part.width() + reserved > width {
            break;
        }
        words += comma;
        words += &part;
    }
    let free = width.saturating_sub(words.width() + 1);
    match bar {
        Some(of) if free >= SMALLEST_BAR => {
            format!("{} {words}", drawn(counted.done as f64 / of as f64, free.min(LARGEST_BAR), colors))
        }
        None if free >= 1 => format!("{} {words}", spinner(counted.elapsed)),
        _ => cut(&words, width),
    }
}

/// The texts of the line, the most important first.
fn parts(text: &Text, counted: &Counted) -> Vec<String> {
    let mut parts = Vec::new();
    let s = |count: u64| if count == 1 { "" } else { "s" };
    match (&text.work, counted.of) {
        (work, _) if !work.is_empty() => parts.extend([work.clone(), duration(counted.elapsed.as_secs_f64())]),
        _ if text.unit.is_empty() => {}
        (_, Some(of)) => {
            parts.push(format!("{}/{of} {}{}", counted.done, text.unit, s(of)));
            let left = match text.left {
                Some((left, at)) => Some((left - at.elapsed().as_secs_f64()).max(0.0)),
                None => text.pace.and_then(|pace| pace.seconds_left(of)),
            };
            let left = left.filter(|_| counted.done < of);
            parts.extend(left.map(|left| format!("{} left", duration(left))));
        }
        (_, None) => {
            parts.push(format!("{} {}{}", counted.done, text.unit, s(counted.done)));
            parts.push(duration(counted.elapsed.as_secs_f64()));
            if counted.done > 0 {
                let digits = usize::from(counted.per_second < 10.0);
                parts.push(format!("{:.digits$} per second", counted.per_second));
            }
        }
    }
    parts.extend(text.details.iter().cloned());
    parts
}

/// A bar of `width` columns of which a fraction is full.
fn drawn(fraction: f64, width: usize, colors: bool) -> String {
    let full = ((fraction.clamp(0.0, 1.0) * width as f64).round() as usize).min(width);
    let (full, empty) = ("█".repeat(full), "░".repeat(width - full));
    if colors { format!("\u{1b}[36m{full}\u{1b}[2m{empty}\u{1b}[0m") } else { format!("{full}{empty}") }
}

/// A character that moves with the time.
fn spinner(elapsed: Duration) -> char {
    const FRAMES: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
    FRAMES[(elapsed.as_millis() / FRAME.as_millis()) as usize % FRAMES.len()]
}

/// The beginning of a text, in at most `width` columns of a terminal; `…` replaces the rest.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut cut, mut columns) = (String::new(), 1);
    for character in text.chars() {
        columns += character.width().unwrap_or(0);
        if columns > width {
            break;
        }
        cut.push(character);
    }
    if width > 0 {
        cut.push('…');
    }
    cut
}

/// Formats a duration in whole seconds as `1:02:03` or `2:03`.
pub fn duration(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(unit: &str) -> Text {
        Text { unit: unit.to_owned(), ..Text::default() }
    }

    fn counted(done: u64, of: Option<u64>) -> Counted {
        Counted { done, of, elapsed: Duration::from_secs(4), per_second: 12.3 }
    }

    #[test]
    fn the_time_left_follows_from_the_units_of_this_run_and_only_counts_down_between_them() {
        let now = Instant::now();
        let ago = |seconds| now.checked_sub(Duration::from_secs(seconds)).expect("the clock has run for a minute");
        // Resumed at step 500; 100 steps in ten seconds; the last was two seconds ago.
        let pace = Pace { first: (500, ago(12)), last: (600, ago(2)) };
        let left = pace.seconds_left(1000).expect("a speed");
        assert!((left - 38.0).abs() < 0.5, "{left}");
        let paused = Pace { first: (500, ago(60)), last: (600, ago(50)) };
        assert_eq!(paused.seconds_left(1000), Some(0.0));
        assert_eq!(Pace::starting_at(500).seconds_left(1000), None);
    }

    #[test]
    fn the_line_has_the_unit_and_a_bar_that_shrinks_before_the_numbers_do() {
        let left = Some((83.0, Instant::now()));
        let (steps, some) = (Text { left, ..text("step") }, counted(500, Some(2000)));
        let shown = |width| line(width, false, &steps, &some);
        assert_eq!(shown(80), "██████░░░░░░░░░░░░░░░░░░ 500/2000 steps, 1:23 left");
        assert_eq!(shown(40), "███░░░░░░░░░░ 500/2000 steps, 1:23 left");
        assert_eq!(shown(30), "████░░░░░░░░░░ 500/2000 steps");
        assert_eq!(shown(20), "500/2000 steps");
        assert_eq!(shown(10), "500/2000…");
        assert_eq!(line(80, false, &text("pair"), &counted(0, Some(1))), format!("{} 0/1 pair", "░".repeat(24)));
    }

    #[test]
    fn facts_are_left_out_from_the_least_important_on() {
        let left = Some((83.0, Instant::now()));
        let details = ["loss 3.212", "12345 tokens/s"].map(str::to_owned).to_vec();
        let (training, some) = (Text { left, details, ..text("step") }, counted(500, Some(2000)));
        let shown = |width| line(width, false, &training, &some);
        assert!(shown(100).ends_with("500/2000 steps, 1:23 left, loss 3.212, 12345 tokens/s"), "{}", shown(100));
        assert!(shown(60).ends_with("500/2000 steps, 1:23 left, loss 3.212"), "{}", shown(60));
        assert!(shown(40).ends_with("500/2000 steps, 1:23 left"), "{}", shown(40));
        for width in 1..120 {
            assert!(shown(width).width() < width.max(2), "{width}: {}", shown(width));
        }
    }

    #[test]
    fn without_an_end_the_line_counts_or_shows_the_time() {
        assert_eq!(line(80, false, &text("line"), &counted(1, None)), "⠋ 1 line, 0:04, 12 per second");
        assert_eq!(line(24, false, &text("line"), &counted(1234, None)), "⠋ 1234 lines, 0:04");
        let waiting = Text { work: "checking a.tsv".to_owned(), ..Text::default() };
        assert_eq!(line(80, false, &waiting, &counted(0, None)), "⠋ checking a.tsv, 0:04");
        assert_eq!(line(12, false, &waiting, &counted(0, None)), "checking a…");
    }

    #[test]
    fn a_text_is_cut_by_columns_of_the_terminal() {
        assert_eq!([cut("日本語", 6), cut("日本語", 5), cut("日本語", 1), cut("a", 0)], ["日本語", "日本…", "…", ""]);
    }
}
