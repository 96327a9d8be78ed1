//! Expands placeholders of several words: each word becomes a token of its own, with the attention of its placeholder.

use glosser_text::words;
use std::ops::Range;

/// The tokens of a text, where a placeholder of several words became one token per word.
pub(crate) struct ExpandedTokens {
    /// For each token, the number of tokens that it became.
    counts: Vec<usize>,
    /// The byte range of each token after that.
    pub offsets: Vec<Range<usize>>,
}

impl ExpandedTokens {
    /// Expands the tokens for which `is_placeholder` holds; `offsets` are the byte ranges of the tokens in `text`.
    pub fn new(text: &str, offsets: &[Range<usize>], is_placeholder: impl Fn(usize) -> bool) -> Self {
        let mut tokens = Self { counts: Vec::with_capacity(offsets.len()), offsets: Vec::with_capacity(offsets.len()) };
        for (at, token) in offsets.iter().enumerate() {
            let before = tokens.offsets.len();
            match if is_placeholder(at) { words(&text[token.clone()]) } else { Vec::new() }[..] {
                [] | [_] => tokens.offsets.push(token.clone()),
                ref words => tokens.offsets.extend(words.iter().map(|w| token.start + w.start..token.start + w.end)),
            }
            tokens.counts.push(tokens.offsets.len() - before);
        }
        tokens
    }
}

/// Expands the log probabilities of tokens, `[target tokens + 1]`, EOS last: that of a placeholder is divided equally.
pub(crate) fn expand_log_probs(log_probs: &[f32], target: &ExpandedTokens) -> Vec<f32> {
    let counts = target.counts.iter().chain(&[1]);
    log_probs.iter().zip(counts).flat_map(|(log_prob, count)| vec![log_prob / *count as f32; *count]).collect()
}

/// Expands a matrix `[target token][source token]`, EOS last on both sides, to the expanded tokens: the row of a
/// placeholder is repeated, its column is divided equally.
pub(crate) fn expand_placeholders(
    rows: Vec<Vec<f32>>,
    source: &ExpandedTokens,
    target: &ExpandedTokens,
) -> Vec<Vec<f32>> {
    let is_unchanged = |tokens: &ExpandedTokens| tokens.counts.iter().all(|count| *count == 1);
    if is_unchanged(source) && is_unchanged(target) {
        return rows;
    }
    let eos = [1];
    let expanded = |row: Vec<f32>| -> Vec<f32> {
        let counts = source.counts.iter().chain(&eos);
        row.iter().zip(counts).flat_map(|(weight, count)| vec![weight / *count as f32; *count]).collect()
    };
    let counts = target.counts.iter().chain(&eos);
    rows.into_iter().zip(counts).flat_map(|(row, count)| vec![expanded(row); *count]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_repeated_and_a_column_is_divided_for_each_word_of_a_placeholder() {
        let source = ExpandedTokens::new("der New York Hund", &[0..3, 3..12, 12..17], |at| at == 1);
        assert_eq!(source.offsets, [0..3, 4..7, 8..12, 12..17]);
        let target = ExpandedTokens::new("Big Apple dog", &[0..9, 9..13], |at| at == 0);
        assert_eq!(target.offsets, [0..3, 4..9, 9..13]);
        let rows = vec![vec![0.25, 0.5, 0.125, 0.125], vec![0.0, 0.0, 1.0, 0.0], vec![0.0, 0.0, 0.0, 1.0]];
        let first = vec![0.25, 0.25, 0.25, 0.125, 0.125];
        let expected = [first.clone(), first, vec![0.0, 0.0, 0.0, 1.0, 0.0], vec![0.0, 0.0, 0.0, 0.0, 1.0]];
        assert_eq!(expand_placeholders(rows, &source, &target), expected);
        assert_eq!(expand_log_probs(&[-1.0, -0.5, -0.25], &target), [-0.5, -0.5, -0.5, -0.25]);
    }

    #[test]
    fn nothing_changes_where_every_placeholder_is_one_word() {
        let tokens = ExpandedTokens::new("a b", &[0..1, 1..3], |_| true);
        assert_eq!(tokens.offsets, [0..1, 1..3]);
        let rows = vec![vec![0.5, 0.25, 0.25]; 3];
        assert_eq!(expand_placeholders(rows.clone(), &tokens, &tokens), rows);
    }
}
