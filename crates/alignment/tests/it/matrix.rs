//! The matrix of weights: layout, checks, entropy, JSON.

use glosser_alignment::{AttentionMatrix, MatrixError, Shape, entropy};

use crate::matrix;

#[test]
fn rows_are_target_and_columns_are_source() {
    let shape = Shape { target_len: 2, source_len: 3 };
    let matrix = AttentionMatrix::new(shape, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    assert_eq!((matrix.target_len(), matrix.source_len()), (2, 3));
    assert_eq!(matrix.get(1, 0), 4.0);
    assert_eq!(matrix.row(0), [1.0, 2.0, 3.0]);
    assert_eq!(matrix.column(2).collect::<Vec<_>>(), [3.0, 6.0]);
    assert_eq!(matrix.rows().collect::<Vec<_>>(), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
}

#[test]
fn from_rows_and_new_make_the_same_matrix() {
    let shape = Shape { target_len: 2, source_len: 3 };
    let flat = AttentionMatrix::new(shape, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    assert_eq!(matrix(&[&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]]), flat);
}

#[test]
#[should_panic(expected = "out of bounds")]
fn a_column_out_of_range_does_not_read_the_next_row() {
    matrix(&[&[1.0, 2.0], &[3.0, 4.0]]).get(0, 2);
}

#[test]
fn a_wrong_number_of_weights_is_an_error_that_states_the_right_number() {
    let shape = Shape { target_len: 2, source_len: 3 };
    let error = AttentionMatrix::new(shape, vec![0.0; 5]).unwrap_err();
    assert_eq!(error.to_string(), "found 5 weights for 2 target rows x 3 source columns; pass 6 weights, row by row");
    let huge = Shape { target_len: usize::MAX, source_len: 2 };
    assert!(AttentionMatrix::new(huge, vec![]).is_err());
}

#[test]
fn rows_of_different_lengths_are_an_error_that_names_the_row() {
    let error = AttentionMatrix::from_rows(&[vec![0.0; 2], vec![0.0; 2], vec![0.0; 3]]).unwrap_err();
    assert_eq!(error, MatrixError::Ragged { row: 2, found: 3, expected: 2 });
}

#[test]
fn matrices_without_rows_or_columns_are_valid() {
    assert_eq!(matrix(&[]).rows().len(), 0);
    let no_columns = matrix(&[&[], &[]]);
    assert_eq!(no_columns.rows().collect::<Vec<_>>(), [&[] as &[f32], &[]]);
}

#[test]
fn entropy_is_zero_for_one_weight_and_ln_n_for_n_equal_weights() {
    assert!(entropy(&[0.0, 1.0]).is_sign_positive());
    assert_eq!(entropy(&[0.0, 1.0]), 0.0);
    assert!((entropy(&[0.25; 4]) - 4f32.ln()).abs() < 1e-6);
    assert_eq!(entropy(&[]), 0.0);
}

#[test]
fn json_keeps_the_shape_and_checks_it_again() {
    let empty = AttentionMatrix::new(Shape { target_len: 0, source_len: 3 }, vec![]).unwrap();
    let full = matrix(&[&[0.25, 0.75]]);
    assert_eq!(serde_json::to_string(&full).unwrap(), r#"{"target_len":1,"source_len":2,"weights":[0.25,0.75]}"#);
    for matrix in [empty, full] {
        let text = serde_json::to_string(&matrix).unwrap();
        assert_eq!(serde_json::from_str::<AttentionMatrix>(&text).unwrap(), matrix);
    }
    let wrong = r#"{"target_len":1,"source_len":3,"weights":[0.25,0.75]}"#;
    assert!(serde_json::from_str::<AttentionMatrix>(wrong).is_err());
}
