//! Properties of any document: nothing is lost, and what was well formed stays well formed.

use super::{read, reversed, write_reversed, write_untranslated};
use crate::html::tokens::{TokenKind, tokens};
use crate::{Document, Format, Segment, TranslatedSegment};
use proptest::collection::vec;
use proptest::prelude::*;

/// Parts of HTML, in any order.
fn tag_soup() -> impl Strategy<Value = String> {
    let parts = "one~Two.~three ~ four~ ~\n~\r\n~&amp;~&nbsp;~&eacute~&~;~#~é~狗~\0~<b>~</b>~<i class='x'>~</i>~\
        <a href=\"a>b\">~</a>~<P>~</p>~<div>~</div>~<br>~<br/>~</br>~<img src=x>~<code>~</code>~\
        <span translate=no>~</span>~<div class=notranslate>~<li>~<ul>~</ul>~<td>~<table>~</table>~<!-- c -->~\
        <!--~-->~<script>~</script>~<style>~</style>~<title>~</title>~<svg>~</svg>~<path/>~<![CDATA[~]]>~\
        <?php~?>~<~>~/~</~</>~<>~<a~='~\"~<textarea>~</textarea>~https://example.org~<!DOCTYPE html>~<pre>~\
        </pre>~\u{feff}~<plaintext>~<ruby>~<rt>~</ruby>~<select>~<option>~!~(~)";
    let parts: Vec<&str> = parts.split('~').collect();
    vec(prop::sample::select(parts), 0..40).prop_map(|parts| parts.concat())
}

/// Well-formed HTML.
fn well_formed() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "one",
        " two ",
        "Three four five.",
        " ",
        "é",
        "<br/>",
        "<img/>",
        "<!-- c -->",
        "<code>x</code>",
        "&lt;",
        ", ",
    ]);
    let names = vec!["b", "i", "a", "span", "p", "div", "li", "u", "td", "label"];
    leaf.prop_map(str::to_owned).prop_recursive(5, 60, 6, move |inner| {
        (prop::sample::select(names.clone()), vec(inner, 0..6))
            .prop_map(|(name, inner)| format!("<{name}>{}</{name}>", inner.concat()))
    })
}

/// Text of subtitles with tags, in cues.
fn subtitles() -> impl Strategy<Value = String> {
    let parts = vec![
        "one",
        "Two.",
        " three",
        " ",
        "<i>",
        "</i>",
        "<b>",
        "</b>",
        "{\\an8}",
        "- ",
        "\n- ",
        "\nfour",
        "–",
        "<",
        "{",
        "}",
        "<font color=\"red\">",
        "</font>",
        "42",
        "狗",
        "\n<i>",
        "!",
    ];
    let text = vec(prop::sample::select(parts), 0..12).prop_map(|parts| parts.concat());
    (vec(text, 0..6), any::<bool>()).prop_map(|(texts, is_windows)| {
        let cues = texts.iter().enumerate();
        let cues = cues.map(|(number, text)| format!("{number}\n00:00:01,000 --> 00:00:02,000\n{text}\n\n"));
        let source: String = cues.collect();
        if is_windows { source.replace('\n', "\r\n") } else { source }
    })
}

/// The tags, comments and the like of HTML, in order.
fn markup(source: &str) -> Vec<String> {
    let markup = tokens(source).into_iter().filter(|token| !matches!(token.kind, TokenKind::Text(_)));
    markup.map(|token| source[token.range].to_owned()).collect()
}

/// The characters of the text of HTML, without white space, sorted.
fn characters(source: &str) -> Vec<char> {
    let texts = tokens(source).into_iter().filter_map(|token| match token.kind {
        TokenKind::Text(text) => Some(text),
        _ => None,
    });
    let text: String = texts.collect();
    sorted(text.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').collect())
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}

/// For each element of well-formed HTML, its name with the names of the elements around it, sorted.
fn paths(source: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut paths = Vec::new();
    for token in tokens(source) {
        match token.kind {
            TokenKind::Start { name, is_self_closing, .. } => {
                open.push(name);
                paths.push(open.join(" "));
                if is_self_closing {
                    open.pop();
                }
            }
            TokenKind::End(name) => assert_eq!(open.pop(), Some(name), "{source}"),
            _ => {}
        }
    }
    assert!(open.is_empty(), "{source}");
    sorted(paths)
}

/// A translation that differs from its source only in a word at its end.
fn longer(segment: &Segment) -> TranslatedSegment {
    let untranslated = TranslatedSegment::untranslated(segment);
    TranslatedSegment { text: format!("{} added", segment.text), ..untranslated }
}

/// Checks that marks are pairs that nest, at places in their text, and that the text can be given to a translator.
fn check_segments(document: &Document) {
    for segment in document.segments() {
        let text = &segment.text;
        assert!(text.contains(char::is_alphanumeric) && !text.contains(['\n', '\r']), "{segment:?}");
        let is_plain = matches!(document.format(), Format::Text | Format::Tsv);
        assert!(is_plain || !text.contains("  "), "{segment:?}");
        assert_eq!(text.trim_matches(' '), text);
        assert!(segment.marks.is_sorted_by_key(|mark| mark.at), "{segment:?}");
        assert!(segment.marks.iter().all(|mark| text.is_char_boundary(mark.at)), "{segment:?}");
        reversed(segment);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn html_without_translation_is_unchanged_byte_for_byte(
        source in prop_oneof![tag_soup(), well_formed(), any::<String>()],
    ) {
        let document = read(Format::Html, &source);
        check_segments(&document);
        prop_assert_eq!(write_untranslated(&document), source);
    }

    #[test]
    fn no_tag_and_no_text_of_html_is_lost(source in prop_oneof![tag_soup(), well_formed()]) {
        let document = read(Format::Html, &source);
        let written = write_reversed(&document);
        prop_assert_eq!(sorted(markup(&written)), sorted(markup(&source)), "{}", written);
        prop_assert_eq!(characters(&written), characters(&source), "{}", written);
        let longer: Vec<TranslatedSegment> = document.segments().iter().map(longer).collect();
        let written = document.write(&longer);
        prop_assert_eq!(markup(&written), markup(&source), "{}", written);
    }

    #[test]
    fn well_formed_html_stays_well_formed_and_elements_stay_in_their_elements(
        source in well_formed(),
        places in vec(0..30_usize, 64),
    ) {
        let document = read(Format::Html, &source);
        prop_assert_eq!(paths(&write_reversed(&document)), paths(&source));
        let anywhere = |segment: &Segment| {
            let marks = places.iter().cycle().take(segment.marks.len()).copied().collect();
            TranslatedSegment { text: "un deux trois, quatre é".to_owned(), marks }
        };
        let anywhere: Vec<TranslatedSegment> = document.segments().iter().map(anywhere).collect();
        prop_assert_eq!(paths(&document.write(&anywhere)), paths(&source));
    }

    #[test]
    fn subtitles_keep_numbers_times_and_lines(source in subtitles()) {
        let document = read(Format::Subtitles, &source);
        check_segments(&document);
        prop_assert_eq!(write_untranslated(&document), source.clone());
        let written = write_reversed(&document);
        let without_spaces = |text: &str| sorted(text.chars().filter(|c| !c.is_whitespace()).collect());
        prop_assert_eq!(without_spaces(&written), without_spaces(&source));
        let times = |text: &str| {
            text.lines().filter(|line| line.contains("-->")).map(str::to_owned).collect::<Vec<_>>()
        };
        prop_assert_eq!(times(&written), times(&source));
        prop_assert!(written.lines().count() <= source.lines().count());
    }

    #[test]
    fn any_text_is_read_in_any_format(source in prop_oneof![any::<String>(), "[-0-9:,.>\n\r\ta-c <i/{}]{0,80}"]) {
        for format in Format::ALL {
            let Ok(document) = Document::read(format, &source) else { continue };
            check_segments(&document);
            write_reversed(&document);
            if format != Format::Tsv {
                prop_assert_eq!(write_untranslated(&document), source.clone());
            }
        }
    }
}
