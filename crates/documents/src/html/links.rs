//! Links whose text is an address: nothing of them is translated.

use crate::inline::item::{Item, ItemKind};

/// Most items of a link whose text is an address. The parts of an address are often elements of their own.
const MOST_ITEMS: usize = 64;

/// Returns whether the text of an element, from its start tag to its end tag, is a web address or an e-mail address.
pub(crate) fn is_address_link(items: &[Item]) -> bool {
    if items.len() > MOST_ITEMS {
        return false;
    }
    let mut address = String::new();
    for item in items {
        match &item.kind {
            ItemKind::Text(text) => address.push_str(text),
            ItemKind::Start(_) | ItemKind::End(_) => {}
            ItemKind::Leaf(_) | ItemKind::Break => return false,
        }
    }
    is_address(address.trim())
}

fn is_address(text: &str) -> bool {
    if text.is_empty() || text.contains(char::is_whitespace) {
        return false;
    }
    let lower = text.to_lowercase();
    if ["http://", "https://", "ftp://", "mailto:", "tel:", "www."].iter().any(|start| lower.starts_with(start)) {
        return true;
    }
    let host = match text.split_once('@') {
        Some(("", _)) => return false,
        Some((_, host)) => host,
        None => text.split(['/', '?', '#']).next().unwrap_or_default(),
    };
    is_host(host)
}

/// Returns whether a text is like `example.org`: its last part has two lower-case letters or more.
fn is_host(text: &str) -> bool {
    let Some((rest, last)) = text.rsplit_once('.') else { return false };
    let is_part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-');
    last.chars().count() >= 2 && last.chars().all(char::is_lowercase) && rest.split('.').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_recognised_by_their_form() {
        for text in [
            "https://example.org/a-b?c=d",
            "HTTP://EXAMPLE.ORG",
            "www.example.org",
            "example.org",
            "sub.example.org/path",
            "anna@example.org",
            "mailto:anna@example.org",
        ] {
            assert!(is_address(text), "{text}");
        }
        for text in ["", "here", "e.g.", "@anna", "#tag", "the example.org page", "Node.JS", "and/or", "3.14", "1.2.3"]
        {
            assert!(!is_address(text), "{text}");
        }
    }
}
