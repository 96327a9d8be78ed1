//! Finds a line shift: from some line on, line N of the source translates line N + 1 of the target, or N - 2.
//!
//! A path through the corpus gains the likelihood of the lines that it pairs and pays for every change of the shift.
//! The best path (Viterbi 1967) is compared with the path without a change. The likelihood is estimated from the best
//! path under a first guess.

use crate::line_features::LineFeatures;
use crate::pair_likelihood::{Marginals, Observed, PairLikelihood};

/// Shifts that are tried: this far from 0, and from the difference of the numbers of lines.
const NEAR: i64 = 4;

/// The cost of a change of the shift, in natural logarithms, and a part that grows with the logarithm of the number of
/// lines: in a long corpus, a likely path by chance is more frequent.
const CHANGE: f64 = 10.0;
const CHANGE_BY_LINES: f64 = 0.5;

/// A line counts as possible if its log probability is at most this much below the best.
const POSSIBLE: f64 = 3.0;

/// The first line shift of a corpus.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LineShift {
    /// The most likely one-based line from which source and target do not match.
    pub(crate) line: usize,
    /// The first and the last possible line.
    pub(crate) possible: (usize, usize),
    /// From there on, line N of the source matches line N + `shift` of the target.
    pub(crate) shift: i64,
    /// The line where the shift changes again.
    pub(crate) until: Option<usize>,
}

/// Returns the first line shift, if the features show one. `source` and `target` hold all lines of the two sides.
pub(crate) fn first_line_shift(source: &[LineFeatures], target: &[LineFeatures]) -> Option<LineShift> {
    let marginals = Marginals::of(source, target);
    let search = Search::new(source, target);
    let mut observed = Observed::default();
    search.best_path(&marginals.first_likelihood(), |s, t| observed.add(s, t, &marginals));
    let likelihood = observed.likelihood(&marginals);
    let path = search.best_path(&likelihood, |_, _| {});
    let first = path.first?;
    // With different numbers of lines, one change proves nothing: the longer file may only have more lines at its end.
    // Then the change must gain more than it costs.
    let straight: f64 = source.iter().zip(target).map(|(s, t)| f64::from(likelihood.of(*s, *t))).sum();
    if search.last_shift != 0 && path.gain < straight {
        return None;
    }
    let (line, possible) = search.placed(&likelihood, &first, path.second.unwrap_or(source.len()));
    Some(LineShift {
        line: line + 1,
        possible: (possible.0 + 1, possible.1 + 1),
        shift: first.shift,
        until: path.second.map(|at| at + 1),
    })
}

struct Search<'a> {
    source: &'a [LineFeatures],
    target: &'a [LineFeatures],
    shifts: Vec<i64>,
    /// The shift at the end of the corpus.
    last_shift: i64,
    /// The cost of a change of the shift.
    change: f64,
}

/// The best path up to a line.
#[derive(Debug, Clone, Copy, Default)]
struct Path {
    gain: f64,
    first: Option<Change>,
    /// The zero-based source line of the second change.
    second: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Change {
    /// The first zero-based source line with the new shift.
    at: usize,
    shift: i64,
}

impl Path {
    fn changed(mut self, at: usize, shift: i64, cost: f64) -> Self {
        self.gain -= cost;
        match self.first {
            None => self.first = Some(Change { at, shift }),
            Some(_) => self.second = self.second.or(Some(at)),
        }
        self
    }
}

impl<'a> Search<'a> {
    fn new(source: &'a [LineFeatures], target: &'a [LineFeatures]) -> Self {
        let last_shift = target.len() as i64 - source.len() as i64;
        let mut shifts: Vec<i64> = [0, last_shift].iter().flat_map(|shift| shift - NEAR..=shift + NEAR).collect();
        shifts.sort_unstable();
        shifts.dedup();
        let lines = source.len().max(2) as f64;
        Self { source, target, shifts, last_shift, change: CHANGE + CHANGE_BY_LINES * lines.ln() }
    }

    fn gain(&self, likelihood: &PairLikelihood, at: usize, shift: i64) -> f64 {
        let source = self.source.get(at);
        let target = usize::try_from(at as i64 + shift).ok().and_then(|at| self.target.get(at));
        // A line without a counterpart gives no evidence.
        source.zip(target).map_or(0.0, |(source, target)| f64::from(likelihood.of(*source, *target)))
    }

    /// Returns the best path from shift 0 to the last shift; `observe` receives the pairs of the path that is best so
    /// far.
    fn best_path(&self, likelihood: &PairLikelihood, mut observe: impl FnMut(LineFeatures, LineFeatures)) -> Path {
        let start = |shift: &i64| (*shift == 0).then_some(Path::default());
        let mut paths: Vec<Option<Path>> = self.shifts.iter().map(start).collect();
        for at in 0..self.source.len() {
            let before = best(&paths);
            for (path, shift) in paths.iter_mut().zip(&self.shifts) {
                let changed = before.gain - self.change;
                if path.is_none_or(|path| path.gain < changed) {
                    *path = Some(before.changed(at, *shift, self.change));
                }
                if let Some(path) = path {
                    path.gain += self.gain(likelihood, at, *shift);
                }
            }
            let gain = |index: usize| paths[index].map_or(f64::NEG_INFINITY, |path| path.gain);
            let now = (0..paths.len()).max_by(|a, b| gain(*a).total_cmp(&gain(*b)));
            let target = now.map(|index| at as i64 + self.shifts[index]).and_then(|at| usize::try_from(at).ok());
            if let Some(target) = target.and_then(|at| self.target.get(at)) {
                observe(self.source[at], *target);
            }
        }
        let before = best(&paths);
        let end = self.shifts.iter().position(|shift| *shift == self.last_shift);
        let straight = end.and_then(|index| paths[index]);
        straight
            .filter(|path| path.gain >= before.gain - self.change)
            .unwrap_or_else(|| before.changed(self.source.len(), self.last_shift, self.change))
    }

    /// Returns the best zero-based line for the first change, and the first and last possible ones. The search starts
    /// at the line of the path and ends at `end`, the next change.
    fn placed(&self, likelihood: &PairLikelihood, change: &Change, end: usize) -> (usize, (usize, usize)) {
        // If target lines are missing, the same number of source lines have no counterpart; the path does not skip
        // them.
        let skipped = usize::try_from(-change.shift).unwrap_or(0);
        // The gain if the change comes one line later.
        let gain = |at: usize| self.gain(likelihood, at, 0) - self.gain(likelihood, at + skipped, change.shift);
        let mut gains = vec![(change.at, 0.0)];
        gains.extend(running(change.at..end, |at| (at + 1, gain(at))));
        gains.extend(running((0..change.at).rev(), |at| (at, -gain(at))));
        gains.sort_unstable_by_key(|(at, _)| *at);
        let best = gains.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default();
        let possible = || gains.iter().filter(|(_, gain)| *gain >= best.1 - POSSIBLE).map(|(at, _)| *at);
        (best.0, (possible().next().unwrap_or(best.0), possible().next_back().unwrap_or(best.0)))
    }
}

/// Lines with the gain of moving the change there, until the gain is far too low.
fn running(lines: impl Iterator<Item = usize>, gain: impl Fn(usize) -> (usize, f64)) -> Vec<(usize, f64)> {
    let sums = lines.scan(0.0, |sum, line| {
        let (place, gain) = gain(line);
        *sum += gain;
        Some((place, *sum))
    });
    sums.take_while(|(_, sum)| *sum > -10.0 * POSSIBLE).collect()
}

fn best(paths: &[Option<Path>]) -> Path {
    paths.iter().flatten().copied().max_by(|a, b| a.gain.total_cmp(&b.gain)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sentences of very different lengths, and translations that are a fifth longer.
    fn sides(lines: usize) -> (Vec<LineFeatures>, Vec<LineFeatures>) {
        let length = |line: usize| 10 + line * 7919 % 97;
        let features = |length: usize| LineFeatures::of(&"x".repeat(length));
        let noise = |line: usize| line * 31 % 9;
        (
            (0..lines).map(|line| features(length(line))).collect(),
            (0..lines).map(|line| features(length(line) * 6 / 5 + noise(line))).collect(),
        )
    }

    #[track_caller]
    fn assert_near(found: Option<LineShift>, line: usize, shift: i64) {
        let found = found.expect("a line shift");
        assert!(found.line.abs_diff(line) <= 1 && found.shift == shift, "{found:?}");
        assert!((found.possible.0..=found.possible.1).contains(&line), "{found:?}");
    }

    #[test]
    fn matching_sides_have_no_line_shift() {
        let (source, target) = sides(1000);
        assert_eq!(first_line_shift(&source, &target), None);
        assert_eq!(first_line_shift(&source[..1], &target[..1]), None);
        assert_eq!(first_line_shift(&[], &[]), None);
    }

    #[test]
    fn a_file_that_goes_on_at_its_end_has_no_line_shift() {
        let (source, target) = sides(1000);
        assert_eq!(first_line_shift(&source, &target[..990]), None);
        assert_eq!(first_line_shift(&source[..500], &target), None);
        assert_eq!(first_line_shift(&source, &[]), None);
        assert_eq!(first_line_shift(&[], &target), None);
    }

    #[test]
    fn a_missing_line_is_found_on_either_side() {
        let (mut source, mut target) = sides(1000);
        let left_out = source.remove(399);
        assert_near(first_line_shift(&source, &target), 400, 1);
        source.insert(399, left_out);
        target.remove(399);
        assert_near(first_line_shift(&source, &target), 400, -1);
    }

    #[test]
    fn a_line_missing_here_and_added_there_is_found_with_both_places() {
        let (source, mut target) = sides(1000);
        let left_out = target.remove(199);
        target.insert(700, left_out);
        let found = first_line_shift(&source, &target);
        assert_near(found, 200, -1);
        let until = found.and_then(|found| found.until).expect("an end");
        assert!(until.abs_diff(701) <= 2, "{until}");
    }

    #[test]
    fn lines_that_are_all_alike_show_no_line_shift() {
        let same = vec![LineFeatures::of("a dog"); 100];
        assert_eq!(first_line_shift(&same, &same[..99]), None);
    }
}
