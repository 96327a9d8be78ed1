//! The state of writing a sentence: random choices, new ties, and a record of combined words.

use std::collections::HashMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::lexicon::{Adjective, Fixed, LEXICON, Noun, Verb};
use crate::word::{Phrase, Tie};

/// The random generator of all sentences, and the number of uses of each word.
#[derive(Debug)]
pub(crate) struct Chance {
    random: ChaCha8Rng,
    uses: HashMap<String, u32>,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: ChaCha8Rng::seed_from_u64(seed), uses: HashMap::new() }
    }

    /// Counts the words of a sentence that became part of the corpus.
    pub(crate) fn count(&mut self, chosen: Vec<String>) {
        for name in chosen {
            *self.uses.entry(name).or_default() += 1;
        }
    }
}

/// The state of writing one sentence.
pub(crate) struct Writer<'a> {
    chance: &'a mut Chance,
    ties: u32,
    /// The (adjective, noun) and (verb, object) pairs of this sentence, by name.
    pub(crate) combinations: Vec<(String, String)>,
    /// The names of the lexicon's rows used in this sentence.
    pub(crate) chosen: Vec<String>,
}

/// Number of random candidates for each word; the least used one is chosen.
const CANDIDATES: usize = 4;

impl<'a> Writer<'a> {
    pub(crate) fn new(chance: &'a mut Chance) -> Self {
        Self { chance, ties: 0, combinations: Vec::new(), chosen: Vec::new() }
    }

    /// A new tie.
    pub(crate) fn tie(&mut self) -> Tie {
        self.ties += 1;
        Tie(self.ties)
    }

    /// True with a probability of `percent` %.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.chance.random.random_range(0..100_u32) < percent
    }

    pub(crate) fn pick<'t, T>(&mut self, among: &'t [T]) -> &'t T {
        &among[self.chance.random.random_range(0..among.len() as u32) as usize]
    }

    /// Chooses a value with a probability proportional to its weight.
    pub(crate) fn weighted<T: Copy>(&mut self, among: &[(u32, T)]) -> T {
        let total: u32 = among.iter().map(|(weight, _)| weight).sum();
        let mut left = self.chance.random.random_range(0..total);
        for &(weight, value) in among {
            if left < weight {
                return value;
            }
            left -= weight;
        }
        unreachable!("the weights sum to the total")
    }

    /// Chooses a row, preferably a rarely used one, so that few words are rare in the corpus.
    fn least_used<T>(&mut self, among: &[&'static T], name: fn(&T) -> String) -> Option<&'static T> {
        if among.is_empty() {
            return None;
        }
        let uses = |chance: &Chance, row: &T| chance.uses.get(&name(row)).copied().unwrap_or(0);
        let mut chosen = *self.pick(among);
        for _ in 1..CANDIDATES {
            let other = *self.pick(among);
            if uses(self.chance, other) < uses(self.chance, chosen) {
                chosen = other;
            }
        }
        self.chosen.push(name(chosen));
        Some(chosen)
    }

    /// Chooses a noun that fits; `None` if no noun does.
    pub(crate) fn noun(&mut self, fits: impl Fn(&Noun) -> bool) -> Option<&'static Noun> {
        let nouns: Vec<&'static Noun> = LEXICON.nouns.iter().filter(|noun| fits(noun)).collect();
        self.least_used(&nouns, |noun| noun.name().to_owned())
    }

    pub(crate) fn verb(&mut self, fits: impl Fn(&Verb) -> bool) -> &'static Verb {
        let verbs: Vec<&'static Verb> = LEXICON.verbs.iter().filter(|verb| fits(verb)).collect();
        self.least_used(&verbs, |verb| format!("to {} {} {:?}", verb.name(), verb.french.infinitive, verb.objects))
            .expect("every use of verbs has some")
    }

    pub(crate) fn adjective(&mut self, fits: impl Fn(&Adjective) -> bool) -> Option<&'static Adjective> {
        let adjectives: Vec<&'static Adjective> =
            LEXICON.adjectives.iter().filter(|adjective| fits(adjective)).collect();
        self.least_used(&adjectives, |adjective| adjective.english.clone())
    }

    /// Chooses a fixed phrase of a kind.
    pub(crate) fn fixed(&mut self, kind: &str) -> Phrase {
        let phrases: Vec<&'static Fixed> = LEXICON.fixed.iter().filter(|fixed| fixed.kind == kind).collect();
        let fixed = self.least_used(&phrases, |fixed| format!("{} {}", fixed.kind, fixed.english));
        let fixed = fixed.expect("the kind is in lexicon/phrases.csv");
        fixed.phrase(|| self.tie())
    }

    /// The fixed phrase with this English text.
    pub(crate) fn known(&mut self, english: &str) -> Phrase {
        let fixed = LEXICON.fixed.iter().find(|fixed| fixed.english == english);
        fixed.expect("the phrase is in lexicon/phrases.csv").phrase(|| self.tie())
    }

    /// Draws until a draft is accepted. The combinations of rejected drafts are removed.
    pub(crate) fn redraw<T>(&mut self, mut draw: impl FnMut(&mut Self) -> T, accepts: impl Fn(&T) -> bool) -> T {
        loop {
            let before = self.combinations.len();
            let draft = draw(self);
            if accepts(&draft) {
                return draft;
            }
            self.combinations.truncate(before);
        }
    }

    pub(crate) fn combine(&mut self, first: &str, second: &str) {
        self.combinations.push((first.to_owned(), second.to_owned()));
    }
}
