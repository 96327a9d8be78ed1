//! From a corpus to token ids, in passes over its text that keep only a chunk of it in memory.

use crate::data::examples::{Examples, ExamplesWriter, encode_pair, ended};
use crate::data::hold_out::{Draw, HeldOut};
use crate::data::overlap::Overlap;
use crate::data::short_list::{MOST_COUNTED, ShortListCounter};
use crate::error::{Result, TrainingError};
use crate::events::activity::Activity;
use crate::events::event::{Event, Preparation};
use crate::events::event_log::EventLog;
use crate::guided_alignment::links::{LinkConverter, WordLinks};
use crate::guided_alignment::loss::Loss;
use crate::settings::{MOST_ALIGNED, TokenizerSettings, TrainingSettings};
use glosser_corpus_check::locate_line_shift;
use glosser_text::{
    AnyCorpus, CorpusReader, CorpusSize, NgramCollector, NumberCounter, Pair, ScriptCounts, SideProfile, Survey,
    TextError, TextPreparation, TextProfile, Tokenizer, TrainingWords, WordCollector, WordRule, WritingCollector,
    counted,
};
use glosser_translator::{ShortList, Tokenizers};
use rayon::prelude::*;
use std::fs::File;
use std::io;

/// Most pairs that a tokenizer is trained on. Further text hardly changes it: the frequent sub-words come first, and
/// the default vocabulary has at most 16,000. But each distinct word takes about a kilobyte during training: twice as
/// many pairs, with a random word in ten, took 1.5 GB.
const MOST_LEARNT_FROM: usize = 250_000;

/// Pairs that are tokenised together.
const CHUNK: usize = 4096;

/// Pairs between two reports of the preparation. Small corpora need none.
const REPORT_EVERY: usize = 100_000;

/// Fewest pairs from which learning links is reported: it takes seconds.
const REPORT_LINKS_FROM: usize = 10_000;

/// The training pairs of a corpus: all pairs, except those held out for validation.
pub(crate) struct Selection {
    reader: CorpusReader,
    /// Pairs of the corpus.
    pairs: usize,
    /// Indices of the pairs held out and of their copies, in ascending order.
    held_out: Vec<u32>,
}

impl Selection {
    /// Selects all pairs of a corpus of this size.
    pub fn all(reader: CorpusReader, size: CorpusSize) -> Self {
        Self { reader, pairs: size.pairs, held_out: Vec::new() }
    }

    /// Holds out a twentieth of the pairs, chosen by the seed, and returns them.
    ///
    /// # Errors
    /// If there is only one pair, or the corpus cannot be read.
    pub fn hold_out(&mut self, seed: u64) -> Result<(Draw, HeldOut)> {
        if self.pairs < 2 {
            return Err(self.unusable("a corpus of one pair leaves none to validate on; give more pairs, or --dev"));
        }
        let draw = Draw::new(&self.reader, self.pairs, seed)?;
        let held_out = draw.first(&self.reader)?;
        self.held_out = held_out.indices();
        Ok((draw, held_out))
    }

    /// Replaces held-out pairs that have more than `longest` tokens on a side by others, if there are any. They are
    /// known only now, because the tokenizers learn from the other pairs.
    ///
    /// # Errors
    /// If the corpus cannot be read.
    pub fn hold_out_shorter(
        &mut self,
        (draw, held_out): (Draw, HeldOut),
        tokenizers: &Tokenizers,
        longest: usize,
    ) -> Result<HeldOut> {
        let is_trainable = |pair: &Pair| encode_pair(pair, tokenizers, longest).is_some();
        let held_out = draw.replace(held_out, &self.reader, is_trainable)?;
        self.held_out = held_out.indices();
        Ok(held_out)
    }

    fn is_held_out(&self, at: usize) -> bool {
        u32::try_from(at).is_ok_and(|at| self.held_out.binary_search(&at).is_ok())
    }

    /// Returns the name of the corpus.
    pub fn name(&self) -> String {
        self.reader.name()
    }

    /// Returns the number of training pairs.
    pub fn len(&self) -> usize {
        self.pairs - self.held_out.len()
    }

    /// Returns the training pairs with their indices in the corpus.
    fn training(&self) -> Result<impl Iterator<Item = (usize, Result<Pair, TextError>)> + Send + '_, TextError> {
        Ok(self.reader.pairs()?.enumerate().filter(|(at, _)| !self.is_held_out(*at)))
    }

    /// Learns the profile of the text of the training pairs, or of a sample evenly spread over them.
    fn profile(&self, settings: &TokenizerSettings) -> Result<TextProfile> {
        let (mut source, mut target) = <(SideCollector, SideCollector)>::default();
        let (mut numbers, mut ngrams) = (NumberCounter::default(), NgramCollector::default());
        self.learn_from_sample(|sample| {
            for pair in sample {
                source.add(&pair.source);
                target.add(&pair.target);
                numbers.add(&pair.source, &pair.target);
                ngrams.add(&pair.source);
            }
        })?;
        let (source_words, target_words) =
            settings.word_rules((source.letters, target.letters), self.reader.is_reversed());
        Ok(TextProfile {
            source: source.finish(source_words),
            target: target.finish(target_words),
            translates_numbers: numbers.are_translated(),
            source_ngrams: ngrams.finish(),
        })
    }

    /// Trains the tokenizers on the training pairs, or on a sample evenly spread over them.
    pub fn tokenizers(&self, settings: &TokenizerSettings, events: &mut EventLog) -> Result<Tokenizers> {
        if self.len() >= REPORT_EVERY {
            let pairs = self.len().min(MOST_LEARNT_FROM);
            events.report(Event::Preparing(Preparation::LearningSubwords { pairs }))?;
        }
        let profile = self.profile(settings)?;
        let (of_source, of_target) = (TextPreparation::new(&profile.source), TextPreparation::new(&profile.target));
        let source = |pair: &Pair| of_source.characters(&pair.source).text().to_owned();
        let target = |pair: &Pair| of_target.characters(&pair.target).text().to_owned();
        let tokenizers = if settings.joint {
            Tokenizers::joint(self.tokenizer(settings.vocab, |pair| vec![source(&pair), target(&pair)])?)
        } else {
            let source = self.tokenizer(settings.vocab, |pair| vec![source(&pair)])?;
            Tokenizers::separate(source, self.tokenizer(settings.vocab, |pair| vec![target(&pair)])?)
        };
        Ok(tokenizers.with_profile(profile))
    }

    fn tokenizer(&self, vocab: usize, sides: impl Fn(Pair) -> Vec<String> + Send) -> Result<Tokenizer> {
        Ok(self.learn_from_sample(|sample| Tokenizer::train(sample.flat_map(sides), vocab))??)
    }

    /// Calls `learn` with the training pairs, or with a sample evenly spread over them.
    ///
    /// # Errors
    /// If the corpus cannot be read.
    fn learn_from_sample<T>(&self, learn: impl FnOnce(&mut (dyn Iterator<Item = Pair> + Send)) -> T) -> Result<T> {
        let mut failed = None;
        let sample = self.sample(MOST_LEARNT_FROM)?;
        let learnt = learn(&mut sample.map_while(|pair| pair.map_err(|error| failed = Some(error)).ok()));
        failed.map_or(Ok(learnt), |error| Err(error.into()))
    }

    /// Trains the statistical aligner on the training pairs, or on a sample evenly spread over them.
    pub fn learn_links(&self, tokenizers: &Tokenizers, events: &mut EventLog) -> Result<WordLinks> {
        let pairs = self.sample(MOST_ALIGNED)?.collect::<Result<Vec<Pair>, _>>()?;
        if pairs.len() >= REPORT_LINKS_FROM {
            events.report(Event::Preparing(Preparation::LearningLinks { pairs: pairs.len() }))?;
        }
        let progress = |iterations| events.activity(&Activity::LearningLinks { pairs: pairs.len(), iterations });
        Ok(WordLinks::learn(&pairs, tokenizers.words(), progress))
    }

    /// Returns the training pairs, or a sample of `most` pairs of the corpus, evenly spread, without those held out.
    fn sample(&self, most: usize) -> Result<impl Iterator<Item = Result<Pair, TextError>> + Send + '_, TextError> {
        let sample = self.training()?.filter(move |(at, _)| is_sampled(*at, most, self.pairs));
        Ok(sample.map(|(_, pair)| pair))
    }

    /// Tokenises the training pairs into an empty file, without those with more than `training.longest` tokens on a
    /// side, and collects the words of their sources, their links and the short lists. Finds the validation pairs among them.
    ///
    /// # Errors
    /// If the corpus cannot be read, or has changed, or the file cannot be written.
    pub fn encode(
        &self,
        tokenizers: &Tokenizers,
        links: Option<&WordLinks>,
        training: &TrainingSettings,
        overlap: &mut Overlap,
        file: File,
        events: &mut EventLog,
    ) -> Result<EncodedPairs> {
        let mut guided_alignment = links.map(|_| Loss::new(training.guided_alignment.clone()));
        let mut writer = ExamplesWriter::new(file, self.len(), tokenizers);
        let converter = links.map(|links| LinkConverter::new(links, tokenizers));
        let encode = |(index, pair): &(usize, Pair)| {
            let (source, target) = encode_pair(pair, tokenizers, training.longest)?;
            let links = converter.as_ref().map(|converter| converter.links(*index, pair, &source, &target));
            Some((*index, ended(source, target), links))
        };
        let mut short_list = links.and_then(|_| ShortListCounter::new(tokenizers));
        let mut pairs = self.training()?.map(|(index, pair)| Ok((index, pair?)));
        let mut next_chunk = || pairs.by_ref().take(CHUNK).collect::<Result<Vec<(usize, Pair)>, TextError>>();
        let mut words = WordCollector::default();
        let mut done = 0;
        let mut chunk = next_chunk()?;
        while !chunk.is_empty() {
            // Reading and collecting words are serial; they run beside tokenising.
            let beside = || {
                for (_, pair) in &chunk {
                    words.add(&pair.source);
                    overlap.add(pair);
                }
                next_chunk()
            };
            let (encoded, next) = rayon::join(|| chunk.par_iter().filter_map(encode).collect::<Vec<_>>(), beside);
            for (index, pair, links) in &encoded {
                writer.push(pair).map_err(not_written)?;
                let Some(links) = links else { continue };
                guided_alignment.iter_mut().for_each(|guided_alignment| guided_alignment.push(links));
                if is_sampled(*index, MOST_COUNTED, self.pairs) {
                    short_list.iter_mut().for_each(|short_list| short_list.add(pair, links));
                }
            }
            let before = done;
            done += chunk.len();
            if done / REPORT_EVERY > before / REPORT_EVERY {
                events.report(Event::Preparing(Preparation::Tokenising { pairs: done, of: self.len() }))?;
            }
            chunk = next?;
        }
        if done != self.len() {
            let expected = counted(self.len(), "pair");
            let problem = format!("the corpus changed while it was read, from {expected} to {done}; train again");
            return Err(self.unusable(problem));
        }
        let examples = writer.finish().map_err(not_written)?;
        let statistics = links.and_then(WordLinks::statistics);
        let short_list = short_list.map(|counted| counted.finish(tokenizers));
        Ok(EncodedPairs { examples, words: words.finish(), guided_alignment, statistics, short_list })
    }

    fn unusable(&self, problem: impl Into<String>) -> TrainingError {
        TrainingError::unusable(self.name(), problem)
    }
}

/// Collects the profile of one side.
#[derive(Default)]
struct SideCollector {
    letters: ScriptCounts,
    writing: WritingCollector,
}

impl SideCollector {
    fn add(&mut self, text: &str) {
        self.letters.add(text);
        self.writing.add(text);
    }

    fn finish(self, words: WordRule) -> SideProfile {
        SideProfile { words, writing: Some(self.writing.finish()) }
    }
}

/// The training pairs as token ids.
pub(crate) struct EncodedPairs {
    pub examples: Examples,
    /// The words of their sources.
    pub words: TrainingWords,
    /// `None` if there are no links.
    pub guided_alignment: Option<Loss>,
    /// The statistics that the links were learnt with, for the model directory.
    pub statistics: Option<Vec<u8>>,
    /// The short lists of output words; `None` if there are no links, or the vocabulary is small.
    pub short_list: Option<ShortList>,
}

fn not_written(cause: io::Error) -> TrainingError {
    TrainingError::file("the token ids cannot be written to the model directory; is there room on the disk?", cause)
}

/// Reads the corpus once, checks every line, and reports the progress.
///
/// # Errors
/// If a line is faulty, or there are more pairs than 32 bits can number.
pub(crate) fn survey(reader: &CorpusReader, events: &mut EventLog) -> Result<Survey> {
    let mut reported = Ok(());
    let survey = reader.survey(|pairs| {
        if pairs.is_multiple_of(REPORT_EVERY) && reported.is_ok() {
            reported = events.report(Event::Preparing(Preparation::Reading { pairs }));
        }
    });
    let survey = survey.map_err(|error| locate_line_shift(error, reader.files()))?;
    reported?;
    let pairs = survey.size.pairs;
    if u32::try_from(pairs).is_err() {
        let problem = format!("{pairs} pairs are more than 32 bits can number; train on a part of them");
        return Err(TrainingError::unusable(reader.name(), problem));
    }
    Ok(survey)
}

/// Reads a corpus once, and returns its size, by which [`Settings::for_corpus`](crate::Settings::for_corpus) chooses
/// the defaults.
///
/// # Errors
/// If it cannot be read, or a line is faulty.
pub fn corpus_size(corpus: impl Into<AnyCorpus>) -> Result<CorpusSize> {
    let reader = CorpusReader::new(corpus.into(), tempfile::tempfile)?;
    let survey = reader.survey(|_pairs| {}).map_err(|error| locate_line_shift(error, reader.files()))?;
    Ok(survey.size)
}

/// Returns whether the pair at this index is one of `most` pairs, spread evenly over `all`.
fn is_sampled(at: usize, most: usize, all: usize) -> bool {
    let before = |at: usize| at as u128 * most as u128 / all as u128;
    before(at + 1) > before(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use glosser_text::Corpus;

    fn selection(pairs: Vec<Pair>) -> Selection {
        let corpus =
            AnyCorpus::from(Corpus { name: "pairs.tsv".to_owned(), pairs, lines: Vec::new(), notes: Vec::new() });
        let reader = CorpusReader::new(corpus, tempfile::tempfile).expect("a corpus in memory");
        let size = reader.survey(|_| {}).expect("good pairs").size;
        Selection::all(reader, size)
    }

    fn numbered(count: usize) -> Vec<Pair> {
        (0..count).map(|at| Pair { source: format!("nummer {at}"), target: format!("number {at}") }).collect()
    }

    fn encoded(selection: &Selection, events: &mut EventLog) -> anyhow::Result<(Examples, Tokenizers)> {
        let fitted = Settings::fitted(CorpusSize { pairs: selection.len(), words: 0, distinct_words: 0 });
        let tokenizers = selection.tokenizers(&TokenizerSettings { vocab: 310, ..fitted.tokenizer }, events)?;
        let training = fitted.training;
        let overlap = &mut Overlap::new(&[]);
        let encoded = selection.encode(&tokenizers, None, &training, overlap, tempfile::tempfile()?, events)?;
        Ok((encoded.examples, tokenizers.with_training_words(encoded.words)))
    }

    #[test]
    fn the_ids_in_the_file_are_those_of_all_pairs_except_the_held_out_ones_in_order() -> anyhow::Result<()> {
        let mut all = numbered(2 * CHUNK + 77);
        all[5].target = " ".to_owned();
        let mut selection = selection(all.clone());
        all.remove(5);
        let (_, held_out) = selection.hold_out(1)?;
        let held_out: Vec<Pair> = held_out.pairs.into_iter().map(|(_, pair)| pair).collect();
        let (examples, tokenizers) = encoded(&selection, &mut EventLog::new(&mut |_: &Event| {}))?;
        assert_eq!((held_out.len(), examples.len()), (all.len() / 20, all.len() - all.len() / 20));
        let kept = all.iter().filter(|pair| held_out.binary_search_by(|other| by_number(other, pair)).is_err());
        assert!(tokenizers.training_words().contains("nummer") && !tokenizers.training_words().contains("number"));
        let text = |ids: &[u32]| tokenizers.source().decode(ids);
        for (at, pair) in kept.enumerate() {
            let (source, target) = examples.ids(at)?;
            assert_eq!((source.last(), target.last()), (Some(&glosser_text::EOS), Some(&glosser_text::EOS)));
            assert_eq!((text(&source), text(&target)), (pair.source.clone(), pair.target.clone()));
            let lengths = examples.lengths(at);
            assert_eq!((lengths.source as usize, lengths.target as usize), (source.len(), target.len()));
        }
        Ok(())
    }

    fn by_number(one: &Pair, other: &Pair) -> std::cmp::Ordering {
        (one.source.len(), &one.source).cmp(&(other.source.len(), &other.source))
    }

    #[test]
    fn the_preparation_of_a_large_corpus_is_reported() -> anyhow::Result<()> {
        let mut reported = Vec::new();
        let mut observer = |event: &Event| {
            let event = serde_json::to_value(event).expect("JSON");
            let of = event["of"].as_u64().map_or_else(String::new, |of| format!(" of {of}"));
            reported.push(format!("{} {}{of}", event["doing"].as_str().unwrap_or_default(), event["pairs"]));
        };
        let mut events = EventLog::new(&mut observer);
        let pair = Pair { source: "a".to_owned(), target: "b".to_owned() };
        let selection = selection(vec![pair; REPORT_EVERY]);
        survey(&selection.reader, &mut events)?;
        encoded(&selection, &mut events)?;
        assert_eq!(reported, ["reading 100000", "learning-subwords 100000", "tokenising 100000 of 100000"]);
        Ok(())
    }

    #[test]
    fn a_sample_is_evenly_spread() {
        for (most, all) in [(10, 3), (10, 10), (10, 11), (10, 97), (500_000, 5_000_000)] {
            let sample: Vec<usize> = (0..all).filter(|at| is_sampled(*at, most, all)).collect();
            assert_eq!(sample.len(), most.min(all));
            let gaps = || sample.windows(2).map(|pair| pair[1] - pair[0]);
            assert!(gaps().max() <= gaps().min().map(|gap| gap + 1), "{most} of {all}");
        }
    }
}
