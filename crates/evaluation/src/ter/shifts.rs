//! Shifts: moves a sequence of words that also occurs in the reference, if this saves edits (Snover et al. 2006, section 3).
//!
//! The score depends on which shifts are tried, and on the choice among equally good ones. Both are as in sacreBLEU and in
//! Tercom, the program of the authors of the paper.

use std::cmp::Reverse;

use super::edits::{Alignment, EditTable};

/// Maximum number of words of a shift.
const MAX_WORDS: usize = 10;

/// Maximum distance between the position in the hypothesis and the position in the reference.
const MAX_DISTANCE: usize = 50;

/// Maximum number of shifts to try per sentence. The round that reaches it is discarded.
const MAX_TRIED: usize = 1000;

/// The number of edits, including shifts, that a greedy search finds to turn a hypothesis into a reference. Both are word ids,
/// `[words]`.
pub fn edits(mut hypothesis: Vec<u32>, reference: &[u32]) -> usize {
    let mut table = EditTable::new(&hypothesis, reference);
    let (mut shifts, mut tried) = (0, 0);
    loop {
        let before = table.distance();
        let best = best_shift(&hypothesis, &mut table, reference, &mut tried);
        match best {
            Some((saved, shift)) if saved > 0 && tried < MAX_TRIED => {
                shift.apply(&mut hypothesis);
                table.replace(&hypothesis);
                shifts += 1;
            }
            _ => return shifts + before as usize,
        }
    }
}

/// A sequence of hypothesis words, and its new position.
#[derive(Clone, Copy)]
struct Shift {
    start: usize,
    len: usize,
    /// Index of the word that the sequence is moved before. An index inside the sequence moves it by this many words further.
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

/// The shift that saves most edits, and the number of saved edits. `None` if no shift is possible. Among equal shifts the
/// longest sequence wins, then the first start, then the first target.
fn best_shift(hypothesis: &[u32], table: &mut EditTable, reference: &[u32], tried: &mut usize) -> Option<(i64, Shift)> {
    let before = i64::from(table.distance());
    let alignment = table.alignment();
    let mut best = None;
    let mut shifted = hypothesis.to_vec();
    for (start, reference_start, len) in common_sequences(hypothesis, reference) {
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
        if *tried >= MAX_TRIED {
            break;
        }
    }
    best.map(|((saved, ..), shift)| (saved, shift))
}

/// Whether the sequence contains an error on both sides, and is not already aligned with itself.
fn is_worth_trying(alignment: &Alignment, start: usize, reference_start: usize, len: usize) -> bool {
    let consumed = alignment.consumed[reference_start];
    alignment.wrong_in_hypothesis[start..start + len].contains(&true)
        && alignment.wrong_in_reference[reference_start..reference_start + len].contains(&true)
        && !(start + 1..=start + len).contains(&consumed)
}

/// The possible targets of a shift: before the position that the first word is aligned to, and after the position of each
/// word.
fn targets(alignment: &Alignment, reference_start: usize, len: usize) -> impl Iterator<Item = usize> {
    let before = reference_start.checked_sub(1).map_or(0, |word| alignment.consumed[word]);
    let behind = &alignment.consumed[reference_start..reference_start + len];
    let mut last = None;
    std::iter::once(before).chain(behind.iter().copied()).filter(move |target| last.replace(*target) != Some(*target))
}

/// The common sequences of words: start in the hypothesis, start in the reference, length. Each prefix of a sequence is a
/// sequence too.
fn common_sequences(hypothesis: &[u32], reference: &[u32]) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..hypothesis.len()).flat_map(move |start| {
        let near = start.saturating_sub(MAX_DISTANCE)..reference.len().min(start + MAX_DISTANCE + 1);
        near.flat_map(move |reference_start| {
            let both = hypothesis[start..].iter().zip(&reference[reference_start..]);
            let longest = both.take(MAX_WORDS).take_while(|(ours, theirs)| ours == theirs).count();
            (1..=longest).map(move |len| (start, reference_start, len))
        })
    })
}
