//! Profiles of the two languages, learnt from the corpus itself.
//!
//! A profile is a table of fixed size with counts of character trigrams (after Cavnar and Trenkle 1994, but with
//! likelihoods instead of ranks). No language models are needed, so every language works.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::kind::Kind;
use crate::rows::Side;

const BUCKETS: usize = 1 << 18;

/// Lines with fewer trigrams are names and interjections, which look alike in many languages.
const FEWEST: usize = 15;

/// The mean log-likelihood ratio per trigram, other side against own side, from which a line is reported. A line in the
/// right language has about -1 to -2.
const SUSPICIOUS: f64 = 0.5;

/// The count of a trigram that does not occur.
const UNSEEN: f64 = 0.5;

/// The trigrams of the two sides of a corpus.
pub(crate) struct Profiles {
    source: Profile,
    target: Profile,
}

struct Profile {
    counts: Vec<u32>,
    total: u64,
}

/// Whether the profiles were learnt from the line that is checked: then its own counts are subtracted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Learnt {
    Yes,
    No,
}

impl Profiles {
    pub(crate) fn new() -> Self {
        let empty = || Profile { counts: vec![0; BUCKETS], total: 0 };
        Self { source: empty(), target: empty() }
    }

    pub(crate) fn learn(&mut self, source: &str, target: &str) {
        self.source.learn(source);
        self.target.learn(target);
    }

    /// Returns the kind of fault and the side that seems to be in the wrong language; the source if both are.
    pub(crate) fn wrong_side(&self, source: &str, target: &str, learnt: Learnt) -> Option<(Kind, Side)> {
        // Names look alike in both languages.
        let names = names(source, target);
        let on_source = foreignness(&without(source, &names), &self.source, &self.target, learnt);
        let on_target = foreignness(&without(target, &names), &self.target, &self.source, learnt);
        match (on_source, on_target) {
            (Some(s), Some(t)) if s > 0.0 && t > 0.0 && s + t > 2.0 * SUSPICIOUS => {
                Some((Kind::SwappedSides, Side::Source))
            }
            (Some(s), _) if s > SUSPICIOUS => Some((Kind::WrongLanguage, Side::Source)),
            (_, Some(t)) if t > SUSPICIOUS => Some((Kind::WrongLanguage, Side::Target)),
            _ => None,
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

    /// Returns the probability of a trigram after subtracting `without` from its count and `left_out` from the total.
    fn probability(&self, bucket: usize, without: u32, left_out: usize) -> f64 {
        let count = f64::from(self.counts[bucket].saturating_sub(without));
        (count + UNSEEN) / (self.total.saturating_sub(left_out as u64) as f64 + UNSEEN * BUCKETS as f64)
    }
}

/// Returns the capitalised words that occur on both sides.
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

/// Returns the mean log-likelihood ratio per trigram, other side against own side; `None` if the line is too short.
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

/// Returns the buckets of the trigrams: letters in lower case, with one space between words.
fn trigrams(text: &str) -> impl Iterator<Item = usize> {
    let letters = text.chars().map(|c| if c.is_alphabetic() { c } else { ' ' }).flat_map(char::to_lowercase);
    let mut window = [' '; 3];
    letters.chain([' ']).filter_map(move |c| {
        if c == ' ' && window[2] == ' ' {
            return None;
        }
        window = [window[1], window[2], c];
        // A trigram with a space in the middle carries little information.
        (window[1] != ' ').then(|| bucket(window))
    })
}

fn bucket(trigram: [char; 3]) -> usize {
    // A hash of a few instructions: nearly all the time of a check is spent here.
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
            assert_eq!(profiles.wrong_side(source, target, Learnt::Yes), None, "{source}");
            assert_eq!(
                profiles.wrong_side(target, source, Learnt::No),
                Some((Kind::SwappedSides, Side::Source)),
                "{source}"
            );
        }
    }

    #[test]
    fn a_side_in_the_wrong_language_is_named() {
        const WRONG_SOURCE: Option<(Kind, Side)> = Some((Kind::WrongLanguage, Side::Source));
        const WRONG_TARGET: Option<(Kind, Side)> = Some((Kind::WrongLanguage, Side::Target));
        let profiles = profiles();
        let (german, english) = ("Der Mann steht vor dem Haus.", "The man is standing in front of the house.");
        assert_eq!(profiles.wrong_side(german, "Ein Mann sitzt auf der Bank.", Learnt::No), WRONG_TARGET);
        assert_eq!(profiles.wrong_side("A woman is reading.", english, Learnt::No), WRONG_SOURCE);
        assert_eq!(profiles.wrong_side("Anna", "Anna", Learnt::No), None);
        let names = "Hans Meier, Klaus Schneider und Gerd Frankfurter";
        assert_eq!(profiles.wrong_side(names, &names.replace("und", "and"), Learnt::No), None);
    }
}
