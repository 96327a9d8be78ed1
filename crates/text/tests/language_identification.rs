//! Measures how well the language of a text is identified, on real corpora. Not part of the tests: it needs files that
//! are not in this project.
//!
//! `GLOSSER_CORPORA=DIR cargo test -p glosser-text --test language_identification -- --ignored --nocapture` prints the
//! tables of docs/experiments.md, section "Language of a text".
#![expect(clippy::print_stdout, reason = "it prints tables")]

use glosser_text::{
    LanguageIdentifier, LanguageProfile, NgramCollector, SideProfile, TextProfile, WordCollector, WordRule,
    WritingCollector, read_lines,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The first lines of a test file that are used.
const TESTED: usize = 250;

/// The beginnings of sentences that are identified, in characters.
const CUTS: [usize; 4] = [10, 20, 40, usize::MAX];

/// Name, training file and test file, with the column of a TSV. The first [`TESTED`] lines of a file that is both are
/// for testing, the others for training.
const LANGUAGES: [(&str, &str, &str); 10] = [
    ("bg", "xlwa/bg.pairs.tsv.gz:2", "xlwa/bg.pairs.tsv.gz:2"),
    ("chr", "chren/train.chr.gz", "chren/test.chr.gz"),
    ("da", "xlwa/da.pairs.tsv.gz:2", "xlwa/da.pairs.tsv.gz:2"),
    ("de", "multi30k/train.de.gz", "multi30k/test_2016_flickr.de.gz"),
    ("en", "multi30k/train.en.gz", "multi30k/test_2016_flickr.en.gz"),
    ("fr", "multi30k/train.fr.gz", "multi30k/test_2016_flickr.fr.gz"),
    ("it", "xlwa/it.pairs.tsv.gz:2", "xlwa/it.pairs.tsv.gz:2"),
    ("ja", "enja/train.ja.gz", "enja/test.ja.gz"),
    ("nl", "xlwa/nl.pairs.tsv.gz:2", "xlwa/nl.pairs.tsv.gz:2"),
    ("pt", "xlwa/pt.pairs.tsv.gz:2", "xlwa/pt.pairs.tsv.gz:2"),
];

/// Text of another kind than that of training. The French has no accents and no capital letters.
const OTHER_TEXT: [(&str, &str); 5] = [
    ("en", "hansards/dev.en-fr.tsv.gz:1"),
    ("en", "xlwa/da.pairs.tsv.gz:1"),
    ("en", "chren/test.en.gz"),
    ("en", "enja/test.en.gz"),
    ("fr", "hansards/dev.en-fr.tsv.gz:2"),
];

/// A text and the name of its language.
type Labelled = (String, &'static str);

fn lines(corpora: &Path, file: &str) -> Vec<String> {
    let (file, column) = file.split_once(':').unwrap_or((file, "1"));
    let column: usize = column.parse().expect("a column");
    let lines = read_lines(&corpora.join(file)).expect("a corpus");
    lines.iter().filter_map(|line| line.split('\t').nth(column - 1)).map(str::to_owned).collect()
}

fn profile(lines: &[String], has_ngrams: bool) -> LanguageProfile {
    let (mut words, mut writing, mut ngrams) =
        (WordCollector::default(), WritingCollector::default(), NgramCollector::default());
    for line in lines {
        words.add(line);
        writing.add(line);
        ngrams.add(line);
    }
    let source = SideProfile { words: WordRule::default(), writing: Some(writing.finish()) };
    let source_ngrams = if has_ngrams { ngrams.finish() } else { Default::default() };
    LanguageProfile::new(Arc::new(words.finish()), &TextProfile { source, source_ngrams, ..Default::default() })
}

/// The languages with their profiles, without and with n-grams, and their test sentences.
struct Corpora {
    profiles: Vec<(&'static str, [LanguageProfile; 2])>,
    tests: Vec<Labelled>,
    other: Vec<Labelled>,
}

impl Corpora {
    fn read() -> Self {
        let corpora =
            PathBuf::from(std::env::var_os("GLOSSER_CORPORA").expect("the environment variable GLOSSER_CORPORA"));
        let (mut profiles, mut tests) = (Vec::new(), Vec::new());
        for (name, training, test) in LANGUAGES {
            let kept = if training == test { TESTED } else { 0 };
            let training = lines(&corpora, training).split_off(kept);
            profiles.push((name, [false, true].map(|has_ngrams| profile(&training, has_ngrams))));
            tests.extend(lines(&corpora, test).into_iter().take(TESTED).map(|line| (line, name)));
        }
        let other = OTHER_TEXT
            .iter()
            .flat_map(|(name, file)| lines(&corpora, file).into_iter().take(TESTED).map(|line| (line, *name)));
        Self { profiles, tests, other: other.collect() }
    }

    fn identifier(&self, names: &[&str], has_ngrams: bool) -> LanguageIdentifier {
        let of = |name: &&str| self.profiles.iter().find(|(other, _)| other == name).expect("a language");
        LanguageIdentifier::new(names.iter().map(|name| of(name).1[usize::from(has_ngrams)].clone()))
    }
}

/// Prints the share of texts whose language is found, and the mean confidence, for each length.
fn print_row(corpora: &Corpora, title: &str, names: &[&str], tests: &[Labelled], change: fn(&str) -> String) {
    for has_ngrams in [false, true] {
        let identifier = corpora.identifier(names, has_ngrams);
        let cells = CUTS.map(|cut| {
            let (mut right, mut confidence, mut count) = (0, 0.0, 0);
            for (text, name) in tests.iter().filter(|(_, name)| names.contains(name)) {
                let text: String = change(text).chars().take(cut).collect();
                if let Some((found, first)) = identifier.identify(&text).first() {
                    right += usize::from(names[*found] == *name);
                    confidence += first;
                    count += 1;
                }
            }
            format!("{:.1} ({:.2})", 100.0 * f64::from(right as u32) / f64::from(count), confidence / f64::from(count))
        });
        let kind = if has_ngrams { "words and n-grams" } else { "words" };
        println!("| {title} | {kind} | {} |", cells.join(" | "));
    }
}

/// Prints the mean confidence for texts in one of the languages, and in none of them.
fn print_confidences(corpora: &Corpora, names: &[&str]) {
    for has_ngrams in [false, true] {
        let identifier = corpora.identifier(names, has_ngrams);
        let cells = CUTS.map(|cut| {
            let mean = |is_own: bool| {
                let tests = corpora.tests.iter().filter(|(_, name)| names.contains(name) == is_own);
                let confidences: Vec<f64> = tests
                    .map(|(text, _)| identifier.identify(&text.chars().take(cut).collect::<String>()))
                    .map(|all| all.iter().map(|(_, confidence)| confidence).sum())
                    .collect();
                confidences.iter().sum::<f64>() / confidences.len() as f64
            };
            format!("{:.2} / {:.2}", mean(true), mean(false))
        });
        let kind = if has_ngrams { "words and n-grams" } else { "words" };
        println!("| {} | {kind} | {} |", names.join(", "), cells.join(" | "));
    }
}

#[test]
#[ignore = "it measures, and needs corpora that are not in this project"]
fn accuracy_and_confidence() {
    let corpora = Corpora::read();
    let same = |text: &str| text.to_owned();
    let six = ["da", "de", "fr", "it", "nl", "pt"];
    println!(
        "| languages | profile | 10 characters | 20 | 40 | whole sentence |\n| --- | --- | --- | --- | --- | --- |"
    );
    for names in [
        &["de", "en"][..],
        &["de", "en", "fr"],
        &["it", "pt"],
        &["da", "nl"],
        &["da", "de", "en", "nl"],
        &six,
        &LANGUAGES.map(|(name, ..)| name),
    ] {
        print_row(&corpora, &names.join(", "), names, &corpora.tests, same);
    }
    print_row(&corpora, "the six, in capitals", &six, &corpora.tests, str::to_uppercase);
    let plain = |text: &str| {
        let letters = "äaåaàaâaáaãaæaöoøoòoóoôoõoüuùuûuúuéeèeêeëeïiîiìiíiçcñnßs";
        let pairs: Vec<char> = letters.chars().collect();
        let bare = |c: char| pairs.chunks(2).find(|pair| pair[0] == c).map_or(c, |pair| pair[1]);
        text.to_lowercase().chars().map(bare).collect()
    };
    print_row(&corpora, "the six, without diacritics", &six, &corpora.tests, plain);
    let western = ["da", "de", "en", "fr", "it", "nl"];
    print_row(&corpora, "other text in en and fr, among six", &western, &corpora.other, same);

    println!(
        "\n| languages | profile | 10 characters | 20 | 40 | whole sentence |\n| --- | --- | --- | --- | --- | --- |"
    );
    for names in [&["de"][..], &["en"], &["nl"], &["ja"], &["de", "en", "fr"]] {
        print_confidences(&corpora, names);
    }
}
