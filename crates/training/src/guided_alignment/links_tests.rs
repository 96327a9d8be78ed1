//! Tests of converted links.

use super::*;
use glosser_text::{Tokenizer, WordRule};

/// Returns the linked words of the tokenizer, as text, for a pair with these links between white-space words.
fn found(source: &str, target: &str, links: &str) -> Vec<(String, String)> {
    let sentences = [source, target, "ein Hund", "a dog"];
    let tokenizer = Tokenizer::train(sentences.iter().cycle().take(40), 300).expect("a vocabulary");
    let tokenizers = Tokenizers::joint(tokenizer.clone());
    let links = vec![Links::default(), Links::parse(links, IndexBase::Zero).expect("links")];
    let links = WordLinks { words: WordSplitters::WHITE_SPACE, origin: Origin::Given(links) };
    let converter = LinkConverter::new(&links, &tokenizers);
    let pair = Pair { source: source.to_owned(), target: target.to_owned() };
    let (of_source, of_target) = (tokenizer.encode(source), tokenizer.encode(target));
    let token_words = TokenWords::new(&tokenizer, WordRule::WhiteSpace);
    let word = |ids: &[u32], number: usize| {
        let word = token_words.words(ids).nth(number).expect("a word");
        tokenizer.decode(word).trim().to_owned()
    };
    let links = converter.links(1, &pair, &of_source, &of_target);
    links.iter().map(|link| (word(&of_source.ids, link.source), word(&of_target.ids, link.target))).collect()
}

fn named(links: &[(&str, &str)]) -> Vec<(String, String)> {
    links.iter().map(|(source, target)| ((*source).to_owned(), (*target).to_owned())).collect()
}

#[test]
fn white_space_words_become_words_of_the_tokenizer() {
    assert_eq!(found("der Hund.", "the dog.", "0-0 1-1"), named(&[("der", "the"), ("Hund.", "dog.")]));
}

#[test]
fn several_spaces_and_other_white_space_do_not_shift_the_links() {
    let links = found("der  alte\u{a0}Hund bellt", "the old\tdog  barks", "0-0 1-1 2-2 3-3");
    let expected = [("der", "the"), ("alte\u{a0}Hund", "old\tdog"), ("bellt", "barks")];
    assert_eq!(links, named(&expected));
}
