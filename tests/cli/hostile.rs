//! Random lines of unusual characters and bytes, each with its own translation. `scripts/hostile_lines.sh` runs the
//! same test with ten thousand and longer lines on any model.

use crate::cli::support::{Scratch, assert_says, lines, pair, records};
use std::collections::HashSet;

/// Characters and invalid bytes that programs fail on.
const PARTS: [&[u8]; 30] = [
    b"one",
    b"two ",
    b" ",
    b"\t",
    b".",
    b"!? ",
    b"\0",
    b"\r",
    b"\x0B",
    b"\x0C",
    b"\x1C\x1D\x1E\x1F",
    b"\x7F\x1B[31m",
    b"\xFF",
    b"\xC3",
    b"\xED\xA0\x80",
    b"\xF4\x90\x80\x80",
    b"\xC0\xAF",
    "\u{85}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{2029}".as_bytes(),
    "\u{FEFF}".as_bytes(),
    "e\u{301}\u{323}\u{334}".as_bytes(),
    "👩‍👩‍👧🇩🇪👍🏽".as_bytes(),
    "שלום \u{202E}עולם\u{202C}".as_bytes(),
    "我看见一只狗。".as_bytes(),
    "</s> <s> <pad>".as_bytes(),
    "<1> <8>".as_bytes(),
    b" ||| ",
    b"https://a.org/?q=\0&r=1 X200-b 3,50",
    "\u{1F3FB}\u{200D}\u{E0020}".as_bytes(),
];

/// A linear congruential generator (Knuth), so that the lines never change.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }
}

/// Lines without line ends; every tenth is a known sentence.
fn hostile(count: usize) -> Vec<Vec<u8>> {
    let mut random = Random(7);
    let mut lines: Vec<Vec<u8>> = Vec::with_capacity(count);
    for number in 1..=count {
        let parts = match number {
            100 => 1000,
            _ if number % 50 == 1 => 80,
            _ => random.below(12),
        };
        // Random parts, or one part repeated.
        let single = (random.below(3) == 0).then(|| random.below(PARTS.len()));
        let part = |_| PARTS[single.unwrap_or_else(|| random.below(PARTS.len()))];
        let line = (0..parts).flat_map(part).copied().collect();
        lines.push(if number % 10 == 0 && number != 100 { known(number).into_bytes() } else { line });
    }
    lines
}

fn known(number: usize) -> String {
    pair(1000 + number).0
}

fn is_forbidden(c: char) -> bool {
    "\0\r\u{B}\u{C}\u{1C}\u{1D}\u{1E}\u{85}\u{2028}\u{2029}".contains(c)
}

#[test]
fn every_hostile_line_gives_one_line_that_no_program_splits() {
    const COUNT: usize = 300;
    let scratch = Scratch::with_model();
    let given = hostile(COUNT);
    let input = given.iter().flat_map(|line| [line.as_slice(), b"\n"].concat()).collect::<Vec<u8>>();

    let text = scratch.pipe("translate --model model --beam-size 2", &input).success();
    assert_eq!(text.lines().len(), COUNT);
    assert!(!text.stdout.contains(is_forbidden));
    let messages = lines(&text.stderr);
    // Up to twenty lines of each kind, twenty unknown words, and two summaries.
    assert!(messages.len() <= 8 * 20 + 20 + 2, "{} messages", messages.len());
    let summary = messages.last().expect("a summary").trim_start_matches("warning: ");

    let strict = scratch.pipe("translate --model model --beam-size 2 --strict --quiet", &input);
    assert_eq!((strict.code, &strict.stdout), (Some(1), &text.stdout));
    assert_says(&strict.stderr, &["error: ", summary]);

    let jsonl = scratch.pipe("translate --model model --beam-size 2 --format jsonl --quiet", &input).success();
    assert!(!jsonl.stdout.contains(is_forbidden));
    let records = records(&jsonl.stdout);
    let translations: Vec<&str> = records.iter().map(|record| record.translation.as_str()).collect();
    assert_eq!(text.lines(), translations, "text and JSON differ");
    let kinds: HashSet<&str> = records.iter().flat_map(|record| &record.degraded).map(String::as_str).collect();
    assert!(["bytes_replaced", "nul_removed", "no_weights"].iter().all(|kind| kinds.contains(kind)), "{kinds:?}");

    let sentences: String = (10..=COUNT).step_by(10).map(|number| known(number) + "\n").collect();
    let alone = scratch.pipe("translate --model model --beam-size 2", sentences).success();
    for (index, (record, line)) in records.iter().zip(&given).enumerate() {
        let number = index + 1;
        let bytes = if number == 1 { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line) } else { line };
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        assert_eq!((record.line, &record.source), (number, &String::from_utf8_lossy(bytes).replace('\0', "")));
        let is_faulty = |kind: &str| record.degraded.iter().any(|found| found == kind);
        assert_eq!(is_faulty("bytes_replaced"), std::str::from_utf8(bytes).is_err(), "line {number}");
        assert_eq!(is_faulty("nul_removed"), bytes.contains(&0), "line {number}");
        if number % 10 == 0 && number != 100 {
            assert_eq!(record.translation, alone.lines()[number / 10 - 1], "line {number}");
        }
    }
}
