//! Clauses with an action: transitive, intransitive, motion, giving, living somewhere.

use crate::clause::Clause;
use crate::frame::Frame;
use crate::french::Person;
use crate::lexicon::Verb;
use crate::noun_phrase::NounPhrase;
use crate::object::{clitic, object, preposition};
use crate::place;
use crate::predicate::Negation;
use crate::subject::{Role, name, noun_phrase, person, subject};
use crate::word::{Phrase, Word};
use crate::writer::Writer;

/// Draws an action in the frame.
pub(crate) fn action(writer: &mut Writer<'_>, frame: Frame) -> Clause {
    let kind = writer.weighted(&[(52, 't'), (18, 'i'), (12, 'm'), (14, 'g'), (4, 'd')]);
    match kind {
        't' => transitive(writer, frame),
        'i' => intransitive(writer, frame),
        'm' => motion(writer, frame),
        'g' => giving(writer, frame),
        // The place of living is used in the present only.
        _ if matches!(frame, Frame::Past | Frame::Experience | Frame::Future) => intransitive(writer, frame),
        _ => dwelling(writer, frame),
    }
}

/// A clause with a direct or prepositional object.
pub(crate) fn transitive(writer: &mut Writer<'_>, frame: Frame) -> Clause {
    let special = ["ditransitive", "motion"];
    let verb =
        writer.verb(|verb| frame.takes(verb) && !special.iter().any(|flag| verb.has(flag)) && !verb.objects.is_empty());
    let mut clause = start(writer, frame, verb, None);
    let person = clause.subject.agreement.person;
    clause.complement = object(writer, &mut clause.predicate, person);
    settle(writer, frame, clause)
}

fn intransitive(writer: &mut Writer<'_>, frame: Frame) -> Clause {
    let special = ["dwelling", "copula", "existential"];
    let verb =
        writer.verb(|verb| frame.takes(verb) && !special.iter().any(|flag| verb.has(flag)) && verb.objects.is_empty());
    let clause = start(writer, frame, verb, None);
    settle(writer, frame, clause)
}

fn motion(writer: &mut Writer<'_>, frame: Frame) -> Clause {
    let verb = writer.verb(|verb| frame.takes(verb) && verb.has("motion"));
    let mut clause = start(writer, frame, verb, None);
    let town = match verb.english_preposition.as_str() {
        "to" if writer.chance(30) => Some("goal"),
        "from" if writer.chance(50) => Some("source"),
        _ => None,
    };
    clause.complement = match town {
        Some(kind) => writer.fixed(kind),
        None => {
            let noun = writer.noun(|noun| noun.is("at")).expect("the lexicon has places");
            let goal = noun_phrase(writer, noun, Role::Place, false);
            preposition(writer, &clause.predicate).then(goal.phrase)
        }
    };
    settle(writer, frame, clause)
}

/// Somebody gives something to somebody, in either English order.
fn giving(writer: &mut Writer<'_>, frame: Frame) -> Clause {
    let verb = writer.verb(|verb| frame.takes(verb) && verb.has("ditransitive"));
    let mut clause = start(writer, frame, verb, None);
    let subject = clause.subject.agreement.person;
    let noun = writer.noun(|noun| verb.objects.takes(noun)).expect("one can give something");
    writer.combine(&verb.name(), noun.name());
    let gift = noun_phrase(writer, noun, Role::Object, clause.predicate.negation.is_some()).phrase;
    let to_first = writer.chance(50);
    if writer.chance(40) {
        let somebody = writer.noun(|noun| noun.is("person")).expect("the lexicon has persons");
        let (english, pronoun) = clitic(writer, somebody, true, subject);
        let mut to = Phrase::default();
        if !to_first {
            to.source.push(Word::new("to").possible(pronoun.tie));
        }
        to.source.push(english);
        clause.predicate.clitic = Some(pronoun);
        clause.complement = if to_first { to.then(gift) } else { gift.then(to) };
        return clause;
    }
    let receiver = if writer.chance(25) { name(writer) } else { person(writer) }.phrase;
    let mut to = preposition(writer, &clause.predicate);
    clause.complement = if to_first {
        // `gives the boy the book` has no word for à, so à is linked to the verb.
        let main = clause.predicate.main;
        let target = to.target.into_iter().map(|word| Word::new(&word.text).possible(main));
        let target = gift.target.into_iter().chain(target).chain(receiver.target).collect();
        Phrase { source: [receiver.source, gift.source].concat(), target }
    } else {
        to.source.extend(receiver.source);
        to.target.extend(receiver.target);
        gift.then(to)
    };
    clause
}

fn dwelling(writer: &mut Writer<'_>, frame: Frame) -> Clause {
    let frame = if matches!(frame, Frame::Now | Frame::Modal) { frame } else { Frame::Habit };
    let verb = writer.verb(|verb| verb.has("dwelling"));
    let mut clause = start(writer, frame, verb, None);
    clause.predicate.adverb = Phrase::default();
    clause.complement = if writer.chance(45) {
        writer.fixed("town")
    } else {
        let place = place::inside(writer, |noun| {
            ["house", "castle", "village", "city", "street", "forest"].iter().any(|home| noun.is(home))
        });
        if writer.chance(60) { place } else { place::beside(writer) }
    };
    clause
}

/// A clause with its subject and verb, as yet without complements.
pub(crate) fn start(writer: &mut Writer<'_>, frame: Frame, verb: &'static Verb, fixed: Option<NounPhrase>) -> Clause {
    let subject = fixed.unwrap_or_else(|| subject(writer, &verb.subjects, false));
    let predicate = loop {
        let predicate = frame.predicate(writer, verb, subject.agreement.person);
        if predicate.negation.is_none() || !subject.is_quantified() {
            break predicate;
        }
    };
    Clause { subject, predicate, complement: Phrase::default(), trail: Phrase::default() }
}

/// Adds company, place and time if the verb allows them.
fn settle(writer: &mut Writer<'_>, frame: Frame, mut clause: Clause) -> Clause {
    let verb = clause.predicate.verb;
    let plain = clause.subject.agreement.person;
    if (verb.has("company") || verb.has("active")) && writer.chance(14) {
        let company = company(writer, plain);
        clause.trail = clause.trail.then(company);
    } else if (verb.has("active") && writer.chance(34)) || verb.has("placed") {
        let place = place::place(writer);
        clause.trail = clause.trail.then(place);
    }
    let free = clause.predicate.adverb.source.is_empty();
    let timed = ["have", "like"].iter().all(|base| verb.english.base != *base) && !verb.has("generic");
    let hourly = verb.has("daily") || (verb.has("motion") && frame != Frame::Now) || verb.french.infinitive == "partir";
    if hourly && frame != Frame::Now && frame != Frame::Experience && writer.chance(40) {
        let hour = writer.fixed("hour");
        clause.trail = clause.trail.then(hour);
    }
    // At most one expression of time: excludes `never every evening` and `never on Mondays`.
    let endless = clause.predicate.negation == Some(Negation::Never);
    let dated = !endless && (!verb.has("stative") || matches!(frame, Frame::Past | Frame::Future));
    if free
        && timed
        && dated
        && writer.chance(30)
        && let Some(time) = frame.time(writer)
    {
        clause.trail = clause.trail.then(time);
    }
    clause
}

fn company(writer: &mut Writer<'_>, subject: Person) -> Phrase {
    let with = writer.fixed("with");
    if writer.chance(25) {
        return with.then(crate::subject::stressed(writer, subject));
    }
    with.then(person(writer).phrase)
}
