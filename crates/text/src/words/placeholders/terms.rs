//! Terms with a given translation: a glossary, and terms that are copied unchanged.

use std::collections::HashMap;
use std::io::BufRead;

use unicode_normalization::UnicodeNormalization;

use crate::error::{LONGEST_EXCERPT, TextError, excerpt};
use crate::io::lines::Lines;
use crate::words::placeholders::item::{Item, ItemKind};
use crate::words::placeholders::term_match::TermMatch;
use crate::words::script::is_unspaced;
use crate::words::sentences::{closes_quotation, ends_sentence};

/// Terms that are searched for in sentences. If several match at one place, the longest is used.
///
/// A term matches only whole words, in a script without spaces anywhere, by the rule [`TermMatch`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    matching: TermMatch,
    /// By the key of their first word or sign; the longest term first.
    by_start: HashMap<String, Vec<Term>>,
    /// The terms with a translation, in the order in which they were added.
    translated: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    source: String,
    /// `None` if the term is copied unchanged.
    target: Option<String>,
    /// The index in [`Terms::translated`].
    number: Option<usize>,
    line: usize,
}

impl Terms {
    /// Returns an empty list whose terms match by this rule.
    pub fn matching(matching: TermMatch) -> Self {
        Self { matching, ..Self::default() }
    }

    /// Returns the terms with a translation, in the order in which they were added.
    pub fn translated(&self) -> &[String] {
        &self.translated
    }

    /// Returns whether there are no terms.
    pub fn is_empty(&self) -> bool {
        self.by_start.is_empty()
    }

    /// Adds a glossary: one term per line, a tab, and its translation. Blank lines and lines that begin with `#` are
    /// skipped.
    ///
    /// # Errors
    /// Those of reading; [`TextError::BadTerm`] if a line does not have two columns with text, or if its term already
    /// has another translation.
    pub fn add_glossary(&mut self, lines: Lines<impl BufRead>) -> Result<(), TextError> {
        self.add(lines, |line| {
            let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
            match columns[..] {
                [source, target] if !source.is_empty() && !target.is_empty() => Ok((source, Some(target))),
                [_] => Err("there is no tab in".to_owned()),
                [_, _] => Err("there is nothing on one side of the tab in".to_owned()),
                _ => Err(format!("there are {} columns in", columns.len())),
            }
        })
    }

    /// Adds terms that are copied unchanged, one per line. Blank lines and lines that begin with `#` are skipped.
    ///
    /// # Errors
    /// Those of reading; [`TextError::BadTerm`] if a line has a tab.
    pub fn add_kept(&mut self, lines: Lines<impl BufRead>) -> Result<(), TextError> {
        self.add(lines, |line| match line.contains('\t') {
            true => Err("there is a tab, as in a glossary, in".to_owned()),
            false => Ok((line.trim(), None)),
        })
    }

    fn add(
        &mut self,
        mut lines: Lines<impl BufRead>,
        parse: impl Fn(&str) -> Result<(&str, Option<&str>), String>,
    ) -> Result<(), TextError> {
        let mut number = 0;
        while let Some(line) = lines.next() {
            let line = line?;
            number += 1;
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let added = parse(&line).and_then(|(source, target)| self.insert(source, target, number));
            added.map_err(|problem| TextError::BadTerm {
                file: lines.name().to_owned(),
                line: number,
                problem,
                text: excerpt(&line, LONGEST_EXCERPT),
            })?;
        }
        Ok(())
    }

    /// A translation from the glossary takes precedence over copying.
    fn insert(&mut self, source: &str, target: Option<&str>, line: usize) -> Result<(), String> {
        let source = source.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect::<String>();
        let terms = self.by_start.entry(self.matching.key(start(&source))).or_default();
        let target = target.map(str::to_owned);
        let mut number = || {
            self.translated.push(source.clone());
            Some(self.translated.len() - 1)
        };
        match terms.iter_mut().find(|term| term.source == source) {
            Some(term) => match (&term.target, &target) {
                (Some(one), Some(other)) if one != other => {
                    return Err(format!("line {} has another translation of the term in", term.line));
                }
                (None, Some(_)) => (term.target, term.number, term.line) = (target, number(), line),
                _ => {}
            },
            None => {
                let number = if target.is_some() { number() } else { None };
                terms.push(Term { source, target, number, line });
                terms.sort_by_key(|term| std::cmp::Reverse(term.source.len()));
            }
        }
        Ok(())
    }

    /// Returns the terms in a text in NFC, from left to right.
    pub(crate) fn find(&self, text: &str) -> Vec<Item> {
        let mut items = Vec::new();
        let mut free = 0;
        if self.is_empty() {
            return items;
        }
        for (at, c) in text.char_indices() {
            if at < free || is_of_spaced_word(c) && text[..at].ends_with(is_of_spaced_word) {
                continue;
            }
            if let Some((term, len)) = self.at(text, at) {
                free = at + len;
                let kind = if term.target.is_some() { ItemKind::Glossary } else { ItemKind::Kept };
                items.push(Item { range: at..free, kind, target: term.target.clone(), term: term.number });
            }
        }
        items
    }

    /// Returns the term at a place, and its length there in bytes.
    fn at(&self, text: &str, at: usize) -> Option<(&Term, usize)> {
        if self.matching == TermMatch::Exact {
            return self.as_written(text, at).map(|term| (term, term.source.len()));
        }
        let here = &text[at..];
        let terms = self.by_start.get(&self.matching.key(start(here)))?.iter();
        let found = terms.filter_map(|term| Some((term, self.matching.found(&term.source, here)?)));
        // Of equally good ones the first.
        let best = found.rev().max_by_key(|(_, found)| *found);
        best.map(|(term, found)| (term, found.len))
    }

    fn as_written(&self, text: &str, at: usize) -> Option<&Term> {
        let here = &text[at..];
        let as_written = self.longest(start(here), |term| here.strip_prefix(term));
        // The capital is checked first: otherwise a run of signs is scanned again from each of them.
        let capital = here.chars().next().filter(|c| c.is_uppercase());
        let Some(capital) = capital.filter(|_| as_written.is_none() && begins_sentence(&text[..at])) else {
            return as_written;
        };
        let small: String = capital.to_lowercase().collect();
        let (word, rest) = (start(here), &here[capital.len_utf8()..]);
        // If the lower-case letter has another length in bytes, the term would end elsewhere.
        let key = (small.len() == capital.len_utf8()).then(|| format!("{small}{}", &word[small.len()..]))?;
        self.longest(&key, |term| rest.strip_prefix(term.strip_prefix(small.as_str())?))
    }

    /// Returns the longest term with this start that matches whole words. `behind` returns the text after a matching
    /// term.
    fn longest<'t>(&self, start: &str, behind: impl Fn(&str) -> Option<&'t str>) -> Option<&Term> {
        let is_whole =
            |term: &str, behind: &str| !(term.ends_with(is_of_spaced_word) && behind.starts_with(is_of_spaced_word));
        let mut terms = self.by_start.get(start)?.iter();
        terms.find(|term| behind(&term.source).is_some_and(|behind| is_whole(&term.source, behind)))
    }
}

/// Returns whether a character is a letter or digit of a word with spaces around it.
pub(crate) fn is_of_spaced_word(c: char) -> bool {
    c.is_alphanumeric() && !is_unspaced(c)
}

/// Returns the letters and digits at the start of a text, or its first sign or letter of a script without spaces.
pub(crate) fn start(text: &str) -> &str {
    let mut ends = text.char_indices().skip_while(|(_, c)| is_of_spaced_word(*c)).map(|(at, _)| at);
    match ends.next().unwrap_or(text.len()) {
        0 => &text[..text.chars().next().map_or(0, char::len_utf8)],
        end => &text[..end],
    }
}

/// Returns whether a sentence begins after `before`. A colon counts too: direct speech often follows it.
fn begins_sentence(before: &str) -> bool {
    let is_opening = |c: char| "„‚‘‹([{¿¡-–—".contains(c);
    let before = before.trim_end_matches(|c: char| c.is_whitespace() || closes_quotation(c) || is_opening(c));
    before.is_empty() || before.ends_with(':') || ends_sentence(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(glossary: &str, kept: &str) -> Result<Terms, TextError> {
        let mut terms = Terms::default();
        terms.add_glossary(Lines::new(glossary.as_bytes(), "g.tsv"))?;
        terms.add_kept(Lines::new(kept.as_bytes(), "k.txt"))?;
        Ok(terms)
    }

    fn found(terms: &Terms, text: &str) -> Vec<String> {
        let shown = |item: Item| match item.target {
            Some(target) => format!("{}={target}", &text[item.range]),
            None => text[item.range].to_owned(),
        };
        terms.find(text).into_iter().map(shown).collect()
    }

    #[test]
    fn the_longest_term_is_found_as_a_whole_word() {
        let glossary = "# animals\n\nHund\tdog\nHund  des Jahres\tDog of the Year\nC++\tC plus plus\n";
        let terms = terms(glossary, "Hunde AG\n").expect("terms");
        assert_eq!(found(&terms, "Ein Hund, der Hund des Jahres."), ["Hund=dog", "Hund des Jahres=Dog of the Year"]);
        assert_eq!(found(&terms, "Hunde Hundehütte Schäferhund Hund-Katze"), ["Hund=dog"]);
        assert_eq!(found(&terms, "die Hunde AG (Hund)"), ["Hunde AG", "Hund=dog"]);
        assert_eq!(found(&terms, "C++ und C+++"), ["C++=C plus plus", "C++=C plus plus"]);
        assert!(found(&terms, "hund HUND").is_empty());
    }

    #[test]
    fn a_term_in_a_script_without_spaces_is_found_inside_a_sentence() {
        let terms = terms("東京\tTokyo\n東京駅\tTokyo Station\nเชียงใหม่\tChiang Mai\nHund\tdog\n", "").expect("terms");
        assert_eq!(found(&terms, "私は東京駅から東京へ"), ["東京駅=Tokyo Station", "東京=Tokyo"]);
        assert_eq!(found(&terms, "ฉันไปเชียงใหม่พรุ่งนี้"), ["เชียงใหม่=Chiang Mai"]);
        assert_eq!(found(&terms, "このHundは Hunde"), ["Hund=dog"]);
    }

    #[test]
    fn a_term_may_begin_with_a_capital_letter_at_the_beginning_of_a_sentence() {
        let terms = terms("laufen\trun\nüber Bord\toverboard\n", "").expect("terms");
        assert_eq!(
            found(&terms, "Laufen! „Laufen“ Laufen. Über Bord"),
            ["Laufen=run", "Laufen=run", "Über Bord=overboard"]
        );
    }

    #[test]
    fn the_glossary_takes_precedence_over_copying_and_may_repeat_a_line() {
        assert_eq!(found(&terms("a\tb\na\tb\n", "a\n").expect("terms"), "a"), ["a=b"]);
        let mut kept_first = Terms::default();
        kept_first.add_kept(Lines::new(&b"a"[..], "k")).expect("kept");
        kept_first.add_glossary(Lines::new(&b"a\tb"[..], "g")).expect("a glossary");
        assert_eq!(found(&kept_first, "a"), ["a=b"]);
    }

    fn found_by(matching: TermMatch, glossary: &str, text: &str) -> Vec<String> {
        let mut terms = Terms::matching(matching);
        terms.add_glossary(Lines::new(glossary.as_bytes(), "g.tsv")).expect("a glossary");
        found(&terms, text)
    }

    #[test]
    fn terms_match_in_any_letter_case_on_demand() {
        let by_case =
            |text| found_by(TermMatch::Case, "Hund\tdog\nhund\thound\nHund AG\tDog Inc.\n東京\tTokyo\n", text);
        assert_eq!(by_case("HUND, hund, Hund"), ["HUND=dog", "hund=hound", "Hund=dog"]);
        assert_eq!(by_case("die hund ag in 東京駅"), ["hund ag=Dog Inc.", "東京=Tokyo"]);
        assert!(by_case("Hunde Schäferhund").is_empty());
    }

    #[test]
    fn terms_match_in_other_forms_on_demand() {
        let by_form =
            |text| found_by(TermMatch::Forms, "Hund\tdog\nroter Hund\tred dog\nVertrag\tcontract\nKuh\tcow\n", text);
        assert_eq!(by_form("des Hundes und der Hunde"), ["Hundes=dog", "Hunde=dog"]);
        assert_eq!(by_form("einen ROTEN Hund, Verträgen, Vertrags"), ["ROTEN Hund=red dog", "Vertrags=contract"]);
        assert_eq!(by_form("hundert Kühe, eine Kuh"), ["Kuh=cow"]);
    }

    #[test]
    fn translated_terms_are_numbered_in_their_order() {
        let mut terms = Terms::default();
        terms.add_kept(Lines::new(&b"b\nc\n"[..], "k")).expect("kept");
        terms.add_glossary(Lines::new(&b"a\tA\nb\tB\na\tA\n"[..], "g")).expect("a glossary");
        assert_eq!(terms.translated(), ["a", "b"]);
        let numbers: Vec<Option<usize>> = terms.find("b a c").into_iter().map(|item| item.term).collect();
        assert_eq!(numbers, [Some(1), Some(0), None]);
    }

    #[test]
    fn faults_are_reported_with_file_and_line() {
        for (glossary, kept, expected) in [
            ("a\tb\nHund dog\n", "", "g.tsv:2: there is no tab in `Hund dog`"),
            ("Hund\t\n", "", "g.tsv:1: there is nothing on one side of the tab"),
            ("a\tb\tc\n", "", "g.tsv:1: there are 3 columns"),
            ("#\na\tb\na\tc\n", "", "g.tsv:3: line 2 has another translation of the term in"),
            ("", "x\ny\tz\n", "k.txt:2: there is a tab"),
        ] {
            let message = terms(glossary, kept).expect_err(glossary).to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
