//! The order in which the marks of a translation are written.
//!
//! The places of marks come from word links, so a pair may lie across another one. The tags are written so that each
//! element stays in the element that it was in, and outside of all others: what was well formed stays well formed, and
//! no link gets into another link. For the same reason nothing moves across a tag whose partner is in another segment.

use crate::inline::mark::{InlineMark, Shape};
use crate::inline::punctuation::is_space;

/// A pair of tags, or a mark that is not part of a pair.
struct Node {
    /// Its mark, or that of the start tag.
    mark: usize,
    /// The mark of the end tag.
    end_mark: Option<usize>,
    start: usize,
    end: usize,
    /// Whether its partner is in another segment, or missing.
    is_unpaired: bool,
}

/// Returns the marks in the order in which they are written, each with its place. The places do not decrease.
pub(crate) fn order(marks: &[InlineMark], places: &[usize], text: &str) -> Vec<(usize, usize)> {
    let (mut nodes, mut children) = tree(marks, places);
    arrange(&mut nodes, &mut children[0], text, 0, text.len());
    // An element comes before its content, so its place is final when the content is arranged.
    for number in 0..nodes.len() {
        let (start, end) = (nodes[number].start, nodes[number].end);
        arrange(&mut nodes, &mut children[number + 1], text, start, end);
    }
    let mut ordered = Vec::with_capacity(marks.len());
    let mut open: Vec<(usize, usize)> = vec![(0, 0)];
    while let Some((list, next)) = open.pop() {
        if let Some(&number) = children[list].get(next) {
            open.push((list, next + 1));
            ordered.push((nodes[number].start, nodes[number].mark));
            if nodes[number].end_mark.is_some() {
                open.push((number + 1, 0));
            }
        } else if let Some(node) = list.checked_sub(1).map(|number| &nodes[number]) {
            ordered.extend(node.end_mark.map(|mark| (node.end, mark)));
        }
    }
    ordered
}

/// Returns the nodes in the order of the source, and lists of numbers of nodes: first those outside of all pairs, then
/// for each node those directly inside.
fn tree(marks: &[InlineMark], places: &[usize]) -> (Vec<Node>, Vec<Vec<usize>>) {
    let mut nodes: Vec<Node> = Vec::new();
    let mut children = vec![Vec::new()];
    let mut open = vec![0];
    for (number, mark) in marks.iter().enumerate() {
        if mark.shape == Shape::End {
            open.pop();
            continue;
        }
        let end_mark = match mark.shape {
            Shape::Start(end) => Some(end),
            _ => None,
        };
        children[open.last().copied().unwrap_or(0)].push(nodes.len());
        nodes.push(Node {
            mark: number,
            end_mark,
            start: places[number],
            end: places[end_mark.unwrap_or(number)],
            is_unpaired: mark.shape.is_unpaired(),
        });
        children.push(Vec::new());
        if end_mark.is_some() {
            open.push(nodes.len());
        }
    }
    (nodes, children)
}

/// Gives the nodes of a list places within `low..=high`, so that pairs do not overlap and contain no other node of the
/// list, and sorts the list.
fn arrange(nodes: &mut [Node], list: &mut [usize], text: &str, low: usize, high: usize) {
    stay_beside_unpaired(nodes, list, low, high);
    let mut pairs: Vec<usize> = list.iter().copied().filter(|number| nodes[*number].end_mark.is_some()).collect();
    pairs.sort_by_key(|number| (nodes[*number].start, nodes[*number].end, *number));
    for index in 1..pairs.len() {
        let (previous, this) = (pairs[index - 1], pairs[index]);
        if nodes[this].start >= nodes[previous].end {
            continue;
        }
        if nodes[this].start > nodes[previous].start {
            nodes[previous].end = nodes[this].start;
        } else {
            nodes[this].start = nodes[previous].end;
            nodes[this].end = nodes[this].end.max(nodes[this].start);
        }
    }
    for &number in &pairs {
        let node = &mut nodes[number];
        let inside = &text[node.start..node.end];
        node.start += inside.len() - inside.trim_start_matches(is_space).len();
        node.end = node.start + inside.trim_matches(is_space).len();
    }
    for &number in list.iter() {
        if nodes[number].end_mark.is_none() && !nodes[number].is_unpaired {
            let at = nodes[number].start;
            let before = pairs.partition_point(|pair| nodes[*pair].start < at).checked_sub(1);
            let around = before.map(|index| nodes[pairs[index]].end).filter(|end| at < *end);
            let at = around.unwrap_or(at);
            (nodes[number].start, nodes[number].end) = (at, at);
        }
    }
    list.sort_by_key(|number| (nodes[*number].start, nodes[*number].end, *number));
}

/// Gives the nodes of a list, in the order of the source, places within `low..=high`. Each stays on the side of every
/// unpaired tag on which it was.
fn stay_beside_unpaired(nodes: &mut [Node], list: &[usize], low: usize, high: usize) {
    let mut floor = low;
    for &number in list {
        let node = &mut nodes[number];
        node.start = node.start.clamp(floor, high);
        if node.is_unpaired {
            floor = node.start;
        }
    }
    let mut ceiling = high;
    for &number in list.iter().rev() {
        let node = &mut nodes[number];
        node.start = node.start.min(ceiling);
        node.end = node.end.clamp(node.start, ceiling);
        if node.is_unpaired {
            (node.end, ceiling) = (node.start, node.start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inline::mark::Spaces;

    /// Marks from a drawing: `(` and `)` are a pair, `*` is a leaf, `!` a tag without partner.
    fn marks(drawing: &str) -> Vec<InlineMark> {
        let mut marks: Vec<InlineMark> = Vec::new();
        let mut open = Vec::new();
        for (at, c) in drawing.bytes().enumerate() {
            let shape = match c {
                b'(' => {
                    open.push(at);
                    Shape::UnpairedStart
                }
                b')' => {
                    let start = open.pop().expect("a drawing has pairs");
                    marks[start].shape = Shape::Start(at);
                    Shape::End
                }
                b'*' => Shape::Leaf,
                _ => Shape::UnpairedEnd,
            };
            marks.push(InlineMark { range: at..at + 1, at, shape, spaces: Spaces::default() });
        }
        marks
    }

    fn written(drawing: &str, places: &[usize]) -> String {
        let order = order(&marks(drawing), places, "a b c d e f");
        assert!(order.is_sorted_by_key(|(at, _)| *at), "{order:?}");
        let shown = order.iter().map(|(at, mark)| format!("{}{at}", &drawing[*mark..mark + 1]));
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn elements_keep_their_places_in_each_other_whatever_the_links_are() {
        for (drawing, places, expected) in [
            ("()()", vec![0, 3, 4, 5], "(0 )3 (4 )5"),
            // Changed order.
            ("()()", vec![4, 5, 0, 3], "(0 )3 (4 )5"),
            // Overlapping: the first ends where the second begins.
            ("()()", vec![0, 7, 4, 11], "(0 )3 (4 )11"),
            // One in the other, and from the same place.
            ("()()", vec![0, 11, 4, 5], "(0 )3 (4 )5"),
            ("()()", vec![0, 11, 0, 3], "(0 )3 (4 )11"),
            // What is inside stays inside, what is outside stays outside.
            ("(())", vec![0, 6, 3, 11], "(0 (6 )6 )11"),
            ("(())", vec![4, 0, 11, 5], "(4 (4 )5 )5"),
            ("()*", vec![0, 7, 4], "(0 )7 *7"),
            ("(*)", vec![4, 0, 7], "(4 *4 )7"),
            ("!()!", vec![8, 2, 3, 4], "!8 (8 )8 !8"),
            ("()*!*()", vec![0, 11, 9, 6, 0, 4, 11], "(0 )5 *6 !6 *6 (6 )11"),
            // An end before its start, and places beyond the end.
            ("()", vec![8, 2], "(8 )8"),
            ("()", vec![99, 100], "(11 )11"),
            // No white space at the ends of a pair.
            ("()", vec![1, 4], "(2 )3"),
        ] {
            assert_eq!(written(drawing, &places), expected, "{drawing} {places:?}");
        }
    }
}
