//! Tests of difficult morphology, and of the properties of the whole corpus.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::auxiliary::MODALS;
use crate::determiner::{Determiner, OWNERS};
use crate::french::{Agreement, Gender, Number, Person};
use crate::lexicon::{Adjective, LEXICON, Noun, Verb};
use crate::noun_phrase::{Genitive, NounPhrase, Plan, possess};
use crate::predicate::{Clitic, Negation, Predicate, Tense};
use crate::surface::french;
use crate::word::{Word, words};
use crate::writer::{Chance, Writer};
use crate::{Bundle, FAMILIAR, SEED, Statistics, UNSEEN, files, generate};

fn write<T>(sentence: impl FnOnce(&mut Writer<'_>) -> T) -> T {
    sentence(&mut Writer::new(&mut Chance::new(0)))
}

fn text(words: Vec<Word>) -> String {
    let texts: Vec<String> = french(words).into_iter().map(|word| word.text).collect();
    texts.join(" ")
}

fn noun(name: &str) -> &'static Noun {
    LEXICON.nouns.iter().find(|noun| noun.name() == name).expect("the noun is in the table")
}

fn adjective(name: &str) -> &'static Adjective {
    LEXICON.adjectives.iter().find(|one| one.english == name).expect("the adjective is in the table")
}

fn verb(infinitive: &str) -> &'static Verb {
    LEXICON.verbs.iter().find(|verb| verb.french.infinitive == infinitive).expect("the verb is in the table")
}

fn phrase(determiner: Determiner, number: Number, adjectives: &[&str], name: &str) -> NounPhrase {
    let adjectives = adjectives.iter().map(|name| adjective(name)).collect();
    let plan = Plan { noun: noun(name), number, determiner, adjectives };
    write(|writer| plan.build(writer))
}

fn singular(determiner: Determiner, adjectives: &[&str], name: &str) -> String {
    text(phrase(determiner, Number::Singular, adjectives, name).phrase.target)
}

const INDEFINITE: Determiner = Determiner::Indefinite { some: false };
const I: Agreement = Agreement::new(Person::Je, Gender::Masculine);
const SHE: Agreement = Agreement::new(Person::Il, Gender::Feminine);

#[test]
fn articles_elide_only_before_vowels_and_mute_h() {
    assert_eq!(singular(Determiner::The, &[], "man"), "l'homme");
    assert_eq!(singular(Determiner::The, &[], "hero"), "le héros");
    assert_eq!(singular(Determiner::The, &[], "axe"), "la hache");
    assert_eq!(singular(Determiner::The, &["old"], "man"), "le vieil homme");
    assert_eq!(singular(INDEFINITE, &[], "water"), "de l'eau");
    assert_eq!(singular(INDEFINITE, &[], "bread"), "du pain");
}

#[test]
fn adjectives_have_a_special_form_before_a_vowel() {
    assert_eq!(singular(INDEFINITE, &["beautiful"], "tree"), "un bel arbre");
    assert_eq!(singular(INDEFINITE, &["new"], "hotel"), "un nouvel hôtel");
    assert_eq!(singular(INDEFINITE, &["old"], "hero"), "un vieux héros");
    assert_eq!(singular(Determiner::This, &["old"], "dog"), "ce vieux chien");
    assert_eq!(singular(Determiner::This, &[], "bird"), "cet oiseau");
    assert_eq!(singular(Determiner::Possessive(OWNERS[0]), &[], "school"), "mon école");
    assert_eq!(singular(Determiner::Possessive(OWNERS[0]), &["small"], "school"), "ma petite école");
}

#[test]
fn adjectives_are_on_the_right_side_of_the_noun_and_agree() {
    let flowers = phrase(INDEFINITE, Number::Plural, &["beautiful", "white"], "flower");
    assert_eq!(text(flowers.phrase.target), "de belles fleurs blanches");
    assert_eq!(text(phrase(INDEFINITE, Number::Plural, &[], "flower").phrase.target), "des fleurs");
    assert_eq!(singular(INDEFINITE, &["wooden"], "table"), "une table en bois");
}

#[test]
fn prepositions_contract_with_articles_and_not_with_pronouns() {
    let after = |preposition: &str, name: &str, number| {
        let target = phrase(Determiner::The, number, &[], name).phrase.target;
        text([vec![Word::new(preposition)], target].concat())
    };
    assert_eq!(after("à", "market", Number::Singular), "au marché");
    assert_eq!(after("à", "hospital", Number::Singular), "à l'hôpital");
    assert_eq!(after("de", "station", Number::Singular), "de la gare");
    assert_eq!(after("de", "hero", Number::Singular), "du héros");
    assert_eq!(after("de", "child", Number::Plural), "des enfants");
    assert_eq!(after("à", "child", Number::Plural), "aux enfants");
    assert_eq!(text(["à", "le", "voir"].map(Word::new).to_vec()), "à le voir");
}

#[test]
fn the_neighbours_dog_belongs_to_the_neighbour() {
    let the = |name| phrase(Determiner::The, Number::Singular, &[], name);
    let dog = write(|writer| possess(writer, the("dog"), the("neighbour"), Genitive::Apostrophe));
    let source: Vec<&str> = dog.phrase.source.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(source, ["the", "neighbour's", "dog"]);
    assert_eq!(text(dog.phrase.target), "le chien du voisin");
}

fn group(predicate: impl FnOnce(&mut Writer<'_>) -> Predicate, subject: Agreement) -> (String, String) {
    let pronoun = if subject.person == Person::Je { "je" } else { "elle" };
    write(|writer| {
        let predicate = predicate(writer);
        let pieces = predicate.pieces(writer, subject, false);
        let english = [pieces.auxiliary, pieces.source].concat();
        let english: Vec<&str> = english.iter().map(|word| word.text.as_str()).collect();
        (english.join(" "), text([words(pronoun, predicate.main), pieces.target].concat()))
    })
}

#[test]
fn participles_agree_with_the_pronoun_before_avoir() {
    let seen = |negation| {
        group(
            |writer| {
                let mut predicate = Predicate::new(writer, verb("voir"), Tense::Past);
                predicate.clitic = Some(Clitic { french: "la", tie: predicate.main, agreement: Some(SHE) });
                predicate.negation = negation;
                predicate
            },
            I,
        )
    };
    assert_eq!(seen(None).1, "je l'ai vue");
    let not = Negation::Not { contracted: true };
    assert_eq!(seen(Some(not)), ("didn't see".to_owned(), "je ne l'ai pas vue".to_owned()));
}

#[test]
fn pronouns_go_to_the_infinitive_and_negation_around_the_finite_verb() {
    let must = |writer: &mut Writer<'_>| {
        let mut predicate = Predicate::new(writer, verb("lever"), Tense::Modal(&MODALS[0]));
        predicate.negation = Some(Negation::Not { contracted: false });
        predicate
    };
    assert_eq!(group(must, I), ("cannot get up".to_owned(), "je ne peux pas me lever".to_owned()));
}

#[test]
fn etre_agrees_with_the_subject() {
    let went = |writer: &mut Writer<'_>| Predicate::new(writer, verb("aller"), Tense::Past);
    assert_eq!(group(went, SHE), ("went".to_owned(), "elle est allée".to_owned()));
}

fn everything(bundle: &Bundle) -> impl Iterator<Item = &crate::Example> {
    bundle.train.iter().chain(&bundle.dev).chain(&bundle.test)
}

#[test]
fn no_source_occurs_twice_and_every_word_is_linked() {
    let bundle = generate(SEED);
    let mut sources = HashSet::new();
    for example in everything(&bundle) {
        assert!(sources.insert(&example.source), "twice: {}", example.source);
        for (i, word) in example.source.split_whitespace().enumerate() {
            assert!(example.links.iter().any(|link| link.source == i), "{word} has no link: {}", example.source);
        }
        for (j, word) in example.target.split_whitespace().enumerate() {
            assert!(example.links.iter().any(|link| link.target == j), "{word} has no link: {}", example.target);
        }
    }
}

#[test]
fn the_target_is_a_function_of_the_source() {
    let mut chance = Chance::new(SEED + 1);
    let mut targets: HashMap<String, String> = HashMap::new();
    for _ in 0..60_000 {
        let example = crate::split::draw(&mut chance).example;
        let first = targets.entry(example.source.clone()).or_insert_with(|| example.target.clone());
        assert_eq!(*first, example.target, "{}", example.source);
    }
}

#[test]
fn the_test_part_has_known_words_in_new_combinations() {
    let bundle = generate(SEED);
    let mut counts: HashMap<String, usize> = HashMap::new();
    for form in bundle.train.iter().flat_map(crate::Example::forms) {
        *counts.entry(form).or_default() += 1;
    }
    for form in bundle.dev.iter().chain(&bundle.test).flat_map(crate::Example::forms) {
        assert!(counts.get(&form).is_some_and(|count| *count >= FAMILIAR), "{form} is rare in train");
    }
    assert!(UNSEEN * 2 >= bundle.test.len());
}

#[test]
fn every_word_of_the_lexicon_is_frequent_in_train() {
    let bundle = generate(SEED);
    let padded = |text: &str| format!(" {} ", text.to_lowercase().replace(['.', ',', '?'], "").replace("'s ", " "));
    let all: Vec<String> = bundle.train.iter().map(|example| padded(&example.source)).collect();
    let count = |forms: &[&str]| {
        let forms: Vec<String> = forms.iter().filter(|form| !form.is_empty()).map(|form| padded(form)).collect();
        all.iter().filter(|text| forms.iter().any(|form| text.contains(form.as_str()))).count()
    };
    for noun in &LEXICON.nouns {
        let found = count(&[noun.english(Number::Singular), noun.english(Number::Plural)]);
        assert!(found >= 15, "{} occurs {found} times", noun.name());
    }
    for adjective in &LEXICON.adjectives {
        assert!(count(&[&adjective.english]) >= 15, "{} is rare", adjective.english);
    }
}

#[test]
fn the_links_are_far_from_a_diagonal() {
    let test = Statistics::of(&generate(SEED).test);
    assert!(test.diagonal_aer >= 0.40, "{test:?}");
    assert!(test.crossing >= 0.30 && test.not_one_to_one >= 0.30, "{test:?}");
}

#[test]
fn the_committed_files_equal_the_output_of_the_grammar() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    for (name, text) in files(&generate(SEED)) {
        let committed = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        let remedy = "run: cargo run -p glosser-bundled-corpus -- data";
        assert!(committed == text, "data/{name} differs from the output of the grammar; {remedy}");
    }
}

#[test]
fn only_a_negated_verb_takes_the_bare_de() {
    let bundle = generate(SEED);
    for example in everything(&bundle) {
        let english = format!(" {} ", example.source.to_lowercase());
        let negated = ["not ", "n't ", "never ", "no longer "].iter().any(|word| english.contains(word));
        assert!(negated || !english.contains(" any "), "{}", example.source);
    }
}
