//! `heat-map`: the weights of a sentence as a picture.

use crate::cli::support::{Scratch, assert_says};

#[test]
fn a_sentence_with_or_without_a_translation_is_drawn_with_its_words() {
    let scratch = Scratch::with_model();
    let ran = scratch.run("heat-map --model model one two").success();
    assert_eq!(ran.stderr, "");
    assert!(ran.stdout.starts_with("<svg") && ran.stdout.trim_end().ends_with("</svg>"));
    assert_says(&ran.stdout, &["one", "two"]);
    let titled = scratch.run("heat-map --model model one --title a&b --links attention -o map.svg").success();
    assert_eq!((titled.stdout.as_str(), titled.stderr.as_str()), ("", "map.svg: picture written\n"));
    assert_says(&scratch.text("map.svg"), &["a&amp;b", "&lt;/s&gt;"]);
    let draw = |args: &str| scratch.run(&format!("heat-map --model model one eins {args}")).success().stdout;
    assert_eq!(draw(""), draw("--links joint"));
    assert!(draw("") != draw("--links attention") && draw("--links posterior") != draw("--links attention"));
}

#[test]
fn the_width_of_a_png_is_proportional_to_the_scale() {
    let scratch = Scratch::with_model();
    let width = |scale: usize| {
        let ran = scratch.run(&format!("heat-map --model model one eins --scale {scale} -o map.PNG"));
        if ran.code != Some(0) {
            assert_says(&ran.failure(), &["map.PNG: the PNG cannot be drawn", "no font on this machine"]);
            return None;
        }
        let png = scratch.read("map.PNG");
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
        Some(u32::from_be_bytes([png[16], png[17], png[18], png[19]]))
    };
    let (one, three) = (width(1), width(3));
    assert_eq!(one.map(|width| 3 * width), three);
}

#[test]
fn values_theme_and_title_change_the_picture() {
    let scratch = Scratch::with_model();
    let draw = |args: &str| scratch.run(&format!("heat-map --model model one eins {args}")).success().stdout;
    assert_says(&draw(""), &["prefers-color-scheme: dark", "source →", "target ↓", "a row sums to 100 %"]);
    assert_says(&draw("--values"), &["weight in %"]);
    assert!(!draw("--theme dark").contains("<style>") && draw("--theme dark") != draw("--theme light"));
    assert_says(&scratch.run("heat-map --model model one --theme blue").wrong_usage(), &["auto, light, dark"]);
}

#[test]
fn blank_sentences_and_missing_models_are_refused_with_the_reason() {
    let scratch = Scratch::with_model();
    for (args, part) in [
        (&["heat-map", "--model", "model", "  "][..], "the sentence is blank"),
        (&["heat-map", "--model", "model", "one", " "], "the translation is blank"),
        (&["heat-map", "--model", "nowhere", "one"], "nowhere: no model directory here"),
    ] {
        assert_says(&scratch.run_args(args).failure(), &[part]);
    }
}
