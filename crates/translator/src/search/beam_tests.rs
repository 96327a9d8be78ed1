//! The beam, compared with exhaustive and greedy search in small languages.

use super::*;
use std::collections::HashSet;

const LIMITS: Limits = Limits {
    beam_size: 1,
    length_penalty: 1.0,
    max_length: 9,
    placeholders: 0,
    may_repeat: true,
    may_have_tabs: false,
};

/// The tokens of a language, none of them a placeholder.
const WORDS: [u32; 3] = [11, 12, 13];

/// The tokens of a language; the first two are placeholders.
const PLACEHOLDERS_AND_A_WORD: [u32; 3] = [3, 4, 11];

/// A language of three words whose next word depends on the whole beginning, so that greedy search can be wrong.
fn log_probs_of(words: [u32; 3], prefix: &[u32]) -> Vec<f32> {
    let number = |token: &u32| 3 + words.iter().position(|word| word == token).expect("a word") as u32;
    let seed = prefix.iter().fold(7u32, |seed, token| seed.wrapping_mul(31).wrapping_add(number(token) * 17));
    let score = |number: u32| (seed.wrapping_mul(number + 3).wrapping_mul(2_654_435_761) >> 20) as f32 / 1024.0;
    let log_sum = (0..6).map(|number| score(number).exp()).sum::<f32>().ln();
    let mut log_probs = vec![f32::NEG_INFINITY; words[2] as usize + 1];
    for (token, number) in [PAD, BOS, EOS].into_iter().chain(words).zip(0..) {
        log_probs[token as usize] = score(number) - log_sum;
    }
    log_probs
}

fn next_log_probs(prefix: &[u32]) -> Vec<f32> {
    log_probs_of(WORDS, prefix)
}

fn search(limits: Limits) -> Vec<Hypothesis> {
    search_in(next_log_probs, limits)
}

fn search_in(language: impl Fn(&[u32]) -> Vec<f32>, limits: Limits) -> Vec<Hypothesis> {
    let mut beam = Beam::new(limits, None);
    let mut prefixes = vec![vec![]];
    while !beam.is_done() {
        let log_probs: Vec<f32> = prefixes.iter().flat_map(|prefix: &Vec<u32>| language(prefix)).collect();
        // The row of weights is the prefix that it belongs to.
        let weights: Vec<Vec<f32>> =
            prefixes.iter().map(|prefix| prefix.iter().map(|token| *token as f32).collect()).collect();
        let parents = beam.advance(&log_probs, log_probs.len() / prefixes.len(), &weights);
        prefixes = parents
            .iter()
            .zip(beam.last_tokens())
            .map(|(parent, token)| prefixes[*parent].iter().copied().chain([token]).collect())
            .collect();
    }
    beam.into_found().0
}

/// Every sentence of one to `left` words, with its log probability.
fn every_sentence(prefix: &[u32], left: usize, so_far: f64, all: &mut Vec<(Vec<u32>, f64)>) {
    let log_probs = next_log_probs(prefix);
    if !prefix.is_empty() {
        all.push((prefix.to_vec(), so_far + f64::from(log_probs[EOS as usize])));
    }
    if left > 0 {
        for token in WORDS {
            let longer: Vec<u32> = prefix.iter().copied().chain([token]).collect();
            every_sentence(&longer, left - 1, so_far + f64::from(log_probs[token as usize]), all);
        }
    }
}

#[test]
fn a_wide_beam_is_exhaustive_search() {
    for length_penalty in [0.0, 0.6, 1.0] {
        let found = search(Limits { beam_size: 500, length_penalty, max_length: 4, ..LIMITS });
        let mut all = Vec::new();
        every_sentence(&[], 4, 0.0, &mut all);
        let score =
            |(ids, log_prob): &(Vec<u32>, f64)| log_prob / ((ids.len() + 1) as f64).powf(f64::from(length_penalty));
        all.sort_by(|a, b| score(b).total_cmp(&score(a)));
        assert_eq!(found.len(), all.len());
        for (hypothesis, sentence) in found.iter().zip(&all) {
            assert!((f64::from(hypothesis.score) - score(sentence)).abs() < 1e-5);
        }
        assert_eq!(found[0].ids, all[0].0);
    }
}

#[test]
fn a_beam_of_one_is_greedy_search() {
    let found = search(Limits { beam_size: 1, max_length: 9, ..LIMITS });
    let mut greedy = Vec::new();
    loop {
        let log_probs = next_log_probs(&greedy);
        let allowed = [EOS].into_iter().chain(WORDS).filter(|token| match *token {
            EOS => !greedy.is_empty(),
            _ => greedy.len() < 9,
        });
        let best = allowed.max_by(|a, b| log_probs[*a as usize].total_cmp(&log_probs[*b as usize])).expect("a token");
        if best == EOS {
            break;
        }
        greedy.push(best);
    }
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].ids, greedy);
}

#[test]
fn every_token_keeps_its_own_row_of_weights() {
    for hypothesis in search(Limits { beam_size: 4, max_length: 5, ..LIMITS }) {
        assert_eq!(hypothesis.weights.len(), hypothesis.ids.len() + 1);
        for (len, row) in hypothesis.weights.iter().enumerate() {
            let prefix: Vec<f32> = hypothesis.ids[..len].iter().map(|token| *token as f32).collect();
            assert_eq!(*row, prefix, "row {len} of {:?}", hypothesis.ids);
        }
    }
}

#[test]
fn hypotheses_of_the_maximum_length_end() {
    let found = search(Limits { beam_size: 3, max_length: 1, ..LIMITS });
    assert!(!found.is_empty() && found.iter().all(|hypothesis| hypothesis.ids.len() == 1));
}

fn with_placeholders(prefix: &[u32]) -> Vec<f32> {
    log_probs_of(PLACEHOLDERS_AND_A_WORD, prefix)
}

fn constrained(placeholders: u8, beam_size: usize, max_length: usize) -> Vec<Hypothesis> {
    let limits = Limits { beam_size, max_length, placeholders, ..LIMITS };
    search_in(with_placeholders, limits).into_iter().filter(|found| found.log_prob.is_finite()).collect()
}

/// Every sentence of at most `left` more tokens that has each missing placeholder once and no others, and after the
/// end that the model prefers nothing except missing placeholders.
fn every_allowed(prefix: &[u32], missing: u8, left: usize, all: &mut Vec<Vec<u32>>) {
    let log_probs = with_placeholders(prefix);
    let would_end = !prefix.is_empty() && log_probs.iter().all(|log_prob| *log_prob <= log_probs[EOS as usize]);
    if !prefix.is_empty() && missing == 0 {
        all.push(prefix.to_vec());
    }
    for (token, bit) in PLACEHOLDERS_AND_A_WORD.into_iter().zip([1, 2, 0]) {
        let is_allowed = match bit {
            0 => left > missing.count_ones() as usize && !(would_end && missing != 0),
            _ => missing & bit != 0,
        };
        if is_allowed {
            every_allowed(&[prefix, &[token]].concat(), missing & !bit, left - 1, all);
        }
    }
}

#[test]
fn a_wide_beam_finds_every_sentence_that_has_the_placeholders_of_the_source_once_and_no_others() {
    for (set, max_length) in [(0b00, 3), (0b01, 1), (0b10, 4), (0b11, 2), (0b11, 6)] {
        let mut expected = Vec::new();
        every_allowed(&[], set, max_length, &mut expected);
        let mut found: Vec<Vec<u32>> = constrained(set, 500, max_length).into_iter().map(|found| found.ids).collect();
        expected.sort();
        found.sort();
        assert!(!expected.is_empty());
        assert_eq!(found, expected, "{set:b} {max_length}");
        for number in 0..2 {
            let times = |ids: &Vec<u32>| ids.iter().filter(|id| **id == placeholder(number)).count();
            assert!(found.iter().all(|ids| times(ids) == usize::from(set >> number & 1)));
        }
    }
}

#[test]
fn missing_placeholders_share_the_probability_of_the_end() {
    let row: Vec<f32> = (0..12).map(|token| -0.5 - token as f32).collect();
    let shared: Vec<(u32, f64)> = instead_of_end(&row, 0b101).collect();
    assert_eq!(shared.iter().map(|(token, _)| *token).collect::<Vec<_>>(), [3, 5]);
    let sum: f64 = shared.iter().map(|(_, log_prob)| log_prob.exp()).sum();
    assert!((sum.ln() - f64::from(row[EOS as usize])).abs() < 1e-9);
    assert!((shared[0].1 - shared[1].1 - 2.0).abs() < 1e-6);
}

#[test]
fn greedy_search_leaves_room_for_every_placeholder() {
    for max_length in [2, 3, 9] {
        let [found] = &constrained(0b11, 1, max_length)[..] else { panic!("not one hypothesis") };
        assert!(found.ids.len() <= max_length);
        assert!([3, 4].iter().all(|placeholder| found.ids.contains(placeholder)), "{:?}", found.ids);
    }
}

#[test]
fn a_search_that_reaches_the_maximum_length_says_so() {
    let limits = |beam_size, max_length| Limits { beam_size, max_length, ..LIMITS };
    // Greedy search says so exactly if the likeliest next token is not the end.
    let free = search(limits(1, 100)).remove(0);
    assert!(!free.truncated && free.ids.len() > 1);
    for max_length in 1..=free.ids.len() + 2 {
        let found = search(limits(1, max_length)).remove(0);
        assert_eq!(found.truncated, max_length < free.ids.len(), "{max_length}");
    }
    // A translation that is not truncated stays the same with more room.
    for beam_size in 2..6 {
        let free = search(limits(beam_size, 100));
        for max_length in 1..20 {
            let found = search(limits(beam_size, max_length));
            assert!(found[0].truncated || found == free, "{beam_size} {max_length}");
        }
    }
}

#[test]
fn three_tokens_in_a_row_occur_once_if_repetition_is_excluded() {
    // The same three words again and again; the second best token is the end.
    let [a, b, c] = WORDS;
    let language = |prefix: &[u32]| {
        let mut row = vec![-9.0; c as usize + 1];
        row[[a, b, c][prefix.len() % 3] as usize] = -0.1;
        row[EOS as usize] = -2.0;
        row
    };
    let found = |may_repeat| search_in(language, Limits { may_repeat, ..LIMITS }).remove(0);
    let free = found(true);
    assert!(free.truncated && free.ids == [a, b, c, a, b, c, a, b, c], "{free:?}");
    // `c a b` and `b c a` differ from `a b c`.
    let without = found(false);
    assert!(!without.truncated && without.ids == [a, b, c, a, b], "{without:?}");
    for beam_size in [1, 4] {
        let limits = Limits { may_repeat: false, max_length: 40, beam_size, ..LIMITS };
        for hypothesis in search(limits) {
            let threes: HashSet<&[u32]> = hypothesis.ids.windows(3).collect();
            assert_eq!(threes.len(), hypothesis.ids.len().saturating_sub(2), "{:?}", hypothesis.ids);
        }
    }
}

#[test]
fn a_word_without_room_beside_the_placeholders_is_truncated() {
    let limits = |max_length| Limits { beam_size: 1, max_length, placeholders: 0b11, ..LIMITS };
    // A language of one sentence.
    let [one, other, word] = PLACEHOLDERS_AND_A_WORD;
    let language = |prefix: &[u32]| {
        let mut row = vec![-5.0; word as usize + 1];
        row[[word, one, other, EOS][prefix.len().min(3)] as usize] = -0.1;
        row
    };
    let found = search_in(language, limits(3)).remove(0);
    assert_eq!((&found.ids[..], found.truncated), (&[word, one, other][..], false));
    let narrow = search_in(language, limits(2)).remove(0);
    assert!(narrow.truncated && narrow.ids.len() == 2, "{narrow:?}");
}

#[test]
fn a_translation_of_any_length_is_dropped_without_a_deep_stack() {
    let limits = Limits { beam_size: 2, max_length: 300_000, ..LIMITS };
    let mut beam = Beam::new(limits, None);
    // Always the same two words, and an end that is never among the best.
    let log_probs =
        |rows: usize| [[f32::NEG_INFINITY, f32::NEG_INFINITY, -90.0, -0.1, -0.2]; 2].concat()[..5 * rows].to_vec();
    for _ in 0..limits.max_length {
        let rows = beam.last_tokens().len();
        beam.advance(&log_probs(rows), 5, &vec![Vec::new(); rows]);
    }
    assert_eq!(beam.len, limits.max_length);
    drop(beam);
}

#[test]
fn a_beam_of_any_size_allocates_memory_only_for_hypotheses_that_exist() {
    let limits = Limits { beam_size: usize::MAX, max_length: 3, ..LIMITS };
    let all = search(limits);
    assert_eq!(all.len(), 3 + 9 + 27, "every sentence of one to three words");
}
