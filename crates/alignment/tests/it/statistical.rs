//! The statistical aligner on artificial languages with known links.

use glosser_alignment::{
    AttentionMatrix, GoldLinks, Link, Links, Posteriors, Shape, WordAttention, score,
    statistical::{StatisticalAligner, StatisticsError},
};
use proptest::prelude::*;

/// A pair of an artificial language, and its links.
type Pair = (String, String, Links);

/// Translates each source word `s…` to a target word `t…`. `order` maps each target position to its source position.
fn pair(words: &[usize], order: impl Fn(usize) -> usize) -> Pair {
    let joined = |words: Vec<String>| words.join(" ");
    let source = joined(words.iter().map(|word| format!("s{word}")).collect());
    let target = joined((0..words.len()).map(|target| format!("t{}", words[order(target)])).collect());
    let links = (0..words.len()).map(|target| Link { source: order(target), target }).collect();
    (source, target, links)
}

fn trained(pairs: &[Pair]) -> StatisticalAligner {
    StatisticalAligner::train(pairs.iter().map(|(source, target, _)| (words(source), words(target))), |_iteration| ())
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn aligned(aligner: &StatisticalAligner, source: &str, target: &str) -> Posteriors {
    aligner.align(&words(source), &words(target))
}

/// Sentences of two to six different words from a vocabulary of twelve.
fn sentences() -> impl Strategy<Value = Vec<Vec<usize>>> {
    let words = Just((0..12).collect::<Vec<usize>>()).prop_shuffle();
    let sentence = (words, 2..7usize).prop_map(|(words, len)| words[..len].to_vec());
    prop::collection::vec(sentence, 120..150)
}

/// Pseudo-random sentences, the same in every run.
fn fixed_sentences(count: usize) -> Vec<Vec<usize>> {
    (0..count)
        .map(|index| (0..3 + index % 5).map(|word| (index * 31 + word * (1 + index % 11)) % 97).collect())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_links_of_languages_with_different_word_orders_are_found(sentences in sentences()) {
        let orders: [fn(usize, usize) -> usize; 4] = [
            |target, _| target,
            |target, len| len - 1 - target,
            |target, len| (target + len / 2) % len,
            |target, len| if target ^ 1 < len { target ^ 1 } else { target },
        ];
        for order in orders {
            let pairs: Vec<Pair> =
                sentences.iter().map(|words| pair(words, |target| order(target, words.len()))).collect();
            let aligner = trained(&pairs);
            let posteriors: Vec<Posteriors> = pairs.iter().map(|(source, target, _)| aligned(&aligner, source, target)).collect();
            for links in [Posteriors::forward_links, Posteriors::reverse_links, |p: &Posteriors| p.agreed_links(0.15)] {
                let found: Vec<Links> = posteriors.iter().map(links).collect();
                let gold: Vec<GoldLinks> = pairs.iter().map(|(_, _, links)| GoldLinks::new(links.clone(), Links::default())).collect();
                // A rare word that always occurs with the same other word may be confused with it.
                prop_assert!(score(gold.iter().zip(&found)).aer < 0.02);
            }
        }
    }
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    // More posteriors than fit into one block, so that the sums of several blocks are tested too.
    let pairs: Vec<Pair> = fixed_sentences(16_000).iter().map(|words| pair(words, |target| target)).collect();
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let aligner = trained(&pairs);
            pairs[..500].iter().map(|(source, target, _)| aligned(&aligner, source, target)).collect::<Vec<_>>()
        })
    };
    assert_eq!(with_threads(1), with_threads(2));
}

#[test]
fn posteriors_and_the_empty_word_sum_to_one() {
    let pairs: Vec<Pair> = fixed_sentences(300).iter().map(|words| pair(words, |target| target)).collect();
    let aligner = trained(&pairs);
    let posteriors = aligned(&aligner, "s1 s2 s3 nowhere", "t3 never t2");
    assert_eq!((posteriors.forward().matrix().target_len(), posteriors.forward().matrix().source_len()), (3, 4));
    assert_eq!((posteriors.reverse().matrix().target_len(), posteriors.reverse().matrix().source_len()), (4, 3));
    for attention in [posteriors.forward(), posteriors.reverse()] {
        for (row, empty) in attention.matrix().rows().zip(attention.eos_mass()) {
            assert!((row.iter().sum::<f32>() + empty - 1.0).abs() < 1e-5, "{row:?} {empty}");
        }
    }
    let agreement = posteriors.agreement();
    let product = posteriors.forward().matrix().get(0, 2) * posteriors.reverse().matrix().get(2, 0);
    assert_eq!(agreement.get(0, 2), product);
}

#[test]
fn a_word_without_a_counterpart_has_no_links() {
    let sentences = fixed_sentences(400);
    let pairs: Vec<Pair> = sentences
        .iter()
        .map(|words| {
            let (source, target, links) = pair(words, |target| target);
            (source, format!("{target} particle"), links)
        })
        .collect();
    let aligner = trained(&pairs);
    let exact = pairs.iter().filter(|(s, t, links)| aligned(&aligner, s, t).agreed_links(0.15) == *links).count();
    assert!(exact >= 380, "{exact} of 400");
}

#[test]
fn blank_and_overlong_pairs_have_no_links_and_do_not_change_the_training() {
    let mut pairs: Vec<Pair> = fixed_sentences(300).iter().map(|words| pair(words, |target| target)).collect();
    let before = aligned(&trained(&pairs), &pairs[7].0, &pairs[7].1);
    let long = "s1 ".repeat(StatisticalAligner::MAX_WORDS + 1);
    for (source, target) in [("", "t1"), ("s1", " "), ("", ""), (long.as_str(), "t1")] {
        pairs.push((source.to_owned(), target.to_owned(), Links::default()));
    }
    let aligner = trained(&pairs);
    assert_eq!(aligned(&aligner, &pairs[7].0, &pairs[7].1), before);
    for (source, target, _) in &pairs[300..] {
        let posteriors = aligned(&aligner, source, target);
        assert_eq!(posteriors.forward().matrix().target_len(), target.split_whitespace().count());
        assert!(posteriors.forward_links().is_empty() && posteriors.agreed_links(0.0).is_empty());
        assert!(posteriors.reverse_links().is_empty());
    }
    let longest = "s1 ".repeat(StatisticalAligner::MAX_WORDS);
    assert!(!aligned(&aligner, &longest, "t1 t2 t3").forward_links().is_empty());
}

#[test]
fn training_without_pairs_is_not_an_error() {
    for pairs in [Vec::new(), vec![(String::new(), "t1".to_owned(), Links::default())]] {
        assert!(aligned(&trained(&pairs), "s1", "t1").forward_links().len() <= 1);
    }
}

#[test]
fn matrices_of_different_pairs_are_an_error() {
    let attention = |target_len, source_len| {
        let matrix = AttentionMatrix::new(Shape { target_len, source_len }, vec![0.5; target_len * source_len]);
        WordAttention::new(matrix.expect("weights"), vec![0.0; target_len]).expect("masses")
    };
    assert!(Posteriors::new(attention(2, 3), attention(3, 2)).is_ok());
    assert!(Posteriors::new(attention(0, 0), attention(0, 0)).is_ok());
    let message = Posteriors::new(attention(2, 3), attention(2, 3)).expect_err("the same direction").to_string();
    assert!(message.starts_with("one direction has 3 source and 2 target words, the other has 2 and 3;"), "{message}");
}

/// Sentences of ten words, of which the last one is new in each pair, spelt alike on both sides.
fn with_names(count: usize) -> Vec<Pair> {
    let name =
        |index: usize| format!("{}ovi{}", ["Kar", "Mel", "Tos", "Bru"][index % 4], ["na", "ko", "st"][index % 3]);
    fixed_sentences(count)
        .iter()
        .enumerate()
        .map(|(index, words)| {
            let (source, target, links) = pair(words, |target| words.len() - 1 - target);
            let last = Link { source: words.len(), target: 0 };
            let shifted = links.iter().map(|link| Link { source: link.source, target: link.target + 1 });
            (
                format!("{source} {}a", name(index)),
                format!("{}e {target}", name(index)),
                shifted.chain([last]).collect(),
            )
        })
        .collect()
}

#[test]
fn new_words_are_aligned_by_their_spelling() {
    let aligner = trained(&with_names(300));
    let posteriors = aligned(&aligner, "s1 s2 Petrograda s3", "t3 Petrograde t2 t1");
    assert!(posteriors.agreed_links(0.2).contains(&Link { source: 2, target: 1 }), "{:?}", posteriors.forward());
}

#[test]
fn statistics_are_the_same_after_they_were_stored() {
    let pairs = with_names(300);
    let aligner = trained(&pairs);
    let bytes = aligner.to_bytes();
    assert_eq!(bytes, trained(&pairs).to_bytes());
    let stored = StatisticalAligner::from_bytes(&bytes).expect("statistics");
    assert_eq!(stored.to_bytes().len(), bytes.len());
    let links = |aligner: &StatisticalAligner| -> Vec<Links> {
        pairs.iter().map(|(source, target, _)| aligned(aligner, source, target).mean_links()).collect()
    };
    let same = links(&aligner).iter().zip(links(&stored)).filter(|(before, after)| **before == *after).count();
    assert!(same >= 298, "{same} of 300");
}

#[test]
fn damaged_statistics_are_an_error() {
    let bytes = trained(&with_names(40)).to_bytes();
    assert_eq!(StatisticalAligner::from_bytes(b"").err(), Some(StatisticsError::Format));
    assert_eq!(StatisticalAligner::from_bytes(&bytes[1..]).err(), Some(StatisticsError::Format));
    for len in 8..bytes.len() {
        assert_eq!(StatisticalAligner::from_bytes(&bytes[..len]).err(), Some(StatisticsError::Damaged), "{len}");
    }
    for at in 8..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        assert_eq!(StatisticalAligner::from_bytes(&changed).err(), Some(StatisticsError::Damaged), "{at}");
    }
}

#[test]
fn pairs_with_new_words_are_learnt_and_the_old_ones_kept() {
    let old: Vec<Pair> = fixed_sentences(300).iter().map(|words| pair(words, |target| target)).collect();
    let aligner = trained(&old);
    let moved: Vec<Vec<usize>> =
        fixed_sentences(200).iter().map(|words| words.iter().map(|w| w + 500).collect()).collect();
    let rotated = |(index, words): (usize, &Vec<usize>)| pair(words, |target| (target + index) % words.len());
    let new: Vec<Pair> = moved.iter().enumerate().map(rotated).collect();
    let right = |aligner: &StatisticalAligner, pairs: &[Pair]| {
        pairs.iter().filter(|(s, t, links)| aligned(aligner, s, t).agreed_links(0.15) == *links).count()
    };
    let before = right(&aligner, &new);
    let words_of = |pairs: &'static [Pair]| pairs.iter().map(|(source, target, _)| (words(source), words(target)));
    let mut passes = 0;
    let adapted = aligner.adapt(words_of(Box::leak(new.clone().into_boxed_slice())), |_pass| passes += 1);
    assert_eq!(passes, StatisticalAligner::PASSES);
    assert!(right(&adapted, &new) > before + 20, "{} after {before}", right(&adapted, &new));
    assert!(right(&adapted, &old) >= right(&aligner, &old) - 6);
}
