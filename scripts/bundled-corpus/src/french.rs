//! French agreement and sounds: gender, number, person, and words that begin with a vowel sound.

/// Grammatical gender.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Gender {
    Masculine,
    Feminine,
}

/// Grammatical number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Number {
    Singular,
    Plural,
}

/// The person of a French verb form. `tu` is absent: English `you` is always the polite `vous`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Person {
    Je,
    Il,
    Nous,
    Vous,
    Ils,
}

/// The properties that a verb, a participle or an adjective agrees with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Agreement {
    pub(crate) person: Person,
    pub(crate) gender: Gender,
}

impl Agreement {
    pub(crate) const fn new(person: Person, gender: Gender) -> Self {
        Self { person, gender }
    }

    /// The third person of a noun.
    pub(crate) const fn of_noun(gender: Gender, number: Number) -> Self {
        let person = match number {
            Number::Singular => Person::Il,
            Number::Plural => Person::Ils,
        };
        Self { person, gender }
    }

    /// `vous` is one person addressed politely, so its adjectives are singular.
    pub(crate) const fn number(self) -> Number {
        match self.person {
            Person::Je | Person::Il | Person::Vous => Number::Singular,
            Person::Nous | Person::Ils => Number::Plural,
        }
    }
}

/// The four forms of an adjective or participle: masculine and feminine singular, then plural.
#[derive(Clone, Debug)]
pub(crate) struct Forms(pub(crate) [String; 4]);

impl Forms {
    /// The forms of a past participle, all built on the masculine singular.
    pub(crate) fn of_participle(masculine: &str) -> Self {
        let plural = if masculine.ends_with('s') { "" } else { "s" };
        Self([masculine.to_owned(), format!("{masculine}e"), format!("{masculine}{plural}"), format!("{masculine}es")])
    }

    pub(crate) fn get(&self, gender: Gender, number: Number) -> &str {
        let plural = match number {
            Number::Singular => 0,
            Number::Plural => 2,
        };
        let feminine = match gender {
            Gender::Masculine => 0,
            Gender::Feminine => 1,
        };
        &self.0[plural + feminine]
    }
}

/// Words whose written `h` or vowel blocks elision: the aspirated h of *héros*, and *onze*.
const ASPIRATED: [&str; 9] = ["héros", "hibou", "hiboux", "hache", "haches", "haricot", "haricots", "honte", "huit"];

/// Whether articles elide before the word: `l'homme` and `l'école`, but `le héros` and `le onze`.
pub(crate) fn begins_like_a_vowel(word: &str) -> bool {
    let word = word.to_lowercase();
    if ASPIRATED.contains(&word.as_str()) || word == "onze" || word == "oui" {
        return false;
    }
    word == "y" || word.starts_with(|letter| "aàâæeéèêëhiîïoôœuùûü".contains(letter))
}
