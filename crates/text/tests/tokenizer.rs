//! Properties of the tokenizer for any text.

use std::sync::LazyLock;

use glosser_text::{
    BOS, EOS, Encoding, PAD, PLACEHOLDERS, PlacedItem, SMALLEST_VOCAB, Tokenizer, WordPart, WordRule, WordSplitter,
    placeholder, words_of_token,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

/// Returns sentences of a few real words and many artificial ones, with many equally frequent pairs of symbols.
fn sentences() -> Vec<String> {
    let words = ["ein", "Hund", "läuft", "über", "k'iche'", "狗", "我看见", "สวัสดี", "ᏣᎳᎩ", "a", "dog", "</s>", "<s>"];
    let syllables = ["ka", "lo", "mi", "tu", "ne", "šo", "ɡa", "ра", "τι"];
    let mut state = 1_u64;
    let mut pick = move |count: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % count
    };
    let mut word = move || match pick(2) {
        0 => words[pick(words.len())].to_owned(),
        _ => (0..1 + pick(4)).map(|_| syllables[pick(syllables.len())]).collect(),
    };
    (0..600).map(|_| (0..8).map(|_| word()).collect::<Vec<_>>().join(" ")).collect()
}

fn train(sentences: &[String], vocab: usize) -> Tokenizer {
    Tokenizer::train(sentences.iter().map(String::as_str), vocab).expect("a tokenizer")
}

static TRAINED: LazyLock<Tokenizer> = LazyLock::new(|| train(&sentences(), 400));
static JSON: LazyLock<String> = LazyLock::new(|| TRAINED.to_json().expect("JSON"));

fn nfc(text: &str) -> String {
    text.nfc().collect()
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let Encoding { ids, offsets } = TRAINED.encode(text);
    prop_assert_eq!(TRAINED.decode(&ids), nfc(text));
    prop_assert_eq!(ids.len(), offsets.len());
    let decoded = TRAINED.decode_with_offsets(&ids);
    prop_assert_eq!(&decoded.text, &nfc(text));
    prop_assert_eq!(decoded.offsets.len(), ids.len());
    prop_assert!(decoded.offsets.iter().all(|range| decoded.text.get(range.clone()).is_some()));
    prop_assert!(ids.iter().all(|&id| id >= placeholder(PLACEHOLDERS) && (id as usize) < TRAINED.vocab_size()));

    let mut covered = 0;
    for pair in offsets.windows(2) {
        prop_assert!(pair[0].start <= pair[1].start && pair[0].end <= pair[1].end, "{:?}", pair);
    }
    for range in &offsets {
        prop_assert!(text.get(range.clone()).is_some(), "{range:?} is no part of {text:?}");
        prop_assert!(range.start <= covered, "a gap before {range:?}");
        covered = range.end;
    }
    prop_assert_eq!(covered, text.len());

    for rule in [WordRule::WhiteSpace, WordRule::Unicode, WordRule::SubWords] {
        let words = WordSplitter::new(rule, &TRAINED).words(text);
        let owners = words_of_token(&words, &offsets);
        prop_assert!(owners.iter().all(|owners| owners.is_empty() == words.is_empty() && owners.end <= words.len()));
        let has_token = |word: usize| owners.iter().any(|owners| owners.contains(&word));
        prop_assert!((0..words.len()).all(has_token), "a word without a token");
    }
    Ok(())
}

/// Sequences of parts of text that other programs often treat wrongly.
fn awkward() -> impl Strategy<Value = String> {
    let bits = vec![
        " ",
        "  ",
        "\t",
        "\n",
        "\r",
        "\u{A0}",
        "\u{3000}",
        "\0",
        "</s>",
        "<s>",
        "<pad>",
        "ein",
        "Hund",
        "läuft",
        "la\u{308}uft",
        "\u{301}",
        "a\u{323}\u{301}",
        "\u{212B}",
        "\u{1112}\u{1161}\u{11AB}",
        "👩‍👩‍👧",
        "👍🏽",
        "🇩🇪",
        "狗",
        "สวัสดี",
        "ᏣᎳᎩ",
        "नमस्ते",
        "می‌خواهم",
        "k'iche'",
        "18,10",
        "'",
        "\u{FEFF}",
        "\u{FFFD}",
        "Ġ",
        "\u{10FFFF}",
    ];
    proptest::collection::vec(proptest::sample::select(bits), 0..10).prop_map(|bits| bits.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn offsets_of_any_ids_are_valid_in_the_decoded_text(ids in proptest::collection::vec(0u32..420, 0..30)) {
        let decoded = TRAINED.decode_with_offsets(&ids);
        prop_assert_eq!(&decoded.text, &TRAINED.decode(&ids));
        let parts: Vec<_> = decoded.offsets.iter().map(|range| decoded.text.get(range.clone())).collect();
        prop_assert!(parts.iter().all(Option::is_some));
    }

    #[test]
    fn any_text_is_decoded_unchanged_and_every_token_has_its_offsets(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn difficult_text_is_decoded_unchanged_and_every_token_has_its_offsets(text in awkward()) {
        check(&text)?;
    }

    #[test]
    fn any_ids_can_be_decoded(ids in proptest::collection::vec(prop_oneof![0..500_u32, any::<u32>()], 0..20)) {
        let text = TRAINED.decode(&ids);
        let without_control: Vec<u32> = ids.into_iter().filter(|id| *id >= placeholder(PLACEHOLDERS)).collect();
        prop_assert_eq!(text, TRAINED.decode(&without_control));
    }
}

#[test]
fn an_empty_text_has_no_tokens() {
    assert_eq!(TRAINED.encode(""), Encoding::default());
    assert_eq!(TRAINED.decode(&[]), "");
    assert_eq!(TRAINED.decode(&[BOS, EOS, PAD]), "");
}

#[test]
fn a_word_has_the_same_token_at_the_beginning_of_a_sentence_and_inside() {
    let encoding = TRAINED.encode("Hund Hund");
    assert_eq!(encoding.ids.len(), 2);
    assert_eq!(encoding.ids[0], encoding.ids[1]);
    assert_eq!(encoding.offsets, [0..4, 4..9]);
}

#[test]
fn offsets_refer_to_the_text_before_normalisation() {
    let text = "la\u{308}uft u\u{308}ber";
    let Encoding { ids, offsets } = TRAINED.encode(text);
    assert_eq!(ids, TRAINED.encode(&nfc(text)).ids);
    assert_eq!(offsets, [0..7, 7..14]);
}

#[test]
fn the_names_of_control_tokens_in_a_sentence_stay_text_even_if_they_are_frequent() {
    let sentences = vec!["<s> a</s> <pad> <s>b</s> <1> <1><2> <pad><pad>".to_owned(); 50];
    let tokenizer = train(&sentences, 400);
    let again = Tokenizer::from_json(tokenizer.to_json().expect("JSON").as_bytes(), "t").expect("read");
    for tokenizer in [tokenizer, again] {
        for text in ["</s>", "<s>", "<pad>", "ein</s>Hund", "<pad><s></s>", "<1>", "ein<8> <2>", &sentences[0]] {
            let ids = tokenizer.encode(text).ids;
            assert!(ids.iter().all(|id| *id >= placeholder(PLACEHOLDERS)), "{text}: {ids:?}");
            assert_eq!(tokenizer.decode(&ids), text);
        }
    }
}

/// Returns a text without its angle brackets, and the ranges of the items between them.
fn items(marked: &str) -> (String, Vec<std::ops::Range<usize>>) {
    let (mut text, mut items) = (String::new(), Vec::new());
    for c in marked.chars() {
        match c {
            '<' => items.push(text.len()..0),
            '>' => items.last_mut().expect("an open bracket").end = text.len(),
            c => text.push(c),
        }
    }
    (text, items)
}

#[test]
fn items_become_placeholders_and_are_decoded_unchanged() {
    for marked in [
        "ein <Hund> läuft",
        "<Hund>",
        "<Hund> (<Quorp>), „<Zimbel>“ \"<Hund>\" ein-<Hund>/<Hund>.",
        "la\u{308}uft <Xy\u{308}zzy >u\u{308}ber <🐕>",
        "<ein Hund> <läuft>",
        "<%s><Hund> ein<{0}> =<%d>=",
        "<👍>läuft ein<👍>",
        "<0> <1> <2> <3> <4> <5> <6> <7> <8> <9> ein <10>",
    ] {
        let (text, items) = items(marked);
        let Encoding { ids, offsets } = TRAINED.encode_with_placeholders(&text, &items);
        let placeholder_ids: Vec<u32> = ids.iter().copied().filter(|id| *id < placeholder(PLACEHOLDERS)).collect();
        assert_eq!(
            placeholder_ids,
            (0..items.len()).map(|number| placeholder(number % PLACEHOLDERS)).collect::<Vec<_>>(),
            "{text}"
        );
        let mut covered = 0;
        let mut numbers = 0..;
        for (id, range) in ids.iter().zip(&offsets) {
            assert!(range.start <= covered && text.get(range.clone()).is_some(), "{text}: {range:?}");
            covered = range.end;
            if *id < placeholder(PLACEHOLDERS) {
                let item = &text[items[numbers.next().expect("a number")].clone()];
                assert_eq!(text[range.clone()].trim_start(), item.trim_start());
            }
        }
        assert_eq!(covered, text.len());
        let texts: Vec<&str> = items.iter().map(|item| &text[item.clone()]).collect();
        let decoded = TRAINED.decode_with_placeholders(&ids, &PlacedItem::all(&text, &items, texts.iter().copied()));
        // Text is decoded in NFC; an item unchanged.
        assert_eq!(nfc(&decoded.text), nfc(&text), "{marked}");
        assert!(texts.iter().all(|item| decoded.text.contains(item)), "{}", decoded.text);
        let is_placeholder = |(id, _): &(&u32, _)| **id < placeholder(PLACEHOLDERS);
        let placed = ids.iter().zip(&decoded.offsets).filter(is_placeholder);
        for ((_, range), item) in placed.zip(&texts) {
            assert_eq!(decoded.text[range.clone()].trim_start(), item.trim_start());
        }
        assert!(!TRAINED.decode(&ids).contains("Quorp"));
    }
}

#[test]
fn text_around_placeholders_has_the_same_tokens_as_without_them() {
    let (text, items) = items("ein <Quorp> läuft über k'iche' <42>");
    let rest = |words: &str| TRAINED.encode(words).ids;
    let expected = [rest("ein"), vec![placeholder(0)], rest("läuft über k'iche'"), vec![placeholder(1)]].concat();
    assert_eq!(TRAINED.encode_with_placeholders(&text, &items).ids, expected);
}

#[test]
fn a_space_is_written_before_an_item_where_it_is_needed() {
    let decoded = |before: &str, after: &str| {
        let ids = [TRAINED.encode(before).ids, vec![placeholder(2)], TRAINED.encode_with_placeholders(after, &[]).ids]
            .concat();
        TRAINED.decode_with_placeholders(&ids, &[PlacedItem::apart("X")]).text
    };
    for (before, expected) in [
        ("ein", "ein X"),
        ("ein (", "ein (X"),
        ("ein \"", "ein \"X"),
        ("ein\"", "ein\" X"),
        ("„", "„X"),
        ("ein -", "ein - X"),
        ("ein-", "ein-X"),
        ("ein ", "ein X"),
        ("ein,", "ein, X"),
        ("", "X"),
    ] {
        assert_eq!(decoded(before, ""), expected);
    }
    assert_eq!(
        TRAINED.decode_with_placeholders(&[placeholder(0), placeholder(1)], &[PlacedItem::apart("X")]).text,
        "X",
        "without an item"
    );
}

#[test]
fn spaces_around_an_item_are_those_of_its_sentence() {
    for (source, target, expected) in [
        // No space where a letter, a sign or another item is directly beside it.
        ("a<👍>b", "Hund<?> läuft", "Hund👍läuft"),
        ("<👍><C>", "ein<?><?>", "ein 👍C"),
        ("<👍> <C>", "ein<?><?>", "ein 👍 C"),
        ("ein=<C>", "Hund=<?>", "Hund=C"),
        // Otherwise as before.
        ("ein <C> b", "Hund=<?>", "Hund= C"),
        ("ein=<C>", "Hund:<?> ein", "Hund: C ein"),
        ("ein <C>.", "<?>, ein", "C, ein"),
        // A space where the next word would change the item.
        ("ein <42> b", "<?>Hund", "42 Hund"),
        ("ein <42>.", "ein <?>7", "ein 42 7"),
        // Words without spaces between them.
        ("我<42>狗", "ein <?> Hund", "ein 42 Hund"),
        ("ein <42> Hund", "我<?>狗", "我42狗"),
    ] {
        let ((source, ranges), (target, places)) = (items(source), items(target));
        let texts = ranges.iter().map(|range| &source[range.clone()]);
        let placed = PlacedItem::all(&source, &ranges, texts);
        let mut ids = Vec::new();
        let mut end = 0;
        for place in &places {
            ids.extend(part_ids(&target[end..place.start]));
            ids.push(placeholder(0));
            end = place.end;
        }
        ids.extend(part_ids(&target[end..]));
        assert_eq!(TRAINED.decode_with_placeholders(&ids, &placed).text, expected);
    }
}

/// Returns the tokens of a text, with no space added at its beginning.
fn part_ids(text: &str) -> Vec<u32> {
    match text.strip_prefix(' ') {
        Some(word) => TRAINED.encode(word).ids,
        None if text.is_empty() => Vec::new(),
        None => TRAINED.encode(&format!("({text}")).ids[TRAINED.encode("(").ids.len()..].to_vec(),
    }
}

#[test]
fn tokens_show_their_position_in_a_word() {
    let parts = |text: &str| {
        TRAINED.encode(text).ids.iter().map(|id| TRAINED.word_part(*id, WordRule::WhiteSpace)).collect::<Vec<_>>()
    };
    use WordPart::{Begins, Continues, Outside, Space};
    assert_eq!(parts("Hund, ein"), [Begins, Outside, Begins]);
    assert_eq!(parts("12"), [Space, Continues, Continues], "no merge has a digit");
    assert_eq!(parts("Hund狗")[..2], [Begins, Continues]);
    assert_eq!(parts("\t(")[..2], [Space, Outside]);
    assert_eq!(TRAINED.word_part(placeholder(0), WordRule::WhiteSpace), Outside);
    assert_eq!(TRAINED.word_part(1_000_000, WordRule::SubWords), Outside);
}

#[test]
fn incomplete_utf8_becomes_replacement_characters() {
    let letter = TRAINED.encode("é").ids;
    assert!(letter.len() >= 2, "é was not in the training text");
    assert_eq!(TRAINED.decode(&letter[..letter.len() - 1]), "\u{FFFD}");
}

#[test]
fn numbers_are_split_into_digits() {
    assert_eq!(TRAINED.encode("1989").ids.len(), TRAINED.encode("7777").ids.len());
}

#[test]
fn training_is_deterministic_and_does_not_depend_on_threads() {
    for parallel in [true, false] {
        tokenizers::parallelism::set_parallelism(parallel);
        assert!(train(&sentences(), 400).to_json().expect("JSON") == *JSON);
    }
}

#[test]
fn a_tokenizer_is_the_same_after_writing_and_reading() {
    let again = Tokenizer::from_json(JSON.as_bytes(), "tokenizer.json").expect("read");
    assert_eq!(again.to_json().expect("JSON"), *JSON);
    assert_eq!(again.vocab_size(), TRAINED.vocab_size());
    for text in sentences() {
        assert_eq!(again.encode(&text), TRAINED.encode(&text));
    }
}

#[test]
fn other_programs_get_the_same_ids_from_the_file() {
    let mut other = tokenizers::Tokenizer::from_bytes(JSON.as_bytes()).expect("read by the library alone");
    other.set_encode_special_tokens(true);
    for text in ["", " ", "ein Hund", "  zwei  ", "la\u{308}uft\t</s>", "18,10 k'iche' 👩‍👩‍👧", "我看见狗"]
    {
        let ids = other.encode(text, false).expect("encoded").get_ids().to_vec();
        assert_eq!(ids, TRAINED.encode(text).ids, "{text:?}");
        assert_eq!(other.decode(&ids, true).expect("decoded"), nfc(text));
    }
}

#[test]
fn the_vocabulary_size_includes_control_tokens_and_has_a_minimum() {
    let smallest = train(&sentences(), SMALLEST_VOCAB);
    assert_eq!(smallest.vocab_size(), SMALLEST_VOCAB);
    assert_eq!(smallest.decode(&smallest.encode("ᏣᎳᎩ 狗").ids), "ᏣᎳᎩ 狗");
    assert_eq!(Tokenizer::train(std::iter::empty::<&str>(), 1000).expect("bytes").vocab_size(), SMALLEST_VOCAB);

    let message = Tokenizer::train(std::iter::empty::<&str>(), 258).expect_err("too small").to_string();
    assert!(message.contains("258 tokens is too small") && message.contains("the smallest has 267"), "{message}");
}

#[test]
fn a_megabyte_without_a_space_is_encoded_in_linear_time() {
    for bit in ["a", "ab1", "狗", " ", "e\u{301}", "\u{301}", "</s>"] {
        let text = bit.repeat(1_000_000 / bit.len());
        let Encoding { ids, offsets } = TRAINED.encode(&text);
        assert!(TRAINED.decode(&ids) == nfc(&text), "{bit:?}");
        assert_eq!(offsets.last().map(|range| range.end), Some(text.len()));
    }
    let line = "我看见一只狗".repeat(50_000);
    let tokenizer = Tokenizer::train([line.as_str()].into_iter(), 300).expect("trained");
    assert!(tokenizer.decode(&tokenizer.encode(&line).ids) == line);
}

fn refused(change: impl FnOnce(&mut Value)) -> String {
    let mut value = serde_json::from_str(&JSON).expect("JSON");
    change(&mut value);
    let message =
        Tokenizer::from_json(value.to_string().as_bytes(), "m/tokenizer.json").expect_err("refused").to_string();
    assert!(message.starts_with("`m/tokenizer.json` is not a tokenizer of this program: "), "{message}");
    assert!(message.ends_with("copy the model directory again, or train anew"), "{message}");
    message
}

#[test]
fn an_invalid_vocabulary_is_rejected() {
    let vocab = "/model/vocab";
    let set = |value: &mut Value, token: &str, id: u32| value.pointer_mut(vocab).expect("vocab")[token] = json!(id);
    let swapped = refused(|value| {
        set(value, "<s>", EOS);
        set(value, "</s>", BOS);
    });
    assert!(swapped.contains("`<s>` has id 2 instead of 1"), "{swapped}");
    let hole = refused(|value| set(value, "new", 1_000_000));
    assert!(hole.contains("after token 400") && hole.contains("comes id 1000000"), "{hole}");
    let renamed = refused(|value| {
        let vocab = value.pointer_mut(vocab).and_then(Value::as_object_mut).expect("vocab");
        let id = vocab.remove("<pad>").expect("padding");
        vocab.insert("[PAD]".to_owned(), id);
    });
    assert!(renamed.contains("`<pad>`, which should have id 0, is missing"), "{renamed}");
    let byte = refused(|value| {
        let vocab = value.pointer_mut(vocab).and_then(Value::as_object_mut).expect("vocab");
        let id = vocab.remove("Ā").expect("byte 0");
        vocab.insert("new".to_owned(), id);
    });
    assert!(byte.contains("255 of the 256 bytes"), "{byte}");
}

#[test]
fn invalid_merges_and_foreign_parts_are_rejected() {
    let merge = refused(|value| value["model"]["merges"][0] = json!(["q", "q"]));
    assert!(merge.contains("it merges `q` and `q`"), "{merge}");
    let dropout = refused(|value| value["model"]["dropout"] = json!(0.1));
    assert!(dropout.contains("`model`"), "{dropout}");
    let normalizer = refused(|value| value["normalizer"] = json!({"type": "NFKC"}));
    assert!(normalizer.contains("`normalizer`") && normalizer.contains("NFKC"), "{normalizer}");
    assert!(refused(|value| value["pre_tokenizer"] = Value::Null).contains("`pre_tokenizer`"));
    assert!(refused(|value| value["decoder"] = Value::Null).contains("`decoder`"));
    assert!(refused(|value| value["added_tokens"][2]["special"] = json!(false)).contains("`added_tokens`"));
    assert!(refused(|value| value["added_tokens"] = json!([])).contains("`added_tokens`"));
    refused(|value| value["model"]["type"] = json!("WordPiece"));
    refused(|value| *value = json!([]));
    assert!(Tokenizer::from_json(&JSON.as_bytes()[..1000], "t").is_err());
}
