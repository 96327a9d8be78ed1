//! Where two sides slip: from some line on, line N of one translates line N + 1 of the other, or N - 2.
//!
//! A path through the corpus pays for every change of the shift and earns the likeness of the lines it pairs; the best
//! one (Viterbi 1967) is compared with the straight one. What translations of this corpus look like is learnt from the
//! best path under a first guess.

use super::likeness::{Likeness, Marginals, Observed};
use super::prints::Print;

/// Shifts tried on either side of none, and of the difference of the numbers of lines.
const NEAR: i64 = 4;

/// What a change of the shift costs, in natural logarithms, and that times the logarithm of the lines: chance has more
/// tries in a long corpus.
const CHANGE: f64 = 10.0;
const CHANGE_BY_LINES: f64 = 0.5;

/// Places for the change whose logarithm of probability is that much lower are possible ones still.
const POSSIBLE: f64 = 3.0;

/// Where and how the sides slip first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slip {
    /// The most likely line, from one, from which the sides do not go together.
    pub(super) line: usize,
    /// The first and last possible one.
    pub(super) possible: (usize, usize),
    /// The line of the source that goes on being translated, by `shift` lines further down in the target.
    pub(super) shift: i64,
    /// The line where the shift changes again.
    pub(super) until: Option<usize>,
}

/// The first slip, if the lines tell one; `source` and `target` hold all lines of the two sides.
pub(super) fn first_slip(source: &[Print], target: &[Print]) -> Option<Slip> {
    let marginals = Marginals::of(source, target);
    let search = Search::new(source, target);
    let mut observed = Observed::default();
    search.best_path(&marginals.first_likeness(), |s, t| observed.add(s, t, &marginals));
    let likeness = observed.likeness(&marginals);
    let path = search.best_path(&likeness, |_, _| {});
    let first = path.first?;
    // With different numbers of lines one change is no sign of anything: the longer file may go on at its end, or the
    // lines may tell nothing. Then the change has to earn what it costs.
    let straight: f64 = source.iter().zip(target).map(|(s, t)| f64::from(likeness.of(*s, *t))).sum();
    if search.last_shift != 0 && path.gain < straight {
        return None;
    }
    let (line, possible) = search.placed(&likeness, &first, path.second.unwrap_or(source.len()));
    Some(Slip {
        line: line + 1,
        possible: (possible.0 + 1, possible.1 + 1),
        shift: first.shift,
        until: path.second.map(|at| at + 1),
    })
}

struct Search<'a> {
    source: &'a [Print],
    target: &'a [Print],
    shifts: Vec<i64>,
    /// At the end.
    last_shift: i64,
    change: f64,
}

/// A way through the corpus so far.
#[derive(Debug, Clone, Copy, Default)]
struct Path {
    gain: f64,
    first: Option<Change>,
    /// Source line, from zero, of the second change.
    second: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Change {
    /// Source line, from zero, that is the first under the new shift.
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
    fn new(source: &'a [Print], target: &'a [Print]) -> Self {
        let last_shift = target.len() as i64 - source.len() as i64;
        let mut shifts: Vec<i64> = [0, last_shift].iter().flat_map(|shift| shift - NEAR..=shift + NEAR).collect();
        shifts.sort_unstable();
        shifts.dedup();
        let lines = source.len().max(2) as f64;
        Self { source, target, shifts, last_shift, change: CHANGE + CHANGE_BY_LINES * lines.ln() }
    }

    fn gain(&self, likeness: &Likeness, at: usize, shift: i64) -> f64 {
        let source = self.source.get(at);
        let target = usize::try_from(at as i64 + shift).ok().and_then(|at| self.target.get(at));
        // A line without a partner says nothing.
        source.zip(target).map_or(0.0, |(source, target)| f64::from(likeness.of(*source, *target)))
    }

    /// The best path from shift 0 to the last; `seen` hears of the pairs on the path that is best so far.
    fn best_path(&self, likeness: &Likeness, mut seen: impl FnMut(Print, Print)) -> Path {
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
                    path.gain += self.gain(likeness, at, *shift);
                }
            }
            let gain = |index: usize| paths[index].map_or(f64::NEG_INFINITY, |path| path.gain);
            let now = (0..paths.len()).max_by(|a, b| gain(*a).total_cmp(&gain(*b)));
            let target = now.map(|index| at as i64 + self.shifts[index]).and_then(|at| usize::try_from(at).ok());
            if let Some(target) = target.and_then(|at| self.target.get(at)) {
                seen(self.source[at], *target);
            }
        }
        let before = best(&paths);
        let end = self.shifts.iter().position(|shift| *shift == self.last_shift);
        let straight = end.and_then(|index| paths[index]);
        straight
            .filter(|path| path.gain >= before.gain - self.change)
            .unwrap_or_else(|| before.changed(self.source.len(), self.last_shift, self.change))
    }

    /// The best line, from zero, for the first change, and the first and last that it may be, given that it is near where
    /// the path has it and the next is at `end`.
    fn placed(&self, likeness: &Likeness, change: &Change, end: usize) -> (usize, (usize, usize)) {
        // Where lines of the target are missing, as many of the source have no partner; a path does not know them.
        let skipped = usize::try_from(-change.shift).unwrap_or(0);
        // What is gained if the change comes a line later.
        let gain = |at: usize| self.gain(likeness, at, 0) - self.gain(likeness, at + skipped, change.shift);
        let mut gains = vec![(change.at, 0.0)];
        gains.extend(running(change.at..end, |at| (at + 1, gain(at))));
        gains.extend(running((0..change.at).rev(), |at| (at, -gain(at))));
        gains.sort_unstable_by_key(|(at, _)| *at);
        let best = gains.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default();
        let possible = || gains.iter().filter(|(_, gain)| *gain >= best.1 - POSSIBLE).map(|(at, _)| *at);
        (best.0, (possible().next().unwrap_or(best.0), possible().next_back().unwrap_or(best.0)))
    }
}

/// Places with what is gained by going there, until that is hopeless.
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

    /// A language of a hundred sentences of very different lengths, and one whose sentences are a fifth longer.
    fn sides(lines: usize) -> (Vec<Print>, Vec<Print>) {
        let length = |line: usize| 10 + line * 7919 % 97;
        let print = |length: usize| Print::of(&"x".repeat(length));
        let noise = |line: usize| line * 31 % 9;
        (
            (0..lines).map(|line| print(length(line))).collect(),
            (0..lines).map(|line| print(length(line) * 6 / 5 + noise(line))).collect(),
        )
    }

    #[track_caller]
    fn assert_near(slip: Option<Slip>, line: usize, shift: i64) {
        let slip = slip.expect("a slip");
        assert!(slip.line.abs_diff(line) <= 1 && slip.shift == shift, "{slip:?}");
        assert!((slip.possible.0..=slip.possible.1).contains(&line), "{slip:?}");
    }

    #[test]
    fn straight_sides_do_not_slip() {
        let (source, target) = sides(1000);
        assert_eq!(first_slip(&source, &target), None);
        assert_eq!(first_slip(&source[..1], &target[..1]), None);
        assert_eq!(first_slip(&[], &[]), None);
    }

    #[test]
    fn a_file_that_is_longer_at_the_end_does_not_slip_before() {
        let (source, target) = sides(1000);
        assert_eq!(first_slip(&source, &target[..990]), None);
        assert_eq!(first_slip(&source[..500], &target), None);
        assert_eq!(first_slip(&source, &[]), None);
        assert_eq!(first_slip(&[], &target), None);
    }

    #[test]
    fn a_missing_line_is_found_on_either_side() {
        let (mut source, mut target) = sides(1000);
        let left_out = source.remove(399);
        assert_near(first_slip(&source, &target), 400, 1);
        source.insert(399, left_out);
        target.remove(399);
        assert_near(first_slip(&source, &target), 400, -1);
    }

    #[test]
    fn a_line_missing_here_and_added_there_is_found_with_both_places() {
        let (source, mut target) = sides(1000);
        let left_out = target.remove(199);
        target.insert(700, left_out);
        let slip = first_slip(&source, &target);
        assert_near(slip, 200, -1);
        let until = slip.and_then(|slip| slip.until).expect("an end");
        assert!(until.abs_diff(701) <= 2, "{until}");
    }

    #[test]
    fn lines_that_are_all_alike_tell_nothing() {
        let same = vec![Print::of("a dog"); 100];
        assert_eq!(first_slip(&same, &same[..99]), None);
    }
}
