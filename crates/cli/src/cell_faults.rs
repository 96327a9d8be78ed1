//! The faults of a line of a TSV that are in some of its cells.

use glosser_text::TextError;

/// The number of tabs in a text.
pub fn tabs(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\t').count()
}

/// The faults of some cells of a TSV, from those of their line: a place in the line becomes that in the cell.
pub fn of_cells(faults: &[TextError], line: &[u8], cells: impl Iterator<Item = usize>) -> Vec<TextError> {
    let mut found = Vec::new();
    for cell in cells {
        let before: usize = line.split(|byte| *byte == b'\t').take(cell).map(|cell| cell.len() + 1).sum();
        let cell = line.split(|byte| *byte == b'\t').nth(cell).unwrap_or_default();
        for fault in faults {
            match (fault, std::str::from_utf8(cell), std::str::from_utf8(line)) {
                (TextError::NotUtf8 { file, line, column, guess, .. }, Err(of_cell), Err(of_line)) => {
                    let at = of_cell.valid_up_to();
                    let column = column + before + at - of_line.valid_up_to();
                    found.push(TextError::NotUtf8 { file: file.clone(), line: *line, column, byte: cell[at], guess });
                }
                (TextError::Nul { file, line }, ..) if cell.contains(&0) => {
                    found.push(TextError::Nul { file: file.clone(), line: *line });
                }
                _ => {}
            }
        }
    }
    found
}
