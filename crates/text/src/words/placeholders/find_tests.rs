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

fn with_glossary(glossary: &str, text: &str) -> Vec<String> {
    let mut terms = Terms::default();
    terms.add_glossary(Lines::new(glossary.as_bytes(), "g")).expect("a glossary");
    let shown = |item: Item| item.target.unwrap_or_else(|| text[item.range].to_owned());
    find_items(text, &terms, Some(&known())).into_iter().map(shown).collect()
}

#[test]
fn all_items_of_a_line_are_found_and_lists_are_joined_if_there_are_too_many() {
    let few = "10 und 11, 12, 13";
    assert_eq!(with_glossary("", few), ["10", "11", "12", "13"]);
    let many = "Xyzzy 10, 11, 12 und 13; 14; 15 und 16 und 17/18 und @a, @b Haus";
    let expected = ["Xyzzy", "10, 11, 12", "13; 14; 15", "16", "17/18", "@a, @b", "house"];
    assert_eq!(with_glossary("Haus\thouse", many), expected);
    let terms: String = ('A'..='L').map(|term| format!("{term}\t{term}{term}\n")).collect();
    assert_eq!(with_glossary(&terms, "A, B, C, D, E, F, G, H, I, J, K und L").len(), 12);
}

#[test]
fn variables_entities_and_escapes_are_one_item_each() {
    for variable in [
        "{0}",
        "{}",
        "{name}",
        "{user.name}",
        "{0:N2}",
        "{0,-5}",
        "{{count}}",
        "{{ a.b }}",
        "{% if x %}",
        "${user}",
        "${a ?? b}",
        "$name",
        "$user_id",
        "$(HOME)",
        "#{x + 1}",
        "%{name}",
        "%s",
        "%d",
        "%1$s",
        "%02d",
        "%.2f",
        "%-10s",
        "%ld",
        "%@",
        "%%",
        "%(name)s",
        "%(n)d",
        "%<n>d",
        "%NAME%",
        "%user_name%",
        "__VAR__",
        "__init__",
        ":smile:",
        "[X0X]",
        "[X12X]",
        "[PH_1-A]",
        "&amp;",
        "&lt;",
        "&#38;",
        "&#x26;",
        "&quot;",
        "&nbsp;",
        "\\n",
        "\\t",
        "\\u00e9",
        "\\textbf",
        "{n, plural, one {# Hund} other {# Hunde}}",
        "{a, select, x {ein {b} Haus} other {}}",
    ] {
        for text in
            [format!("das {variable} ist"), format!("{variable} ist, das ist {variable}."), format!("({variable})")]
        {
            let items = found(&text);
            let expected = vec![(variable, ItemKind::Variable); text.matches(variable).count()];
            assert_eq!(items, expected, "{text}");
        }
    }
}

#[test]
fn signs_in_ordinary_text_are_not_variables() {
    for text in [
        "das sind 5 % der Hunde, 5% das ist",
        "eine 10 %ige und 5%ige das",
        "ein {Hund und Haus} das",
        "ein (Hund) [Haus] das",
        "ein [HAUS] [12] [Haus1] [A1 das",
        "Hund & Haus; das ist &",
        "das ist: ein Hund :) und :p das",
        "ein __Frau__ und _Haus_ das",
        "und/oder er/sie das",
        "die US$ und $US das $",
        "ein \\ das",
        "{n: ein Haus}",
    ] {
        let items = found(text);
        assert!(items.iter().all(|(_, kind)| *kind != ItemKind::Variable), "{text}: {items:?}");
    }
}

#[test]
fn neighbouring_items_and_the_letters_beside_a_variable_are_one_item() {
    for (text, expected) in [
        ("das {0}{1} ist", vec!["{0}{1}"]),
        ("das %d%% ist", vec!["%d%%"]),
        ("das quux{0}.txt ist", vec!["quux{0}.txt"]),
        ("das {0}th und %ds, %dpx", vec!["{0}th", "%ds", "%dpx"]),
        ("das user_{id}_x ist", vec!["user_{id}_x"]),
        ("das AT&amp;T caf&eacute; ist", vec!["AT&amp;T", "caf&eacute;"]),
        ("das 5&nbsp;000 ist", vec!["5&nbsp;000"]),
        // Words of the training text are translated.
        ("das Haus{0} {1}Fahrrad ist", vec!["{0}", "{1}"]),
        ("das &quot;Haus&quot; ist", vec!["&quot;", "&quot;"]),
        ("das ist\\nein\\tHaus", vec!["\\n", "\\t"]),
        ("%dx%d das", vec!["%dx%d"]),
        // Scripts without spaces, and Korean particles.
        ("我{name}有 {0}이", vec!["{name}", "{0}"]),
        ("das {0}. Ein", vec!["{0}"]),
    ] {
        let items = found(text);
        assert_eq!(items.iter().map(|(item, _)| *item).collect::<Vec<_>>(), expected, "{text}");
    }
}

#[test]
fn tags_have_no_items_inside_but_variables_between_them_are_found() {
    assert_items("das <x id=\"1\"/> <a href=\"https://a.org/b_c\">ist</a> <b>{0}</b>", ItemKind::Variable, &["{0}"]);
    assert_items("das <b>https://a.org/b_c</b> ist", ItemKind::Address, &["https://a.org/b_c"]);
    assert_items("das <max@post.org> ist <https://a.org>", ItemKind::Address, &["max@post.org", "https://a.org"]);
    assert_items("das 3 < 42 und 17 > 12", ItemKind::Number, &["42", "17", "12"]);
}

#[test]
fn file_paths_are_addresses() {
    assert_items(
        "das /usr/bin/cat, C:\\Users\\x und (src/main.rs).",
        ItemKind::Address,
        &["/usr/bin/cat", "C:\\Users\\x", "src/main.rs"],
    );
    assert_items("das https://a.org/{id}?x=%s ist", ItemKind::Address, &["https://a.org/{id}?x=%s"]);
}

#[test]
fn numbers_in_groups_and_telephone_numbers_are_one_item() {
    assert_items(
        "das 1 000, 5\u{202F}000\u{202F}000 und 1'000",
        ItemKind::Number,
        &["1 000", "5\u{202F}000\u{202F}000", "1'000"],
    );
    assert_items(
        "das +33 1 23 45 67 89 und (030) 123-456, 555 0199",
        ItemKind::Number,
        &["+33 1 23 45 67 89", "(030) 123-456", "555 0199"],
    );
    assert_items("in 3 10 Meter", ItemKind::Number, &["10"]);
}

#[test]
fn terms_are_found_in_quotes_and_brackets_but_not_inside_variables_and_addresses() {
    for text in
        ["„Haus“", "(Haus)", "[Haus]", "\"Haus\"", "<b>Haus</b>", "&quot;Haus&quot;", "«Haus»", "'Haus'", "*Haus*"]
    {
        assert!(with_glossary("Haus\thouse", text).contains(&"house".to_owned()), "{text}");
    }
    let text = "das {Haus} https://Haus.org/Haus %(Haus)s Haus";
    assert_eq!(with_glossary("Haus\thouse", text), ["{Haus}", "https://Haus.org/Haus", "%(Haus)s", "house"]);
}

#[test]
fn ranges_are_those_of_the_text_before_normalisation() {
    let text = "la\u{308}uft Xy\u{308}zzy, 42";
    assert_eq!(found(text), [("Xy\u{308}zzy", ItemKind::Name), ("42", ItemKind::Number)]);
}

#[test]
fn a_long_line_is_searched_in_linear_time() {
    let mut terms = Terms::default();
    terms.add_glossary(Lines::new(&b"a\tb\nEin\tOne\n"[..], "g")).expect("a glossary");
    for bit in [
        "a",
        "-a",
        "Ein. ",
        "Xyzzy ",
        "\u{FE0F}",
        "1\u{FE0F}",
        "🐕",
        "🐕\u{200D}",
        "42 ",
        "a.b",
        "\"A",
        "@a_",
        "-",
        "{",
        "{a",
        "{0}",
        "{{",
        "%",
        "%(",
        "%a",
        "$a",
        "&",
        "&amp;",
        "&#3",
        "\\",
        "\\n",
        "_",
        "__a",
        ":",
        ":a",
        "<",
        "<a ",
        "/",
        "/a",
        "a/",
        "(1",
        "+1 ",
        "1 ",
        "1 000 ",
        "1. ",
        "+(",
        "(",
        "Ein{0}",
    ] {
        let text = bit.repeat(300_000 / bit.len());
        let items = find_items(&text, &terms, Some(&known()));
        assert!(items.iter().all(|item| text.get(item.range.clone()).is_some()), "{bit}");
    }
}
