//! The tokenisation for BLEU that suits the script of a text.

use glosser_evaluation::Tokenization;
use glosser_text::is_unspaced;
use unicode_script::{Script, UnicodeScript};

/// The smallest share of kana among kana and Han characters in Japanese text. The Tanaka corpus has a share of 0.71, and
/// Chinese text may quote a single kana.
const KANA_SHARE: f64 = 0.05;

/// Returns the tokenisation for BLEU that suits the script of the references.
///
/// It is `13a`, unless more than half of the letters are of scripts without spaces between words: `13a` would then
/// compare whole sentences as words. For Chinese it is `zh`, for Japanese, Thai, Lao, Khmer, Burmese and Tibetan `char`.
pub fn bleu_tokenization(references: impl IntoIterator<Item = impl AsRef<str>>) -> Tokenization {
    let [mut spaced, mut han, mut kana, mut others] = [0_usize; 4];
    for line in references {
        for character in line.as_ref().chars().filter(|character| character.is_alphabetic()) {
            let count = match character.script() {
                _ if !is_unspaced(character) => &mut spaced,
                Script::Han => &mut han,
                Script::Hiragana | Script::Katakana | Script::Common => &mut kana,
                _ => &mut others,
            };
            *count += 1;
        }
    }
    let east_asian = han + kana;
    if east_asian + others <= spaced {
        Tokenization::V13a
    } else if others > east_asian || kana as f64 > KANA_SHARE * east_asian as f64 {
        Tokenization::Char
    } else {
        Tokenization::Zh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tokenisation_follows_the_script_of_most_letters() {
        for (lines, expected) in [
            (&["The dog runs.", "Een hond."][..], Tokenization::V13a),
            (&["개가 달린다.", "고양이가 잔다."], Tokenization::V13a),
            (&["Собака 12 345", "कुत्ता"], Tokenization::V13a),
            (&["", "12 / 3", "🐕"], Tokenization::V13a),
            (&["狗跑得很快。", "GPS是什么？"], Tokenization::Zh),
            (&["她的网名是“猫の窝”，在北京住了三年，现在搬到上海去了。"], Tokenization::Zh),
            (&["犬が走る。", "東京駅"], Tokenization::Char),
            (&["สุนัขวิ่ง"], Tokenization::Char),
            (&["ໝາແລ່ນ", "ဘယ်သွားမလဲ", "ខ្ញុំទៅ", "བོད་སྐད"], Tokenization::Char),
            (&["The Kyoto station 京都駅 is large."], Tokenization::V13a),
        ] {
            assert_eq!(bleu_tokenization(lines), expected, "{lines:?}");
        }
    }
}
