//! The tokenisations for BLEU, as in sacreBLEU.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::words::{is_white_space, words};

/// A tokenisation of sacreBLEU that needs no dictionary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tokenization {
    /// The default, as in the NIST script mteval-v13a.
    ///
    /// The rules are made for European languages and use ASCII only: each symbol is a token; a period or comma is a token
    /// unless it is between digits; a hyphen after a digit is a token. Chinese text without spaces stays one token.
    #[default]
    V13a,
    /// As in mteval-v14 with its option for international text: each punctuation mark of any script is a token, unless it
    /// is between digits or at an end of the line beside a digit, and so is each symbol.
    Intl,
    /// For Chinese: each Chinese character is a token, and the text between them is tokenised by the rules of `13a`.
    Zh,
    /// Each character is a token.
    Char,
    /// Words are separated by white space, as they are.
    None,
}

impl Tokenization {
    /// All tokenisations, the default first.
    pub const ALL: [Self; 5] = [Self::V13a, Self::Intl, Self::Zh, Self::Char, Self::None];

    /// The name in sacreBLEU's option `--tokenize` and in signatures.
    pub fn name(self) -> &'static str {
        match self {
            Self::V13a => "13a",
            Self::Intl => "intl",
            Self::Zh => "zh",
            Self::Char => "char",
            Self::None => "none",
        }
    }

    /// Returns the tokenisation with this [name](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tokenization| tokenization.name() == name)
    }

    /// Tokenises a line; the tokens are separated by one space.
    ///
    /// ```
    /// use glosser_evaluation::Tokenization;
    ///
    /// let line = "It's &quot;3-4&quot; of 1,000.5 (ca.).";
    /// assert_eq!(Tokenization::V13a.tokenize(line), "It's \" 3 - 4 \" of 1,000.5 ( ca . ) .");
    /// assert_eq!(Tokenization::Zh.tokenize("我有3.5只狗。"), "我 有 3.5 只 狗 。");
    /// ```
    pub fn tokenize(self, line: &str) -> String {
        let line = line.trim_end_matches(is_white_space);
        let text = match self {
            // The rules for pairs of characters need a neighbour on both sides of each mark.
            Self::V13a => separate_marks(&format!(" {} ", unescape(line))),
            Self::Intl => separate_unicode_marks(line),
            Self::Zh => separate_marks(&surround(line.trim_start_matches(is_white_space), is_chinese)),
            Self::Char => surround(line, |_| true),
            Self::None => line.to_owned(),
        };
        join(&text)
    }
}

/// Joins the words of a text with single spaces.
fn join(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for token in words(text) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(token);
    }
    out
}

/// Reverts SGML: removes its `<skipped>` mark and hyphenation at line ends, and decodes four entities.
///
/// The replacements run in this order, so `&amp;lt;` is decoded twice and `&amp;quot;` once, as in the original script.
fn unescape(line: &str) -> String {
    let text = line.replace("<skipped>", "").replace("-\n", "").replace('\n', " ");
    if !text.contains('&') {
        return text;
    }
    text.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
}

/// Puts spaces around the marks of European text: the part that `13a` and `zh` share.
fn separate_marks(text: &str) -> String {
    let text = surround(text, is_symbol);
    let text = rewrite_pairs(&text, |before, mark| !is_digit(before) && is_point(mark), ["", " ", " "]);
    let text = rewrite_pairs(&text, |mark, after| is_point(mark) && !is_digit(after), [" ", " ", ""]);
    rewrite_pairs(&text, |before, mark| is_digit(before) && mark == '-', ["", " ", " "])
}

/// Puts spaces around punctuation and symbols of any script, by Unicode's general category.
fn separate_unicode_marks(line: &str) -> String {
    let is = |character: char, group| character.general_category_group() == group;
    let is_mark = |character| is(character, GeneralCategoryGroup::Punctuation);
    let is_number = |character| is(character, GeneralCategoryGroup::Number);
    let text = rewrite_pairs(line, |before, mark| !is_number(before) && is_mark(mark), ["", " ", " "]);
    let text = rewrite_pairs(&text, |mark, after| is_mark(mark) && !is_number(after), [" ", " ", ""]);
    surround(&text, |character| is(character, GeneralCategoryGroup::Symbol))
}

/// Puts spaces around each character for which `is_alone` holds.
fn surround(text: &str, is_alone: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(2 * text.len());
    for character in text.chars() {
        if is_alone(character) {
            out.extend([' ', character, ' ']);
        } else {
            out.push(character);
        }
    }
    out
}

/// Inserts the texts `around` before, between and after the two characters of each pair for which `is_pair` holds.
///
/// Pairs are found from left to right and do not overlap, like the matches of a regular expression: in `a.,` the period
/// belongs to `a.`, so the comma has no neighbour before it. A later rule may match it.
fn rewrite_pairs(text: &str, is_pair: impl Fn(char, char) -> bool, around: [&str; 3]) -> String {
    let mut out = String::with_capacity(2 * text.len());
    let mut characters = text.chars().peekable();
    while let Some(first) = characters.next() {
        let Some(second) = characters.next_if(|&second| is_pair(first, second)) else {
            out.push(first);
            continue;
        };
        out.push_str(around[0]);
        out.push(first);
        out.push_str(around[1]);
        out.push(second);
        out.push_str(around[2]);
    }
    out
}

/// ASCII punctuation, except apostrophe and hyphen, and except period and comma, which depend on their neighbours.
fn is_symbol(character: char) -> bool {
    character.is_ascii_punctuation() && !matches!(character, '\'' | '-') && !is_point(character)
}

fn is_point(character: char) -> bool {
    matches!(character, '.' | ',')
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}

/// Whether sacreBLEU's tokeniser `zh` makes this character a token.
///
/// Its table is meant to hold Chinese characters and full-width forms. Two of its ranges lie beyond U+FFFF, but are
/// written with the four-digit escape of Python, which reads U+20000 as U+2000 and a zero. Therefore most punctuation,
/// arrows and symbols from U+2001 on are in the table, and rare characters from U+20000 on are not.
fn is_chinese(character: char) -> bool {
    matches!(
        character,
        '\u{2001}'..='\u{2a6d}'
            | '\u{2e80}'..='\u{2fdf}'
            | '\u{2ff0}'..='\u{303f}'
            | '\u{3100}'..='\u{312f}'
            | '\u{31a0}'..='\u{31ef}'
            | '\u{3200}'..='\u{4db5}'
            | '\u{4e00}'..='\u{9fbb}'
            | '\u{f900}'..='\u{fa2d}'
            | '\u{fa30}'..='\u{fa6a}'
            | '\u{fa70}'..='\u{fad9}'
            | '\u{fe10}'..='\u{fe1f}'
            | '\u{fe30}'..='\u{fe4f}'
            | '\u{ff00}'..='\u{ffef}'
    )
}
