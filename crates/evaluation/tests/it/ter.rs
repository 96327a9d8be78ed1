//! TER computed by hand from its definition, and edits of sacreBLEU 2.6.0 where the search for shifts matters.

use glosser_evaluation::{EvaluationError, Ter};

fn edits(hypothesis: &str, reference: &str) -> usize {
    Ter::compute(&[hypothesis], &[reference]).unwrap().edits
}

/// Hypothesis, reference, edits.
///
/// ```python
/// from sacrebleu.metrics import TER
///
/// edits = lambda hypothesis, reference: TER().corpus_score([hypothesis], [[reference]]).num_edits
/// ```
#[rustfmt::skip]
const ROWS: &[(&str, &str, usize)] = &[
    ("b c d a", "a b c d", 1),
    ("c d e f a b", "a b c d e f", 1),
    ("a b c d e f g", "e f g a b c d", 1),
    ("d c b a", "a b c d", 3),
    ("x a b c y", "a b c x y z", 2),
    ("a a a b b", "b b a a a", 1),
    ("a b a b a b", "b a b a b a", 1),
    ("the dog the cat saw", "the cat saw the dog .", 2),
    ("a", "a a a a", 3),
    ("a b c d e f g h i j k l m", "l m a b c d e f g h i j k", 1),
    ("1 2 3 4 5 6 7 8 9 10 11 12 a b", "a b 1 2 3 4 5 6 7 8 9 10 11 12", 1),
];

/// Hypothesis length, reference length, vocabulary size, seed, edits. These are long sentences with few distinct words: they
/// have many shifts, reach the limit of 1000, and are long compared with the beam.
///
/// ```python
/// def sentence(words, vocabulary, seed):
///     drawn = []
///     for _ in range(words):
///         seed = (seed * 1103515245 + 12345) % 2**31
///         drawn.append(str((seed >> 16) % vocabulary))
///     return " ".join(drawn)
///
/// for h, r, vocabulary, seed in ...:
///     print(edits(sentence(h, vocabulary, seed), sentence(r, vocabulary, seed + 100)))
/// ```
const GENERATED: &[(usize, usize, u64, u64, usize)] = &[
    (30, 30, 3, 1, 13),
    (200, 200, 4, 2, 103),
    (3, 170, 5, 3, 167),
    (170, 3, 5, 4, 167),
    (120, 80, 40, 5, 100),
    (40, 40, 2, 6, 13),
    (400, 400, 90, 7, 385),
    (1, 300, 3, 8, 299),
    (60, 60, 12, 9, 45),
];

fn sentence(words: usize, vocabulary: u64, mut seed: u64) -> String {
    let mut word = || {
        seed = (seed * 1_103_515_245 + 12_345) % (1 << 31);
        ((seed >> 16) % vocabulary).to_string()
    };
    (0..words).map(|_| word()).collect::<Vec<_>>().join(" ")
}

#[test]
fn edits_equal_those_of_sacrebleu() {
    for row @ (hypothesis, reference, expected) in ROWS {
        assert_eq!(edits(hypothesis, reference), *expected, "{row:?}");
    }
    for row @ (hypothesis, reference, vocabulary, seed, expected) in GENERATED {
        let sentences = (sentence(*hypothesis, *vocabulary, *seed), sentence(*reference, *vocabulary, seed + 100));
        assert_eq!(edits(&sentences.0, &sentences.1), *expected, "{row:?}");
    }
}

#[test]
fn after_a_move_beyond_the_beam_all_words_count_as_wrong_as_in_sacrebleu() {
    let rotated = |at: usize| (at..120).chain(0..at).map(|word| word.to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!((edits(&rotated(45), &rotated(0)), edits(&rotated(60), &rotated(0))), (120, 120));
}

#[test]
fn a_shift_has_at_most_10_words_and_crosses_at_most_50_as_in_sacrebleu() {
    let words = |ranges: [std::ops::Range<usize>; 3]| {
        ranges.into_iter().flatten().map(|word| word.to_string()).collect::<Vec<_>>().join(" ")
    };
    let moved = |len: usize, over: usize| words([len..len + over, 0..len, len + over..120]);
    let edits = |len, over| edits(&moved(len, over), &moved(0, 0));
    assert_eq!((edits(10, 50), edits(10, 51), edits(11, 50)), (1, 20, 2));
}

#[test]
fn insertions_deletions_and_replacements_are_one_edit_each() {
    assert_eq!(edits("a b c", "a b c d"), 1);
    assert_eq!(edits("a b c d", "a b c"), 1);
    assert_eq!(edits("a b x d", "a b c d"), 1);
}

#[test]
fn a_shift_of_any_length_and_distance_is_one_edit() {
    assert_eq!(edits("on the mat sat the cat", "the cat sat on the mat"), 2);
    assert_eq!(edits("today the old man sleeps", "the old man sleeps today"), 1);
}

#[test]
fn the_score_is_all_edits_divided_by_all_reference_words() {
    let ter = Ter::compute(&["a b c", "x"], &["a b c d e", "x y z"]).unwrap();
    assert_eq!((ter.edits, ter.reference_len, ter.score), (4, 8.0, 50.0));
}

#[test]
fn case_is_ignored_and_punctuation_is_part_of_its_word() {
    assert_eq!(edits("A DOG", "a dog"), 0);
    assert_eq!(edits("a dog", "a dog."), 1);
}

#[test]
fn scores_can_exceed_100_and_are_0_or_100_without_reference_words() {
    let score = |hypothesis, reference| Ter::compute(&[hypothesis], &[reference]).unwrap().score;
    assert_eq!(score("a b c d", "x"), 400.0);
    assert_eq!((score("", ""), score("a b c d", "")), (0.0, 100.0));
}

#[test]
fn it_is_displayed_with_its_signature() {
    let signature = "TER|nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:glosser-";
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(Ter::compute(&["a b"], &["a b c"]).unwrap().to_string(), format!("{signature}{version} = 33.33"));
}

#[test]
fn lists_of_different_lengths_are_an_error() {
    let error = Ter::compute(&["a"], &["a", "b"]).unwrap_err();
    assert_eq!(error, EvaluationError::Lengths { hypotheses: 1, references: 2 });
}
