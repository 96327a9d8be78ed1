//! Recognises text in formats other than TSV by a line without a second column, and names the remedy.

use crate::error::TextError;
use crate::io::open::STANDARD_INPUT;

/// The beginnings of a web page, in small letters.
const PAGE: [&str; 2] = ["<!doctype html", "<html"];

/// Returns whether a text begins like a web page.
pub(crate) fn is_web_page(line: &str) -> bool {
    let line = line.trim_start_matches('\u{FEFF}').trim_start().to_ascii_lowercase();
    PAGE.iter()
        .any(|start| line.strip_prefix(start).is_some_and(|rest| rest.starts_with(['>', ' ', '\t']) || rest.is_empty()))
}

/// Refuses a text whose first line is that of a web page.
///
/// # Errors
/// [`TextError::Format`].
pub(crate) fn refuse_web_page(lines: &[Vec<u8>], file: &str) -> Result<(), TextError> {
    if !lines.first().is_some_and(|line| is_web_page(&String::from_utf8_lossy(line))) {
        return Ok(());
    }
    let name = if file == STANDARD_INPUT { "FILE" } else { file };
    let (problem, remedy) = ("this is a web page (HTML)".to_owned(), PAGE_REMEDY.replace("FILE", name));
    Err(TextError::Format { file: file.to_owned(), problem, remedy })
}

/// The remedy for a web page; `FILE` is its name.
pub(crate) const PAGE_REMEDY: &str = "save its text, e.g. `pandoc -t plain --wrap=none FILE -o text.txt`";

/// Returns the remedy for a line of `file` that has one column only, if the line shows what the file is.
///
/// ```
/// let hint = glosser_text::format_hint("ein Hund ||| a dog", "pairs.txt").unwrap_or_default();
/// assert!(hint.starts_with("this is the format of fast_align"));
/// assert_eq!(glosser_text::format_hint("ein Hund", "pairs.txt"), None);
/// ```
pub fn format_hint(line: &str, file: &str) -> Option<String> {
    let start = line.trim_start_matches('\u{FEFF}').trim_start();
    // Standard input, and names that a shell would split, are left to the user.
    let file = if file == "-" || file.contains(char::is_whitespace) { "FILE" } else { file };
    let hint = if line.contains(" ||| ") || line.contains("\t|||\t") {
        format!(
            "this is the format of fast_align, `source ||| target`; make a TSV of it, e.g. \
             `awk -F ' *[|][|][|] *' '{{ print $1 \"\\t\" $2 }}' {file} > pairs.tsv`"
        )
    } else if is_web_page(line) {
        format!("this is a web page (HTML); {}", PAGE_REMEDY.replace("FILE", file))
    } else if start.starts_with("{\"") || matches!(start.trim_end(), "{" | "[" | "[{") {
        format!(
            "this is JSON; make a TSV of its pairs, e.g. `jq -r '[.source, .target] | @tsv' {file} > pairs.tsv` (`align`, \
             `score` and `audit` read JSON Lines by their keys, e.g. with --columns source,target)"
        )
    } else if start.starts_with("msgid ") || start.starts_with("#: ") {
        format!("this is a catalogue of gettext (PO); make a TMX of it, e.g. `po2tmx -l de {file} pairs.tmx`")
    } else if start.starts_with("<?xml") || start.starts_with('<') && start.ends_with('>') {
        "this is markup; give its text as a TSV, or a translation memory as TMX".to_owned()
    } else if line.trim().contains("    ") {
        "the columns are separated by spaces; put one tab between source and target".to_owned()
    } else {
        let csv = separator(line).map(|sign| {
            format!(
                "if this is a CSV, with {sign} between the columns or with cells in quotation marks, add --csv; else "
            )
        });
        format!("{}separate source and target by one tab, remove the line, or choose other columns (--columns)", csv?)
    };
    Some(hint)
}

/// Returns the sign that may separate the columns of a CSV.
fn separator(line: &str) -> Option<&'static str> {
    [(";", "a semicolon"), (",", "a comma"), ("\"", "a tab")]
        .iter()
        .find(|(sign, _)| line.contains(sign))
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_in_another_format_is_recognised_with_its_remedy() {
        for (line, part) in [
            ("ein Hund ||| a dog", "awk -F"),
            ("<!DOCTYPE html>", "pandoc"),
            ("<HTML lang=\"de\">", "pandoc"),
            ("{\"source\": \"a\", \"target\": \"b\"}", "jq -r"),
            ("msgid \"dog\"", "po2tmx"),
            ("<body>", "markup"),
            ("Ein Hund.    A dog.", "separated by spaces"),
            ("Ein Hund;A dog", "a semicolon"),
            ("Ein Hund,A dog", "a comma"),
            ("\"Ein Hund", "--csv"),
        ] {
            let hint = format_hint(line, "a.txt").expect(line);
            assert!(hint.contains(part), "{line}: {hint}");
        }
        assert_eq!(format_hint("Ein Hund läuft.", "a.txt"), None);
        assert!(!is_web_page("<htmlx>") && !is_web_page("<b>fett</b>"));
    }
}
