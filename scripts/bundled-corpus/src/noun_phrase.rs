//! Noun phrases: determiner, adjectives in the order of each language, noun, possessor.

use crate::determiner::{COUNTS, Determiner, Opening};
use crate::french::{Agreement, Number};
use crate::lexicon::{Adjective, Noun};
use crate::word::{Phrase, Word, words};
use crate::writer::Writer;

/// A finished noun phrase with its agreement.
#[derive(Clone, Debug)]
pub(crate) struct NounPhrase {
    pub(crate) phrase: Phrase,
    pub(crate) agreement: Agreement,
    /// Whether English has no determiner here.
    pub(crate) bare: bool,
}

impl NounPhrase {
    /// Whether the phrase has a quantifier or a number, so that a negated verb would be ambiguous.
    pub(crate) fn is_quantified(&self) -> bool {
        let first = self.phrase.source[0].text.as_str();
        let quantifiers = ["a", "some", "many", "several", "all", "every"];
        quantifiers.contains(&first) || COUNTS.iter().any(|count| count.english == first)
    }
}

/// The parts of a noun phrase to build.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) noun: &'static Noun,
    pub(crate) number: Number,
    pub(crate) determiner: Determiner,
    /// In English order; at most one before and one after the French noun.
    pub(crate) adjectives: Vec<&'static Adjective>,
}

impl Plan {
    pub(crate) fn build(&self, writer: &mut Writer<'_>) -> NounPhrase {
        let noun_tie = writer.tie();
        let gender = self.noun.gender;
        // Mass nouns are singular in both languages.
        let number = self.number;
        let mut source = Vec::new();
        let mut before = Vec::new();
        let mut after = words(self.noun.french(number), noun_tie);
        for adjective in &self.adjectives {
            writer.combine(&adjective.english, self.noun.name());
            let tie = writer.tie();
            source.extend(words(&adjective.english, tie));
            if adjective.precedes {
                // Only the noun can follow, so its first sound decides between beau and bel.
                let vowel = crate::french::begins_like_a_vowel(&after[0].text);
                let form = if vowel {
                    adjective.french_before_vowel(gender, number)
                } else {
                    adjective.french(gender, number)
                };
                before.extend(words(form, tie));
            } else {
                after.extend(words(adjective.french(gender, number), tie));
            }
        }
        source.extend(words(self.noun.english(number), noun_tie));
        let adjective_first = !before.is_empty();
        before.extend(after);
        let determiner_tie = writer.tie();
        let opening = Opening {
            gender,
            number,
            mass: self.noun.is("mass"),
            next: &before[0].text,
            adjective_first,
            noun: noun_tie,
        };
        let determiner = self.determiner.phrase(opening, determiner_tie);
        let bare = determiner.source.is_empty();
        NounPhrase {
            phrase: determiner.then(Phrase { source, target: before }),
            agreement: Agreement::of_noun(gender, number),
            bare,
        }
    }
}

/// How English writes a possessor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Genitive {
    /// the dog of the neighbour
    Of,
    /// the neighbour's dog
    Apostrophe,
}

/// Joins a definite thing and its possessor: le chien du voisin.
pub(crate) fn possess(writer: &mut Writer<'_>, thing: NounPhrase, owner: NounPhrase, genitive: Genitive) -> NounPhrase {
    let tie = writer.tie();
    let mut target = thing.phrase.target;
    let mut thing_source = thing.phrase.source;
    let mut owner_source = owner.phrase.source;
    let source = match genitive {
        Genitive::Of => {
            thing_source.push(Word::new("of").sure(tie));
            thing_source.extend(owner_source);
            thing_source
        }
        Genitive::Apostrophe => {
            // The thing loses its article; the French one is left to the owner, if to anyone.
            let article = thing_source.remove(0);
            let spare = writer.tie();
            target[0].ties.retain(|(tie, _)| !article.ties.contains(&(*tie, true)));
            target[0].ties.push((spare, false));
            if let Some(last) = owner_source.last_mut() {
                let mark =
                    if last.text.ends_with('s') && owner.agreement.number() == Number::Plural { "'" } else { "'s" };
                last.text.push_str(mark);
                last.ties.push((tie, true));
                last.ties.push((spare, false));
            }
            if let Some(head) = thing_source.last_mut() {
                head.ties.push((spare, false));
            }
            owner_source.extend(thing_source);
            owner_source
        }
    };
    target.push(Word::new("de").sure(tie));
    target.extend(owner.phrase.target);
    NounPhrase { phrase: Phrase { source, target }, agreement: thing.agreement, bare: false }
}
