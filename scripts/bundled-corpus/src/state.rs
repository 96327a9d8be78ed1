//! Clauses with `be`: adjectives, comparisons, places, professions, there is, this is.

use crate::action::start;
use crate::clause::Clause;
use crate::determiner::COUNTS;
use crate::frame::Frame;
use crate::french::{Agreement, Forms, Gender, Number, Person};
use crate::lexicon::{Adjective, Noun, Verb};
use crate::noun_phrase::NounPhrase;
use crate::object::alike;
use crate::place;
use crate::predicate::{Clitic, Negation, Predicate, Tense};
use crate::subject::{PRONOUNS, Role, any_noun, name, noun_phrase, person, pronoun, stressed};
use crate::word::{Phrase, Word, words};
use crate::writer::Writer;

/// Draws a state.
pub(crate) fn state(writer: &mut Writer<'_>) -> Clause {
    match writer.weighted(&[(36, 'a'), (20, 'c'), (16, 'l'), (7, 'p'), (13, 't'), (8, 'd')]) {
        'a' => described(writer),
        'c' => writer.redraw(compared, Option::is_some).expect("only a comparison is accepted"),
        'l' => located(writer),
        'p' => profession(writer),
        't' => there_is(writer),
        _ => this_is(writer),
    }
}

fn copula(writer: &mut Writer<'_>, flag: &str, subject: NounPhrase) -> Clause {
    let verb: &'static Verb = writer.verb(|verb| verb.has(flag));
    let tense = if writer.chance(25) { Tense::Past } else { Tense::Present };
    let mut predicate = Predicate::new(writer, verb, tense);
    if writer.chance(20) {
        let contracted = writer.chance(40);
        let not = Negation::Not { contracted };
        predicate.negation = Some(writer.weighted(&[(9, not), (2, Negation::NoLonger)]));
    }
    Clause { subject, predicate, complement: Phrase::default(), trail: Phrase::default() }
}

/// very, too or quite; a denied quite would turn into not enough.
fn degree(writer: &mut Writer<'_>, negated: bool) -> Phrase {
    if negated { writer.known("very") } else { writer.fixed("degree") }
}

/// A subject that the adjective can describe.
fn bearer(writer: &mut Writer<'_>, adjective: &'static Adjective) -> (NounPhrase, Option<&'static Noun>) {
    if adjective.nouns.names("person") && writer.chance(50) {
        let person = if writer.chance(75) { pronoun(writer) } else { name(writer) };
        return (person, None);
    }
    let noun = writer.noun(|noun| adjective.nouns.takes(noun)).expect("every adjective has nouns");
    writer.combine(&adjective.english, noun.name());
    (noun_phrase(writer, noun, Role::Described, true), Some(noun))
}

fn described(writer: &mut Writer<'_>) -> Clause {
    let adjective = writer.adjective(|adjective| adjective.nouns.names("person") || adjective.english != "tall");
    let adjective = adjective.expect("the lexicon has adjectives");
    let (subject, _) = bearer(writer, adjective);
    let agreement = subject.agreement;
    let mut clause = copula(writer, "copula", subject);
    let mut complement = Phrase::default();
    if adjective.comparative.is_some() && writer.chance(40) {
        complement = degree(writer, clause.predicate.negation.is_some());
    }
    let tie = writer.tie();
    clause.complement = complement.then(Phrase {
        source: words(&adjective.english, tie),
        target: words(adjective.french(agreement.gender, agreement.number()), tie),
    });
    clause
}

fn compared(writer: &mut Writer<'_>) -> Option<Clause> {
    let adjective = writer.adjective(|adjective| adjective.comparative.is_some());
    let adjective = adjective.expect("some adjectives are compared");
    let (subject, noun) = bearer(writer, adjective);
    let agreement = subject.agreement;
    let mut clause = copula(writer, "copula", subject);
    // A negation of a comparison is an argument, not a description.
    clause.predicate.negation = None;
    let human = noun.is_none_or(|noun| noun.is("person"));
    let standard = if human && writer.chance(50) {
        if writer.chance(50) { stressed(writer, agreement.person) } else { name(writer).phrase }
    } else {
        // Compares similar things: a museum with a castle, not with a chair.
        let like = writer.noun(|other| match noun {
            Some(noun) => adjective.nouns.takes(other) && other.name() != noun.name() && alike(other, noun),
            None => adjective.nouns.takes(other) && other.is("person"),
        })?;
        noun_phrase(writer, like, Role::Described, true).phrase
    };
    // `less` is used with the same adjectives as `more`: less famous, but not less big.
    let long = adjective.comparative.as_deref().is_some_and(|comparative| comparative.starts_with("more "));
    let comparison = match writer.weighted(&[(70, 'm'), (15, 'a'), (if long { 30 } else { 0 }, 'l')]) {
        'm' => more(writer, adjective, agreement),
        'a' => frame_adjective(writer, adjective, agreement, ["as", "aussi", "as"]),
        _ => frame_adjective(writer, adjective, agreement, ["less", "moins", "than"]),
    };
    clause.complement = comparison.then(standard);
    Some(clause)
}

/// bigger than, more famous than: plus grand que, plus célèbre que; better than: meilleur que.
fn more(writer: &mut Writer<'_>, adjective: &Adjective, agreement: Agreement) -> Phrase {
    let (degree, quality, than) = (writer.tie(), writer.tie(), writer.tie());
    let comparative = adjective.comparative.as_deref().unwrap_or_default();
    let form = |forms: &Forms| forms.get(agreement.gender, agreement.number()).to_owned();
    let mut source = match comparative.strip_prefix("more ") {
        Some(positive) => vec![Word::new("more").sure(degree), Word::new(positive).sure(quality)],
        None => vec![Word::new(comparative).sure(degree).sure(quality)],
    };
    let mut target = match &adjective.french_comparative {
        Some(forms) => words(&form(forms), quality),
        None => {
            let positive = adjective.french(agreement.gender, agreement.number());
            [words("plus", degree), words(positive, quality)].concat()
        }
    };
    source.push(Word::new("than").sure(than));
    target.push(Word::new("que").sure(than));
    Phrase { source, target }
}

/// as tall as, less famous than.
fn frame_adjective(writer: &mut Writer<'_>, adjective: &Adjective, agreement: Agreement, frame: [&str; 3]) -> Phrase {
    let (degree, quality, than) = (writer.tie(), writer.tie(), writer.tie());
    let french = adjective.french(agreement.gender, agreement.number());
    Phrase {
        source: [words(frame[0], degree), words(&adjective.english, quality), words(frame[2], than)].concat(),
        target: [words(frame[1], degree), words(french, quality), words("que", than)].concat(),
    }
}

fn located(writer: &mut Writer<'_>) -> Clause {
    let things = writer.chance(55);
    let (subject, place) = if things {
        let noun = any_noun(writer, &["small", "clothing", "kitchenware", "toy", "read"]);
        (noun_phrase(writer, noun, Role::Definite, true), place::spot(writer))
    } else {
        let noun = any_noun(writer, &["person", "person", "pet"]);
        let subject = match writer.weighted(&[(4, 'p'), (2, 'n'), (5, 'o')]) {
            'p' => pronoun(writer),
            'n' => name(writer),
            _ => noun_phrase(writer, noun, Role::Definite, true),
        };
        (subject, place::place(writer))
    };
    let mut clause = copula(writer, "copula", subject);
    clause.complement = place;
    clause
}

/// He is a doctor: il est médecin, without the article.
fn profession(writer: &mut Writer<'_>) -> Clause {
    let feminine = writer.chance(35);
    let gender = if feminine { Gender::Feminine } else { Gender::Masculine };
    let noun = writer.noun(|noun| noun.is("job") && noun.gender == gender).expect("the lexicon has professions");
    let relation = writer.noun(|noun| noun.is("kin") && noun.is("person") && noun.gender == gender);
    let subject = writer.redraw(
        |writer| match writer.weighted(&[(4, 'p'), (3, 'n'), (4, 'k')]) {
            'p' => pronoun(writer),
            'n' => name(writer),
            _ => noun_phrase(writer, relation.expect("the lexicon has relatives"), Role::Definite, true),
        },
        |subject| {
            let third = subject.agreement.person == Person::Il;
            let agrees = subject.agreement.number() == Number::Singular && subject.agreement.gender == gender;
            agrees && (third || !feminine)
        },
    );
    let mut clause = copula(writer, "copula", subject);
    let tie = writer.tie();
    clause.complement = Phrase {
        source: [vec![Word::new("a").possible(tie)], words(noun.english(Number::Singular), tie)].concat(),
        target: words(noun.french(Number::Singular), tie),
    };
    clause
}

/// There is a cat in the garden: il y a un chat dans le jardin.
pub(crate) fn there_is(writer: &mut Writer<'_>) -> Clause {
    let tie = writer.tie();
    let subject = NounPhrase {
        phrase: Phrase { source: words("there", tie), target: words("il", tie) },
        agreement: Agreement::new(Person::Il, Gender::Masculine),
        bare: false,
    };
    let mut clause = copula(writer, "existential", subject);
    clause.predicate.clitic = Some(Clitic { french: "y", tie, agreement: None });
    let things = writer.chance(60);
    let noun = if things {
        any_noun(writer, &["small", "clothing", "kitchenware", "toy", "read", "food", "drink"])
    } else {
        any_noun(writer, &["animal", "plant", "job", "child", "tourist", "vehicle"])
    };
    let negated = clause.predicate.negation.is_some();
    let new = noun_phrase(writer, noun, Role::New, negated);
    clause.predicate.logical = Some(new.agreement.person);
    let place = if things { place::spot(writer) } else { place::place(writer) };
    clause.complement = new.phrase.then(place);
    clause
}

/// This is my father: c'est mon père.
fn this_is(writer: &mut Writer<'_>) -> Clause {
    let noun = any_noun(writer, &["kin", "thing", "clothing", "fruit", "job", "building", "show", "secret", "matter"]);
    let role = if writer.chance(55) { Role::New } else { Role::Definite };
    // French negates être without changing the article: ce n'est pas un livre.
    let thing = writer.redraw(
        |writer| noun_phrase(writer, noun, role, false),
        |thing| {
            // Excludes `these are two books`, which counts, and `this is this book`, which has no content.
            let first = &thing.phrase.source[0].text;
            let odd = ["this", "these", "many", "several"].contains(&first.as_str());
            !odd && !COUNTS.iter().any(|count| count.english == first)
        },
    );
    let plural = thing.agreement.number() == Number::Plural;
    let tie = writer.tie();
    let subject = NounPhrase {
        phrase: Phrase { source: words(if plural { "these" } else { "this" }, tie), target: words("ce", tie) },
        agreement: Agreement::of_noun(Gender::Masculine, thing.agreement.number()),
        bare: false,
    };
    let mut clause = copula(writer, "copula", subject);
    // `C'était` for a permanent identity sounds odd without a story.
    clause.predicate.tense = Tense::Present;
    clause.complement = thing.phrase;
    clause
}

/// A reason: how somebody feels, at the time of the frame.
pub(crate) fn feeling(writer: &mut Writer<'_>, frame: Frame) -> Clause {
    let frame = if frame == Frame::Past { Frame::Past } else { Frame::Now };
    if writer.chance(50) {
        let verb = writer.verb(|verb| verb.has("past") && verb.objects.is_empty());
        return start(writer, frame, verb, None);
    }
    let moods = ["happy", "sad", "tired", "sick", "jealous", "lazy", "curious", "patient", "shy", "polite", "kind"];
    let adjective = writer.adjective(|adjective| moods.contains(&adjective.english.as_str()));
    let adjective = adjective.expect("the moods are in the table");
    let subject = if writer.chance(60) { pronoun(writer) } else { person(writer) };
    let agreement = subject.agreement;
    let mut clause = copula(writer, "copula", subject);
    clause.predicate.tense = if frame == Frame::Past { Tense::Past } else { Tense::Present };
    let tie = writer.tie();
    let degree =
        if writer.chance(40) { degree(writer, clause.predicate.negation.is_some()) } else { Phrase::default() };
    clause.complement = degree.then(Phrase {
        source: words(&adjective.english, tie),
        target: words(adjective.french(agreement.gender, agreement.number()), tie),
    });
    clause
}

/// The pronoun with this English, as subject.
pub(crate) fn pronoun_of(writer: &mut Writer<'_>, english: &str) -> NounPhrase {
    let (english, french, agreement) =
        *PRONOUNS.iter().find(|pronoun| pronoun.0 == english).expect("it is in the table");
    let tie = writer.tie();
    NounPhrase { phrase: Phrase { source: words(english, tie), target: words(french, tie) }, agreement, bare: false }
}
