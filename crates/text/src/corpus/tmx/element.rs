//! The elements of a TMX, recognised by their name and parent.

use std::fmt;

/// The role of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Tmx,
    Header,
    Body,
    /// `tu`: a sentence in several languages.
    Unit,
    /// `tuv`: the sentence in one language.
    Variant,
    /// `seg`: its text.
    Segment,
    /// Within a segment: codes, which are text only if they are variables (`bpt`, `ept`, `it`, `ph`, `ut`, and `sub` in
    /// them).
    Code,
    /// Within a segment: marked text (`hi`), or any other element that is not a code.
    Marked,
    /// Notes, properties and other elements.
    Other,
}

impl Element {
    /// Returns the role of an element with this name within `parent`.
    pub(super) fn of(parent: Option<Self>, name: &str) -> Self {
        match (parent, name) {
            (None, "tmx") => Self::Tmx,
            (Some(Self::Tmx), "header") => Self::Header,
            (Some(Self::Tmx), "body") => Self::Body,
            (Some(Self::Body), "tu") => Self::Unit,
            (Some(Self::Unit), "tuv") => Self::Variant,
            (Some(Self::Variant), "seg") => Self::Segment,
            (Some(Self::Code), _) => Self::Code,
            (Some(Self::Segment | Self::Marked), "bpt" | "ept" | "it" | "ph" | "ut" | "sub") => Self::Code,
            (Some(Self::Segment | Self::Marked), _) => Self::Marked,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tmx => "`tmx`",
            Self::Header => "`header`",
            Self::Body => "`body`",
            Self::Unit => "`tu`",
            Self::Variant => "`tuv`",
            Self::Segment => "`seg`",
            Self::Code | Self::Marked => "an element of a `seg`",
            Self::Other => "an element",
        })
    }
}
