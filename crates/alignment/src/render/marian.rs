//! Soft alignments in the format of the Marian translator.

use crate::AttentionMatrix;

/// Formats the weights of one sentence, `[target tokens][source tokens]`, as one line, as `marian-decoder --alignment soft`
/// writes them: the rows are separated by spaces, the weights of a row by commas.
///
/// Marian's rows and columns include EOS, so pass the matrix of tokens. Numbers have the format of a C++ stream: at most
/// six significant digits, no trailing zeros, an exponent (`1e-05`) below 0.0001.
pub fn marian_soft_alignment(matrix: &AttentionMatrix) -> String {
    matrix.rows().map(row_text).collect::<Vec<_>>().join(" ")
}

/// Joins the weights of one row, `[source tokens]`, with commas.
fn row_text(row: &[f32]) -> String {
    row.iter().map(|weight| six_digits(*weight)).collect::<Vec<_>>().join(",")
}

/// Formats a number as `%g` in C.
fn six_digits(weight: f32) -> String {
    if !weight.is_finite() {
        return weight.to_string().to_lowercase();
    }
    // Round to six digits first, because rounding may change the exponent: 0.9999999 becomes 1.
    let rounded = format!("{weight:.5e}");
    let (digits, exponent) = rounded.split_once('e').expect("`{:e}` writes an exponent");
    let exponent: i32 = exponent.parse().expect("`{:e}` writes an integer exponent");
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
