//! Tests of the rules that find items.

use super::*;
use crate::io::lines::Lines;
use crate::words::training_words::WordCollector;

fn known() -> TrainingWords {
    let mut collector = WordCollector::default();
    for text in [
        "Ein Mann mit Helm und Fahrrad läuft in den 60er Jahren über die Straße",
        "Zwei Träger stehen neben einer Frau am Meter Lauf, man sagt das ist ein Haus",
    ] {
        collector.add(text);
    }
    collector.finish()
}

fn found(text: &str) -> Vec<(&str, ItemKind)> {
    find_items(text, &Terms::default(), Some(&known())).into_iter().map(|item| (&text[item.range], item.kind)).collect()
}

#[track_caller]
fn assert_items(text: &str, kind: ItemKind, expected: &[&str]) {
    assert_eq!(found(text), expected.iter().map(|item| (*item, kind)).collect::<Vec<_>>(), "{text}");
}

#[test]
fn addresses_are_found_without_the_punctuation_around_them() {
    assert_items("das ist (https://example.org/a_b?c=1#d).", ItemKind::Address, &["https://example.org/a_b?c=1#d"]);
    assert_items("ein WWW.Example.com, und", ItemKind::Address, &["WWW.Example.com"]);
    assert_items("sagt max.muster@post.example.org: ein", ItemKind::Address, &["max.muster@post.example.org"]);
    assert_items("@anna_b und #helm!", ItemKind::Address, &["@anna_b", "#helm"]);
    assert_items("neben example.org/helm", ItemKind::Address, &["example.org/helm"]);
    assert_items("ein haus.man sagt @ und #", ItemKind::Address, &[]);
}

#[test]
fn emoji_are_found_even_glued_to_a_word() {
    assert_items("läuft👍🏽👩‍👩‍👧 und 🇩🇪.", ItemKind::Emoji, &["👍🏽👩‍👩‍👧", "🇩🇪"]);
    assert_items("und ❤️ 🐕 das", ItemKind::Emoji, &["❤️ 🐕"]);
}

#[test]
fn numbers_have_several_digits_or_signs() {
    assert_items(
        "am 12.05.2020, um 10:30 (42) -5 €3 7% das.",
        ItemKind::Number,
        &["12.05.2020", "10:30", "42", "-5 €3 7%"],
    );
    assert_items("10 000 Frau", ItemKind::Number, &["10 000"]);
    assert_items("in 3 Jahren - und % 5.", ItemKind::Number, &[]);
}

#[test]
fn identifiers_have_letters_and_digits_and_no_longer_words() {
    assert_items(
        "das X200-b, ein to_string und 5kg (A4).",
        ItemKind::Identifier,
        &["X200-b", "to_string", "5kg", "A4"],
    );
    assert_items("in den 80er Jahren, 100-Meter-Lauf, _", ItemKind::Identifier, &[]);
}

#[test]
fn in_scripts_without_spaces_an_item_is_the_run_of_other_characters() {
    assert_items("会議は午前１０時３０分に始まる。", ItemKind::Number, &["１０", "３０"]);
    assert_items("バスは８時に来ます。", ItemKind::Number, &[]);
    assert_items("彼はPS5とX200-bを買った", ItemKind::Identifier, &["PS5", "X200-b"]);
    assert_items("詳細は「https://example.org/a?b=1」を見る。", ItemKind::Address, &["https://example.org/a?b=1"]);
    assert_items("ราคา1,250บาท", ItemKind::Number, &["1,250"]);
    assert_items("我在Xyzzyville工作。", ItemKind::Name, &["Xyzzyville"]);
    assert_items("今日は😀です", ItemKind::Emoji, &["😀"]);
    assert_items("회의는 10시에 시작한다", ItemKind::Number, &["10"]);
}

#[test]
fn cherokee_words_are_not_taken_for_names() {
    assert_items("ᎦᏬᏂᎯᏍᏗ ᏣᎳᎩ ᎠᏂᏴᏫ.", ItemKind::Name, &[]);
}

#[test]
fn names_are_capitalised_and_unlike_the_known_words() {
    assert_items("Ein Mann neben Xyzzy Quorp-Zimbel läuft", ItemKind::Name, &["Xyzzy Quorp-Zimbel"]);
    assert_items("die NATO und McQuack's Helm", ItemKind::Name, &["NATO", "McQuack's"]);
    assert_items("Fahrradhelmträger neben xyzzy und Xyzzy-Helm", ItemKind::Name, &[]);
    assert!(find_items("Xyzzy", &Terms::default(), Some(&TrainingWords::default())).is_empty());
}

#[test]
fn too_many_items_are_chosen_by_kind_and_position_and_stay_in_order() {
    let mut terms = Terms::default();
    terms.add_glossary(Lines::new(&b"Haus\thouse"[..], "g")).expect("a glossary");
    let text = "Xyzzy 10 und 11 und 12 und 13 und 14 und 15 und 16 und 17 @a Haus";
    let items = find_items(text, &terms, Some(&known()));
    let texts: Vec<&str> = items.iter().map(|item| &text[item.range.clone()]).collect();
    assert_eq!(texts, ["10", "11", "12", "13", "14", "15", "@a", "Haus"]);
    assert_eq!(items[7].target.as_deref(), Some("house"));
    assert_eq!(find_items(text, &terms, None).len(), 1);
}

#[test]
fn ranges_are_those_of_the_text_before_normalisation() {
    let text = "la\u{308}uft Xy\u{308}zzy, 42";
    assert_eq!(found(text), [("Xy\u{308}zzy", ItemKind::Name), ("42", ItemKind::Number)]);
}

#[test]
fn a_megabyte_is_searched_in_linear_time() {
    let mut terms = Terms::default();
    terms.add_glossary(Lines::new(&b"a\tb\nEin\tOne\n"[..], "g")).expect("a glossary");
    for bit in
        ["a", "-a", "Ein. ", "Xyzzy ", "\u{FE0F}", "1\u{FE0F}", "🐕", "🐕\u{200D}", "42 ", "a.b", "\"A", "@a_", "-"]
    {
        let text = bit.repeat(1_000_000 / bit.len());
        let items = find_items(&text, &terms, Some(&known()));
        assert!(
            items.len() <= PLACEHOLDERS && items.iter().all(|item| text.get(item.range.clone()).is_some()),
            "{bit}"
        );
    }
}
