//! A source sentence on its way through the model, and the hypotheses that were found for it.

use crate::TranslatedItem;
use crate::search::{Hypothesis, normalized};
use glosser_text::{CaseShape, EOS, Encoding, InlineMark, Item, PLACEHOLDERS, PlacedItem, placeholder_index};
use std::ops::Range;

/// A source sentence and the hypotheses of each of its pieces.
pub(crate) struct Source<'a> {
    pub text: &'a str,
    /// The items that the placeholders of the encoding replace, by number.
    pub items: Vec<Item>,
    /// The tokens; their offsets are those of `text`.
    pub encoding: Encoding,
    /// The markup and signs that were taken out, and the tokens in the text without them.
    pub marks: Vec<InlineMark>,
    pub tokens_without_marks: Vec<Range<usize>>,
    /// The use of capital letters, which the translation gets.
    pub shape: CaseShape,
    /// The bytes in `text` of the words that the training text does not have.
    pub unknown_words: Vec<Range<usize>>,
    /// Whether there is nothing to translate: the translation is the sentence itself.
    pub is_copied: bool,
    /// The ranges of tokens that are translated one by one; none if the sentence is blank.
    pub pieces: Vec<Range<usize>>,
    /// The hypotheses of each piece, best first; of several pieces only the best.
    found: Vec<Vec<Hypothesis>>,
    /// Whether `found` still has its attention weights.
    is_weighted: bool,
    target_tokens: usize,
}

impl<'a> Source<'a> {
    /// The greatest number of tokens per side for which attention weights are kept: their matrix grows with the product
    /// of both sides.
    pub const MAX_WEIGHTED: usize = 1500;

    pub fn new(text: &'a str, items: Vec<Item>, encoding: Encoding, pieces: Vec<Range<usize>>) -> Self {
        let is_weighted = encoding.ids.len() <= Self::MAX_WEIGHTED;
        Self {
            text,
            items,
            encoding,
            marks: Vec::new(),
            tokens_without_marks: Vec::new(),
            shape: CaseShape::Usual,
            unknown_words: Vec::new(),
            is_copied: false,
            pieces,
            found: Vec::new(),
            is_weighted,
            target_tokens: 0,
        }
    }

    /// A sentence that is its own translation.
    pub fn copied(text: &'a str) -> Self {
        Self { is_copied: true, ..Self::blank(text) }
    }

    pub fn blank(text: &'a str) -> Self {
        Self::new(text, Vec::new(), Encoding::default(), Vec::new())
    }

    /// The items as they are inserted into the translation.
    pub fn placed_items(&self) -> Vec<PlacedItem<'_>> {
        let ranges: Vec<Range<usize>> = self.items.iter().map(|item| item.range.clone()).collect();
        let texts = self.items.iter().map(|item| item.target.as_deref().unwrap_or(&self.text[item.range.clone()]));
        PlacedItem::all(self.text, &ranges, texts)
    }

    /// Those of `items` that the placeholders in the translation of a piece stand for, in the order of `ids`.
    pub fn items_in<'b>(&self, items: &'b [PlacedItem<'b>], piece: usize, ids: &[u32]) -> Vec<&'b PlacedItem<'b>> {
        let count = |ids: &[u32]| ids.iter().filter(|id| placeholder_index(**id).is_some()).count();
        let piece = self.pieces.get(piece).cloned().unwrap_or(0..0);
        let first = count(&self.encoding.ids[..piece.start]);
        let items = &items[first..first + count(&self.encoding.ids[piece])];
        let item = |number: usize| items.iter().find(|item| item.index % PLACEHOLDERS == number);
        ids.iter().filter_map(|id| placeholder_index(*id)).filter_map(item).collect()
    }

    /// The items, with those that the hypotheses of the pieces gave no place to.
    pub fn translated_items(&self, parts: &[Hypothesis]) -> Vec<TranslatedItem> {
        let placeholders = |ids: &[u32]| ids.iter().filter(|id| placeholder_index(**id).is_some()).count();
        let of_pieces = parts.iter().zip(&self.pieces).flat_map(|(part, piece)| {
            let count = placeholders(&self.encoding.ids[piece.clone()]);
            std::iter::repeat_n(part.appended, count)
        });
        // Blank pieces, which are left out, have no items.
        let items = self.items.iter().enumerate().zip(of_pieces);
        items
            .map(|((number, item), appended)| TranslatedItem {
                source: item.range.clone(),
                kind: item.kind,
                term: item.term,
                is_appended: appended >> (number % PLACEHOLDERS) & 1 == 1,
            })
            .collect()
    }

    /// The token ids of a piece, EOS last.
    pub fn ids_of(&self, piece: usize) -> Vec<u32> {
        self.encoding.ids[self.pieces[piece].clone()].iter().copied().chain([EOS]).collect()
    }

    /// Takes the hypotheses of the next piece. The weights of a sentence that is too long are dropped immediately.
    pub fn take(&mut self, mut hypotheses: Vec<Hypothesis>, n_best: usize) {
        hypotheses.truncate(if self.pieces.len() == 1 { n_best.max(1) } else { 1 });
        self.target_tokens += hypotheses.iter().map(|hypothesis| hypothesis.ids.len()).max().unwrap_or(0);
        self.found.push(hypotheses);
        if self.is_weighted && self.target_tokens > Self::MAX_WEIGHTED {
            self.is_weighted = false;
            self.found.iter_mut().for_each(|hypotheses| drop_weights(hypotheses));
        } else if !self.is_weighted {
            self.found.last_mut().into_iter().for_each(|hypotheses| drop_weights(hypotheses));
        }
    }

    /// The hypotheses of all pieces, each with the number of its piece; none if the weights were dropped.
    pub fn weighted_hypotheses(&self) -> impl Iterator<Item = (usize, &Hypothesis)> {
        let numbered = self.found.iter().enumerate().filter(|_| self.is_weighted);
        numbered.flat_map(|(piece, found)| found.iter().map(move |hypothesis| (piece, hypothesis)))
    }

    /// Sets the other weights of [`Source::weighted_hypotheses`], in their order.
    pub fn set_other_weights(&mut self, weights: impl IntoIterator<Item = Vec<Vec<f32>>>) {
        for (hypothesis, weights) in self.found.iter_mut().flatten().zip(weights) {
            hypothesis.other_weights = Some(weights);
        }
    }

    /// The index of the translation that is best by another length penalty than that of the search.
    pub fn best_by(&self, length_penalty: f32) -> usize {
        let [hypotheses] = &self.found[..] else { return 0 };
        let score = |found: &Hypothesis| normalized(found.log_prob.into(), found.ids.len() + 1, length_penalty);
        // The first among equals, because `max_by` returns the last.
        (0..hypotheses.len())
            .rev()
            .max_by(|a, b| score(&hypotheses[*a]).total_cmp(&score(&hypotheses[*b])))
            .unwrap_or(0)
    }

    /// Removes the hypotheses and returns those of each translation, one per piece.
    pub fn take_translations(&mut self) -> Vec<Vec<Hypothesis>> {
        let mut found = std::mem::take(&mut self.found);
        match found.len() {
            1 => found.swap_remove(0).into_iter().map(|best| vec![best]).collect(),
            _ => vec![found.into_iter().flatten().collect()],
        }
    }

    /// The attention weights of a translation over the whole sentence, `[target tokens + 1][source tokens + 1]`, EOS
    /// last on both sides. `None` if the sentence is too long.
    pub fn rows(&self, parts: &[Hypothesis]) -> Option<Vec<Vec<f32>>> {
        self.rows_of(parts, |part| Some(&part.weights))
    }

    /// The other weights of a translation, like [`Source::rows`]. `None` also if they were not computed.
    pub fn other_rows(&self, parts: &[Hypothesis]) -> Option<Vec<Vec<f32>>> {
        self.rows_of(parts, |part| part.other_weights.as_deref())
    }

    fn rows_of(
        &self,
        parts: &[Hypothesis],
        weights: impl Fn(&Hypothesis) -> Option<&[Vec<f32>]>,
    ) -> Option<Vec<Vec<f32>>> {
        if !self.is_weighted {
            return None;
        }
        let columns = self.encoding.ids.len() + 1;
        let mut rows = Vec::with_capacity(self.target_tokens + 1);
        for (index, (part, piece)) in parts.iter().zip(&self.pieces).enumerate() {
            // The EOS of each piece counts as that of the sentence: its column is the last one. Its row is kept only
            // for the last piece.
            let of_part = weights(part)?;
            let kept = if index + 1 == parts.len() { of_part.len() } else { part.ids.len() };
            for weights in &of_part[..kept] {
                let mut row = vec![0.0; columns];
                row[piece.clone()].copy_from_slice(&weights[..piece.len()]);
                row[columns - 1] = weights[piece.len()];
                rows.push(row);
            }
        }
        Some(rows)
    }
}

fn drop_weights(hypotheses: &mut [Hypothesis]) {
    for hypothesis in hypotheses {
        hypothesis.weights = Vec::new();
    }
}
