//! The short lists of a model: for each source sentence, the few output words that its translation can need.
//!
//! The output layer has as many columns as the vocabulary has words, and is the greater part of a decoding step. A
//! translation consists of frequent words, and of words that the words of its source were translated by in training
//! (Jean et al. 2015, *On using very large target vocabulary for neural machine translation*, section 3.3; Mi et al.
//! 2016, *Vocabulary manipulation for neural machine translation*). So search computes only these.

use glosser_alignment::statistical::{Reader, StatisticsError, Writer};
use glosser_text::{PLACEHOLDERS, placeholder};

/// First bytes of the format, with its version.
const MAGIC: &[u8; 8] = b"glshort\x01";

/// Output words for each source sentence, as token ids of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortList {
    /// Size of the target vocabulary.
    target_vocab: usize,
    /// Tokens of every sentence, in ascending order: the control tokens first.
    common: Vec<u32>,
    /// The end of the tokens of each source token in `tokens`.
    ends: Vec<usize>,
    /// The further tokens for each source token, in ascending order, without common ones.
    tokens: Vec<u32>,
}

impl ShortList {
    /// Makes the lists for a target vocabulary: `common` are the tokens of every sentence, to which the control tokens
    /// are added; `translations` has those for each source token, by its id. Tokens beyond the vocabulary are left out.
    pub fn new(target_vocab: usize, common: &[u32], translations: impl IntoIterator<Item = Vec<u32>>) -> Self {
        let control = 0..placeholder(PLACEHOLDERS);
        let mut common: Vec<u32> = control.chain(common.iter().copied()).collect();
        sort(&mut common, target_vocab);
        let (mut ends, mut tokens) = (Vec::new(), Vec::new());
        for mut own in translations {
            sort(&mut own, target_vocab);
            tokens.extend(own.iter().filter(|token| common.binary_search(token).is_err()));
            ends.push(tokens.len());
        }
        Self { target_vocab, common, ends, tokens }
    }

    /// The tokens of every sentence, in ascending order: the control tokens and placeholders first, by their ids.
    pub fn common(&self) -> &[u32] {
        &self.common
    }

    /// The further tokens of a source sentence, in ascending order, and those of `further` that are not common.
    pub fn own(&self, source: &[u32], further: &[u32]) -> Vec<u32> {
        let mut own: Vec<u32> = source.iter().flat_map(|token| self.translations(*token)).copied().collect();
        own.extend(further.iter().filter(|token| self.common.binary_search(token).is_err()));
        sort(&mut own, self.target_vocab);
        own
    }

    /// Makes lists that have the tokens of both. The vocabularies are the same.
    pub fn and(&self, other: &Self) -> Self {
        let sources = self.ends.len().max(other.ends.len()) as u32;
        let common = [&self.common[..], &other.common].concat();
        let both = (0..sources).map(|source| [self.translations(source), other.translations(source)].concat());
        Self::new(self.target_vocab.max(other.target_vocab), &common, both)
    }

    /// The mean number of further tokens of a source token.
    pub fn mean_translations(&self) -> f64 {
        self.tokens.len() as f64 / self.ends.len().max(1) as f64
    }

    /// The further tokens of a source token; none beyond the vocabulary.
    fn translations(&self, source: u32) -> &[u32] {
        let source = source as usize;
        let start = source.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        match (start, self.ends.get(source)) {
            (Some(start), Some(end)) => &self.tokens[start..*end],
            _ => &[],
        }
    }

    /// The lists as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(MAGIC);
        writer.number(self.target_vocab as u64);
        write_ascending(&mut writer, &self.common);
        writer.number(self.ends.len() as u64);
        for source in 0..self.ends.len() as u32 {
            write_ascending(&mut writer, self.translations(source));
        }
        writer.finish()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote for vocabularies of these sizes.
    ///
    /// # Errors
    /// If the bytes are damaged, of another version, or of other vocabularies; the reason, as a message.
    pub fn from_bytes(bytes: &[u8], source_vocab: usize, target_vocab: usize) -> Result<Self, String> {
        let explained = |cause| match cause {
            StatisticsError::Format => "no short lists of this version".to_owned(),
            StatisticsError::Damaged => cause.to_string(),
        };
        let list = read(bytes).map_err(explained)?;
        let found = (list.ends.len(), list.target_vocab);
        if found != (source_vocab, target_vocab) {
            return Err(format!(
                "its lists are for vocabularies of {} and {} tokens, not {source_vocab} and {target_vocab}",
                found.0, found.1
            ));
        }
        // A file with tokens out of order, or beyond the vocabulary, is not one that this program wrote.
        if list.to_bytes() == bytes { Ok(list) } else { Err(StatisticsError::Damaged.to_string()) }
    }
}

/// Sorts tokens, and leaves out those that are there twice or not in the vocabulary.
fn sort(tokens: &mut Vec<u32>, vocab: usize) {
    tokens.sort_unstable();
    tokens.dedup();
    tokens.retain(|token| (*token as usize) < vocab);
}

/// Writes ascending tokens as their number and the difference of each from the one before.
fn write_ascending(writer: &mut Writer, tokens: &[u32]) {
    writer.number(tokens.len() as u64);
    let mut before = 0;
    for token in tokens {
        writer.number(u64::from(token - before));
        before = *token;
    }
}

fn read_ascending(reader: &mut Reader) -> Result<Vec<u32>, StatisticsError> {
    let mut before: u32 = 0;
    let mut next = |difference: u64| {
        let difference = u32::try_from(difference).map_err(|_| StatisticsError::Damaged)?;
        before = before.checked_add(difference).ok_or(StatisticsError::Damaged)?;
        Ok(before)
    };
    (0..reader.count()?).map(|_| next(reader.number()?)).collect()
}

fn read(bytes: &[u8]) -> Result<ShortList, StatisticsError> {
    let mut reader = Reader::new(bytes, MAGIC)?;
    let target_vocab = usize::try_from(reader.number()?).map_err(|_| StatisticsError::Damaged)?;
    let common = read_ascending(&mut reader)?;
    let translations = (0..reader.count()?).map(|_| read_ascending(&mut reader));
    let translations = translations.collect::<Result<Vec<_>, _>>()?;
    reader.finish()?;
    Ok(ShortList::new(target_vocab, &common, translations))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOCAB: usize = 50;

    fn list() -> ShortList {
        ShortList::new(VOCAB, &[40, 20, 20], [vec![], vec![30, 12, 40], vec![99, 45], vec![12]])
    }

    fn control() -> Vec<u32> {
        (0..placeholder(PLACEHOLDERS)).collect()
    }

    #[test]
    fn a_sentence_has_common_tokens_translations_and_what_is_required() {
        let list = list();
        assert_eq!(list.common(), [control(), vec![20, 40]].concat());
        assert_eq!(list.own(&[1, 3, 1, 77], &[]), [12, 30]);
        assert_eq!(list.own(&[2], &[20, 13, 2, 50]), [13, 45]);
        assert_eq!(list.own(&[0], &[]), [0; 0]);
        assert_eq!(list.mean_translations(), 1.0);
    }

    #[test]
    fn two_lists_together_have_the_tokens_of_both() {
        let other = ShortList::new(VOCAB, &[12], [vec![41], vec![40]]);
        let both = list().and(&other);
        assert_eq!(both.common(), [control(), vec![12, 20, 40]].concat());
        assert_eq!(
            [0, 1, 2, 3, 4].map(|source| both.own(&[source], &[])),
            [vec![41], vec![30], vec![45], vec![], vec![]]
        );
    }

    #[test]
    fn lists_are_read_as_they_were_written_and_damage_and_other_vocabularies_are_errors() {
        let (list, bytes) = (list(), list().to_bytes());
        assert_eq!(ShortList::from_bytes(&bytes, 4, VOCAB).as_ref(), Ok(&list));
        for (source, target) in [(3, VOCAB), (4, VOCAB + 1)] {
            let message = ShortList::from_bytes(&bytes, source, target).expect_err("other vocabularies");
            assert!(message.contains("4 and 50"), "{message}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(ShortList::from_bytes(&damaged, 4, VOCAB).is_err(), "byte {at}");
            assert!(ShortList::from_bytes(&bytes[..at], 4, VOCAB).is_err(), "{at} bytes");
        }
        let message = ShortList::from_bytes(b"glshort\x02 and more", 4, VOCAB).expect_err("a later version");
        assert_eq!(message, "no short lists of this version");
    }

    #[test]
    fn a_file_with_a_right_check_sum_and_wrong_tokens_is_an_error() {
        let control: &[u64] = &[0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        let beyond = [control, &[90]].concat();
        for (common, own, is_right) in [
            (control, &[20, 5][..], true),
            (&control[..9], &[20], false),
            (&beyond, &[20], false),
            (control, &[5], false),
        ] {
            let mut writer = Writer::new(MAGIC);
            writer.number(VOCAB as u64);
            writer.number(common.len() as u64);
            common.iter().for_each(|token| writer.number(*token));
            // One source token.
            writer.number(1);
            writer.number(own.len() as u64);
            own.iter().for_each(|token| writer.number(*token));
            let bytes = writer.finish();
            assert_eq!(ShortList::from_bytes(&bytes, 1, VOCAB).is_ok(), is_right, "{common:?} {own:?}");
        }
    }
}
