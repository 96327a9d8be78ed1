//! Adjectives of both languages.

use super::{Selection, fields};
use crate::french::{Forms, Gender, Number};

/// An adjective with its translation.
#[derive(Debug)]
pub(crate) struct Adjective {
    pub(crate) english: String,
    /// `bigger` or `more famous`; `None` for an adjective without a comparative.
    pub(crate) comparative: Option<String>,
    /// The French comparative in one word (`meilleur`), instead of `plus` and the adjective.
    pub(crate) french_comparative: Option<Forms>,
    forms: Forms,
    /// The masculine singular before a vowel: bel, vieil, nouvel.
    before_vowel: Option<String>,
    /// Whether the French adjective precedes its noun.
    pub(crate) precedes: bool,
    pub(crate) nouns: Selection,
}

impl Adjective {
    pub(super) fn parse(line: &str) -> Option<Self> {
        let [english, comparative, masculine, feminine, masculines, feminines, place, nouns] = fields(line, ',')?;
        let (masculine, before_vowel) = match masculine.split_once('/') {
            Some((plain, vowel)) => (plain, Some(vowel.to_owned())),
            None => (masculine, None),
        };
        let (comparative, french_comparative) = match comparative.split_once('=') {
            Some((english, french)) => (english, Some(comparative_forms(french))),
            None => (comparative, None),
        };
        Some(Self {
            english: english.to_owned(),
            comparative: (comparative != "-").then(|| comparative.to_owned()),
            french_comparative,
            forms: Forms([masculine, feminine, masculines, feminines].map(str::to_owned)),
            before_vowel,
            precedes: match place {
                "before" => true,
                "after" => false,
                _ => return None,
            },
            nouns: Selection::parse(nouns),
        })
    }

    pub(crate) fn french(&self, gender: Gender, number: Number) -> &str {
        self.forms.get(gender, number)
    }

    /// The form before a word of the same noun phrase that begins like a vowel: un bel arbre.
    pub(crate) fn french_before_vowel(&self, gender: Gender, number: Number) -> &str {
        match (&self.before_vowel, gender, number) {
            (Some(form), Gender::Masculine, Number::Singular) => form,
            _ => self.french(gender, number),
        }
    }
}

/// meilleur, meilleure, meilleurs, meilleures.
fn comparative_forms(masculine: &str) -> Forms {
    Forms(["", "e", "s", "es"].map(|ending| format!("{masculine}{ending}")))
}
