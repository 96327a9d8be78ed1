//! Everything that can be wrong with a text, a corpus or a tokenizer.

use std::io;

/// What was found, where, and what to do about it. `file` is the name that the user gave.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// There is no such file, or it may not be opened.
    #[error("`{file}` cannot be opened: {cause}; check the path and its permissions (`-` reads standard input)")]
    NotOpened {
        /// The path as given.
        file: String,
        /// The answer of the operating system.
        cause: io::Error,
    },

    /// The path names a directory.
    #[error("`{file}` is a directory; name a text file in it")]
    Directory {
        /// The path as given.
        file: String,
    },

    /// A file could not be written.
    #[error("{file}: cannot be written: {cause}; check the path, its permissions and the room on the disk")]
    NotWritten {
        /// The path as given.
        file: String,
        /// The answer of the operating system.
        cause: io::Error,
    },

    /// What comes from a pipe could not be copied to a file.
    #[error(
        "{file}: training reads a corpus several times, and the copy of this one could not be made: {cause}; \
         make room, or write the corpus to a file and name that"
    )]
    NotCopied {
        /// The pipe as given.
        file: String,
        /// The answer of the operating system.
        cause: io::Error,
    },

    /// Reading stopped in the middle: a disk error, or damaged compressed data.
    #[error("{file}:{line}: reading stopped here: {cause}; copy or download the file again")]
    NotRead {
        /// The file that was being read.
        file: String,
        /// The one-based line that could not be completed.
        line: usize,
        /// The answer of the operating system or of the decompressor.
        cause: io::Error,
    },

    /// The gzip or Zstandard stream ends before its own end mark.
    #[error(
        "{file}:{line}: the compressed data is cut short here; copy or download the file again \
         (`gzip -t` or `zstd -t` checks it)"
    )]
    CutShort {
        /// The compressed file.
        file: String,
        /// The one-based line that could not be completed.
        line: usize,
    },

    /// A line holds bytes that are not UTF-8.
    #[error(
        "{file}:{line}:{column}: byte 0x{byte:02X} is not UTF-8; convert the file, \
         e.g. `iconv -f {guess} -t UTF-8 {file} > utf8.txt`"
    )]
    NotUtf8 {
        /// The file that was being read.
        file: String,
        /// The one-based line.
        line: usize,
        /// The one-based byte within the line, a byte order mark counted.
        column: usize,
        /// The first byte that does not fit.
        byte: u8,
        /// The encoding that the file most likely has.
        guess: &'static str,
    },

    /// A line holds a NUL, which other tools take for the end of the text.
    #[error(
        "{file}:{line}: the line holds a NUL character; remove it, \
         e.g. `tr -d '\\000' < {file} > clean.txt` (if every other byte is NUL, the file is UTF-16: use `iconv`)"
    )]
    Nul {
        /// The file that was being read.
        file: String,
        /// The one-based line.
        line: usize,
    },

    /// A choice of columns that cannot be understood.
    #[error("`{given}` does not name two columns: {reason}; write e.g. `1,2` (source, target; counted from 1)")]
    BadColumns {
        /// The choice as given.
        given: String,
        /// Why it cannot be used.
        reason: &'static str,
    },

    /// A choice of languages that cannot be understood.
    #[error("`{given}` does not name two languages: {reason}; write e.g. `de,en` (source, target)")]
    BadLanguages {
        /// The choice as given.
        given: String,
        /// Why it cannot be used.
        reason: &'static str,
    },

    /// A translation memory that cannot be read any further.
    #[error("{file}:{line}: {problem}; {remedy}")]
    BadTmx {
        /// The translation memory.
        file: String,
        /// The one-based line.
        line: usize,
        /// What was found there.
        problem: String,
        /// What can be done.
        remedy: &'static str,
    },

    /// A translation memory of more than two languages, none of which was chosen.
    #[error(
        "{file}:{line}: a third language begins here, and it was not said which two are wanted; choose two of {found}, \
         e.g. `--languages de,en`"
    )]
    Languages {
        /// The translation memory.
        file: String,
        /// The one-based line where the third language occurs first.
        line: usize,
        /// All its languages, with their numbers of texts.
        found: String,
    },

    /// A translation memory in which no unit has both languages.
    #[error(
        "`{file}` holds no text in {wanted} that belongs together; its languages are {found} (--languages chooses)"
    )]
    NoUnits {
        /// The translation memory.
        file: String,
        /// The languages that were looked for.
        wanted: String,
        /// All its languages, with their numbers of texts.
        found: String,
    },

    /// A choice of columns or languages for a corpus that has none.
    #[error("`{file}` {problem}")]
    WrongChoice {
        /// The corpus.
        file: String,
        /// What does not go together, and the remedy.
        problem: &'static str,
    },

    /// A line of a TSV file has fewer columns than were chosen.
    #[error(
        "{file}:{line}: found {found} column(s) in `{text}`, but column {wanted} is wanted; \
         separate source and target by one tab, remove the line, or choose other columns (--columns)"
    )]
    TooFewColumns {
        /// The TSV file.
        file: String,
        /// The one-based line.
        line: usize,
        /// How many columns the line has.
        found: usize,
        /// The highest column that was chosen.
        wanted: usize,
        /// The beginning of the line.
        text: String,
    },

    /// Two files of one corpus have different numbers of lines.
    #[error(
        "`{source_file}` has {source_lines} lines and `{target_file}` has {target_lines}; \
         {}:{line}: `{text}` is the first line without a partner{}; \
         look for a line that is missing, split or joined above it, and make line N of one file translate line N of the other",
        if source_lines > target_lines { source_file } else { target_file },
        hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default()
    )]
    LineCounts {
        /// The source file.
        source_file: String,
        /// Its number of lines.
        source_lines: usize,
        /// The target file.
        target_file: String,
        /// Its number of lines.
        target_lines: usize,
        /// The one-based line of the file with more lines that has no partner.
        line: usize,
        /// The beginning of that line.
        text: String,
        /// Where the two files stop matching, if a caller has found out.
        hint: Option<String>,
    },

    /// A line of a glossary, or of a list of terms that are not to be translated, that cannot be used.
    #[error(
        "{file}:{line}: {problem} `{text}`; a glossary has a term, a tab and its translation on each line, a list of \
         terms to keep one term"
    )]
    BadTerm {
        /// The file of terms.
        file: String,
        /// The one-based line.
        line: usize,
        /// What is wrong, said of the line.
        problem: String,
        /// The beginning of that line.
        text: String,
    },

    /// A corpus without a single pair, or without one that can be trained on.
    #[error("`{file}` holds no sentence pair{reason}; give a corpus with one pair a line")]
    NoPairs {
        /// The name of the corpus.
        file: String,
        /// Why, where there is more to say than that it is empty.
        reason: &'static str,
    },

    /// A vocabulary without room for the 256 bytes and the control tokens.
    #[error("a vocabulary of {asked} is too small; ask for {smallest} or more (256 bytes and the control tokens)")]
    VocabTooSmall {
        /// The size asked for.
        asked: usize,
        /// The smallest possible size.
        smallest: usize,
    },

    /// A tokenizer file that this crate did not write, or that was damaged since.
    #[error("`{file}` is not a tokenizer of this program: {found}; copy the model directory again, or train anew")]
    BadTokenizer {
        /// The name of the file.
        file: String,
        /// What was found.
        found: String,
    },

    /// The tokenizer library gave up; not known to happen.
    #[error("the tokenizer library failed while {doing}: {cause}; please report this with the command that was used")]
    Library {
        /// What was being done.
        doing: &'static str,
        /// The library's own words.
        cause: String,
    },
}

impl TextError {
    /// Why no more can be read.
    pub(crate) fn not_read(file: String, line: usize, cause: io::Error) -> Self {
        match cause.kind() {
            // Only a decompressor knows that more should have come.
            io::ErrorKind::UnexpectedEof => Self::CutShort { file, line },
            _ => Self::NotRead { file, line, cause },
        }
    }
}

/// The beginning of a line, short enough for a message.
pub(crate) fn excerpt(text: &str) -> String {
    shortened(text, 40)
}

/// No more than so many characters.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
