//! Beam search (Graves 2012, section 3; Sutskever et al. 2014, section 3.2) over batches of sentences.
//!
//! [`Searcher`] owns the loop: every step runs the decoder once for all hypotheses of a batch, and then each sentence's
//! [`Beam`] chooses which hypotheses continue.

mod beam;
mod beginning;
mod ensemble;
mod extension;
mod hypothesis;
mod next_words;
mod options;
mod outputs;
mod trace;
mod workers;

pub(crate) use beginning::{Beginning, Next};
pub(crate) use extension::Extension;
pub use extension::Status;
pub use hypothesis::Hypothesis;
pub(crate) use hypothesis::normalized;
pub(crate) use next_words::NextWord;
pub use options::SearchOptions;
pub(crate) use trace::{SearchTrace, TraceStep};

use crate::model::{Batch, Model};
use crate::{ShortList, Tokenizers};
use beam::{Beam, LONGEST_REST};
use candle_core::{Device, Result, bail};
use ensemble::{EnsembleStep, PreparedEnsemble, select};
use extension::Limits;
use glosser_attention_decoder::{PreparedMemory, State};
use glosser_text::{TokenBytes, Tokenizer, WritableTokens};
use options::has_end;
use outputs::{CommonOutputs, Outputs};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::sync::{Arc, OnceLock};
use workers::Workers;

/// A [`Model`] with its weights laid out for search.
///
/// It keeps the weights that the model had when it was made. While a model is being trained, make a new one after each
/// change of the weights.
#[derive(Debug)]
pub struct Searcher {
    ensemble: PreparedEnsemble,
    device: Device,
    workers: Workers,
    /// The tokens that make whole characters; `None` if all are allowed.
    writable: Option<Arc<WritableTokens>>,
    /// The source token of a tab.
    tab: Option<u32>,
    /// The target tokenizer, and the bytes of its tokens once a beginning of characters was given.
    target: Option<Tokenizer>,
    /// `None` if the model has no short lists.
    short: Option<CommonOutputs>,
    token_bytes: OnceLock<Arc<TokenBytes>>,
}

/// The search for one sentence.
#[derive(Clone, Copy)]
struct Task<'a> {
    /// Token ids, EOS last.
    source: &'a [u32],
    limits: Limits,
    /// The beginning of every translation, if one is given.
    beginning: Option<&'a Beginning>,
    /// Whether to record a trace, and then how many dropped extensions per step.
    alternatives: Option<usize>,
    /// Whether only the words of the sentence's short list are considered. All tasks of a search agree.
    is_short: bool,
}

/// The hypotheses of one sentence, best first, at least one; and the trace, if one was recorded.
type Found = (Vec<Hypothesis>, Option<SearchTrace>);

impl Searcher {
    /// Lays out the weights that the model has now.
    pub fn new(model: &Model) -> Result<Self> {
        Ok(Self {
            ensemble: PreparedEnsemble::new(model)?,
            device: model.device().clone(),
            workers: Workers::default(),
            writable: None,
            tab: None,
            target: None,
            short: None,
            token_bytes: OnceLock::new(),
        })
    }

    /// From now on a translation has whole characters only, and no control characters except a tab, if its source has
    /// one. Their probability is not given to others, so that the probability of a translation stays the same.
    pub fn with_whole_characters(self, tokenizers: &Tokenizers) -> Self {
        let tab = tokenizers.source().encode("\t").ids.last().copied();
        let target = tokenizers.target();
        Self { writable: Some(Arc::new(WritableTokens::new(target))), tab, target: Some(target.clone()), ..self }
    }

    /// Searches with short lists from now on, unless the options of a search exclude them.
    ///
    /// # Errors
    /// If a list has a token that the model does not have.
    pub fn with_short_list(self, list: Option<Arc<ShortList>>) -> Result<Self> {
        let short = list.map(|list| CommonOutputs::new(list, &self.ensemble)).transpose()?;
        Ok(Self { short, ..self })
    }

    /// The bytes of the target tokens; none without tokenizers.
    fn token_bytes(&self) -> &Arc<TokenBytes> {
        let bytes = || Arc::new(self.target.as_ref().map(TokenBytes::new).unwrap_or_default());
        self.token_bytes.get_or_init(bytes)
    }

    fn task<'a>(&self, source: &'a [u32], options: &SearchOptions) -> Task<'a> {
        let may_have_tabs = self.tab.is_some_and(|tab| source.contains(&tab));
        let limits = Limits { may_have_tabs, ..options.limits(source) };
        Task {
            source,
            limits,
            beginning: None,
            alternatives: None,
            is_short: options.short_list && self.short.is_some(),
        }
    }

    /// The task for translations with a given beginning, with room for its incomplete word byte by byte.
    fn task_from<'a>(&self, source: &'a [u32], beginning: &'a Beginning, options: &SearchOptions) -> Task<'a> {
        let task = self.task(source, options);
        let least = match beginning.next {
            Next::Characters { .. } => {
                beginning.most_tokens() + task.limits.placeholders.count_ones() as usize + LONGEST_REST
            }
            Next::Any | Next::NewWord { .. } => 0,
        };
        let limits = Limits { max_length: task.limits.max_length.max(least), ..task.limits };
        Task { limits, beginning: Some(beginning), is_short: false, ..task }
    }

    /// `tokens` are the output words of the sentence; `None` stands for the whole vocabulary.
    fn beam(&self, task: &Task, tokens: Option<Arc<[u32]>>) -> Beam {
        let trace = task.alternatives.map(SearchTrace::new);
        let beam = Beam::new(task.limits, trace).with_writable(self.writable.clone()).with_tokens(tokens);
        match task.beginning {
            Some(beginning) => beam.with_beginning(beginning, self.token_bytes().clone()),
            None => beam,
        }
    }

    /// Searches for the translations of each source sentence (token ids that end in EOS). Returns the hypotheses of
    /// each, best first, at least one. Every hypothesis has each placeholder of its source exactly once, and no others.
    ///
    /// # Errors
    /// If the model computes NaN, because its weights are damaged.
    pub fn search(&self, sources: &[Vec<u32>], options: &SearchOptions) -> Result<Vec<Vec<Hypothesis>>> {
        let tasks: Vec<Task> = sources.iter().map(|source| self.task(source, options)).collect();
        Ok(self.run(&tasks, options)?.into_iter().map(|(hypotheses, _)| hypotheses).collect())
    }

    /// [`Searcher::search`] for sentences whose translations have a given beginning. A translation may be longer than
    /// the maximum length if its beginning could need more tokens.
    pub(crate) fn search_from(
        &self,
        tasks: &[(&[u32], &Beginning)],
        options: &SearchOptions,
    ) -> Result<Vec<Vec<Hypothesis>>> {
        let tasks: Vec<Task> =
            tasks.iter().map(|(source, beginning)| self.task_from(source, beginning, options)).collect();
        Ok(self.run(&tasks, options)?.into_iter().map(|(hypotheses, _)| hypotheses).collect())
    }

    /// [`Searcher::search`] for one sentence, whose translations all begin with `prefix`, with a trace of up to
    /// `alternatives` dropped extensions per step. Recording changes nothing in what is found.
    pub(crate) fn search_traced(
        &self,
        source: &[u32],
        options: &SearchOptions,
        prefix: &[u32],
        alternatives: usize,
    ) -> Result<(Vec<Hypothesis>, SearchTrace)> {
        let beginning = Beginning { tokens: prefix.to_vec(), next: Next::Any };
        let task = Task { beginning: Some(&beginning), alternatives: Some(alternatives), ..self.task(source, options) };
        match self.run(&[task], options)?.pop() {
            Some((hypotheses, Some(trace))) => Ok((hypotheses, trace)),
            _ => bail!("the search recorded no trace"),
        }
    }

    /// Runs all searches. A search that found no end runs again without repetitions; the second result counts if it has
    /// an end.
    fn run(&self, tasks: &[Task], options: &SearchOptions) -> Result<Vec<Found>> {
        let mut results = self.run_batches(tasks, options.batch_size)?;
        let (places, again): (Vec<usize>, Vec<Task>) = tasks
            .iter()
            .zip(&results)
            .enumerate()
            .filter(|(_, (_, (found, _)))| options.should_retry(found))
            .map(|(place, (task, _))| (place, Task { limits: Limits { may_repeat: false, ..task.limits }, ..*task }))
            .unzip();
        for (place, second) in places.into_iter().zip(self.run_batches(&again, options.batch_size)?) {
            if has_end(&second.0) {
                results[place] = second;
            }
        }
        Ok(results)
    }

    /// Runs each search once, `batch_size` sentences together.
    fn run_batches(&self, tasks: &[Task], batch_size: usize) -> Result<Vec<Found>> {
        // Sentences of similar length share a batch, so that little padding is computed. The longest come first, so
        // that at the end no thread has much left to do while others are idle.
        let mut order: Vec<usize> = (0..tasks.len()).collect();
        order.sort_by_key(|task| Reverse(tasks[*task].source.len()));
        let batches: Vec<&[usize]> = order.chunks(batch_size.max(1)).collect();
        let found = self.workers.each(batches.len(), |number| {
            let batch: Vec<Task> = batches[number].iter().map(|task| tasks[*task]).collect();
            self.run_batch(&batch)
        })?;
        let mut results: Vec<Found> = vec![(Vec::new(), None); tasks.len()];
        for (batch, found) in batches.into_iter().zip(found) {
            for (place, found) in found {
                if found.0.is_empty() {
                    // `Beam::extensions` drops every extension whose probability is NaN, and without an extension a
                    // beam ends without a hypothesis. This is the only place where NaN in the weights becomes visible.
                    bail!("the model computes NaN: its weights are damaged; train it again");
                }
                results[batch[place]] = found;
            }
        }
        Ok(results)
    }

    /// The output words of each sentence of a batch: its short list with its beginning, or the whole vocabulary.
    fn outputs(&self, tasks: &[Task]) -> Result<Outputs<'_>> {
        let Some(common) = self.short.as_ref().filter(|_| tasks.iter().all(|task| task.is_short)) else {
            return Ok(Outputs::All);
        };
        let sentence = |task: &Task| {
            let beginning = task.beginning.map_or(&[][..], |beginning| &beginning.tokens);
            common.of_sentence(task.source, beginning, &self.ensemble)
        };
        Ok(Outputs::Short { common, sentences: tasks.iter().map(sentence).collect::<Result<_>>()? })
    }

    /// The result of each sentence with its place in the batch, in the order in which the searches end.
    fn run_batch(&self, tasks: &[Task]) -> Result<Vec<(usize, Found)>> {
        let ids: Vec<&[u32]> = tasks.iter().map(|task| task.source).collect();
        let (mut states, memories) = self.ensemble.start(&Batch::new(&ids, &self.device)?)?;
        let outputs = self.outputs(tasks)?;
        let beams = tasks.iter().enumerate().map(|(place, task)| (place, self.beam(task, outputs.tokens(place))));
        let mut active: Vec<(usize, Beam)> = beams.collect();
        let mut done = Vec::with_capacity(tasks.len());
        while !active.is_empty() {
            let (parents, after) = self.step(&mut active, &states, &memories, &outputs)?;
            let (ended, rest): (Vec<_>, Vec<_>) =
                active.into_iter().zip(parents).partition(|((_, beam), _)| beam.is_done());
            done.extend(ended.into_iter().map(|((place, beam), _)| (place, beam.into_found())));
            let rows: Vec<usize> = rest.iter().flat_map(|(_, rows)| rows).copied().collect();
            states = select(&after, &rows);
            active = rest.into_iter().map(|(beam, _)| beam).collect();
        }
        Ok(done)
    }

    /// One token further for every sentence that is not done. Returns, for each of them, the parent of each hypothesis
    /// as a row of the new states, and these states.
    fn step(
        &self,
        active: &mut [(usize, Beam)],
        states: &[State],
        memories: &[PreparedMemory],
        outputs: &Outputs,
    ) -> Result<(Vec<Vec<usize>>, Vec<State>)> {
        let (mut previous, mut sentences, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        for (place, beam) in &*active {
            let first = previous.len();
            previous.extend(beam.last_tokens());
            sentences.resize(previous.len(), *place);
            rows.push(first..previous.len());
        }
        let EnsembleStep { log_probs, weights, states } =
            self.ensemble.step(&previous, &sentences, states, memories, outputs)?;
        let parents = active.par_iter_mut().zip(rows).map(|((_, beam), rows)| {
            let (log_probs, tokens) = log_probs.of(rows.clone());
            let parents = beam.advance(log_probs, tokens, &weights[rows.clone()]);
            parents.into_iter().map(|parent| rows.start + parent).collect()
        });
        Ok((parents.collect(), states))
    }
}
