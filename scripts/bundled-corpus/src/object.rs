//! Objects: noun phrases after the verb, or pronouns that French puts before it.

use crate::french::{Agreement, Gender, Number, Person};
use crate::lexicon::Noun;
use crate::predicate::{Clitic, Predicate};
use crate::subject::{Role, both, noun_phrase, same_speaker};
use crate::word::{Phrase, Word, words};
use crate::writer::Writer;

/// English object pronoun, French direct and dative pronoun, and the agreement of a participle.
const PERSONS: [(&str, &str, &str, Agreement); 6] = [
    ("me", "me", "me", Agreement::new(Person::Je, Gender::Masculine)),
    ("him", "le", "lui", Agreement::new(Person::Il, Gender::Masculine)),
    ("her", "la", "lui", Agreement::new(Person::Il, Gender::Feminine)),
    ("us", "nous", "nous", Agreement::new(Person::Nous, Gender::Masculine)),
    ("you", "vous", "vous", Agreement::new(Person::Vous, Gender::Masculine)),
    ("them", "les", "leur", Agreement::new(Person::Ils, Gender::Masculine)),
];

/// Gives the predicate an object, and returns the phrase after the verb.
pub(crate) fn object(writer: &mut Writer<'_>, predicate: &mut Predicate, subject: Person) -> Phrase {
    let verb = predicate.verb;
    if verb.objects.names("GAME") {
        return writer.fixed("game");
    }
    let noun = writer.noun(|noun| verb.objects.takes(noun)).expect("every transitive verb has an object");
    let direct = verb.french_preposition.is_empty() && verb.french_tail.is_empty();
    let dative = verb.french_preposition == "à" && noun.is("person");
    // One has or asks something, and rarely it; to visit them is visiter for museums, rendre visite for aunts.
    let unspoken = ["avoir", "poser", "visiter"].contains(&verb.french.infinitive.as_str());
    if (direct || dative) && !unspoken && writer.chance(20) {
        let (english, clitic) = clitic(writer, noun, dative, subject);
        predicate.clitic = Some(clitic);
        let mut phrase = preposition(writer, predicate);
        // Only English needs a preposition here: the French pronoun includes it.
        phrase.target.clear();
        phrase.source.push(english);
        return phrase;
    }
    writer.combine(&verb.name(), noun.name());
    let role = match () {
        () if verb.has("generic") && !noun.is("kin") => Role::Generic,
        () if verb.has("generic") || verb.has("definite") => Role::Definite,
        () if !verb.french_preposition.is_empty() => Role::Definite,
        () => Role::Object,
    };
    let negated = predicate.negation.is_some();
    let mut built = noun_phrase(writer, noun, role, negated);
    if direct
        && !negated
        && writer.chance(7)
        && let Some(other) =
            writer.noun(|other| verb.objects.takes(other) && other.name() != noun.name() && alike(other, noun))
    {
        let before = writer.combinations.len();
        let other_phrase = noun_phrase(writer, other, role, false);
        // Their mother and neighbours would share one possessive; so both have a determiner, or neither.
        if other_phrase.bare == built.bare {
            writer.combine(&verb.name(), other.name());
            built = both(writer, built, other_phrase);
        } else {
            writer.combinations.truncate(before);
        }
    }
    preposition(writer, predicate).then(built.phrase)
}

/// Two nouns that go together: bread and cheese, not bread and a key.
pub(crate) fn alike(one: &Noun, other: &Noun) -> bool {
    let kinds = [
        "food",
        "drink",
        "read",
        "show",
        "sung",
        "clothing",
        "person",
        "animal",
        "instrument",
        "device",
        "vehicle",
        "room",
        "building",
        "shop",
        "town",
        "furniture",
        "container",
        "thought",
        "matter",
        "plant",
        "small",
    ];
    kinds.iter().any(|kind| one.is(kind) && other.is(kind))
}

/// The prepositions of the verb; one that only one language writes is tied to the verb itself.
pub(crate) fn preposition(writer: &mut Writer<'_>, predicate: &Predicate) -> Phrase {
    let (english, french) = (&predicate.verb.english_preposition, &predicate.verb.french_preposition);
    let both = !english.is_empty() && !french.is_empty();
    let tie = if both { writer.tie() } else { predicate.main };
    let source = words(english, tie);
    let mut target = words(french, tie);
    if !both {
        // An additional à or de belongs to the English verb, but not all annotators link it.
        target = french.split_whitespace().map(|text| Word::new(text).possible(tie)).collect();
    }
    Phrase { source, target }
}

/// The object pronoun in both languages for something like the noun.
pub(crate) fn clitic(writer: &mut Writer<'_>, noun: &Noun, dative: bool, subject: Person) -> (Word, Clitic) {
    let tie = writer.tie();
    if noun.is("person") {
        let others: Vec<_> = PERSONS.iter().filter(|person| !same_speaker(person.3.person, subject)).collect();
        let (english, direct, indirect, agreement) = **writer.pick(&others);
        let clitic =
            Clitic { french: if dative { indirect } else { direct }, tie, agreement: (!dative).then_some(agreement) };
        return (Word::new(english).sure(tie), clitic);
    }
    let plural = !noun.is("mass") && (noun.is("plural") || writer.chance(35));
    let (english, french, number) = match plural {
        true => ("them", "les", Number::Plural),
        // The English `it` has no gender, so the French pronoun is always le.
        false => ("it", "le", Number::Singular),
    };
    let clitic = Clitic { french, tie, agreement: Some(Agreement::of_noun(Gender::Masculine, number)) };
    (Word::new(english).sure(tie), clitic)
}
