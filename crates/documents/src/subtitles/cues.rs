//! The cues of SubRip subtitles: number, times, lines of text.

use crate::error::DocumentError;
use crate::lines::{Line, lines};
use glosser_text::excerpt;

/// The longest part of a line in an error, in characters.
const LONGEST_FOUND: usize = 60;

/// Returns the lines of text of each cue, up to a blank line. Text after a blank line that is not the beginning of a
/// cue belongs to the cue before, as a text of its own.
pub(crate) fn texts(source: &str) -> Result<Vec<Vec<Line>>, DocumentError> {
    let lines: Vec<Line> = lines(source).collect();
    let content = |number: usize| lines.get(number).map_or("", |line| source[line.content.clone()].trim());
    let fault = |number: usize, problem, remedy| {
        let found = excerpt(content(number), LONGEST_FOUND);
        Err(DocumentError::Subtitles { line: number + 1, problem, found, remedy })
    };
    let mut texts = Vec::new();
    let mut has_cue = false;
    let mut number = 0;
    while number < lines.len() {
        let line = content(number);
        let times = if is_number(line) { number + 1 } else { number };
        if line.is_empty() {
            number += 1;
        } else if is_times(content(times)) {
            has_cue = true;
            let text = text(&lines, times + 1, source);
            number = times + 1 + text.len();
            texts.push(text);
        } else if content(times).contains("-->") {
            return fault(times, "expected two times", "write them as `00:01:02,345 --> 00:01:06,789`");
        } else if has_cue {
            let text = text(&lines, number, source);
            number += text.len();
            texts.push(text);
        } else if line.starts_with("WEBVTT") {
            return fault(number, "expected SubRip", "convert this WebVTT file to SubRip (.srt) first");
        } else if times > number {
            return fault(times, "expected the times of a cue", "write them as `00:01:02,345 --> 00:01:06,789`");
        } else {
            return fault(
                number,
                "expected the number of a cue",
                "translate it as plain text (.txt) if it has no subtitles",
            );
        }
    }
    texts.retain(|text| !text.is_empty());
    Ok(texts)
}

/// Returns the lines from a number on, up to a blank line.
fn text(lines: &[Line], from: usize, source: &str) -> Vec<Line> {
    let filled =
        lines[from.min(lines.len())..].iter().take_while(|line| !source[line.content.clone()].trim().is_empty());
    filled.cloned().collect()
}

fn is_number(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether a line is the times of a cue. Places on the screen may follow, as in `X1:100 X2:600 Y1:20 Y2:40`.
fn is_times(line: &str) -> bool {
    let Some((start, rest)) = line.split_once("-->") else { return false };
    let end = rest.split_whitespace().next().unwrap_or_default();
    is_time(start.trim()) && is_time(end)
}

/// Returns whether a text is a time such as `00:01:02,345`. Some programs write a full stop, or fewer digits.
fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split([':', ',', '.']).collect();
    parts.len() == 4 && text.matches(':').count() == 2 && parts.iter().all(|part| is_number(part) && part.len() <= 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Result<Vec<Vec<&str>>, DocumentError> {
        let texts = texts(source)?;
        Ok(texts.iter().map(|text| text.iter().map(|line| &source[line.content.clone()]).collect()).collect())
    }

    #[test]
    fn a_cue_has_a_number_times_and_lines_until_a_blank_one() {
        for (source, expected) in [
            ("", vec![]),
            ("\u{feff}\r\n\r\n", vec![]),
            ("1\n00:00:01,000 --> 00:00:02,000\nHi\n", vec![vec!["Hi"]]),
            ("\u{feff}1\r\n00:00:01,000 --> 00:00:02,000\r\nHi\r\nyou", vec![vec!["Hi", "you"]]),
            ("1\n0:0:1.5-->0:0:2.5 X1:1 X2:2\nHi\n\n\n2\n00:00:03,000 --> 00:00:04,000\n\n", vec![vec!["Hi"]]),
            // Without a number.
            ("00:00:01,000 --> 00:00:02,000\nHi\n", vec![vec!["Hi"]]),
            // A number that is text, and a blank line within a text.
            ("1\n00:00:01,000 --> 00:00:02,000\n1984\nis\n\n42\nyears", vec![vec!["1984", "is"], vec!["42", "years"]]),
        ] {
            assert_eq!(read(source).as_ref(), Ok(&expected), "{source:?}");
        }
    }

    #[test]
    fn a_malformed_file_is_an_error_with_line_and_remedy() {
        for (source, expected) in [
            ("Hello\nyou", "line 1 of the subtitles: expected the number of a cue, found `Hello`; translate it as"),
            ("WEBVTT\n\n", "line 1 of the subtitles: expected SubRip, found `WEBVTT`; convert"),
            ("\n1\nHello", "line 3 of the subtitles: expected the times of a cue, found `Hello`; write them as"),
            ("1", "line 2 of the subtitles: expected the times of a cue, found ``; write them as"),
            (
                "1\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\n00:00:01,000 --> soon\nHi",
                "line 6 of the subtitles: expected two times, found `00:00:01,000 --> soon`; write them as",
            ),
        ] {
            let error = read(source).expect_err(source).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
