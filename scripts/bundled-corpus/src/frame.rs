//! Frames of time: which tenses, negations and time adverbials go together in a clause.

use crate::auxiliary::MODALS;
use crate::french::Person;
use crate::lexicon::Verb;
use crate::predicate::{Negation, Predicate, Tense};
use crate::word::Phrase;
use crate::writer::Writer;

/// When a clause takes place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Frame {
    Now,
    Habit,
    Past,
    /// The present perfect, with `already` or `never`.
    Experience,
    Future,
    Modal,
}

impl Frame {
    pub(crate) fn draw(writer: &mut Writer<'_>) -> Self {
        writer.weighted(&[
            (20, Self::Now),
            (26, Self::Habit),
            (24, Self::Past),
            (4, Self::Experience),
            (13, Self::Future),
            (13, Self::Modal),
        ])
    }

    /// Whether the verb can be used in this frame.
    pub(crate) fn takes(self, verb: &Verb) -> bool {
        // One reads and one read look alike where the past is the base, so their past stays out.
        let ambiguous = verb.english.base == verb.english.past;
        match self {
            Self::Now | Self::Habit => true,
            Self::Past => !verb.has("present") && !ambiguous,
            Self::Experience => !verb.has("present") && !verb.has("past"),
            Self::Future => !verb.has("present"),
            Self::Modal => !verb.has("stative"),
        }
    }

    /// The predicate of a statement with this verb, negated or not.
    pub(crate) fn predicate(self, writer: &mut Writer<'_>, verb: &'static Verb, person: Person) -> Predicate {
        let negation = self.negation(writer, verb);
        let tense = self.tense(writer, verb, person, negation);
        let mut predicate = Predicate::new(writer, verb, tense);
        predicate.negation = negation;
        if self == Self::Experience && predicate.negation.is_none() {
            predicate.adverb = writer.fixed("already");
        }
        let simple = matches!(negation, None | Some(Negation::Not { .. }));
        let habitual = self == Self::Habit && !verb.has("stative");
        if habitual && predicate.tense == Tense::Present && simple && writer.chance(34) {
            // Only these two are used with a negation: nobody says `not rarely` for `often`.
            predicate.adverb = match negation {
                Some(_) if writer.chance(50) => writer.known("always"),
                Some(_) => writer.known("often"),
                None => writer.fixed("adverb"),
            };
        }
        if let Tense::Modal(_) = predicate.tense
            && predicate.negation.is_some()
        {
            // To try not to and not to try are different; the negated modals are can, must and want.
            predicate.tense = Tense::Modal(writer.pick(&MODALS[..3]));
        }
        predicate
    }

    fn tense(self, writer: &mut Writer<'_>, verb: &Verb, person: Person, negation: Option<Negation>) -> Tense {
        let looks_past = verb.english.base == verb.english.past && person != Person::Il && negation.is_none();
        match self {
            Self::Now | Self::Habit if verb.has("stative") => Tense::Present,
            Self::Now => Tense::Progressive,
            Self::Habit if looks_past => Tense::Progressive,
            Self::Habit => Tense::Present,
            Self::Past => Tense::Past,
            Self::Experience => Tense::Perfect,
            Self::Future => Tense::NearFuture,
            // One begins or likes to do what takes its time.
            Self::Modal if verb.has("active") => Tense::Modal(writer.pick(&MODALS)),
            Self::Modal => Tense::Modal(writer.pick(&MODALS[..5])),
        }
    }

    fn negation(self, writer: &mut Writer<'_>, verb: &Verb) -> Option<Negation> {
        if self == Self::Experience {
            return writer.chance(50).then_some(Negation::Never);
        }
        let contracted = writer.chance(40);
        let not = Negation::Not { contracted };
        if !writer.chance(26) {
            return None;
        }
        Some(match self {
            Self::Habit if verb.has("stative") => writer.weighted(&[(6, not), (2, Negation::NoLonger)]),
            Self::Habit => writer.weighted(&[(5, not), (3, Negation::Never), (2, Negation::NoLonger)]),
            _ => not,
        })
    }

    /// A time adverbial, if the frame has one.
    pub(crate) fn time(self, writer: &mut Writer<'_>) -> Option<Phrase> {
        let kind = match self {
            Self::Now => "now",
            Self::Habit => "habit",
            Self::Past => "past",
            Self::Future => "future",
            Self::Experience | Self::Modal => return None,
        };
        Some(writer.fixed(kind))
    }
}
