//! Several references per sentence, and scores of single sentences, with the scores of sacreBLEU 2.6.0.
//!
//! ```python
//! from sacrebleu.metrics import BLEU, CHRF, TER
//!
//! for metric in BLEU(), BLEU(tokenize="zh"), BLEU(tokenize="char"), CHRF(), CHRF(word_order=2), TER():
//!     print(repr(metric.corpus_score(HYPOTHESES, REFERENCES[:number]).score))
//! for hypothesis, *references in zip(HYPOTHESES, *REFERENCES[:number]):
//!     for metric in BLEU(effective_order=True), CHRF(), CHRF(word_order=2), TER():
//!         print(repr(metric.sentence_score(hypothesis, references).score))
//! ```

use crate::assert_close;
use glosser_evaluation::{EvaluationError, Metric, SentenceCounts, Signature, Tokenization, paired_bootstrap};

const HYPOTHESES: [&str; 7] =
    ["the dog ran home (fast).", "我喜欢狗。", "a b", "", "One two three four five six.", "犬が走る", "x y z"];

const REFERENCES: [[&str; 7]; 3] = [
    [
        "The dog ran home, fast.",
        "我喜欢猫。",
        "a b c d e f",
        "Something",
        "One two three four six five.",
        "犬は走る",
        "",
    ],
    [
        "the dog (quickly) ran home.",
        "我爱狗。",
        "b",
        "",
        "One, two, three four five six seven eight.",
        "犬が走った",
        "x y",
    ],
    ["a dog ran home fast", "我喜欢狗", "a c", "x", "Six five four three two one.", "犬", "z y x w"],
];

/// With one, two and three references: BLEU by `13a`, `zh` and `char`, chrF2, chrF2++, TER.
const CORPUS: [[f64; 6]; 3] = [
    [27.2657766096742, 26.376415575693386, 59.20777112053013, 56.662262369362914, 54.66472545927022, 70.0],
    [47.2821041722209, 46.335356851166075, 83.47795127933908, 59.26355106184601, 58.99301787301467, 42.10526315789473],
    [
        47.89232204309913,
        54.303214666333915,
        85.62228223341621,
        62.392962185980636,
        61.87771131336053,
        41.379310344827594,
    ],
];

/// With three references: sentence BLEU, chrF2, chrF2++, TER.
const SENTENCES: [[f64; 4]; 7] = [
    [29.071536848410968, 66.48170412493498, 62.702836892333316, 40.0],
    [0.0, 91.3677130044843, 73.09417040358743, 100.0],
    [100.0, 83.33333333333334, 83.33333333333334, 33.33333333333333],
    [0.0, 0.0, 0.0, 0.0],
    [75.98356856515926, 73.5007341586289, 73.87555061897167, 30.0],
    [0.0, 62.5, 31.25, 100.0],
    [62.996052494743665, 87.49999999999999, 87.49999999999999, 50.0],
];

fn counts(references: usize, tokenization: Tokenization) -> SentenceCounts {
    let references: Vec<&[&str]> = REFERENCES[..references].iter().map(|references| references.as_slice()).collect();
    SentenceCounts::new(&HYPOTHESES, &references, tokenization).unwrap()
}

#[test]
fn scores_with_several_references_equal_those_of_sacrebleu() {
    for (number, expected) in (1..).zip(CORPUS) {
        let [v13a, zh, char] =
            [Tokenization::V13a, Tokenization::Zh, Tokenization::Char].map(|tokenization| counts(number, tokenization));
        let others = [v13a.chrf().score, v13a.chrf_plus_plus().score, v13a.ter().score];
        let found = [v13a.bleu().score, zh.bleu().score, char.bleu().score].into_iter().chain(others);
        found.zip(expected).for_each(|(found, expected)| assert_close(found, expected));
    }
}

#[test]
fn scores_of_single_sentences_equal_those_of_sacrebleu() {
    for (scores, expected) in counts(3, Tokenization::V13a).sentences().zip(SENTENCES) {
        let found = [scores.bleu, scores.chrf, scores.chrf_plus_plus, scores.ter];
        found.into_iter().zip(expected).for_each(|(found, expected)| assert_close(found, expected));
    }
}

#[test]
fn the_signature_has_the_number_of_references_the_tokenisation_and_the_seed() {
    let system = counts(2, Tokenization::Zh);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        system.bleu().signature.to_string(),
        format!("nrefs:2|case:mixed|eff:no|tok:zh|smooth:exp|version:glosser-{version}")
    );
    assert_eq!(
        system.chrf_plus_plus().to_string(),
        format!("chrF2++|nrefs:2|case:mixed|eff:yes|nc:6|nw:2|space:no|version:glosser-{version} = 58.99")
    );
    let of_sentence = Signature { is_of_sentence: true, ..system.signature(Metric::Bleu) };
    assert!(of_sentence.to_string().contains("|eff:yes|tok:zh|"), "{of_sentence}");
    let [.., ter] = paired_bootstrap(&system, &system, 7).unwrap();
    assert!(ter.signature.to_string().starts_with("nrefs:2|bs:1000|seed:7|case:lc|"), "{}", ter.signature);
}

#[test]
fn every_list_of_references_has_one_line_per_sentence() {
    let short = ["a"].as_slice();
    let error = SentenceCounts::new(&["a", "b"], &[&["a", "b"], short], Tokenization::V13a).unwrap_err();
    assert_eq!(error, EvaluationError::Lengths { hypotheses: 2, references: 1 });
    let none: [&[&str]; 0] = [];
    assert_eq!(SentenceCounts::new(&["a"], &none, Tokenization::V13a).unwrap_err(), EvaluationError::Empty);
}
