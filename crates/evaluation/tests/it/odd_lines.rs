//! Unusual lines, with the scores of sacreBLEU 2.6.0.
//!
//! This Python snippet, run in this directory, computes the scores from the first two columns:
//!
//! ```python
//! import re
//! from sacrebleu.metrics import BLEU, CHRF, TER
//!
//! escapes = {"t": "\t", '"': '"'}
//! def text(literal):
//!     return re.sub(r'\\(?:u\{(\w+)\}|(.))', lambda m: chr(int(m[1], 16)) if m[1] else escapes[m[2]], literal)
//!
//! table = open("odd_lines.rs", encoding="utf-8").read()
//! rows = [(text(h), text(r)) for h, r in re.findall(r'^    \("(.*)", "(.*)", ', table, re.M)]
//! for h, r in rows:
//!     print(*(repr(metric().corpus_score([h], [[r]]).score) for metric in (BLEU, CHRF, TER)))
//! h, r = zip(*rows)
//! for metric in BLEU, CHRF, TER:
//!     print(metric().corpus_score(h, [r]).format(), repr(metric().corpus_score(h, [r]).score))
//! ```

use glosser_evaluation::{Bleu, Chrf, Ter, Tokenization};

/// Hypothesis, reference, BLEU, chrF2, TER.
#[rustfmt::skip]
const ROWS: &[(&str, &str, f64, f64, f64)] = &[
    ("", "A dog.", 0.0, 0.0, 100.0),
    ("A dog.", "", 0.0, 0.0, 100.0),
    ("", "", 0.0, 0.0, 0.0),
    ("...!?", "...!?", 100.00000000000004, 100.0, 0.0),
    (".,.,", ",.,.", 75.98356856515926, 66.66666666666666, 100.0),
    ("He said &quot;no &amp; never&quot;.", "He said \"no & never\".", 100.00000000000004, 39.13764136606549, 60.0),
    ("&lt;b&gt; bold &amp;lt; text", "<b> bold < text", 100.00000000000004, 25.80820915457174, 50.0),
    ("&amp;quot; stays", "&quot; stays", 15.97357760615681, 81.43831056311723, 50.0),
    ("It costs 1,000.5 euros, or .5.", "It costs 1,000.5 euros or 0.5.", 33.03164318013809, 79.3194522868436, 33.33333333333333),
    ("pages 3-4 and 5--6", "pages 3-4 and 5 - 6", 84.08964152537145, 91.95535468227953, 50.0),
    ("a well-known dog-", "a well-known dog", 0.0, 98.2553168750668, 33.33333333333333),
    ("我喜欢狗。", "我喜欢猫。", 0.0, 32.666666666666664, 100.0),
    ("犬 が 走る 。 はい", "犬 が 走る 。 いいえ", 66.87403049764218, 42.589553303839025, 20.0),
    ("a 👩\u{200d}👩\u{200d}👧 and a 🐕 run", "a 👩\u{200d}👩\u{200d}👧 and a 🐈 run", 53.7284965911771, 71.94407444407445, 16.666666666666664),
    ("le cafe\u{301} est ferme\u{301} ici", "le café est fermé ici", 14.058533129758727, 50.91226554515407, 40.0),
    ("non\u{a0}breaking\u{a0}space is white", "non breaking space is white", 100.00000000000004, 100.0, 0.0),
    ("one line\u{2028}still one line", "one line still one line", 100.00000000000004, 100.0, 0.0),
    ("tabs\there\tand\tthere\t", "tabs here and there", 100.00000000000004, 100.0, 0.0),
    ("a\u{1c}b\u{1f}c d", "a b c d", 100.00000000000004, 100.0, 0.0),
    ("zero\u{200b}width is no space here", "zero width is no space here", 54.75182535069452, 86.3978369205582, 33.33333333333333),
    ("a\u{0}b c d e", "a\u{0}b c d f", 59.460355750136046, 59.166666666666664, 25.0),
    ("Yes", "Yes", 0.0, 100.0, 0.0),
    ("Yes .", "Yes.", 0.0, 100.0, 200.0),
    ("The dog", "The cat", 0.0, 19.16666666666666, 50.0),
    ("a b c d", "d c b a", 22.59005009024613, 25.0, 75.0),
    ("a b c x e f", "a b c d e f", 37.99178428257963, 28.055555555555557, 16.666666666666664),
    ("<skipped>one two three four", "one two three four", 100.00000000000004, 87.29146504421387, 25.0),
    ("the the the the the", "the cat the dog the", 14.058533129758727, 22.1001221001221, 40.0),
    ("It's the dog's `bone' [sic] {x|y} ~z^_", "It's the dog's \"bone\" (sic) {x|y} ~z^_", 54.20662441541858, 62.32129124463199, 28.57142857142857),
    ("ᎣᏏᏲ ᏙᎯᏧ ᎠᏴ ᎤᏬᏚ ᎩᏟ", "ᎣᏏᏲ ᏙᎯᏧ ᎠᏴ ᎤᏬᏚ ᏪᏌ", 66.87403049764218, 80.42411292411292, 20.0),
    ("two men are talking .", "are talking two men .", 31.94715521231364, 75.07783882783882, 20.0),
    ("ΟΔΟΣ ΟΔΌΣ ẞ İ", "οδος οδός ß i\u{307}", 0.0, 0.0, 0.0),
    ("ᎣᏏᏲ ꭳꮟᏺ dog", "ꭳꮟᏺ ᎣᏏᏲ DOG", 0.0, 24.2063492063492, 0.0),
    ("السلام عليكم يا عالم", "\u{202b}يا عالم السلام\u{202c} عليكم", 18.99589214128981, 56.241679105904495, 100.0),
    ("bell\u{7} del\u{7f} esc\u{1b}[0m x", "bell\u{7} del\u{7f} esc\u{1b}[1m x", 53.7284965911771, 82.0186920922215, 25.0),
    ("\u{feff}mark at the start of it", "mark at the start of it", 75.98356856515926, 98.71149190244014, 16.666666666666664),
    ("\u{a0} \u{2028}\t", "\u{3000}", 0.0, 0.0, 0.0),
    ("cr\u{d}inside a line of text", "cr inside a line of text", 100.00000000000004, 100.0, 0.0),
    ("٣.٤ and ²,³ apart here", "3.4 and 2,3 apart here", 10.552670315936318, 48.847470612176494, 40.0),
];

fn assert_close(found: f64, expected: f64, row: impl std::fmt::Debug) {
    assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}, in {row:?}");
}

#[test]
fn each_line_alone_scores_as_in_sacrebleu() {
    for row @ (hypothesis, reference, bleu, chrf, ter) in ROWS {
        assert_close(Bleu::compute(&[hypothesis], &[reference], Tokenization::V13a).unwrap().score, *bleu, row);
        assert_close(Chrf::compute(&[hypothesis], &[reference]).unwrap().score, *chrf, row);
        assert_close(Ter::compute(&[hypothesis], &[reference]).unwrap().score, *ter, row);
    }
}

#[test]
fn all_lines_together_score_as_in_sacrebleu() {
    let hypotheses: Vec<&str> = ROWS.iter().map(|row| row.0).collect();
    let references: Vec<&str> = ROWS.iter().map(|row| row.1).collect();
    let bleu = Bleu::compute(&hypotheses, &references, Tokenization::V13a).unwrap();
    let chrf = Chrf::compute(&hypotheses, &references).unwrap();
    let ter = Ter::compute(&hypotheses, &references).unwrap();

    assert_close(bleu.score, 58.46161820938875, "BLEU");
    assert_close(chrf.score, 70.43037368746103, "chrF2");
    assert_close(ter.score, 31.97278911564626, "TER");
    let figures = "= 58.46 77.0/59.9/54.0/46.9 (BP = 1.000 ratio = 1.034 hyp_len = 183 ref_len = 177)";
    assert!(bleu.to_string().ends_with(figures), "{bleu}");
    assert!(chrf.to_string().ends_with(" = 70.43"), "{chrf}");
    assert!(ter.to_string().ends_with(" = 31.97"), "{ter}");
}
