//! The words of the corpus, read from the tables in `lexicon/`.
//!
//! The tables are part of the program, so an error in a table is a bug, and panics with the line.

mod adjective;
mod fixed;
mod noun;
mod verb;

use std::sync::LazyLock;

pub(crate) use adjective::Adjective;
pub(crate) use fixed::Fixed;
pub(crate) use noun::Noun;
pub(crate) use verb::Verb;

/// All tables.
pub(crate) struct Lexicon {
    pub(crate) nouns: Vec<Noun>,
    pub(crate) adjectives: Vec<Adjective>,
    pub(crate) verbs: Vec<Verb>,
    pub(crate) fixed: Vec<Fixed>,
}

/// The lexicon, parsed at first use.
pub(crate) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon {
    nouns: rows(include_str!("../lexicon/nouns.csv"), Noun::parse),
    adjectives: rows(include_str!("../lexicon/adjectives.csv"), Adjective::parse),
    verbs: rows(include_str!("../lexicon/verbs.csv"), Verb::parse),
    fixed: rows(include_str!("../lexicon/phrases.csv"), Fixed::parse),
});

fn rows<T>(table: &str, parse: fn(&str) -> Option<T>) -> Vec<T> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| parse(line).unwrap_or_else(|| panic!("the lexicon has a malformed line: {line}")))
        .collect()
}

/// Splits a row into exactly `N` fields.
fn fields<const N: usize>(line: &str, separator: char) -> Option<[&str; N]> {
    let fields: Vec<&str> = line.split(separator).map(str::trim).collect();
    fields.try_into().ok()
}

/// A selection of nouns by a list of terms. A term is a tag or an English singular; a term after `~` is excluded.
#[derive(Debug)]
pub(crate) struct Selection(Vec<Vec<String>>);

impl Selection {
    fn parse(text: &str) -> Self {
        let terms = text.split_whitespace().filter(|term| *term != "-");
        Self(terms.map(|term| term.split('~').map(str::to_owned).collect()).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the list contains the term itself, for upper-case terms, which select no noun.
    pub(crate) fn names(&self, term: &str) -> bool {
        self.0.iter().any(|alternatives| alternatives[0] == term)
    }

    pub(crate) fn takes(&self, noun: &Noun) -> bool {
        self.0.iter().any(|term| noun.is(&term[0]) && !term[1..].iter().any(|excluded| noun.is(excluded)))
    }
}
