//! The characters of the training text, and the one that an unknown character looks most like.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::words::emoji::emoji_len;
use crate::words::mapped::{ChangedText, MappedText};
use crate::words::sentences::{SentenceMark, closes_quotation, ends_sentence_without_space, sentence_mark};

/// A character is known if the training text has it this often.
const FEWEST: usize = 3;

/// A quotation mark, dash or space is known only if it has at least this share of the most frequent one like it.
/// Otherwise a few lines from another source would keep a character that the model has hardly seen.
const RAREST: f64 = 0.005;

/// The characters that the sentences of one side have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownCharacters {
    /// All of them, the most frequent first.
    characters: String,
    /// The punctuation and symbols that are a word of their own, between spaces.
    alone: String,
    /// Those that begin a word.
    opening: String,
    /// Whether there are three full stops in a row, or an ellipsis.
    has_ellipsis: bool,
}

/// Characters of one family replace each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Family {
    Space,
    /// Quotation marks with one stroke, and apostrophes.
    SingleQuote,
    DoubleQuote,
    Dash,
}

/// The characters with a Unicode property.
struct Property(Regex);

impl Property {
    fn new(name: &str) -> Self {
        Self(Regex::new(&format!(r"\A\p{{{name}}}\z")).expect("a property that Unicode has"))
    }

    fn has(&self, c: char) -> bool {
        self.0.is_match(c.encode_utf8(&mut [0; 4]))
    }
}

static IGNORABLE: LazyLock<Property> = LazyLock::new(|| Property::new("Default_Ignorable_Code_Point"));
static CONTROL: LazyLock<Property> = LazyLock::new(|| Property::new("Cc"));
static QUOTATION_MARK: LazyLock<Property> = LazyLock::new(|| Property::new("Quotation_Mark"));
static DASH: LazyLock<Property> = LazyLock::new(|| Property::new("Dash"));
static PUNCTUATION: LazyLock<Property> = LazyLock::new(|| Property::new("P"));
static SYMBOL: LazyLock<Property> = LazyLock::new(|| Property::new("S"));
static OPENING: LazyLock<Property> = LazyLock::new(|| Property::new("Pi"));
static CLOSING: LazyLock<Property> = LazyLock::new(|| Property::new("Pf"));

/// Returns whether a character is a quotation mark or an apostrophe.
pub(crate) fn is_quotation_mark(c: char) -> bool {
    matches!(family(c), Some(Family::SingleQuote | Family::DoubleQuote))
}

/// Returns whether a character is punctuation or a symbol.
pub(crate) fn is_sign(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_punctuation() } else { PUNCTUATION.has(c) || SYMBOL.has(c) }
}

/// Returns whether a character has no form of its own (Unicode `Default_Ignorable_Code_Point`, control characters).
fn is_invisible(c: char) -> bool {
    !c.is_whitespace() && (IGNORABLE.has(c) || CONTROL.has(c))
}

/// The zero-width joiner and non-joiner, which change letters in some scripts.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

fn family(c: char) -> Option<Family> {
    match c {
        // Not quotation marks in Unicode, but written as apostrophes.
        '\'' | '‘' | '’' | '‚' | '‛' | '‹' | '›' | '＇' | '`' | '´' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | '′' => {
            Some(Family::SingleQuote)
        }
        '″' | '‶' => Some(Family::DoubleQuote),
        _ if c.is_whitespace() => Some(Family::Space),
        _ if QUOTATION_MARK.has(c) => Some(Family::DoubleQuote),
        _ if DASH.has(c) => Some(Family::Dash),
        _ => None,
    }
}

/// Counts the characters of sentences.
#[derive(Debug, Default)]
pub(crate) struct CharacterCollector {
    counts: HashMap<char, usize>,
    alone: HashMap<char, usize>,
    opening: HashMap<char, usize>,
    ellipses: usize,
}

impl CharacterCollector {
    /// Adds a sentence.
    pub(crate) fn add(&mut self, sentence: &str) {
        let text: String = sentence.nfc().collect();
        text.chars().for_each(|c| *self.counts.entry(c).or_default() += 1);
        self.ellipses += usize::from(text.contains("...") || text.contains('…'));
        for word in text.split_whitespace() {
            let mut chars = word.chars();
            if let Some(c) = chars.next().filter(|c| is_sign(*c)) {
                let counts = if chars.next().is_none() { &mut self.alone } else { &mut self.opening };
                *counts.entry(c).or_default() += 1;
            }
        }
    }

    /// Returns the characters that are frequent enough.
    pub(crate) fn finish(self) -> KnownCharacters {
        let mut highest: HashMap<Family, usize> = HashMap::new();
        for (c, count) in &self.counts {
            if let Some(family) = family(*c) {
                let highest = highest.entry(family).or_default();
                *highest = (*highest).max(*count);
            }
        }
        let is_known = |(c, count): (char, usize)| {
            let rarest = family(c).map_or(0.0, |family| RAREST * highest[&family] as f64);
            let is_kept = !is_invisible(c) || is_joiner(c);
            (is_kept && count >= FEWEST && count as f64 >= rarest).then_some((count, c))
        };
        let mut known: Vec<(usize, char)> = self.counts.into_iter().filter_map(is_known).collect();
        known.sort_by_key(|(count, c)| (std::cmp::Reverse(*count), *c));
        let characters: String = known.into_iter().map(|(_, c)| c).collect();
        let frequent = |counts: HashMap<char, usize>| -> String {
            let frequent = counts.into_iter().filter(|(_, count)| *count >= FEWEST).map(|(c, _)| c);
            frequent.collect::<BTreeSet<char>>().into_iter().collect()
        };
        KnownCharacters {
            characters,
            alone: frequent(self.alone),
            opening: frequent(self.opening),
            has_ellipsis: self.ellipses >= FEWEST,
        }
    }
}

impl KnownCharacters {
    /// Returns the letters in lower case.
    pub(crate) fn letters(&self) -> HashSet<char> {
        self.characters.chars().flat_map(char::to_lowercase).collect()
    }

    /// Returns an index for fast searches.
    pub(crate) fn index(&self) -> CharacterIndex {
        CharacterIndex {
            known: self.characters.chars().collect(),
            alone: self.alone.chars().collect(),
            opening: self.opening.chars().collect(),
            by_frequency: self.characters.chars().filter(|c| is_sign(*c) || c.is_whitespace()).collect(),
            has_ellipsis: self.has_ellipsis,
        }
    }
}

/// [`KnownCharacters`], laid out for searching.
#[derive(Clone, Debug)]
pub(crate) struct CharacterIndex {
    known: HashSet<char>,
    alone: HashSet<char>,
    opening: HashSet<char>,
    /// The known punctuation, symbols and spaces, the most frequent first.
    by_frequency: Vec<char>,
    has_ellipsis: bool,
}

impl CharacterIndex {
    pub(crate) fn is_known(&self, c: char) -> bool {
        self.known.contains(&c)
    }

    /// Returns whether the training text has this character as a word of its own.
    pub(crate) fn is_known_alone(&self, c: char) -> bool {
        self.alone.contains(&c)
    }

    /// Returns whether words of the training text begin with this sign.
    pub(crate) fn is_known_opening(&self, c: char) -> bool {
        self.opening.contains(&c)
    }

    /// Changes a text in NFC: unknown characters become known ones that look like them, invisible characters are
    /// removed, and white space becomes one space between two words. Letters, emoji and the `kept` parts stay.
    pub(crate) fn read(&self, text: MappedText, kept: &[Range<usize>]) -> MappedText {
        text.changed(|text| {
            let mut changed = ChangedText::default();
            let mut at = 0;
            let mut is_first = true;
            let mut kept = kept.iter().peekable();
            while at < text.len() {
                if let Some(part) = kept.next_if(|part| part.start <= at) {
                    changed.keep(text, at..part.end.max(at));
                    (at, is_first) = (part.end.max(at), false);
                    continue;
                }
                let white = self.white_space(&text[at..]);
                if white > 0 {
                    let is_edge = is_first || at + white == text.len();
                    changed.push(at, if is_edge { "" } else { self.space(&text[at..at + white]) });
                    at += white;
                    continue;
                }
                is_first = false;
                let rest = &text[at..];
                let emoji = emoji_len(rest);
                let len = emoji.unwrap_or_else(|| rest.chars().next().map_or(0, char::len_utf8));
                let replacement = rest.chars().next().filter(|_| emoji.is_none());
                match replacement.and_then(|c| self.replacement(c, &rest[len..])) {
                    Some(replacement) => changed.push(at, &replacement),
                    None => changed.keep(text, at..at + len),
                }
                at += len;
            }
            (changed.text() != text).then_some(changed)
        })
    }

    /// Returns the length of the white space at the start of a text, with the invisible characters in it.
    fn white_space(&self, text: &str) -> usize {
        let is_removed = |c: char| is_invisible(c) && !self.is_known(c);
        let run = text.len() - text.trim_start_matches(|c: char| c.is_whitespace() || is_removed(c)).len();
        if text[..run].contains(char::is_whitespace) { run } else { 0 }
    }

    /// Returns the space that replaces a run of white space.
    fn space<'a>(&self, run: &'a str) -> &'a str {
        let mut chars = run.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) if self.is_known(c) => run,
            _ => " ",
        }
    }

    /// Returns the known text that replaces an unknown character before `after`; `None` if it stays.
    fn replacement(&self, c: char, after: &str) -> Option<String> {
        if self.is_known(c) {
            return None;
        }
        if is_invisible(c) {
            return Some(String::new());
        }
        if c == '…' && !self.has_ellipsis && self.is_known('.') {
            return Some('.'.to_string());
        }
        if let Some(similar) = family(c).and_then(|family| self.similar(c, family)) {
            return Some(similar.to_string());
        }
        let compatible: String = c.nfkc().collect();
        if compatible.chars().ne([c]) {
            let parts = compatible.chars().map(|part| match self.is_known(part) {
                true => Some(part.to_string()),
                false => self.replacement(part, after),
            });
            if let Some(parts) = parts.collect::<Option<String>>() {
                return Some(parts);
            }
        }
        // Inside a word it is a part of a number or an address.
        let is_outside = |c: char| c.is_whitespace() || closes_quotation(c);
        let ends_word = ends_sentence_without_space(c) || after.chars().next().is_none_or(is_outside);
        if ends_word { self.similar_mark(c).map(|mark| mark.to_string()) } else { None }
    }

    /// Returns the known character of a family that is most like `c`: an opening one for an opening one, else the most
    /// frequent.
    fn similar(&self, c: char, family: Family) -> Option<char> {
        let members = || self.by_frequency.iter().copied().filter(|known| self::family(*known) == Some(family));
        let side = |c: char| (OPENING.has(c), CLOSING.has(c));
        members().find(|known| side(*known) == side(c)).or_else(|| members().next())
    }

    /// Returns the known mark between or after sentences that is most like `c`.
    fn similar_mark(&self, c: char) -> Option<char> {
        let known = |like: fn(char) -> bool| self.by_frequency.iter().copied().find(|c| like(*c));
        if let Some(mark) = sentence_mark(c) {
            let same = self.by_frequency.iter().copied().find(|known| sentence_mark(*known) == Some(mark));
            return same.or_else(|| known(|c| sentence_mark(c) == Some(SentenceMark::FullStop)));
        }
        is_comma(c).then(|| known(is_comma)).flatten()
    }
}

/// Returns whether a character separates the parts of a sentence.
fn is_comma(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '،' | '؛' | '、' | '，' | '；' | '：' | '､' | '·')
}
