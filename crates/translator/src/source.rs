use crate::Hypothesis;
use crate::beam::freed_from_length;
use glosser_text::{EOS, Encoding, Item};
use std::ops::Range;

/// A sentence on its way through the model, and what was found for it.
pub(crate) struct Source<'a> {
    pub text: &'a str,
    /// What the stand-ins of the encoding stand for, by their numbers.
    pub items: Vec<Item>,
    pub encoding: Encoding,
    /// What is translated in one go; none if the sentence is blank.
    pub pieces: Vec<Range<usize>>,
    /// The hypotheses of each piece, best first: of several pieces only the best.
    found: Vec<Vec<Hypothesis>>,
    /// Whether they still have their weights.
    is_weighted: bool,
    target_tokens: usize,
}

impl<'a> Source<'a> {
    /// Tokens of a side of which weights are kept: a matrix of them grows with the product of both sides.
    pub const LONGEST_WEIGHTED: usize = 1500;

    pub fn new(text: &'a str, items: Vec<Item>, encoding: Encoding, pieces: Vec<Range<usize>>) -> Self {
        let is_weighted = encoding.ids.len() <= Self::LONGEST_WEIGHTED;
        Self { text, items, encoding, pieces, found: Vec::new(), is_weighted, target_tokens: 0 }
    }

    pub fn blank(text: &'a str) -> Self {
        Self::new(text, Vec::new(), Encoding::default(), Vec::new())
    }

    /// What the translation has in place of an item.
    pub fn text_of<'b>(&'b self, item: &'b Item) -> &'b str {
        item.target.as_deref().unwrap_or(&self.text[item.range.clone()])
    }

    /// What the model is given for a piece.
    pub fn ids_of(&self, piece: usize) -> Vec<u32> {
        self.encoding.ids[self.pieces[piece].clone()].iter().copied().chain([EOS]).collect()
    }

    /// Takes the hypotheses of the next piece. Of a line without end only the tokens are kept.
    pub fn take(&mut self, mut hypotheses: Vec<Hypothesis>, n_best: usize) {
        hypotheses.truncate(if self.pieces.len() == 1 { n_best.max(1) } else { 1 });
        self.target_tokens += hypotheses.iter().map(|hypothesis| hypothesis.ids.len()).max().unwrap_or(0);
        self.found.push(hypotheses);
        if self.is_weighted && self.target_tokens > Self::LONGEST_WEIGHTED {
            self.is_weighted = false;
            self.found.iter_mut().for_each(|hypotheses| drop_weights(hypotheses));
        } else if !self.is_weighted {
            self.found.last_mut().into_iter().for_each(|hypotheses| drop_weights(hypotheses));
        }
    }

    /// Which of the translations is the best by a length penalty. Which were found does not depend on one.
    pub fn best_by(&self, length_penalty: f32) -> usize {
        let [of_one_piece] = &self.found[..] else { return 0 };
        let score = |found: &Hypothesis| freed_from_length(found.log_prob.into(), found.ids.len() + 1, length_penalty);
        // The first among equals.
        (0..of_one_piece.len())
            .rev()
            .max_by(|a, b| score(&of_one_piece[*a]).total_cmp(&score(&of_one_piece[*b])))
            .unwrap_or(0)
    }

    /// The hypotheses that make up each translation, one a piece.
    pub fn translations(&mut self) -> Vec<Vec<Hypothesis>> {
        let mut found = std::mem::take(&mut self.found);
        match found.len() {
            1 => found.swap_remove(0).into_iter().map(|best| vec![best]).collect(),
            _ => vec![found.into_iter().flatten().collect()],
        }
    }

    /// The weights of the hypotheses of all pieces over the whole sentence, EOS last on both sides; no rows if there is
    /// no room for them.
    pub fn rows(&self, parts: &[Hypothesis]) -> Vec<Vec<f32>> {
        if !self.is_weighted {
            return Vec::new();
        }
        let columns = self.encoding.ids.len() + 1;
        let mut rows = Vec::with_capacity(self.target_tokens + 1);
        for (index, (part, piece)) in parts.iter().zip(&self.pieces).enumerate() {
            // A piece's own EOS stands for the sentence's: its column is the last, its row is kept of the last piece.
            let own = if index + 1 == parts.len() { part.weights.len() } else { part.ids.len() };
            for weights in &part.weights[..own] {
                let mut row = vec![0.0; columns];
                row[piece.clone()].copy_from_slice(&weights[..piece.len()]);
                row[columns - 1] = weights[piece.len()];
                rows.push(row);
            }
        }
        rows
    }
}

fn drop_weights(hypotheses: &mut [Hypothesis]) {
    for hypothesis in hypotheses {
        hypothesis.weights = Vec::new();
    }
}
