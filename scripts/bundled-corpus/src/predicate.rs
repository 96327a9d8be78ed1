//! Predicates: the verb in both languages with tense, negation, adverb and clitic pronoun.

use crate::auxiliary::{Modal, aller, avoir, be, does, etre, has, reflexive, was};
use crate::french::{Agreement, Number, Person};
use crate::lexicon::Verb;
use crate::word::{Phrase, Tie, Word, words};
use crate::writer::Writer;

/// The tenses of the corpus, named after their English form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tense {
    /// eats: mange
    Present,
    /// is eating: mange
    Progressive,
    /// ate: a mangé
    Past,
    /// has eaten: a mangé
    Perfect,
    /// is going to eat: va manger
    NearFuture,
    /// can eat: peut manger
    Modal(&'static Modal),
}

/// The kinds of negation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Negation {
    /// not, or n't where `contracted`: ne … pas
    Not { contracted: bool },
    /// ne … jamais
    Never,
    /// no longer: ne … plus
    NoLonger,
}

/// A French pronoun before the verb, tied to an English one after it.
#[derive(Clone, Debug)]
pub(crate) struct Clitic {
    pub(crate) french: &'static str,
    pub(crate) tie: Tie,
    /// The agreement of a participle; `None` for the dative.
    pub(crate) agreement: Option<Agreement>,
}

/// Everything about the verb of a clause except its subject and complements.
#[derive(Clone, Debug)]
pub(crate) struct Predicate {
    pub(crate) verb: &'static Verb,
    pub(crate) tense: Tense,
    /// The tie of the main verb, for words in other phrases that belong to it.
    pub(crate) main: Tie,
    /// The person that English agrees with where French does not: there are, il y a.
    pub(crate) logical: Option<Person>,
    pub(crate) negation: Option<Negation>,
    pub(crate) adverb: Phrase,
    pub(crate) clitic: Option<Clitic>,
    /// The object of a relative clause, which precedes the verb: la pomme que j'ai mangée.
    pub(crate) antecedent: Option<Agreement>,
}

/// The parts of a predicate that statements and questions order differently.
#[derive(Debug)]
pub(crate) struct Pieces {
    /// The English words that a question moves before the subject.
    pub(crate) auxiliary: Vec<Word>,
    /// The rest of the English verb.
    pub(crate) source: Vec<Word>,
    pub(crate) target: Vec<Word>,
}

/// English forms of one clause: the auxiliary if it has one, and the main verb.
struct English {
    auxiliary: Option<Word>,
    main: Vec<Word>,
}

impl Predicate {
    pub(crate) fn new(writer: &mut Writer<'_>, verb: &'static Verb, tense: Tense) -> Self {
        Self {
            verb,
            tense,
            main: writer.tie(),
            logical: None,
            negation: None,
            adverb: Phrase::default(),
            clitic: None,
            antecedent: None,
        }
    }

    /// The words for this subject; `question` asks for an auxiliary even in the simple tenses.
    pub(crate) fn pieces(&self, writer: &mut Writer<'_>, subject: Agreement, question: bool) -> Pieces {
        let finite = writer.tie();
        let main = self.main;
        let negation = writer.tie();
        let supported = question || matches!(self.negation, Some(Negation::Not { .. }));
        let mut english = self.english(self.logical.unwrap_or(subject.person), supported, finite, main);
        let mut target_tail = Vec::new();
        if !self.verb.english_tail.is_empty() || !self.verb.french_tail.is_empty() {
            let tail = self.tail(writer.tie(), main);
            english.main.extend(tail.source);
            target_tail = tail.target;
        }
        let mut auxiliary: Vec<Word> = english.auxiliary.into_iter().collect();
        let mut source = Vec::new();
        match self.negation {
            Some(Negation::Not { contracted }) => negate(&mut auxiliary, &mut source, contracted, negation),
            Some(Negation::Never) => source.push(Word::new("never").sure(negation)),
            Some(Negation::NoLonger) => source.extend(words("no longer", negation)),
            None => {}
        }
        source.extend(self.adverb.source.iter().cloned());
        source.extend(english.main);
        let mut target = self.french(subject, finite, main, negation);
        target.extend(target_tail);
        Pieces { auxiliary, source, target }
    }

    fn tail(&self, tie: Tie, main: Tie) -> Phrase {
        let both = !self.verb.english_tail.is_empty() && !self.verb.french_tail.is_empty();
        let tie = if both { tie } else { main };
        Phrase { source: words(&self.verb.english_tail, tie), target: words(&self.verb.french_tail, tie) }
    }

    fn english(&self, person: Person, supported: bool, finite: Tie, main: Tie) -> English {
        let forms = &self.verb.english;
        let plain = |text: &str| vec![Word::new(text).sure(main)];
        let to = || Word::new("to").possible(main);
        if forms.base == "be" && matches!(self.tense, Tense::Present | Tense::Past) {
            let form = if self.tense == Tense::Present { be(person) } else { was(person) };
            return English { auxiliary: Some(Word::new(form).sure(main)), main: vec![] };
        }
        // An auxiliary `do` expresses the tense only, so its links are only possible.
        let support = |text: &str, tie: Tie| Some(Word::new(text).possible(tie));
        match self.tense {
            Tense::Present if supported => English { auxiliary: support(does(person), main), main: plain(&forms.base) },
            Tense::Present if person == Person::Il => English { auxiliary: None, main: plain(&forms.third) },
            Tense::Present => English { auxiliary: None, main: plain(&forms.base) },
            Tense::Progressive => English { auxiliary: support(be(person), main), main: plain(&forms.gerund) },
            Tense::Past if supported => English {
                auxiliary: Some(Word::new("did").sure(finite)),
                main: vec![Word::new(&forms.base).sure(main)],
            },
            // The single English past form translates both auxiliary and participle.
            Tense::Past => English { auxiliary: None, main: vec![Word::new(&forms.past).sure(main).sure(finite)] },
            Tense::Perfect => {
                English { auxiliary: Some(Word::new(has(person)).sure(finite)), main: plain(&forms.participle) }
            }
            Tense::NearFuture => English {
                auxiliary: support(be(person), finite),
                main: vec![Word::new("going").sure(finite), to(), Word::new(&forms.base).sure(main)],
            },
            Tense::Modal(modal) if !modal.ordinary => {
                English { auxiliary: Some(Word::new(modal.english).sure(finite)), main: plain(&forms.base) }
            }
            Tense::Modal(modal) => {
                let governing = if supported || person != Person::Il { modal.english } else { modal.third };
                English {
                    auxiliary: if supported { support(does(person), finite) } else { None },
                    main: vec![Word::new(governing).sure(finite), to(), Word::new(&forms.base).sure(main)],
                }
            }
        }
    }

    fn french(&self, subject: Agreement, finite: Tie, main: Tie, negation: Tie) -> Vec<Word> {
        let forms = &self.verb.french;
        let person = subject.person;
        let mut pronouns = Vec::new();
        if forms.reflexive {
            pronouns.push(Word::new(reflexive(person)).possible(main));
        }
        pronouns.extend(self.clitic.iter().map(|clitic| Word::new(clitic.french).sure(clitic.tie)));

        let simple = |text: &str| Word::new(text).sure(main);
        let (verb, rest) = match self.tense {
            Tense::Present | Tense::Progressive => (simple(forms.present(person)), vec![]),
            Tense::Past | Tense::Perfect => match forms.imperfect(person) {
                Some(form) if self.tense == Tense::Past => (simple(form).sure(finite), vec![]),
                _ => {
                    let auxiliary = if forms.takes_etre { etre(person) } else { avoir(person) };
                    (Word::new(auxiliary).sure(finite), vec![simple(self.participle(subject))])
                }
            },
            Tense::NearFuture => {
                let infinitive = self.infinitive(&mut pronouns, "", finite, main);
                (Word::new(aller(person)).sure(finite), infinitive)
            }
            Tense::Modal(modal) => {
                let infinitive = self.infinitive(&mut pronouns, modal.link, finite, main);
                (Word::new(modal.french[person as usize]).sure(finite), infinitive)
            }
        };
        let mut group = Vec::new();
        if self.negation.is_some() {
            group.push(Word::new("ne").sure(negation));
        }
        group.extend(pronouns);
        group.push(verb);
        if let Some(kind) = self.negation {
            let second = match kind {
                Negation::Not { .. } => "pas",
                Negation::Never => "jamais",
                Negation::NoLonger => "plus",
            };
            group.push(Word::new(second).sure(negation));
        }
        group.extend(self.adverb.target.iter().cloned());
        group.extend(rest);
        group
    }

    /// The pronouns precede the infinitive: va le voir.
    fn infinitive(&self, pronouns: &mut Vec<Word>, link: &str, finite: Tie, main: Tie) -> Vec<Word> {
        let mut group: Vec<Word> =
            link.split_whitespace().map(|text| Word::new(text).possible(main).possible(finite)).collect();
        group.append(pronouns);
        group.push(Word::new(&self.verb.french.infinitive).sure(main));
        group
    }

    /// With être the participle agrees with the subject, with avoir only with an object before it.
    fn participle(&self, subject: Agreement) -> &str {
        let forms = &self.verb.french;
        let object = self.antecedent.or_else(|| self.clitic.as_ref().and_then(|clitic| clitic.agreement));
        match object {
            _ if forms.takes_etre => forms.participle(subject),
            Some(object) => forms.participle(object),
            None => forms.participle.get(crate::french::Gender::Masculine, Number::Singular),
        }
    }
}

/// Adds `not` after the auxiliary, or contracts both to one word.
fn negate(auxiliary: &mut [Word], source: &mut Vec<Word>, contracted: bool, tie: Tie) {
    let joined = auxiliary.last().and_then(|word| match word.text.as_str() {
        "can" => Some("cannot".to_owned()),
        "am" | "must" => None,
        other => contracted.then(|| format!("{other}n't")),
    });
    match (joined, auxiliary.last_mut()) {
        (Some(text), Some(last)) => {
            last.text = text;
            last.ties.push((tie, true));
        }
        _ => source.push(Word::new("not").sure(tie)),
    }
}
