//! The header row of a table: `English<TAB>Yoruba`, `source<TAB>target`, `en<TAB>fr`.

use glosser_text::{language_by_code, language_by_name};

/// Words that name a column, by the language of the header. Two columns in the same language of headers are no
/// translations of each other.
const COLUMN_WORDS: [&str; 6] = [
    "source src target tgt trg reference ref hypothesis translation translated original sentence sentences text texts \
     input output language lang segment segments word words meaning gloss",
    "source cible texte phrase phrases traduction original langue segment référence mot",
    "quelle ziel satz sätze text übersetzung original sprache quelltext zieltext quellsprache zielsprache wort",
    "fuente origen destino texto frase oración traducción idioma palabra original",
    "fonte origem destino texto frase tradução idioma língua palavra original",
    "原文 译文 譯文 訳文 翻訳 翻译 翻譯 文 源 目标",
];

/// Codes that are frequent words as well.
const CODES_THAT_ARE_WORDS: &str =
    "am an as be he is it my no or so to de en es la le on un et ni si se da ja na sa tu";

/// Mean characters of a side from which a corpus has sentences, not words.
const SENTENCE: usize = 15;

/// A first row that may be a header, while the other rows are read.
#[derive(Debug, Clone)]
pub(crate) struct HeaderCheck {
    cells: [String; 2],
    doubt: Doubt,
    rows: usize,
    characters: usize,
    /// Whether a cell of the header also occurs as a word below it, for each column.
    occurs: [bool; 2],
}

/// The reason why a first row may be a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    None,
    /// Both cells are codes, which may be words of the two languages.
    Codes,
    /// One cell is a name of a column; the other is one unknown word.
    UnknownName,
}

/// The meaning of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    /// A language, by its code or its name; further words name the column.
    Language { code: &'static str, is_code: bool },
    /// A word for a column, in any of the languages of headers.
    Column,
    /// One word with a capital letter.
    Word,
}

impl HeaderCheck {
    /// Begins with the first row; `None` if it is no header.
    pub(crate) fn new(source: &str, target: &str) -> Option<Self> {
        let cells = [source, target].map(|cell| cell.trim().to_lowercase());
        if cells[0] == cells[1] {
            return None;
        }
        let doubt = match [meaning(source)?, meaning(target)?] {
            [Cell::Language { code, .. }, Cell::Language { code: other, .. }] if code == other => return None,
            [Cell::Language { is_code: true, .. }, Cell::Language { is_code: true, .. }] => Doubt::Codes,
            [Cell::Language { .. }, Cell::Language { .. }] => Doubt::None,
            [Cell::Language { .. }, Cell::Column] | [Cell::Column, Cell::Language { .. }] => Doubt::None,
            [Cell::Column, Cell::Column] => are_of_one_header(&cells).then_some(Doubt::None)?,
            [Cell::Word, Cell::Word] => return None,
            [Cell::Word, _] | [_, Cell::Word] => Doubt::UnknownName,
        };
        Some(Self { cells, doubt, rows: 0, characters: 0, occurs: [false; 2] })
    }

    /// Adds a row below the first.
    pub(crate) fn add(&mut self, source: &str, target: &str) {
        if self.doubt == Doubt::None {
            return;
        }
        self.rows += 1;
        self.characters += source.chars().count().min(target.chars().count());
        for ((cell, occurs), text) in self.cells.iter().zip(&mut self.occurs).zip([source, target]) {
            *occurs = *occurs || text.len() >= cell.len() && words(&text.to_lowercase()).any(|word| word == cell);
        }
    }

    /// Returns whether the first row is a header, after the last row.
    pub(crate) fn is_header(&self) -> bool {
        let has_sentences = self.rows > 0 && self.characters / self.rows >= SENTENCE;
        match self.doubt {
            Doubt::None => true,
            Doubt::Codes => {
                let are_words = self.cells.iter().all(|cell| words(CODES_THAT_ARE_WORDS).any(|word| word == cell));
                self.occurs != [true; 2] && (has_sentences || !are_words)
            }
            Doubt::UnknownName => self.occurs == [false; 2] && has_sentences,
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn meaning(cell: &str) -> Option<Cell> {
    const MOST_WORDS: usize = 5;
    let lower = cell.trim().trim_start_matches('#').trim().to_lowercase();
    if let Some(code) = language_by_name(&lower) {
        return Some(Cell::Language { code, is_code: false });
    }
    let all: Vec<&str> = words(&lower).collect();
    if all.is_empty() || all.len() > MOST_WORDS || lower.ends_with(['.', '!', '?', '。']) {
        return None;
    }
    if let Some(language) = language(&all, cell) {
        return Some(language);
    }
    if is_column_word(all[0]) && all.iter().all(|word| is_column_word(word) || is_number(word)) {
        return Some(Cell::Column);
    }
    let is_name =
        all.len() == 1 && cell.trim().starts_with(char::is_uppercase) && cell.trim().chars().all(char::is_alphabetic);
    is_name.then_some(Cell::Word)
}

/// Returns the language of `English sentence`, `text_en`, `en-US`, `source (fr)`: one language, and column words or a
/// region or script beside it.
fn language(all: &[&str], cell: &str) -> Option<Cell> {
    let (at, code, is_code) = (0..all.len()).find_map(|at| match language_by_name(all[at]) {
        Some(code) => Some((at, code, false)),
        None => language_by_code(all[at]).map(|code| (at, code, true)),
    })?;
    // `No text` and `German beer` are text.
    let is_compact = cell.contains(['(', '[']) || !cell.trim().contains(' ');
    if is_code && !is_compact {
        return None;
    }
    let is_region = |other: usize| is_compact && other == at + 1 && (2..=4).contains(&all[other].len());
    let is_fine = |other: usize| other == at || is_column_word(all[other]) || is_number(all[other]) || is_region(other);
    (0..all.len()).all(is_fine).then_some(Cell::Language { code, is_code: is_code && all.len() == 1 })
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_column_word(word: &str) -> bool {
    COLUMN_WORDS.iter().any(|list| is_listed(list, word))
}

/// Returns whether a list has a word, without the number at its end: `sentence1`.
fn is_listed(list: &str, word: &str) -> bool {
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    list.split_whitespace().any(|other| other == word)
}

/// Returns whether one language of headers has the words of both cells.
fn are_of_one_header(cells: &[String; 2]) -> bool {
    let has = |list: &str, cell: &str| words(cell).all(|word| is_number(word) || is_listed(list, word));
    COLUMN_WORDS.iter().any(|list| cells.iter().all(|cell| has(list, cell)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCES: [(&str, &str); 2] = [
        ("The dog runs through the grass.", "Le chien court dans l'herbe."),
        ("It is no good to me.", "Es la vida, no?"),
    ];

    fn is_header(source: &str, target: &str, rows: &[(&str, &str)]) -> bool {
        HeaderCheck::new(source, target).is_some_and(|mut check| {
            rows.iter().for_each(|(source, target)| check.add(source, target));
            check.is_header()
        })
    }

    #[test]
    fn names_codes_and_columns_in_the_first_row_are_a_header() {
        for (source, target) in [
            ("English", "Yoruba"),
            ("english", "FRENCH"),
            ("Deutsch", "Français"),
            ("日本語", "English"),
            ("English", "Haitian Creole"),
            ("source", "target"),
            ("src", "tgt"),
            ("Source text", "Target text"),
            ("sentence1", "sentence2"),
            ("en", "fr"),
            ("eng", "deu"),
            ("en-US", "pt_BR"),
            ("zh-Hans", "en"),
            ("text_en", "text_de"),
            ("English sentence", "French translation"),
            ("source (en)", "target (fr)"),
            ("# English", "Cherokee"),
            ("English", "translation"),
            ("texte", "traduction"),
            ("English", "Kalanga"),
            ("原文", "译文"),
        ] {
            assert!(is_header(source, target, &SENTENCES), "{source} {target}");
        }
    }

    #[test]
    fn pairs_are_no_header() {
        for (source, target) in [
            ("The dog runs.", "Le chien court."),
            ("English is easy.", "L'anglais est facile."),
            ("Yes", "Oui"),
            ("French", "Français"),
            ("source", "source"),
            ("sentence", "phrase"),
            ("no", "no"),
            ("it", "es"),
            ("Paris", "Paris"),
            ("Original", "original"),
            ("to be", "être"),
            ("No text", "Sin texto"),
            ("German beer", "English beer"),
            ("", ""),
            ("1", "2"),
        ] {
            assert!(!is_header(source, target, &SENTENCES), "{source} {target}");
        }
        // A dictionary may have the names of languages and short words.
        let dictionary = [("French", "français"), ("dog", "chien")];
        assert!(!is_header("English", "Anglais", &dictionary));
        assert!(!is_header("it", "es", &[("dog", "Hund"), ("cat", "Katze")]));
        assert!(is_header("en", "fr", &dictionary));
    }
}
