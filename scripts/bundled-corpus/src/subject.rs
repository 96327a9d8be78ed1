//! Subjects and other participants: pronouns, names, and noun phrases with a sensible determiner.

use crate::determiner::{COUNTS, Determiner, OWNERS};
use crate::french::{Agreement, Gender, Number, Person};
use crate::lexicon::{Noun, Selection};
use crate::noun_phrase::{Genitive, NounPhrase, Plan, possess};
use crate::word::{Phrase, Word, words};
use crate::writer::Writer;

/// Subject pronouns; `they` is always ils, `you` always vous.
pub(crate) const PRONOUNS: [(&str, &str, Agreement); 6] = [
    ("I", "je", Agreement::new(Person::Je, Gender::Masculine)),
    ("he", "il", Agreement::new(Person::Il, Gender::Masculine)),
    ("she", "elle", Agreement::new(Person::Il, Gender::Feminine)),
    ("we", "nous", Agreement::new(Person::Nous, Gender::Masculine)),
    ("you", "vous", Agreement::new(Person::Vous, Gender::Masculine)),
    ("they", "ils", Agreement::new(Person::Ils, Gender::Masculine)),
];

const NAMES: [(&str, Gender); 8] = [
    ("Paul", Gender::Masculine),
    ("Thomas", Gender::Masculine),
    ("Julien", Gender::Masculine),
    ("Antoine", Gender::Masculine),
    ("Marie", Gender::Feminine),
    ("Sophie", Gender::Feminine),
    ("Claire", Gender::Feminine),
    ("Anna", Gender::Feminine),
];

/// The role of a noun phrase, which decides which determiners sound natural.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Subject,
    Object,
    /// Object of a verb of liking or disliking, for a whole kind: likes cats.
    Generic,
    /// Argument of a verb or preposition that needs a definite noun phrase.
    Definite,
    /// Subject of an adjective or head of a relative clause, without an adjective of its own.
    Described,
    /// The place of an action; singular.
    Place,
    /// After il y a, and in other positions for something new.
    New,
}

/// A pronoun as subject.
pub(crate) fn pronoun(writer: &mut Writer<'_>) -> NounPhrase {
    let (english, french, agreement) = *writer.pick(&PRONOUNS);
    let tie = writer.tie();
    NounPhrase { phrase: Phrase { source: words(english, tie), target: words(french, tie) }, agreement, bare: false }
}

/// A first name.
pub(crate) fn name(writer: &mut Writer<'_>) -> NounPhrase {
    let (name, gender) = *writer.pick(&NAMES);
    let tie = writer.tie();
    NounPhrase {
        phrase: Phrase { source: words(name, tie), target: words(name, tie) },
        agreement: Agreement::of_noun(gender, Number::Singular),
        bare: false,
    }
}

/// A subject that the verb takes; persons are often pronouns or names.
pub(crate) fn subject(writer: &mut Writer<'_>, fits: &Selection, negated: bool) -> NounPhrase {
    if fits.names("person") {
        if writer.chance(34) {
            return pronoun(writer);
        }
        if writer.chance(18) {
            return name(writer);
        }
    }
    let noun = writer.noun(|noun| fits.takes(noun)).expect("every verb has a subject");
    let first = noun_phrase(writer, noun, Role::Subject, negated);
    if noun.is("person") && writer.chance(7) {
        let second = if writer.chance(50) { name(writer) } else { person(writer) };
        return both(writer, first, second);
    }
    first
}

/// A person with a definite determiner.
pub(crate) fn person(writer: &mut Writer<'_>) -> NounPhrase {
    let noun = writer.noun(|noun| noun.is("person")).expect("the lexicon has persons");
    noun_phrase(writer, noun, Role::Definite, false)
}

/// Two noun phrases joined by `and`; the masculine prevails.
pub(crate) fn both(writer: &mut Writer<'_>, first: NounPhrase, second: NounPhrase) -> NounPhrase {
    let feminine = [first.agreement, second.agreement].iter().all(|one| one.gender == Gender::Feminine);
    let gender = if feminine { Gender::Feminine } else { Gender::Masculine };
    NounPhrase {
        phrase: first.phrase.then(writer.known("and")).then(second.phrase),
        agreement: Agreement::of_noun(gender, Number::Plural),
        bare: false,
    }
}

/// A noun phrase around the noun, as its role allows.
pub(crate) fn noun_phrase(writer: &mut Writer<'_>, noun: &'static Noun, role: Role, negated: bool) -> NounPhrase {
    let number = number(writer, noun, role);
    let adjectives = if role == Role::Described { Vec::new() } else { adjectives(writer, noun) };
    let determiner = determiner(writer, noun, number, role, negated);
    let plan = Plan { noun, number, determiner, adjectives };
    let built = plan.build(writer);
    if determiner == Determiner::The && owned(noun) && writer.chance(32) {
        let named = writer.chance(35);
        let owner = if named { name(writer) } else { person(writer) };
        // English does not say `the box of Claire`.
        let genitive = if named || writer.chance(60) { Genitive::Apostrophe } else { Genitive::Of };
        return possess(writer, built, owner, genitive);
    }
    built
}

/// Whether a noun can have an owner.
fn owned(noun: &Noun) -> bool {
    let tags = ["kin", "pet", "thing", "clothing", "small", "home", "text", "thought", "device"];
    tags.iter().any(|tag| noun.is(tag))
}

fn number(writer: &mut Writer<'_>, noun: &Noun, role: Role) -> Number {
    if noun.is("mass") || noun.is("one") || role == Role::Place {
        return Number::Singular;
    }
    // Kinds are plural in English without an article.
    if noun.is("plural") || role == Role::Generic || writer.chance(38) {
        return Number::Plural;
    }
    Number::Singular
}

/// No adjective, one adjective, or one on each side of the French noun.
fn adjectives(writer: &mut Writer<'_>, noun: &'static Noun) -> Vec<&'static crate::lexicon::Adjective> {
    let mut adjectives = Vec::new();
    if noun.is("one") || !writer.chance(46) {
        return adjectives;
    }
    adjectives.extend(writer.adjective(|adjective| adjective.nouns.takes(noun)));
    let precedes = adjectives.first().is_some_and(|adjective| adjective.precedes);
    if precedes && writer.chance(22) {
        adjectives.extend(writer.adjective(|adjective| adjective.nouns.takes(noun) && !adjective.precedes));
    }
    adjectives
}

fn determiner(writer: &mut Writer<'_>, noun: &Noun, number: Number, role: Role, negated: bool) -> Determiner {
    use Determiner::{AllThe, Count, Every, Generic, Indefinite, Many, Negated, Possessive, Several, The, This};
    if noun.is("one") {
        return if role == Role::Subject && writer.chance(25) { The } else { Possessive(*writer.pick(&OWNERS)) };
    }
    if role == Role::Generic {
        return Generic;
    }
    let count = Count(*writer.pick(&COUNTS));
    let owner = Possessive(*writer.pick(&OWNERS));
    let some = Indefinite { some: noun.is("mass") || writer.chance(50) };
    let any = Negated { any: writer.chance(70) };
    let single = u32::from(number == Number::Singular && !noun.is("mass"));
    // With an indefinite object, a negation uses the plural: pas d'écrivains.
    let denied = if noun.is("person") && single == 1 { 0 } else { 30 };
    let own = if owned(noun) { 18 } else { 0 };
    let several = u32::from(number == Number::Plural && !noun.is("plural"));
    match role {
        Role::Subject if negated => writer.weighted(&[(60, The), (own, owner), (12, This)]),
        Role::Subject => writer.weighted(&[
            (50, The),
            (own * 2, owner),
            (10, This),
            (8 * single, some),
            (4 * single, Every),
            (9 * several, count),
            (6 * several, Many),
            (6 * several, Several),
            (6 * several, AllThe),
        ]),
        Role::Place => writer.weighted(&[(75, The), (own, owner), (10, This)]),
        Role::Definite | Role::Described => writer.weighted(&[(50, The), (own, owner), (8, This)]),
        Role::New if negated => any,
        Role::New => {
            writer.weighted(&[(40, some), (22 * several, count), (10 * several, Many), (8 * several, Several)])
        }
        Role::Object if negated => writer.weighted(&[(35, The), (denied, any), (own, owner), (8, This)]),
        Role::Generic | Role::Object => writer.weighted(&[
            (30, The),
            (30, some),
            (own, owner),
            (7, This),
            (10 * several, count),
            (6 * several, Many),
            (6 * several, Several),
            (4 * several, AllThe),
        ]),
    }
}

/// The pronoun after a preposition or `than`.
pub(crate) fn stressed(writer: &mut Writer<'_>, not: Person) -> Phrase {
    let all = [
        ("me", "moi", Person::Je),
        ("him", "lui", Person::Il),
        ("her", "elle", Person::Il),
        ("us", "nous", Person::Nous),
        ("you", "vous", Person::Vous),
        ("them", "eux", Person::Ils),
    ];
    let others: Vec<_> = all.iter().filter(|(_, _, person)| !same_speaker(*person, not)).collect();
    let (english, french, _) = **writer.pick(&others);
    let tie = writer.tie();
    Phrase { source: vec![Word::new(english).sure(tie)], target: vec![Word::new(french).sure(tie)] }
}

/// `I` and `we` overlap, so a clause does not use one as subject and the other as object.
pub(crate) fn same_speaker(one: Person, other: Person) -> bool {
    let first = |person| matches!(person, Person::Je | Person::Nous);
    (first(one) && first(other)) || (one == Person::Vous && other == Person::Vous)
}

/// Nouns selected by several tags at once, for the places of the grammar that no verb governs.
pub(crate) fn any_noun(writer: &mut Writer<'_>, tags: &[&str]) -> &'static Noun {
    writer.noun(|noun| tags.iter().any(|tag| noun.is(tag))).expect("the grammar names tags of the lexicon")
}
