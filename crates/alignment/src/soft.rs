//! Soft alignments in Marian's format.

use crate::AttentionMatrix;

/// The weights of one sentence on one line, as `marian-decoder --alignment soft` writes them: one group for each
/// target position, separated by a space; in it one weight for each source position, joined by commas.
///
/// Marian's rows and columns include EOS, so this is for the sub-word matrix. Numbers are what a C++ stream prints:
/// at most six significant digits, no trailing zeros, an exponent (`1e-05`) below 0.0001.
pub fn soft_rows(matrix: &AttentionMatrix) -> String {
    matrix.rows().map(soft_row).collect::<Vec<_>>().join(" ")
}

fn soft_row(row: &[f32]) -> String {
    row.iter().map(|weight| six_digits(*weight)).collect::<Vec<_>>().join(",")
}

/// C's `%g`.
fn six_digits(weight: f32) -> String {
    if !weight.is_finite() {
        return weight.to_string().to_lowercase();
    }
    // Rounded to six digits first: that may move the exponent, as in 0.9999999 -> 1.
    let rounded = format!("{weight:.5e}");
    let (digits, exponent) = rounded.split_once('e').expect("the format writes an exponent");
    let exponent: i32 = exponent.parse().expect("the format writes a number");
    if (-4..6).contains(&exponent) {
        let decimals = (5 - exponent) as usize;
        return without_trailing_zeros(&format!("{weight:.decimals$}")).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", without_trailing_zeros(digits), exponent.abs())
}

fn without_trailing_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}
