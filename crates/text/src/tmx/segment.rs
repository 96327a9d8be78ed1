//! The text of one side of a unit.

/// Characters that XML calls white space. Others - a no-break space, an ideographic one - are part of the text.
const WHITE_SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// Collects the text of a `seg`, which may be indented and broken into lines as its tool liked: a run of white space is one
/// space, and none at either end. A space that is written as a reference is meant, and stays.
#[derive(Default)]
pub(super) struct Segment {
    text: String,
    space: bool,
}

impl Segment {
    /// Bytes so far.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn push(&mut self, text: &str) {
        for (index, word) in text.split(WHITE_SPACE).enumerate() {
            self.space |= index > 0;
            if !word.is_empty() {
                self.push_space();
                self.text.push_str(word);
            }
        }
    }

    /// A character that was written as a reference.
    pub(super) fn push_reference(&mut self, c: char) {
        match c {
            '\t' | '\n' | '\r' => self.space = true,
            c => {
                self.push_space();
                self.text.push(c);
            }
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn push_space(&mut self) {
        if std::mem::take(&mut self.space) && !self.text.is_empty() {
            self.text.push(' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_white_space_become_one_space_and_other_spaces_stay() {
        for (parts, expected) in [
            (&["\n  ein \r\n\t Hund  \n"][..], "ein Hund"),
            (&["ein ", " Hund"], "ein Hund"),
            (&["ein", "Hund"], "einHund"),
            (&["quoi\u{A0}?\u{3000}\u{2028}x"], "quoi\u{A0}?\u{3000}\u{2028}x"),
            (&[" \n "], ""),
        ] {
            let mut segment = Segment::default();
            parts.iter().for_each(|part| segment.push(part));
            assert_eq!((segment.len(), segment.into_text().as_str()), (expected.len(), expected));
        }
    }

    #[test]
    fn a_space_by_reference_is_kept_and_a_line_end_by_reference_is_a_space() {
        let mut segment = Segment::default();
        segment.push_reference(' ');
        segment.push("a ");
        segment.push_reference(' ');
        segment.push("b");
        segment.push_reference('\n');
        segment.push_reference('\r');
        segment.push("c");
        segment.push_reference(' ');
        segment.push(" ");
        assert_eq!(segment.into_text(), " a  b c ");
    }
}
