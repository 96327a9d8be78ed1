//! The elements of HTML: which ones are empty, end a segment, or are kept as they are.

/// Returns whether a name is one of those in a list with spaces between.
fn is_among(name: &str, names: &str) -> bool {
    names.split(' ').any(|known| known == name)
}

/// Returns whether an element has no content and no end tag.
pub(crate) fn is_void(name: &str) -> bool {
    const NAMES: &str = "\
        area base basefont bgsound br col embed frame hr image img input keygen link meta param source spacer \
        track wbr";
    is_among(name, NAMES)
}

/// Returns whether an element begins and ends segments. All others, also unknown ones, are part of a sentence.
///
/// Buttons, labels and options are in this list because their text is a text of its own.
pub(crate) fn is_block(name: &str) -> bool {
    const NAMES: &str = "\
        address article aside base blockquote body button caption center col colgroup datalist dd details dialog \
        dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup \
        hr html label legend li listing main marquee menu nav ol optgroup option p plaintext pre search section \
        select summary table tbody td tfoot th thead title tr ul";
    is_among(name, NAMES)
}

/// Returns whether an element is kept with its content: programs, code, drawings, media, and what the user writes.
///
/// `pre` is in this list because its line ends have a meaning that a translation cannot keep, and most of it is code.
pub(crate) fn is_kept(name: &str) -> bool {
    const NAMES: &str = "\
        applet audio canvas code iframe kbd listing map math noembed noframes noscript object plaintext pre rp \
        rt rtc samp script style svg template textarea tt var video xmp";
    is_among(name, NAMES)
}

/// Returns whether a kept or empty element separates the words on its two sides.
pub(crate) fn separates_words(name: &str) -> bool {
    const NAMES: &str = "link map meta noscript param rp rt rtc script source style template wbr";
    !is_among(name, NAMES)
}

/// Returns the elements without end tag that a start tag closes, and the elements up to which they are looked for.
pub(crate) fn closed_by(name: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match name {
        "li" => (&["li"], &["ul", "ol", "menu", "dir"]),
        "dt" | "dd" => (&["dt", "dd"], &["dl"]),
        "option" => (&["option"], &["select", "optgroup", "datalist"]),
        "optgroup" => (&["option", "optgroup"], &["select"]),
        "tr" => (&["tr", "td", "th", "caption", "colgroup"], &["table"]),
        "td" | "th" => (&["td", "th"], &["tr", "table"]),
        "tbody" | "thead" | "tfoot" => (&["tbody", "thead", "tfoot", "caption", "colgroup"], &["table"]),
        "rt" | "rp" => (&["rt", "rp"], &["ruby"]),
        _ => (&[], &[]),
    }
}
