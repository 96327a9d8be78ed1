//! Lines sentence by sentence, the probability of each word, and records.

use crate::support::{SCORES, SENTENCES, random, with_profile};
use glosser_text::{Lines, Split, Terms};
use glosser_translator::{Copying, SearchOptions, Translation, Translator};

const OPTIONS: SearchOptions = SearchOptions { beam_size: 4, max_length: Some(14), ..SearchOptions::STANDARD };

/// Lines with one and several sentences, items, markup, nothing to translate, and of many pieces.
fn lines() -> Vec<String> {
    let mut lines: Vec<String> = [
        "Ein Hund läuft.",
        "Ein Hund läuft.  Zwei Männer.\u{85}Die Frau sieht 42 Hunde.",
        "Zyx sieht 1 000 Männer und Qwertz Zyx",
        "Ein <b>Hund</b> läuft – „über die Wiese“.",
        "EIN HUND LÄUFT. <br/>",
        "42 17",
        "",
        " \t ",
        " Zwei Männer. 42! ",
    ]
    .map(str::to_owned)
    .to_vec();
    lines.push(SENTENCES.join(", ").repeat(12));
    lines
}

fn translators() -> Vec<Translator> {
    let mut terms = Terms::default();
    terms.add_glossary(Lines::new("Wiese\tgreen and wide\u{2028}meadow\n".as_bytes(), "g.tsv")).expect("a glossary");
    let with_terms = random(SCORES[2], true).translator.with_copying(Copying { terms, automatic: true });
    vec![with_profile(), with_profile().with_split(Split::Never), with_terms]
}

#[test]
fn the_sentences_of_a_line_are_its_translation() {
    let lines = lines();
    for translator in translators() {
        let whole = translator.translate_with(&lines, &OPTIONS, 3).expect("translations");
        let sentences = translator.translate_sentences(&lines, &OPTIONS, 3).expect("translations");
        for ((line, whole), by_sentence) in lines.iter().zip(whole).zip(sentences) {
            assert_eq!((&by_sentence.source, &by_sentence.text), (line, &whole[0].text));
            assert_eq!(by_sentence.translation(), whole[0], "{line}");
            for sentence in &by_sentence.sentences {
                assert_eq!(line[sentence.source.clone()], sentence.best().source);
                assert_eq!(by_sentence.text[sentence.target.clone()], sentence.best().text);
                assert!((1..=3).contains(&sentence.translations.len()));
                let alone = translator.clone().with_split(Split::Never);
                let alone = alone.translate_with(&[&line[sentence.source.clone()]], &OPTIONS, 3).expect("translations");
                assert_eq!(alone[0], sentence.translations);
            }
            assert_eq!(by_sentence.sentences.is_empty(), line.trim().is_empty());
            assert_eq!(by_sentence.into_translations(3), whole);
        }
    }
}

#[track_caller]
fn assert_sums(translator: &Translator, translation: &Translation) {
    let Translation { token_log_probs, log_prob, text, .. } = translation;
    if text.is_empty() {
        assert!(token_log_probs.is_empty());
        return;
    }
    assert_eq!(token_log_probs.len(), translation.target_tokens.len() + 1, "{text}");
    assert!(token_log_probs.iter().all(|log_prob| *log_prob <= 1e-6), "{token_log_probs:?}");
    let words = translation.word_log_probs(&translator.tokenizers().words().target);
    let end = token_log_probs.last().expect("an end");
    let sum = words.iter().map(|(_, log_prob)| f64::from(*log_prob)).sum::<f64>() + f64::from(*end);
    assert!((sum - f64::from(*log_prob)).abs() < 1e-3, "{sum}, not {log_prob}: {text}");
}

#[test]
fn the_probability_of_a_translation_is_that_of_its_words_and_its_end() {
    for translator in translators() {
        for translations in translator.translate_with(&lines(), &OPTIONS, 3).expect("translations") {
            translations.iter().for_each(|translation| assert_sums(&translator, translation));
        }
    }
}

#[test]
fn a_search_gives_each_token_the_probability_that_forced_decoding_gives_it() {
    use glosser_translator::Weighting;
    for score in SCORES {
        let translator = random(score, true).translator;
        for found in translator.translate(&SENTENCES).expect("translations") {
            let pair = [(found.source.as_str(), found.text.as_str())];
            let forced = translator.scorer().score(&pair, 1, Weighting::Attention).expect("scores").remove(0);
            // A random model may split a word otherwise than the tokenizer.
            if forced.target_tokens == found.target_tokens {
                for (a, b) in forced.token_log_probs.iter().zip(&found.token_log_probs) {
                    assert!((a - b).abs() < 1e-3, "{a} and {b}");
                }
            }
        }
    }
}

#[test]
fn a_mark_has_probability_one() {
    let translator = with_profile();
    let found = translator.translate_with(&["Ein <b>Hund</b> läuft."], &OPTIONS, 1).expect("translations").remove(0);
    let of_marks: Vec<f32> = found[0]
        .target_tokens
        .iter()
        .zip(&found[0].token_log_probs)
        .filter(|(token, _)| ["<b>", "</b>"].contains(&found[0].text[(*token).clone()].trim()))
        .map(|(_, log_prob)| *log_prob)
        .collect();
    assert_eq!(of_marks, [0.0, 0.0]);
}

#[test]
fn records_have_the_offsets_of_their_sentences_in_the_text() {
    let translator = with_profile();
    let (words, lines) = (translator.tokenizers().words(), lines());
    for line in translator.translate_sentences(&lines, &OPTIONS, 2).expect("translations") {
        let (source, text): (Vec<char>, Vec<char>) = (line.source.chars().collect(), line.text.chars().collect());
        for (record, sentence) in line.records(&words).iter().zip(&line.sentences) {
            assert_eq!(record.alternatives.len(), sentence.translations.len() - 1);
            assert_eq!(record.word_log_probs.len(), record.best.target_words.len());
            for (word, [start, end]) in record.best.source_words.iter().zip(&record.best.source_offsets) {
                let found: String = source[record.source_start + start..record.source_start + end].iter().collect();
                assert_eq!(found, **word);
            }
            for (word, [start, end]) in record.best.target_words.iter().zip(&record.best.target_offsets) {
                let found: String = text[record.target_start + start..record.target_start + end].iter().collect();
                assert_eq!(found, **word);
            }
        }
    }
}

#[test]
fn marks_of_a_line_of_several_sentences_enclose_their_words() {
    use glosser_text::Attachment::{Next, Previous};
    let translator = with_profile();
    let line = "Ein Hund läuft. Zwei Männer.";
    let found = translator.translate_sentences(&[line], &OPTIONS, 1).expect("translations").remove(0);
    let places = found.translation().mark_places(&[(0, Next), (15, Previous), (16, Next), (line.len(), Previous)]);
    let [one, two] = &found.sentences[..] else { panic!("two sentences") };
    assert!(places[..2].iter().all(|at| *at <= one.target.end), "{places:?} {found:?}");
    assert!(places[2..].iter().all(|at| *at >= two.target.start), "{places:?} {found:?}");
}
