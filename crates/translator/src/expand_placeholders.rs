//! Stand-ins stand for one word or for several: then their attention is that of each.

use glosser_text::words;
use std::ops::Range;

/// Tokens of a text, those that stand for several words taken apart into these.
pub(crate) struct ExpandedTokens {
    /// For each token, the number of those that it becomes.
    counts: Vec<usize>,
    /// The bytes of each token that there is then.
    pub offsets: Vec<Range<usize>>,
}

impl ExpandedTokens {
    /// `is_item` says which tokens are taken apart.
    pub fn new(text: &str, offsets: &[Range<usize>], is_item: impl Fn(usize) -> bool) -> Self {
        let mut expanded =
            Self { counts: Vec::with_capacity(offsets.len()), offsets: Vec::with_capacity(offsets.len()) };
        for (at, token) in offsets.iter().enumerate() {
            let before = expanded.offsets.len();
            match if is_item(at) { words(&text[token.clone()]) } else { Vec::new() }[..] {
                [] | [_] => expanded.offsets.push(token.clone()),
                ref words => expanded.offsets.extend(words.iter().map(|w| token.start + w.start..token.start + w.end)),
            }
            expanded.counts.push(expanded.offsets.len() - before);
        }
        expanded
    }
}

/// The rows of `[target token][source token]`, EOS last on both sides, for the tokens that there are then: a row is
/// repeated, a column shared out.
pub(crate) fn expand_placeholders(
    rows: Vec<Vec<f32>>,
    source: &ExpandedTokens,
    target: &ExpandedTokens,
) -> Vec<Vec<f32>> {
    let is_one = |expanded: &ExpandedTokens| expanded.counts.iter().all(|count| *count == 1);
    if is_one(source) && is_one(target) {
        return rows;
    }
    let eos = [1];
    let shared = |row: Vec<f32>| -> Vec<f32> {
        let counts = source.counts.iter().chain(&eos);
        row.iter().zip(counts).flat_map(|(weight, count)| vec![weight / *count as f32; *count]).collect()
    };
    let counts = target.counts.iter().chain(&eos);
    rows.into_iter().zip(counts).flat_map(|(row, count)| vec![shared(row); *count]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_repeated_and_a_column_shared_out_for_each_word_of_an_item() {
        let source = ExpandedTokens::new("der New York Hund", &[0..3, 3..12, 12..17], |at| at == 1);
        assert_eq!(source.offsets, [0..3, 4..7, 8..12, 12..17]);
        let target = ExpandedTokens::new("Big Apple dog", &[0..9, 9..13], |at| at == 0);
        assert_eq!(target.offsets, [0..3, 4..9, 9..13]);
        let rows = vec![vec![0.25, 0.5, 0.125, 0.125], vec![0.0, 0.0, 1.0, 0.0], vec![0.0, 0.0, 0.0, 1.0]];
        let first = vec![0.25, 0.25, 0.25, 0.125, 0.125];
        let expected = [first.clone(), first, vec![0.0, 0.0, 0.0, 1.0, 0.0], vec![0.0, 0.0, 0.0, 0.0, 1.0]];
        assert_eq!(expand_placeholders(rows, &source, &target), expected);
    }

    #[test]
    fn nothing_changes_where_every_token_is_one() {
        let expanded = ExpandedTokens::new("a b", &[0..1, 1..3], |_| true);
        assert_eq!(expanded.offsets, [0..1, 1..3]);
        let rows = vec![vec![0.5, 0.25, 0.25]; 3];
        assert_eq!(expand_placeholders(rows.clone(), &expanded, &expanded), rows);
    }
}
