//! The code of a language, as in BCP 47: `de`, `pt-BR`, `zh-Hans`.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{TextError, excerpt};
use crate::language::names::{english_name, language_by_name};
use crate::language::subtag_names::{region_name, script_name};

/// The largest length of a code. BCP 47 asks for 35; a variant or two more do no harm.
const LONGEST: usize = 60;

/// The code of a language, in its normal form: `de`, `pt-BR`, `zh-Hans`. It begins with two or three letters, as in ISO
/// 639. Whether a language has these letters is not checked: the list of languages has thousands, and grows.
///
/// ```
/// use glosser_text::LanguageCode;
///
/// let code: LanguageCode = "PT_br".parse()?;
/// assert_eq!((&*code, code.english_name().as_str()), ("pt-BR", "Portuguese (Brazil)"));
/// let message = "Deutsch".parse::<LanguageCode>().unwrap_err().to_string();
/// assert!(message.contains("use the code `de`"));
/// # Ok::<(), glosser_text::TextError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LanguageCode(String);

impl LanguageCode {
    /// Returns the code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the code of the language without script, region and the rest: `pt` for `pt-BR`.
    pub fn language(&self) -> &str {
        self.0.split_once('-').map_or(&self.0, |(language, _)| language)
    }

    /// Returns the English name: `German`, `Portuguese (Brazil)`. The code of an unknown language is its name.
    pub fn english_name(&self) -> String {
        let Some(language) = english_name(self.language()) else { return self.0.clone() };
        let mut details = Vec::new();
        let mut rest = &self.0[self.language().len()..];
        while let Some(after) = rest.strip_prefix('-') {
            // All that follows a single letter belongs to it.
            let end = if after.as_bytes().get(1) == Some(&b'-') { None } else { after.find('-') };
            let (subtag, others) = after.split_at(end.unwrap_or(after.len()));
            details.push(script_name(subtag).or_else(|| region_name(subtag)).unwrap_or(subtag));
            rest = others;
        }
        if details.is_empty() { language.to_owned() } else { format!("{language} ({})", details.join(", ")) }
    }
}

impl FromStr for LanguageCode {
    type Err = TextError;

    /// Reads a code in any letter case, with `-` or `_`.
    fn from_str(given: &str) -> Result<Self, TextError> {
        let given = given.trim();
        normal_form(given).map(Self).ok_or_else(|| TextError::BadLanguageCode {
            given: excerpt(given, LONGEST),
            remedy: match language_by_name(&given.to_lowercase()) {
                Some(code) => format!("use the code `{code}`"),
                None => "a code is e.g. `de`, `chr`, `pt-BR` or `zh-Hans` (BCP 47)".to_owned(),
            },
        })
    }
}

/// Returns the normal form of a code: the language in lower case, a script with a capital letter, a region in capital
/// letters, everything else, and all that follows a single letter, in lower case.
fn normal_form(given: &str) -> Option<String> {
    let is_short = given.len() <= LONGEST;
    let mut subtags = given.split(['-', '_']);
    let is_language = |subtag: &&str| matches!(subtag.len(), 2 | 3) && subtag.bytes().all(|b| b.is_ascii_alphabetic());
    let mut code = subtags.next().filter(|subtag| is_short && is_language(subtag))?.to_ascii_lowercase();
    let mut is_extension = false;
    for subtag in subtags {
        let is_valid = (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_valid {
            return None;
        }
        let is_word = subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
        let lower = subtag.to_ascii_lowercase();
        code.push('-');
        match subtag.len() {
            4 if is_word && !is_extension => {
                code.push_str(&lower[..1].to_ascii_uppercase());
                code.push_str(&lower[1..]);
            }
            2 if is_word && !is_extension => code.push_str(&lower.to_ascii_uppercase()),
            _ => code.push_str(&lower),
        }
        is_extension |= subtag.len() == 1;
    }
    // A single letter announces what follows it.
    (code.as_bytes().iter().rev().nth(1) != Some(&b'-')).then_some(code)
}

impl TryFrom<String> for LanguageCode {
    type Error = TextError;

    fn try_from(given: String) -> Result<Self, TextError> {
        given.parse()
    }
}

impl From<LanguageCode> for String {
    fn from(code: LanguageCode) -> Self {
        code.0
    }
}

impl Deref for LanguageCode {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_in_any_letter_case_has_one_normal_form() {
        for (given, expected) in [
            ("de", "de"),
            (" DE ", "de"),
            ("chr", "chr"),
            ("pt_br", "pt-BR"),
            ("ZH-HANS", "zh-Hans"),
            ("zh_hant_hk", "zh-Hant-HK"),
            ("es-419", "es-419"),
            ("de-1996", "de-1996"),
            ("sl-ROZAJ", "sl-rozaj"),
            ("de-x-AB-Abcd", "de-x-ab-abcd"),
        ] {
            assert_eq!(given.parse::<LanguageCode>().expect(given).as_str(), expected);
        }
    }

    #[test]
    fn other_text_is_refused_with_the_remedy() {
        let long = "de-".to_owned() + &"a-".repeat(30) + "ab";
        for (given, remedy) in [
            ("Deutsch", "use the code `de`"),
            ("german", "use the code `de`"),
            ("Kiswahili", "use the code `sw`"),
            ("Filipino", "use the code `fil`"),
            ("", "e.g. `de`"),
            ("d", "e.g. `de`"),
            ("de-", "e.g. `de`"),
            ("-de", "e.g. `de`"),
            ("de-x", "e.g. `de`"),
            ("de--DE", "e.g. `de`"),
            ("de DE", "e.g. `de`"),
            ("de,en", "e.g. `de`"),
            ("d3", "e.g. `de`"),
            ("dé", "e.g. `de`"),
            ("de-ünder", "e.g. `de`"),
            ("de-abcdefghi", "e.g. `de`"),
            (&long, "e.g. `de`"),
        ] {
            let message = given.parse::<LanguageCode>().expect_err(given).to_string();
            assert!(message.contains(remedy) && message.len() < 200, "{given}: {message}");
        }
    }

    #[test]
    fn names_are_english_and_an_unknown_code_is_its_own_name() {
        for (code, expected) in [
            ("de", "German"),
            ("deu", "German"),
            ("chr", "Cherokee"),
            ("pt-BR", "Portuguese (Brazil)"),
            ("zh-Hans", "Chinese (Simplified)"),
            ("zh-Hant-HK", "Chinese (Traditional, Hong Kong)"),
            ("sr-Latn", "Serbian (Latin)"),
            ("es-419", "Spanish (Latin America)"),
            ("de-1996", "German (1996)"),
            ("en-ZZ", "English (ZZ)"),
            ("de-DE-x-my-own", "German (Germany, x-my-own)"),
            ("qaa", "qaa"),
            ("qaa-BR", "qaa-BR"),
        ] {
            assert_eq!(code.parse::<LanguageCode>().expect(code).english_name(), expected);
        }
    }

    #[test]
    fn a_code_is_text_in_json_and_checked_when_it_is_read() {
        let code: LanguageCode = serde_json::from_str(r#""pt_BR""#).expect("a code");
        assert_eq!(serde_json::to_string(&code).expect("JSON"), r#""pt-BR""#);
        assert!(serde_json::from_str::<LanguageCode>(r#""Deutsch""#).is_err());
    }
}
