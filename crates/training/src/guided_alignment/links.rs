//! Links between the words of the training pairs: learnt by the statistical aligner, or given.

use crate::error::{Result, TrainingError};
use glosser_alignment::statistical::StatisticalAligner;
use glosser_alignment::{GoldLinks, IndexBase, Link, Links};
use glosser_text::{
    CorpusReader, Encoding, Fingerprint, Lines, Pair, TextError, TextReader, TokenWords, WordSplitter, WordSplitters,
    counted, open, words_of_token,
};
use glosser_translator::Tokenizers;
use std::io::Cursor;
use std::path::PathBuf;

/// Links for each pair of a corpus, one line per pair. Only links that annotators call sure are used, not possible
/// ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenLinks {
    /// A file, which may be compressed.
    InFile(PathBuf),
    /// A text in memory.
    InMemory {
        /// The name for messages.
        name: String,
        /// All lines.
        text: String,
    },
}

impl GivenLinks {
    fn lines(self) -> Result<Lines<TextReader>, TextError> {
        match self {
            Self::InFile(path) => open(&path),
            Self::InMemory { name, text } => Ok(Lines::new(Box::new(Cursor::new(text)), name)),
        }
    }
}

/// Links between words, for each pair.
pub(crate) struct WordLinks {
    /// The definition of these words.
    words: WordSplitters,
    origin: Origin,
}

enum Origin {
    /// Computed by an aligner when they are needed.
    Learnt(Box<StatisticalAligner>),
    /// Given, one element for each pair with text on both sides.
    Given(Vec<Links>),
}

impl WordLinks {
    /// Trains the statistical aligner on the words of these pairs. Calls `progress` with the number of iterations done.
    pub fn learn(pairs: &[Pair], words: WordSplitters, progress: impl FnMut(usize)) -> Self {
        let pairs = pairs.iter().map(|pair| (words.source.texts(&pair.source), words.target.texts(&pair.target)));
        let aligner = StatisticalAligner::train(pairs, progress);
        Self { origin: Origin::Learnt(Box::new(aligner)), words }
    }

    /// Reads the links of a corpus, one line for each of its pairs. They are written source first, also if the corpus
    /// is reversed.
    ///
    /// # Errors
    /// If there are more or fewer lines than pairs, or a line is not a list of links between words of its pair.
    pub fn read(links: GivenLinks, corpus: &CorpusReader, words: WordSplitters) -> Result<Self> {
        let mut lines = links.lines()?;
        let name = lines.name().to_owned();
        let mut all = Vec::new();
        let mut read = 0;
        for numbered in corpus.numbered_pairs()? {
            let (number, pair) = numbered?;
            let mut line = None;
            // Pairs with a blank side, which are left out here, have a line, too.
            while read <= number {
                line = lines.next().transpose()?;
                if line.is_none() {
                    let problem = format!(
                        "{} of links, but {} has more pairs; give a line for each pair, an empty one if it has no links",
                        counted(read, "line"),
                        corpus.name()
                    );
                    return Err(TrainingError::unusable(name, problem));
                }
                read += 1;
            }
            let links = links_of_line(&line.unwrap_or_default(), &pair, corpus, &words)
                .map_err(|problem| TrainingError::unusable(format!("{name}:{read}"), problem))?;
            all.push(links);
        }
        // The last lines can be those of pairs with a blank side.
        let further = lines.map_while(Result::ok).filter(|line| !line.trim().is_empty()).count();
        if further > 0 {
            let problem = format!("more lines of links than {} has pairs; are these its links?", corpus.name());
            return Err(TrainingError::unusable(name, problem));
        }
        Ok(Self { words, origin: Origin::Given(all) })
    }

    /// Returns the fingerprint of given links; learnt ones depend on the pairs only.
    pub fn fingerprint(&self) -> Option<String> {
        let Origin::Given(all) = &self.origin else { return None };
        let mut fingerprint = Fingerprint::default();
        for links in all {
            fingerprint.add_bytes(links.to_string().as_bytes());
            fingerprint.add_bytes(b"\n");
        }
        Some(fingerprint.to_string())
    }

    /// Returns the statistics that learnt links are computed from, as bytes for the model directory.
    pub fn statistics(&self) -> Option<Vec<u8>> {
        match &self.origin {
            Origin::Learnt(aligner) => Some(aligner.to_bytes()),
            Origin::Given(_) => None,
        }
    }

    /// Returns the links of the pair at this index of the corpus.
    fn links(&self, index: usize, pair: &Pair) -> Links {
        match &self.origin {
            Origin::Learnt(aligner) => {
                let (source, target) = (self.words.source.texts(&pair.source), self.words.target.texts(&pair.target));
                aligner.align(&source, &target).mean_links()
            }
            Origin::Given(all) => all.get(index).cloned().unwrap_or_default(),
        }
    }
}

/// Parses the links of a pair, and checks that their words exist.
fn links_of_line(line: &str, pair: &Pair, corpus: &CorpusReader, words: &WordSplitters) -> Result<Links, String> {
    let gold = GoldLinks::parse(line, IndexBase::Zero).map_err(|problem| problem.to_string())?;
    let links = if corpus.is_reversed() { gold.sure().transposed() } else { gold.sure().clone() };
    let (source, target) = (words.source.words(&pair.source).len(), words.target.words(&pair.target).len());
    if let Some(link) = links.iter().find(|link| link.source >= source || link.target >= target) {
        return Err(format!(
            "the link {}-{} is to a word that does not exist: the pair has {source} source and {target} target words, counted \
             from zero; are these the links of {}, source first?",
            link.source,
            link.target,
            corpus.name()
        ));
    }
    Ok(links)
}

/// Converts links between words of a text to links between words of its tokens, which training counts.
pub(crate) struct LinkConverter<'a> {
    links: &'a WordLinks,
    source: TokenWords,
    target: TokenWords,
}

impl<'a> LinkConverter<'a> {
    pub fn new(links: &'a WordLinks, tokenizers: &Tokenizers) -> Self {
        let (source, target) = tokenizers.token_words();
        Self { links, source, target }
    }

    /// Returns the links of the pair at this index of the corpus, with the tokens of its source and target.
    pub fn links(&self, index: usize, pair: &Pair, source: &Encoding, target: &Encoding) -> Links {
        let links = self.links.links(index, pair);
        let words = &self.links.words;
        let sources = tokenizer_words(&words.source, &pair.source, source, &self.source);
        let targets = tokenizer_words(&words.target, &pair.target, target, &self.target);
        let all = |link: &Link| {
            let (sources, targets) = (&sources[link.source], &targets[link.target]);
            sources.iter().flat_map(|source| targets.iter().map(|target| Link { source: *source, target: *target }))
        };
        links.iter().flat_map(all).collect()
    }
}

/// Returns, for each word of a text, the words of its tokens that have tokens of it. That is mostly one, but among
/// tokens only a plain space begins a white-space word.
fn tokenizer_words(
    splitter: &WordSplitter,
    text: &str,
    encoding: &Encoding,
    token_words: &TokenWords,
) -> Vec<Vec<usize>> {
    let words = splitter.words(text);
    let mut found = vec![Vec::new(); words.len()];
    let of_tokens = words_of_token(&words, &encoding.offsets);
    for ((number, of_token), offset) in token_words.word_numbers(&encoding.ids).zip(of_tokens).zip(&encoding.offsets) {
        // A second space is a word for the tokenizer only.
        if text[offset.clone()].trim().is_empty() {
            continue;
        }
        for word in of_token {
            if found[word].last() != Some(&number) {
                found[word].push(number);
            }
        }
    }
    found
}

#[cfg(test)]
#[path = "links_tests.rs"]
mod tests;
