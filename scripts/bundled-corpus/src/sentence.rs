//! Whole sentences: statements, questions, and clauses joined or embedded.

use crate::action::action;
use crate::clause::Clause;
use crate::example::Example;
use crate::frame::Frame;
use crate::question::{asked, yes_or_no};
use crate::relative::relative;
use crate::state::{feeling, state};
use crate::surface::finish;
use crate::word::{Phrase, Word};
use crate::writer::Writer;

/// Draws any sentence of the grammar.
pub(crate) fn sentence(writer: &mut Writer<'_>) -> Example {
    match writer.weighted(&[(40, 'a'), (9, 's'), (5, 'f'), (7, 'y'), (8, 'w'), (12, 'j'), (9, 'o'), (10, 'r')]) {
        'a' => {
            let frame = Frame::draw(writer);
            let clause = action(writer, frame);
            finish(clause.statement(writer), '.')
        }
        's' => {
            let clause = state(writer);
            finish(clause.statement(writer), '.')
        }
        'f' => fronted(writer),
        'y' => yes_or_no(writer),
        'w' => asked(writer),
        'j' => joined(writer),
        'o' => opinion(writer),
        _ => relative(writer),
    }
}

/// Yesterday, she sold the car: the time first, with a comma.
fn fronted(writer: &mut Writer<'_>) -> Example {
    let frame = *writer.pick(&[Frame::Habit, Frame::Past, Frame::Future]);
    let time = frame.time(writer).expect("these frames have times");
    // A habit is an action that happens: not every Sunday she knows, and not every Sunday she never goes.
    let habitual = |clause: &Clause| !clause.predicate.verb.has("stative") && clause.predicate.negation.is_none();
    let mut clause = writer.redraw(|writer| action(writer, frame), |clause| frame != Frame::Habit || habitual(clause));
    clause.predicate.adverb = Phrase::default();
    clause.trail = Phrase::default();
    let comma = Phrase { source: vec![Word::comma()], target: vec![Word::comma()] };
    finish(time.then(comma).then(clause.statement(writer)), '.')
}

/// Two clauses with and, but or because.
fn joined(writer: &mut Writer<'_>) -> Example {
    let frame = *writer.pick(&[Frame::Habit, Frame::Past, Frame::Now, Frame::Future]);
    let mut first = action(writer, frame);
    first.trail = Phrase::default();
    let first = first.statement(writer);
    let kind = writer.weighted(&[(3, "and"), (4, "but"), (4, "because"), (2, "when")]);
    let join = writer.known(kind);
    let second = match kind {
        "because" if writer.chance(70) => feeling(writer, frame).statement(writer),
        "because" | "when" if frame == Frame::Now || frame == Frame::Habit => writer.fixed("weather"),
        "because" => feeling(writer, frame).statement(writer),
        "when" if frame == Frame::Future => writer.known("tomorrow"),
        _ => {
            let mut second = action(writer, frame);
            second.trail = Phrase::default();
            second.statement(writer)
        }
    };
    if kind == "when" && frame == Frame::Future {
        // After when, French has a future of its own, which this corpus leaves out.
        return finish(first.then(second), '.');
    }
    let comma = if kind == "but" {
        Phrase { source: vec![Word::comma()], target: vec![Word::comma()] }
    } else {
        Phrase::default()
    };
    finish(first.then(comma).then(join).then(second), '.')
}

/// I think that she is right: je pense qu'elle a raison.
fn opinion(writer: &mut Writer<'_>) -> Example {
    let opening = writer.fixed("opinion");
    let clause = if writer.chance(45) {
        state(writer)
    } else {
        let frame = *writer.pick(&[Frame::Now, Frame::Past, Frame::Future, Frame::Habit]);
        action(writer, frame)
    };
    finish(opening.then(clause.statement(writer)), '.')
}
