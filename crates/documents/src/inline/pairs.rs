//! Which start tag belongs to which end tag.

use std::collections::HashMap;
use std::ops::Range;

use crate::inline::item::{Item, ItemKind};

/// Returns, for each start tag and end tag that has a partner in the items, the partner. The pairs nest: in
/// `<b><i></b></i>`, only `b` is a pair.
pub(crate) fn partners(items: &[Item]) -> Vec<Option<usize>> {
    let mut partners = vec![None; items.len()];
    let mut open: Vec<(usize, &str)> = Vec::new();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (number, item) in items.iter().enumerate() {
        match &item.kind {
            ItemKind::Start(name) => {
                open.push((number, name));
                *counts.entry(name).or_default() += 1;
            }
            ItemKind::End(name) if counts.get(name.as_str()).is_some_and(|count| *count > 0) => {
                while let Some((start, open_name)) = open.pop() {
                    counts.entry(open_name).and_modify(|count| *count -= 1);
                    if open_name == name {
                        partners[start] = Some(number);
                        partners[number] = Some(start);
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    partners
}

/// Returns the items that are left when everything is taken off that can stay outside of the translated text: at both
/// ends, white space, elements without text, tags without partner, and pairs that enclose all the rest.
pub(crate) fn core(items: &[Item], partners: &[Option<usize>]) -> Range<usize> {
    let filled = |item: &Item| !item.is_blank();
    let (Some(first), Some(last)) = (items.iter().position(filled), items.iter().rposition(filled)) else {
        return 0..0;
    };
    let (mut start, mut end) = (0, items.len());
    loop {
        let can_stay = |number: usize| partners[number].is_none();
        if start < first && can_stay(start) {
            start += 1;
        } else if end > last + 1 && can_stay(end - 1) {
            end -= 1;
        } else if start < first && end > last + 1 && partners[start] == Some(end - 1) {
            (start, end) = (start + 1, end - 1);
        } else {
            return start..end;
        }
    }
}
