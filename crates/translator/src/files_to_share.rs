//! The files of a model as they are given to others: 8-bit weights, and nothing about the machine that trained it.

use crate::model_files::{CARD, SHORT_LIST, STATISTICS, WEIGHTS};
use crate::{ModelCard, ModelDirectory, Quantization, Translator, TranslatorError};
use glosser_text::LanguagePair;
use std::collections::BTreeMap;

/// A model to be given to others.
#[derive(Debug)]
pub struct SharedModel {
    /// Its files by their names, as [`Translator::from_bytes`] reads them.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Its card, as it is in `files`.
    pub card: ModelCard,
    /// The model itself, read from `files`.
    pub translator: Translator,
}

impl ModelDirectory {
    /// Reads the files of the model for others. An `f32` model is quantized; an 8-bit model stays as it is.
    /// `config.json` keeps what describes the model: layers, languages, name of the corpus, numbers of the training,
    /// scores. The settings of the training, the parent model and the directories of the corpus are left out, and so are
    /// the statistics and short lists, which would make a page larger: it aligns what the model itself translates, and searches
    /// in the whole vocabulary.
    ///
    /// # Errors
    /// If the model cannot be loaded.
    pub fn files_to_share(
        &self,
        quantization: Quantization,
        languages: &LanguagePair,
    ) -> Result<SharedModel, TranslatorError> {
        let own = self.read_files()?;
        let mut files: BTreeMap<String, Vec<u8>> =
            own.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
        let mut card = self.read_card()?;
        [STATISTICS, SHORT_LIST].iter().for_each(|name| drop(files.remove(*name)));
        (card.links, card.short_list) = (None, false);
        if card.model.precision.is_f32()
            && let Some(weights) = files.get_mut(WEIGHTS)
        {
            *weights = quantization
                .apply(weights, &mut card.model)
                .map_err(|cause| self.model_files().damaged_weights(&cause))?;
        }
        card.provenance.training = serde_json::Value::Object(serde_json::Map::new());
        card.provenance.from = None;
        card.provenance.corpus = without_directories(&card.provenance.corpus);
        card.languages = Some(languages.clone());
        files.insert(CARD.to_owned(), self.to_json(CARD, &card)?);
        let (card, translator) = Translator::from_bytes(&self.path().display().to_string(), &files)?;
        Ok(SharedModel { files, card, translator })
    }
}

/// Shortens the name of a corpus, which is a path or two paths (`a/x.de and a/x.en`), to the names of its files.
fn without_directories(corpus: &str) -> String {
    const AND: &str = " and ";
    let separator = ['/', '\\'];
    let name = |path: &str| path.rsplit(separator).next().unwrap_or_default().to_owned();
    let directory = |path: &str| path.len() - name(path).len();
    let halves = || corpus.match_indices(AND).map(|(at, _)| (&corpus[..at], &corpus[at + AND.len()..]));
    // Both files are usually in one directory, whose name may have the word, too.
    let same = halves().find(|(one, two)| one[..directory(one)] == two[..directory(two)]);
    // Otherwise the first half must look like a file, so that no part of a directory's name stays.
    let is_file = |path: &str| name(path).contains('.');
    let alike = |one: &str, two: &str| one.starts_with(separator) == two.starts_with(separator);
    match same.or_else(|| halves().filter(|(one, two)| is_file(one) && alike(one, two)).last()) {
        Some((one, two)) => [name(one), name(two)].join(AND),
        None => name(corpus),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_corpus_keeps_no_directory() {
        for (corpus, expected) in [
            ("bundled English-French corpus", "bundled English-French corpus"),
            ("pairs.tsv", "pairs.tsv"),
            ("/home/anna/secret/pairs.tsv", "pairs.tsv"),
            (r"C:\Users\Anna\pairs.tsv", "pairs.tsv"),
            ("train.de and train.en", "train.de and train.en"),
            ("/home/anna/train.de.gz and /home/anna/train.en.gz", "train.de.gz and train.en.gz"),
            ("../one/train.de and ../two/train.en", "train.de and train.en"),
            ("/bread and butter/x.de and /bread and butter/x.en", "x.de and x.en"),
            ("/you and me/pairs.tsv", "pairs.tsv"),
            ("you and me/pairs.tsv", "pairs.tsv"),
            ("standard input", "standard input"),
        ] {
            assert_eq!(without_directories(corpus), expected);
        }
    }
}
