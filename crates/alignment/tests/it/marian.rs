//! Soft alignments in Marian's format.

use glosser_alignment::marian_soft_alignment;
use proptest::prelude::*;

use crate::matrix;

#[test]
fn rows_are_target_words_joined_by_spaces() {
    assert_eq!(marian_soft_alignment(&matrix(&[&[0.5, 0.25, 0.25], &[1.0, 0.0, 0.0]])), "0.5,0.25,0.25 1,0,0");
    assert_eq!(marian_soft_alignment(&matrix(&[])), "");
}

/// The expected values come from C's `printf("%g", (double)weight)`, which has the format of a C++ stream.
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
        assert_eq!(marian_soft_alignment(&matrix(&[&[weight]])), written);
    }
}

proptest! {
    #[test]
    fn rows_are_read_back_to_six_digits(rows in prop::collection::vec(prop::collection::vec(any::<f32>(), 3), 1..5)) {
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let written = marian_soft_alignment(&matrix(&rows));
        let read: Vec<Vec<f32>> =
            written.split(' ').map(|row| row.split(',').map(|weight| weight.parse().unwrap()).collect()).collect();
        prop_assert_eq!(read.len(), rows.len());
        for (read, row) in read.iter().zip(rows) {
            prop_assert_eq!(read.len(), row.len());
            for (read, weight) in read.iter().zip(row) {
                let is_close = (read - weight).abs() <= 1e-5 * weight.abs() || !weight.is_normal();
                prop_assert!(is_close, "{} became {}", weight, read);
            }
        }
    }
}
