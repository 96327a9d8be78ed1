//! Links: the Pharaoh format, links from weights, and files of links.

use glosser_alignment::{GoldLinks, IndexBase, Link, Links, NamedText, ScoreOptions, score_files};
use proptest::prelude::*;

use crate::{attention, two_by_three};

fn links(line: &str) -> Links {
    line.parse().unwrap()
}

#[test]
fn pharaoh_is_source_first_sorted_and_without_repeats() {
    let links = links(" 2-0  0-1 0-0\t2-0 10-3\r");
    assert_eq!(links.iter().next(), Some(&Link { source: 0, target: 0 }));
    assert!(links.contains(&Link { source: 2, target: 0 }));
    assert!(!links.contains(&Link { source: 0, target: 2 }));
    assert_eq!(links.to_string(), "0-0 0-1 2-0 10-3");
}

#[test]
fn an_empty_line_has_no_links() {
    assert!(links("").is_empty());
    assert_eq!(links("").to_string(), "");
}

#[test]
fn a_text_that_is_not_a_link_is_an_error_that_quotes_it() {
    for wrong in ["1", "-", "1-", "-1", "1-2-3", "+1-2", "1--2", "a-b", "0p1", "1-2,0.9", "99999999999999999999-0"] {
        let error = format!("0-0 {wrong}").parse::<Links>().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "found `{wrong}` where a link should be; \
                 write source-target, such as `0-0` or `1-2`, with a space between links"
            )
        );
    }
}

#[test]
fn one_based_links_are_converted_when_read_and_written_and_reject_zero() {
    let links = Links::parse("1-2 3-1", IndexBase::One).unwrap();
    assert_eq!(links.to_string(), "0-1 2-0");
    assert_eq!(links.to_pharaoh(IndexBase::One), "1-2 3-1");
    for zero in ["0-1", "1-0"] {
        let error = Links::parse(zero, IndexBase::One).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "found `{zero}`, but one-based indices start at 1; \
                 if this file counts from 0, read it as zero-based"
            )
        );
    }
}

#[test]
fn transposed_links_are_sorted() {
    assert_eq!(links("0-5 1-2 1-7").transposed().to_string(), "2-1 5-0 7-1");
}

#[test]
fn each_target_word_is_linked_to_the_source_word_with_the_largest_weight() {
    assert_eq!(Links::from_attention(&two_by_three(), 1.0).to_string(), "0-1 2-0");
}

#[test]
fn the_threshold_adds_links_with_nearly_the_largest_weight() {
    let attention = attention(&[&[0.25, 0.5, 0.24, 0.01]], &[0.0]);
    let at = |threshold| Links::from_attention(&attention, threshold).to_string();
    assert_eq!(at(1.0), "1-0");
    assert_eq!(at(0.5), "0-0 1-0");
    assert_eq!(at(0.48), "0-0 1-0 2-0");
    assert_eq!(at(0.0), "0-0 1-0 2-0 3-0");
    assert_eq!(at(f32::NAN), "1-0");
    assert_eq!(at(7.0), "1-0");
}

#[test]
fn the_lowest_index_wins_a_tie() {
    let attention = attention(&[&[0.2, 0.4, 0.4]], &[0.0]);
    assert_eq!(Links::from_attention(&attention, 1.0).to_string(), "1-0");
}

#[test]
fn a_word_has_no_link_if_eos_has_the_largest_weight() {
    let attention = attention(&[&[0.4, 0.1], &[0.5, 0.0], &[0.3, 0.3]], &[0.5, 0.5, 0.4]);
    assert_eq!(Links::from_attention(&attention, 0.1).to_string(), "0-1");
}

#[test]
fn nan_and_zero_make_no_link() {
    let nan = f32::NAN;
    let attention = attention(&[&[nan, 0.2], &[nan, nan], &[0.0, 0.0], &[0.1, 0.9]], &[0.0, 0.0, 0.0, nan]);
    assert_eq!(Links::from_attention(&attention, 1.0).to_string(), "1-0 1-3");
    assert_eq!(Links::from_attention(&attention, 0.0).to_string(), "0-3 1-0 1-3");
}

#[test]
fn without_words_there_are_no_links() {
    assert!(Links::from_attention(&attention(&[], &[]), 0.5).is_empty());
    assert!(Links::from_attention(&attention(&[&[], &[]], &[1.0, 1.0]), 0.5).is_empty());
}

proptest! {
    #[test]
    fn written_links_are_read_back_unchanged(pairs in prop::collection::vec((0usize..50, 0usize..50), 0..40)) {
        let links: Links = pairs.iter().map(|(source, target)| Link { source: *source, target: *target }).collect();
        prop_assert_eq!(&Links::parse(&links.to_string(), IndexBase::Zero).unwrap(), &links);
        let one_based = links.to_pharaoh(IndexBase::One);
        prop_assert_eq!(&Links::parse(&one_based, IndexBase::One).unwrap(), &links);
        prop_assert_eq!(&links.transposed().transposed(), &links);
        for (source, target) in pairs {
            let link = Link { source, target };
            prop_assert!(links.contains(&link));
        }
    }

    #[test]
    fn any_text_is_read_as_links_or_reported_as_an_error(line in prop_oneof![any::<String>(), "[0-9 p?+-]{0,30}"]) {
        for base in [IndexBase::Zero, IndexBase::One] {
            for error in [Links::parse(&line, base).err(), GoldLinks::parse(&line, base).err()].into_iter().flatten() {
                prop_assert!(error.to_string().contains("found `"), "{}", error);
            }
            if let Ok(links) = Links::parse(&line, base) {
                prop_assert_eq!(Links::parse(&links.to_pharaoh(base), base).unwrap(), links);
            }
        }
    }

    #[test]
    fn written_gold_links_are_read_back_unchanged(
        links in prop::collection::vec((0usize..50, 0usize..50, prop::sample::select(vec!['-', 'p', '?'])), 0..40),
    ) {
        let line: Vec<String> = links.iter().map(|(source, target, sign)| format!("{source}{sign}{target}")).collect();
        let gold = GoldLinks::parse(&line.join(" "), IndexBase::Zero).unwrap();
        let all = |accepts: fn(char) -> bool| -> Links {
            let links = links.iter().filter(|(_, _, sign)| accepts(*sign));
            links.map(|(source, target, _)| Link { source: *source, target: *target }).collect()
        };
        prop_assert_eq!(gold.sure(), &all(|sign| sign == '-'));
        prop_assert_eq!(gold.possible(), &all(|_| true));
    }

    #[test]
    fn files_of_links_are_scored_or_the_faulty_line_is_named(
        gold in "([0-9]{1,2}[p?-][0-9]{1,2}[ \n]){0,9}",
        links in "([0-9]{1,2}-[0-9]{1,2}[ \n]){0,9}|[0-9 \n-]{0,20}",
        reverse_links in any::<bool>(),
    ) {
        let options = ScoreOptions { gold_base: IndexBase::Zero, link_base: IndexBase::Zero, reverse_links };
        let file = |name, text| NamedText { name, text };
        match score_files(file("gold.txt", &gold), file("links.txt", &links), options) {
            Ok(score) => {
                let figures = [score.aer, score.precision, score.recall];
                prop_assert!(figures.iter().all(|figure| (0.0..=1.0).contains(figure)), "{}", score);
            }
            Err(error) => prop_assert!(error.to_string().contains("links.txt"), "{}", error),
        }
    }
}

#[test]
fn an_index_beyond_the_limit_is_not_a_link() {
    assert_eq!(Links::parse("4294967294-0", IndexBase::Zero).unwrap().to_pharaoh(IndexBase::One), "4294967295-1");
    for line in ["4294967295-0", "0-18446744073709551615", "0-99999999999999999999"] {
        assert!(
            Links::parse(line, IndexBase::Zero).is_err() && GoldLinks::parse(line, IndexBase::One).is_err(),
            "{line}"
        );
    }
}
