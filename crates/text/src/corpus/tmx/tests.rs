//! Tests with whole translation memories, and with damaged ones.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::corpus::tmx::markup::LONGEST;
use crate::io::start::{self, Start, look};

/// Returns the pairs and notes of a translation memory, up to the first error.
fn read(bytes: impl Into<Vec<u8>>, languages: Option<&str>) -> Result<(Vec<Pair>, Vec<String>), TextError> {
    let languages = languages.map(|given| given.parse().expect("two languages"));
    let opened = Opened::new(Cursor::new(bytes.into()), "m.tmx".to_owned())?;
    let (_, opened) = opened.look()?;
    let mut reading = TmxPairs::new(opened, languages);
    let pairs = reading.by_ref().collect::<Result<_, _>>()?;
    assert!(reading.next().is_none(), "the end is the end");
    Ok((pairs, reading.notes()))
}

fn sides(bytes: impl Into<Vec<u8>>, languages: Option<&str>) -> Vec<(String, String)> {
    let (pairs, _) = read(bytes, languages).expect("a translation memory");
    pairs.into_iter().map(|pair| (pair.source, pair.target)).collect()
}

fn refused(bytes: impl Into<Vec<u8>>) -> String {
    read(bytes, None).expect_err("a faulty translation memory").to_string()
}

/// Returns a translation memory with one unit per line from line 4.
fn memory(units: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<tmx version=\"1.4\"><header srclang=\"de\" segtype=\"sentence\"/>\n<body>\n\
         {units}\n</body>\n</tmx>\n"
    )
}

fn unit(texts: &[(&str, &str)]) -> String {
    let variant = |(language, text): &(&str, &str)| format!("<tuv xml:lang=\"{language}\"><seg>{text}</seg></tuv>");
    format!("<tu>{}</tu>\n", texts.iter().map(variant).collect::<String>())
}

fn segment(text: &str) -> String {
    memory(&unit(&[("de", text), ("en", "x")]))
}

fn source(text: &str) -> String {
    sides(segment(text), None).remove(0).0
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(source, target)| ((*source).to_owned(), (*target).to_owned())).collect()
}

#[test]
fn units_of_old_and_new_versions_are_pairs() {
    let old = "<!DOCTYPE tmx SYSTEM \"tmx11.dtd\">\n<tmx version=\"1.1\"><header srclang=\"DE\"><prop>x</prop></header>\
               <body><tu><note>no text</note><prop type=\"a\">nor this</prop><tuv lang=\"EN\"><seg>a dog</seg></tuv>\
               <tuv lang=\"DE\"><prop>nor that</prop><seg>ein Hund</seg></tuv></tu></body></tmx>";
    assert_eq!(sides(old, None), owned(&[("ein Hund", "a dog")]));
    let new =
        memory(&(unit(&[("de-DE", "ein Hund"), ("en-US", "a dog")]) + &unit(&[("en-us", "two"), ("DE-de", "zwei")])));
    let (pairs, notes) = read(new.clone(), None).expect("a translation memory");
    assert_eq!((pairs.len(), pairs[1].source.as_str(), pairs[1].target.as_str()), (2, "zwei", "two"));
    assert_eq!(
        notes,
        ["`m.tmx`: source is `de-DE` and target `en-US`, as in its header (--languages en-US,de-DE exchanges them)"]
    );
    assert_eq!(sides(new, Some("EN,de")), owned(&[("a dog", "ein Hund"), ("two", "zwei")]));
}

#[test]
fn regions_and_several_texts_of_a_language_are_paired() {
    let units = unit(&[("en-US", "cat"), ("fr-FR", "chat")])
        + &unit(&[("fr", "chien"), ("EN", "dog")])
        + &unit(&[("en-GB", "colour"), ("en-US", "color"), ("fr", "couleur"), ("fr-CA", "couleur")])
        + &unit(&[("en", "one"), ("fr", "un"), ("fr", "une")]);
    let (_, notes) = read(memory(&units), None).expect("a translation memory");
    let pairs =
        [("cat", "chat"), ("dog", "chien"), ("colour", "couleur"), ("color", "couleur"), ("one", "un"), ("one", "une")];
    for languages in [None, Some("en,fr")] {
        assert_eq!(sides(memory(&units), languages), owned(&pairs), "{languages:?}");
    }
    assert!(notes[0].contains("source is `en-US` (also EN, en-GB) and target `fr-FR` (also fr, fr-CA)"), "{notes:?}");
    assert!(notes[1].starts_with("2 units have several texts of a language"), "{notes:?}");
    let regions =
        memory(&(unit(&[("pt-BR", "trem"), ("pt-PT", "comboio")]) + &unit(&[("pt-PT", "b"), ("pt-BR", "a")])));
    assert_eq!(sides(regions, None), owned(&[("trem", "comboio"), ("a", "b")]));
    let scripts = memory(&unit(&[("zh-CN", "a"), ("en", "b"), ("zh-TW", "c")]));
    assert!(refused(scripts).contains("--languages"));
}

#[test]
fn variables_in_codes_are_text_and_other_codes_are_spaces_or_nothing() {
    for (written, text) in [
        ("Hi <ph x=\"1\">{0}</ph>, <ph>%d</ph> new", "Hi {0}, %d new"),
        ("a<ph type=\"lb\">&lt;br/&gt;</ph>b <ph>&#10;</ph> c", "a b c"),
        ("un<bpt i=\"1\">&lt;b&gt;</bpt>like<ept i=\"1\">&lt;/b&gt;</ept>ly", "unlikely"),
        ("x <it pos=\"begin\">&lt;i&gt;<sub>note {1}</sub></it>y", "x y"),
        ("<ph><![CDATA[${user}]]></ph>!", "${user}!"),
        ("<hi><ph>%s</ph></hi> z", "%s z"),
    ] {
        assert_eq!(source(written), text, "{written}");
    }
}

#[test]
fn a_comment_may_precede_the_document() {
    let text = format!(
        "<!-- made\n by hand -->\n{}",
        memory(&unit(&[("de", "a"), ("en", "b")])).replacen("<?xml version=\"1.0\"?>\n", "", 1)
    );
    assert_eq!(sides(text, None), owned(&[("a", "b")]));
}

#[test]
fn the_line_of_a_pair_is_the_first_line_of_its_unit() {
    let opened = Opened::new(Cursor::new(memory(&unit(&[("de", "a"), ("en", "b")]).repeat(2))), "m.tmx".to_owned());
    let (_, opened) = opened.and_then(Opened::look).expect("memory");
    let mut reading = TmxPairs::new(opened, None);
    let mut lines = Vec::new();
    while let Some(pair) = reading.next() {
        pair.expect("a pair");
        lines.push(reading.line());
    }
    assert_eq!(lines, [4, 5]);
}

#[test]
fn text_is_decoded_without_markup_codes_and_indentation() {
    for (written, text) in [
        ("", ""),
        ("\n    ein\r\n    Hund\t \n", "ein Hund"),
        ("Q&amp;A &lt;b&gt; &quot;&apos; &#228;&#xE4; &#x1F415;", "Q&A <b> \"' ää 🐕"),
        ("<![CDATA[a <b> & c]]> d", "a <b> & c d"),
        ("a<!-- no -->b<?nor this?>c", "abc"),
        (
            "<bpt i=\"1\">{\\b </bpt>fett<ept i=\"1\">}</ept> und <it pos=\"begin\">x</it><ph/>gut<ut>y</ut>",
            "fett und gut",
        ),
        ("<hi type=\"term\">ein <hi>Hund</hi></hi> läuft", "ein Hund läuft"),
        ("a<ph>code <sub>sub <hi>text</hi></sub> &unknown; code</ph>b", "ab"),
        ("quoi\u{A0}? \u{3000}x", "quoi\u{A0}? \u{3000}x"),
        ("a&#32;&#x20;b&#10;c&#9;d", "a  b c d"),
        ("שלום <hi>עולם</hi> \u{200F}!", "שלום עולם \u{200F}!"),
    ] {
        assert_eq!(source(written), text, "{written}");
    }
    let prefixed = segment("ein Hund").replace("<tu", "<t:tu").replace("</tu", "</t:tu");
    assert_eq!(sides(prefixed, None)[0].0, "ein Hund");
}

#[test]
fn utf16_in_either_order_and_compressed_is_read_like_utf8() {
    let text = segment("ein 🐕 שלום");
    let expected = sides(text.clone(), None);
    let encoded = |bytes: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}{text}").encode_utf16().flat_map(bytes).collect()
    };
    for bytes in [
        format!("\u{FEFF}{text}").into_bytes(),
        encoded(u16::to_le_bytes, "\u{FEFF}"),
        encoded(u16::to_be_bytes, "\u{FEFF}"),
        encoded(u16::to_le_bytes, ""),
        ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest),
    ] {
        assert_eq!(sides(bytes, None), expected);
    }
}

#[test]
fn units_without_both_languages_are_left_out_and_counted() {
    let texts = memory(
        &[
            unit(&[("de", "nur")]),
            unit(&[("de", "eins"), ("en", "one")]),
            "<tu/><tu><tuv xml:lang=\"de\"/><tuv xml:lang=\"en\"><seg>no seg</seg></tuv></tu>".to_owned(),
            unit(&[("en", "first"), ("de", "erster"), ("en", "second")]),
        ]
        .concat(),
    );
    let (pairs, notes) = read(texts, None).expect("a translation memory");
    let targets: Vec<&str> = pairs.iter().map(|pair| pair.target.as_str()).collect();
    assert_eq!(targets, ["one", "first", "second"]);
    assert_eq!(notes[1], "3 units of 5 in `m.tmx` left out: not in both languages");
}

#[test]
fn more_than_two_languages_are_listed_with_their_counts_and_must_be_chosen() {
    let texts = memory(
        &(unit(&[("de", "eins"), ("en-US", "one")]).repeat(3)
            + &unit(&[("de", "zwei"), ("fr", "deux"), ("en-US", "two")])),
    );
    assert_eq!(
        refused(texts.clone()),
        "m.tmx:7: this is the third language of the file; pass `--languages` to choose two of de (4), en-US (4), fr (1), e.g. `--languages de,en`"
    );
    assert_eq!(sides(texts.clone(), Some("fr,de")), owned(&[("deux", "zwei")]));
    assert_eq!(sides(texts.clone(), Some("de,en")).len(), 4);
    assert_eq!(
        read(texts, Some("de,it")).expect_err("no Italian").to_string(),
        "no unit of `m.tmx` has text in `de` and `it`; its languages are de (4), en-US (4), fr (1); \
         pass `--languages` to choose two"
    );
    assert!(refused(memory(&unit(&[("de", "eins")]))).contains("has text in two languages"));
    assert_eq!(read(memory(""), None).expect("an empty memory").0, []);
}

#[test]
fn a_fault_is_reported_with_its_line_and_remedy() {
    for (text, parts) in [
        (
            segment("a</hi>"),
            &["m.tmx:4: this is not well-formed XML: expected `</seg>`, but `</hi>` was found", "correct the line"][..],
        ),
        (segment("\n\na & b"), &["m.tmx:6: this is not well-formed XML: entity or character reference not closed"]),
        (segment("a\n&nbsp;"), &["m.tmx:5: `&nbsp;` is not a name that XML defines; write the character itself"]),
        (segment("&#xD800;"), &["m.tmx:4: `&#xD800;` is not the number of a character"]),
        (segment("a\nb\0"), &["m.tmx:5: the line has a NUL"]),
        (
            segment("<hi x=y>a</hi>").replace(" xml:lang=\"de\"", " xml:lang=de"),
            &["m.tmx:4: this is not well-formed XML"],
        ),
        (segment("a").replace(" xml:lang=\"de\"", ""), &["m.tmx:4: a `tuv` without its language (`xml:lang`)"]),
        (
            segment("a").replace("</body>\n</tmx>", ""),
            &["m.tmx:7: the file ends within `body`, which begins on line 3"],
        ),
        (
            segment("a").replace("</tuv></tu>\n\n</body>\n</tmx>\n", "</tuv"),
            &["m.tmx:4: this is not XML: tag not closed"],
        ),
        (segment("a") + &segment("b"), &["m.tmx:9: a second document begins in the same file"]),
        (segment("a") + "end", &["m.tmx:7: text outside of all elements"]),
        (
            "<?xml version=\"1.0\"?>\n<xliff version=\"1.2\"/>".to_owned(),
            &["m.tmx:2: this is XML, but not a translation memory: its first element is `xliff`", "convert it to TMX"],
        ),
        ("<?xml version=\"1.0\"?>".to_owned(), &["m.tmx:1: there is no element `tmx`"]),
        (memory(&"<x>".repeat(200)), &["m.tmx:4: elements are nested more than 100 deep"]),
    ] {
        let message = refused(text);
        assert!(parts.iter().all(|part| message.contains(part)), "{message}\nwanted {parts:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_reported_with_line_and_column() {
    let before = segment("a\nf?nf");
    let at = before.rfind('?').expect("the mark");
    let mut bytes = before.into_bytes();
    bytes[at] = 0xFC;
    let message = refused(bytes);
    assert!(message.starts_with("m.tmx:5:2: byte 0xFC is not UTF-8") && message.contains("iconv -f"), "{message}");
}

#[test]
fn files_that_declare_entities_are_rejected() {
    let bomb =
        "<?xml version=\"1.0\"?>\n<!DOCTYPE tmx [\n<!ENTITY a \"aaaaaaaaaa\">\n<!ENTITY b \"&a;&a;&a;&a;&a;\">\n]>\n";
    let text = segment("&b;").replace("<?xml version=\"1.0\"?>\n", bomb);
    let message = refused(text);
    assert!(
        message.starts_with("m.tmx:2: a DOCTYPE with declarations") && message.contains("remove the part"),
        "{message}"
    );
}

#[test]
fn a_huge_segment_is_rejected_with_its_line() {
    let long = "wort ".repeat(LONGEST / 5 + 1);
    let message = refused(segment(&long));
    assert!(message.starts_with("m.tmx:4: more than 4 MiB") && message.contains("shorten"), "{message}");
    // In pieces that are short enough each.
    let pieces = format!("\n{}", "wort wort wort wort<ph/>".repeat(LONGEST / 15));
    assert!(refused(segment(&pieces)).starts_with("m.tmx:4: more than 4 MiB"));
    let comment = format!("<!--{long}-->");
    assert!(refused(segment(&comment)).starts_with("m.tmx:4: more than 4 MiB"));
    assert_eq!(source(&"wort ".repeat(1000)).len(), 4999);
}

#[test]
fn line_ends_of_windows_and_no_end_of_the_last_line_make_no_difference() {
    let text = memory(&unit(&[("de", "ein\nHund"), ("en", "a dog")]).repeat(2));
    let expected = sides(text.clone(), None);
    assert_eq!(sides(text.replace('\n', "\r\n"), None), expected);
    assert_eq!(sides(text.trim_end(), None), expected);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(bytes.clone(), None);
        let _ = read([b"<tmx><body>", &bytes[..]].concat(), Some("de,en"));
        let _ = read([b"\xFF\xFE<\0t\0m\0x\0>\0", &bytes[..]].concat(), None);
    }

    #[test]
    fn any_markup_is_read_or_refused(pieces in prop::collection::vec(piece(), 0..60)) {
        let _ = read(format!("<tmx>{}", pieces.concat()), None);
    }

    #[test]
    fn a_translation_memory_that_was_damaged_is_read_or_refused(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = memory(&unit(&[("de", "Q&amp;A <ph>x</ph>"), ("en", "<![CDATA[y]]><hi>&#65;</hi>")]).repeat(3)).into_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read(bytes.clone(), None);
        bytes.truncate(cut.index(bytes.len()));
        let _ = read(bytes, None);
    }

    #[test]
    fn recognising_the_format_keeps_all_text(text in "\\PC{0,300}") {
        prop_assert!(text.len() < start::ENOUGH || look(text.as_bytes()).is_ok());
        let (start, opened) = Opened::new(Cursor::new(text.clone()), "t".to_owned()).and_then(Opened::look).expect("memory");
        let mut again = String::new();
        let mut rest = opened.text;
        std::io::Read::read_to_string(&mut rest, &mut again).expect("memory");
        let mark = matches!(start, Start::Tmx { mark: 3, .. }).then_some('\u{FEFF}');
        prop_assert_eq!(mark.into_iter().collect::<String>() + &again, text);
    }
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "<tu>",
        "</tu>",
        "<tu/>",
        "<tuv xml:lang=\"de\">",
        "<tuv lang='en'>",
        "<tuv>",
        "</tuv>",
        "<seg>",
        "</seg>",
        "<ph>",
        "</ph>",
        "<hi>",
        "</hi>",
        "<body>",
        "</body>",
        "<header srclang='de'/>",
        "</tmx>",
        "<tmx>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "&amp;",
        "&",
        "&#0;",
        "&#x110000;",
        "<",
        ">",
        "\"",
        "=",
        "<?",
        "?>",
        "<!",
        "<!DOCTYPE a [",
        "<!DOCTYPE>",
        "text",
        " ",
        "\n",
        "\0",
    ])
}
