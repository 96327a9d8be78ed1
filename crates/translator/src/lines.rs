//! Lines of several sentences: each sentence is translated by itself, and the translations become one line again.

use crate::translation::attention_matrix;
use crate::{TranslatedItem, Translation, Translator};
use glosser_text::{ends_sentence_without_space, is_line_end};
use std::ops::Range;

/// Lines and the ranges of their sentences.
pub(crate) struct Lines<'a> {
    lines: Vec<(&'a str, Vec<Range<usize>>)>,
}

impl<'a> Lines<'a> {
    /// Splits lines; `split` returns the sentences of a line, none if it is blank.
    pub fn new<S: AsRef<str>>(lines: &'a [S], split: impl Fn(&str) -> Vec<Range<usize>>) -> Self {
        Self { lines: lines.iter().map(|line| (line.as_ref(), split(line.as_ref()))).collect() }
    }

    /// All sentences of all lines, in order.
    pub fn sentences(&self) -> Vec<&'a str> {
        self.lines.iter().flat_map(|(line, ranges)| ranges.iter().map(|range| &line[range.clone()])).collect()
    }

    /// Calls `join` for each line with its sentences and what belongs to them.
    pub fn join<T, U>(&self, of_sentences: Vec<T>, join: impl Fn(&str, &[Range<usize>], Vec<T>) -> U) -> Vec<U> {
        let mut rest = of_sentences.into_iter();
        let join =
            |(line, ranges): &(&str, Vec<Range<usize>>)| join(line, ranges, rest.by_ref().take(ranges.len()).collect());
        self.lines.iter().map(join).collect()
    }
}

/// Joins the translations of the sentences of a line. Returns also the byte where each begins.
///
/// The spaces between sentences are those of the source, except that scripts without spaces have none after a sentence.
pub(crate) fn join_texts(line: &str, ranges: &[Range<usize>], texts: &[&str]) -> (String, Vec<usize>) {
    let mut joined = String::new();
    let mut starts = Vec::with_capacity(texts.len());
    let mut end = 0;
    for (number, (range, text)) in ranges.iter().zip(texts).enumerate() {
        if number > 0 {
            let gap = line[end..range.start].replace(is_line_end, " ");
            match joined.ends_with(ends_sentence_without_space) {
                true => {}
                false if gap.is_empty() => joined.push(' '),
                false => joined.push_str(&gap),
            }
        }
        starts.push(joined.len());
        joined.push_str(text);
        end = range.end;
    }
    (joined, starts)
}

/// Joins the translations of the sentences of a line, `[sentences][translations, best first]`, to the `n_best`
/// translations of the line.
pub(crate) fn join_sentences(
    line: &str,
    ranges: &[Range<usize>],
    mut found: Vec<Vec<Translation>>,
    n_best: usize,
) -> Vec<Translation> {
    if ranges.len() == 1 && ranges[0] == (0..line.len()) {
        return found.swap_remove(0);
    }
    let choices = best_choices(&found, n_best.max(1));
    let join = |ranks: Vec<usize>| {
        let parts: Vec<&Translation> = ranks.into_iter().zip(&found).map(|(rank, found)| &found[rank]).collect();
        join_parts(line, ranges, &parts)
    };
    choices.into_iter().map(join).collect()
}

/// Joins one translation for each sentence of a line.
pub(crate) fn join_parts(line: &str, ranges: &[Range<usize>], parts: &[&Translation]) -> Translation {
    match parts {
        [] => Translation::not_computed(line, ""),
        [only] if ranges[0] == (0..line.len()) => (*only).clone(),
        _ => joined(line, ranges, parts),
    }
}

/// The choices of a translation for each sentence with the highest sums of scores, best first: `[choices][sentences]`.
fn best_choices(found: &[Vec<Translation>], most: usize) -> Vec<Vec<usize>> {
    let mut choices: Vec<(f32, Vec<usize>)> = vec![(0.0, Vec::new())];
    for translations in found {
        let longer = choices.iter().flat_map(|(score, ranks)| {
            let with =
                move |(rank, next): (usize, &Translation)| (score + next.score, [ranks.as_slice(), &[rank]].concat());
            translations.iter().take(most).enumerate().map(with)
        });
        let mut longer: Vec<(f32, Vec<usize>)> = longer.collect();
        longer.sort_by(|a, b| b.0.total_cmp(&a.0));
        longer.truncate(most);
        choices = longer;
    }
    choices.into_iter().map(|(_, ranks)| ranks).collect()
}

fn joined(line: &str, ranges: &[Range<usize>], parts: &[&Translation]) -> Translation {
    let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
    let (text, starts) = join_texts(line, ranges, &texts);
    let shifted = |tokens: &[Range<usize>], by: usize| -> Vec<Range<usize>> {
        tokens.iter().map(|token| token.start + by..token.end + by).collect()
    };
    let sources = parts.iter().zip(ranges).flat_map(|(part, range)| shifted(&part.source_tokens, range.start));
    let targets = parts.iter().zip(&starts).flat_map(|(part, start)| shifted(&part.target_tokens, *start));
    let (source_tokens, target_tokens): (Vec<_>, Vec<_>) = (sources.collect(), targets.collect());
    let searched = parts.iter().filter(|part| part.pieces > 0);
    let items = parts.iter().zip(ranges).flat_map(|(part, range)| {
        let shifted = move |item: &TranslatedItem| TranslatedItem {
            source: item.source.start + range.start..item.source.end + range.start,
            ..item.clone()
        };
        part.items.iter().map(shifted)
    });
    let places = parts.iter().zip(ranges).zip(&starts);
    let exact_links = places
        .flat_map(|((part, range), start)| part.exact_links.iter().map(move |link| link.shifted(range.start, *start)));
    let unknown_words = parts.iter().zip(ranges).flat_map(|(part, range)| shifted(&part.unknown_words, range.start));
    Translation {
        source: line.to_owned(),
        log_prob: parts.iter().map(|part| part.log_prob).sum(),
        score: parts.iter().map(|part| part.score).sum::<f32>() / parts.len() as f32,
        token_log_probs: token_log_probs(parts),
        attention: rows(parts, source_tokens.len(), target_tokens.len()).map(|rows| attention_matrix(&rows)),
        source_tokens,
        target_tokens,
        text,
        // A sentence in one piece is not split.
        pieces: searched.clone().map(|part| part.pieces - 1).sum::<usize>() + usize::from(searched.count() > 0),
        truncated: parts.iter().any(|part| part.truncated),
        line_ends: parts.iter().map(|part| part.line_ends).sum(),
        items: items.collect(),
        unknown_words: unknown_words.collect(),
        exact_links: exact_links.collect(),
    }
}

/// log p of each token of a whole line, `[target tokens + 1]`. The last one is the sum of those of the ends of all sentences: an end between
/// two sentences belongs to no word.
fn token_log_probs(parts: &[&Translation]) -> Vec<f32> {
    let mut all = Vec::new();
    let mut ends = 0.0;
    for part in parts {
        match part.token_log_probs.split_last() {
            Some((end, of_tokens)) => {
                all.extend(of_tokens);
                ends += f64::from(*end);
            }
            None => all.resize(all.len() + part.target_tokens.len(), 0.0),
        }
    }
    all.push(ends as f32);
    all
}

/// The attention of a whole line, `[target tokens + 1][source tokens + 1]`, EOS last on both sides: a token attends to
/// its own sentence only. `None` if a sentence has none, or the line is too long.
fn rows(parts: &[&Translation], sources: usize, targets: usize) -> Option<Vec<Vec<f32>>> {
    if sources.max(targets) > Translator::MAX_ATTENTION_TOKENS {
        return None;
    }
    let mut rows = Vec::with_capacity(targets + 1);
    let mut column = 0;
    for (number, part) in parts.iter().enumerate() {
        let attention = part.attention.as_ref()?;
        // The EOS of each sentence counts as that of the line; its row is kept for the last sentence only.
        let kept = part.target_tokens.len() + usize::from(number + 1 == parts.len());
        for weights in attention.rows().take(kept) {
            let len = part.source_tokens.len();
            let mut row = vec![0.0; sources + 1];
            row[column..column + len].copy_from_slice(&weights[..len]);
            row[sources] = weights[len];
            rows.push(row);
        }
        column += part.source_tokens.len();
    }
    Some(rows)
}
