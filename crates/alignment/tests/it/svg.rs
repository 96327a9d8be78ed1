//! The heat map in SVG.

use glosser_alignment::{LabelledAttention, svg};

use crate::{attention, two_by_three};

#[test]
fn two_target_words_over_three_source_words() {
    let attention = two_by_three();
    let labelled = LabelledAttention::new(&["das", "blaue", "Haus"], &["house", "blue"], &attention).unwrap();
    insta::assert_snapshot!(svg(&labelled, None), @r##"
    <svg width="198" height="136" viewBox="0 0 198 136" xmlns="http://www.w3.org/2000/svg">
    <rect x="0" y="0" width="198" height="136" opacity="1" fill="#FFFFFF" stroke="none"/>
    <text x="82" y="62" dy="0.5ex" text-anchor="start" font-family="sans-serif" font-size="16" opacity="1" fill="#222222" transform="rotate(270, 82, 62)">
    das
    </text>
    <rect x="68" y="68" width="28" height="28" opacity="1" fill="none" stroke="#DDDDDD"/>
    <rect x="68" y="96" width="28" height="28" opacity="0.5" fill="#1F4E9E" stroke="none"/>
    <rect x="68" y="96" width="28" height="28" opacity="1" fill="none" stroke="#DDDDDD"/>
    <text x="110" y="62" dy="0.5ex" text-anchor="start" font-family="sans-serif" font-size="16" opacity="1" fill="#222222" transform="rotate(270, 110, 62)">
    blaue
    </text>
    <rect x="96" y="68" width="28" height="28" opacity="0.25" fill="#1F4E9E" stroke="none"/>
    <rect x="96" y="68" width="28" height="28" opacity="1" fill="none" stroke="#DDDDDD"/>
    <rect x="96" y="96" width="28" height="28" opacity="1" fill="none" stroke="#DDDDDD"/>
    <text x="138" y="62" dy="0.5ex" text-anchor="start" font-family="sans-serif" font-size="16" opacity="1" fill="#222222" transform="rotate(270, 138, 62)">
    Haus
    </text>
    <rect x="124" y="68" width="28" height="28" opacity="0.75" fill="#1F4E9E" stroke="none"/>
    <rect x="124" y="68" width="28" height="28" opacity="1" fill="none" stroke="#DDDDDD"/>
    <rect x="124" y="96" width="28" height="28" opacity="0.06" fill="#1F4E9E" stroke="none"/>
    <rect x="124" y="96" width="28" height="28" opacity="1" fill="none" stroke="#DDDDDD"/>
    <text x="172" y="62" dy="0.5ex" text-anchor="start" font-family="sans-serif" font-size="16" opacity="1" fill="#222222" transform="rotate(270, 172, 62)">
    &lt;/s&gt;
    </text>
    <rect x="158" y="68" width="28" height="28" opacity="1" fill="none" stroke="#DDDDDD"/>
    <rect x="158" y="96" width="28" height="28" opacity="0.44" fill="#777777" stroke="none"/>
    <rect x="158" y="96" width="28" height="28" opacity="1" fill="none" stroke="#DDDDDD"/>
    <text x="62" y="82" dy="0.5ex" text-anchor="end" font-family="sans-serif" font-size="16" opacity="1" fill="#222222">
    house
    </text>
    <text x="62" y="110" dy="0.5ex" text-anchor="end" font-family="sans-serif" font-size="16" opacity="1" fill="#222222">
    blue
    </text>
    </svg>
    "##);
}

#[test]
fn words_and_title_are_escaped() {
    let attention = attention(&[&[1.0]], &[0.0]);
    let labelled = LabelledAttention::new(&["<&\u{1b}>"], &["\"x'"], &attention).unwrap();
    let svg = svg(&labelled, Some("a < b & c"));
    assert!(svg.contains("\n&lt;&amp;\u{FFFD}&gt;\n"), "{svg}");
    assert!(svg.contains("\n&quot;x&apos;\n"), "{svg}");
    assert!(svg.contains("\na &lt; b &amp; c\n"), "{svg}");
}

#[test]
fn only_weights_that_can_be_seen_are_filled() {
    let attention = attention(&[&[f32::NAN, -1.0, 0.004, 2.0, 0.126]], &[0.0]);
    let labelled = LabelledAttention::new(&["a", "b", "c", "d", "e"], &["x"], &attention).unwrap();
    let svg = svg(&labelled, None);
    let filled: Vec<&str> = svg.lines().filter(|line| line.contains("fill=\"#1F4E9E\"")).collect();
    assert_eq!(filled.len(), 2, "{svg}");
    assert!(filled[0].contains("opacity=\"1\"") && filled[1].contains("opacity=\"0.13\""), "{svg}");
}

#[test]
fn sentences_without_words_still_have_a_picture() {
    let nothing = attention(&[], &[]);
    let no_words: [&str; 0] = [];
    let svg = svg(&LabelledAttention::new(&no_words, &no_words, &nothing).unwrap(), Some("nothing"));
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
}
