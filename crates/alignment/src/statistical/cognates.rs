//! Words that are spelt alike: names, numbers, and words of common origin, also across scripts.
//!
//! A pair of words is a *cognate* if its letters correspond in order: each letter of one word is replaced by a letter of the
//! other, or left out, or put in. Which letters correspond is learnt from pairs of words that the lexicon holds for
//! translations; among these, cognates and others are told apart by expectation maximisation (Sajjad, Fraser, Schmid 2012, *A
//! statistical model for unsupervised and semi-supervised transliteration mining*, section 3). At the beginning each letter
//! corresponds to itself.

use super::storage::{Reader, StatisticsError, Writer};
use super::vocabulary::Vocabulary;
use rayon::prelude::*;
use std::collections::HashMap;

/// The most frequent letters of each side have a row or column of their own; all others share one.
const MAX_LETTERS: usize = 200;
/// The code of all other letters.
const OTHER: u16 = 0;
/// Passes over the pairs of words.
const ITERATIONS: usize = 5;
/// The number of pairs of words that are learnt from: those with the largest counts.
const MAX_PAIRS: usize = 5000;
/// The minimum count of such a pair, and the minimum number of letters of its words.
const MIN_COUNT: f32 = 0.3;
const MIN_LETTERS: usize = 3;
/// Pseudo-count of the replacements of each letter: half for itself, half for any letter by its frequency.
const REPLACEMENT_PRIOR: f32 = 2.0;
/// The share of cognates among words that occur in one pair of sentences, before their letters are seen.
const PRIOR: f32 = 0.1;

/// A letter of a spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Letter {
    /// Its row or column, or [`OTHER`].
    code: u16,
    letter: char,
}

/// The letters of one side.
#[derive(Debug, Clone, Default)]
struct Alphabet {
    codes: HashMap<char, u16>,
    /// The letter of each code; the first one stands for [`OTHER`], `[codes]`.
    letters: Vec<char>,
    /// The share of each code in all letters, `[codes]`.
    shares: Vec<f32>,
}

/// Which letters of the source correspond to which letters of the target.
#[derive(Debug, Clone)]
pub(super) struct Cognates {
    source: Alphabet,
    target: Alphabet,
    /// How much more often than by chance a source letter is replaced by a target letter, `[source codes][target codes]`.
    ratios: Vec<f32>,
    /// Probabilities of a replacement, of leaving a source letter out, and of putting a target letter in.
    edits: [f32; 3],
}

/// A spelling as letters.
pub(super) struct Spelling(Vec<Letter>);

/// Expected counts over pairs of words.
struct Counts {
    /// `[source codes][target codes]`
    replacements: Vec<f32>,
    edits: [f32; 3],
    cognates: f32,
    total: f32,
}

/// Memory of the forward and the backward pass.
#[derive(Default)]
pub(super) struct Scratch {
    /// `[source letters + 1][target letters + 1]`
    forward: Vec<f32>,
    /// Sums from the end, `[source letters + 1][target letters + 1]`.
    backward: Vec<f32>,
}

impl Cognates {
    /// Each letter corresponds to itself, or by chance to any other.
    pub(super) fn identity(source: &Vocabulary, target: &Vocabulary) -> Self {
        let (source, target) = (Alphabet::of(source.spellings()), Alphabet::of(target.spellings()));
        let ratio = |from: usize, to: usize| {
            if from > 0 && to > 0 && source.letters[from] == target.letters[to] { 0.5 / target.shares[to] } else { 1.0 }
        };
        let ratios = (0..source.letters.len()).flat_map(|from| (0..target.letters.len()).map(move |to| (from, to)));
        let ratios = ratios.map(|(from, to)| ratio(from, to)).collect();
        Self { source, target, ratios, edits: [0.8, 0.1, 0.1] }
    }

    /// Learns from pairs of words with their counts: the index of the source word, of the target word, and the count, `[pairs]`.
    pub(super) fn learn(source: &Vocabulary, target: &Vocabulary, mut pairs: Vec<(u32, u32, f32)>) -> Self {
        let mut cognates = Self::identity(source, target);
        let source: Vec<Spelling> = source.spellings().iter().map(|text| cognates.source_spelling(text)).collect();
        let target: Vec<Spelling> = target.spellings().iter().map(|text| cognates.target_spelling(text)).collect();
        let is_long = |spelling: &Spelling| spelling.0.len() >= MIN_LETTERS;
        pairs.retain(|(from, to, count)| {
            *count > MIN_COUNT && is_long(&source[*from as usize]) && is_long(&target[*to as usize])
        });
        pairs.sort_by(|left, right| right.2.total_cmp(&left.2));
        pairs.truncate(MAX_PAIRS);
        let mut share = 0.2;
        for _ in 0..ITERATIONS {
            let parts: Vec<Counts> = pairs
                .par_chunks(256)
                .map(|part| {
                    let (mut counts, mut scratch) = (Counts::new(cognates.ratios.len()), Scratch::default());
                    for (from, to, count) in part {
                        let words = (&source[*from as usize], &target[*to as usize]);
                        cognates.expect(words, count.min(1.0), share, &mut counts, &mut scratch);
                    }
                    counts
                })
                .collect();
            let mut counts = Counts::new(cognates.ratios.len());
            parts.iter().for_each(|part| counts.add(part));
            let edits = counts.edits.map(|count| count + 1.0);
            cognates.edits = edits.map(|count| count / edits.iter().sum::<f32>());
            cognates.ratios = cognates.estimated(&counts.replacements);
            share = (counts.cognates / counts.total.max(1.0)).clamp(0.01, 0.5);
        }
        cognates
    }

    /// The letters of a source word.
    pub(super) fn source_spelling(&self, text: &str) -> Spelling {
        self.source.spelling(text)
    }

    /// The letters of a target word.
    pub(super) fn target_spelling(&self, text: &str) -> Spelling {
        self.target.spelling(text)
    }

    /// The probability that two words are cognates.
    pub(super) fn probability(&self, source: &Spelling, target: &Spelling, scratch: &mut Scratch) -> f32 {
        let odds = PRIOR * self.forward(source, target, &mut scratch.forward);
        odds / (odds + 1.0 - PRIOR)
    }

    /// The ratios that follow from expected replacements, `[source codes][target codes]`.
    fn estimated(&self, replacements: &[f32]) -> Vec<f32> {
        let columns = self.target.letters.len();
        let mut ratios = Vec::with_capacity(replacements.len());
        for (source, row) in replacements.chunks(columns).enumerate() {
            let total: f32 = row.iter().sum();
            for (target, count) in row.iter().enumerate() {
                let share = self.target.shares[target];
                let is_same = source > 0 && target > 0 && self.source.letters[source] == self.target.letters[target];
                let prior = 0.5 * f32::from(u8::from(is_same)) + 0.5 * share;
                ratios.push((count + REPLACEMENT_PRIOR * prior) / (total + REPLACEMENT_PRIOR) / share);
            }
        }
        ratios
    }

    /// How much more often than by chance a letter is replaced by another.
    fn ratio(&self, source: Letter, target: Letter) -> f32 {
        let is_same_rare = source.code == OTHER && target.code == OTHER && source.letter == target.letter;
        if is_same_rare {
            return 0.5 / self.target.shares[usize::from(OTHER)].max(1e-3);
        }
        self.ratios[usize::from(source.code) * self.target.letters.len() + usize::from(target.code)]
    }

    /// The ratio of the probability of both spellings as cognates to that by chance: the sum over all ways to edit one into
    /// the other. Fills `sums`, `[source letters + 1][target letters + 1]`.
    fn forward(&self, source: &Spelling, target: &Spelling, sums: &mut Vec<f32>) -> f32 {
        let columns = target.0.len() + 1;
        sums.clear();
        sums.resize((source.0.len() + 1) * columns, 0.0);
        sums[0] = 1.0;
        for to in 1..columns {
            sums[to] = sums[to - 1] * self.edits[2];
        }
        for from in 1..=source.0.len() {
            let (above, row) = sums[(from - 1) * columns..].split_at_mut(columns);
            row[0] = above[0] * self.edits[1];
            for to in 1..columns {
                row[to] = above[to - 1] * self.edits[0] * self.ratio(source.0[from - 1], target.0[to - 1])
                    + above[to] * self.edits[1]
                    + row[to - 1] * self.edits[2];
            }
        }
        sums.last().copied().unwrap_or(1.0)
    }

    /// Fills `sums`, `[source letters + 1][target letters + 1]`: the ways to edit the rest of one spelling into the rest of the
    /// other.
    fn backward(&self, source: &Spelling, target: &Spelling, sums: &mut Vec<f32>) {
        let (rows, columns) = (source.0.len(), target.0.len() + 1);
        sums.clear();
        sums.resize((rows + 1) * columns, 0.0);
        for from in (0..=rows).rev() {
            for to in (0..columns).rev() {
                let at = from * columns + to;
                let (has_source, has_target) = (from < rows, to + 1 < columns);
                let mut sum = if has_source || has_target { 0.0 } else { 1.0 };
                if has_source && has_target {
                    sum += sums[at + columns + 1] * self.edits[0] * self.ratio(source.0[from], target.0[to]);
                }
                if has_source {
                    sum += sums[at + columns] * self.edits[1];
                }
                if has_target {
                    sum += sums[at + 1] * self.edits[2];
                }
                sums[at] = sum;
            }
        }
    }

    /// Adds the expected counts of one pair of words with the weight `count`. `share` is the share of cognates.
    fn expect(
        &self,
        (source, target): (&Spelling, &Spelling),
        count: f32,
        share: f32,
        counts: &mut Counts,
        scratch: &mut Scratch,
    ) {
        let ratio = self.forward(source, target, &mut scratch.forward);
        self.backward(source, target, &mut scratch.backward);
        let cognate = share * ratio / (share * ratio + 1.0 - share);
        counts.cognates += count * cognate;
        counts.total += count;
        let scale = count * cognate / ratio.max(f32::MIN_POSITIVE);
        let columns = target.0.len() + 1;
        for from in 0..=source.0.len() {
            for to in 0..columns {
                let before = scratch.forward[from * columns + to] * scale;
                let after = |rows: usize, steps: usize| scratch.backward[(from + rows) * columns + to + steps];
                let (has_source, has_target) = (from < source.0.len(), to + 1 < columns);
                if has_source && has_target {
                    let (source, target) = (source.0[from], target.0[to]);
                    let expected = before * self.edits[0] * self.ratio(source, target) * after(1, 1);
                    let cell = usize::from(source.code) * self.target.letters.len() + usize::from(target.code);
                    counts.replacements[cell] += expected;
                    counts.edits[0] += expected;
                }
                if has_source {
                    counts.edits[1] += before * self.edits[1] * after(1, 0);
                }
                if has_target {
                    counts.edits[2] += before * self.edits[2] * after(0, 1);
                }
            }
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        self.source.write(writer);
        self.target.write(writer);
        self.edits.iter().for_each(|edit| writer.float(*edit));
        self.ratios.iter().for_each(|ratio| writer.ratio(*ratio));
    }

    pub(super) fn read(reader: &mut Reader) -> Result<Self, StatisticsError> {
        let (source, target) = (Alphabet::read(reader)?, Alphabet::read(reader)?);
        let mut edits = [0.0; 3];
        for edit in &mut edits {
            *edit = reader.float()?;
            if !(0.0..=1.0).contains(edit) {
                return Err(StatisticsError::Damaged);
            }
        }
        let count = source.letters.len() * target.letters.len();
        let ratios = (0..count).map(|_| reader.ratio()).collect::<Result<Vec<f32>, _>>()?;
        Ok(Self { source, target, ratios, edits })
    }
}

impl Alphabet {
    /// The letters of some spellings, the most frequent ones with a code.
    fn of(spellings: &[String]) -> Self {
        let mut counts: HashMap<char, u32> = HashMap::new();
        for letter in spellings.iter().flat_map(|spelling| spelling.chars()) {
            *counts.entry(letter).or_default() += 1;
        }
        let mut counts: Vec<(char, u32)> = counts.into_iter().collect();
        counts.sort_unstable_by_key(|(letter, count)| (std::cmp::Reverse(*count), *letter));
        let others: u32 = counts.iter().skip(MAX_LETTERS).map(|(_, count)| *count).sum();
        counts.truncate(MAX_LETTERS);
        let total = counts.iter().map(|(_, count)| f64::from(*count)).sum::<f64>() + f64::from(others) + 1.0;
        let share = |count: u32| (f64::from(count) / total) as f32;
        let mut alphabet = Self { codes: HashMap::new(), letters: vec!['\0'], shares: vec![share(others + 1)] };
        counts.into_iter().for_each(|(letter, count)| alphabet.push(letter, share(count)));
        alphabet
    }

    fn push(&mut self, letter: char, share: f32) {
        self.codes.insert(letter, self.letters.len() as u16);
        self.letters.push(letter);
        self.shares.push(share);
    }

    fn spelling(&self, text: &str) -> Spelling {
        let letter = |letter: char| Letter { code: self.codes.get(&letter).copied().unwrap_or(OTHER), letter };
        Spelling(text.chars().map(letter).collect())
    }

    fn write(&self, writer: &mut Writer) {
        writer.number(self.letters.len() as u64 - 1);
        writer.float(self.shares[0]);
        for (letter, share) in self.letters.iter().zip(&self.shares).skip(1) {
            writer.number(u64::from(u32::from(*letter)));
            writer.float(*share);
        }
    }

    fn read(reader: &mut Reader) -> Result<Self, StatisticsError> {
        let count = reader.count()?;
        let mut alphabet = Self { codes: HashMap::new(), letters: vec!['\0'], shares: vec![reader.share()?] };
        if count > MAX_LETTERS {
            return Err(StatisticsError::Damaged);
        }
        for _ in 0..count {
            let letter =
                u32::try_from(reader.number()?).ok().and_then(char::from_u32).ok_or(StatisticsError::Damaged)?;
            alphabet.push(letter, reader.share()?);
        }
        Ok(alphabet)
    }
}

impl Counts {
    fn new(replacements: usize) -> Self {
        Self { replacements: vec![0.0; replacements], edits: [0.0; 3], cognates: 0.0, total: 0.0 }
    }

    fn add(&mut self, other: &Self) {
        self.replacements.iter_mut().zip(&other.replacements).for_each(|(count, more)| *count += more);
        self.edits.iter_mut().zip(other.edits).for_each(|(count, more)| *count += more);
        self.cognates += other.cognates;
        self.total += other.total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(words: &[&str]) -> Vocabulary {
        let mut vocabulary = Vocabulary::new();
        vocabulary.learn(words);
        vocabulary
    }

    fn probability(cognates: &Cognates, source: &str, target: &str) -> f32 {
        let (source, target) = (cognates.source_spelling(source), cognates.target_spelling(target));
        cognates.probability(&source, &target, &mut Scratch::default())
    }

    #[test]
    fn words_of_the_same_script_are_compared_by_their_letters_from_the_beginning() {
        let words = ["europa", "europe", "haus", "house", "katze", "cat", "1984", "wasser", "water"];
        let cognates = Cognates::identity(&vocabulary(&words), &vocabulary(&words));
        assert!(probability(&cognates, "europa", "europe") > 0.9);
        assert!(probability(&cognates, "1984", "1984") > 0.9);
        assert!(probability(&cognates, "europa", "water") < 0.2);
    }

    #[test]
    fn letters_of_another_script_are_learnt_from_pairs_of_words() {
        let pairs = [
            ("moskva", "москва"),
            ("opera", "опера"),
            ("roma", "рома"),
            ("kamera", "камера"),
            ("sport", "спорт"),
            ("metro", "метро"),
            ("planeta", "планета"),
            ("tema", "тема"),
            ("nota", "нота"),
            ("poet", "поет"),
            ("kosmos", "космос"),
            ("park", "парк"),
            ("teatar", "театар"),
            ("salat", "салат"),
            ("motor", "мотор"),
        ];
        let source = vocabulary(&pairs.map(|(source, _)| source));
        let target = vocabulary(&pairs.map(|(_, target)| target));
        let before = Cognates::identity(&source, &target);
        assert!(probability(&before, "traktor", "трактор") < 0.1);
        let counts = (1..=pairs.len() as u32).map(|word| (word, word, 1.0)).collect();
        let learnt = Cognates::learn(&source, &target, counts);
        assert!(probability(&learnt, "traktor", "трактор") > 0.9, "{}", probability(&learnt, "traktor", "трактор"));
        assert!(probability(&learnt, "traktor", "камера") < 0.01);
    }

    #[test]
    fn rare_letters_correspond_to_themselves() {
        let many: Vec<String> =
            (0..400).map(|index| char::from_u32(0x4e00 + index).map(String::from).unwrap_or_default()).collect();
        let words: Vec<&str> = many.iter().map(String::as_str).collect();
        let cognates = Cognates::identity(&vocabulary(&words), &vocabulary(&words));
        let rare = "\u{4e00}\u{4f8f}\u{4f8e}";
        assert!(probability(&cognates, rare, rare) > 0.3);
        assert!(probability(&cognates, rare, "\u{4e10}\u{4f80}\u{4f81}") < 0.2);
    }
}
