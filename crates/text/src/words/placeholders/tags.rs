//! Finds the tags of HTML and XML.

use std::ops::Range;

/// The longest tag, in bytes; a longer one is two signs in ordinary text.
const LONGEST_TAG: usize = 500;

/// Returns the tags of a text, in order.
pub(crate) fn tags(text: &str) -> Vec<Range<usize>> {
    let mut tags: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices('<') {
        if tags.last().is_none_or(|last| last.end <= at) {
            tags.extend(tag_len(&text[at..]).map(|len| at..at + len));
        }
    }
    tags
}

/// Returns the length of the tag or comment at the start of a text. An address in angle brackets is not a tag.
pub(crate) fn tag_len(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('<')?;
    let name = inner.strip_prefix('/').unwrap_or(inner);
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic()) || inner.starts_with("!--");
    let end = inner.bytes().take(LONGEST_TAG).position(|byte| matches!(byte, b'<' | b'>'))?;
    let content = &inner[..end];
    let is_address = !content.contains('=') && (content.contains('@') || content.contains("://"));
    (begins && !is_address && inner.as_bytes()[end] == b'>').then_some(end + 2)
}
