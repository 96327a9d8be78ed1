//! The sentences that a command translates: arguments, the lines of a file, or standard input.

use crate::arguments::wrong_usage;
use crate::output::{note, say};
use crate::progress::{Bar, is_possible};
use anyhow::Result;
use glosser_text::{Lines, TextError, TextReader, open_rows, open_sentences, shown};
use glosser_translator::{ModelDirectory, SearchOptions, Translation, Translator};
use std::io::{Cursor, IsTerminal, stdin};
use std::path::{Path, PathBuf};

/// Where sentences are read from.
#[derive(Debug, PartialEq, Eq)]
pub enum Sentences {
    /// One per line of a file; `-` is standard input.
    Lines(PathBuf),
    /// One per argument.
    Given(Vec<String>),
}

impl Sentences {
    /// Decides what arguments are: one that names an existing file is that file, all others are sentences. Without
    /// arguments, standard input is read.
    ///
    /// # Errors
    /// If files are mixed with sentences, if there are several, or if a directory holds a model.
    pub fn new(arguments: &[PathBuf]) -> Result<Self> {
        let (files, sentences): (Vec<&PathBuf>, Vec<&PathBuf>) =
            arguments.iter().partition(|argument| is_file(argument));
        match (&files[..], &sentences[..]) {
            ([], []) => Ok(Self::Lines("-".into())),
            ([file], []) => Ok(Self::Lines((*file).clone())),
            ([], sentences) => {
                if let Some(model) = sentences.iter().find(|sentence| ModelDirectory::new(sentence).holds_a_model()) {
                    return Err(wrong_usage(format!(
                        "`{0}` is the directory of a model, not a sentence; give --model before each directory: \
                         `--model {0}`",
                        model.display()
                    )));
                }
                for sentence in sentences.iter().filter(|sentence| is_like_a_file(sentence)) {
                    note(&format!(
                        "`{}` is not a file, so it is read as a sentence; check the name if you meant a file",
                        sentence.display()
                    ));
                }
                let sentences: Vec<String> = sentences.iter().map(|sentence| in_one_line(sentence)).collect();
                if sentences.len() > 1 && !sentences.iter().any(|sentence| sentence.contains(char::is_whitespace)) {
                    note(&format!(
                        "{} arguments are {0} sentences; put a sentence in quotation marks: \"{}\"",
                        sentences.len(),
                        sentences.join(" ")
                    ));
                }
                Ok(Self::Given(sentences))
            }
            ([file, ..], [sentence, ..]) => Err(wrong_usage(format!(
                "`{}` is a file and `{}` is not, so that it is a sentence; give sentences, or one file",
                shown(file),
                sentence.display()
            ))),
            ([first, second, ..], []) => Err(wrong_usage(format!(
                "`{}` and `{}` are two files; give one, or join them: `cat {} {} | glosser ...`",
                shown(first),
                shown(second),
                first.display(),
                second.display()
            ))),
        }
    }

    /// Returns the file; `None` for arguments.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Lines(file) => Some(file),
            Self::Given(_) => None,
        }
    }

    /// Returns the name of the file in messages.
    pub fn name(&self) -> String {
        self.file().map_or_else(|| "argument".to_owned(), shown)
    }

    /// The progress over the sentences, which are counted first if they are in a file.
    pub fn bar(&self) -> Bar {
        let is_typed = self.file() == Some(Path::new("-")) && stdin().is_terminal();
        if is_typed {
            return Bar::hidden();
        }
        let count = match self {
            Self::Given(sentences) => Some(sentences.len()),
            Self::Lines(file) if is_possible() && file.is_file() => open_rows(file).ok().map(Iterator::count),
            Self::Lines(_) => None,
        };
        count.map_or_else(|| Bar::counting("line"), |count| Bar::over(count, "line"))
    }

    /// Opens the sentences, and prints how they are typed if standard input is a terminal.
    ///
    /// # Errors
    /// Those of [`open_sentences`].
    pub fn open(&self) -> Result<Lines<TextReader>, TextError> {
        self.open_by("sentences", open_sentences)
    }

    /// Opens the rows of a table or JSON Lines, like [`Sentences::open`].
    ///
    /// # Errors
    /// Those of [`open_rows`].
    pub fn open_rows(&self) -> Result<Lines<TextReader>, TextError> {
        self.open_by("rows", open_rows)
    }

    fn open_by(
        &self,
        what: &str,
        open: impl Fn(&Path) -> Result<Lines<TextReader>, TextError>,
    ) -> Result<Lines<TextReader>, TextError> {
        match self {
            Self::Lines(file) => {
                if file == Path::new("-") {
                    name_terminal(&format!("{what} from the terminal, one per line"));
                }
                open(file)
            }
            Self::Given(sentences) => {
                let text: String = sentences.iter().map(|sentence| format!("{sentence}\n")).collect();
                Ok(Lines::new(Box::new(Cursor::new(text)), self.name()))
            }
        }
    }
}

/// Number of batches that are translated together while the progress is shown.
const BATCHES_PER_STEP: usize = 4;

/// Returns the best translation of each sentence, and shows the progress.
pub fn with_progress(
    translator: &Translator,
    sentences: &[String],
    options: &SearchOptions,
) -> Result<Vec<Translation>> {
    let bar = Bar::over(sentences.len(), "sentence");
    let mut all = Vec::with_capacity(sentences.len());
    for part in sentences.chunks(options.batch_size.saturating_mul(BATCHES_PER_STEP)) {
        all.extend(translator.translate_with(part, options, 1)?.into_iter().flatten());
        bar.inc(part.len());
    }
    Ok(all)
}

/// Prints that standard input is read, and how it ends, if it is a terminal: the program would wait without a word.
pub fn name_terminal(what: &str) {
    if stdin().is_terminal() {
        let end = if cfg!(windows) { "Ctrl-Z and Enter" } else { "Ctrl-D" };
        say(&format!("reading {what}; end with {end}"));
    }
}

/// Whether an argument names a file, a pipe or a device that exists, or standard input.
fn is_file(argument: &Path) -> bool {
    argument == Path::new("-") || argument.metadata().is_ok_and(|found| !found.is_dir())
}

/// Whether an argument looks like the name of a file: no spaces, and a separator of directories or an ending.
fn is_like_a_file(argument: &Path) -> bool {
    let text = argument.to_string_lossy();
    let is_ending = |ending: &str| (1..=5).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric());
    let has_ending = argument.extension().is_some_and(|ending| is_ending(&ending.to_string_lossy()));
    !text.contains(char::is_whitespace) && (text.contains(['/', '\\']) || has_ending)
}

/// The text of an argument; a line end is a space, because each argument is one line.
fn in_one_line(argument: &Path) -> String {
    argument.to_string_lossy().replace("\r\n", " ").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_a_file_if_it_exists_and_else_a_sentence() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.txt");
        std::fs::write(&file, "one\n").expect("a file");
        let (folder, sentence) = (folder.path().to_owned(), PathBuf::from("Ein Hund\nläuft."));
        let given = |text: &str| Sentences::Given(vec![text.to_owned()]);
        let of = |arguments: &[&PathBuf]| Sentences::new(&arguments.iter().copied().cloned().collect::<Vec<_>>());
        assert_eq!(of(&[]).expect("standard input"), Sentences::Lines("-".into()));
        assert_eq!(of(&[&file]).expect("a file"), Sentences::Lines(file.clone()));
        assert_eq!(of(&[&sentence]).expect("a sentence"), given("Ein Hund läuft."));
        assert_eq!(of(&[&folder]).expect("a sentence"), given(&folder.display().to_string()));
        std::fs::create_dir(folder.join("b")).expect("a folder");
        std::fs::write(folder.join("b/config.json"), "{}").expect("a file");
        for arguments in [&[&folder.join("b")][..], &[&folder.join("b"), &sentence]] {
            let message = of(arguments).expect_err("a model").to_string();
            assert!(message.contains("give --model before each directory"), "{message}");
        }
        for (arguments, part) in [([&file, &sentence], "is a file and"), ([&file, &file], "two files")] {
            let message = of(&arguments).expect_err(part).to_string();
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn an_argument_like_the_name_of_a_file_is_recognised() {
        for (text, expected) in [
            ("test.de", true),
            ("data/test", true),
            ("Hallo.", false),
            ("Ein z.B. da.", false),
            ("Hund", false),
            ("...", false),
        ] {
            assert_eq!(is_like_a_file(Path::new(text)), expected, "{text}");
        }
    }
}
