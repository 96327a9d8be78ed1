//! `glosser concordance`: shows how a word or a phrase is translated in given pairs.

use crate::arguments::{ScoredPairsArgs, TextOrJsonl, at_least_one, wrong_usage};
use crate::forced_decoding::{CountedWords, ForcedDecoding};
use crate::link_arguments::LinksArg;
use crate::links;
use crate::output::{say, width, writer};
use crate::progress::Bar;
use crate::word_query::WordQuery;
use crate::words_argument::WordsArg;
use anyhow::Result;
use clap::Args;
use glosser_alignment::{Concordance, Occurrence, TranslationGroup, phrase};
use glosser_text::{Casing, Corpus, Pair, WordSplitters, printable, texts};
use glosser_translator::WordView;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// Show each occurrence of a word or a phrase in given pairs, by translation
///
/// The most frequent translation comes first. Each occurrence has the line of its pair, with the word and its
/// translation in brackets. Apostrophes, hyphens and slashes divide words: `ours` is found in `l'ours`. Only pairs with
/// the word pass through the model.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser concordance Hund --model de-en pairs.tsv
  glosser concordance dog --target --model de-en pairs.tsv --show 3
  glosser concordance lauf --prefix --model de-en train.de train.en
  glosser concordance \"guten Tag\" --model de-en pairs.tsv")]
pub struct ConcordanceArgs {
    /// The source word to find, or several words in quotation marks, without punctuation [example: "guten Tag"]
    pub word: String,

    #[command(flatten)]
    pub pairs: ScoredPairsArgs,

    #[command(flatten)]
    pub words: WordsArg,

    #[command(flatten)]
    pub links: LinksArg,

    /// Find the word in the target [default: in the source]
    #[arg(long)]
    pub target: bool,

    /// Find every word that begins with WORD
    #[arg(long)]
    pub prefix: bool,

    /// Distinguish capital and small letters
    #[arg(long)]
    pub exact: bool,

    /// Maximum number of occurrences to show for each translation; all are counted [default: all; example: --show 3]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub show: Option<usize>,

    /// Output format; text has two lines per occurrence, source and target, aligned at the word
    #[arg(long, default_value = "text")]
    pub format: TextOrJsonl,
}

/// Columns before the text of a pair: its line number and a gap.
const MARGIN: usize = 8;

/// Finds the pairs with the word, aligns them, and writes the occurrences.
pub fn run(args: ConcordanceArgs) -> Result<()> {
    let query = WordQuery::new(&args.word, args.prefix, args.exact).ok_or_else(|| {
        wrong_usage(format!("`{}` has no word; give one or several words with a letter or a digit", args.word))
    })?;
    let (scorer, corpus) = args.pairs.load(false)?;
    let reading = args.links.reading(&scorer, &args.words)?;
    let words = args.words.splitters(scorer.tokenizers());
    let with_word = pairs_of(&args, &query, &corpus, &words);
    let mut concordance = Concordance::default();
    let consequence = Some("its occurrences are shown without a translation");
    let bar = Bar::over(with_word.pairs.len(), "pair");
    let forced = args.pairs.forced_decoding(&with_word, reading.weighting(), consequence, Some(&bar));
    let forced = ForcedDecoding { counted_words: CountedWords::of(reading, &words), ..forced };
    forced.each(&scorer, |number, scored| {
        let line = with_word.line(number - 1);
        for occurrence in occurrences(&args, &query, line, &scorer.links(scored, &words, reading)?) {
            let translation = phrase(&Casing::Lower.words(&occurrence.other_words), &occurrence.linked);
            concordance.add(translation, occurrence);
        }
        Ok(())
    })?;
    drop(bar);
    let groups = concordance.groups();
    if groups.is_empty() {
        say(&format!("`{}` does not occur in {}", args.word, corpus.name));
    }
    let mut out = writer();
    for (rank, group) in groups.iter().enumerate() {
        match args.format {
            TextOrJsonl::Text if rank > 0 => write!(out, "\n{}", text(group, &args))?,
            TextOrJsonl::Text => write!(out, "{}", text(group, &args))?,
            TextOrJsonl::Jsonl => {
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

/// The pairs in which the query occurs, with their lines.
fn pairs_of(args: &ConcordanceArgs, query: &WordQuery, corpus: &Corpus, words: &WordSplitters) -> Corpus {
    let numbered = corpus.pairs.iter().enumerate().map(|(index, pair)| (corpus.line(index), pair.clone()));
    let has_query = |pair: &Pair| {
        let (splitter, text) = if args.target { (&words.target, &pair.target) } else { (&words.source, &pair.source) };
        let ranges = splitter.words(text);
        !query.places(&texts(text, &ranges), &ranges).is_empty()
    };
    let (lines, pairs) = numbered.filter(|(_, pair)| has_query(pair)).unzip();
    Corpus { name: corpus.name.clone(), pairs, lines, notes: Vec::new() }
}

/// The occurrences of the query in a pair.
fn occurrences(args: &ConcordanceArgs, query: &WordQuery, line: usize, view: &WordView) -> Vec<Occurrence> {
    let links = links::hard(view);
    let (links, words, ranges, other) = match args.target {
        true => (links.transposed(), &view.target, &view.target_ranges, &view.source),
        false => (links, &view.source, &view.source_ranges, &view.target),
    };
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let places = query.places(words, ranges).into_iter();
    places
        .map(|place| {
            let linked: BTreeSet<usize> = place.clone().flat_map(|word| links.targets_of(word)).collect();
            Occurrence {
                line,
                words: owned(words),
                positions: place.collect(),
                other_words: owned(other),
                linked: linked.into_iter().collect(),
            }
        })
        .collect()
}

fn text(group: &TranslationGroup, args: &ConcordanceArgs) -> String {
    let count = group.occurrences.len();
    let mut text = format!("{} → {}  ({count})\n", printable(&args.word), printable(&group.translation));
    for occurrence in group.occurrences.iter().take(args.show.unwrap_or(usize::MAX)) {
        let [above, below] = occurrence.lines(width().saturating_sub(MARGIN));
        text += &format!("{:>6}  {above}\n        {below}\n", occurrence.line);
    }
    text
}

#[derive(Serialize)]
struct Record<'a> {
    /// Line of the pair, counted from 1.
    line: usize,
    rendering: &'a str,
    /// Number of occurrences with this rendering.
    count: usize,
    source_words: &'a [String],
    target_words: &'a [String],
    /// Indices of the word, or of the words that it is linked to, counted from 0.
    source_places: &'a [usize],
    target_places: &'a [usize],
}

impl<'a> Record<'a> {
    fn new(group: &'a TranslationGroup, occurrence: &'a Occurrence, is_target: bool) -> Self {
        let Occurrence { line, words, positions, other_words, linked } = occurrence;
        let (source, target) = ((words.as_slice(), positions.as_slice()), (other_words.as_slice(), linked.as_slice()));
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
