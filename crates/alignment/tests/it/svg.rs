//! The heat map in SVG.

use glosser_alignment::palette::{DARK, LIGHT, Theme};
use glosser_alignment::{HeatMap, LabelledAttention, WordAttention, heat_map};

use crate::{attention, two_by_three};

fn drawn(source: &[&str], target: &[&str], attention: &WordAttention, form: &HeatMap) -> String {
    heat_map(&LabelledAttention::new(source, target, attention).unwrap(), form)
}

/// A form without a style sheet.
fn light() -> HeatMap<'static> {
    HeatMap { theme: Some(Theme::Light), ..HeatMap::default() }
}

/// A heat map with one source word and one target word.
fn drawn_pair(source: &str, target: &str) -> String {
    drawn(&[source], &[target], &attention(&[&[1.0]], &[0.0]), &light())
}

/// The values of an attribute, in order.
fn values<'a>(svg: &'a str, attribute: &str) -> Vec<&'a str> {
    let parts = svg.split(attribute).skip(1);
    parts.filter_map(|rest| rest.strip_prefix("=\"").and_then(|rest| rest.split('"').next())).collect()
}

#[test]
fn two_target_words_over_three_source_words() {
    let svg = drawn(&["das", "blaue", "Haus"], &["house", "blue"], &two_by_three(), &light());
    insta::assert_snapshot!(svg, @r##"
    <svg xmlns="http://www.w3.org/2000/svg" width="290" height="201" viewBox="0 0 290 201" role="img" font-family="sans-serif" font-size="16">
    <title>weights between words</title>
    <rect width="290" height="201" fill="#ffffff"/>
    <text x="96" y="59" dy="0.35em" fill="#22262a" transform="rotate(-90 96 59)">das</text>
    <g fill="#0a5c57">
    <rect x="82" y="93" width="28" height="28" fill-opacity="0.5"><title>blue from das: 50 %</title></rect>
    </g>
    <text x="124" y="59" dy="0.35em" fill="#22262a" transform="rotate(-90 124 59)">blaue</text>
    <g fill="#0a5c57">
    <rect x="110" y="65" width="28" height="28" fill-opacity="0.25"><title>house from blaue: 25 %</title></rect>
    </g>
    <text x="152" y="59" dy="0.35em" fill="#22262a" transform="rotate(-90 152 59)">Haus</text>
    <g fill="#0a5c57">
    <rect x="138" y="65" width="28" height="28" fill-opacity="0.75"><title>house from Haus: 75 %</title></rect>
    <rect x="138" y="93" width="28" height="28" fill-opacity="0.06"><title>blue from Haus: 6 %</title></rect>
    </g>
    <text x="186" y="59" dy="0.35em" fill="#5a6269" transform="rotate(-90 186 59)">&lt;/s&gt;</text>
    <rect x="172" y="65" width="28" height="56" fill="#f1efea"/>
    <g fill="#4f575e">
    <rect x="172" y="93" width="28" height="28" fill-opacity="0.44"><title>blue from &lt;/s&gt;: 44 %</title></rect>
    </g>
    <path d="M82 65V121M110 65V121M138 65V121M166 65V121M82 65h84M82 93h84M82 121h84M172 65V121M200 65V121M172 65h28M172 93h28M172 121h28" fill="none" stroke="#e1ded8"/>
    <text x="76" y="79" dy="0.35em" fill="#22262a" text-anchor="end">house</text>
    <text x="76" y="107" dy="0.35em" fill="#22262a" text-anchor="end">blue</text>
    <text x="76" y="39" dy="0.35em" fill="#5a6269" text-anchor="end" font-size="13">source →</text>
    <text x="76" y="53" dy="0.35em" fill="#5a6269" text-anchor="end" font-size="13">target ↓</text>
    <text x="12" y="141" dy="0.35em" fill="#5a6269" font-size="13">0 %</text>
    <g fill="#0a5c57">
    <rect x="42" y="133" width="16" height="16" fill-opacity="0"/>
    <rect x="58" y="133" width="16" height="16" fill-opacity="0.1"/>
    <rect x="74" y="133" width="16" height="16" fill-opacity="0.2"/>
    <rect x="90" y="133" width="16" height="16" fill-opacity="0.3"/>
    <rect x="106" y="133" width="16" height="16" fill-opacity="0.4"/>
    <rect x="122" y="133" width="16" height="16" fill-opacity="0.5"/>
    <rect x="138" y="133" width="16" height="16" fill-opacity="0.6"/>
    <rect x="154" y="133" width="16" height="16" fill-opacity="0.7"/>
    <rect x="170" y="133" width="16" height="16" fill-opacity="0.8"/>
    <rect x="186" y="133" width="16" height="16" fill-opacity="0.9"/>
    <rect x="202" y="133" width="16" height="16" fill-opacity="1"/>
    </g>
    <rect x="42" y="133" width="176" height="16" fill="none" stroke="#e1ded8"/>
    <text x="224" y="141" dy="0.35em" fill="#5a6269" font-size="13">100 %</text>
    <text x="12" y="161" dy="0.35em" fill="#5a6269" font-size="13">weight; a row sums to 100 %</text>
    <text x="12" y="181" dy="0.35em" fill="#5a6269" font-size="13">&lt;/s&gt;: the end of the source sentence</text>
    </svg>
    "##);
}

#[test]
fn a_cell_has_the_words_and_the_weight_as_its_tooltip() {
    let svg = drawn_pair("das & die", "the");
    assert!(svg.contains("fill-opacity=\"1\"><title>the from das &amp; die: 100 %</title></rect>"), "{svg}");
}

#[test]
fn the_axes_and_the_colour_scale_have_names() {
    let svg = drawn_pair("das", "the");
    for text in [
        "source →",
        "target ↓",
        "0 %",
        "100 %",
        "weight; a row sums to 100 %",
        "&lt;/s&gt;: the end of the source sentence",
    ] {
        assert!(svg.contains(&format!(">{text}</text>")), "{text}: {svg}");
    }
}

#[test]
fn values_are_written_in_percent_in_black_or_white() {
    let attention = attention(&[&[0.994, 0.06, 0.004]], &[f32::NAN]);
    let form = HeatMap { values: true, ..light() };
    let svg = drawn(&["a", "b", "c"], &["x"], &attention, &form);
    let texts = svg.split("text-anchor=\"middle\">").nth(1).and_then(|rest| rest.split("</g>").next()).expect("values");
    assert_eq!(texts.matches("<text").count(), 2, "{texts}");
    assert!(texts.contains("fill=\"#ffffff\">99</text>") && texts.contains("fill=\"#000000\">6</text>"), "{texts}");
    assert!(svg.contains(">weight in %; a row sums to 100</text>"), "{svg}");
    // A dark page needs the other colours.
    let both = drawn(&["a", "b", "c"], &["x"], &attention, &HeatMap { theme: None, ..form });
    assert!(both.contains("class=\"glosser-fill-black\" fill=\"#ffffff\">99</text>"), "{both}");
}

#[test]
fn a_picture_without_a_theme_follows_its_page_and_has_no_id() {
    let labelled = two_by_three();
    let labelled = LabelledAttention::new(&["a", "b", "c"], &["x", "y"], &labelled).unwrap();
    let both = heat_map(&labelled, &HeatMap::default());
    assert!(both.contains("@media (prefers-color-scheme: dark)") && !both.contains("id=\""), "{both}");
    assert!(both.contains(&format!("class=\"glosser-fill-card\" fill=\"{}\"", LIGHT.card)), "{both}");
    assert!(both.contains(&format!(".glosser-fill-card {{ fill: {} }}", DARK.card)), "{both}");
    let dark = heat_map(&labelled, &HeatMap { theme: Some(Theme::Dark), ..HeatMap::default() });
    assert!(!dark.contains("<style>") && !dark.contains("class="), "{dark}");
    assert!(dark.contains(&format!("fill=\"{}\"", DARK.card)) && !dark.contains(&LIGHT.text.to_string()), "{dark}");
}

#[test]
fn words_and_title_are_escaped() {
    let attention = attention(&[&[1.0]], &[0.0]);
    let labelled = LabelledAttention::new(&["<&\u{1b}>"], &["\"x"], &attention).unwrap();
    let svg = heat_map(&labelled, &HeatMap { title: Some("a < b & c"), ..HeatMap::default() });
    assert!(svg.contains(">&lt;&amp;\u{FFFD}&gt;</text>"), "{svg}");
    assert!(svg.contains(">&quot;x</text>"), "{svg}");
    for element in ["title", "text"] {
        assert!(svg.contains(&format!(">a &lt; b &amp; c</{element}>")), "{svg}");
    }
}

#[test]
fn the_background_is_drawn_first_and_covers_the_picture() {
    let svg = drawn(&["a", "b", "c"], &["x", "y"], &two_by_three(), &light());
    let (width, height) = (values(&svg, " width")[0], values(&svg, " height")[0]);
    let background = format!("<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>", LIGHT.card);
    assert!(svg.contains(&format!("viewBox=\"0 0 {width} {height}\"")));
    assert_eq!(svg.find("<rect"), svg.find(&background), "{svg}");
}

#[test]
fn opacity_is_the_weight_and_cells_without_weight_are_left_out() {
    let attention = attention(&[&[f32::NAN, -1.0, 0.004, 2.0, 0.126]], &[0.0]);
    let svg = drawn(&["a", "b", "c", "d", "e"], &["x"], &attention, &light());
    let cells = svg.split("fill-opacity=\"").skip(1).filter(|rest| rest.contains("<title>")).count();
    let opacities = values(&svg, "fill-opacity");
    assert_eq!(opacities[..2], ["1", "0.13"], "{svg}");
    assert_eq!((cells, opacities.len()), (2, 2 + 11), "the scale has eleven: {svg}");
}

#[test]
fn words_with_wide_characters_are_written_from_top_to_bottom() {
    for word in ["图书馆", "ハウス", "고양이", "2024年", "🐶🐶"] {
        let svg = drawn_pair(word, "x");
        assert_eq!(values(&svg, "writing-mode"), ["vertical-rl"], "{word}: {svg}");
        assert_eq!(svg.matches("rotate(").count(), 1, "only EOS is turned: {svg}");
    }
    // One character or one emoji needs no direction.
    for word in ["书", "🐶", "👩\u{200D}👩\u{200D}👧", "🇩🇪", "Haus"] {
        assert!(!drawn_pair(word, "房子").contains("writing-mode"), "{word}");
    }
    assert_eq!(drawn_pair("书", "x").matches("rotate(").count(), 1);
}

#[test]
fn a_right_to_left_word_keeps_its_punctuation_on_the_left() {
    let svg = drawn_pair("שלום.", "سلام!");
    for word in ["שלום.", "سلام!"] {
        assert!(svg.contains(&format!(">\u{200F}{word}\u{200F}</text>")), "{svg}");
    }
}

#[test]
fn long_words_are_whole_and_very_long_ones_have_a_tooltip() {
    let long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk";
    assert!(drawn_pair(long, long).matches(&format!(">{long}</text>")).count() == 2);
    let longer = long.repeat(2);
    let svg = drawn_pair("x", &longer);
    assert!(
        svg.contains(&format!("<title>{longer}</title>Donaudampf")) && svg.contains("betriebswerk</text>"),
        "{svg}"
    );
}

#[test]
fn a_long_title_has_several_lines() {
    let title = "a title of many words ".repeat(10);
    let form = HeatMap { title: Some(&title), ..light() };
    let svg = drawn(&["a"], &["x"], &attention(&[&[1.0]], &[0.0]), &form);
    assert!(svg.matches(">a title").count() >= 2 || svg.matches("a title of many words").count() >= 10, "{svg}");
    assert!(values(&svg, " width")[0].parse::<usize>().expect("a width") < 500, "{svg}");
}

#[test]
fn sentences_without_words_still_have_a_picture() {
    let nothing = attention(&[], &[]);
    let no_words: [&str; 0] = [];
    let labelled = LabelledAttention::new(&no_words, &no_words, &nothing).unwrap();
    let svg = heat_map(&labelled, &HeatMap { title: Some("nothing"), ..HeatMap::default() });
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
}
