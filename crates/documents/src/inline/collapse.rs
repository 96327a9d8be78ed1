//! Elements that are kept as they are: those without text, and those that the format names.

use crate::inline::item::{Item, ItemKind, Leaf};
use crate::inline::pairs::partners;

/// Replaces each pair of tags without text between them by one leaf, and each link for which `is_whole` accepts the
/// items from its start tag to its end tag.
pub(crate) fn collapse(items: Vec<Item>, is_whole: impl Fn(&[Item]) -> bool) -> Vec<Item> {
    let partners = partners(&items);
    // For each item, the number of items with text before it.
    let mut count = 0;
    let filled = items.iter().map(|item| {
        let before = count;
        count += usize::from(!item.is_blank());
        before
    });
    let filled: Vec<usize> = filled.collect();
    let mut collapsed = Vec::with_capacity(items.len());
    // Whole elements are looked for outside of each other only, so that no item is looked at twice.
    let mut looked_at = 0;
    let mut number = 0;
    while number < items.len() {
        let element = partners[number].filter(|end| *end > number).filter(|end| {
            let is_blank = filled[number] == filled[*end];
            let is_new = number >= looked_at && starts_link(&items[number]);
            if is_new {
                looked_at = *end;
            }
            is_blank || is_new && is_whole(&items[number..=*end])
        });
        match element {
            Some(end) => {
                collapsed.push(leaf(&items[number..=end], filled[number] != filled[end]));
                number = end + 1;
            }
            None => {
                collapsed.push(items[number].clone());
                number += 1;
            }
        }
    }
    collapsed
}

fn starts_link(item: &Item) -> bool {
    matches!(&item.kind, ItemKind::Start(name) if name == "a")
}

/// Joins the items of an element to a leaf.
fn leaf(items: &[Item], has_text: bool) -> Item {
    let range = items[0].range.start..items[items.len() - 1].range.end;
    let separates = |item: &Item| matches!(&item.kind, ItemKind::Leaf(leaf) if leaf.separates);
    let is_white = |item: &Item| matches!(&item.kind, ItemKind::Text(text) if !text.is_empty());
    let leaf = Leaf {
        separates: has_text || items.iter().any(separates),
        holds_space: !has_text && items.iter().any(is_white),
    };
    Item { range, kind: ItemKind::Leaf(leaf) }
}
