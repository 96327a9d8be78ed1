//! Decides which languages of a translation memory are source and target.

use std::collections::BTreeSet;

use crate::corpus::languages::{Languages, Side, covers, is_same, without_region};

/// The number of languages that are counted separately.
const COUNTED: usize = 50;

/// The largest number of texts of one side of a unit; further ones are left out.
const MOST_TEXTS: usize = 8;

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

    /// Returns the number of languages without their regions.
    pub(super) fn groups(&self) -> usize {
        let groups: BTreeSet<String> = self.counts.iter().map(|(language, _)| without_region(language)).collect();
        groups.len()
    }

    /// Lists the names that differ from `language` in their region only.
    fn variants_of(&self, language: &str) -> Vec<&str> {
        let group = without_region(language);
        let others = self.counts.iter().map(|(other, _)| other.as_str());
        others.filter(|other| !is_same(other, language) && without_region(other) == group).collect()
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
    /// Decided by the first unit with two languages. `with_regions`: they differ in their region only.
    Taken { source: String, target: String, by_header: bool, with_regions: bool },
}

impl Sides {
    pub(super) fn new(languages: Option<Languages>) -> Self {
        languages.map_or(Self::Open { header: None }, Self::Named)
    }

    /// Returns the names of source and target, if they are decided.
    pub(super) fn languages(&self) -> Option<(&str, &str)> {
        match self {
            Self::Named(languages) => Some((languages.source(), languages.target())),
            Self::Open { .. } => None,
            Self::Taken { source, target, .. } => Some((source, target)),
        }
    }

    /// Stores the header's `srclang`.
    pub(super) fn see_header(&mut self, language: &str) {
        if let Self::Open { header } = self {
            *header = Some(language.to_owned());
        }
    }

    /// Returns a note about languages that the user did not name.
    pub(super) fn note(&self, name: &str, counts: &Counts) -> Option<String> {
        let Self::Taken { source, target, by_header, with_regions } = self else { return None };
        let others = |language: &str| match counts.variants_of(language) {
            variants if *with_regions || variants.is_empty() => String::new(),
            variants => format!(" (also {})", variants.join(", ")),
        };
        let (other_sources, other_targets) = (others(source), others(target));
        let why = if *by_header { "as in its header" } else { "in the order of its first unit" };
        Some(format!(
            "`{name}`: source is `{source}`{other_sources} and target `{target}`{other_targets}, {why} (--languages {target},{source} exchanges them)"
        ))
    }

    /// Returns the pairs of a unit from its texts, in the order of the file: each source with each target.
    pub(super) fn pairs(&mut self, texts: &[(String, String)]) -> Vec<(String, String)> {
        if let Self::Open { header } = self
            && let Some(taken) = Self::taken(header.as_deref(), texts)
        {
            *self = taken;
        }
        let of = |side| -> Vec<&String> {
            let of_side = texts.iter().filter(|(language, _)| self.side_of(language) == Some(side));
            of_side.map(|(_, text)| text).collect()
        };
        let (sources, targets) = (of(Side::Source), of(Side::Target));
        let pairs = sources.iter().flat_map(|source| targets.iter().map(move |target| (source, target)));
        pairs.map(|(source, target)| ((*source).clone(), (*target).clone())).collect()
    }

    /// Decides by the first unit with two languages.
    fn taken(header: Option<&str>, texts: &[(String, String)]) -> Option<Self> {
        let (first, _) = texts.first()?;
        let differs_from = |language: &&String| without_region(language) != without_region(first);
        let others = || texts.iter().map(|(language, _)| language);
        let with_regions = !others().any(|language| differs_from(&language));
        let second = others().find(|other| if with_regions { !is_same(other, first) } else { differs_from(other) })?;
        let is_source = |language: &str| {
            header.is_some_and(|header| match with_regions {
                true => covers(header, language) || covers(language, header),
                false => without_region(header) == without_region(language),
            })
        };
        let by_header = is_source(first) != is_source(second);
        let turned = by_header && is_source(second);
        let (source, target) = if turned { (second, first) } else { (first, second) };
        Some(Self::Taken { source: source.clone(), target: target.clone(), by_header, with_regions })
    }

    /// Returns whether a text in this language can become a side of the unit, which has already these texts. The same
    /// text is needed once.
    pub(super) fn wants(&self, language: &str, text: &str, held: &[(String, String)]) -> bool {
        let is_open = matches!(self, Self::Open { .. });
        let side = self.side_of(language);
        let of_side = |other: &str| if is_open { is_same(other, language) } else { self.side_of(other) == side };
        let same: Vec<&str> = held.iter().filter(|(other, _)| of_side(other)).map(|(_, text)| text.as_str()).collect();
        (is_open || side.is_some()) && held.len() < 2 * MOST_TEXTS && same.len() < MOST_TEXTS && !same.contains(&text)
    }

    /// Returns whether a language is neither of the two that are decided.
    pub(super) fn is_other(&self, language: &str) -> bool {
        matches!(self, Self::Taken { .. }) && self.side_of(language).is_none()
    }

    fn side_of(&self, language: &str) -> Option<Side> {
        match self {
            Self::Named(languages) => languages.side_of(language),
            Self::Open { .. } => None,
            Self::Taken { source, target, with_regions, .. } => {
                let is = |name: &str| match with_regions {
                    true => is_same(name, language),
                    false => without_region(name) == without_region(language),
                };
                if is(source) { Some(Side::Source) } else { is(target).then_some(Side::Target) }
            }
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
            let text = format!("in {language}");
            if sides.wants(language, &text, &held) {
                held.push(((*language).to_owned(), text));
            }
        }
        held
    }

    /// Returns the sources and targets of a unit, and the note about the choice.
    fn taken(header: Option<&str>, languages: &[&str]) -> (Vec<(String, String)>, Option<String>) {
        let (mut sides, mut counts) = (Sides::new(None), Counts::default());
        header.into_iter().for_each(|header| sides.see_header(header));
        languages.iter().for_each(|language| counts.see(language));
        (sides.pairs(&texts(&sides, languages)), sides.note("m.tmx", &counts))
    }

    #[test]
    fn the_source_is_the_language_of_the_header_or_else_the_first_one() {
        for (header, source, why) in [
            (None, "de-DE", "order of its first unit"),
            (Some("*all*"), "de-DE", "order of its first unit"),
            (Some("fr"), "de-DE", "order of its first unit"),
            (Some("DE"), "de-DE", "header"),
            (Some("de-AT"), "de-DE", "header"),
            (Some("en-US"), "en", "header"),
        ] {
            let (pairs, note) = taken(header, &["de-DE", "en"]);
            assert_eq!(pairs[0].0, format!("in {source}"), "{header:?}");
            let note = note.expect("a note");
            assert!(note.contains(&format!("source is `{source}`")) && note.contains(why), "{note}");
        }
        assert_eq!(taken(Some("de"), &["de"]), (vec![], None));

        let mut sides = Sides::new(None);
        assert_eq!(sides.languages(), None);
        sides.see_header("en");
        sides.pairs(&texts(&sides, &["de-DE", "en"]));
        assert_eq!(sides.languages(), Some(("en", "de-DE")));
        let named = Sides::new(Some("fr,de".parse().expect("two languages")));
        assert_eq!(named.languages(), Some(("fr", "de")));
    }

    #[test]
    fn each_text_of_a_language_is_paired_with_each_of_the_other() {
        let pair = |source: &str, target: &str| (format!("in {source}"), format!("in {target}"));
        let (pairs, note) = taken(None, &["en-GB", "EN", "fr", "en-US"]);
        assert_eq!(pairs, [pair("en-GB", "fr"), pair("EN", "fr"), pair("en-US", "fr")]);
        assert!(note.expect("a note").contains("`en-GB` (also EN, en-US) and target `fr`"));
        assert_eq!(taken(None, &["pt-BR", "pt-PT"]).0, [pair("pt-BR", "pt-PT")]);

        let mut sides = Sides::new(Some("de,en".parse().expect("two languages")));
        let named = sides.pairs(&texts(&sides, &["fr", "en-US", "de", "en-GB"]));
        assert_eq!(named, [pair("de", "en-US"), pair("de", "en-GB")]);
        let incomplete = texts(&sides, &["de", "fr"]);
        assert_eq!((sides.pairs(&incomplete), sides.note("m.tmx", &Counts::default())), (vec![], None));
        assert_eq!(texts(&sides, &["de"; 20]).len(), 1, "the same text once");
    }

    #[test]
    fn languages_are_listed_by_frequency_and_their_number_is_limited() {
        let mut counts = Counts::default();
        ["de", "en-US", "EN-us", "de", "en_US"].iter().for_each(|language| counts.see(language));
        assert_eq!((counts.len(), counts.groups(), counts.list().as_str()), (2, 2, "en-US (3), de (2)"));
        (0..200).for_each(|index| counts.see(&format!("x{index}")));
        assert_eq!(counts.len(), COUNTED);
        assert!(counts.list().ends_with(", others (152)"), "{}", counts.list());
    }
}
