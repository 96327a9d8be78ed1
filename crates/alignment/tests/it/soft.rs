use glosser_alignment::soft_rows;

use crate::matrix;

#[test]
fn rows_are_target_words_joined_by_spaces() {
    assert_eq!(soft_rows(&matrix(&[&[0.5, 0.25, 0.25], &[1.0, 0.0, 0.0]])), "0.5,0.25,0.25 1,0,0");
    assert_eq!(soft_rows(&matrix(&[])), "");
}

/// Expected values are those of C's `printf("%g", (double)weight)`, which a C++ stream follows.
#[test]
fn numbers_are_written_as_a_stream_writes_them() {
    let cases = [
        (0.1, "0.1"),
        (1.0 / 3.0, "0.333333"),
        (0.999_999_9, "1"),
        (0.000_123_456_78, "0.000123457"),
        (0.000_1, "0.0001"),
        (0.000_012_5, "1.25e-05"),
        (1e-30, "1e-30"),
        (123_456.7, "123457"),
        (1_234_567.0, "1.23457e+06"),
        (20.0, "20"),
        (0.0, "0"),
        (f32::NAN, "nan"),
        (f32::INFINITY, "inf"),
    ];
    for (weight, written) in cases {
        assert_eq!(soft_rows(&matrix(&[&[weight]])), written);
    }
}
