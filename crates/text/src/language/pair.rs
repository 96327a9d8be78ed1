//! The languages of the two sides of a corpus or a model.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{LONGEST_EXCERPT, TextError, excerpt};
use crate::language::code::LanguageCode;

/// The languages of source and target.
///
/// ```
/// use glosser_text::LanguagePair;
///
/// let languages: LanguagePair = "pt_BR:en".parse()?;
/// assert_eq!((&*languages.source, &*languages.target), ("pt-BR", "en"));
/// assert_eq!(languages, "pt-br:EN".parse()?);
/// assert_eq!("de-en".parse::<LanguagePair>()?.to_string(), "de:en");
/// # Ok::<(), glosser_text::TextError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguagePair {
    /// The language that is translated.
    pub source: LanguageCode,
    /// The language of the translation.
    pub target: LanguageCode,
}

impl LanguagePair {
    /// Returns the languages of the opposite direction.
    pub fn reversed(self) -> Self {
        Self { source: self.target, target: self.source }
    }
}

impl FromStr for LanguagePair {
    type Err = TextError;

    /// Reads `pt-BR:en`, or `de-en`. With a hyphen in between, both codes have only small letters: `pt-BR` is one
    /// language.
    fn from_str(given: &str) -> Result<Self, TextError> {
        let bad = || TextError::BadLanguagePair { given: excerpt(given, LONGEST_EXCERPT) };
        let (source, target) = match given.split_once(':') {
            Some(codes) => codes,
            None if given.chars().any(char::is_uppercase) => return Err(bad()),
            None => given.split_once('-').filter(|(_, target)| !target.contains(['-', '_'])).ok_or_else(bad)?,
        };
        Ok(Self { source: source.parse()?, target: target.parse()? })
    }
}

impl fmt::Display for LanguagePair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_codes_are_read_with_a_colon_or_if_they_are_plain_with_a_hyphen() {
        for (given, expected) in
            [("de-en", "de:en"), ("chr:en", "chr:en"), ("zh_hans:pt-br", "zh-Hans:pt-BR"), ("pt-br", "pt:br")]
        {
            assert_eq!(given.parse::<LanguagePair>().expect(given).to_string(), expected);
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_remedy() {
        for (given, remedy) in [
            ("", "write e.g. `de-en` or `pt-BR:en`"),
            ("de", "write e.g. `de-en` or `pt-BR:en`"),
            ("pt-BR", "write e.g. `de-en` or `pt-BR:en`"),
            ("pt-br-en", "write e.g. `de-en` or `pt-BR:en`"),
            ("pt_br-en_us", "write e.g. `de-en` or `pt-BR:en`"),
            ("deutsch-en", "use the code `de`"),
            ("de:English", "use the code `en`"),
            ("de:", "a code is e.g. `de`"),
        ] {
            let message = given.parse::<LanguagePair>().expect_err(given).to_string();
            assert!(message.contains(remedy), "{given}: {message}");
        }
    }

    #[test]
    fn a_pair_in_json_is_two_codes() {
        let pair: LanguagePair = serde_json::from_str(r#"{"source":"pt_br","target":"en"}"#).expect("a pair");
        assert_eq!(serde_json::to_string(&pair.reversed()).expect("JSON"), r#"{"source":"en","target":"pt-BR"}"#);
    }
}
