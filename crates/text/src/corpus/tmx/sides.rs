//! Decides which languages of a translation memory are source and target.

use crate::corpus::languages::{Languages, Side, covers, is_same};

/// The number of languages that are counted separately.
const COUNTED: usize = 50;

/// The languages found so far, with their numbers of texts.
#[derive(Default)]
pub(super) struct Counts {
    counts: Vec<(String, usize)>,
    others: usize,
}

impl Counts {
    pub(super) fn see(&mut self, language: &str) {
        if let Some((_, count)) = self.counts.iter_mut().find(|(known, _)| is_same(known, language)) {
            *count += 1;
        } else if self.counts.len() < COUNTED {
            self.counts.push((language.to_owned(), 1));
        } else {
            self.others += 1;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Lists the languages, the most frequent first.
    pub(super) fn list(&self) -> String {
        let mut counts: Vec<&(String, usize)> = self.counts.iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mut parts: Vec<String> = counts.iter().map(|(language, count)| format!("{language} ({count})")).collect();
        if self.others > 0 {
            parts.push(format!("others ({})", self.others));
        }
        parts.join(", ")
    }
}

/// The two languages, as far as they are decided.
pub(super) enum Sides {
    /// The user named them.
    Named(Languages),
    /// Not decided yet: the first unit with two languages decides. `header` is the source language of the header.
    Open { header: Option<String> },
    /// Decided by the first unit with two languages.
    Taken { source: String, target: String, by_header: bool },
}

impl Sides {
    pub(super) fn new(languages: Option<Languages>) -> Self {
        languages.map_or(Self::Open { header: None }, Self::Named)
    }

    /// Stores the header's `srclang`.
    pub(super) fn see_header(&mut self, language: &str) {
        if let Self::Open { header } = self {
            *header = Some(language.to_owned());
        }
    }

    /// Returns a note about languages that the user did not name.
    pub(super) fn note(&self, name: &str) -> Option<String> {
        let Self::Taken { source, target, by_header } = self else { return None };
        let why = if *by_header { "as in its header" } else { "in the order of its first unit" };
        Some(format!(
            "`{name}`: source is `{source}` and target `{target}`, {why} (--languages {target},{source} exchanges them)"
        ))
    }

    /// Returns the pair of a unit from its texts, in the order of the file.
    pub(super) fn pair(&mut self, texts: Vec<(String, String)>) -> Option<(String, String)> {
        if let (Self::Open { header }, [(first, _), (second, _), ..]) = (&*self, &texts[..]) {
            let is_source = |language: &str| {
                header.as_ref().is_some_and(|header| covers(header, language) || covers(language, header))
            };
            let by_header = is_source(first) != is_source(second);
            let turned = by_header && is_source(second);
            let (source, target) = if turned { (second, first) } else { (first, second) };
            *self = Self::Taken { source: source.clone(), target: target.clone(), by_header };
        }
        let (mut source, mut target) = (None, None);
        for (language, text) in texts {
            match self.side_of(&language) {
                Some(Side::Source) => source = Some(text),
                Some(Side::Target) => target = Some(text),
                None => {}
            }
        }
        source.zip(target)
    }

    /// Returns whether a text in this language can become a side of the unit, which has already these texts. A unit
    /// keeps two at most.
    pub(super) fn wants(&self, language: &str, held: &[(String, String)]) -> bool {
        if matches!(self, Self::Open { .. }) {
            return held.len() < 2 && held.iter().all(|(other, _)| !is_same(other, language));
        }
        self.side_of(language).is_some_and(|side| held.iter().all(|(other, _)| self.side_of(other) != Some(side)))
    }

    fn side_of(&self, language: &str) -> Option<Side> {
        match self {
            Self::Named(languages) => languages.side_of(language),
            Self::Open { .. } => None,
            Self::Taken { source, .. } if is_same(source, language) => Some(Side::Source),
            Self::Taken { target, .. } => is_same(target, language).then_some(Side::Target),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the texts of a unit that are kept.
    fn texts(sides: &Sides, languages: &[&str]) -> Vec<(String, String)> {
        let mut held = Vec::new();
        for language in languages {
            if sides.wants(language, &held) {
                held.push(((*language).to_owned(), format!("in {language}")));
            }
        }
        held
    }

    fn taken(header: Option<&str>, languages: &[&str]) -> (Option<(String, String)>, Option<String>) {
        let mut sides = Sides::new(None);
        header.into_iter().for_each(|header| sides.see_header(header));
        (sides.pair(texts(&sides, languages)), sides.note("m.tmx"))
    }

    #[test]
    fn the_source_is_the_language_of_the_header_or_else_the_first_one() {
        for (header, source, why) in [
            (None, "de-DE", "order of its first unit"),
            (Some("*all*"), "de-DE", "order of its first unit"),
            (Some("fr"), "de-DE", "order of its first unit"),
            (Some("DE"), "de-DE", "header"),
            (Some("en-US"), "en", "header"),
        ] {
            let (pair, note) = taken(header, &["de-DE", "en"]);
            assert_eq!(pair.expect("two languages").0, format!("in {source}"), "{header:?}");
            let note = note.expect("a note");
            assert!(note.contains(&format!("source is `{source}`")) && note.contains(why), "{note}");
        }
        assert_eq!(taken(Some("de"), &["de"]), (None, None));
    }

    #[test]
    fn named_languages_take_the_first_text_of_each() {
        let mut sides = Sides::new(Some("de,en".parse().expect("two languages")));
        let pair = sides.pair(texts(&sides, &["fr", "en-US", "de", "en-GB"]));
        assert_eq!(pair, Some(("in de".to_owned(), "in en-US".to_owned())));
        let incomplete = texts(&sides, &["de", "fr"]);
        assert_eq!((sides.pair(incomplete), sides.note("m.tmx")), (None, None));
    }

    #[test]
    fn languages_are_listed_by_frequency_and_their_number_is_limited() {
        let mut counts = Counts::default();
        ["de", "en-US", "EN-us", "de", "en_US"].iter().for_each(|language| counts.see(language));
        assert_eq!((counts.len(), counts.list().as_str()), (2, "en-US (3), de (2)"));
        (0..200).for_each(|index| counts.see(&format!("x{index}")));
        assert_eq!(counts.len(), COUNTED);
        assert!(counts.list().ends_with(", others (152)"), "{}", counts.list());
    }
}
