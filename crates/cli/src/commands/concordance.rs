//! `glosser concordance`.

use crate::arguments::{ModelArg, PairsArgs, WordsArg, at_least_one, wrong_usage};
use crate::output::{say, width, writer};
use crate::{corpora, forced, links};
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::{Concordance, Occurrence, TranslationGroup, phrase};
use glosser_text::{Casing, Corpus, bare};
use glosser_translator::{Translator, Weighting, WordView};
use serde::Serialize;
use std::io::Write;

/// Show every occurrence of a word in given pairs, with its rendering in the other language
///
/// Example: glosser concordance Hund --model de-en pairs.tsv
///
/// Occurrences are grouped by rendering, the most frequent first, each with the line of the pair. What belongs together
/// stands in brackets. Only pairs that have the word are computed.
#[derive(Args)]
pub struct ConcordanceArgs {
    /// The word, without the signs around it
    pub word: String,

    #[command(flatten)]
    pub model: ModelArg,

    #[command(flatten)]
    pub pairs: PairsArgs,

    #[command(flatten)]
    pub words: WordsArg,

    /// Look for the word among those of the target
    #[arg(long)]
    pub target: bool,

    /// Take every word that begins like this
    #[arg(long)]
    pub prefix: bool,

    /// Tell capitals from small letters
    #[arg(long)]
    pub exact: bool,

    /// Most occurrences that are shown of each rendering; all are counted [default: all; example: --show 3]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub show: Option<usize>,

    /// How occurrences are written
    #[arg(long, default_value = "text")]
    pub format: ConcordanceFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConcordanceFormat {
    /// The word in its context above its rendering, in one column
    Text,
    /// A JSON object for each occurrence
    Jsonl,
}

/// Columns in front of a context: the line of the pair and a gap.
const MARGIN: usize = 8;

/// A word and pairs in, its occurrences out.
pub fn run(args: ConcordanceArgs) -> Result<()> {
    let files = args.pairs.corpus_files()?;
    let wanted = Wanted::new(&args)?;
    let translator = Translator::load(&args.model.directory)?;
    let corpus = corpora::read(&files)?;
    let (places, with_word) = wanted.pairs_of(&corpus);
    let mut concordance = Concordance::default();
    forced::each(&translator, &with_word, args.pairs.batch_size, Weighting::Aligner, |number, scored| {
        let line = corpus.line(places[number - 1]);
        if let Some(complaint) = forced::complaint(&corpus.name, line, &scored.translation) {
            say(&format!("warning: {complaint}; without a rendering"));
        }
        for occurrence in wanted.occurrences(line, &scored.translation.words_by(args.words.rule())) {
            let translation = phrase(&Casing::Lower.words(&occurrence.other_words), &occurrence.linked);
            concordance.add(translation, occurrence);
        }
        Ok(())
    })?;
    let groups = concordance.groups();
    if groups.is_empty() {
        say(&format!("`{}` does not occur in {}", args.word, corpus.name));
    }
    let mut out = writer(None)?;
    for (rank, group) in groups.iter().enumerate() {
        match args.format {
            ConcordanceFormat::Text if rank > 0 => write!(out, "\n{}", text(group, &args))?,
            ConcordanceFormat::Text => write!(out, "{}", text(group, &args))?,
            ConcordanceFormat::Jsonl => {
                for occurrence in group.occurrences.iter().take(args.show.unwrap_or(usize::MAX)) {
                    let record = Record::new(group, occurrence, args.target);
                    writeln!(out, "{}", links::in_one_line(serde_json::to_string(&record)?))?;
                }
            }
        }
    }
    out.flush()?;
    Ok(())
}

/// Which words are looked for.
struct Wanted<'a> {
    args: &'a ConcordanceArgs,
    word: String,
}

impl<'a> Wanted<'a> {
    fn new(args: &'a ConcordanceArgs) -> Result<Self> {
        let word = bare(args.word.trim());
        if word.is_empty() || word.contains(char::is_whitespace) {
            return Err(wrong_usage(format!("`{}` is not one word; give a word with a letter or digit", args.word)));
        }
        Ok(Self { args, word: if args.exact { word.to_owned() } else { word.to_lowercase() } })
    }

    fn is(&self, word: &str) -> bool {
        let word = if self.args.exact { bare(word).to_owned() } else { bare(word).to_lowercase() };
        if self.args.prefix { word.starts_with(&self.word) } else { word == self.word }
    }

    /// The pairs that have such a word, and their places in the corpus, from zero.
    fn pairs_of(&self, corpus: &Corpus) -> (Vec<usize>, Corpus) {
        let numbered = corpus.pairs.iter().enumerate().map(|(index, pair)| (index, pair.clone()));
        let has_word = |text: &str| self.args.words.rule().words(text).into_iter().any(|word| self.is(&text[word]));
        let (places, pairs) =
            numbered.filter(|(_, pair)| has_word(if self.args.target { &pair.target } else { &pair.source })).unzip();
        (places, Corpus { name: corpus.name.clone(), pairs, lines: Vec::new(), notes: Vec::new() })
    }

    fn occurrences(&self, line: usize, view: &WordView) -> Vec<Occurrence> {
        let links = links::hard(view);
        let (links, words, other) = match self.args.target {
            true => (links.transposed(), &view.target, &view.source),
            false => (links, &view.source, &view.target),
        };
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let places = (0..words.len()).filter(|place| self.is(words[*place]));
        places
            .map(|place| Occurrence {
                line,
                words: owned(words),
                position: place,
                other_words: owned(other),
                linked: links.targets_of(place).collect(),
            })
            .collect()
    }
}

fn text(group: &TranslationGroup, args: &ConcordanceArgs) -> String {
    let count = group.occurrences.len();
    let mut text = format!("{} → {}  ({count})\n", args.word, group.translation);
    for occurrence in group.occurrences.iter().take(args.show.unwrap_or(usize::MAX)) {
        let [above, below] = occurrence.lines(width().saturating_sub(MARGIN));
        text += &format!("{:>6}  {above}\n        {below}\n", occurrence.line);
    }
    text
}

#[derive(Serialize)]
struct Record<'a> {
    /// Line of the pair, from one.
    line: usize,
    rendering: &'a str,
    /// Occurrences with this rendering.
    count: usize,
    source_words: &'a [String],
    target_words: &'a [String],
    /// Places of the word, and of what it is linked to, from zero.
    source_places: &'a [usize],
    target_places: &'a [usize],
}

impl<'a> Record<'a> {
    fn new(group: &'a TranslationGroup, occurrence: &'a Occurrence, is_target: bool) -> Self {
        let Occurrence { line, words, position, other_words, linked } = occurrence;
        let place = std::slice::from_ref(position);
        let (source, target) = ((words.as_slice(), place), (other_words.as_slice(), linked.as_slice()));
        let ((source_words, source_places), (target_words, target_places)) =
            if is_target { (target, source) } else { (source, target) };
        Self {
            line: *line,
            rendering: &group.translation,
            count: group.occurrences.len(),
            source_words,
            target_words,
            source_places,
            target_places,
        }
    }
}
