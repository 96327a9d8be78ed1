//! Interlinear glosses: under each word of a sentence what it became, then the translation as a whole.

use unicode_width::UnicodeWidthStr;

use crate::{
    Link, Links,
    label::{abbreviate, clean, isolate},
    phrase,
};

/// Columns between two words.
const GAP: usize = 2;

/// A sentence with a gloss for each of its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interlinear {
    pub(crate) words: Vec<Glossed>,
    pub(crate) translation: String,
}

/// A word and the words that it is linked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glossed {
    pub(crate) word: String,
    pub(crate) gloss: String,
}

impl Interlinear {
    /// Glosses each source word by the target words that it is linked to, as [`phrase`] writes them. Control characters
    /// are shown as U+FFFD.
    ///
    /// # Panics
    /// If a link goes to a target word that there is not.
    pub fn new(source: &[&str], target: &[&str], links: &Links, translation: &str) -> Self {
        let glossed = |(index, word): (usize, &&str)| {
            let linked = links.iter().filter(|link| link.source == index);
            let places: Vec<usize> = linked.map(|Link { target, .. }| *target).collect();
            Glossed { word: clean(word), gloss: clean(&phrase(target, &places)) }
        };
        Self { words: source.iter().enumerate().map(glossed).collect(), translation: clean(translation) }
    }

    /// As lines of at most `width` columns: words above their glosses, as many blocks of these as it takes, and the
    /// translation below, which is one line however long it is. Every line ends in `\n`.
    pub fn text(&self, width: usize) -> String {
        let mut text = String::new();
        for block in self.blocks(width) {
            text += &line(block, width, |glossed| &glossed.word);
            text += &line(block, width, |glossed| &glossed.gloss);
            text.push('\n');
        }
        text + &self.translation + "\n"
    }

    /// The words in runs that fit into `width` columns, one at least.
    fn blocks(&self, width: usize) -> Vec<&[Glossed]> {
        let mut blocks = Vec::new();
        let (mut start, mut taken) = (0, 0);
        for (index, glossed) in self.words.iter().enumerate() {
            let wanted = glossed.width(width);
            if index > start && taken + wanted > width {
                blocks.push(&self.words[start..index]);
                (start, taken) = (index, 0);
            }
            taken += wanted + GAP;
        }
        if start < self.words.len() {
            blocks.push(&self.words[start..]);
        }
        blocks
    }
}

impl Glossed {
    fn width(&self, most: usize) -> usize {
        self.word.width().max(self.gloss.width()).min(most)
    }
}

fn line<'a>(block: &'a [Glossed], width: usize, text: impl Fn(&'a Glossed) -> &'a str) -> String {
    let mut line = String::new();
    for glossed in block {
        let text = abbreviate(text(glossed), width, '…');
        line += &isolate(&text);
        line += &" ".repeat(glossed.width(width).saturating_sub(text.width()) + GAP);
    }
    line.trim_end().to_owned() + "\n"
}
