use super::*;
use crate::streams::{Purpose, stream};
use glosser_text::number_of_stand_in;

/// Sentences of a lexicon of forty words, in the order of the source and in the reverse one, and a name now and then.
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

fn learnt(rate: f64) -> (StandIns, Tokenizers, Vec<PairIds>) {
    let pairs = pairs();
    let texts = pairs.iter().flat_map(|(source, target)| [source.as_str(), target.as_str()]);
    let tokenizers = Tokenizers::joint(Tokenizer::train(texts, 340).expect("a tokenizer"));
    let ids = |text: &String| tokenizers.source().encode(text).ids;
    let ids: Vec<PairIds> = pairs.iter().map(|(source, target)| (ids(source), ids(target))).collect();
    let stand_ins = StandIns::learn(&Examples::from_ids(ids.clone()), &tokenizers, rate).expect("ids in memory");
    (stand_ins, tokenizers, ids)
}

fn changed(stand_ins: &StandIns, ids: &[PairIds], step: u64) -> Vec<PairIds> {
    let mut changed = ids.to_vec();
    stand_ins.put_into(&mut changed, &mut stream(1, Purpose::StandIns, step));
    changed
}

#[test]
fn words_that_translate_each_other_are_found() {
    let (stand_ins, tokenizers, _) = learnt(0.5);
    let text = |word: &Word| tokenizers.source().decode(word);
    let lexicon: HashMap<String, String> = stand_ins.lexicon.iter().map(|(s, t)| (text(s), text(t))).collect();
    assert!(lexicon.len() >= 38, "{lexicon:?}");
    for (source, target) in lexicon {
        assert_eq!(source.strip_prefix('q'), target.strip_prefix('z'), "{source} {target}");
    }
}

#[test]
fn the_same_stand_ins_are_on_both_sides_in_place_of_a_word_and_its_translation() {
    let (stand_ins, tokenizers, ids) = learnt(0.5);
    let changed = changed(&stand_ins, &ids, 1);
    let (mut count, mut names, mut seen) = (0, 0, [0; STAND_INS]);
    for ((source, target), (new_source, new_target)) in ids.iter().zip(&changed) {
        let of = |ids: &[u32]| ids.iter().copied().filter(|id| number_of_stand_in(*id).is_some()).collect::<Vec<_>>();
        let (mut on_source, mut on_target) = (of(new_source), of(new_target));
        count += usize::from(!on_source.is_empty());
        on_source.iter().filter_map(|id| number_of_stand_in(*id)).for_each(|number| seen[number] += 1);
        on_source.sort_unstable();
        on_target.sort_unstable();
        assert_eq!(on_source, on_target);
        assert!(on_source.len() <= MOST_REPLACED && on_source.windows(2).all(|pair| pair[0] != pair[1]));
        // What a stand-in took the place of on one side is the translation of what it did on the other.
        let text = |ids: &[u32]| tokenizers.source().decode(ids).replace('.', "");
        let (source, target) = (text(source), text(target));
        let mark = |ids: &[u32]| {
            tokenizers
                .source()
                .decode_with_stand_ins(ids, &["1", "2", "3", "4", "5", "6", "7", "8"])
                .text
                .replace('.', "")
        };
        let replaced = |old: &str, new: &str| -> HashMap<String, String> {
            let pairs = old.split(' ').zip(new.split(' ')).filter(|(old, new)| old != new);
            pairs.map(|(old, new)| (new.to_owned(), old.replace(['q', 'z'], ""))).collect()
        };
        let on_source = replaced(&source, &mark(new_source));
        assert_eq!(on_source, replaced(&target, &mark(new_target)));
        names += on_source.values().filter(|word| word.starts_with("Name")).count();
    }
    assert!((150..250).contains(&count), "{count} of 400 pairs at a rate of a half");
    assert!(names > 10, "{names} names");
    assert!(seen.iter().all(|seen| *seen > 10), "{seen:?}");
}

#[test]
fn steps_differ_and_each_is_the_same_again_and_a_rate_of_zero_changes_nothing() {
    let (stand_ins, _, ids) = learnt(0.3);
    assert_eq!(changed(&stand_ins, &ids, 1), changed(&learnt(0.3).0, &ids, 1));
    assert_ne!(changed(&stand_ins, &ids, 1), changed(&stand_ins, &ids, 2));
    assert_eq!(changed(&learnt(0.0).0, &ids, 1), ids);
}
