//! Fuzzes files of links and of gold links, counted from zero or from one, and weights in the Marian soft format.
#![no_main]

use glosser_alignment::{
    AttentionMatrix, GoldLinks, IndexBase, Links, NamedText, ScoreOptions, Shape, marian_soft_alignment, score,
    score_files,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // A byte of switches, then gold links, links, and bytes of weights.
    let Some((switches, rest)) = input.split_first() else { return };
    let mut parts = rest.splitn(3, |byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let (gold, links, weights) = (part(), part(), part());
    let (gold, links) = (&*String::from_utf8_lossy(gold), &*String::from_utf8_lossy(links));
    let weights: Vec<f32> = weights.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let base = |bit: u8| if switches & bit == 0 { IndexBase::Zero } else { IndexBase::One };
    let options = ScoreOptions { gold_base: base(1), link_base: base(2), reverse_links: switches & 4 != 0 };
    let file = |name, text| NamedText { name, text };
    if let Ok(score) = score_files(file("gold", gold), file("links", links), options) {
        for figure in [score.aer, score.precision, score.recall] {
            assert!((0.0..=1.0).contains(&figure), "{score}");
        }
    }
    for line in links.lines() {
        let Ok(links) = Links::parse(line, base(2)) else { continue };
        // The largest index overflows when it is counted from one.
        if links.iter().any(|link| link.source.max(link.target) >= u32::MAX as usize - 1) {
            continue;
        }
        assert_eq!(Links::parse(&links.to_pharaoh(base(2)), base(2)).expect("as it was written"), links);
        assert_eq!(links.transposed().transposed(), links);
        let gold = GoldLinks::parse(&links.to_pharaoh(base(1)), base(1)).expect("every link is sure");
        assert_eq!(score([(&gold, &links)]).aer, 0.0);
    }
    let shape = Shape { target_len: 1, source_len: weights.len() };
    let row = marian_soft_alignment(&AttentionMatrix::new(shape, weights.clone()).expect("one row"));
    for (written, weight) in row.split(',').zip(&weights) {
        let read: f32 = written.parse().expect("a number");
        let is_close = (read - weight).abs() <= 1e-5 * weight.abs() || weight.abs() < f32::MIN_POSITIVE;
        assert!(is_close || read.is_nan() == weight.is_nan() && !weight.is_finite(), "{weight} became {written}");
    }
});
