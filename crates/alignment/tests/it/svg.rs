//! The heat map in SVG.

use glosser_alignment::{LabelledAttention, svg};

use crate::{attention, two_by_three};

#[test]
fn two_target_words_over_three_source_words() {
    let attention = two_by_three();
    let labelled = LabelledAttention::new(&["das", "blaue", "Haus"], &["house", "blue"], &attention).unwrap();
    insta::assert_snapshot!(svg(&labelled, None), @r##"
    <svg xmlns="http://www.w3.org/2000/svg" width="198" height="136" viewBox="0 0 198 136" role="img" font-family="sans-serif" font-size="16">
    <title>Attention weights</title>
    <rect width="198" height="136" fill="#FFFFFF"/>
    <text x="82" y="62" dy="0.35em" fill="#222222" transform="rotate(-90 82 62)">das</text>
    <g fill="#1F4E9E" stroke="#DDDDDD">
    <rect x="68" y="68" width="28" height="28" fill-opacity="0"/>
    <rect x="68" y="96" width="28" height="28" fill-opacity="0.5"/>
    </g>
    <text x="110" y="62" dy="0.35em" fill="#222222" transform="rotate(-90 110 62)">blaue</text>
    <g fill="#1F4E9E" stroke="#DDDDDD">
    <rect x="96" y="68" width="28" height="28" fill-opacity="0.25"/>
    <rect x="96" y="96" width="28" height="28" fill-opacity="0"/>
    </g>
    <text x="138" y="62" dy="0.35em" fill="#222222" transform="rotate(-90 138 62)">Haus</text>
    <g fill="#1F4E9E" stroke="#DDDDDD">
    <rect x="124" y="68" width="28" height="28" fill-opacity="0.75"/>
    <rect x="124" y="96" width="28" height="28" fill-opacity="0.06"/>
    </g>
    <text x="172" y="62" dy="0.35em" fill="#222222" transform="rotate(-90 172 62)">&lt;/s&gt;</text>
    <g fill="#777777" stroke="#DDDDDD">
    <rect x="158" y="68" width="28" height="28" fill-opacity="0"/>
    <rect x="158" y="96" width="28" height="28" fill-opacity="0.44"/>
    </g>
    <text x="62" y="82" dy="0.35em" fill="#222222" text-anchor="end">house</text>
    <text x="62" y="110" dy="0.35em" fill="#222222" text-anchor="end">blue</text>
    </svg>
    "##);
}

#[test]
fn words_and_title_are_escaped() {
    let attention = attention(&[&[1.0]], &[0.0]);
    let labelled = LabelledAttention::new(&["<&\u{1b}>"], &["\"x"], &attention).unwrap();
    let svg = svg(&labelled, Some("a < b & c"));
    assert!(svg.contains(">&lt;&amp;\u{FFFD}&gt;</text>"), "{svg}");
    assert!(svg.contains(">&quot;x</text>"), "{svg}");
    for element in ["title", "text"] {
        assert!(svg.contains(&format!(">a &lt; b &amp; c</{element}>")), "{svg}");
    }
}

#[test]
fn the_background_is_white_on_light_and_dark_pages() {
    let attention = two_by_three();
    let labelled = LabelledAttention::new(&["a", "b", "c"], &["x", "y"], &attention).unwrap();
    let svg = svg(&labelled, None);
    let size = svg.split("viewBox=\"0 0 ").nth(1).and_then(|rest| rest.split('"').next()).expect("a size");
    let (width, height) = size.split_once(' ').expect("width and height");
    let background = format!("<rect width=\"{width}\" height=\"{height}\" fill=\"#FFFFFF\"/>");
    assert_eq!(svg.find("<rect"), svg.find(&background), "the background is drawn first: {svg}");
}

#[test]
fn opacity_is_the_weight_and_nan_and_negative_weights_are_transparent() {
    let attention = attention(&[&[f32::NAN, -1.0, 0.004, 2.0, 0.126]], &[0.0]);
    let labelled = LabelledAttention::new(&["a", "b", "c", "d", "e"], &["x"], &attention).unwrap();
    let svg = svg(&labelled, None);
    let opacities: Vec<&str> = svg.split("fill-opacity=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(opacities, ["0", "0", "0", "1", "0.13", "0"], "{svg}");
}

#[test]
fn sentences_without_words_still_have_a_picture() {
    let nothing = attention(&[], &[]);
    let no_words: [&str; 0] = [];
    let svg = svg(&LabelledAttention::new(&no_words, &no_words, &nothing).unwrap(), Some("nothing"));
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
}
