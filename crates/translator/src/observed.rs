//! A search that writes down what it does. It makes the same steps as [`Searcher::search`] with the same beam, and what
//! it looks at besides changes nothing.

use crate::Hypothesis;
use crate::beam::{Beam, Candidate, Fate, Limits};
use crate::member::{StepTogether, select};
use crate::model::Batch;
use crate::search::{SearchOptions, Searcher, has_end};
use candle_core::{Result, bail};

/// One step of a search.
pub(crate) struct ObservedStep {
    /// Token ids and log probability of each hypothesis that it goes on from, best first.
    pub live: Vec<(Vec<u32>, f64)>,
    /// Ways to go on, best first, each with what became of it.
    pub candidates: Vec<(Candidate, Fate)>,
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
    ) -> Result<(Vec<ObservedStep>, Vec<Hypothesis>)> {
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
    ) -> Result<(Vec<ObservedStep>, Vec<Hypothesis>)> {
        let batch = Batch::new(&[source], &self.device)?;
        let (mut states, memories) = self.members.start(&batch)?;
        let mut beam = Beam::new(limits);
        let wanted = limits.beam_size.saturating_mul(2).saturating_add(alternatives);
        let (mut steps, mut live) = (Vec::new(), vec![(Vec::new(), 0.0)]);
        while !beam.is_done() {
            let previous: Vec<u32> = beam.last_tokens().collect();
            let sentences = vec![0; previous.len()];
            let StepTogether { log_probs, vocab, weights, states: after } =
                self.members.step(&previous, &sentences, &states, &memories)?;
            beam.heed_cuts(&log_probs, vocab);
            let mut candidates = with_fates(&beam, beam.candidates(&log_probs, vocab, wanted));
            if let Some(token) = prefix.get(steps.len()) {
                candidates = forced(candidates, *token, &live, &log_probs)?;
            }
            let followed: Vec<Candidate> =
                candidates.iter().filter(|(_, fate)| *fate != Fate::Dropped).map(|(candidate, _)| *candidate).collect();
            let parents = beam.follow(&followed, &weights);
            let next = followed.iter().filter(|candidate| candidate.token != glosser_text::EOS);
            let next =
                next.map(|next| ([live[next.parent].0.as_slice(), &[next.token]].concat(), next.log_prob)).collect();
            without_most(&mut candidates, alternatives);
            steps.push(ObservedStep { live: std::mem::replace(&mut live, next), candidates });
            states = select(&after, &parents);
        }
        let found = beam.into_hypotheses();
        if found.is_empty() {
            bail!("the model computes something that is no number: its weights are damaged, train it anew");
        }
        Ok((steps, found))
    }
}

fn with_fates(beam: &Beam, candidates: Vec<Candidate>) -> Vec<(Candidate, Fate)> {
    let mut kept = 0;
    let with_fate = |(rank, candidate): (usize, Candidate)| {
        let fate = beam.fate(&candidate, rank, kept);
        kept += usize::from(fate == Fate::Kept);
        (candidate, fate)
    };
    candidates.into_iter().enumerate().map(with_fate).collect()
}

/// The candidates where only one token is allowed, of the one hypothesis that there is then.
fn forced(
    candidates: Vec<(Candidate, Fate)>,
    token: u32,
    live: &[(Vec<u32>, f64)],
    log_probs: &[f32],
) -> Result<Vec<(Candidate, Fate)>> {
    let Some(log_prob) = log_probs.get(token as usize) else { bail!("token {token} is not in the vocabulary") };
    let forced = Candidate { parent: 0, token, log_prob: live[0].1 + f64::from(*log_prob) };
    let others = candidates.into_iter().filter(|(other, _)| other.token != token);
    let mut all: Vec<_> = others.map(|(other, _)| (other, Fate::Dropped)).chain([(forced, Fate::Kept)]).collect();
    all.sort_by(|(a, _), (b, _)| b.log_prob.total_cmp(&a.log_prob));
    Ok(all)
}

/// Leaves so many of those that were dropped.
fn without_most(candidates: &mut Vec<(Candidate, Fate)>, alternatives: usize) {
    let mut dropped = 0;
    candidates.retain(|(_, fate)| {
        dropped += usize::from(*fate == Fate::Dropped);
        *fate != Fate::Dropped || dropped <= alternatives
    });
}
