//! Surface rules, from lists of words to finished text: a/an, contraction, elision, capital letters, punctuation.

use std::collections::BTreeMap;

use crate::example::{Example, Link};
use crate::french::begins_like_a_vowel;
use crate::word::{Phrase, Role, Word};

/// Words that lose their last letter before a vowel. The determiner `ce` never precedes a vowel: there it is `cet`.
const ELIDING: [&str; 9] = ["le", "la", "je", "me", "se", "ne", "de", "que", "ce"];

/// Finishes a sentence: `mark` at the end of both sides, and the links from its ties.
pub(crate) fn finish(phrase: Phrase, mark: char) -> Example {
    let source = punctuate(english(phrase.source), mark);
    let target = punctuate(french(phrase.target), mark);
    Example { links: links(&source, &target), source: text(&source), target: text(&target) }
}

/// Replaces `a` with `an` before a vowel sound.
pub(crate) fn english(mut words: Vec<Word>) -> Vec<Word> {
    for at in 1..words.len() {
        let next = words[at].text.to_lowercase();
        let vowel = next.starts_with(['a', 'e', 'i', 'o', 'u']) && !next.starts_with("uni");
        if words[at - 1].text == "a" && vowel {
            words[at - 1].text = "an".to_owned();
        }
    }
    words
}

/// Contracts `à` and `de` with articles, then applies elision. A merged word keeps the ties of both words.
pub(crate) fn french(words: Vec<Word>) -> Vec<Word> {
    elide(contract(words))
}

fn contract(words: Vec<Word>) -> Vec<Word> {
    let mut contracted: Vec<Word> = Vec::with_capacity(words.len());
    let mut rest = words.into_iter().peekable();
    while let Some(word) = rest.next() {
        // Before a vowel the article elides, and the preposition stays: à l'homme.
        let elides = rest.peek().is_some_and(|next| begins_like_a_vowel(&next.text));
        let joined = match (contracted.last().map(|last| last.text.as_str()), word.text.as_str()) {
            _ if word.role != Role::Article => None,
            (Some("à"), "le") if !elides => Some("au"),
            (Some("de"), "le") if !elides => Some("du"),
            (Some("à"), "les") => Some("aux"),
            (Some("de"), "les") => Some("des"),
            _ => None,
        };
        match (joined, contracted.last_mut()) {
            (Some(text), Some(last)) => {
                last.text = text.to_owned();
                last.ties.extend(word.ties);
            }
            _ => contracted.push(word),
        }
    }
    contracted
}

/// Applies elision from right to left, so that each word sees the final form of the next word: je n'ai, not j'ne ai.
fn elide(words: Vec<Word>) -> Vec<Word> {
    let mut reversed: Vec<Word> = Vec::with_capacity(words.len());
    for word in words.into_iter().rev() {
        match reversed.last_mut() {
            Some(next) if ELIDING.contains(&word.text.as_str()) && begins_like_a_vowel(&next.text) => {
                let stem = word.text.trim_end_matches(['a', 'e']);
                next.text = format!("{stem}'{}", next.text);
                next.ties.extend(word.ties);
            }
            _ => reversed.push(word),
        }
    }
    reversed.reverse();
    reversed
}

fn punctuate(words: Vec<Word>, mark: char) -> Vec<Word> {
    let mut sentence: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        match (word.role, sentence.last_mut()) {
            (Role::Comma, Some(last)) => last.text.push(','),
            _ => sentence.push(word),
        }
    }
    if let Some(first) = sentence.first_mut() {
        let mut letters = first.text.chars();
        if let Some(initial) = letters.next() {
            first.text = initial.to_uppercase().chain(letters).collect();
        }
    }
    if let Some(last) = sentence.last_mut() {
        last.text.push(mark);
    }
    sentence
}

fn text(words: &[Word]) -> String {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    texts.join(" ")
}

/// Links each two words that share a tie. The link is sure if a shared tie is sure on both sides.
fn links(source: &[Word], target: &[Word]) -> Vec<Link> {
    let mut found: BTreeMap<(usize, usize), bool> = BTreeMap::new();
    for (i, left) in source.iter().enumerate() {
        for (j, right) in target.iter().enumerate() {
            for &(tie, left_sure) in &left.ties {
                for &(_, right_sure) in right.ties.iter().filter(|(other, _)| *other == tie) {
                    *found.entry((i, j)).or_default() |= left_sure && right_sure;
                }
            }
        }
    }
    found.into_iter().map(|((source, target), sure)| Link { source, target, sure }).collect()
}
