//! Merging weights between tokens to weights between words.
#![allow(clippy::single_range_in_vec_init, reason = "a side with one token has a list of one range")]

use glosser_alignment::{AttentionMatrix, MergeError, TokenWords, WordAttention};

use crate::matrix;

const NONE: TokenWords = TokenWords { of_token: &[], word_count: 0 };

/// Three source tokens (the last two are one word) and EOS; three target tokens (the first two are one word).
fn tokens() -> AttentionMatrix {
    matrix(&[&[0.5, 0.25, 0.125, 0.125], &[0.0, 0.5, 0.25, 0.25], &[0.125, 0.125, 0.25, 0.5]])
}

const SOURCE: TokenWords = TokenWords { of_token: &[0..1, 1..2, 1..2], word_count: 2 };
const TARGET: TokenWords = TokenWords { of_token: &[0..1, 0..1, 1..2], word_count: 2 };

#[test]
fn source_columns_are_summed_and_target_rows_averaged() {
    let words = WordAttention::merge(&tokens(), SOURCE, TARGET).unwrap();
    // By hand: ((0.25 + 0.125) + (0.5 + 0.25)) / 2 = 0.5625.
    assert_eq!(words.matrix(), &matrix(&[&[0.25, 0.5625], &[0.125, 0.375]]));
    assert_eq!(words.eos_mass(), [0.1875, 0.5]);
}

#[test]
fn the_row_that_produced_eos_belongs_to_no_word() {
    let mut rows: Vec<Vec<f32>> = tokens().rows().map(<[f32]>::to_vec).collect();
    rows.push(vec![0.0, 0.0, 0.0, 1.0]);
    let with_eos = AttentionMatrix::from_rows(&rows).unwrap();
    assert_eq!(WordAttention::merge(&with_eos, SOURCE, TARGET), WordAttention::merge(&tokens(), SOURCE, TARGET));
}

#[test]
fn tokens_outside_every_word_count_as_eos_on_the_source_and_are_ignored_on_the_target() {
    let source = TokenWords { of_token: &[0..1, 0..0, 1..2], word_count: 2 };
    let target = TokenWords { of_token: &[0..1, 0..0, 1..2], word_count: 2 };
    let words = WordAttention::merge(&tokens(), source, target).unwrap();
    assert_eq!(words.matrix(), &matrix(&[&[0.5, 0.125], &[0.125, 0.25]]));
    assert_eq!(words.eos_mass(), [0.375, 0.625]);
}

#[test]
fn a_target_word_without_tokens_has_weights_of_zero() {
    let target = TokenWords { of_token: &[0..1, 0..1, 2..3], word_count: 3 };
    let words = WordAttention::merge(&tokens(), SOURCE, target).unwrap();
    assert_eq!(words.matrix().row(1), [0.0, 0.0]);
    assert_eq!(words.eos_mass()[1], 0.0);
}

#[test]
fn a_token_of_several_words_is_divided_among_source_words_and_counts_in_full_for_each_target_word() {
    let source = TokenWords { of_token: &[0..2, 1..2, 2..3], word_count: 3 };
    let target = TokenWords { of_token: &[0..1, 1..3, 2..3], word_count: 3 };
    let words = WordAttention::merge(&tokens(), source, target).unwrap();
    let expected: [&[f32]; 3] = [&[0.25, 0.5, 0.125], &[0.0, 0.5, 0.25], &[0.03125, 0.34375, 0.25]];
    assert_eq!(words.matrix(), &matrix(&expected));
    assert_eq!(words.eos_mass(), [0.125, 0.25, 0.375]);
}

#[test]
fn sentences_without_words_are_merged_without_an_error() {
    let nothing = WordAttention::merge(&matrix(&[]), NONE, NONE).unwrap();
    assert_eq!((nothing.matrix().target_len(), nothing.eos_mass().len()), (0, 0));

    let only_eos = WordAttention::merge(&matrix(&[&[1.0]]), NONE, NONE).unwrap();
    assert_eq!(only_eos.matrix().target_len(), 0);

    let no_source = WordAttention::merge(&matrix(&[&[1.0], &[1.0], &[1.0]]), NONE, TARGET).unwrap();
    assert_eq!((no_source.matrix().target_len(), no_source.matrix().source_len()), (2, 0));
    assert_eq!(no_source.eos_mass(), [1.0, 1.0]);

    let no_target = WordAttention::merge(&matrix(&[]), SOURCE, NONE).unwrap();
    assert_eq!((no_target.matrix().target_len(), no_target.matrix().source_len()), (0, 2));
}

#[test]
fn exchanged_sides_are_an_error() {
    let tall = matrix(&[&[0.5, 0.5], &[0.5, 0.5], &[0.5, 0.5], &[0.5, 0.5]]);
    let one = TokenWords { of_token: &[0..1], word_count: 1 };
    let error = WordAttention::merge(&tall, TARGET, one).unwrap_err();
    assert_eq!(error, MergeError::TargetRows { found: 4, tokens: 1 });
    assert!(WordAttention::merge(&tall, one, TARGET).is_ok());
}

#[test]
fn a_matrix_without_its_eos_column_is_an_error() {
    let error =
        WordAttention::merge(&matrix(&[&[0.5, 0.25, 0.25]]), SOURCE, TokenWords { of_token: &[0..1], word_count: 1 });
    assert_eq!(
        error.unwrap_err().to_string(),
        "found 3 source columns for 3 tokens; expected 3 and a last one for EOS"
    );
}

#[test]
fn a_word_out_of_range_is_an_error_that_names_it() {
    let target = TokenWords { of_token: &[0..1, 1..2, 2..3], word_count: 2 };
    let error = WordAttention::merge(&tokens(), SOURCE, target).unwrap_err();
    assert_eq!(
        error.to_string(),
        "target token 2 belongs to word 2, but the sentence has 2 words; count words from zero"
    );
}

#[test]
fn json_with_a_wrong_number_of_eos_weights_is_an_error() {
    let words = WordAttention::merge(&tokens(), SOURCE, TARGET).unwrap();
    let text = serde_json::to_string(&words).unwrap();
    assert_eq!(serde_json::from_str::<WordAttention>(&text).unwrap(), words);
    assert!(serde_json::from_str::<WordAttention>(&text.replace("[0.1875,0.5]", "[0.1875]")).is_err());
}
