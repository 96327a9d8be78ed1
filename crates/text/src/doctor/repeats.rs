//! Rulers, dot leaders, and keys that were held down.

/// Letters that stand in a row are a word in no language; `...` and `?!?!` are punctuation.
const MOST: usize = 6;

/// Numbers have zeros in a row.
const MOST_DIGITS: usize = 12;

/// The first character that stands in a row more often than writing has it, and how often.
pub(super) fn run_of_one_character(text: &str) -> Option<(char, usize)> {
    let mut run = ('\0', 0);
    for c in text.chars() {
        // Rulers are also drawn with spaces: `* * * * *`.
        if c.is_whitespace() && !run.0.is_alphanumeric() {
            continue;
        }
        if c == run.0 {
            run.1 += 1;
        } else if is_too_long(run) {
            break;
        } else {
            run = (c, 1);
        }
    }
    is_too_long(run).then_some(run)
}

fn is_too_long((c, count): (char, usize)) -> bool {
    count >= if c.is_numeric() { MOST_DIGITS } else { MOST }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rulers_leaders_and_held_keys_are_found() {
        assert_eq!(run_of_one_character("Chapter 1 ........ 7"), Some(('.', 8)));
        assert_eq!(run_of_one_character("* * * * * *"), Some(('*', 6)));
        assert_eq!(run_of_one_character("noooooo!"), Some(('o', 6)));
        assert_eq!(run_of_one_character("0000000000000"), Some(('0', 13)));
    }

    #[test]
    fn writing_is_left_alone() {
        for text in [
            "",
            "Schifffahrt",
            "Well... yes?!?!",
            "1,000,000,000 and 1000000000",
            "ah, ah, ah",
            "o o o o o o o",
            "--- a",
        ] {
            assert_eq!(run_of_one_character(text), None, "{text}");
        }
    }
}
