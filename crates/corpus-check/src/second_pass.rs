//! The second pass over a corpus: each line compared with the statistics of all lines.

use glosser_text::{TextError, counted};

use crate::duplicates::Earlier;
use crate::finding::{Findings, Place};
use crate::first_pass::FirstPass;
use crate::input::{Input, Role};
use crate::kind::Kind;
use crate::language_profiles::Learnt;
use crate::line_checks::{is_same_text, side_place, unusable};
use crate::line_features::{LineFeatures, difference};
use crate::pair_checks::check_contents;
use crate::rows::{Row, Rows, Side};

/// Compares the lines of `input`, whose first pass gave `own`, with the training corpus.
pub(crate) fn second_pass(
    input: &Input,
    own: &FirstPass,
    train: &FirstPass,
    findings: &mut Findings,
) -> Result<(), TextError> {
    for row in Rows::of(input)? {
        let row = row?;
        let Some((source, target)) = row.pair().filter(|(s, t)| unusable(s, t).is_none()) else { continue };
        if own.is_header(&row) {
            continue;
        }
        check_duplicate(&row, (source, target), input, train, findings);
        // Below a line shift every pair is wrong, and a thousand findings would hide the one that matters.
        let is_above_shift = own.line_shift.is_none_or(|shift| row.line < shift.possible.0);
        if is_above_shift && train.is_unusual_length(source, target) {
            let is_target = difference(LineFeatures::of(source), LineFeatures::of(target)) > 0;
            let longer = if is_target { Side::Target } else { Side::Source };
            let (s, t) = (source.trim().chars().count(), target.trim().chars().count());
            let note = Some(format!("{} and {t}", counted(s, "character")));
            findings.add(Kind::LengthRatio, || Place { note, ..side_place(&row, input, longer, longer) });
        }
        // A column of numbers is a fault of the whole corpus.
        if is_above_shift && !own.counts.has_number_column() {
            check_contents(&row, (source, target), input, findings);
        }
        let learnt = if input.role == Role::Train { Learnt::Yes } else { Learnt::No };
        if !is_same_text(source, target)
            && let Some((kind, side)) = train.profiles.wrong_side(source, target, learnt)
        {
            findings.add(kind, || side_place(&row, input, side, side));
        }
    }
    Ok(())
}

fn check_duplicate(
    row: &Row,
    (source, target): (&str, &str),
    input: &Input,
    train: &FirstPass,
    findings: &mut Findings,
) {
    let (kind, first) = if input.role == Role::Train {
        // The first line is looked up only if it is reported.
        let kind = match (train.repeated.pairs.contains(row.line), train.repeated.sources.contains(row.line)) {
            (true, _) => Kind::DuplicatePair,
            (_, true) => Kind::SameSource,
            _ => return,
        };
        (kind, None)
    } else {
        match train.index.first(source, target) {
            Some(Earlier::Pair(line)) => (Kind::PairInTrain, Some(line)),
            Some(Earlier::Source(line)) => (Kind::SourceInTrain, Some(line)),
            None => return,
        }
    };
    findings.add(kind, || {
        let first = first.or_else(|| match train.index.first(source, target) {
            Some(Earlier::Pair(line)) if kind == Kind::DuplicatePair => Some(line),
            _ => train.index.first_source_of(source),
        });
        let corpus = if input.role == Role::Train { String::new() } else { format!(" of {}", train.counts.files[0]) };
        let note = first.map(|line| format!("as on line {line}{corpus}"));
        Place { note, ..side_place(row, input, Side::Source, Side::Source) }
    });
}
