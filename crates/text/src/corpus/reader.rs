//! Corpora that are read several times from the beginning, so that they need not fit in memory.

use std::fs::File;
use std::io::{self, Seek};
use std::path::{Path, PathBuf};

use crate::corpus::files::CorpusFiles;
use crate::corpus::fingerprint::Fingerprint;
use crate::corpus::in_memory::Corpus;
use crate::corpus::pair::{Pair, note_on_blanks};
use crate::corpus::pairs::Pairs;
use crate::error::TextError;
use crate::io::open::{Opened, copy_pipe, is_pipe, opened, shown};
use crate::language::pair::LanguagePair;
use crate::words::split::{DistinctWords, running_words};

/// A corpus in files or in memory, in either direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyCorpus {
    pairs: Place,
    is_reversed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    InFiles(CorpusFiles),
    InMemory(Corpus),
}

impl AnyCorpus {
    /// Reads the corpus whole, if it is not in memory.
    ///
    /// # Errors
    /// As [`Corpus::read`].
    pub fn read(self) -> Result<Corpus, TextError> {
        let mut corpus = match self.pairs {
            Place::InFiles(files) => Corpus::read(&files)?,
            Place::InMemory(corpus) => corpus,
        };
        if self.is_reversed {
            corpus.pairs = corpus.pairs.into_iter().map(Pair::reversed).collect();
        }
        Ok(corpus)
    }

    /// Returns the files of the corpus; `None` for a corpus in memory.
    pub fn files(&self) -> Option<&CorpusFiles> {
        match &self.pairs {
            Place::InFiles(files) => Some(files),
            Place::InMemory(_) => None,
        }
    }

    /// Returns the corpus with source and target exchanged.
    pub fn reversed(self) -> Self {
        Self { is_reversed: !self.is_reversed, ..self }
    }
}

impl From<CorpusFiles> for AnyCorpus {
    fn from(files: CorpusFiles) -> Self {
        Self { pairs: Place::InFiles(files), is_reversed: false }
    }
}

impl From<Corpus> for AnyCorpus {
    fn from(corpus: Corpus) -> Self {
        Self { pairs: Place::InMemory(corpus), is_reversed: false }
    }
}

/// The largest number of distinct words that are counted. A corpus with this number of words gets the largest
/// vocabulary.
pub(crate) const MOST_DISTINCT: usize = 84_211;

/// The size of a corpus: its pairs with text on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorpusSize {
    /// The number of pairs.
    pub pairs: usize,
    /// The number of [`running_words`](crate::running_words), both sides together.
    pub words: usize,
    /// The number of different words between white space; 84,211 at most.
    pub distinct_words: usize,
}

/// The result of reading a corpus from beginning to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The size of the corpus.
    pub size: CorpusSize,
    /// The fingerprint of its pairs with text on both sides.
    pub fingerprint: Fingerprint,
    /// Its languages, if it is a translation memory.
    pub languages: Option<LanguagePair>,
    /// Notes as in [`Corpus::notes`], and one about pairs with a blank side.
    pub notes: Vec<String>,
}

/// Reads a corpus any number of times, pair by pair. One pass must end before the next begins.
#[derive(Debug)]
pub struct CorpusReader {
    corpus: AnyCorpus,
    /// Copies of pipes, which can be read only once.
    copies: Vec<(PathBuf, File)>,
}

impl CorpusReader {
    /// Copies standard input and pipes to files that `new_file` creates.
    ///
    /// # Errors
    /// Those of [`open`](crate::open); [`TextError::NotCopied`].
    pub fn new(corpus: AnyCorpus, mut new_file: impl FnMut() -> io::Result<File>) -> Result<Self, TextError> {
        let paths: Vec<PathBuf> = match &corpus.pairs {
            Place::InFiles(files) => files.paths().into_iter().map(Path::to_owned).collect(),
            Place::InMemory(_) => Vec::new(),
        };
        let mut copies = Vec::new();
        for path in paths.into_iter().filter(|path| is_pipe(path)) {
            let copy = new_file().and_then(|mut file| copy_pipe(&path, &mut file).map(|_| file));
            let copy = copy.map_err(|cause| TextError::NotCopied { file: shown(&path), cause })?;
            copies.push((path, copy));
        }
        Ok(Self { corpus, copies })
    }

    /// Returns the name of the file or files for messages.
    pub fn name(&self) -> String {
        match &self.corpus.pairs {
            Place::InFiles(files) => files.name(),
            Place::InMemory(corpus) => corpus.name.clone(),
        }
    }

    /// Returns the files of the corpus; `None` for a corpus in memory.
    pub fn files(&self) -> Option<&CorpusFiles> {
        self.corpus.files()
    }

    /// Returns whether source and target are exchanged.
    pub fn is_reversed(&self) -> bool {
        self.corpus.is_reversed
    }

    /// Reads the corpus once and checks every line. `report` receives the number of lines read, after each line.
    ///
    /// # Errors
    /// As [`Corpus::read`] and [`Corpus::trainable`].
    pub fn survey(&self, mut report: impl FnMut(usize)) -> Result<Survey, TextError> {
        let mut size = CorpusSize { pairs: 0, words: 0, distinct_words: 0 };
        let mut distinct_words = DistinctWords::up_to(MOST_DISTINCT);
        let mut fingerprint = Fingerprint::default();
        let mut lines = 0;
        let mut reading = self.all()?;
        for pair in reading.by_ref() {
            let pair = self.turned(pair?);
            if !pair.has_blank_side() {
                size.pairs += 1;
                for text in [&pair.source, &pair.target] {
                    size.words += running_words(text);
                    distinct_words.add(text);
                }
                fingerprint.add(&pair);
            }
            lines += 1;
            report(lines);
        }
        if size.pairs == 0 {
            let reason = if lines == 0 { "" } else { " with text on both sides" };
            return Err(TextError::NoPairs { file: self.name(), reason });
        }
        size.distinct_words = distinct_words.len();
        let mut notes = reading.notes();
        notes.extend(note_on_blanks(lines - size.pairs, lines, &self.name()));
        let languages =
            reading.languages().map(|languages| if self.is_reversed() { languages.reversed() } else { languages });
        Ok(Survey { size, fingerprint, languages, notes })
    }

    /// Returns the pairs with text on both sides, in file order.
    ///
    /// # Errors
    /// Those of [`Corpus::read`]; the first error is the last item.
    pub fn pairs(&self) -> Result<impl Iterator<Item = Result<Pair, TextError>> + Send + '_, TextError> {
        Ok(self.numbered_pairs()?.map(|pair| pair.map(|(_, pair)| pair)))
    }

    /// Returns the pairs with text on both sides, each with its zero-based number among all pairs.
    ///
    /// # Errors
    /// Those of [`pairs`](Self::pairs).
    pub fn numbered_pairs(
        &self,
    ) -> Result<impl Iterator<Item = Result<(usize, Pair), TextError>> + Send + '_, TextError> {
        let pairs = self.all()?.enumerate().map(|(number, pair)| Ok((number, self.turned(pair?))));
        Ok(pairs.filter(|pair| !pair.as_ref().is_ok_and(|(_, pair)| pair.has_blank_side())))
    }

    fn turned(&self, pair: Pair) -> Pair {
        if self.is_reversed() { pair.reversed() } else { pair }
    }

    fn all(&self) -> Result<Pairs<'_>, TextError> {
        match &self.corpus.pairs {
            Place::InFiles(files) => files.pairs(|path| self.open(path)),
            Place::InMemory(corpus) => Ok(Pairs::InMemory(corpus.pairs.iter(), &corpus.notes)),
        }
    }

    fn open(&self, path: &Path) -> Result<Opened, TextError> {
        let Some((_, copy)) = self.copies.iter().find(|(pipe, _)| pipe == path) else { return opened(path) };
        let not_read = |cause| TextError::NotRead { file: shown(path), line: 1, cause };
        let mut copy = copy.try_clone().map_err(not_read)?;
        copy.rewind().map_err(not_read)?;
        Opened::new(copy, shown(path))
    }
}
