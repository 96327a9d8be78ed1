//! Corpora that are read from the beginning again and again, so that none has to fit in memory.

use std::fs::File;
use std::io::{self, Seek, stdin};
use std::path::{Path, PathBuf};

use crate::corpus::note_on_blanks;
use crate::open::{Opened, opened};
use crate::pairs::Pairs;
use crate::words::DistinctWords;
use crate::{Corpus, CorpusFiles, Fingerprint, Pair, TextError, running_words};

/// A corpus that lies in files, or one that was read before.
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
    /// The corpus read whole, unless it was.
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

    /// The files that the corpus is read from; `None` for a corpus in memory.
    pub fn files(&self) -> Option<&CorpusFiles> {
        match &self.pairs {
            Place::InFiles(files) => Some(files),
            Place::InMemory(_) => None,
        }
    }

    /// The same corpus with source and target exchanged.
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

/// How large a corpus is: its pairs with text on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorpusSize {
    /// How many those are.
    pub pairs: usize,
    /// Their [`running_words`], both sides together.
    pub words: usize,
    /// How many of these differ, as far as they stand between white space; 84,211 at most.
    pub distinct_words: usize,
}

/// What reading a corpus from end to end shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// How large it is.
    pub size: CorpusSize,
    /// Of its pairs with text on both sides.
    pub fingerprint: Fingerprint,
    /// As in [`Corpus::notes`], with the pairs that have a blank side.
    pub notes: Vec<String>,
}

/// Reads a corpus any number of times, pair by pair. One reading must end before the next begins.
#[derive(Debug)]
pub struct CorpusReader {
    corpus: AnyCorpus,
    /// What came from pipes, which can be read only once.
    copies: Vec<(PathBuf, File)>,
}

impl CorpusReader {
    /// What is no regular file - standard input, a pipe - is copied to a file that `new_file` gives.
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

    /// The file or files, for messages.
    pub fn name(&self) -> String {
        match &self.corpus.pairs {
            Place::InFiles(files) => files.name(),
            Place::InMemory(corpus) => corpus.name.clone(),
        }
    }

    /// The files that the corpus is read from; `None` for a corpus in memory.
    pub fn files(&self) -> Option<&CorpusFiles> {
        self.corpus.files()
    }

    /// Whether source and target are exchanged.
    pub fn is_reversed(&self) -> bool {
        self.corpus.is_reversed
    }

    /// Reads the corpus once and checks every line; `seen` hears of the number of lines read, after each.
    ///
    /// # Errors
    /// As [`Corpus::read`] and [`Corpus::trainable`].
    pub fn survey(&self, mut seen: impl FnMut(usize)) -> Result<Survey, TextError> {
        let mut size = CorpusSize { pairs: 0, words: 0, distinct_words: 0 };
        let mut distinct_words = DistinctWords::default();
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
            seen(lines);
        }
        if size.pairs == 0 {
            let reason = if lines == 0 { "" } else { " with text on both sides" };
            return Err(TextError::NoPairs { file: self.name(), reason });
        }
        size.distinct_words = distinct_words.len();
        let mut notes = reading.notes();
        notes.extend(note_on_blanks(lines - size.pairs, lines, &self.name()));
        Ok(Survey { size, fingerprint, notes })
    }

    /// The pairs with text on both sides, in file order.
    ///
    /// # Errors
    /// As [`Corpus::read`], the first one as the last item.
    pub fn pairs(&self) -> Result<impl Iterator<Item = Result<Pair, TextError>> + Send + '_, TextError> {
        Ok(self.numbered_pairs()?.map(|pair| pair.map(|(_, pair)| pair)))
    }

    /// The same, each with its place among all pairs, from zero.
    ///
    /// # Errors
    /// As [`pairs`](Self::pairs).
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
            Place::InMemory(corpus) => Ok(Pairs::of(corpus)),
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

/// Whether a path can be read only once.
pub fn is_pipe(path: &Path) -> bool {
    path == Path::new("-") || path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// All that comes from a pipe, into a file that can be read again.
pub fn copy_pipe(path: &Path, copy: &mut File) -> io::Result<u64> {
    if path == Path::new("-") { io::copy(&mut stdin().lock(), copy) } else { io::copy(&mut File::open(path)?, copy) }
}

/// The name that [`open`](crate::open) gives a file in messages.
pub fn shown(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}
