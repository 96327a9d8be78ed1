//! A search that writes down what it does. It makes the same steps as [`Searcher::search`] with the same beam, and what
//! it looks at besides changes nothing.

use crate::Hypothesis;
use crate::beam::{Beam, Extension, Limits, Status};
use crate::encoder_decoder::{StepTogether, select};
use crate::model::Batch;
use crate::search::{SearchOptions, Searcher, has_end};
use candle_core::{Result, bail};

/// One step of a search.
pub(crate) struct TraceStep {
    /// Token ids and log probability of each hypothesis that it goes on from, best first.
    pub live: Vec<(Vec<u32>, f64)>,
    /// Ways to go on, best first, each with what became of it.
    pub extensions: Vec<(Extension, Status)>,
}

impl Searcher {
    /// Searches for translations of one sentence (ids that end in EOS) that begin with `prefix`. Each step has, besides
    /// what was kept, up to `alternatives` ways that were dropped. Where a second search was made, it is that one's, if it
    /// counts.
    ///
    /// # Errors
    /// As [`Searcher::search`]; or if a token of the prefix is not in the vocabulary.
    pub(crate) fn observe(
        &self,
        source: &[u32],
        options: &SearchOptions,
        prefix: &[u32],
        alternatives: usize,
    ) -> Result<(Vec<TraceStep>, Vec<Hypothesis>)> {
        let first = self.observe_within(source, options.limits(source), prefix, alternatives)?;
        let Some(limits) = options.without_repeats(source, &first.1) else { return Ok(first) };
        let second = self.observe_within(source, limits, prefix, alternatives)?;
        Ok(if has_end(&second.1) { second } else { first })
    }

    fn observe_within(
        &self,
        source: &[u32],
        limits: Limits,
        prefix: &[u32],
        alternatives: usize,
    ) -> Result<(Vec<TraceStep>, Vec<Hypothesis>)> {
        let batch = Batch::new(&[source], &self.device)?;
        let (mut states, memories) = self.ensemble.start(&batch)?;
        let mut beam = Beam::new(limits);
        let wanted = limits.beam_size.saturating_mul(2).saturating_add(alternatives);
        let (mut steps, mut live) = (Vec::new(), vec![(Vec::new(), 0.0)]);
        while !beam.is_done() {
            let previous: Vec<u32> = beam.last_tokens().collect();
            let sentences = vec![0; previous.len()];
            let StepTogether { log_probs, vocab, weights, states: after } =
                self.ensemble.step(&previous, &sentences, &states, &memories)?;
            beam.note_truncation(&log_probs, vocab);
            let mut extensions = with_status(&beam, beam.extensions(&log_probs, vocab, wanted));
            if let Some(token) = prefix.get(steps.len()) {
                extensions = forced(extensions, *token, &live, &log_probs)?;
            }
            let followed: Vec<Extension> = extensions
                .iter()
                .filter(|(_, status)| *status != Status::Dropped)
                .map(|(extension, _)| *extension)
                .collect();
            let parents = beam.follow(&followed, &weights);
            let next = followed.iter().filter(|extension| extension.token != glosser_text::EOS);
            let next =
                next.map(|next| ([live[next.parent].0.as_slice(), &[next.token]].concat(), next.log_prob)).collect();
            without_most(&mut extensions, alternatives);
            steps.push(TraceStep { live: std::mem::replace(&mut live, next), extensions });
            states = select(&after, &parents);
        }
        let found = beam.into_hypotheses();
        if found.is_empty() {
            bail!("the model computes something that is no number: its weights are damaged, train it anew");
        }
        Ok((steps, found))
    }
}

fn with_status(beam: &Beam, extensions: Vec<Extension>) -> Vec<(Extension, Status)> {
    let mut kept = 0;
    let with_status = |(rank, extension): (usize, Extension)| {
        let status = beam.status(&extension, rank, kept);
        kept += usize::from(status == Status::Kept);
        (extension, status)
    };
    extensions.into_iter().enumerate().map(with_status).collect()
}

/// The extensions where only one token is allowed, of the one hypothesis that there is then.
fn forced(
    extensions: Vec<(Extension, Status)>,
    token: u32,
    live: &[(Vec<u32>, f64)],
    log_probs: &[f32],
) -> Result<Vec<(Extension, Status)>> {
    let Some(log_prob) = log_probs.get(token as usize) else { bail!("token {token} is not in the vocabulary") };
    let forced = Extension { parent: 0, token, log_prob: live[0].1 + f64::from(*log_prob) };
    let others = extensions.into_iter().filter(|(other, _)| other.token != token);
    let mut all: Vec<_> = others.map(|(other, _)| (other, Status::Dropped)).chain([(forced, Status::Kept)]).collect();
    all.sort_by(|(a, _), (b, _)| b.log_prob.total_cmp(&a.log_prob));
    Ok(all)
}

/// Leaves so many of those that were dropped.
fn without_most(extensions: &mut Vec<(Extension, Status)>, alternatives: usize) {
    let mut dropped = 0;
    extensions.retain(|(_, status)| {
        dropped += usize::from(*status == Status::Dropped);
        *status != Status::Dropped || dropped <= alternatives
    });
}
