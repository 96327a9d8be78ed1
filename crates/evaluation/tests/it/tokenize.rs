//! The tokens of single lines, with the tokens of sacreBLEU 2.6.0.
//!
//! ```python
//! from sacrebleu.metrics import BLEU
//!
//! tokens = lambda line, name: " ".join(BLEU(tokenize=name)._preprocess_segment(line).split())
//! ```

use glosser_evaluation::Tokenization;

/// Line and tokens of `13a`.
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

/// Line and tokens of `intl`, `zh`, `char` and `none`.
#[rustfmt::skip]
const OTHERS: &[(&str, [&str; 4])] = &[
    ("It's a dog.", ["It ' s a dog .", "It's a dog .", "I t ' s a d o g .", "It's a dog."]),
    ("1,000.5 .5 5. 1.a a.1 -", ["1,000.5 . 5 5 . 1 . a a . 1 -", "1,000.5 . 5 5 . 1 . a a . 1 -", "1 , 0 0 0 . 5 . 5 5 . 1 . a a . 1 -", "1,000.5 .5 5. 1.a a.1 -"]),
    ("«Zwölf» – “13-14” … l’été !", ["« Zwölf » – “ 13-14 ” … l ’ été !", "«Zwölf» – “ 13 - 14 ” … l ’ été !", "« Z w ö l f » – “ 1 3 - 1 4 ” … l ’ é t é !", "«Zwölf» – “13-14” … l’été !"]),
    ("٣.٤ ²,³ 3.", ["٣.٤ ²,³ 3.", "٣ . ٤ ² , ³ 3.", "٣ . ٤ ² , ³ 3 .", "٣.٤ ²,³ 3."]),
    ("price: 5€ +3% a_b #x ©", ["price : 5 € + 3 % a _ b # x ©", "price : 5 € + 3 % a _ b # x ©", "p r i c e : 5 € + 3 % a _ b # x ©", "price: 5€ +3% a_b #x ©"]),
    ("&quot;a&quot; &lt;", ["& quot ; a & quot ; & lt ;", "& quot ; a & quot ; & lt ;", "& q u o t ; a & q u o t ; & l t ;", "&quot;a&quot; &lt;"]),
    ("我有3.5只狗,和2只猫。", ["我有3.5只狗 , 和2只猫 。", "我 有 3.5 只 狗 , 和 2 只 猫 。", "我 有 3 . 5 只 狗 , 和 2 只 猫 。", "我有3.5只狗,和2只猫。"]),
    ("  你好 world. ", ["你好 world .", "你 好 world .", "你 好 w o r l d .", "你好 world."]),
    ("数字１２，ＡＢＣ and — dash ㈱ ⑩", ["数字１２ ， ＡＢＣ and — dash ㈱ ⑩", "数 字 １ ２ ， Ａ Ｂ Ｃ and — dash ㈱ ⑩", "数 字 １ ２ ， Ａ Ｂ Ｃ a n d — d a s h ㈱ ⑩", "数字１２，ＡＢＣ and — dash ㈱ ⑩"]),
    ("犬が走る。はい", ["犬が走る 。 はい", "犬 が 走 る 。 はい", "犬 が 走 る 。 は い", "犬が走る。はい"]),
    ("𠀀𠀁 丂𪛖 x", ["𠀀𠀁 丂𪛖 x", "𠀀𠀁 丂 𪛖 x", "𠀀 𠀁 丂 𪛖 x", "𠀀𠀁 丂𪛖 x"]),
    ("สวัสดีครับ 10.5", ["สวัสดีครับ 10.5", "สวัสดีครับ 10.5", "ส ว ั ส ด ี ค ร ั บ 1 0 . 5", "สวัสดีครับ 10.5"]),
    ("한국어 문장, 둘.", ["한국어 문장 , 둘 .", "한국어 문장 , 둘 .", "한 국 어 문 장 , 둘 .", "한국어 문장, 둘."]),
    ("e\u{301} 👩\u{200d}👧.", ["e\u{301} 👩 \u{200d} 👧 .", "e\u{301} 👩 \u{200d} 👧 .", "e \u{301} 👩 \u{200d} 👧 .", "e\u{301} 👩\u{200d}👧."]),
    ("tab\u{9}here\u{2028}sep\u{1c}", ["tab here sep", "tab here sep", "t a b h e r e s e p", "tab here sep"]),
    ("x\u{1c}1a. b", ["x 1a . b", "x 1a . b", "x 1 a . b", "x 1a. b"]),
    (" .", [".", ".", ".", "."]),
    ("。", ["。", "。", "。", "。"]),
    ("\u{a0}", ["", "", "", ""]),
];

#[test]
fn tokens_equal_those_of_sacrebleu() {
    for (line, tokens) in ROWS {
        assert_eq!(Tokenization::V13a.tokenize(line), *tokens, "{line:?}");
    }
}

#[test]
fn tokens_of_the_other_tokenisations_equal_those_of_sacrebleu() {
    for (line, tokens) in OTHERS {
        for (tokenization, tokens) in Tokenization::ALL[1..].iter().zip(tokens) {
            assert_eq!(tokenization.tokenize(line), *tokens, "{tokenization:?} {line:?}");
        }
    }
}

#[test]
fn a_tokenisation_is_found_by_its_name_in_sacrebleu() {
    for tokenization in Tokenization::ALL {
        assert_eq!(Tokenization::from_name(tokenization.name()), Some(tokenization));
    }
    assert_eq!(Tokenization::from_name("ja-mecab"), None);
}
