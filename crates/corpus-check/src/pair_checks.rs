//! The checks that compare the contents of the two sides of a pair: numbers, placeholders and tags.

use crate::finding::{Findings, Place};
use crate::input::Input;
use crate::kind::Kind;
use crate::line_checks::side_place;
use crate::markup::{Mark, differing, marks};
use crate::numbers::differing_numbers;
use crate::rows::{Row, Side};

/// The largest number of differences that a note names, for each side.
const MOST_NAMED: usize = 4;

/// Reports numbers, placeholders and tags that differ between the sides of a pair.
pub(crate) fn check_contents(row: &Row, (source, target): (&str, &str), input: &Input, findings: &mut Findings) {
    let place = |note: Option<String>| Place { note, ..side_place(row, input, Side::Source, Side::Source) };
    let in_source = marks(source);
    let in_target = marks(target);
    match differing(&in_source, &in_target) {
        Some(sides) => findings.add(Kind::PlaceholdersDiffer, || place(Some(note(&sides)))),
        None if in_source.iter().any(Mark::is_tag) => findings.add(Kind::Tags, || place(None)),
        None => {}
    }
    // The number of a placeholder is compared with the placeholder.
    if let Some(sides) = differing_numbers(&without(source, &in_source), &without(target, &in_target)) {
        findings.add(Kind::NumbersDiffer, || place(Some(note(&sides))));
    }
}

fn without(text: &str, marks: &[Mark]) -> String {
    let mut rest = text.to_owned();
    marks.iter().rev().for_each(|mark| rest.replace_range(mark.range.clone(), " "));
    rest
}

/// Names what each side has and the other lacks.
fn note([source, target]: &[Vec<String>; 2]) -> String {
    let named = |side: &[String]| match side {
        [] => "none".to_owned(),
        _ => side.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(" "),
    };
    format!("source: {}, target: {}", named(source), named(target))
}
