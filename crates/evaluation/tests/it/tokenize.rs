//! The tokens of single lines, with the tokens of sacreBLEU 2.6.0.
//!
//! ```python
//! from sacrebleu.metrics import BLEU
//!
//! tokens = lambda line: BLEU()._preprocess_segment(line)
//! ```

use glosser_evaluation::tokenize_13a;

/// Line and tokens.
#[rustfmt::skip]
const ROWS: &[(&str, &str)] = &[
    ("It's a dog.", "It's a dog ."),
    ("&quot;no&quot; &amp; &lt;b&gt; &amp;lt; &amp;quot;", "\" no \" & < b > < & quot ;"),
    ("1,000.5 .5 5. 1.a a.1", "1,000.5 . 5 5 . 1 . a a . 1"),
    ("3-4 3- -4 3--4 a-b", "3 - 4 3 - -4 3 - -4 a-b"),
    ("a.,b ?!, ... .,.", "a . , b ? ! , . . . . , ."),
    ("one-\ntwo three\nfour", "onetwo three four"),
    ("ends in a hyphen-\n", "ends in a hyphen-"),
    ("<skipped>x<skip<skipped>ped>", "x < skipped >"),
    ("$5 50% #1 @x a/b a\\b (c) [d] {e|f} ~g ^h _i `j` k=l m*n o+p q:r;s", "$ 5 50 % # 1 @ x a / b a \\ b ( c ) [ d ] { e | f } ~ g ^ h _ i ` j ` k = l m * n o + p q : r ; s"),
    ("tab\tnbsp\u{a0}ls\u{2028}sep\u{1c}nel\u{85}end", "tab nbsp ls sep nel end"),
    ("zero\u{200b}width", "zero\u{200b}width"),
    ("你好,世界。3.4", "你好 , 世界。3.4"),
    ("٣.٤ ²,³", "٣ . ٤ ² , ³"),
    ("l'été, c'est-à-dire", "l'été , c'est-à-dire"),
    ("  \t ", ""),
];

#[test]
fn tokens_equal_those_of_sacrebleu() {
    for (line, tokens) in ROWS {
        assert_eq!(tokenize_13a(line), *tokens, "{line:?}");
    }
}
