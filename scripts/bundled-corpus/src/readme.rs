//! The README of the corpus; its figures are computed from the corpus.

use crate::split::{Bundle, FAMILIAR, TEST, UNSEEN};
use crate::statistics::Statistics;

const TEXT: &str = include_str!("readme.md");

/// The text of `data/README.md`: the template with each `{name}` replaced by its figure.
pub(crate) fn readme(bundle: &Bundle) -> String {
    let mut text = TEXT.to_owned();
    let parts = [("train", &bundle.train), ("dev", &bundle.dev), ("test", &bundle.test)];
    for (part, examples) in parts {
        text = text.replace(&format!("{{{part}}}"), &row(part, &Statistics::of(examples)));
    }
    let test = Statistics::of(&bundle.test);
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let figures = [
        ("{diagonal_aer}", percent(test.diagonal_aer)),
        ("{crossing}", percent(test.crossing)),
        ("{not_one_to_one}", percent(test.not_one_to_one)),
        ("{familiar}", FAMILIAR.to_string()),
        ("{unseen}", UNSEEN.to_string()),
        ("{test_pairs}", TEST.to_string()),
    ];
    for (name, figure) in figures {
        text = text.replace(name, &figure);
    }
    text
}

fn row(part: &str, figures: &Statistics) -> String {
    let Statistics { pairs, words, distinct, sure, possible, .. } = figures;
    let ([english, french], [english_forms, french_forms]) = (words, distinct);
    format!("| {part} | {pairs} | {english} | {french} | {english_forms} | {french_forms} | {sure} | {possible} |")
}
