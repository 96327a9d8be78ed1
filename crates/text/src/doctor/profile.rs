//! What each side's language looks like, learnt from the corpus itself.
//!
//! Counts of character trigrams in a table of fixed size (after Cavnar and Trenkle 1994, but with likelihoods instead of
//! ranks): no models of languages are needed, and none that is missing can be mistaken for another.

use std::borrow::Cow;
use std::collections::HashSet;

const BUCKETS: usize = 1 << 18;

/// Lines with fewer trigrams are names and interjections, which look alike everywhere.
const FEWEST: usize = 15;

/// Natural logarithm of how much likelier a trigram is on the other side, on average over the line, that makes a line
/// suspicious. Lines on their right side have about the negative of 1 to 2.
const SUSPICIOUS: f64 = 0.5;

/// Counted for a trigram that was not seen.
const UNSEEN: f64 = 0.5;

/// The trigrams of the two sides of a corpus.
pub(super) struct Profiles {
    source: Profile,
    target: Profile,
}

struct Profile {
    counts: Vec<u32>,
    total: u64,
}

/// What a pair's sides look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// Each like its own side, or like nothing in particular.
    Right,
    /// Each like the other side.
    Swapped,
    /// The source is like targets.
    SourceLikeTarget,
    /// The target is like sources.
    TargetLikeSource,
}

/// Whether a line that is judged is one of those that the profiles were learnt from: it must not speak for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Learnt {
    Yes,
    No,
}

impl Profiles {
    pub(super) fn new() -> Self {
        let empty = || Profile { counts: vec![0; BUCKETS], total: 0 };
        Self { source: empty(), target: empty() }
    }

    pub(super) fn learn(&mut self, source: &str, target: &str) {
        self.source.learn(source);
        self.target.learn(target);
    }

    pub(super) fn judge(&self, source: &str, target: &str, learnt: Learnt) -> Looks {
        // A line of names looks like either language.
        let names = names(source, target);
        let on_source = foreignness(&without(source, &names), &self.source, &self.target, learnt);
        let on_target = foreignness(&without(target, &names), &self.target, &self.source, learnt);
        match (on_source, on_target) {
            (Some(s), Some(t)) if s > 0.0 && t > 0.0 && s + t > 2.0 * SUSPICIOUS => Looks::Swapped,
            (Some(s), _) if s > SUSPICIOUS => Looks::SourceLikeTarget,
            (_, Some(t)) if t > SUSPICIOUS => Looks::TargetLikeSource,
            _ => Looks::Right,
        }
    }
}

impl Profile {
    fn learn(&mut self, text: &str) {
        for bucket in trigrams(text) {
            let count = &mut self.counts[bucket];
            *count = count.saturating_add(1);
            self.total += 1;
        }
    }

    /// Probability of a trigram after `without` of its occurrences, of `left_out` trigrams, are taken away.
    fn probability(&self, bucket: usize, without: u32, left_out: usize) -> f64 {
        let count = f64::from(self.counts[bucket].saturating_sub(without));
        (count + UNSEEN) / (self.total.saturating_sub(left_out as u64) as f64 + UNSEEN * BUCKETS as f64)
    }
}

/// Words in capitals that both sides have.
fn names<'a>(source: &'a str, target: &'a str) -> HashSet<&'a str> {
    let is_name = |word: &&str| word.starts_with(char::is_uppercase);
    let source: HashSet<&str> = source.split_whitespace().filter(is_name).collect();
    target.split_whitespace().filter(|word| source.contains(word)).collect()
}

fn without<'a>(text: &'a str, names: &HashSet<&str>) -> Cow<'a, str> {
    if names.is_empty() {
        return Cow::Borrowed(text);
    }
    let rest: Vec<&str> = text.split_whitespace().filter(|word| !names.contains(word)).collect();
    Cow::Owned(rest.join(" "))
}

/// How much likelier the line is on the other side, in natural logarithms a trigram; none where it is too short to say.
fn foreignness(text: &str, own: &Profile, other: &Profile, learnt: Learnt) -> Option<f64> {
    let mut buckets: Vec<usize> = trigrams(text).collect();
    if buckets.len() < FEWEST {
        return None;
    }
    buckets.sort_unstable();
    let left_out = if learnt == Learnt::Yes { buckets.len() } else { 0 };
    let log_ratios = buckets.chunk_by(|a, b| a == b).map(|same| {
        let without = if learnt == Learnt::Yes { same.len() as u32 } else { 0 };
        let ratio = other.probability(same[0], 0, 0) / own.probability(same[0], without, left_out);
        ratio.ln() * same.len() as f64
    });
    Some(log_ratios.sum::<f64>() / buckets.len() as f64)
}

/// Letters only, in lower case; everything between words is one blank.
fn trigrams(text: &str) -> impl Iterator<Item = usize> {
    let letters = text.chars().map(|c| if c.is_alphabetic() { c } else { ' ' }).flat_map(char::to_lowercase);
    let mut window = [' '; 3];
    letters.chain([' ']).filter_map(move |c| {
        if c == ' ' && window[2] == ' ' {
            return None;
        }
        window = [window[1], window[2], c];
        // A lone letter between blanks, and the first of a word behind a short one, say little.
        (window[1] != ' ').then(|| bucket(window))
    })
}

fn bucket(trigram: [char; 3]) -> usize {
    // A hash of a few instructions: this is nearly all the work of a check.
    let mixed = trigram.into_iter().fold(0, |hash: u64, c| (hash ^ u64::from(c)).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    (mixed >> 32) as usize % BUCKETS
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: [(&str, &str); 6] = [
        ("Der Hund läuft durch das hohe Gras.", "The dog runs through the high grass."),
        ("Eine Frau sitzt auf einer Bank und liest.", "A woman is sitting on a bench and reading."),
        ("Zwei Männer stehen vor einem großen Haus.", "Two men are standing in front of a large house."),
        ("Das Kind spielt mit einem roten Ball.", "The child is playing with a red ball."),
        ("Ein Mann fährt mit dem Fahrrad durch die Stadt.", "A man is riding his bicycle through the town."),
        ("Die Frau trägt einen Hut und eine Brille.", "The woman is wearing a hat and glasses."),
    ];

    fn profiles() -> Profiles {
        let mut profiles = Profiles::new();
        PAIRS.iter().for_each(|(source, target)| profiles.learn(source, target));
        profiles
    }

    #[test]
    fn pairs_look_right_and_their_exchange_looks_swapped() {
        let profiles = profiles();
        for (source, target) in PAIRS {
            assert_eq!(profiles.judge(source, target, Learnt::Yes), Looks::Right, "{source}");
            assert_eq!(profiles.judge(target, source, Learnt::No), Looks::Swapped, "{source}");
        }
    }

    #[test]
    fn a_side_in_the_wrong_language_is_named() {
        let profiles = profiles();
        let (german, english) = ("Der Mann steht vor dem Haus.", "The man is standing in front of the house.");
        assert_eq!(profiles.judge(german, "Ein Mann sitzt auf der Bank.", Learnt::No), Looks::TargetLikeSource);
        assert_eq!(profiles.judge("A woman is reading.", english, Learnt::No), Looks::SourceLikeTarget);
        assert_eq!(profiles.judge("Anna", "Anna", Learnt::No), Looks::Right);
        let names = "Hans Meier, Klaus Schneider und Gerd Frankfurter";
        assert_eq!(profiles.judge(names, &names.replace("und", "and"), Learnt::No), Looks::Right);
    }
}
