//! Finds file paths: `/usr/bin/cat`, `C:\Users\x`, `src/main.rs`.

use std::ops::Range;

use crate::words::training_words::TrainingWords;

/// The longest ending of a file name: `.html5`.
const LONGEST_ENDING: usize = 5;

/// Returns the path in a word between white space, without the punctuation around it.
pub(crate) fn path(text: &str, word: Range<usize>, known: &TrainingWords) -> Option<Range<usize>> {
    if !text[word.clone()].contains(['/', '\\']) {
        return None;
    }
    let is_around = |c: char| "()[]<>\"'«»„“”‚‘’`,;!?:".contains(c);
    let open = text[word.clone()].trim_start_matches(is_around);
    let inner = open.trim_end_matches(|c| is_around(c) || c == '.');
    let start = word.end - open.len();
    is_path(inner, known).then_some(start..start + inner.len())
}

fn is_path(word: &str, known: &TrainingWords) -> bool {
    let bytes = word.as_bytes();
    match bytes {
        [drive, b':', b'\\' | b'/', _, ..] if drive.is_ascii_alphabetic() => !word[3..].starts_with('/'),
        [b'\\', b'\\', first, ..] => first.is_ascii_alphanumeric() && word[2..].contains('\\'),
        [b'~', b'/', _, ..] | [b'.', b'/', _, ..] | [b'.', b'.', b'/', _, ..] => are_names(word),
        [b'/', _, ..] => are_names(word) && is_absolute(&word[1..], known),
        _ => are_names(word) && is_relative(word, known),
    }
}

/// Returns whether a word has only characters that are usual in paths, and at least one letter.
fn are_names(word: &str) -> bool {
    word.contains(char::is_alphabetic) && word.chars().all(|c| c.is_alphanumeric() || "/._-+~@%${}*=#".contains(c))
}

/// Returns whether a word behind a slash is a path: two names, or one that is not an ordinary word.
fn is_absolute(names: &str, known: &TrainingWords) -> bool {
    let mut parts = names.trim_end_matches('/').split('/');
    let first = parts.next().unwrap_or_default();
    match parts.next() {
        Some(second) => !first.is_empty() && !second.is_empty(),
        None => {
            first.len() > 1 && !first.starts_with(char::is_uppercase) && !known.is_empty() && !known.contains(first)
        }
    }
}

/// Returns whether a word is a path without a slash at its beginning: the last name is that of a file.
fn is_relative(word: &str, known: &TrainingWords) -> bool {
    let Some((names, (stem, ending))) =
        word.rsplit_once('/').and_then(|(names, file)| Some((names, file.rsplit_once('.')?)))
    else {
        return false;
    };
    let is_ending = ending.starts_with(|c: char| c.is_ascii_lowercase())
        && ending.len() <= LONGEST_ENDING
        && ending.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    !names.is_empty() && !stem.is_empty() && is_ending && !known.contains(ending)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::training_words::WordCollector;

    fn found(word: &str) -> Option<&str> {
        let mut collector = WordCollector::default();
        collector.add("the man or woman is here");
        path(word, 0..word.len(), &collector.finish()).map(|range| &word[range])
    }

    #[test]
    fn paths_are_found_without_the_punctuation_around_them() {
        for path in [
            "/etc/hosts",
            "/opt/",
            "~/notes.txt",
            "./run",
            "../lib/x",
            "D:\\Data\\old",
            "\\\\server\\share",
            "docs/guide.md",
            "/home/{user}/img_%d.png",
        ] {
            assert_eq!(found(&format!("({path}),")), Some(path));
        }
    }

    #[test]
    fn alternatives_and_fractions_are_not_paths() {
        for word in ["man/woman", "and/or", "/man", "/", "//", "1/2", "km/h.", "he/she.", "/Man", "w/o", "man/woman.is"]
        {
            assert_eq!(found(word), None, "{word}");
        }
    }
}
