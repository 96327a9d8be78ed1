//! Marks as a tree: which opening mark belongs to which closing one, and which pairs are inside others.

use crate::words::inline_marks::Attachment;

/// A pair of marks, or a single mark, and what is inside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarkSpan {
    /// The number of the opening mark, or of the mark that is [`Attachment::Alone`]; `None` if the pair was opened
    /// before the text.
    pub opening: Option<usize>,
    /// The number of the closing mark; `None` if the pair is closed after the text, and for a mark that is alone.
    pub closing: Option<usize>,
    /// Whether this is a mark that is alone.
    pub is_alone: bool,
    /// The numbers of the spans inside it, in the order of the text.
    pub inner: Vec<usize>,
}

/// The marks of a text as a tree of [`MarkSpan`]s.
///
/// A closing mark closes the last pair that is open. A closing mark without an opening one ends a pair that encloses
/// everything before it, and an opening mark without a closing one begins a pair that encloses everything after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarkTree {
    spans: Vec<MarkSpan>,
    top: Vec<usize>,
}

impl MarkTree {
    /// Builds the tree of marks, which are in the order of the text.
    pub fn new(marks: impl IntoIterator<Item = Attachment>) -> Self {
        let mut tree = Self::default();
        let mut open: Vec<usize> = Vec::new();
        for (number, attachment) in marks.into_iter().enumerate() {
            let span = tree.spans.len();
            match (attachment, open.pop()) {
                (Attachment::Previous, Some(pair)) => tree.spans[pair].closing = Some(number),
                (Attachment::Previous, None) => {
                    let inner = std::mem::replace(&mut tree.top, vec![span]);
                    tree.spans.push(MarkSpan { closing: Some(number), inner, ..MarkSpan::default() });
                }
                (Attachment::Next | Attachment::Alone, outer) => {
                    match outer {
                        Some(outer) => tree.spans[outer].inner.push(span),
                        None => tree.top.push(span),
                    }
                    open.extend(outer);
                    let is_alone = attachment == Attachment::Alone;
                    tree.spans.push(MarkSpan { opening: Some(number), is_alone, ..MarkSpan::default() });
                    open.extend((!is_alone).then_some(span));
                }
            }
        }
        tree
    }

    /// The numbers of the spans that are inside no other, in the order of the text.
    pub fn top(&self) -> &[usize] {
        &self.top
    }

    /// The span of a number.
    pub fn span(&self, number: usize) -> &MarkSpan {
        &self.spans[number]
    }

    /// The number of spans.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are no marks.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Returns the numbers of all marks in the order in which they are written into another text, such as a
    /// translation, where mark `i` goes before byte `places[i]`. Pairs that were inside each other still are, and no
    /// two pairs cross.
    ///
    /// ```
    /// use glosser_text::{Attachment::{Next, Previous}, MarkTree};
    ///
    /// // `<b>A</b><i>B</i>`, and the translation of B comes first.
    /// let tree = MarkTree::new([Next, Previous, Next, Previous]);
    /// assert_eq!(tree.order(&[1, 2, 0, 1]), [2, 3, 0, 1]);
    /// ```
    pub fn order(&self, places: &[usize]) -> Vec<usize> {
        let place = |mark: Option<usize>, otherwise: usize| mark.map_or(otherwise, |mark| places[mark]);
        let sorted = |spans: &[usize]| {
            let mut spans = spans.to_vec();
            spans.sort_by_key(|span| {
                let MarkSpan { opening, closing, is_alone, .. } = self.spans[*span];
                let start = place(opening, 0);
                (start, if is_alone { start } else { place(closing, usize::MAX) }, *span)
            });
            spans.into_iter().rev().map(Step::Span)
        };
        let mut order = Vec::new();
        // The last one is next.
        let mut steps: Vec<Step> = sorted(&self.top).collect();
        while let Some(step) = steps.pop() {
            match step {
                Step::Mark(mark) => order.push(mark),
                Step::Span(span) => {
                    let MarkSpan { opening, closing, inner, .. } = &self.spans[span];
                    order.extend(opening);
                    steps.extend(closing.map(Step::Mark));
                    steps.extend(sorted(inner));
                }
            }
        }
        order
    }
}

enum Step {
    Span(usize),
    Mark(usize),
}

#[cfg(test)]
mod tests {
    use super::*;
    use Attachment::{Alone, Next, Previous};
    use proptest::prelude::*;

    #[test]
    fn pairs_are_inside_each_other_and_marks_without_a_partner_enclose_the_rest() {
        // `<b>a<br>b</b> </i> <u>`
        let tree = MarkTree::new([Next, Alone, Previous, Previous, Next]);
        assert_eq!(tree.top(), [2, 3]);
        assert_eq!((tree.span(2).opening, tree.span(2).closing, &tree.span(2).inner[..]), (None, Some(3), &[0][..]));
        assert_eq!(tree.span(0).inner, [1]);
        assert_eq!((tree.span(3).opening, tree.span(3).closing), (Some(4), None));
    }

    #[test]
    fn empty_pairs_at_one_place_stay_pairs() {
        let tree = MarkTree::new([Next, Next, Previous, Previous, Next, Previous, Alone]);
        assert_eq!(tree.order(&[3, 3, 3, 3, 3, 3, 3]), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(tree.order(&[3, 5, 5, 5, 0, 3, 0]), [6, 4, 5, 0, 1, 2, 3]);
    }

    proptest! {
        #[test]
        fn the_order_has_every_mark_once_and_each_pair_inside_its_parent(
            kinds in proptest::collection::vec(0..3usize, 0..20),
            seed in proptest::collection::vec(0..9usize, 20),
        ) {
            let tree = MarkTree::new(kinds.iter().map(|kind| [Next, Previous, Alone][*kind]));
            let order = tree.order(&seed[..kinds.len()]);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..kinds.len()).collect::<Vec<_>>());
            let at = |mark: usize| order.iter().position(|other| *other == mark).expect("every mark");
            for span in 0..tree.len() {
                let outer = tree.span(span);
                for inner in outer.inner.iter().map(|inner| tree.span(*inner)) {
                    for mark in inner.opening.iter().chain(&inner.closing) {
                        prop_assert!(outer.opening.is_none_or(|opening| at(opening) < at(*mark)));
                        prop_assert!(outer.closing.is_none_or(|closing| at(*mark) < at(closing)));
                    }
                }
            }
        }
    }
}
