//! Questions: yes or no, and those with a question word.

use crate::action::{action, start};
use crate::clause::Clause;
use crate::example::Example;
use crate::frame::Frame;
use crate::french::{Agreement, Gender, Number, Person};
use crate::lexicon::Verb;
use crate::noun_phrase::NounPhrase;
use crate::predicate::{Predicate, Tense};
use crate::state::{pronoun_of, state};
use crate::subject::{Role, any_noun, noun_phrase};
use crate::surface::finish;
use crate::word::{Phrase, Word, words};
use crate::writer::Writer;

/// Does she sing: est-ce qu'elle chante.
pub(crate) fn yes_or_no(writer: &mut Writer<'_>) -> Example {
    let clause = writer.redraw(
        |writer| {
            let frame = asking_frame(writer);
            if writer.chance(70) { action(writer, frame) } else { state(writer) }
        },
        // `Am I a doctor?` is not a sensible question.
        |clause| is_affirmative(clause) && clause.subject.agreement.person != Person::Je,
    );
    finish(clause.question(writer), '?')
}

/// Frames for questions. A question about a habit is better without `never` and `already`.
fn asking_frame(writer: &mut Writer<'_>) -> Frame {
    *writer.pick(&[Frame::Now, Frame::Habit, Frame::Past, Frame::Future, Frame::Modal])
}

fn is_affirmative(clause: &Clause) -> bool {
    clause.predicate.negation.is_none()
}

/// Removes the negation before the object is chosen, because the object depends on it. Negated questions sound rhetorical.
pub(crate) fn affirm(clause: &mut Clause) {
    clause.predicate.negation = None;
}

/// Questions with a question word.
pub(crate) fn asked(writer: &mut Writer<'_>) -> Example {
    match writer.weighted(&[(5, 'w'), (5, 'o'), (4, 'q'), (5, 'u'), (3, 'm'), (4, 'e')]) {
        'w' => who(writer),
        'o' => what(writer),
        'q' => adverbial(writer),
        'u' => adverbial_to_you(writer),
        'm' => how_many(writer),
        _ => where_is(writer),
    }
}

/// Who is singing: qui chante. The question word is the subject, so nothing moves.
fn who(writer: &mut Writer<'_>) -> Example {
    let tie = writer.tie();
    let who = NounPhrase {
        phrase: Phrase { source: words("who", tie), target: words("qui", tie) },
        agreement: Agreement::new(Person::Il, Gender::Masculine),
        bare: false,
    };
    let frame = *writer.pick(&[Frame::Now, Frame::Past, Frame::Future]);
    let verb = writer.verb(|verb| frame.takes(verb) && verb.subjects.names("person") && simple(verb));
    let mut clause = start(writer, frame, verb, Some(who));
    affirm(&mut clause);
    if !verb.objects.is_empty() {
        clause.complement = crate::object::object(writer, &mut clause.predicate, Person::Il);
    }
    finish(clause.statement(writer), '?')
}

pub(crate) fn simple(verb: &Verb) -> bool {
    ["ditransitive", "motion", "dwelling", "placed"].iter().all(|flag| !verb.has(flag))
}

/// What are you buying: qu'est-ce que vous achetez.
fn what(writer: &mut Writer<'_>) -> Example {
    let frame = *writer.pick(&[Frame::Now, Frame::Past, Frame::Future, Frame::Modal]);
    let verb = writer.verb(|verb| frame.takes(verb) && of_things(verb));
    let mut clause = start(writer, frame, verb, None);
    affirm(&mut clause);
    let tie = writer.tie();
    let asking = Phrase {
        source: vec![Word::new("what").sure(tie)],
        target: vec![Word::new("qu'est-ce").sure(tie), Word::new("que").sure(tie)],
    };
    let place = crate::place::place(writer);
    if verb.has("active") && writer.chance(50) {
        clause.trail = place;
    }
    let question = question_after(writer, clause);
    finish(asking.then(question), '?')
}

/// Plain transitive verbs whose object can be asked for with `what`.
fn of_things(verb: &Verb) -> bool {
    let persons = verb.objects.names("person") || verb.objects.names("kin") || verb.objects.names("GAME");
    // `What are you waiting for` would separate the verb from its preposition.
    let direct =
        verb.english_preposition.is_empty() && verb.french_preposition.is_empty() && verb.french_tail.is_empty();
    simple(verb) && direct && !persons && !verb.objects.is_empty() && verb.french.infinitive != "poser"
}

/// The English order of a question after a question word; French keeps the order of a statement.
fn question_after(writer: &mut Writer<'_>, clause: Clause) -> Phrase {
    let mut phrase = clause.question(writer);
    // The question word includes est-ce que.
    phrase.target.drain(..2);
    phrase
}

/// Why is she crying: pourquoi est-ce qu'elle pleure.
fn adverbial(writer: &mut Writer<'_>) -> Example {
    let (english, french, frames): (&str, &str, &[Frame]) = *writer.pick(&[
        ("why", "pourquoi", &[Frame::Now, Frame::Past, Frame::Habit] as &[Frame]),
        ("when", "quand", &[Frame::Past, Frame::Future]),
        ("where", "où", &[Frame::Now, Frame::Past, Frame::Future]),
    ]);
    let frame = *writer.pick(frames);
    let mut clause = writer.redraw(
        |writer| match english {
            "where" => located_action(writer, frame, None),
            _ => action(writer, frame),
        },
        // A question to the polite `you` uses inversion.
        |clause| is_affirmative(clause) && clause.subject.agreement.person != Person::Vous,
    );
    clause.predicate.adverb = Phrase::default();
    clause.trail = Phrase::default();
    let tie = writer.tie();
    let asking = Phrase { source: words(english, tie), target: words(french, tie) };
    finish(asking.then(clause.question(writer)), '?')
}

/// An action for a question with `where`.
fn located_action(writer: &mut Writer<'_>, frame: Frame, subject: Option<NounPhrase>) -> Clause {
    let verb = writer.verb(|verb| {
        let active = verb.has("active") && !verb.french.reflexive;
        frame.takes(verb) && verb.subjects.names("person") && (active || verb.has("dwelling") || of_loss(verb))
    });
    let mut clause = start(writer, frame, verb, subject);
    affirm(&mut clause);
    clause.predicate.adverb = Phrase::default();
    if !verb.objects.is_empty() {
        let person = clause.subject.agreement.person;
        clause.complement = crate::object::object(writer, &mut clause.predicate, person);
    }
    clause
}

fn of_loss(verb: &Verb) -> bool {
    ["find", "lose", "hide", "meet"].contains(&verb.english.base.as_str())
}

/// Where do you work: où travaillez-vous.
fn adverbial_to_you(writer: &mut Writer<'_>) -> Example {
    let frame = *writer.pick(&[Frame::Habit, Frame::Now, Frame::Past, Frame::Future]);
    let you = pronoun_of(writer, "you");
    let mut clause = located_action(writer, frame, Some(you));
    let (english, french) = *writer.pick(&[("where", "où"), ("where", "où"), ("why", "pourquoi")]);
    let tie = writer.tie();
    let asking = Phrase { source: words(english, tie), target: words(french, tie) };
    if clause.predicate.clitic.is_some() {
        return finish(asking.then(clause.question(writer)), '?');
    }
    clause.trail = Phrase::default();
    finish(asking.then(clause.inverted(writer)), '?')
}

/// How many apples are you buying: combien de pommes est-ce que vous achetez.
fn how_many(writer: &mut Writer<'_>) -> Example {
    let frame = *writer.pick(&[Frame::Now, Frame::Future, Frame::Modal]);
    let verb = writer.verb(|verb| frame.takes(verb) && of_things(verb) && !verb.has("generic"));
    let mut clause = start(writer, frame, verb, None);
    affirm(&mut clause);
    let counted =
        writer.noun(|noun| verb.objects.takes(noun) && !noun.is("mass") && !noun.is("plural") && !noun.is("one"));
    let Some(noun) = counted else {
        return what(writer);
    };
    writer.combine(&verb.name(), noun.name());
    let (many, kind) = (writer.tie(), writer.tie());
    let asking = Phrase {
        source: [words("how many", many), words(noun.english(Number::Plural), kind)].concat(),
        target: [words("combien de", many), words(noun.french(Number::Plural), kind)].concat(),
    };
    finish(asking.then(clause.question(writer)), '?')
}

/// Where are the keys: où sont les clés. The noun follows the verb in both languages.
fn where_is(writer: &mut Writer<'_>) -> Example {
    let noun = any_noun(writer, &["small", "clothing", "thing", "kin", "pet", "place", "room"]);
    let thing = noun_phrase(writer, noun, Role::Definite, true);
    let verb = writer.verb(|verb| verb.has("copula"));
    let tense = if writer.chance(25) { Tense::Past } else { Tense::Present };
    let predicate = Predicate::new(writer, verb, tense);
    let pieces = predicate.pieces(writer, thing.agreement, true);
    let tie = writer.tie();
    let asking = Phrase { source: words("where", tie), target: words("où", tie) };
    let verb = Phrase { source: pieces.auxiliary, target: pieces.target };
    finish(asking.then(verb).then(thing.phrase), '?')
}
