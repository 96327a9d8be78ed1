//! Statistics of words with their definition of a word: in a file that `align-statistical --save` wrote, or in a model.
//!
//! The file has a line with the rules of both sides, then the bytes of the statistics, which have a check sum.

use crate::arguments::wrong_usage;
use anyhow::{Context, Result, bail};
use glosser_alignment::statistical::{StatisticalAligner, StatisticsError};
use glosser_text::{Compression, Output, WordSplitter, WordSplitters, shown};
use glosser_translator::{ModelDirectory, TranslatorError};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write, stdin};
use std::path::Path;

/// Statistics, and the words that they were learnt from.
pub struct WordStatistics {
    pub aligner: StatisticalAligner,
    pub words: WordSplitters,
}

/// The beginning of the first line, before the version.
const TITLE: &str = "glosser word statistics ";

const VERSION: &str = "1";

/// The beginning of the file of statistics in a model directory.
const OF_MODEL: &[u8] = b"glstat";

/// Maximum length of the first line: a file of something else may have no line end at all.
const MAX_LINE: u64 = 100;

impl WordStatistics {
    /// Reads a file or a model directory; `-` is standard input.
    ///
    /// # Errors
    /// If a file is missing, damaged, of another version or of something else, or if the model has no statistics. The
    /// message names the remedy.
    pub fn load(path: &Path) -> Result<Self> {
        let name = shown(path);
        if path.is_dir() {
            return match ModelDirectory::new(path).load_statistics() {
                Ok((aligner, words)) => Ok(Self { aligner, words }),
                Err(cause @ TranslatorError::NoStatistics) => Err(anyhow::anyhow!("{name}: {cause}")),
                Err(cause) => Err(cause.into()),
            };
        }
        let cannot_be_read = || format!("{name}: cannot be read");
        let mut file: Box<dyn BufRead> = match path {
            path if path == Path::new("-") => Box::new(stdin().lock()),
            path => Box::new(BufReader::new(File::open(path).with_context(cannot_be_read)?)),
        };
        let (mut line, mut bytes) = (Vec::new(), Vec::new());
        file.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).with_context(cannot_be_read)?;
        if line.starts_with(OF_MODEL) {
            let model = path.parent().filter(|model| *model != Path::new("")).unwrap_or(Path::new("."));
            bail!("{name}: this file belongs to a model, which knows its words; give --load {}", model.display());
        }
        let words = rules(&line, &name)?;
        file.read_to_end(&mut bytes).with_context(cannot_be_read)?;
        let aligner = StatisticalAligner::from_bytes(&bytes).map_err(|cause| {
            let remedy = if cause == StatisticsError::Damaged { "; write them again with --save" } else { "" };
            anyhow::anyhow!("{name}: the statistics cannot be read: {cause}{remedy}")
        })?;
        Ok(Self { aligner, words })
    }

    /// Writes the statistics to a file that was created for them.
    ///
    /// # Errors
    /// If the words are those of a model, or if writing fails.
    pub fn save(&self, mut output: Output, path: &Path) -> Result<()> {
        let [Some(source), Some(target)] = [&self.words.source, &self.words.target].map(rule_name) else {
            bail!(
                "{}: statistics of the sub-words of a model are not saved alone, because the file has no sub-words; \
                 give the model itself to --load",
                path.display()
            );
        };
        let cannot_be_written = || format!("{}: cannot be written", path.display());
        writeln!(output, "{TITLE}{VERSION}: {source} {target}").with_context(cannot_be_written)?;
        output.write_all(&self.aligner.to_bytes()).with_context(cannot_be_written)?;
        Ok(Output::finish(vec![output])?)
    }

    /// Refuses a definition of a word that is not the one of these statistics. `path` is their file.
    ///
    /// # Errors
    /// If one side has another definition.
    pub fn check_words(&self, asked: &WordSplitters, path: &Path) -> Result<()> {
        let names = |words: &WordSplitters| [&words.source, &words.target].map(name_of_words);
        let ([source, target], asked) = (names(&self.words), names(asked));
        if [source, target] == asked {
            return Ok(());
        }
        Err(wrong_usage(format!(
            "the statistics of {} were learnt from words by --words {source},{target}, but --words {},{} is given; leave \
             --words out, or learn statistics with it",
            shown(path),
            asked[0],
            asked[1]
        )))
    }
}

/// Creates the file that statistics are saved in, which appears when it is complete.
///
/// # Errors
/// If it is standard output or a compressed file, or cannot be created.
pub fn create(path: &Path) -> Result<Output> {
    if path == Path::new("-") {
        return Err(wrong_usage("statistics are no text for standard output; give --save a file name".to_owned()));
    }
    if Compression::of_ending(path).is_some() {
        return Err(wrong_usage(format!(
            "{}: statistics are written without compression; leave the last ending out",
            path.display()
        )));
    }
    Ok(Output::create(path)?)
}

/// Reads the rules of both sides from the first line.
fn rules(line: &[u8], name: &str) -> Result<WordSplitters> {
    let text = std::str::from_utf8(line).ok().and_then(|line| line.strip_suffix('\n')).unwrap_or_default();
    let Some((version, rules)) = text.strip_prefix(TITLE).and_then(|rest| rest.split_once(": ")) else {
        bail!(
            "{name}: this file has no statistics of words; `glosser align-statistical PAIRS --save FILE` writes them"
        );
    };
    if version != VERSION {
        bail!("{name}: the statistics have format version {version}; use the version of glosser that wrote them");
    }
    let splitter = |rule: &str| match rule {
        "whitespace" => Some(WordSplitter::WhiteSpace),
        "unicode" => Some(WordSplitter::Unicode),
        _ => None,
    };
    let sides = rules.split_once(' ').and_then(|(source, target)| Some((splitter(source)?, splitter(target)?)));
    let Some((source, target)) = sides else {
        bail!("{name}: the statistics cannot be read: their first line is damaged; write them again with --save");
    };
    Ok(WordSplitters { source, target })
}

/// The rule of a splitter that needs no tokenizer.
fn rule_name(words: &WordSplitter) -> Option<&'static str> {
    match words {
        WordSplitter::WhiteSpace => Some("whitespace"),
        WordSplitter::Unicode => Some("unicode"),
        WordSplitter::SubWords(_) | WordSplitter::Characters => None,
    }
}

fn name_of_words(words: &WordSplitter) -> &'static str {
    rule_name(words).unwrap_or("subwords")
}
