//! Finds variables and markup of programs: `{0}`, `%s`, `${user}`, `&amp;`, `\n`.

use std::collections::HashMap;
use std::ops::Range;

use crate::words::placeholders::spacing::is_spaced;
use crate::words::training_words::TrainingWords;

/// The longest name or format of a variable, in bytes; a longer one is text in brackets.
const LONGEST: usize = 200;

/// The longest affix of a variable, in characters: `{0}th`, `file{0}.txt`.
const LONGEST_AFFIX: usize = 32;

/// The longest affix that is copied even if the training text has it as a word.
const SHORT_AFFIX: usize = 2;

/// The letters and digits beside a variable that are copied with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Affix {
    /// None.
    Nothing,
    /// Digits only.
    Digits,
    /// Digits, short units and endings, and words that are not in the training text.
    Words,
}

/// Returns the variables, entities and escapes of a text, in order.
pub(crate) fn variables(text: &str, known: &TrainingWords) -> Vec<Range<usize>> {
    if !text.contains(['{', '$', '%', '&', '\\', '_', ':', '[']) {
        return Vec::new();
    }
    let scanner = Scanner { text, known, closing: closing_braces(text) };
    let mut found: Vec<(Range<usize>, Affix)> = Vec::new();
    let mut free = 0;
    for (at, c) in text.char_indices() {
        if at < free || !c.is_ascii_punctuation() {
            continue;
        }
        let is_after_item = found.last().is_some_and(|(last, _)| last.end == at);
        if let Some((len, affix)) = scanner.at(at, is_after_item).filter(|(len, _)| *len > 0) {
            free = at + len;
            found.push((at..free, affix));
        }
    }
    scanner.with_affixes(found)
}

struct Scanner<'a> {
    text: &'a str,
    known: &'a TrainingWords,
    /// For each opening brace that is closed, the end of its closing brace.
    closing: HashMap<usize, usize>,
}

/// Returns the byte after the closing brace of each opening one.
fn closing_braces(text: &str) -> HashMap<usize, usize> {
    let (mut open, mut closing) = (Vec::new(), HashMap::new());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open.push(at),
            b'}' => _ = open.pop().map(|start| closing.insert(start, at + 1)),
            _ => {}
        }
    }
    closing
}

impl Scanner<'_> {
    /// Returns the length of the variable at a sign, and the affixes that it can have.
    fn at(&self, at: usize, is_after_item: bool) -> Option<(usize, Affix)> {
        let rest = &self.text[at..];
        let before = self.text[..at].chars().next_back().filter(|_| !is_after_item);
        let is_in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let words = |len: usize| (len, Affix::Words);
        match rest.as_bytes()[0] {
            b'{' => self.braces(at, "").map(words),
            b'$' => self.braces(at + 1, "$").or_else(|| dollar_name(rest).filter(|_| !is_in_word)).map(words),
            b'#' => self.braces(at + 1, "#").map(words),
            b'@' => self.braces(at + 1, "@").map(words),
            b'%' => self.braces(at + 1, "%").or_else(|| percent(rest, before)).map(words),
            b'&' => entity(rest),
            b'\\' => self.escape(rest).map(|len| (len, Affix::Nothing)),
            b'[' => label(rest).map(|len| (len, Affix::Nothing)),
            b'_' if !is_in_word => self.dunder(rest).map(words),
            b':' if !is_in_word => short_code(rest).map(|len| (len, Affix::Nothing)),
            _ => None,
        }
    }

    /// Returns the length of a variable in braces at `at`, with the sign before it.
    fn braces(&self, at: usize, sign: &str) -> Option<usize> {
        let end = *self.closing.get(&at)?;
        let content = &self.text[at + 1..end - 1];
        let is_code = matches!(sign, "$" | "#") && !content.trim().is_empty() && is_flat(content);
        (is_code || is_variable(content)).then_some(sign.len() + end - at)
    }

    /// Returns the length of `\n`, `\"`, `\u00e9`, or of a command such as `\textbf`.
    fn escape(&self, rest: &str) -> Option<usize> {
        let letters = letters_of(&rest[1..]);
        let after_one = |first: char| &letters[first.len_utf8()..];
        match letters.chars().next() {
            None => rest[1..].starts_with(['\\', '"', '\'']).then_some(2),
            Some('u') if hex_digits(&rest[2..]) >= 4 => Some(6),
            Some('x') if hex_digits(&rest[2..]) >= 2 => Some(4),
            Some(first) if "ntrfvb".contains(first) => {
                let next = after_one(first);
                let begins_word = next.starts_with(|c: char| c.is_uppercase()) || self.known.contains(next);
                Some(if next.is_empty() || begins_word { 2 } else { 1 + letters.len() })
            }
            Some(_) => (letters.len() > 1).then_some(1 + letters.len()),
        }
    }

    /// Returns the length of `__NAME__`. In Markdown, underscores around a word mean bold type.
    fn dunder(&self, rest: &str) -> Option<usize> {
        let inner = rest.strip_prefix("__")?;
        let word = &inner[..inner.len() - inner.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len()];
        let name = word.strip_suffix("__")?.trim_matches('_');
        let is_name = !name.is_empty()
            && word.len() <= LONGEST
            && (!name.contains(char::is_lowercase) || !self.known.contains(name));
        is_name.then_some(2 + word.len())
    }

    /// Extends the variables by the letters and digits beside them.
    fn with_affixes(&self, found: Vec<(Range<usize>, Affix)>) -> Vec<Range<usize>> {
        let mut extended: Vec<Range<usize>> = Vec::with_capacity(found.len());
        let starts: Vec<usize> = found.iter().skip(1).map(|(range, _)| range.start).chain([self.text.len()]).collect();
        for ((range, affix), next) in found.into_iter().zip(starts) {
            let free = extended.last().map_or(0, |last| last.end).min(range.start);
            let start = range.start - self.prefix(&self.text[free..range.start], affix);
            let end = range.end + self.suffix(&self.text[range.end..next], affix);
            extended.push(start..end);
        }
        extended
    }

    fn prefix(&self, before: &str, affix: Affix) -> usize {
        let is_part = |c: &char| is_spaced(*c) || *c == '_';
        let run = before.chars().rev().take_while(is_part).take(LONGEST_AFFIX).map(char::len_utf8).sum::<usize>();
        if self.is_affix(&before[before.len() - run..], affix) { run } else { 0 }
    }

    fn suffix(&self, after: &str, affix: Affix) -> usize {
        let is_part = |c: &char| is_spaced(*c) || *c == '_';
        let run = |text: &str| text.chars().take_while(is_part).take(LONGEST_AFFIX).map(char::len_utf8).sum::<usize>();
        let mut len = run(after);
        if !self.is_affix(&after[..len], affix) {
            return 0;
        }
        // The ending of a file name, but not the next sentence.
        if let Some(ending) = after[len..].strip_prefix('.').filter(|_| affix == Affix::Words) {
            let ending = &ending[..run(ending)];
            let is_ending = ending.starts_with(|c: char| c.is_ascii_lowercase()) && !self.known.contains(ending);
            len += if is_ending { 1 + ending.len() } else { 0 };
        }
        len
    }

    fn is_affix(&self, run: &str, affix: Affix) -> bool {
        let is_unknown = !self.known.is_empty() && !self.known.contains(run);
        match affix {
            Affix::Nothing => false,
            Affix::Digits => run.chars().all(char::is_numeric),
            Affix::Words => {
                is_unknown
                    || run.contains('_')
                    || run.chars().all(char::is_numeric)
                    || run.chars().count() <= SHORT_AFFIX
            }
        }
    }
}

/// Returns whether the content of braces is that of a variable: a name or number, perhaps with a format.
fn is_variable(content: &str) -> bool {
    if content.len() <= LONGEST && content.starts_with('{') && content.ends_with('}') {
        let inner = content.trim_matches(['{', '}']);
        return !inner.trim().is_empty() && is_flat(inner);
    }
    if ["%", "#"].iter().any(|sign| content.len() > 2 && content.starts_with(sign) && content.ends_with(sign)) {
        return is_flat(content);
    }
    let is_of_name = |c: char| c.is_alphanumeric() || "_.-[]$@".contains(c);
    let rest = content.trim_start_matches(is_of_name);
    let name = &content[..content.len() - rest.len()];
    let mut chars = rest.chars();
    match chars.next() {
        None => true,
        Some(':' | '!' | '|' | '?') => is_flat(rest) && chars.next().is_some_and(|c| !c.is_whitespace()),
        Some(',' | ' ') => !name.is_empty() && is_typed(rest.trim_start()),
        Some(_) => false,
    }
}

/// Returns whether a text can be a format: short and without braces.
fn is_flat(text: &str) -> bool {
    text.len() <= LONGEST && !text.contains(['{', '}'])
}

/// Returns whether a text after the name of a variable is a type of ICU's message format or a width of .NET.
fn is_typed(rest: &str) -> bool {
    const TYPES: [&str; 10] =
        ["plural", "select", "selectordinal", "number", "date", "time", "choice", "spellout", "ordinal", "duration"];
    let Some(rest) = rest.strip_prefix(',') else { return false };
    let rest = rest.trim_start();
    TYPES.contains(&letters_of(rest))
        || rest.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit()) && is_flat(rest)
}

/// Returns the length of `$name`, `$user_id` or `$(NAME)`. Capitals can be a currency: `$US`.
fn dollar_name(rest: &str) -> Option<usize> {
    const LONGEST_CURRENCY: usize = 3;
    let inner = &rest[1..];
    if let Some(inner) = inner.strip_prefix('(') {
        let name = name_of(inner);
        return (!name.is_empty() && inner[name.len()..].starts_with(')')).then_some(name.len() + 3);
    }
    let name = name_of(inner);
    let is_currency = !name.contains(|c: char| c.is_ascii_lowercase() || c == '_') && name.len() <= LONGEST_CURRENCY;
    (name.len() > 1 && !is_currency).then_some(1 + name.len())
}

/// Returns the length of a variable that begins with a percent sign: `%s`, `%1$s`, `%(name)s`, `%<name>s`, `%NAME%`,
/// `%%`. `before` is the character before it.
fn percent(rest: &str, before: Option<char>) -> Option<usize> {
    if rest.starts_with("%%") {
        return Some(2);
    }
    let name = name_of(&rest[1..]);
    let is_named = name.len() > 2 || name.len() == 2 && !name.contains(|c: char| c.is_ascii_lowercase());
    if is_named && rest[1 + name.len()..].starts_with('%') && !before.is_some_and(char::is_alphanumeric) {
        return Some(name.len() + 2);
    }
    let mut at = 1;
    let named = [('(', ')'), ('<', '>')].into_iter().find_map(|(open, close)| {
        let inner = rest[1..].strip_prefix(open)?;
        let end = inner.find(|c: char| !(c.is_alphanumeric() || "_.-".contains(c)))?;
        (end > 0 && inner[end..].starts_with(close)).then_some(end + 2)
    });
    at += named.unwrap_or(0);
    let digits = |at: usize| rest[at..].bytes().take_while(u8::is_ascii_digit).count();
    let position = digits(at);
    let is_positional = position > 0 && rest[at + position..].starts_with('$');
    if is_positional {
        at += position + 1;
    }
    at += rest[at..].bytes().take_while(|byte| b"-+#0'".contains(byte)).count();
    at += digits(at);
    if rest[at..].starts_with('.') {
        at += 1 + digits(at + 1);
    }
    at += rest[at..].bytes().take_while(|byte| b"hlLqjzt".contains(byte)).take(2).count();
    let conversion = rest[at..].chars().next().filter(|c| "sdiufFeEgGxXocapn@".contains(*c))?;
    let is_certain = named.is_some() || is_positional;
    let is_possible = is_certain || may_convert(conversion, before, &rest[at + 1..]);
    is_possible.then_some(at + 1)
}

/// Returns whether a conversion without a name is one. A digit before it makes it a percent sign (`5%`), a letter after
/// it may make it a word (`10 %ige`).
fn may_convert(conversion: char, before: Option<char>, after: &str) -> bool {
    const LONGEST_UNIT: usize = 3;
    let is_usual = "sdfu@".contains(conversion);
    let letters = after.chars().take_while(|c| c.is_alphanumeric()).take(LONGEST_UNIT + 1).count();
    !before.is_some_and(char::is_numeric)
        && (is_usual || !before.is_some_and(char::is_alphabetic))
        && (letters == 0 || is_usual && letters <= LONGEST_UNIT || is_usual && !after.starts_with(is_spaced))
}

/// Returns the length of an entity of HTML or XML, and the affixes that it can have: `caf&eacute;` is one word.
fn entity(rest: &str) -> Option<(usize, Affix)> {
    const ACCENTS: [&str; 12] =
        ["acute", "grave", "circ", "uml", "tilde", "ring", "cedil", "slash", "caron", "lig", "breve", "macr"];
    const LONGEST_NAME: usize = 31;
    let end = rest.bytes().take(LONGEST_NAME + 2).position(|byte| byte == b';')?;
    let name = &rest[1..end];
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        let c = code.ok().and_then(char::from_u32)?;
        return Some((end + 1, if c == '&' || c.is_alphabetic() { Affix::Words } else { Affix::Digits }));
    }
    let is_letter = ACCENTS.iter().any(|accent| name.len() > accent.len() && name.ends_with(accent));
    let is_name = name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_small = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let affix = if is_letter || matches!(name, "amp" | "szlig") { Affix::Words } else { Affix::Digits };
    (is_name && !name.as_bytes()[0].is_ascii_digit() && (is_small || is_letter)).then_some((end + 1, affix))
}

/// Returns the length of `[X0X]`: capital letters and digits in brackets, as translation platforms write what is to stay.
fn label(rest: &str) -> Option<usize> {
    let inner = &rest[1..];
    let is_of_label = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    let len = inner.bytes().take(LONGEST).take_while(is_of_label).count();
    let label = &inner[..len];
    let has = |is_wanted: fn(char) -> bool| label.contains(is_wanted);
    let is_label = has(|c| c.is_ascii_uppercase()) && has(|c| c.is_ascii_digit());
    (is_label && inner[len..].starts_with(']')).then_some(len + 2)
}

/// Returns the length of `:name:`, the written form of an emoji.
fn short_code(rest: &str) -> Option<usize> {
    let inner = &rest[1..];
    let is_of_name =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'+' | b'-');
    let len = inner.bytes().take(LONGEST).take_while(is_of_name).count();
    let is_name = len > 1 && inner.starts_with(|c: char| c.is_ascii_lowercase()) && inner[len..].starts_with(':');
    let is_whole = !inner[len..].get(1..).is_some_and(|after| after.starts_with(char::is_alphanumeric));
    (is_name && is_whole).then_some(len + 2)
}

/// Returns the name at the start of a text: letters, digits and underscores of ASCII, no digit first.
fn name_of(text: &str) -> &str {
    let len = text.bytes().take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    if text.starts_with(|c: char| c.is_ascii_digit()) { "" } else { &text[..len] }
}

/// Returns the letters of ASCII at the start of a text.
fn letters_of(text: &str) -> &str {
    &text[..text.bytes().take(LONGEST).take_while(u8::is_ascii_alphabetic).count()]
}

fn hex_digits(text: &str) -> usize {
    text.bytes().take(4).take_while(u8::is_ascii_hexdigit).count()
}
