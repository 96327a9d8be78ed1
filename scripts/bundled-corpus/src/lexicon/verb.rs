//! Verbs of both languages.

use super::{Selection, fields};
use crate::french::{Agreement, Forms, Person};

/// A verb with its translation in one sense.
#[derive(Debug)]
pub(crate) struct Verb {
    pub(crate) english: EnglishForms,
    pub(crate) french: FrenchForms,
    /// English words after the verb: `up` of get up, `hungry` of be hungry.
    pub(crate) english_tail: String,
    /// French words after the verb: `faim` of avoir faim.
    pub(crate) french_tail: String,
    pub(crate) english_preposition: String,
    pub(crate) french_preposition: String,
    pub(crate) subjects: Selection,
    pub(crate) objects: Selection,
    flags: Vec<String>,
}

/// The forms of an English verb. Those of `be` are in auxiliary.rs, because `be` has more forms.
#[derive(Clone, Debug)]
pub(crate) struct EnglishForms {
    pub(crate) base: String,
    pub(crate) third: String,
    pub(crate) past: String,
    pub(crate) participle: String,
    pub(crate) gerund: String,
}

/// The forms of a French verb.
#[derive(Clone, Debug)]
pub(crate) struct FrenchForms {
    pub(crate) infinitive: String,
    present: [String; 5],
    /// Only être and avoir narrate in the imperfect here; all other verbs use the passé composé.
    imperfect: Option<[String; 5]>,
    pub(crate) participle: Forms,
    /// Whether the auxiliary is être.
    pub(crate) takes_etre: bool,
    pub(crate) reflexive: bool,
}

impl Verb {
    pub(super) fn parse(line: &str) -> Option<Self> {
        let [english, french, tails, prepositions, subjects, objects, flags] = fields(line, '|')?;
        let [english_tail, french_tail] = fields(tails, '/')?.map(present);
        let [english_preposition, french_preposition] = fields(prepositions, '/')?.map(present);
        Some(Self {
            english: EnglishForms::parse(english)?,
            french: FrenchForms::parse(french)?,
            english_tail,
            french_tail,
            english_preposition,
            french_preposition,
            subjects: Selection::parse(subjects),
            objects: Selection::parse(objects),
            flags: flags.split_whitespace().map(str::to_owned).collect(),
        })
    }

    pub(crate) fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|own| own == flag)
    }

    /// The English verb with its particles, to distinguish `look for` and `look at`.
    pub(crate) fn name(&self) -> String {
        format!("{} {} {}", self.english.base, self.english_tail, self.english_preposition)
    }
}

impl EnglishForms {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let forms: Vec<&str> = text.split_whitespace().collect();
        if forms == ["be"] {
            return Some(Self::new(["be", "is", "was", "been", "being"]));
        }
        match forms.as_slice() {
            [base] => Some(Self::regular(base)),
            _ => Some(Self::new(forms.try_into().ok()?)),
        }
    }

    fn new(forms: [&str; 5]) -> Self {
        let [base, third, past, participle, gerund] = forms.map(str::to_owned);
        Self { base, third, past, participle, gerund }
    }

    fn regular(base: &str) -> Self {
        let mute = base.strip_suffix('e').unwrap_or(base);
        Self::new([base, &format!("{base}s"), &format!("{mute}ed"), &format!("{mute}ed"), &format!("{mute}ing")])
    }
}

impl FrenchForms {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let reflexive = text.strip_prefix("se ").or_else(|| text.strip_prefix("s' "));
        let forms: Vec<&str> = reflexive.unwrap_or(text).split_whitespace().collect();
        let (infinitive, present, participle, auxiliary) = match forms.as_slice() {
            [infinitive] => {
                let stem = infinitive.strip_suffix("er")?;
                let present = ["e", "e", "ons", "ez", "ent"].map(|ending| format!("{stem}{ending}"));
                (*infinitive, present, format!("{stem}é"), "avoir")
            }
            [infinitive, present @ .., participle, auxiliary] => {
                let present: [&str; 5] = present.try_into().ok()?;
                (*infinitive, present.map(str::to_owned), (*participle).to_owned(), *auxiliary)
            }
            _ => return None,
        };
        let imperfect_stem = match infinitive {
            "être" => Some("ét"),
            "avoir" => Some("av"),
            _ => None,
        };
        Some(Self {
            infinitive: infinitive.to_owned(),
            present,
            imperfect: imperfect_stem
                .map(|stem| ["ais", "ait", "ions", "iez", "aient"].map(|ending| format!("{stem}{ending}"))),
            participle: Forms::of_participle(&participle),
            takes_etre: match auxiliary {
                "être" => true,
                "avoir" => false,
                _ => return None,
            },
            reflexive: reflexive.is_some(),
        })
    }

    pub(crate) fn present(&self, person: Person) -> &str {
        &self.present[person as usize]
    }

    pub(crate) fn imperfect(&self, person: Person) -> Option<&str> {
        self.imperfect.as_ref().map(|forms| forms[person as usize].as_str())
    }

    pub(crate) fn participle(&self, agreement: Agreement) -> &str {
        self.participle.get(agreement.gender, agreement.number())
    }
}

fn present(text: &str) -> String {
    if text == "-" { String::new() } else { text.to_owned() }
}
