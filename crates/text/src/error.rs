//! The errors of this crate, and excerpts for messages.

use std::io;

use crate::counted::counted;
use crate::io::fault::FormatFault;
use crate::io::open::STANDARD_INPUT;
use crate::printable::printable;

/// The longest excerpt of a file in an error message, in characters.
pub(crate) const LONGEST_EXCERPT: usize = 40;

/// An error with its place and its remedy. `file` is the name that the user gave.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// A file does not exist or cannot be opened.
    #[error("`{file}` cannot be opened: {cause}; check the path and its permissions (`-` reads standard input)")]
    NotOpened {
        /// The path as given.
        file: String,
        /// The error of the operating system.
        #[source]
        cause: io::Error,
    },

    /// The path names a directory.
    #[error("`{file}` is a directory; name a text file in it")]
    Directory {
        /// The path as given.
        file: String,
    },

    /// A file could not be written.
    #[error("{file}: cannot be written: {cause}; check the path, its permissions and the free disk space")]
    NotWritten {
        /// The path as given.
        file: String,
        /// The error of the operating system.
        #[source]
        cause: io::Error,
    },

    /// The input of a pipe could not be copied to a file.
    #[error(
        "{file}: training reads a corpus several times, and this one could not be copied to a file: {cause}; \
         make room on the disk, or write the corpus to a file and give that file"
    )]
    NotCopied {
        /// The pipe as given.
        file: String,
        /// The error of the operating system.
        #[source]
        cause: io::Error,
    },

    /// Reading failed: a disk error, or damaged compressed data.
    #[error("{file}:{line}: reading stopped here: {cause}; copy or download the file again")]
    NotRead {
        /// The file that was being read.
        file: String,
        /// The one-based line that could not be completed.
        line: usize,
        /// The error of the operating system or of the decompressor.
        #[source]
        cause: io::Error,
    },

    /// A file in a format that is not read, or an archive of several files.
    #[error("{file}: {problem}; {remedy}")]
    Format {
        /// The file.
        file: String,
        /// A description of what the file is.
        problem: String,
        /// The remedy.
        remedy: String,
    },

    /// Compressed data ends before its end mark.
    #[error(
        "{file}:{line}: the compressed data is cut short here; copy or download the file again \
         (`gzip -t`, `zstd -t` or `xz -t` checks it)"
    )]
    CutShort {
        /// The compressed file.
        file: String,
        /// The one-based line that could not be completed.
        line: usize,
    },

    /// A line has bytes that are not UTF-8.
    #[error(
        "{file}:{line}:{column}: byte 0x{byte:02X} is not UTF-8; convert the file, \
         e.g. `{}`",
        to_utf8(.guess, .file)
    )]
    NotUtf8 {
        /// The file that was being read.
        file: String,
        /// The one-based line.
        line: usize,
        /// The one-based byte within the line, including a byte order mark.
        column: usize,
        /// The first byte that is not UTF-8.
        byte: u8,
        /// The most likely encoding of the file.
        guess: &'static str,
    },

    /// A line has a NUL character, which other tools treat as the end of the text.
    #[error(
        "{file}:{line}: the line has a NUL character; remove it, \
         e.g. `{}` (if every other byte is NUL, the file is UTF-16: use `iconv`)",
        through("tr -d '\\000'", "< ", .file, "clean.txt")
    )]
    Nul {
        /// The file that was being read.
        file: String,
        /// The one-based line.
        line: usize,
    },

    /// A JSON string with a NUL character, written `\u0000`.
    #[error("{file}:{line}: `{key}` has a NUL character (\\u0000)")]
    EscapedNul {
        /// The file that was being read.
        file: String,
        /// The one-based line.
        line: usize,
        /// The key of the string.
        key: String,
    },

    /// A JSON string with half of a character.
    #[error("{file}:{line}: `{key}` has half of a surrogate pair, such as \\ud83d, which is no character")]
    HalfCharacter {
        /// The file that was being read.
        file: String,
        /// The one-based line.
        line: usize,
        /// The key of the string.
        key: String,
    },

    /// A text with carriage returns in the place of all line feeds.
    #[error(
        "{file}: {lines} lines end with a carriage return only, as in classic Mac OS, but a line feed ends a line; \
         convert the file, e.g. `{}` (`glosser check --fix` converts pairs)",
        through("tr '\\r' '\\n'", "< ", .file, "lines.txt")
    )]
    CarriageReturns {
        /// The file.
        file: String,
        /// The number of lines that carriage returns end.
        lines: usize,
    },

    /// A CSV that cannot be read.
    #[error("{file}:{line}: {problem}; correct the quotation marks, or give the pairs as a TSV")]
    BadCsv {
        /// The CSV.
        file: String,
        /// The one-based line.
        line: usize,
        /// A description of the fault.
        problem: &'static str,
    },

    /// A table in the place of sentences.
    #[error("{file}: the file has several columns, but sentences are needed, one per line; {remedy}")]
    Table {
        /// The file.
        file: String,
        /// The remedy.
        remedy: String,
    },

    /// An invalid choice of columns.
    #[error("`{given}` does not name two columns: {reason}; write e.g. `1,2` (source, target; counted from 1)")]
    BadColumns {
        /// The choice as given.
        given: String,
        /// The reason.
        reason: &'static str,
    },

    /// An invalid choice of languages.
    #[error("`{given}` does not name two languages: {reason}; write e.g. `de,en` (source, target)")]
    BadLanguages {
        /// The choice as given.
        given: String,
        /// The reason.
        reason: &'static str,
    },

    /// An invalid code of a language.
    #[error("`{given}` is not the code of a language; {remedy}")]
    BadLanguageCode {
        /// The beginning of the code as given.
        given: String,
        /// What to write.
        remedy: String,
    },

    /// An invalid pair of languages.
    #[error("`{given}` does not name two languages; write e.g. `de-en` or `pt-BR:en` (source, target)")]
    BadLanguagePair {
        /// The beginning of the pair as given.
        given: String,
    },

    /// A translation memory that cannot be read.
    #[error("{file}:{line}: {problem}; {remedy}")]
    BadTmx {
        /// The translation memory.
        file: String,
        /// The one-based line.
        line: usize,
        /// A description of the fault.
        problem: String,
        /// The remedy.
        remedy: &'static str,
    },

    /// A translation memory with more than two languages, of which none was chosen.
    #[error(
        "{file}:{line}: this is the third language of the file; pass `--languages` to choose two of {found}, \
         e.g. `--languages de,en`"
    )]
    Languages {
        /// The translation memory.
        file: String,
        /// The one-based line where the third language occurs first.
        line: usize,
        /// All languages, with their numbers of texts.
        found: String,
    },

    /// No unit of a translation memory has both languages.
    #[error("no unit of `{file}` has text in {wanted}; its languages are {found}; pass `--languages` to choose two")]
    NoUnits {
        /// The translation memory.
        file: String,
        /// The two languages.
        wanted: String,
        /// All languages, with their numbers of texts.
        found: String,
    },

    /// A choice of columns or languages for a corpus without them.
    #[error("`{file}` {problem}")]
    WrongChoice {
        /// The corpus.
        file: String,
        /// The contradiction, and the remedy.
        problem: &'static str,
    },

    /// A line of a TSV file has too few columns.
    #[error(
        "{file}:{line}: found {} in `{text}`, but column {wanted} is needed; \
         {}",
        counted(*found, "column"),
        hint.as_deref().unwrap_or(
            "separate source and target by one tab, remove the line, or choose other columns (--columns)"
        )
    )]
    TooFewColumns {
        /// The TSV file.
        file: String,
        /// The one-based line.
        line: usize,
        /// The number of columns of the line.
        found: usize,
        /// The highest chosen column.
        wanted: usize,
        /// The beginning of the line.
        text: String,
        /// The remedy, if the line shows what the file is.
        hint: Option<String>,
    },

    /// A chosen column of a table has ids, and another one has text.
    #[error("{file}: column {column} has ids such as `{example}`, not text; {remedy}")]
    IdColumn {
        /// The table.
        file: String,
        /// The one-based column.
        column: usize,
        /// One of the ids.
        example: String,
        /// The remedy.
        remedy: String,
    },

    /// Two files of one corpus have different numbers of lines.
    #[error(
        "`{source_file}` has {} and `{target_file}` has {target_lines}; \
         {}:{line}: `{text}` is the first line without a counterpart{}; \
         look above it for a line that is missing, added, split or joined: line N of one file must translate line N of the other",
        counted(*source_lines, "line"),
        if source_lines > target_lines { source_file } else { target_file },
        hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default()
    )]
    LineCounts {
        /// The source file.
        source_file: String,
        /// The number of its lines.
        source_lines: usize,
        /// The target file.
        target_file: String,
        /// The number of its lines.
        target_lines: usize,
        /// The first one-based line of the longer file that has no counterpart.
        line: usize,
        /// The beginning of that line.
        text: String,
        /// Where the two files stop matching, if a caller has searched for the place.
        hint: Option<String>,
    },

    /// An invalid line of a glossary or of a list of terms to keep.
    #[error(
        "{file}:{line}: {problem} `{text}`; each line of a glossary has a term, a tab and its translation; each line of a \
         list of terms to keep has one term"
    )]
    BadTerm {
        /// The file of terms.
        file: String,
        /// The one-based line.
        line: usize,
        /// The fault, in words that precede the line.
        problem: String,
        /// The beginning of that line.
        text: String,
    },

    /// A corpus without pairs, or without pairs that training can use.
    #[error("`{file}` has no sentence pair{reason}; give a corpus with one pair per line")]
    NoPairs {
        /// The name of the corpus.
        file: String,
        /// The missing property of the pairs; empty if there are none at all.
        reason: &'static str,
    },

    /// A vocabulary that is too small for the 256 bytes and the control tokens.
    #[error(
        "a vocabulary of {asked} tokens is too small; the smallest has {smallest}, for the 256 bytes and the control tokens"
    )]
    VocabTooSmall {
        /// The requested size.
        asked: usize,
        /// The smallest possible size.
        smallest: usize,
    },

    /// A tokenizer file that this crate did not write, or that is damaged.
    #[error("`{file}` is not a tokenizer of this program: {found}; copy the model directory again, or train anew")]
    BadTokenizer {
        /// The name of the file.
        file: String,
        /// A description of the fault.
        found: String,
    },

    /// The tokenizer library failed; this is not known to happen.
    #[error("the tokenizer library failed while {doing}: {cause}; please report this with the command that was used")]
    Library {
        /// The operation that failed.
        doing: &'static str,
        /// The message of the library.
        cause: String,
    },
}

impl TextError {
    /// Returns the error for a failed read.
    pub(crate) fn not_read(file: String, line: usize, cause: io::Error) -> Self {
        if let Some(FormatFault { problem, remedy }) = FormatFault::of(&cause) {
            // Standard input has no name that a command could read.
            let name = if file == STANDARD_INPUT { "FILE" } else { &file };
            let (problem, remedy) = (problem.clone(), remedy.replace("FILE", name));
            return Self::Format { file, problem, remedy };
        }
        match cause.kind() {
            // Only a decompressor reports that data is missing.
            io::ErrorKind::UnexpectedEof => Self::CutShort { file, line },
            _ => Self::NotRead { file, line, cause },
        }
    }
}

/// The command that converts a file to UTF-8.
fn to_utf8(encoding: &str, file: &str) -> String {
    through(&format!("iconv -f {encoding} -t UTF-8"), "", file, "utf8.txt")
}

/// The command by which another program converts a file. Standard input has no name, so that it goes through a pipe.
fn through(program: &str, redirection: &str, file: &str, result: &str) -> String {
    match file {
        STANDARD_INPUT => format!("... | {program} | glosser ..."),
        _ => format!("{program} {redirection}{file} > {result}"),
    }
}

/// Returns at most `longest` characters of a text as [`printable`] writes them, with `...` if there are more.
///
/// ```
/// assert_eq!(glosser_text::excerpt("a dog runs", 5), "a dog...");
/// assert_eq!(glosser_text::excerpt("a\u{7}dog", 5), "a\\u{7}dog");
/// ```
pub fn excerpt(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}...", printable(&text[..end])),
        None => printable(text).into_owned(),
    }
}
