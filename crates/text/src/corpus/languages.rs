//! The choice of two languages of a translation memory.

use std::fmt;
use std::str::FromStr;

use crate::error::TextError;

/// The names of the source and the target language, as in `xml:lang`. They differ.
///
/// `de` matches `de`, `de-DE` and `DE_at`: case is ignored, and a shorter name matches every longer one.
///
/// ```
/// use glosser_text::Languages;
///
/// let languages: Languages = "de,en-GB".parse()?;
/// assert_eq!((languages.source(), languages.target()), ("de", "en-GB"));
/// # Ok::<(), glosser_text::TextError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Languages {
    source: String,
    target: String,
}

/// One of the two sides of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Source,
    Target,
}

impl Languages {
    /// Returns the name of the source language.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the name of the target language.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Returns the side of a text in `language`. If both names match, the longer one decides.
    pub(crate) fn side_of(&self, language: &str) -> Option<Side> {
        let fitting = |name: &str| covers(name, language).then_some(name.len());
        match (fitting(&self.source), fitting(&self.target)) {
            (None, None) => None,
            (source, target) => Some(if source >= target { Side::Source } else { Side::Target }),
        }
    }
}

impl FromStr for Languages {
    type Err = TextError;

    fn from_str(given: &str) -> Result<Self, TextError> {
        let refused = |reason| TextError::BadLanguages { given: given.to_owned(), reason };
        let (source, target) = given.split_once(',').ok_or_else(|| refused("two names and a comma are needed"))?;
        let (source, target) = (source.trim(), target.trim());
        let is_name = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        if !is_name(source) || !is_name(target) {
            return Err(refused("a name has only letters, digits and hyphens"));
        }
        if is_same(source, target) {
            return Err(refused("source and target are the same language"));
        }
        Ok(Self { source: source.to_owned(), target: target.to_owned() })
    }
}

impl fmt::Display for Languages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.source, self.target)
    }
}

/// Returns whether two names are equal, except for case and the kind of hyphen.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && covers(one, other)
}

/// Returns the name of a language without its region: `en` for `EN`, `en-GB` and `en_US`. The script stays, because
/// other letters make another text: `sr-Latn`, and `zh-Hant` for `zh-TW`.
pub(crate) fn without_region(language: &str) -> String {
    let language = language.to_ascii_lowercase().replace('_', "-");
    let mut parts = language.split('-');
    let name = parts.next().unwrap_or_default();
    let is_script = |part: &&str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let script = parts.clone().find(is_script).or_else(|| {
        parts.find_map(|region| match (name, region) {
            ("zh", "tw" | "hk" | "mo") => Some("hant"),
            ("zh", "cn" | "sg") => Some("hans"),
            _ => None,
        })
    });
    script.map_or(name.to_owned(), |script| format!("{name}-{script}"))
}

/// Returns whether `name` is `language` or a shorter name for it.
pub(crate) fn covers(name: &str, language: &str) -> bool {
    let folded = |byte: u8| if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() };
    let begins =
        name.len() <= language.len() && name.bytes().map(folded).eq(language.bytes().take(name.len()).map(folded));
    begins && language.as_bytes().get(name.len()).is_none_or(|next| folded(*next) == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages(given: &str) -> Languages {
        given.parse().expect(given)
    }

    #[test]
    fn a_name_matches_longer_names_in_any_case() {
        let side = |language| languages("de,en-GB").side_of(language);
        for (language, expected) in [
            ("de", Some(Side::Source)),
            ("DE-at", Some(Side::Source)),
            ("de_DE", Some(Side::Source)),
            ("en-gb", Some(Side::Target)),
            ("en_GB-oxendict", Some(Side::Target)),
            ("en", None),
            ("en-US", None),
            ("den", None),
            ("d", None),
            ("", None),
        ] {
            assert_eq!(side(language), expected, "{language}");
        }
    }

    #[test]
    fn a_region_is_no_language_of_its_own_but_a_script_is() {
        for (language, expected) in [
            ("EN", "en"),
            ("en-GB", "en"),
            ("en_us", "en"),
            ("de-1996", "de"),
            ("sr-Latn-RS", "sr-latn"),
            ("zh-TW", "zh-hant"),
            ("zh-Hant-TW", "zh-hant"),
            ("zh-CN", "zh-hans"),
            ("zh", "zh"),
        ] {
            assert_eq!(without_region(language), expected);
        }
    }

    #[test]
    fn if_both_names_match_the_longer_one_decides() {
        assert_eq!(languages("en,en-GB").side_of("en-GB"), Some(Side::Target));
        assert_eq!(languages("en-GB,en").side_of("en-GB"), Some(Side::Source));
        assert_eq!(languages("en,en-GB").side_of("en-US"), Some(Side::Source));
    }

    #[test]
    fn a_printed_choice_is_read_back_and_an_invalid_one_is_quoted_with_the_remedy() {
        assert_eq!(languages(" de, zh-Hant ").to_string(), "de,zh-Hant");
        for (given, reason) in [
            ("", "two names"),
            ("de", "two names"),
            ("de,en,fr", "letters, digits"),
            ("de,", "letters, digits"),
            ("de,\"en\"", "letters, digits"),
            ("1,2", "letters, digits"),
            ("zh-TW,ZH_tw", "same language"),
        ] {
            let message = given.parse::<Languages>().expect_err(given).to_string();
            assert!(message.contains(&format!("`{given}`")) && message.contains(reason), "{message}");
            assert!(message.contains("write e.g. `de,en`"), "{message}");
        }
    }
}
