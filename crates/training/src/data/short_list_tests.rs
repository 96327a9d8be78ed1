use super::*;
use crate::data::examples::{encode_pair, ended};
use glosser_text::{EOS, Pair};

const PAIRS: [(&str, &str); 4] = [
    ("ein Hund läuft", "a dog runs"),
    ("ein Mann läuft", "a man runs"),
    ("der Hund schläft", "the dog sleeps"),
    ("der Mann schläft Ω", "the man sleeps Ω"),
];

fn tokenizers(is_joint: bool) -> Tokenizers {
    let (source, target) = (PAIRS.map(|(source, _)| source), PAIRS.map(|(_, target)| target));
    let train = |texts: Vec<&str>| Tokenizer::train(texts.iter().cycle().take(40), 320).expect("a tokenizer");
    match is_joint {
        true => Tokenizers::joint(train([source, target].concat())),
        false => Tokenizers::separate(train(source.into()), train(target.into())),
    }
}

/// The lists of [`PAIRS`], whose words correspond one by one.
fn lists(tokenizers: &Tokenizers) -> ShortList {
    let mut counter = ShortListCounter::for_any_vocabulary(tokenizers);
    for (source, target) in PAIRS {
        let words = source.split(' ').count();
        let links: Links = (0..words).map(|word| glosser_alignment::Link { source: word, target: word }).collect();
        let pair = Pair { source: source.to_owned(), target: target.to_owned() };
        let (source, target) = encode_pair(&pair, tokenizers, 100).expect("a short pair");
        counter.add(&ended(source, target), &links);
    }
    counter.finish(tokenizers)
}

/// The tokens of a text in the list of a source sentence, in the order of the text.
fn missing(tokenizers: &Tokenizers, list: &ShortList, source: &str, target: &str) -> Vec<u32> {
    let own = list.own(&tokenizers.source().encode(source).ids, &[]);
    let has = |token: &u32| list.common().contains(token) || own.contains(token);
    tokenizers.target().encode(target).ids.into_iter().filter(|token| !has(token)).collect()
}

#[test]
fn a_list_has_the_translations_of_the_words_and_what_is_copied_and_any_character_can_be_completed() {
    for is_joint in [true, false] {
        let tokenizers = tokenizers(is_joint);
        let list = lists(&tokenizers);
        for (source, target) in PAIRS {
            assert_eq!(missing(&tokenizers, &list, source, target), [0; 0], "{source}");
        }
        assert!(list.common().starts_with(&(0..=placeholder(PLACEHOLDERS - 1)).collect::<Vec<_>>()));
        assert!(list.common().contains(&EOS));
        let bytes = TokenBytes::new(tokenizers.target());
        let continued = list.common().iter().filter(|token| matches!(bytes.of(**token), [0x80..=0xBF]));
        assert_eq!(continued.count(), 64);
        let common = list.common().len() as u32;
        assert!(common < tokenizers.target().vocab_size() as u32, "bytes that training never had are left out");
    }
}

#[test]
fn the_most_frequent_translations_are_kept_and_the_result_does_not_depend_on_the_hash() {
    let tokenizers = tokenizers(true);
    let mut counter = ShortListCounter::for_any_vocabulary(&tokenizers);
    // The last source token occurs with every target token; the first ones most often.
    let (source, first) = (tokenizers.source().vocab_size() as u32 - 1, placeholder(PLACEHOLDERS));
    for target in 0..100 {
        counter.linked.insert((source, first + target), 1000 - target);
    }
    let list = counter.finish(&tokenizers);
    let has = |token: &u32| !list.common().contains(token);
    let expected: Vec<u32> = (first..first + MOST_LINKED as u32).chain([source]).filter(has).collect();
    assert_eq!(list.own(&[source], &[]), expected);
    assert_eq!(lists(&tokenizers), lists(&tokenizers));
}

#[test]
fn a_translation_that_is_rare_and_always_there_is_more_surprising_than_a_frequent_one() {
    let mut counter = ShortListCounter::for_any_vocabulary(&tokenizers(true));
    let pairs = [([20, 30], [40, 50]), ([21, 30], [41, 50]), ([22, 30], [42, 50]), ([20, 31], [40, 50])];
    pairs.iter().for_each(|(source, target)| counter.count_together(source, target));
    let surprise = |pair| counter.surprise(pair, counter.together[&pair]);
    assert_eq!((counter.pairs, counter.together[&(20, 40)]), (4, 2));
    assert!(surprise((20, 40)) > surprise((30, 40)) && surprise((20, 40)) > surprise((20, 50)));
    assert_eq!(surprise((30, 50)), None, "all pairs have the target token");
}

#[test]
fn a_small_vocabulary_has_no_lists() {
    assert!(ShortListCounter::new(&tokenizers(true)).is_none());
}
