//! Writes a parallel corpus: a TSV, two plain files, or a translation memory.

use std::io::{self, Write};

use crate::corpus::languages::Languages;
use crate::corpus::pair::Pair;
use crate::error::TextError;
use crate::io::atomic::Output;

/// Writes pairs such that reading the result returns the same pairs.
///
/// A tab or a line end inside a side would split it: it is replaced by a space and counted. In a translation memory,
/// the same happens to characters that XML does not allow.
///
/// ```
/// use glosser_text::{CorpusWriter, Output, Pair};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("pairs.tsv");
/// let mut writer = CorpusWriter::tsv(Output::create(&path)?);
/// writer.write(&Pair { source: "ein Hund".to_owned(), target: "a\ndog".to_owned() })?;
/// assert_eq!(writer.finish()?.replaced, 1);
/// assert_eq!(std::fs::read_to_string(&path)?, "ein Hund\ta dog\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CorpusWriter {
    outputs: Vec<Output>,
    /// Set for a translation memory.
    languages: Option<Languages>,
    written: Written,
    /// The buffer of the current line.
    line: String,
}

/// The number of written pairs and of replaced characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// The number of pairs.
    pub pairs: usize,
    /// The number of characters that were replaced by spaces.
    pub replaced: usize,
}

impl Written {
    /// Returns a note about replaced characters, if there are any.
    pub fn note(&self) -> Option<String> {
        let (s, became) = if self.replaced == 1 { ("", "became a space") } else { ("s", "became spaces") };
        (self.replaced > 0)
            .then(|| format!("{} tab{s}, line end{s} or control character{s} inside a side {became}", self.replaced))
    }
}

const TMX_END: &str = "</body>\n</tmx>\n";

impl CorpusWriter {
    /// Writes a TSV: one pair per line, with a tab between source and target.
    pub fn tsv(output: Output) -> Self {
        Self::new(vec![output], None)
    }

    /// Writes two files with one sentence per line; line N of one translates line N of the other.
    pub fn two(source: Output, target: Output) -> Self {
        Self::new(vec![source, target], None)
    }

    /// Writes a translation memory, TMX 1.4 in UTF-8.
    ///
    /// # Errors
    /// [`TextError::NotWritten`].
    pub fn tmx(output: Output, languages: Languages) -> Result<Self, TextError> {
        let mut writer = Self::new(vec![output], Some(languages.clone()));
        let version = env!("CARGO_PKG_VERSION");
        let source = languages.source();
        writer.put(
            0,
            &format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                 <tmx version=\"1.4\">\n\
                 <header creationtool=\"glosser\" creationtoolversion=\"{version}\" segtype=\"sentence\" \
                 o-tmf=\"glosser\" adminlang=\"en\" srclang=\"{source}\" datatype=\"plaintext\"/>\n\
                 <body>\n"
            ),
        )?;
        Ok(writer)
    }

    fn new(outputs: Vec<Output>, languages: Option<Languages>) -> Self {
        Self { outputs, languages, written: Written::default(), line: String::new() }
    }

    /// Writes a pair.
    ///
    /// # Errors
    /// [`TextError::NotWritten`].
    pub fn write(&mut self, pair: &Pair) -> Result<(), TextError> {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        if let Some(languages) = &self.languages {
            line.push_str("<tu>");
            for (language, text) in [(languages.source(), &pair.source), (languages.target(), &pair.target)] {
                line.extend(["<tuv xml:lang=\"", language, "\"><seg>"]);
                self.written.replaced += push_xml(&mut line, text);
                line.push_str("</seg></tuv>");
            }
            line.push_str("</tu>\n");
        } else {
            self.written.replaced += push_plain(&mut line, &pair.source);
            if self.outputs.len() == 2 {
                line.push('\n');
                self.put(0, &line)?;
                line.clear();
            } else {
                line.push('\t');
            }
            self.written.replaced += push_plain(&mut line, &pair.target);
            line.push('\n');
        }
        self.put(self.outputs.len() - 1, &line)?;
        self.written.pairs += 1;
        self.line = line;
        Ok(())
    }

    /// Moves the files to their places, like [`Output::finish`].
    ///
    /// # Errors
    /// [`TextError::NotWritten`].
    pub fn finish(mut self) -> Result<Written, TextError> {
        if self.languages.is_some() {
            self.put(0, TMX_END)?;
        }
        Output::finish(self.outputs)?;
        Ok(self.written)
    }

    fn put(&mut self, output: usize, text: &str) -> Result<(), TextError> {
        let output = &mut self.outputs[output];
        let done: io::Result<()> = output.write_all(text.as_bytes());
        done.map_err(|cause| output.not_written(cause))
    }
}

/// Adds a side to a line without a tab or line end in it. Returns the number of replaced characters.
fn push_plain(line: &mut String, text: &str) -> usize {
    let mut replaced = 0;
    line.extend(text.chars().map(|c| match c {
        '\t' | '\n' | '\r' | '\0' => {
            replaced += 1;
            ' '
        }
        c => c,
    }));
    replaced
}

/// Adds a side to a line as the text of an XML element. Returns the number of replaced characters. XML readers may
/// merge several spaces, so all spaces except a single one between two words are written as references.
fn push_xml(line: &mut String, text: &str) -> usize {
    let mut replaced = 0;
    let mut after_space = true;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let is_space = c == ' ' || !is_xml(c);
        replaced += usize::from(is_space && c != ' ');
        match c {
            _ if is_space && (after_space || characters.peek().is_none()) => line.push_str("&#32;"),
            _ if is_space => line.push(' '),
            '&' => line.push_str("&amp;"),
            '<' => line.push_str("&lt;"),
            // Required only in `]]>`; always escaping it is simpler.
            '>' => line.push_str("&gt;"),
            c => line.push(c),
        }
        after_space = is_space;
    }
    replaced
}

/// Returns whether XML 1.0 allows the character (section 2.2) and keeps it unchanged.
fn is_xml(c: char) -> bool {
    !matches!(c, '\0'..='\x1F' | '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
