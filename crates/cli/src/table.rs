//! Tables: columns that line up on a terminal, and TSV everywhere else.

use crate::progress_line::cut;
use std::io::{self, IsTerminal, Write, stdout};
use unicode_width::UnicodeWidthStr;

/// Columns between two columns of a table.
const GAP: usize = 2;

/// Smallest width of a column of text, beyond which the table is wider than the terminal.
const MIN_TEXT: usize = 8;

/// Writes rows of equal length, the first of which is the header: with tabs, or lined up if standard output is a
/// terminal. `texts` are the columns that may be cut to fit into its width.
pub fn write(out: &mut impl Write, rows: &[Vec<String>], texts: &[usize]) -> io::Result<()> {
    if stdout().is_terminal() {
        return lined_up(out, rows, texts, crate::output::width());
    }
    rows.iter().try_for_each(|row| writeln!(out, "{}", row.join("\t")))
}

/// Returns the width of a table in which nothing is cut.
pub fn width_of(rows: &[Vec<String>]) -> usize {
    widths(rows).iter().sum::<usize>() + GAP * rows.first().map_or(0, Vec::len).saturating_sub(1)
}

/// The width of each column.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.first().map_or(0, Vec::len);
    (0..columns).map(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or(0)).collect()
}

/// Writes rows for a terminal of this width.
pub fn lined_up(out: &mut impl Write, rows: &[Vec<String>], texts: &[usize], width: usize) -> io::Result<()> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut widths = widths(rows);
    let is_number = |column: usize| rows[1..].iter().all(|row| row[column].parse::<f64>().is_ok());
    let numbers: Vec<bool> = (0..columns).map(|column| !texts.contains(&column) && is_number(column)).collect();
    // The widest text is cut first.
    loop {
        let needed = widths.iter().sum::<usize>() + GAP * columns.saturating_sub(1);
        let longest = texts.iter().copied().max_by_key(|column| widths[*column]);
        match longest.filter(|column| needed > width && widths[*column] > MIN_TEXT) {
            Some(column) => widths[column] -= 1,
            None => break,
        }
    }
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let cell = if texts.contains(&column) { cut(cell, widths[column]) } else { cell.clone() };
            let padding = " ".repeat(widths[column].saturating_sub(cell.width()));
            let gap = if column > 0 { " ".repeat(GAP) } else { String::new() };
            line += &gap;
            line += &if numbers[column] { padding + &cell } else { cell + &padding };
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_numbers_on_the_right_and_texts_are_cut() {
        let rows: Vec<Vec<String>> =
            [["line", "score", "source"], ["1", "-0.5", "日本語の文"], ["12", "10.25", "a dog runs through the snow"]]
                .map(|row| row.map(str::to_owned).to_vec())
                .to_vec();
        let shown = |width| {
            let mut text = Vec::new();
            lined_up(&mut text, &rows, &[2], width).expect("memory");
            String::from_utf8(text).expect("UTF-8")
        };
        let expected = "line  score  source\n   1   -0.5  日本語の文\n  12  10.25  a dog runs through the snow\n";
        assert_eq!(shown(80), expected);
        assert_eq!(shown(25), "line  score  source\n   1   -0.5  日本語の文\n  12  10.25  a dog runs …\n");
        assert!(shown(10).lines().all(|line| line.width() <= 4 + GAP + 5 + GAP + MIN_TEXT), "{}", shown(10));
    }
}
