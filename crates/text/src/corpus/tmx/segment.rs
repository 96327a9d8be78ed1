//! Collects the text of one side of a unit.

/// The white space of XML. Other spaces, such as a no-break space, are part of the text.
const WHITE_SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// The text of a `seg`. Tools indent it and break it into lines, so a run of white space becomes one space, and white
/// space at either end is removed. A space that is written as a reference is kept.
#[derive(Default)]
pub(super) struct Segment {
    text: String,
    space: bool,
}

impl Segment {
    /// Returns the number of bytes so far.
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

    /// Adds a character that is written as a reference.
    pub(super) fn push_reference(&mut self, c: char) {
        match c {
            '\t' | '\n' | '\r' => self.space = true,
            c => {
                self.push_space();
                self.text.push(c);
            }
        }
    }

    /// Adds a space between the text before and after this place.
    pub(super) fn push_break(&mut self) {
        self.space = true;
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
