//! Interlinear glosses as text and as an HTML page.

use glosser_alignment::{GlossedSentence, gloss_fragment, gloss_page};

fn glossed() -> GlossedSentence {
    let links = "0-0 1-2 2-1 2-3".parse().expect("links");
    GlossedSentence::new(&["I", "see", "not", "the"], &["je", "ne", "vois", "pas"], &links, "je ne vois pas")
}

#[test]
fn words_and_glosses_are_in_columns_above_the_translation() {
    let expected = concat!("I   see   not     the\n", "je  vois  ne…pas  –\n", "\n", "je ne vois pas\n");
    assert_eq!(glossed().text(80), expected);
}

#[test]
fn columns_that_do_not_fit_follow_below() {
    let expected = concat!("I   see\n", "je  vois\n", "\n", "not     the\n", "ne…pas  –\n", "\n", "je ne vois pas\n");
    assert_eq!(glossed().text(12), expected);
}

#[test]
fn wide_letters_take_two_columns() {
    let links = "0-0 1-1".parse().expect("links");
    let text = GlossedSentence::new(&["犬", "b"], &["dog", "c"], &links, "dog c").text(80);
    assert_eq!(text, "犬   b\ndog  c\n\ndog c\n");
}

#[test]
fn a_page_escapes_words_and_follows_the_direction_of_the_script() {
    let links = "0-0".parse().expect("links");
    let page = gloss_page("a & b", &[GlossedSentence::new(&["שלום"], &["<hi>"], &links, "<hi>")]);
    for part in ["<title>a &amp; b</title>", "<ul class=\"words\" lang=\"\" dir=\"rtl\">", "dir=\"ltr\">&lt;hi&gt;"] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
}

#[test]
fn a_part_of_another_page_changes_nothing_outside_itself() {
    let links = "0-0".parse().expect("links");
    let sentence = GlossedSentence::new(&["<a>"], &["b & c"], &links, "b & c");
    let fragment = gloss_fragment(&sentence, "<svg></svg>\n");
    assert!(fragment.starts_with("<div class=\"glosser-gloss\">\n<style>.glosser-gloss {"), "{fragment}");
    assert!(fragment.ends_with("<div class=\"picture\">\n<svg></svg>\n</div>\n</div>\n"), "{fragment}");
    assert!(fragment.contains("&lt;a&gt;") && fragment.contains("b &amp; c"), "{fragment}");
    assert!(!fragment.contains(" id=") && !fragment.contains(":root") && !fragment.contains("body"), "{fragment}");
    // The only brace that closes the style is the last one: no rule is outside.
    let style = fragment.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).expect("a style").0;
    let mut depth = 0;
    for (at, c) in style.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        assert!(depth > 0 || c != '}' || at == style.len() - 1, "{style}");
    }
    assert!(!gloss_fragment(&sentence, "").contains("picture\">"));
}
