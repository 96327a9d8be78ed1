//! From a corpus to token ids, in passes over its text that keep no more of it in memory than a chunk.

use crate::data::examples::{Examples, ExamplesWriter, encode_pair, ended};
use crate::events::event::{Event, Preparation};
use crate::events::event_log::EventLog;
use crate::guided_alignment::links::{TokenLinks, WordLinks};
use crate::guided_alignment::loss::Loss;
use crate::{TokenizerSettings, data::hold_out::hold_out};
use anyhow::{Context, Result, ensure};
use glosser_corpus_check::locate_line_shift;
use glosser_text::{CorpusReader, CorpusSize, Pair, Survey, TextError, Tokenizer, TrainingWords, WordCollector};
use glosser_translator::Tokenizers;
use rayon::prelude::*;
use std::fs::File;

/// Most pairs that sub-words are learnt from. Further text hardly changes them - the frequent ones come first, and a
/// fitted vocabulary ends at 16,000 - but each different word costs about a kilobyte while they are learnt: twice as
/// many pairs, with a random word in ten, took 1.5 GB.
const MOST_LEARNT_FROM: usize = 250_000;

/// Pairs that are tokenised together.
const CHUNK: usize = 4096;

/// Pairs between two reports of a preparation: a small corpus needs none.
const REPORT_EVERY: usize = 100_000;

/// The pairs of a corpus, some of them held out for validation.
pub(crate) struct Selection {
    reader: CorpusReader,
    pairs: usize,
    /// In ascending order.
    held_out: Vec<u32>,
}

impl Selection {
    /// Of all pairs of a corpus of this size, for training.
    pub fn all(reader: CorpusReader, size: CorpusSize) -> Self {
        Self { reader, pairs: size.pairs, held_out: Vec::new() }
    }

    /// Holds out some pairs, which are returned.
    ///
    /// # Errors
    /// If there is only one.
    pub fn hold_out(&mut self, seed: u64) -> Result<Vec<Pair>> {
        ensure!(
            self.pairs >= 2,
            "{}: a corpus of one pair leaves none to validate on; give more pairs, or --dev",
            self.reader.name()
        );
        self.held_out = hold_out(self.pairs, seed);
        let last = self.held_out.last().map_or(0, |last| *last as usize);
        let pairs = self.reader.pairs()?.take(last + 1).enumerate();
        let chosen = pairs.filter(|(at, _)| self.is_held_out(*at)).map(|(_, pair)| pair);
        Ok(chosen.collect::<Result<_, _>>()?)
    }

    fn is_held_out(&self, at: usize) -> bool {
        u32::try_from(at).is_ok_and(|at| self.held_out.binary_search(&at).is_ok())
    }

    /// The number of pairs to train on.
    pub fn len(&self) -> usize {
        self.pairs - self.held_out.len()
    }

    /// The pairs to train on, with their places in the corpus.
    fn training(&self) -> Result<impl Iterator<Item = (usize, Result<Pair, TextError>)> + Send + '_, TextError> {
        Ok(self.reader.pairs()?.enumerate().filter(|(at, _)| !self.is_held_out(*at)))
    }

    /// Learns sub-words from the pairs to train on, or from pairs evenly spread over them.
    pub fn tokenizers(&self, settings: &TokenizerSettings, events: &mut EventLog) -> Result<Tokenizers> {
        if self.len() >= REPORT_EVERY {
            let pairs = self.len().min(MOST_LEARNT_FROM);
            events.report(Event::Preparing(Preparation::LearningSubwords { pairs }))?;
        }
        let learn = |sides: fn(Pair) -> Vec<String>| self.tokenizer(settings.vocab, sides);
        Ok(if settings.joint {
            Tokenizers::joint(learn(|pair| vec![pair.source, pair.target])?)
        } else {
            Tokenizers::separate(learn(|pair| vec![pair.source])?, learn(|pair| vec![pair.target])?)
        })
    }

    fn tokenizer(&self, vocab: usize, sides: fn(Pair) -> Vec<String>) -> Result<Tokenizer> {
        let mut failed = None;
        let sample = self.sample(MOST_LEARNT_FROM)?;
        let sample = sample.map_while(|pair| pair.map_err(|error| failed = Some(error)).ok());
        let tokenizer = Tokenizer::train(sample.flat_map(sides), vocab)?;
        failed.map_or(Ok(tokenizer), |error| Err(error.into()))
    }

    /// At most so many of the pairs to train on, evenly spread over them.
    pub fn spread(&self, most: usize) -> Result<Vec<Pair>> {
        Ok(self.sample(most)?.collect::<Result<_, _>>()?)
    }

    fn sample(&self, most: usize) -> Result<impl Iterator<Item = Result<Pair, TextError>> + Send + '_, TextError> {
        let sample = self.training()?.filter(move |(at, _)| is_sampled(*at, most, self.pairs));
        Ok(sample.map(|(_, pair)| pair))
    }

    /// Tokenises the pairs to train on into an empty file, those with more than `longest` tokens on a side left out,
    /// gathers the words of their sources, and the links of a guide, if there is one.
    pub fn encode(
        &self,
        tokenizers: &Tokenizers,
        longest: usize,
        file: File,
        mut guided: Option<(&WordLinks, &mut Loss)>,
        events: &mut EventLog,
    ) -> Result<(Examples, TrainingWords)> {
        let mut writer = ExamplesWriter::new(file, self.len(), tokenizers);
        let guide = guided.as_ref().map(|(guide, _)| TokenLinks::new(guide, tokenizers)).transpose()?;
        let encode = |(at, pair): &(usize, Pair)| {
            let (source, target) = encode_pair(pair, tokenizers, longest)?;
            let links = guide.as_ref().map(|guide| guide.links(*at, pair, &source, &target));
            Some((ended(source, target), links))
        };
        let mut pairs = self.training()?.map(|(at, pair)| Ok((at, pair?)));
        let mut next_chunk = || pairs.by_ref().take(CHUNK).collect::<Result<Vec<(usize, Pair)>, TextError>>();
        let mut words = WordCollector::default();
        let mut done = 0;
        let mut chunk = next_chunk()?;
        while !chunk.is_empty() {
            // What is serial, reading and gathering words, goes on beside tokenising.
            let beside = || {
                chunk.iter().for_each(|(_, pair)| words.add(&pair.source));
                next_chunk()
            };
            let (encoded, next) = rayon::join(|| chunk.par_iter().filter_map(encode).collect::<Vec<_>>(), beside);
            for (pair, links) in &encoded {
                writer.push(pair).context(NOT_WRITTEN)?;
                if let (Some((_, guided)), Some(links)) = (&mut guided, links) {
                    guided.push(links);
                }
            }
            let before = done;
            done += chunk.len();
            if done / REPORT_EVERY > before / REPORT_EVERY {
                events.report(Event::Preparing(Preparation::Tokenising { pairs: done, of: self.len() }))?;
            }
            chunk = next?;
        }
        ensure!(
            done == self.len(),
            "{}: the corpus changed while it was being read, from {} pairs to {done}; train again",
            self.reader.name(),
            self.len()
        );
        Ok((writer.finish().context(NOT_WRITTEN)?, words.finish()))
    }
}

const NOT_WRITTEN: &str = "the token ids cannot be written; is there room in the model directory?";

/// Reads the corpus once, checks every line, and reports how far it is.
pub(crate) fn survey(reader: &CorpusReader, events: &mut EventLog) -> Result<Survey> {
    let mut told = Ok(());
    let survey = reader.survey(|pairs| {
        if pairs.is_multiple_of(REPORT_EVERY) && told.is_ok() {
            told = events.report(Event::Preparing(Preparation::Reading { pairs }));
        }
    });
    let survey = survey.map_err(|error| locate_line_shift(error, reader.files()))?;
    told?;
    ensure!(
        u32::try_from(survey.size.pairs).is_ok(),
        "{}: {} pairs are more than can be numbered; train on a part of them",
        reader.name(),
        survey.size.pairs
    );
    Ok(survey)
}

/// Whether the pair at this place is one of `most`, spread evenly over `all`; every one, if there are no more.
fn is_sampled(at: usize, most: usize, all: usize) -> bool {
    let before = |at: usize| at as u128 * most as u128 / all as u128;
    before(at + 1) > before(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use glosser_text::{AnyCorpus, Corpus};

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

    fn encoded(selection: &Selection, longest: usize, events: &mut EventLog) -> Result<(Examples, Tokenizers)> {
        let tokenizers = selection.tokenizers(&TokenizerSettings { vocab: 310, joint: true }, events)?;
        let (examples, known) = selection.encode(&tokenizers, longest, tempfile::tempfile()?, None, events)?;
        Ok((examples, tokenizers.with_training_words(known)))
    }

    #[test]
    fn the_ids_on_disk_are_those_of_all_pairs_but_the_held_out_in_their_order() -> Result<()> {
        let mut all = numbered(2 * CHUNK + 77);
        all[5].target = " ".to_owned();
        let mut selection = selection(all.clone());
        all.remove(5);
        let held_out = selection.hold_out(1)?;
        let (examples, tokenizers) = encoded(&selection, 100, &mut EventLog::new(&mut |_| {}))?;
        assert_eq!((held_out.len(), examples.len()), (all.len() / 20, all.len() - all.len() / 20));
        let kept = all.iter().filter(|pair| held_out.binary_search_by(|other| by_number(other, pair)).is_err());
        assert!(tokenizers.training_words().contains("nummer") && !tokenizers.training_words().contains("number"));
        let text = |ids: &[u32]| tokenizers.source().decode(ids);
        for (at, pair) in kept.enumerate() {
            let (source, target) = examples.ids(at)?;
            assert_eq!((source.last(), target.last()), (Some(&glosser_text::EOS), Some(&glosser_text::EOS)));
            assert_eq!((text(&source), text(&target)), (pair.source.clone(), pair.target.clone()));
            assert_eq!(examples.lengths(at), (target.len(), source.len()));
        }
        Ok(())
    }

    fn by_number(one: &Pair, other: &Pair) -> std::cmp::Ordering {
        (one.source.len(), &one.source).cmp(&(other.source.len(), &other.source))
    }

    #[test]
    fn the_preparation_of_a_large_corpus_is_reported() -> Result<()> {
        let mut told = Vec::new();
        let mut listener = |event: &Event| {
            let event = serde_json::to_value(event).expect("JSON");
            let of = event["of"].as_u64().map_or_else(String::new, |of| format!(" of {of}"));
            told.push(format!("{} {}{of}", event["doing"].as_str().unwrap_or_default(), event["pairs"]));
        };
        let mut events = EventLog::new(&mut listener);
        let pair = Pair { source: "a".to_owned(), target: "b".to_owned() };
        let selection = selection(vec![pair; REPORT_EVERY]);
        survey(&selection.reader, &mut events)?;
        encoded(&selection, 100, &mut events)?;
        assert_eq!(told, ["reading 100000", "learning-subwords 100000", "tokenising 100000 of 100000"]);
        Ok(())
    }

    #[test]
    fn a_sample_has_its_size_and_no_gap_is_longer_than_others_by_more_than_one() {
        for (most, all) in [(10, 3), (10, 10), (10, 11), (10, 97), (500_000, 5_000_000)] {
            let sample: Vec<usize> = (0..all).filter(|at| is_sampled(*at, most, all)).collect();
            assert_eq!(sample.len(), most.min(all));
            let gaps = || sample.windows(2).map(|pair| pair[1] - pair[0]);
            assert!(gaps().max() <= gaps().min().map(|gap| gap + 1), "{most} of {all}");
        }
    }
}
