//! Lines at the edges, against the numbers of sacreBLEU 2.6.0.
//!
//! The columns of numbers come from the first two columns, by this Python snippet, run in this folder:
//!
//! ```python
//! import re
//! from sacrebleu.metrics import BLEU, CHRF
//!
//! escapes = {"t": "\t", '"': '"'}
//! def text(literal):
//!     return re.sub(r'\\(?:u\{(\w+)\}|(.))', lambda m: chr(int(m[1], 16)) if m[1] else escapes[m[2]], literal)
//!
//! table = open("odd_lines.rs", encoding="utf-8").read()
//! rows = [(text(h), text(r)) for h, r in re.findall(r'^    \("(.*)", "(.*)", ', table, re.M)]
//! for h, r in rows:
//!     print(repr(BLEU().corpus_score([h], [[r]]).score), repr(CHRF().corpus_score([h], [[r]]).score))
//! h, r = zip(*rows)
//! print(BLEU().corpus_score(h, [r]).format(), repr(BLEU().corpus_score(h, [r]).score))
//! print(CHRF().corpus_score(h, [r]).format(), repr(CHRF().corpus_score(h, [r]).score))
//! ```

use glosser_evaluation::{Bleu, Chrf};

/// Hypothesis, reference, BLEU, chrF2.
#[rustfmt::skip]
const ROWS: &[(&str, &str, f64, f64)] = &[
    ("", "A dog.", 0.0, 0.0),
    ("A dog.", "", 0.0, 0.0),
    ("", "", 0.0, 0.0),
    ("...!?", "...!?", 100.00000000000004, 100.0),
    (".,.,", ",.,.", 75.98356856515926, 66.66666666666666),
    ("He said &quot;no &amp; never&quot;.", "He said \"no & never\".", 100.00000000000004, 39.13764136606549),
    ("&lt;b&gt; bold &amp;lt; text", "<b> bold < text", 100.00000000000004, 25.80820915457174),
    ("&amp;quot; stays", "&quot; stays", 15.97357760615681, 81.43831056311723),
    ("It costs 1,000.5 euros, or .5.", "It costs 1,000.5 euros or 0.5.", 33.03164318013809, 79.3194522868436),
    ("pages 3-4 and 5--6", "pages 3-4 and 5 - 6", 84.08964152537145, 91.95535468227953),
    ("a well-known dog-", "a well-known dog", 0.0, 98.2553168750668),
    ("我喜欢狗。", "我喜欢猫。", 0.0, 32.666666666666664),
    ("犬 が 走る 。 はい", "犬 が 走る 。 いいえ", 66.87403049764218, 42.589553303839025),
    ("a 👩\u{200d}👩\u{200d}👧 and a 🐕 run", "a 👩\u{200d}👩\u{200d}👧 and a 🐈 run", 53.7284965911771, 71.94407444407445),
    ("le cafe\u{301} est ferme\u{301} ici", "le café est fermé ici", 14.058533129758727, 50.91226554515407),
    ("non\u{a0}breaking\u{a0}space is white", "non breaking space is white", 100.00000000000004, 100.0),
    ("one line\u{2028}still one line", "one line still one line", 100.00000000000004, 100.0),
    ("tabs\there\tand\tthere\t", "tabs here and there", 100.00000000000004, 100.0),
    ("a\u{1c}b\u{1f}c d", "a b c d", 100.00000000000004, 100.0),
    ("zero\u{200b}width is no space here", "zero width is no space here", 54.75182535069452, 86.3978369205582),
    ("a\u{0}b c d e", "a\u{0}b c d f", 59.460355750136046, 59.166666666666664),
    ("Yes", "Yes", 0.0, 100.0),
    ("Yes .", "Yes.", 0.0, 100.0),
    ("The dog", "The cat", 0.0, 19.16666666666666),
    ("a b c d", "d c b a", 22.59005009024613, 25.0),
    ("a b c x e f", "a b c d e f", 37.99178428257963, 28.055555555555557),
    ("<skipped>one two three four", "one two three four", 100.00000000000004, 87.29146504421387),
    ("the the the the the", "the cat the dog the", 14.058533129758727, 22.1001221001221),
    ("It's the dog's `bone' [sic] {x|y} ~z^_", "It's the dog's \"bone\" (sic) {x|y} ~z^_", 54.20662441541858, 62.32129124463199),
    ("ᎣᏏᏲ ᏙᎯᏧ ᎠᏴ ᎤᏬᏚ ᎩᏟ", "ᎣᏏᏲ ᏙᎯᏧ ᎠᏴ ᎤᏬᏚ ᏪᏌ", 66.87403049764218, 80.42411292411292),
    ("٣.٤ and ²,³ apart here", "3.4 and 2,3 apart here", 10.552670315936318, 48.847470612176494),
];

fn assert_close(found: f64, wanted: f64, row: impl std::fmt::Debug) {
    assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted} in {row:?}");
}

#[test]
fn each_line_alone_scores_as_in_sacrebleu() {
    for row @ (hypothesis, reference, bleu, chrf) in ROWS {
        assert_close(Bleu::compute(&[hypothesis], &[reference]).unwrap().score, *bleu, row);
        assert_close(Chrf::compute(&[hypothesis], &[reference]).unwrap().score, *chrf, row);
    }
}

#[test]
fn all_lines_together_score_as_in_sacrebleu() {
    let hypotheses: Vec<&str> = ROWS.iter().map(|row| row.0).collect();
    let references: Vec<&str> = ROWS.iter().map(|row| row.1).collect();
    let bleu = Bleu::compute(&hypotheses, &references).unwrap();
    let chrf = Chrf::compute(&hypotheses, &references).unwrap();

    assert_close(bleu.score, 59.61710923918504, "BLEU");
    assert_close(chrf.score, 70.16592901538358, "chrF2");
    let figures = "= 59.62 77.9/61.7/55.9/47.1 (BP = 1.000 ratio = 1.042 hyp_len = 149 ref_len = 143)";
    assert!(bleu.to_string().ends_with(figures), "{bleu}");
    assert!(chrf.to_string().ends_with(" = 70.17"), "{chrf}");
}
