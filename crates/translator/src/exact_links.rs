//! Links that are known exactly: those of the parts of a source that the search copies or replaces by a term.

use crate::{Translation, WordView};
use glosser_alignment::{AttentionMatrix, Link, Links, Shape, WordAttention};
use std::ops::Range;

/// A part of a source sentence and its place in the translation: a copied word, a term of a glossary and its translation,
/// markup, or a sign that the model does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExactLink {
    /// The byte range in the source.
    pub source: Range<usize>,
    /// The byte range in the translation.
    pub target: Range<usize>,
}

impl ExactLink {
    /// Links a part of `source` with a part of `text`, both without the white space around them. `None` if one is blank.
    pub(crate) fn new(
        (source, of_source): (&str, Range<usize>),
        (text, of_text): (&str, Range<usize>),
    ) -> Option<Self> {
        Some(Self { source: trimmed(source, of_source)?, target: trimmed(text, of_text)? })
    }

    /// The link in longer texts, in which each side begins at a byte.
    pub(crate) fn shifted(&self, source: usize, target: usize) -> Self {
        Self {
            source: self.source.start + source..self.source.end + source,
            target: self.target.start + target..self.target.end + target,
        }
    }

    /// The links between the words of both parts. The words of a copied part are linked one by one; those of a term are
    /// a unit, so that each one is linked with each one of its translation.
    fn words(&self, pair: &Translation, view: &WordView) -> Vec<Link> {
        let sources = overlapping(&view.source_ranges, &self.source);
        let targets = overlapping(&view.target_ranges, &self.target);
        let is_copied = pair.source[self.source.clone()] == pair.text[self.target.clone()];
        if is_copied && sources.len() == targets.len() {
            return sources.zip(targets).map(|(source, target)| Link { source, target }).collect();
        }
        sources.flat_map(|source| targets.clone().map(move |target| Link { source, target })).collect()
    }
}

/// A part without the white space around it; `None` if it is blank.
fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = text.get(range.clone())?;
    let start = range.end - part.trim_start().len();
    Some(start..start + part.trim().len()).filter(|trimmed| !trimmed.is_empty())
}

/// The words that share bytes with a part of their text.
fn overlapping(words: &[Range<usize>], part: &Range<usize>) -> Range<usize> {
    let first = words.partition_point(|word| word.end <= part.start);
    first..words.partition_point(|word| word.start < part.end).max(first)
}

/// Whether each word has no letter and no digit outside the given parts of its text, and at least one part.
fn are_within(text: &str, words: &[Range<usize>], parts: impl Iterator<Item = Range<usize>>) -> Vec<bool> {
    let mut parts_of_word = vec![Vec::new(); words.len()];
    for part in parts {
        for word in overlapping(words, &part) {
            parts_of_word[word].push(part.clone());
        }
    }
    let is_within = |(word, parts): (&Range<usize>, Vec<Range<usize>>)| {
        let mut letters = text[word.clone()].char_indices().filter(|(_, c)| c.is_alphanumeric());
        !parts.is_empty() && letters.all(|(at, _)| parts.iter().any(|part| part.contains(&(word.start + at))))
    };
    words.iter().zip(parts_of_word).map(is_within).collect()
}

impl WordView<'_> {
    /// Replaces the links and weights of all words that [`Translation::exact_links`] link. A word that has letters of its
    /// own beside such a part, as in `<b>word</b>`, keeps its other links.
    pub(crate) fn with_exact_links(self, pair: &Translation) -> Self {
        if pair.exact_links.is_empty() {
            return self;
        }
        let sources = pair.exact_links.iter().map(|link| link.source.clone());
        let targets = pair.exact_links.iter().map(|link| link.target.clone());
        let known = Known {
            links: pair.exact_links.iter().flat_map(|link| link.words(pair, &self)).collect(),
            sources: are_within(&pair.source, &self.source_ranges, sources),
            targets: are_within(&pair.text, &self.target_ranges, targets),
        };
        let read = self.links();
        let others = read.iter().filter(|link| !known.sources[link.source] && !known.targets[link.target]);
        let links = Some(others.chain(known.links.iter()).copied().collect());
        Self { attention: known.weights(self.attention), links, ..self }
    }
}

/// The exact links of a pair, over its words.
struct Known {
    links: Links,
    /// For each source word, whether it has no other links.
    sources: Vec<bool>,
    /// For each target word, whether it has no other links.
    targets: Vec<bool>,
}

impl Known {
    /// The weights `[target words][source words]`, in which a word without other links has no other weights. The weight
    /// that other target words had on such a source word is added to that on the end of the source.
    fn weights(&self, attention: WordAttention) -> WordAttention {
        let matrix = attention.matrix();
        let shape = Shape { target_len: matrix.target_len(), source_len: matrix.source_len() };
        if (shape.target_len, shape.source_len) != (self.targets.len(), self.sources.len()) {
            return attention;
        }
        let mut sources_of_target = vec![Vec::new(); shape.target_len];
        self.links.iter().for_each(|link| sources_of_target[link.target].push(link.source));
        let (mut weights, mut eos_mass) = (Vec::with_capacity(shape.target_len * shape.source_len), Vec::new());
        for (target, linked) in sources_of_target.iter().enumerate() {
            let mut row = matrix.row(target).to_vec();
            let mut end = attention.eos_mass()[target];
            if self.targets[target] {
                row.fill(0.0);
                linked.iter().for_each(|source| row[*source] = 1.0 / linked.len() as f32);
                end = f32::from(u8::from(linked.is_empty()));
            } else {
                let others = row.iter_mut().enumerate();
                for (_, weight) in others.filter(|(source, _)| self.sources[*source] && !linked.contains(source)) {
                    end += std::mem::take(weight);
                }
            }
            weights.extend(row);
            eos_mass.push(end);
        }
        let matrix = AttentionMatrix::new(shape, weights).expect("one weight for each two words");
        WordAttention::new(matrix, eos_mass).expect("one weight on the end for each row")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glosser_text::WordSplitters;

    /// A pair with exact links between the first occurrences of these parts.
    fn pair(source: &str, text: &str, parts: &[(&str, &str)]) -> Translation {
        let range = |text: &str, part: &str| text.find(part).map(|start| start..start + part.len()).expect("a part");
        let link = |(of_source, of_text): &(&str, &str)| {
            ExactLink::new((source, range(source, of_source)), (text, range(text, of_text))).expect("a link")
        };
        Translation { exact_links: parts.iter().map(link).collect(), ..Translation::not_computed(source, text) }
    }

    /// The links and the weights of a pair in which each target word has the weight 0.5 on the source words 0 and 1.
    fn found(pair: &Translation) -> (String, Vec<Vec<f32>>) {
        let view = pair.words_by(&WordSplitters::WHITE_SPACE);
        let shape = Shape { target_len: view.target.len(), source_len: view.source.len() };
        let row = (0..shape.source_len).map(|source| if source < 2 { 0.5 } else { 0.0 }).collect::<Vec<f32>>();
        let matrix = AttentionMatrix::new(shape, row.repeat(shape.target_len)).expect("a matrix");
        let attention = WordAttention::new(matrix, vec![0.0; shape.target_len]).expect("weights");
        let exact = WordView { attention, ..view }.with_exact_links(pair);
        (exact.links().to_string(), exact.rows())
    }

    #[test]
    fn words_of_copied_parts_and_terms_have_the_links_of_their_places_and_no_others() {
        let pair = pair("der 4711 Big Apple", "4711, im Obst Baum", &[("4711", "4711"), ("Big Apple", "Obst Baum")]);
        let (links, rows) = found(&pair);
        assert_eq!(links, "0-1 1-0 2-2 2-3 3-2 3-3");
        let of_term = vec![0.0, 0.0, 0.5, 0.5, 0.0];
        let expected = [vec![0.0, 1.0, 0.0, 0.0, 0.0], vec![0.5, 0.0, 0.0, 0.0, 0.5], of_term.clone(), of_term];
        assert_eq!(rows, expected);
    }

    #[test]
    fn words_of_a_copied_part_are_linked_one_by_one() {
        let text = "New York ist New York";
        let pair = pair("in New York", text, &[("New York", "New York")]);
        assert_eq!(found(&pair).0, "0-2 0-3 0-4 1-0 2-1");
    }

    #[test]
    fn a_word_with_letters_of_its_own_beside_markup_keeps_its_other_links() {
        let pair = pair("<b>one two</b> <br/>", "<br/> <b>zwei eins</b>", &[("<b>", "<b>"), ("<br/>", "<br/>")]);
        let (links, rows) = found(&pair);
        assert_eq!(links, "0-1 0-2 1-1 1-2 2-0");
        assert_eq!(rows, [vec![0.0, 0.0, 1.0, 0.0], vec![0.5, 0.5, 0.0, 0.0], vec![0.5, 0.5, 0.0, 0.0]]);
    }

    #[test]
    fn parts_have_no_white_space_around_them_and_blank_ones_no_link() {
        let link = ExactLink::new(("a 42 b", 1..5), ("x 42", 1..4)).expect("a link");
        assert_eq!((link.source.clone(), link.target.clone()), (2..4, 2..4));
        assert_eq!(link.shifted(10, 20), ExactLink { source: 12..14, target: 22..24 });
        assert_eq!(ExactLink::new(("a", 0..1), ("x ", 1..2)), None);
    }
}
