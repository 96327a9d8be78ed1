//! The second reading of a corpus: each line against what is known of all.

use super::findings_of_line::{Side, is_same_text, side_place, unusable};
use super::prints::{Print, difference};
use super::profile::{Learnt, Looks};
use super::rows::{Row, Rows};
use super::seen::Before;
use super::survey::Survey;
use super::{Findings, Input, Kind, Place, Role};
use crate::TextError;

/// Reads `input`, of which `own` is known, against the training corpus.
pub(super) fn examine(input: &Input, own: &Survey, train: &Survey, findings: &mut Findings) -> Result<(), TextError> {
    for row in Rows::of(input)? {
        let row = row?;
        let Some((source, target)) = row.pair().filter(|(s, t)| unusable(s, t).is_none()) else { continue };
        note_seen(&row, (source, target), input, train, findings);
        // Below a slip every pair is wrong, and a thousand findings would hide the one that matters.
        if own.slip.is_none_or(|slip| row.line < slip.possible.0) && is_far(source, target, train) {
            let longer = if difference(Print::of(source), Print::of(target)) > 0 { Side::Target } else { Side::Source };
            let (s, t) = (source.trim().chars().count(), target.trim().chars().count());
            let note = Some(format!("{s} characters beside {t}"));
            findings.add(Kind::LengthRatio, || Place { note, ..side_place(&row, input, longer, longer) });
        }
        if !is_same_text(source, target) {
            note_language(&row, (source, target), input, train, findings);
        }
    }
    Ok(())
}

/// Whether one side is far longer than the other, for this corpus.
pub(super) fn is_far(source: &str, target: &str, train: &Survey) -> bool {
    !train.usual.contains(&difference(Print::of(source), Print::of(target)))
}

fn note_seen(row: &Row, (source, target): (&str, &str), input: &Input, train: &Survey, findings: &mut Findings) {
    let (kind, first) = if input.role == Role::Train {
        // The first line is looked for only where it will be shown.
        let kind = match (train.repeated.pairs.contains(row.line), train.repeated.sources.contains(row.line)) {
            (true, _) => Kind::DuplicatePair,
            (_, true) => Kind::SameSource,
            _ => return,
        };
        (kind, None)
    } else {
        match train.seen.first(source, target) {
            Some(Before::Pair(line)) => (Kind::PairInTrain, Some(line)),
            Some(Before::Source(line)) => (Kind::SourceInTrain, Some(line)),
            None => return,
        }
    };
    findings.add(kind, || {
        let first = first.or_else(|| match train.seen.first(source, target) {
            Some(Before::Pair(line)) if kind == Kind::DuplicatePair => Some(line),
            _ => train.seen.first_source_of(source),
        });
        let corpus = if input.role == Role::Train { String::new() } else { format!(" of {}", train.counts.files[0]) };
        let note = first.map(|line| format!("as on line {line}{corpus}"));
        Place { note, ..side_place(row, input, Side::Source, Side::Source) }
    });
}

fn note_language(row: &Row, (source, target): (&str, &str), input: &Input, train: &Survey, findings: &mut Findings) {
    let learnt = if input.role == Role::Train { Learnt::Yes } else { Learnt::No };
    let (kind, side) = match train.profiles.judge(source, target, learnt) {
        Looks::Right => return,
        Looks::Swapped => (Kind::SwappedSides, Side::Source),
        Looks::SourceLikeTarget => (Kind::WrongLanguage, Side::Source),
        Looks::TargetLikeSource => (Kind::WrongLanguage, Side::Target),
    };
    findings.add(kind, || side_place(row, input, side, side));
}
