//! Realistic HTML.

use super::{drawn, read, write_reversed, write_untranslated};
use crate::{Document, Format, TranslatedSegment};

fn html(source: &str) -> Document {
    let document = read(Format::Html, source);
    assert_eq!(write_untranslated(&document), source);
    document
}

/// Each source, its segments with drawn marks, and the document with the words of each segment in the opposite order.
fn check(cases: &[(&str, &[&str], &str)]) {
    for (source, segments, written) in cases {
        let document = html(source);
        assert_eq!(drawn(&document), *segments, "{source}");
        assert_eq!(write_reversed(&document), *written, "{source}");
    }
}

#[test]
fn tags_go_with_their_words() {
    check(&[
        ("<p>The <b>black</b> cat.</p>", &["The [black] cat."], "<p>cat. <b>black</b> The</p>"),
        ("a <b>b</b> c", &["a [b] c"], "c <b>b</b> a"),
        (
            "<P>Read <A HREF='a>b' title=x>the <EM>long</EM> text</A>, now.</P>",
            &["Read [the [long] text], now."],
            "<P>now. <A HREF='a>b' title=x>text, <EM>long</EM> the</A> Read</P>",
        ),
        ("<b>one</b> and <b>two</b>", &["[one] and [two]"], "<b>two</b> and <b>one</b>"),
        ("see <b> the cat </b> now", &["see [the cat] now"], "now <b>cat the</b> see"),
        ("H<sub>2</sub>O is water", &["H[2]O is water"], "water is H<sub>2</sub>O"),
    ]);
}

#[test]
fn tags_around_the_whole_text_stay_outside() {
    check(&[
        ("<p> <b>all bold</b>\n</p>", &["all bold"], "<p> <b>bold all</b>\n</p>"),
        ("<a><i>one</i> two</a>", &["[one] two"], "<a>two <i>one</i></a>"),
        ("<p><img src=x> one two <br></p>", &["one two"], "<p><img src=x> two one <br></p>"),
        ("<b><p>one two</p></b>", &["one two"], "<b><p>two one</p></b>"),
        ("<!-- note --> one two &nbsp;", &["one two"], "<!-- note --> two one &nbsp;"),
        ("\u{feff}one two", &["one two"], "\u{feff}two one"),
    ]);
}

#[test]
fn a_status_of_mastodon_keeps_mentions_and_links() {
    check(&[(
        "<p><span class=\"h-card\"><a href=\"https://m.example/@anna\" class=\"u-url mention\">@<span>anna</span></a>\
         </span> look at <a href=\"https://example.org/a\"><span class=\"invisible\">https://</span>\
         <span>example.org/a</span></a> now<br/>and see</p><p>Bye #<span>cats</span></p>",
        &["[[@[anna]]] look at *now *and see", "Bye #[cats]"],
        "<p>see and now<br/>at <a href=\"https://example.org/a\"><span class=\"invisible\">https://</span>\
         <span>example.org/a</span></a> look <span class=\"h-card\"><a href=\"https://m.example/@anna\" \
         class=\"u-url mention\">@<span>anna</span></a></span></p><p>#<span>cats</span> Bye</p>",
    )]);
}

#[test]
fn whole_elements_are_kept_with_the_spaces_around_them() {
    check(&[
        ("Use <code>a &lt; b</code> now please", &["Use *now please"], "please now Use <code>a &lt; b</code>"),
        ("Use it, see <kbd>F1</kbd>.", &["Use it, see*."], "see. <kbd>F1</kbd> it, Use"),
        ("one <img src=a>two three", &["one *two three"], "three two one <img src=a>"),
        ("one<wbr>two three", &["one*two three"], "three one<wbr>two"),
        ("one <!-- x --> two", &["one *two"], "two one <!-- x -->"),
        (
            "see <svg><path d='M0'/><text>no</text></svg> and go",
            &["see *and go"],
            "go and see <svg><path d='M0'/><text>no</text></svg>",
        ),
        (
            "<p>one <span class='x notranslate'>Acme <b>Cat</b></span> two three</p>",
            &["one *two three"],
            "<p>three two one <span class='x notranslate'>Acme <b>Cat</b></span></p>",
        ),
    ]);
}

#[test]
fn what_is_not_text_is_copied() {
    for source in [
        "",
        " \n\t",
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><style>p { color: red }</style></head></html>",
        "<script>if (a < b && c > d) document.write('<p>Hello</p>');</script>",
        "<textarea>Some text</textarea><pre>some <b>code</b></pre>",
        "<div translate=no><p>Acme</p> and <div>more</div> text</div>",
        "<div class=\"NOTRANSLATE notranslate\">one<div>two</div>three</div>",
        "<p translate='no'>Acme Cat",
        "<ul><li translate=no>Acme Cat<li translate=no>Acme Dog</ul>",
        "<!-- Hello --><![CDATA[ one > two ]]><?php echo 'a > b'; ?>",
        "<p>***</p><p>&nbsp;</p><p>—</p>",
        "<svg><title>Hello</title></svg><math><mi>x</mi></math>",
        "<noscript><p>Hello</p></noscript><iframe src=x>Hello</iframe>",
    ] {
        assert!(html(source).segments().is_empty(), "{source}: {:?}", html(source).segments());
    }
}

#[test]
fn each_block_is_a_segment() {
    check(&[
        (
            "<!DOCTYPE html>\n<html><head><title>Our cats &amp; dogs</title></head>\n<body><h1>Big cats</h1>\n\
             <ul><li>one cat<li>two <i>cats</i></ul><table><tr><td>a b<td>c d</table></body></html>\n",
            &["Our cats & dogs", "Big cats", "one cat", "two [cats]", "a b", "c d"],
            "<!DOCTYPE html>\n<html><head><title>dogs &amp; cats Our</title></head>\n<body><h1>cats Big</h1>\n\
             <ul><li>cat one<li><i>cats</i> two</ul><table><tr><td>b a<td>d c</table></body></html>\n",
        ),
        (
            "<p translate=no>Acme Cat<p>one two<div translate=no>no <div>no</div> no</div>three four",
            &["one two", "three four"],
            "<p translate=no>Acme Cat<p>two one<div translate=no>no <div>no</div> no</div>four three",
        ),
    ]);
}

#[test]
fn a_line_break_ends_a_segment_unless_the_sentence_goes_on() {
    check(&[
        (
            "Hi Anna,<br>the cat is here.<br>Bye now",
            &["Hi Anna, *the cat is here.", "Bye now"],
            "here. is cat the Anna,<br>Hi<br>now Bye",
        ),
        (
            "12 Long Street<br/>\nOld Town<br />Spain",
            &["12 Long Street", "Old Town", "Spain"],
            "Street Long 12<br/>\nTown Old<br />Spain",
        ),
        ("one two<br><br>three four", &["one two", "three four"], "two one<br><br>four three"),
        ("<b>One two.<br>Three</b> four", &["One two.", "Three* four"], "<b>two. One<br>four Three</b>"),
    ]);
}

#[test]
fn entities_are_decoded_and_special_characters_escaped() {
    check(&[
        ("caf&eacute; &amp; R&D &lt;b&gt; 1 < 2", &["café & R&D <b> 1 < 2"], "2 &lt; 1 &lt;b&gt; R&amp;D &amp; café"),
        ("one&nbsp;! two", &["one\u{a0}! two"], "two one&nbsp;!"),
        ("one\u{a0}! two", &["one\u{a0}! two"], "two one\u{a0}!"),
        ("one\n\t  two\r\nthree", &["one two three"], "three two one"),
    ]);
}

#[test]
fn malformed_tags_are_kept() {
    check(&[
        ("one <b>two", &["one *two"], "two one<b>"),
        ("one </x> two", &["one* two"], "two one</x>"),
        ("<b><i>one</b> two</i> three", &["[*one] two* three"], "three two <b><i></b></i>one"),
        ("one two <a href='x", &["one two"], "two one <a href='x"),
        ("one <> two </> three", &["one <> two three"], "three two &lt;&gt; one"),
        ("one two <!-- never closed", &["one two"], "two one <!-- never closed"),
        ("one <?php a ?>two <?php b>six five", &["one *two", "six five"], "two one <?php a ?> <?php b>five six"),
        ("one two <script>never closed <b>", &["one two"], "two one <script>never closed <b>"),
    ]);
}

#[test]
fn deep_nesting_and_many_tags_are_read_and_written_in_time() {
    for (start, end) in [
        ("<b>", "</b>"),
        ("<div>", "</div>"),
        ("<a>x ", "</a>"),
        ("<li>", ""),
        ("<code>", "</code>"),
        ("</b>", "<b>"),
        ("<br>", "y<br>"),
        ("<svg>", ""),
        ("<![CDATA[", ""),
        ("<p><ul>", "<li>"),
    ] {
        let source = format!("one {}two{} three", start.repeat(20_000), end.repeat(20_000));
        write_reversed(&html(&source));
    }
}

#[test]
fn a_segment_without_translation_stays() {
    let document = html("<p>one two</p><p>three four</p>");
    let first = TranslatedSegment { text: "deux un".to_owned(), marks: Vec::new() };
    assert_eq!(document.write(&[first]), "<p>deux un</p><p>three four</p>");
}

#[test]
fn invalid_places_are_made_valid() {
    let document = html("one <b>two</b> three");
    for marks in [vec![], vec![99, 0], vec![2, 3], vec![5, 5], vec![1]] {
        let written = document.write(&[TranslatedSegment { text: "  é é é ".to_owned(), marks }]);
        assert_eq!(written.replace("<b>", "").replace("</b>", "").split_whitespace().count(), 3, "{written}");
        assert!(written.find("<b>") < written.find("</b>"), "{written}");
    }
}
