//! Columns of ids: a table such as `id text id text` is refused if a column of ids is chosen as source or target.

use crate::corpus::columns::Columns;
use crate::error::{TextError, excerpt};

/// The fewest numbers of a column of ids: one or two may well be text.
const ENOUGH_NUMBERS: usize = 3;

/// One cell in this many may be something else in a column of ids, beside the header.
const OTHERS: usize = 50;

/// Cells that are no numbers, and are more than the numbers, from which a column is text.
const ENOUGH_OTHERS: usize = 100;

/// The fewest characters of a sentence, as a mean over its column. Chinese sentences are short; `eng` is a language.
const SENTENCE: usize = 4;

/// The longest excerpt of a cell.
const LONGEST_CELL: usize = 30;

/// Finds out whether a column has only numbers, and so is probably one of ids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NumberColumn {
    numbers: usize,
    others: usize,
    /// Whether the first cell is no number: it may be a header.
    has_header: bool,
}

impl NumberColumn {
    /// Adds a cell of the column.
    pub fn add(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            self.numbers += 1;
        } else {
            self.has_header |= self.numbers + self.others == 0;
            self.others += 1;
        }
    }

    /// Returns whether all cells that are not blank have only digits, except for a header and a fiftieth of them. One or
    /// two such cells may well be text.
    pub fn has_only_numbers(&self) -> bool {
        let others = self.others - usize::from(self.has_header);
        self.numbers >= ENOUGH_NUMBERS && others <= (self.numbers + self.others) / OTHERS
    }

    /// Returns whether so many cells are something else that it is hardly worth while to read on.
    fn is_text(&self) -> bool {
        self.others > ENOUGH_OTHERS && self.others > self.numbers
    }
}

/// The cells of a column, counted.
#[derive(Debug, Clone, Default)]
struct Column {
    cells: usize,
    with_letters: usize,
    characters: usize,
    /// Cells that are the same as the one before: languages and licences are.
    repeated: usize,
    last: String,
}

impl Column {
    fn add(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.cells += 1;
        self.with_letters += usize::from(text.chars().any(char::is_alphabetic));
        self.characters += text.chars().count();
        self.repeated += usize::from(text == self.last);
        self.last.clear();
        self.last.push_str(text);
    }

    /// Returns whether the cells look like sentences: letters in nearly all of them, not the same again and again, and
    /// longer than a code.
    fn has_sentences(&self) -> bool {
        let Self { cells, with_letters, characters, repeated, .. } = *self;
        cells > 0 && 10 * with_letters >= 9 * cells && 2 * repeated < cells && characters >= SENTENCE * cells
    }
}

/// Watches the rows of a table with more than two columns.
#[derive(Debug, Clone)]
pub(crate) struct IdColumns {
    chosen: Columns,
    source: NumberColumn,
    target: NumberColumn,
    /// All columns, as long as a chosen one may be one of ids.
    columns: Vec<Column>,
}

impl IdColumns {
    pub(crate) fn new(chosen: Columns) -> Self {
        let (source, target) = Default::default();
        Self { chosen, source, target, columns: Vec::new() }
    }

    /// Adds a row, which has the chosen columns.
    pub(crate) fn add(&mut self, cells: &[&str]) {
        if self.source.is_text() && self.target.is_text() {
            return;
        }
        let (source, target) = (self.chosen.source(), self.chosen.target());
        self.source.add(cells[source - 1]);
        self.target.add(cells[target - 1]);
        if cells.len() > self.columns.len() {
            self.columns.resize_with(cells.len(), Column::default);
        }
        // Without a third column there is no other choice.
        if self.columns.len() > 2 {
            self.columns.iter_mut().zip(cells).for_each(|(column, cell)| column.add(cell));
        }
    }

    /// Returns the chosen columns that have only numbers.
    pub(crate) fn of_numbers(&self) -> impl Iterator<Item = usize> {
        let chosen = [(self.chosen.source(), self.source), (self.chosen.target(), self.target)];
        chosen.into_iter().filter(|(_, numbers)| numbers.has_only_numbers()).map(|(column, _)| column)
    }

    /// Returns the error for a chosen column of numbers, if a column that was not chosen has sentences: then the numbers
    /// are ids. Without such a column they may be the text, as in a corpus of numbers and their names.
    pub(crate) fn error(&self, file: &str) -> Option<TextError> {
        let ids = self.of_numbers().next()?;
        let (source, target) = (self.chosen.source(), self.chosen.target());
        let has_sentences = |column: usize| self.columns.get(column - 1).is_some_and(Column::has_sentences);
        let sentences: Vec<usize> = (1..=self.columns.len()).filter(|column| has_sentences(*column)).collect();
        if sentences.iter().all(|column| [source, target].contains(column)) {
            return None;
        }
        Some(TextError::IdColumn {
            file: file.to_owned(),
            column: ids,
            example: excerpt(&self.columns[ids - 1].last, LONGEST_CELL),
            remedy: self.remedy(&sentences),
        })
    }

    /// Returns the remedy for a table with sentences in these columns.
    fn remedy(&self, sentences: &[usize]) -> String {
        let [first, second, ..] = *sentences else {
            return format!(
                "only column {} looks like sentences, but a pair has two: give a table with both languages, as the \
                 sentence pairs of Tatoeba are",
                sentences.iter().map(ToString::to_string).collect::<String>()
            );
        };
        let (source, target) = (self.chosen.source(), self.chosen.target());
        let other = |column: usize| sentences.iter().copied().find(|other| *other != column).unwrap_or(second);
        // The side that was chosen well stays, unless it was not chosen but is the default.
        let (source, target) = match (self.chosen == Columns::DEFAULT, sentences.contains(&source)) {
            (true, _) => (first, second),
            (false, true) => (source, other(source)),
            (false, false) if sentences.contains(&target) => (other(target), target),
            (false, false) => (first, second),
        };
        let columns: Vec<String> = sentences.iter().map(ToString::to_string).collect();
        let (last, before) = columns.split_last().map_or(("", &columns[..]), |(last, before)| (last, before));
        format!(
            "columns {} and {last} look like sentences: add `--columns {source},{target}` (if the numbers are the text, \
             remove the other columns)",
            before.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(chosen: &str, rows: &[&str]) -> Option<String> {
        let mut ids = IdColumns::new(chosen.parse().expect("columns"));
        rows.iter().for_each(|row| ids.add(&row.split('\t').collect::<Vec<_>>()));
        ids.error("pairs.tsv").map(|error| error.to_string())
    }

    const TATOEBA: [&str; 4] = [
        "1276\tLet's try something.\t3396\tLass uns etwas versuchen!",
        "1277\tI have to go to sleep.\t5350\tIch muss schlafen gehen.",
        "1280\tToday is June 18th.\t5368\tHeute ist der 18. Juni.",
        "1282\tMuiriel is 20 now.\t5371\tMuiriel ist jetzt 20.",
    ];

    #[test]
    fn a_chosen_column_of_ids_is_refused_with_the_columns_of_sentences() {
        for (chosen, column, remedy) in [
            ("1,2", 1, "--columns 2,4"),
            ("1,3", 1, "--columns 2,4"),
            ("2,3", 3, "--columns 2,4"),
            ("4,1", 1, "--columns 4,2"),
            ("3,4", 3, "--columns 2,4"),
            ("3,2", 3, "--columns 4,2"),
        ] {
            let message = message(chosen, &TATOEBA).expect(chosen);
            let begin = format!("pairs.tsv: column {column} has ids such as `");
            let parts = [begin.as_str(), "columns 2 and 4 look like sentences", remedy];
            assert!(parts.iter().all(|part| message.contains(part)), "{chosen}: {message}");
        }
        assert_eq!(message("2,4", &TATOEBA), None);
    }

    #[test]
    fn a_header_and_a_few_other_cells_do_not_hide_ids() {
        let header = [&["id\ttext\tid\ttext"][..], &TATOEBA].concat();
        assert!(message("1,2", &header).expect("ids").contains("--columns 2,4"));
        let rows: Vec<String> = (0..200)
            .map(|at| {
                format!(
                    "{}\tsentence {at}\t\\N\ttranslation {at}",
                    if at % 80 == 7 { "\\N".into() } else { at.to_string() }
                )
            })
            .collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        assert!(message("1,2", &rows).expect("ids").contains("--columns 2,4"));
    }

    #[test]
    fn a_table_of_one_language_is_refused_with_the_reason() {
        let rows = ["1\tcmn\t我們試試看！", "2\tcmn\t我该去睡觉了。", "3\tcmn\t你在干什麼啊？"];
        let message = message("1,2", &rows).expect("ids");
        assert!(message.contains("only column 3 looks like sentences"), "{message}");
    }

    #[test]
    fn numbers_that_may_be_the_text_are_not_refused() {
        for rows in [
            &["1\tone", "2\ttwo", "3\tthree", "14\tfourteen"][..],
            &["1\tone\t0.5", "2\ttwo\t0.7", "3\tthree\t0.9", "14\tfourteen\t1.0"],
            &["12\ttwelve\teng", "13\tthirteen\teng", "14\tfourteen\teng", "15\tfifteen\teng"],
            &["1\ta dog runs\tun chien court", "2\ta cat\tun chat"],
            &[
                "12\ttwelve\tA sentence.",
                "a dozen\ttwelve\tA sentence.",
                "both\tthe two\tOther words.",
                "4\tfour\tMore.",
            ],
        ] {
            assert_eq!(message("1,2", rows), None, "{rows:?}");
        }
    }

    #[test]
    fn a_column_of_numbers_may_have_a_header_and_a_fiftieth_of_other_cells() {
        let is_of_numbers = |cells: &[(&str, usize)]| {
            let mut column = NumberColumn::default();
            cells.iter().for_each(|(cell, times)| (0..*times).for_each(|_| column.add(cell)));
            column.has_only_numbers()
        };
        assert!(is_of_numbers(&[("12", 3), (" ", 5)]));
        assert!(!is_of_numbers(&[("12", 2)]));
        assert!(is_of_numbers(&[("id", 1), ("12", 3)]));
        assert!(!is_of_numbers(&[("12", 3), ("id", 1)]));
        assert!(is_of_numbers(&[("12", 49), ("n/a", 1)]));
        assert!(!is_of_numbers(&[("12", 48), ("n/a", 1)]));
        assert!(is_of_numbers(&[("id", 1), ("12", 48), ("n/a", 1)]));
        assert!(!is_of_numbers(&[("id", 1), ("12", 47), ("n/a", 1)]));
    }
}
