//! Clauses: subject, predicate and complements, as statement or question.

use crate::french::Agreement;
use crate::noun_phrase::NounPhrase;
use crate::predicate::{Pieces, Predicate};
use crate::word::{Phrase, Word};
use crate::writer::Writer;

/// A clause before its words are ordered.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    pub(crate) subject: NounPhrase,
    pub(crate) predicate: Predicate,
    /// Objects and predicative adjectives.
    pub(crate) complement: Phrase,
    /// Places and times.
    pub(crate) trail: Phrase,
}

impl Clause {
    fn agreement(&self) -> Agreement {
        self.subject.agreement
    }

    /// Subject, verb, complement, in both languages.
    pub(crate) fn statement(self, writer: &mut Writer<'_>) -> Phrase {
        let Pieces { auxiliary, source, target } = self.predicate.pieces(writer, self.agreement(), false);
        let verb = Phrase { source: [auxiliary, source].concat(), target };
        self.subject.phrase.then(verb).then(self.complement).then(self.trail)
    }

    /// A question with est-ce que, whose only English counterpart is the moved auxiliary.
    pub(crate) fn question(self, writer: &mut Writer<'_>) -> Phrase {
        let Pieces { mut auxiliary, source, target } = self.predicate.pieces(writer, self.agreement(), true);
        let asking = writer.tie();
        for word in &mut auxiliary {
            word.ties.push((asking, false));
        }
        let opening = Phrase {
            source: auxiliary,
            target: vec![Word::new("est-ce").possible(asking), Word::new("que").possible(asking)],
        };
        let verb = Phrase { source, target };
        opening.then(self.subject.phrase).then(verb).then(self.complement).then(self.trail)
    }

    /// A question to `vous` after a question word, by inversion: Où travaillez-vous?
    ///
    /// Only for a predicate without pronouns and negation, so that the French finite verb comes first.
    pub(crate) fn inverted(self, writer: &mut Writer<'_>) -> Phrase {
        let Pieces { auxiliary, source, mut target } = self.predicate.pieces(writer, self.agreement(), true);
        let mut subject = self.subject.phrase;
        for pronoun in subject.target.drain(..) {
            target[0].text = format!("{}-{}", target[0].text, pronoun.text);
            target[0].ties.extend(pronoun.ties);
        }
        let opening = Phrase { source: auxiliary, target: vec![] };
        let verb = Phrase { source, target };
        opening.then(subject).then(verb).then(self.complement).then(self.trail)
    }
}
