//! Determiners of both languages.

use crate::french::{Gender, Number, Person, begins_like_a_vowel};
use crate::word::{Phrase, Tie, Word};

/// The determiners of the grammar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Determiner {
    The,
    /// a, some, or no English word: un, une, des, du.
    Indefinite {
        some: bool,
    },
    /// Under a negation French has only `de`; English has a, `any` or nothing.
    Negated {
        any: bool,
    },
    /// No English word for a kind as a whole: likes cats, aime les chats.
    Generic,
    Possessive(Owner),
    This,
    Count(Count),
    Many,
    Several,
    AllThe,
    Every,
}

/// The owner of a possessive: English distinguishes `his` and `her`, French does not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Owner {
    english: &'static str,
    person: Person,
}

/// The possessives.
pub(crate) const OWNERS: [Owner; 6] = [
    Owner { english: "my", person: Person::Je },
    Owner { english: "his", person: Person::Il },
    Owner { english: "her", person: Person::Il },
    Owner { english: "our", person: Person::Nous },
    Owner { english: "your", person: Person::Vous },
    Owner { english: "their", person: Person::Ils },
];

/// A cardinal number above one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Count {
    pub(crate) english: &'static str,
    french: &'static str,
}

/// The numbers that count nouns here.
pub(crate) const COUNTS: [Count; 9] = [
    Count { english: "two", french: "deux" },
    Count { english: "three", french: "trois" },
    Count { english: "four", french: "quatre" },
    Count { english: "five", french: "cinq" },
    Count { english: "six", french: "six" },
    Count { english: "seven", french: "sept" },
    Count { english: "ten", french: "dix" },
    Count { english: "twelve", french: "douze" },
    Count { english: "twenty", french: "vingt" },
];

/// The properties of a noun phrase that its determiner depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening<'a> {
    pub(crate) gender: Gender,
    pub(crate) number: Number,
    pub(crate) mass: bool,
    /// The French word that follows, and whether it is an adjective before the noun.
    pub(crate) next: &'a str,
    pub(crate) adjective_first: bool,
    /// The tie of the noun, for a determiner that only one language writes.
    pub(crate) noun: Tie,
}

impl Determiner {
    /// The determiner in both languages; `tie` is its own.
    pub(crate) fn phrase(self, opening: Opening<'_>, tie: Tie) -> Phrase {
        let english = self.english(opening.number, opening.mass);
        let source: Vec<Word> = english.iter().map(|text| Word::new(text).sure(tie)).collect();
        let mut target = self.french(opening);
        for word in &mut target {
            // A determiner without a counterpart is linked to the noun; annotators disagree, so the link is only possible.
            if source.is_empty() {
                word.ties.push((opening.noun, false));
            } else {
                word.ties.push((tie, true));
            }
        }
        let mut phrase = Phrase { source, target };
        if self == Self::AllThe {
            all_the(&mut phrase, tie, opening.noun);
        }
        phrase
    }

    fn english(self, number: Number, mass: bool) -> Vec<&'static str> {
        let singular = number == Number::Singular && !mass;
        match self {
            Self::The => vec!["the"],
            Self::Indefinite { .. } | Self::Negated { .. } if singular => vec!["a"],
            Self::Indefinite { some: true } => vec!["some"],
            Self::Negated { any: true } => vec!["any"],
            Self::Indefinite { .. } | Self::Negated { .. } | Self::Generic => vec![],
            Self::Possessive(owner) => vec![owner.english],
            Self::This if number == Number::Plural => vec!["these"],
            Self::This => vec!["this"],
            Self::Count(count) => vec![count.english],
            Self::Many => vec!["many"],
            Self::Several => vec!["several"],
            Self::AllThe => vec!["all", "the"],
            Self::Every => vec!["every"],
        }
    }

    fn french(self, opening: Opening<'_>) -> Vec<Word> {
        let feminine = opening.gender == Gender::Feminine;
        let plural = opening.number == Number::Plural;
        let vowel = begins_like_a_vowel(opening.next);
        let article = Word::article(match (plural, feminine) {
            (true, _) => "les",
            (false, true) => "la",
            (false, false) => "le",
        });
        match self {
            Self::The | Self::Generic => vec![article],
            Self::Indefinite { .. } if opening.mass => vec![Word::new("de"), article],
            // de belles pommes, not des belles pommes
            Self::Indefinite { .. } if plural && opening.adjective_first => vec![Word::new("de")],
            Self::Indefinite { .. } if plural => vec![Word::new("des")],
            Self::Indefinite { .. } if feminine => vec![Word::new("une")],
            Self::Indefinite { .. } => vec![Word::new("un")],
            Self::Negated { .. } => vec![Word::new("de")],
            Self::Possessive(owner) => vec![Word::new(possessive(owner.person, plural, feminine && !vowel))],
            Self::This if plural => vec![Word::new("ces")],
            Self::This if feminine => vec![Word::new("cette")],
            Self::This if vowel => vec![Word::new("cet")],
            Self::This => vec![Word::new("ce")],
            Self::Count(count) => vec![Word::new(count.french)],
            Self::Many => vec![Word::new("beaucoup"), Word::new("de")],
            Self::Several => vec![Word::new("plusieurs")],
            Self::AllThe => vec![Word::new(if feminine { "toutes" } else { "tous" }), article],
            Self::Every => vec![Word::new("chaque")],
        }
    }
}

/// `feminine_form` is false before a vowel, where mon école takes the masculine form.
const fn possessive(owner: Person, plural: bool, feminine_form: bool) -> &'static str {
    match (owner, plural, feminine_form) {
        (Person::Je, true, _) => "mes",
        (Person::Je, false, true) => "ma",
        (Person::Je, false, false) => "mon",
        (Person::Il, true, _) => "ses",
        (Person::Il, false, true) => "sa",
        (Person::Il, false, false) => "son",
        (Person::Nous, true, _) => "nos",
        (Person::Nous, false, _) => "notre",
        (Person::Vous, true, _) => "vos",
        (Person::Vous, false, _) => "votre",
        (Person::Ils, true, _) => "leurs",
        (Person::Ils, false, _) => "leur",
    }
}

/// Links all - tous and the - les word by word. The second tie is the noun's, and only possible.
fn all_the(phrase: &mut Phrase, tie: Tie, noun: Tie) {
    phrase.source[1].ties = vec![(noun, false)];
    phrase.target[1].ties = vec![(noun, false)];
    phrase.source[0].ties = vec![(tie, true)];
    phrase.target[0].ties = vec![(tie, true)];
}
