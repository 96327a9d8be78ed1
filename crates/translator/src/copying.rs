use glosser_text::Terms;

/// What comes out of a translation as it is, or as a glossary says: at most
/// [`PLACEHOLDERS`](glosser_text::PLACEHOLDERS) items of a line, by [`find_items`](glosser_text::find_items).
///
/// The model is given a stand-in in place of each item, and a translation has every stand-in of its source once. So what
/// is copied is right by construction, wherever the model puts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copying {
    /// Terms with a translation of their own, and terms that are not to be translated.
    pub terms: Terms,
    /// Whether names that the training text did not have, numbers, addresses and emoji are copied.
    pub automatic: bool,
}

impl Copying {
    /// What is copied unless something else is chosen: no terms, and all that is found by its looks.
    pub fn by_looks() -> Self {
        Self { terms: Terms::default(), automatic: true }
    }
}
