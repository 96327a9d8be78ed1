//! Modal verbs, and the auxiliaries of both languages by person.

use crate::french::Person;

/// A verb that governs an infinitive.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Modal {
    pub(crate) english: &'static str,
    pub(crate) third: &'static str,
    /// Whether English forms questions and negations with `do` and joins the infinitive with `to`.
    pub(crate) ordinary: bool,
    pub(crate) french: [&'static str; 5],
    /// The preposition before the French infinitive.
    pub(crate) link: &'static str,
}

const fn modal(
    english: &'static str,
    third: &'static str,
    ordinary: bool,
    french: [&'static str; 5],
    link: &'static str,
) -> Modal {
    Modal { english, third, ordinary, french, link }
}

/// The verbs that govern an infinitive.
pub(crate) static MODALS: [Modal; 7] = [
    modal("can", "can", false, ["peux", "peut", "pouvons", "pouvez", "peuvent"], ""),
    modal("must", "must", false, ["dois", "doit", "devons", "devez", "doivent"], ""),
    modal("want", "wants", true, ["veux", "veut", "voulons", "voulez", "veulent"], ""),
    modal("hope", "hopes", true, ["espère", "espère", "espérons", "espérez", "espèrent"], ""),
    modal("try", "tries", true, ["essaie", "essaie", "essayons", "essayez", "essaient"], "de"),
    modal("like", "likes", true, ["aime", "aime", "aimons", "aimez", "aiment"], ""),
    modal("begin", "begins", true, ["commence", "commence", "commençons", "commencez", "commencent"], "à"),
];

pub(crate) const fn be(person: Person) -> &'static str {
    match person {
        Person::Je => "am",
        Person::Il => "is",
        _ => "are",
    }
}

pub(crate) const fn was(person: Person) -> &'static str {
    match person {
        Person::Je | Person::Il => "was",
        _ => "were",
    }
}

pub(crate) const fn does(person: Person) -> &'static str {
    match person {
        Person::Il => "does",
        _ => "do",
    }
}

pub(crate) const fn has(person: Person) -> &'static str {
    match person {
        Person::Il => "has",
        _ => "have",
    }
}

pub(crate) const fn reflexive(person: Person) -> &'static str {
    ["me", "se", "nous", "vous", "se"][person as usize]
}

pub(crate) const fn etre(person: Person) -> &'static str {
    ["suis", "est", "sommes", "êtes", "sont"][person as usize]
}

pub(crate) const fn avoir(person: Person) -> &'static str {
    ["ai", "a", "avons", "avez", "ont"][person as usize]
}

pub(crate) const fn aller(person: Person) -> &'static str {
    ["vais", "va", "allons", "allez", "vont"][person as usize]
}
