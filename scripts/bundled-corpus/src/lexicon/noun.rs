//! Nouns of both languages.

use super::fields;
use crate::french::{Gender, Number};

/// A noun with its translation. A missing number is an empty string.
#[derive(Debug)]
pub(crate) struct Noun {
    english: [String; 2],
    french: [String; 2],
    pub(crate) gender: Gender,
    tags: Vec<String>,
}

impl Noun {
    pub(super) fn parse(line: &str) -> Option<Self> {
        let [singular, plural, french, french_plural, gender, tags] = fields(line, ',')?;
        let plural = if plural == "+" { regular_plural(singular) } else { plural.to_owned() };
        let french_plural = match french_plural {
            "+" => format!("{french}s"),
            given => given.to_owned(),
        };
        let present = |text: &str| if text == "-" { String::new() } else { text.to_owned() };
        Some(Self {
            english: [present(singular), present(&plural)],
            french: [present(french), present(&french_plural)],
            gender: match gender {
                "m" => Gender::Masculine,
                "f" => Gender::Feminine,
                _ => return None,
            },
            tags: tags.split_whitespace().map(str::to_owned).collect(),
        })
    }

    /// Whether the noun has the tag or is itself the word.
    pub(crate) fn is(&self, tag: &str) -> bool {
        self.english[0] == tag || self.tags.iter().any(|own| own == tag)
    }

    /// The English singular, by which the tables name the noun.
    pub(crate) fn name(&self) -> &str {
        &self.english[0]
    }

    pub(crate) fn english(&self, number: Number) -> &str {
        &self.english[index(number)]
    }

    pub(crate) fn french(&self, number: Number) -> &str {
        &self.french[index(number)]
    }
}

const fn index(number: Number) -> usize {
    match number {
        Number::Singular => 0,
        Number::Plural => 1,
    }
}

fn regular_plural(singular: &str) -> String {
    let before_y = singular.strip_suffix('y');
    match before_y {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if singular.ends_with(['s', 'x']) || singular.ends_with("ch") || singular.ends_with("sh") => {
            format!("{singular}es")
        }
        _ => format!("{singular}s"),
    }
}
