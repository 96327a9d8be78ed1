//! Tests of placeholders in training pairs.

use super::*;
use crate::streams::{Purpose, stream};
use glosser_text::{EOS, PlacedItem, placeholder_index};

/// Sentences of a lexicon of forty words, with the target in reverse order, and a name in each.
fn pairs() -> Vec<(String, String)> {
    (0..400_usize)
        .map(|at| {
            let words: Vec<usize> = (0..6).map(|place| (at * 7 + place * 11 + at / 40 * place) % 40).collect();
            let source: Vec<String> = words.iter().map(|word| format!("q{}", letters(*word))).collect();
            let mut target: Vec<String> = words.iter().rev().map(|word| format!("z{}", letters(*word))).collect();
            target.insert(3, format!("Name{}", letters(at)));
            (format!("{} Name{}.", source.join(" "), letters(at)), target.join(" "))
        })
        .collect()
}

fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(b'a' + digit - b'0')).collect()
}

fn learnt(rate: f64) -> (Placeholders, Tokenizers, Vec<PairIds>) {
    let pairs = pairs();
    let texts = pairs.iter().flat_map(|(source, target)| [source.as_str(), target.as_str()]);
    let tokenizers = Tokenizers::joint(Tokenizer::train(texts, 340).expect("a tokenizer"));
    let ids = |text: &String| [tokenizers.source().encode(text).ids, vec![EOS]].concat();
    let ids: Vec<PairIds> = pairs.iter().map(|(source, target)| (ids(source), ids(target))).collect();
    let placeholders = Placeholders::learn(&Examples::from_ids(ids.clone()), &tokenizers, rate).expect("ids in memory");
    (placeholders, tokenizers, ids)
}

fn changed(placeholders: &Placeholders, ids: &[PairIds], step: u64) -> Vec<PairIds> {
    let mut changed = ids.to_vec();
    placeholders.put_into(&mut changed, &mut stream(1, Purpose::Placeholders, step));
    changed
}

#[test]
fn the_lexicon_has_the_words_that_translate_each_other() {
    let (placeholders, tokenizers, _) = learnt(0.5);
    let text = |word: &Word| tokenizers.source().decode(word);
    let lexicon: HashMap<String, String> = placeholders.lexicon.iter().map(|(s, t)| (text(s), text(t))).collect();
    assert!(lexicon.len() >= 38, "{lexicon:?}");
    for (source, target) in lexicon {
        assert_eq!(source.strip_prefix('q'), target.strip_prefix('z'), "{source} {target}");
    }
}

#[test]
fn source_and_target_get_the_same_placeholders_in_place_of_a_word_and_its_translation_or_behind_them() {
    let (placeholders, tokenizers, ids) = learnt(0.5);
    let marks: Vec<String> = (0..PLACEHOLDERS).map(|number| format!("<{number}>")).collect();
    let marks: Vec<PlacedItem> = marks.iter().map(|mark| PlacedItem::apart(mark)).collect();
    // With q and z taken away, a word is its translation.
    let words = |ids: &[u32]| -> Vec<String> {
        let marks = ids.iter().filter_map(|id| placeholder_index(*id)).map(|number| &marks[number]);
        let text = tokenizers.source().decode_with_placeholders(ids, marks).text;
        text.replace('.', "").split(' ').map(|word| word.trim_start_matches(['q', 'z']).to_owned()).collect()
    };
    let is_mark = |word: &&String| word.starts_with('<');
    let (mut changed_pairs, mut names, mut replaced, mut behind, mut at_end) = (0, 0, 0, 0, 0);
    let mut seen = [0; PLACEHOLDERS];
    for (old, new) in ids.iter().zip(&changed(&placeholders, &ids, 1)) {
        let (source, target) = (words(&new.0), words(&new.1));
        let sorted = |words: Vec<&String>| -> Vec<String> {
            let mut words: Vec<String> = words.into_iter().cloned().collect();
            words.sort();
            words
        };
        let put = sorted(source.iter().filter(is_mark).collect());
        assert_eq!(put, sorted(target.iter().filter(is_mark).collect()));
        assert!(put.len() <= MOST_REPLACED + 1 && put.windows(2).all(|pair| pair[0] != pair[1]));
        changed_pairs += usize::from(!put.is_empty());
        new.0.iter().filter_map(|id| placeholder_index(*id)).for_each(|number| seen[number] += 1);
        assert_eq!((new.0.last(), new.1.last()), (Some(&EOS), Some(&EOS)));

        let (old_source, old_target) = (words(&old.0), words(&old.1));
        let gone = sorted(old_source.iter().filter(|word| !source.contains(word)).collect());
        assert_eq!(gone, sorted(old_target.iter().filter(|word| !target.contains(word)).collect()));
        names += gone.iter().filter(|word| word.starts_with("Name")).count();
        replaced += gone.len();
        let before = |words: &[String], mark: &str| {
            let at = words.iter().position(|word| word == mark).expect("on both sides");
            at.checked_sub(1).map(|at| words[at].clone())
        };
        at_end += usize::from(target.last().is_some_and(|word| is_mark(&word)));
        behind += put.iter().filter(|mark| before(&source, mark) == before(&target, mark)).count();
    }
    assert!((150..250).contains(&changed_pairs), "{changed_pairs} of 400 pairs at a rate of a half");
    assert!(names > 10 && replaced > 100 && behind > 30 && at_end > 30, "{names} {replaced} {behind} {at_end}");
    assert!(seen.iter().all(|seen| *seen > 10), "{seen:?}");
}

#[test]
fn each_step_has_its_own_placeholders_and_a_rate_of_zero_has_none() {
    let (placeholders, _, ids) = learnt(0.3);
    assert_eq!(changed(&placeholders, &ids, 1), changed(&learnt(0.3).0, &ids, 1));
    assert_ne!(changed(&placeholders, &ids, 1), changed(&placeholders, &ids, 2));
    assert_eq!(changed(&learnt(0.0).0, &ids, 1), ids);
}
