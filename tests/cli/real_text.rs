//! Text that is not written as the training pairs are.

use crate::cli::support::{Scratch, assert_says};

/// Trains a small model on sentences with capitals and full stops.
fn scratch() -> Scratch {
    let scratch = Scratch::new();
    let words = [("The", "Le"), ("old", "vieux"), ("cat", "chat"), ("sees", "voit"), ("Julien", "Julien")];
    let pair = |index: usize| {
        let at = |word: usize| words[1 + (index + word) % 4];
        let (a, b) = (at(0), at(1 + index % 3));
        format!("The {} {}.\tLe {} {}.\n", a.0, b.0, a.1, b.1)
    };
    scratch.write("pairs.tsv", (0..60).map(pair).collect::<String>());
    scratch.write("dev.tsv", (0..4).map(pair).collect::<String>());
    scratch.write("small.toml", "[tokenizer]\nvocab = 300\n[model]\nembed = 16\nencoder_hidden = 8\ndecoder_hidden = 16\nattention_size = 8\nensemble = 1\n");
    let train = "train pairs.tsv --dev dev.tsv --model model --config small.toml --steps 20 --threads 1 -q";
    scratch.run(train).success();
    scratch
}

#[test]
fn a_line_is_read_as_training_text_and_offsets_point_into_the_original() {
    let scratch = scratch();
    let translate = |args: &str, line: &str| {
        let ran = scratch.pipe(&format!("translate --model model --threads 1 {args}"), format!("{line}\n")).success();
        assert_eq!(ran.lines().len(), 1, "{line}");
        ran.stdout.trim_end_matches('\n').to_owned()
    };
    let plain = translate("", "The old cat.");
    for line in ["The\u{A0}old  cat.", "The ol\u{AD}d cat.", "\u{FEFF}The old cat.", "The old cat．"] {
        assert_eq!(translate("", line), plain, "{line}");
    }
    assert_eq!(translate("", "THE OLD CAT."), plain.to_uppercase());
    assert_eq!(translate("", "“The old cat.”"), format!("“{plain}”"));
    assert_eq!(translate("", "The old cat. The old cat."), format!("{plain} {plain}"));
    assert_ne!(translate("--split never", "The old cat. The old cat."), format!("{plain} {plain}"));
    assert_eq!(translate("", "* 2024 *"), "* 2024 *");

    let record = &scratch.records("--threads 1", "The\u{A0}o\u{AD}ld cat.\n")[0];
    assert_eq!(record.source, "The\u{A0}o\u{AD}ld cat.");
}

#[test]
fn explain_takes_one_sentence() {
    let scratch = scratch();
    let ran = scratch.run_args(&["explain", "--model", "model", "The old cat. The old cat."]).failure();
    assert_says(&ran, &["2 sentences", "--split never"]);
}
