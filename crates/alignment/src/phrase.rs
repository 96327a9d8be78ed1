//! Some words of a sentence as one text.

/// What stands where a word is linked to none.
pub const NO_LINK: &str = "–";

/// The words at some places, in ascending order, as they are read: a space between neighbours, an ellipsis over a gap;
/// [`NO_LINK`] for none.
///
/// ```
/// let words = ["je", "ne", "vois", "pas"];
/// assert_eq!(glosser_alignment::phrase(&words, &[0, 1, 3]), "je ne…pas");
/// assert_eq!(glosser_alignment::phrase(&words, &[]), "–");
/// ```
///
/// # Panics
/// If a place is beyond the sentence.
pub fn phrase<S: AsRef<str>>(words: &[S], places: &[usize]) -> String {
    let mut text = String::new();
    let mut before: Option<usize> = None;
    for place in places.iter().copied() {
        match before {
            Some(before) if before + 1 == place => text.push(' '),
            Some(_) => text.push('…'),
            None => {}
        }
        text.push_str(words[place].as_ref());
        before = Some(place);
    }
    if text.is_empty() { NO_LINK.to_owned() } else { text }
}
