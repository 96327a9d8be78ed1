//! `heat-map`: a sentence as a picture.

use crate::cli::support::{Scratch, assert_says};

#[test]
fn a_sentence_with_or_without_its_translation_is_a_picture_of_its_words() {
    let scratch = Scratch::with_model();
    let ran = scratch.run("heat-map --model model one two").success();
    assert_eq!(ran.stderr, "");
    assert!(ran.stdout.starts_with("<svg") && ran.stdout.trim_end().ends_with("</svg>"));
    assert_says(&ran.stdout, &["one", "two"]);
    let titled = scratch.run("heat-map --model model one --title a&b --links attention -o map.svg").success();
    assert_eq!((titled.stdout.as_str(), titled.stderr.as_str()), ("", ""));
    assert_says(&String::from_utf8(scratch.read("map.svg")).expect("UTF-8"), &["a&amp;b", "&lt;/s&gt;"]);
    let draw = |args: &str| scratch.run(&format!("heat-map --model model one eins {args}")).success().stdout;
    assert_eq!(draw(""), draw("--links aligner"));
    assert!(draw("") != draw("--links attention") && draw("--links posterior") != draw("--links attention"));
}

#[test]
fn a_png_is_as_large_as_asked_or_there_is_no_font() {
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
fn what_cannot_be_drawn_is_said() {
    let scratch = Scratch::with_model();
    for (args, part) in [
        (vec!["heat-map", "--model", "model", "  "], "the sentence is blank"),
        (vec!["heat-map", "--model", "model", "one", " "], "blank translation"),
        (vec!["heat-map", "--model", "nowhere", "one"], "nowhere: no model directory here"),
    ] {
        let output = crate::cli::support::program().args(&args).current_dir(scratch.path("")).output().expect("runs");
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert_says(&String::from_utf8_lossy(&output.stderr), &[part]);
    }
}
