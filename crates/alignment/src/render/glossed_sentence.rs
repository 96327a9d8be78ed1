//! Interlinear glosses: under each word of a sentence its translation, then the translation of the whole sentence.

use unicode_width::UnicodeWidthStr;

use super::label::{abbreviate, clean, isolate, phrase};
use crate::Links;

/// Terminal columns between two words.
const GAP: usize = 2;

/// A sentence with a gloss for each of its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlossedSentence {
    pub(crate) words: Vec<GlossedWord>,
    pub(crate) translation: String,
}

/// A word and the words that it is linked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GlossedWord {
    pub(crate) word: String,
    pub(crate) gloss: String,
}

impl GlossedSentence {
    /// Glosses each word of `source`, `[source words]`, with the words of `target`, `[target words]`, that it is linked to, as
    /// [`phrase`] joins them. Control characters are replaced with U+FFFD.
    ///
    /// # Panics
    /// If a link refers to a target word beyond the end of `target`.
    pub fn new(source: &[&str], target: &[&str], links: &Links, translation: &str) -> Self {
        let glossed = |(index, word): (usize, &&str)| {
            let linked: Vec<usize> = links.targets_of(index).collect();
            GlossedWord { word: clean(word), gloss: clean(&phrase(target, &linked)) }
        };
        Self { words: source.iter().enumerate().map(glossed).collect(), translation: clean(translation) }
    }

    /// Formats the words above their glosses, in blocks of at most `width` terminal columns, and the translation below them.
    /// The translation is one line of any length. Every line ends in `\n`.
    pub fn text(&self, width: usize) -> String {
        let mut text = String::new();
        for block in self.blocks(width) {
            text += &line(block, width, |glossed| &glossed.word);
            text += &line(block, width, |glossed| &glossed.gloss);
            text.push('\n');
        }
        text + &self.translation + "\n"
    }

    /// Consecutive words that fit into `width` columns; at least one word per block.
    fn blocks(&self, width: usize) -> Vec<&[GlossedWord]> {
        let mut blocks = Vec::new();
        let (mut start, mut taken) = (0, 0);
        for (index, glossed) in self.words.iter().enumerate() {
            let needed = glossed.width(width);
            if index > start && taken + needed > width {
                blocks.push(&self.words[start..index]);
                (start, taken) = (index, 0);
            }
            taken += needed + GAP;
        }
        if start < self.words.len() {
            blocks.push(&self.words[start..]);
        }
        blocks
    }
}

impl GlossedWord {
    fn width(&self, limit: usize) -> usize {
        self.word.width().max(self.gloss.width()).min(limit)
    }
}

fn line<'a>(block: &'a [GlossedWord], width: usize, text: impl Fn(&'a GlossedWord) -> &'a str) -> String {
    let mut line = String::new();
    for glossed in block {
        let text = abbreviate(text(glossed), width, '…');
        line += &isolate(&text);
        line += &" ".repeat(glossed.width(width).saturating_sub(text.width()) + GAP);
    }
    line.trim_end().to_owned() + "\n"
}
