//! Words with ties: two words of different languages are linked if they share a tie.

/// A mark that two words of different languages share if they translate each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Tie(pub(crate) u32);

/// The role of a word for the surface rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Plain,
    /// A definite article, which contracts with `à` and `de`; the pronoun `le` does not.
    Article,
    /// A comma, which is attached to the word before it.
    Comma,
}

/// A word under construction, before elision, contraction and punctuation.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) role: Role,
    /// Ties, and whether each is sure.
    pub(crate) ties: Vec<(Tie, bool)>,
}

impl Word {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), role: Role::Plain, ties: Vec::new() }
    }

    pub(crate) fn article(text: &str) -> Self {
        Self { role: Role::Article, ..Self::new(text) }
    }

    pub(crate) fn comma() -> Self {
        Self { role: Role::Comma, ..Self::new(",") }
    }

    pub(crate) fn sure(mut self, tie: Tie) -> Self {
        self.ties.push((tie, true));
        self
    }

    pub(crate) fn possible(mut self, tie: Tie) -> Self {
        self.ties.push((tie, false));
        self
    }
}

/// The words of `text`, all with the same sure tie, for lexical items of several words.
pub(crate) fn words(text: &str, tie: Tie) -> Vec<Word> {
    text.split_whitespace().map(|word| Word::new(word).sure(tie)).collect()
}

/// A part of a sentence in both languages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Phrase {
    pub(crate) source: Vec<Word>,
    pub(crate) target: Vec<Word>,
}

impl Phrase {
    /// Appends another phrase on both sides.
    pub(crate) fn then(mut self, other: Self) -> Self {
        self.source.extend(other.source);
        self.target.extend(other.target);
        self
    }
}
