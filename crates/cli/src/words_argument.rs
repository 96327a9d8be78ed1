//! The argument `--words`: the definition of a word.

use clap::Args;
use glosser_text::{WordRule, WordSplitter, WordSplitters};
use glosser_translator::Tokenizers;

/// The rules that split sentences into words.
#[derive(Args)]
pub struct WordsArg {
    /// Definition of a word, of both sides or of source and target [default: the model's; example: --words
    /// unicode,whitespace]
    ///
    /// whitespace: text between white space, with its punctuation, as files of word links count.
    /// unicode: words of Unicode Annex 29; punctuation is separate, and dictionaries split scripts without spaces.
    /// subwords: the model's sub-words.
    #[arg(id = "words", long = "words", value_name = "RULE[,RULE]", value_parser = word_rules)]
    rules: Option<WordRules>,
}

impl WordsArg {
    /// Returns whether both sides have the model's definition of a word.
    pub fn are_of(&self, model: &Tokenizers) -> bool {
        let profile = model.profile();
        let own = WordRules { source: profile.source.words, target: profile.target.words };
        self.rules.is_none_or(|rules| rules == own)
    }

    /// Returns the splitters of these rules, or those of the model.
    pub fn splitters(&self, model: &Tokenizers) -> WordSplitters {
        let Some(WordRules { source, target }) = self.rules else { return model.words() };
        WordSplitters {
            source: WordSplitter::new(source, model.source()),
            target: WordSplitter::new(target, model.target()),
        }
    }
}

/// The definitions of a word of both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordRules {
    pub source: WordRule,
    pub target: WordRule,
}

/// Parses one rule for both sides, or the rules of source and target.
pub fn word_rules(text: &str) -> Result<WordRules, String> {
    let (source, target) = both_sides(text, word_rule)?;
    Ok(WordRules { source, target })
}

/// Parses a value for both sides, or the values of source and target, separated by a comma.
pub fn both_sides<T: Copy>(text: &str, parse: fn(&str) -> Result<T, String>) -> Result<(T, T), String> {
    match text.split_once(',') {
        Some((source, target)) => Ok((parse(source)?, parse(target)?)),
        None => parse(text).map(|value| (value, value)),
    }
}

fn word_rule(text: &str) -> Result<WordRule, String> {
    match text {
        "whitespace" => Ok(WordRule::WhiteSpace),
        "unicode" => Ok(WordRule::Unicode),
        "subwords" => Ok(WordRule::SubWords),
        other => Err(format!("`{other}` is not a definition of a word; give whitespace, unicode or subwords")),
    }
}
