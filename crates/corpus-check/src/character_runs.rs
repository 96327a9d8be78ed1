//! Long runs of one character: rulers, dot leaders, keys that were held down.

/// No word of any language repeats a letter this often; shorter runs such as `...` are punctuation.
const LONG: usize = 6;

/// Large numbers have many zeros in a row.
const LONG_DIGITS: usize = 12;

/// Returns the first character that is repeated more often than in ordinary writing, and the length of the run.
pub(crate) fn long_run(text: &str) -> Option<(char, usize)> {
    let mut run = ('\0', 0);
    for c in text.chars() {
        // Rulers are also written with spaces: `* * * * *`.
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
    count >= if c.is_numeric() { LONG_DIGITS } else { LONG }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rulers_leaders_and_held_keys_are_found() {
        assert_eq!(long_run("Chapter 1 ........ 7"), Some(('.', 8)));
        assert_eq!(long_run("* * * * * *"), Some(('*', 6)));
        assert_eq!(long_run("noooooo!"), Some(('o', 6)));
        assert_eq!(long_run("0000000000000"), Some(('0', 13)));
    }

    #[test]
    fn ordinary_writing_is_accepted() {
        for text in [
            "",
            "Schifffahrt",
            "Well... yes?!?!",
            "1,000,000,000 and 1000000000",
            "ah, ah, ah",
            "o o o o o o o",
            "--- a",
        ] {
            assert_eq!(long_run(text), None, "{text}");
        }
    }
}
