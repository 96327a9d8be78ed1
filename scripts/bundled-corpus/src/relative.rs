//! Sentences with a relative clause at the subject.

use crate::action::start;
use crate::clause::Clause;
use crate::example::Example;
use crate::frame::Frame;
use crate::noun_phrase::NounPhrase;
use crate::predicate::{Predicate, Tense};
use crate::question::{affirm, simple};
use crate::subject::{Role, noun_phrase};
use crate::surface::finish;
use crate::word::{Phrase, words};
use crate::writer::Writer;

/// The man who is singing is tall; the book that I bought is interesting.
pub(crate) fn relative(writer: &mut Writer<'_>) -> Example {
    let (adjective, head) = writer.redraw(
        |writer| {
            let adjective = writer.adjective(|_| true).expect("the lexicon has adjectives");
            let by_subject = adjective.nouns.names("person") && writer.chance(60);
            let head = if by_subject { relative_subject(writer) } else { relative_object(writer, adjective) };
            (adjective, head)
        },
        |(_, head)| head.is_some(),
    );
    let head = head.expect("only a draft with a head is accepted");
    let verb = writer.verb(|verb| verb.has("copula"));
    let predicate = Predicate::new(writer, verb, Tense::Present);
    let tie = writer.tie();
    let agreement = head.agreement;
    let complement = Phrase {
        source: words(&adjective.english, tie),
        target: words(adjective.french(agreement.gender, agreement.number()), tie),
    };
    let clause = Clause { subject: head, predicate, complement, trail: Phrase::default() };
    finish(clause.statement(writer), '.')
}

fn relative_subject(writer: &mut Writer<'_>) -> Option<NounPhrase> {
    let noun = writer.noun(|noun| noun.is("person") && !noun.is("one"))?;
    let head = noun_phrase(writer, noun, Role::Described, true);
    let tie = writer.tie();
    let who = NounPhrase {
        phrase: Phrase { source: words("who", tie), target: words("qui", tie) },
        agreement: head.agreement,
        bare: false,
    };
    let frame = *writer.pick(&[Frame::Now, Frame::Past, Frame::Habit]);
    let verb = writer.verb(|verb| frame.takes(verb) && verb.subjects.names("person") && simple(verb));
    let mut clause = start(writer, frame, verb, Some(who));
    affirm(&mut clause);
    if !verb.objects.is_empty() {
        clause.complement = crate::object::object(writer, &mut clause.predicate, head.agreement.person);
    }
    let inner = clause.statement(writer);
    Some(NounPhrase { phrase: head.phrase.then(inner), agreement: head.agreement, bare: false })
}

fn relative_object(writer: &mut Writer<'_>, adjective: &crate::lexicon::Adjective) -> Option<NounPhrase> {
    let frame = *writer.pick(&[Frame::Now, Frame::Past, Frame::Habit]);
    let noun = writer.noun(|noun| adjective.nouns.takes(noun) && !noun.is("person"))?;
    let verb = writer.verb(|verb| frame.takes(verb) && verb.subjects.names("person") && !verb.objects.is_empty());
    let direct = verb.french_preposition.is_empty() && verb.french_tail.is_empty();
    if !direct || !verb.objects.takes(noun) || !simple(verb) || !verb.english_preposition.is_empty() {
        return None;
    }
    writer.combine(&verb.name(), noun.name());
    writer.combine(&adjective.english, noun.name());
    let head = noun_phrase(writer, noun, Role::Described, true);
    let starts_with_the = head.phrase.source[0].text == "the";
    if !starts_with_the {
        return None;
    }
    let mut clause = start(writer, frame, verb, None);
    affirm(&mut clause);
    clause.predicate.adverb = Phrase::default();
    clause.predicate.antecedent = Some(head.agreement);
    let tie = writer.tie();
    let that = Phrase { source: words("that", tie), target: words("que", tie) };
    let inner = clause.statement(writer);
    Some(NounPhrase { phrase: head.phrase.then(that).then(inner), agreement: head.agreement, bare: false })
}
