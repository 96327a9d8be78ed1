//! Shifts: runs of words that stand in the reference too, moved there if that saves edits (Snover et al. 2006, section 3).
//!
//! Which shifts are tried, and which of several equally good ones is taken, decides the figure. Both are as in sacreBLEU,
//! and so in Tercom, the program of the paper's authors.

use std::cmp::Reverse;

use super::edits::{Alignment, EditTable};

/// Words of a shift at most.
const LONGEST: usize = 10;

/// Places that the run in the hypothesis and that in the reference may be apart.
const FARTHEST: usize = 50;

/// Shifts of one sentence that are tried. When they are used up, the round they were used up in counts for nothing.
const MOST_TRIED: usize = 1000;

/// The edits that turn the hypothesis into the reference, as few as a greedy search over shifts finds.
pub fn edits(mut hypothesis: Vec<u32>, reference: &[u32]) -> usize {
    let mut table = EditTable::new(&hypothesis, reference);
    let (mut shifts, mut tried) = (0, 0);
    loop {
        let before = table.distance();
        let best = best_shift(&hypothesis, &mut table, reference, &mut tried);
        match best {
            Some((saved, shift)) if saved > 0 && tried < MOST_TRIED => {
                shift.apply(&mut hypothesis);
                table.replace(&hypothesis);
                shifts += 1;
            }
            _ => return shifts + before as usize,
        }
    }
}

/// A run of words of the hypothesis, and where it goes.
#[derive(Clone, Copy)]
struct Shift {
    start: usize,
    len: usize,
    /// The place of the word that it is put before; inside the run, so many words further than it stands.
    target: usize,
}

impl Shift {
    fn apply(self, words: &mut [u32]) {
        let Self { start, len, target } = self;
        let end = start + len;
        if target < start {
            words[target..end].rotate_right(len);
        } else if target > end {
            words[start..target].rotate_left(len);
        } else {
            let target_end = (target + len).min(words.len());
            words[start..target_end].rotate_left(len);
        }
    }
}

/// The shift that saves most edits, if there is any, and how many. Of equals it is that of the longest run, then of the
/// first, then the one to the first place.
fn best_shift(hypothesis: &[u32], table: &mut EditTable, reference: &[u32], tried: &mut usize) -> Option<(i64, Shift)> {
    let before = i64::from(table.distance());
    let alignment = table.alignment();
    let mut best = None;
    let mut shifted = hypothesis.to_vec();
    for (start, reference_start, len) in common_runs(hypothesis, reference) {
        if !is_worth_trying(&alignment, start, reference_start, len) {
            continue;
        }
        for target in targets(&alignment, reference_start, len) {
            let shift = Shift { start, len, target };
            shifted.copy_from_slice(hypothesis);
            shift.apply(&mut shifted);
            table.replace(&shifted);
            let saved = before - i64::from(table.distance());
            let rank = (saved, len, Reverse(start), Reverse(target));
            if best.is_none_or(|(highest, _)| rank > highest) {
                best = Some((rank, shift));
            }
            *tried += 1;
        }
        if *tried >= MOST_TRIED {
            break;
        }
    }
    best.map(|((saved, ..), shift)| (saved, shift))
}

/// Whether something is wrong with the run on either side, and it is not aligned with itself.
fn is_worth_trying(alignment: &Alignment, start: usize, reference_start: usize, len: usize) -> bool {
    let used_up = alignment.used_up[reference_start];
    alignment.wrong_in_hypothesis[start..start + len].contains(&true)
        && alignment.wrong_in_reference[reference_start..reference_start + len].contains(&true)
        && !(start + 1..=start + len).contains(&used_up)
}

/// Where a run may go: before the place that its first word is aligned to, and behind that of each of its words.
fn targets(alignment: &Alignment, reference_start: usize, len: usize) -> impl Iterator<Item = usize> {
    let before = reference_start.checked_sub(1).map_or(0, |word| alignment.used_up[word]);
    let behind = &alignment.used_up[reference_start..reference_start + len];
    let mut last = None;
    std::iter::once(before).chain(behind.iter().copied()).filter(move |target| last.replace(*target) != Some(*target))
}

/// Runs of words that both have: first word in the hypothesis, first word in the reference, number of words. The beginnings
/// of a run are runs, too.
fn common_runs(hypothesis: &[u32], reference: &[u32]) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..hypothesis.len()).flat_map(move |start| {
        let near = start.saturating_sub(FARTHEST)..reference.len().min(start + FARTHEST + 1);
        near.flat_map(move |reference_start| {
            let both = hypothesis[start..].iter().zip(&reference[reference_start..]);
            let longest = both.take(LONGEST).take_while(|(ours, theirs)| ours == theirs).count();
            (1..=longest).map(move |len| (start, reference_start, len))
        })
    })
}
