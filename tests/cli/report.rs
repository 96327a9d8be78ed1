//! `report`: the HTML page and its data.

use crate::cli::support::{Record, Scratch, assert_says, pairs_with_blank_sides, records, sentences};
use serde::Deserialize;

/// The data of a page; unknown and missing keys are errors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    program: String,
    corpus: String,
    is_translated: bool,
    link_threshold: f32,
    models: Vec<Model>,
    sentences: Vec<Sentence>,
}

#[derive(Deserialize)]
struct Model {
    name: String,
    pairs: usize,
    dev_score: String,
    history: Option<History>,
}

#[derive(Deserialize)]
struct History {
    validations: Vec<serde_json::Value>,
    training: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    line: usize,
    source: Vec<String>,
    readings: Vec<Reading>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    target: Vec<String>,
    log_prob: Option<f64>,
    word_log_probs: Vec<f64>,
    origin: View,
    attention: View,
    search: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct View {
    weights: String,
    entropy: Vec<f64>,
    links: String,
}

/// Parses the data of the page. Only the end of its element may look like an end tag.
fn data(page: &str) -> Report {
    let (_, data) = page.split_once(r#"<script type="application/json" id="data">"#).expect("the data");
    let (data, rest) = data.split_once("</script>").expect("the end of the data");
    assert_eq!(rest.matches("<script>").count(), 1, "only the script of the page follows");
    serde_json::from_str(data).unwrap_or_else(|cause| panic!("{cause}: {data}"))
}

/// Unpacks weights of two hexadecimal digits each; `00` is followed by the length of a run of zeros.
fn unpacked(packed: &str) -> Vec<f64> {
    let digits: Vec<char> = packed.chars().collect();
    let bytes = digits.chunks(2).map(|two| u8::from_str_radix(&two.iter().collect::<String>(), 16).expect("digits"));
    let (mut weights, mut bytes) = (Vec::new(), bytes);
    while let Some(level) = bytes.next() {
        match level {
            0 => weights.extend(vec![0.0; usize::from(bytes.next().expect("the length of a run"))]),
            _ => weights.push(f64::from(level) / 255.0),
        }
    }
    weights
}

/// Fails unless the view has the weights, links and entropy of the record.
#[track_caller]
fn assert_is_view_of(view: &View, record: &Record) {
    assert_eq!(view.links, record.links);
    let rows = record.weights.iter().zip(&record.eos_mass);
    let rows: Vec<Vec<f64>> = rows.map(|(row, eos)| row.iter().copied().chain([*eos]).collect()).collect();
    let weights = unpacked(&view.weights);
    assert_eq!(weights.len(), rows.iter().map(Vec::len).sum::<usize>(), "{record:?}");
    for (packed, exact) in weights.iter().zip(rows.iter().flatten()) {
        assert!((packed - exact).abs() <= 0.501 / 255.0, "{packed} for {exact} in {record:?}");
    }
    assert_eq!(view.entropy.len(), rows.len());
    for (rounded, row) in view.entropy.iter().zip(&rows) {
        let exact: f64 = row.iter().filter(|weight| **weight > 0.0).map(|weight| -weight * weight.ln()).sum();
        assert!((rounded - exact).abs() < 1e-3, "{rounded} for {exact}");
    }
}

/// Pairs with blank sides, and with text that could end an element or a string of the page.
fn pairs() -> Vec<(String, String)> {
    let mut pairs = pairs_with_blank_sides();
    pairs.insert(9, (String::new(), String::new()));
    pairs.push(("one </script><script>alert(1)</script> two".to_owned(), "<b>eins</b> <!-- zwei".to_owned()));
    pairs.push((r#""one" 'two' \ & &lt; {{data}}"#.to_owned(), "ei\u{2028}ns zw\u{2029}ei {{style}}".to_owned()));
    pairs.push(("one \u{202E}two שלום".to_owned(), "eins ᎣᏏᏲ 🎉".to_owned()));
    pairs
}

fn scratch() -> Scratch {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", pairs().iter().map(|(s, t)| format!("{s}\t{t}\n")).collect::<String>());
    scratch
}

fn page(scratch: &Scratch, args: &str) -> String {
    let ran = scratch.run(&format!("report {args}")).success();
    assert_eq!(ran.stderr, "");
    ran.stdout
}

#[test]
fn the_page_has_every_pair_with_the_weights_of_align() {
    let scratch = scratch();
    let report = data(&page(&scratch, "--model model pairs.tsv"));
    assert_eq!((report.corpus.as_str(), report.is_translated, report.link_threshold), ("pairs.tsv", false, 0.7));
    assert_says(&report.program, &["glosser ", env!("CARGO_PKG_VERSION")]);
    let align =
        |args: &str| records(&scratch.run(&format!("align --model model --format jsonl {args}")).success().stdout);
    let (origin, attention) = (align("pairs.tsv"), align("--links attention pairs.tsv"));
    assert_eq!((report.sentences.len(), origin.len()), (26, 26));
    for ((sentence, origin), attention) in report.sentences.iter().zip(&origin).zip(&attention) {
        let [reading] = &sentence.readings[..] else { panic!("one reading of line {}", sentence.line) };
        assert_eq!((sentence.line, &sentence.source), (origin.line, &origin.source_words));
        assert_eq!(reading.target, origin.target_words);
        assert_is_view_of(&reading.origin, origin);
        assert_is_view_of(&reading.attention, attention);
    }
    assert!(origin.iter().zip(&attention).any(|(one, other)| one.weights != other.weights));
}

#[test]
fn probabilities_equal_those_of_score_and_blank_sides_have_none() {
    let scratch = scratch();
    let report = data(&page(&scratch, "--model model pairs.tsv"));
    let scored = scratch.run("score --model model --format jsonl pairs.tsv").success();
    let mut blank = Vec::new();
    for (sentence, line) in report.sentences.iter().zip(scored.lines()) {
        let scored: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let [reading] = &sentence.readings[..] else { panic!("one reading") };
        match (reading.log_prob, scored["log_prob"].as_f64()) {
            (Some(rounded), Some(exact)) => assert!((rounded - exact).abs() < 1e-3, "{rounded} for {exact}"),
            (None, None) => blank.push(sentence.line),
            (found, expected) => panic!("{found:?} for {expected:?}"),
        }
        let exact: Vec<f64> =
            scored["word_log_probs"].as_array().expect("a list").iter().filter_map(serde_json::Value::as_f64).collect();
        assert_eq!(reading.word_log_probs.len(), exact.len());
        assert!(reading.word_log_probs.iter().zip(&exact).all(|(rounded, exact)| (rounded - exact).abs() < 1e-3));
    }
    assert_eq!(blank, [4, 8, 10]);
}

#[test]
fn the_page_loads_no_other_file_and_a_sentence_is_never_markup() {
    let scratch = scratch();
    let page = page(&scratch, "--model model pairs.tsv");
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    assert_says(&page, &["Content-Security-Policy", "default-src 'none'", "charset=\"utf-8\""]);
    let own = page.replace("http://www.w3.org/2000/svg", "");
    for foreign in
        ["http://", "https://", "src=", "@import", "url(", "<b>", "<!-- zwei", "alert(1)</script>", "\u{2028}"]
    {
        assert!(!own.contains(foreign), "`{foreign}` is in the page");
    }
    assert!(!["onclick=", "onload=", "innerHTML", "eval("].iter().any(|unsafe_| page.contains(unsafe_)));
    let placeholders = page.matches("{{").count();
    assert_eq!(placeholders, 2, "only those of the sentences");
    let report = data(&page);
    let last = report.sentences.iter().rev().take(3).collect::<Vec<_>>();
    assert_eq!(last[2].source, ["one", "</script><script>alert(1)</script>", "two"]);
    assert_eq!(last[2].readings[0].target, ["<b>eins</b>", "<!--", "zwei"]);
    assert_eq!(last[1].source.join(" "), r#""one" 'two' \ & &lt; {{data}}"#);
    assert_eq!(last[0].source, ["one", "\u{202E}two", "שלום"]);
}

#[test]
fn the_page_has_the_learning_curve_unless_the_model_has_no_log() {
    let scratch = scratch();
    scratch.run("quantize --model model --output small").success();
    let report = data(&page(&scratch, "--model model --compare small pairs.tsv"));
    let [model, small] = &report.models[..] else { panic!("two models") };
    assert_eq!((model.name.as_str(), small.name.as_str(), model.pairs), ("model", "small", small.pairs));
    assert_eq!(model.dev_score, small.dev_score);
    assert!(model.dev_score.starts_with("BLEU "), "{}", model.dev_score);
    assert!(small.history.is_none());
    let log = scratch.text("model/training/log.jsonl");
    let history = model.history.as_ref().expect("a history");
    assert_eq!(history.validations.len(), log.matches(r#""event":"validated""#).count());
    assert_eq!(history.training.len(), log.matches(r#""event":"progress""#).count(), "few enough to keep all");
    assert!(
        history.training.iter().all(|loss| loss["loss"].as_f64() > Some(0.0) && loss["epochs"].as_f64() > Some(0.0))
    );
}

#[test]
fn with_two_models_every_pair_has_the_results_of_both() {
    let scratch = scratch();
    scratch.run("train pairs.tsv --from model --model more --steps 20 --columns 1,2 --quiet").success();
    let both = data(&page(&scratch, "--model model --compare more pairs.tsv"));
    let alone = [data(&page(&scratch, "--model model pairs.tsv")), data(&page(&scratch, "--model more pairs.tsv"))];
    for (index, sentence) in both.sentences.iter().enumerate() {
        assert_eq!(sentence.readings.len(), 2);
        for (reading, alone) in sentence.readings.iter().zip(&alone) {
            let alone = &alone.sentences[index].readings[0];
            assert_eq!((reading.log_prob, &reading.origin.weights), (alone.log_prob, &alone.origin.weights));
            assert_eq!((&reading.target, &reading.attention.links), (&alone.target, &alone.attention.links));
        }
    }
    assert!(both.sentences.iter().any(|sentence| sentence.readings[0].log_prob != sentence.readings[1].log_prob));
}

#[test]
fn sentences_are_translated_as_by_translate_with_the_attention_of_the_search() {
    let scratch = scratch();
    scratch.write("source.txt", sentences() + "\n \none Zyx 4711 two\n");
    let report = data(&page(&scratch, "--model model --translate source.txt"));
    let found = scratch.records("--links attention", scratch.read("source.txt"));
    assert!(report.is_translated);
    assert_eq!((report.sentences.len(), found.len()), (63, 63));
    let mut known = String::new();
    for (sentence, found) in report.sentences.iter().zip(&found) {
        let [reading] = &sentence.readings[..] else { panic!("one reading") };
        assert_eq!((&sentence.source, &reading.target), (&found.source_words, &found.target_words));
        assert_is_view_of(&reading.attention, found);
        known += &format!("{}\t{}\n", found.source, found.translation);
    }
    scratch.write("found.tsv", known);
    let known = records(&scratch.run("align --model model --format jsonl found.tsv").success().stdout);
    // The last sentence has copied words, whose links the search knows.
    for (sentence, known) in report.sentences.iter().zip(&known[..62]) {
        assert_is_view_of(&sentence.readings[0].origin, known);
    }
    let greedy = data(&page(&scratch, "--model model --beam-size 1 --translate source.txt"));
    let expected = scratch.records("--beam-size 1", scratch.read("source.txt"));
    assert!(greedy.sentences.iter().zip(&expected).all(|(s, e)| s.readings[0].target == e.target_words));
}

#[test]
fn the_search_trace_is_that_of_explain_and_only_present_with_its_option() {
    let scratch = scratch();
    scratch.write("source.txt", "one two three\n\n</pre><b>two\n");
    let reading = |args: &str| -> Vec<Option<String>> {
        let report = data(&page(&scratch, &format!("--model model --translate source.txt {args}")));
        report.sentences.into_iter().map(|mut sentence| sentence.readings.remove(0).search).collect()
    };
    assert_eq!(reading(""), [None, None, None]);
    let found = reading("--explain --beam-size 2");
    let explain = |sentence: &str| {
        scratch.run_args(&["explain", "--model", "model", "--beam-size", "2", sentence]).success().stdout
    };
    assert_eq!(found, [Some(explain("one two three")), None, Some(explain("</pre><b>two"))]);
    scratch.run("report --model model --explain pairs.tsv").wrong_usage();
}

#[test]
fn the_page_is_the_same_for_any_batch_size_threads_and_input_files() {
    let scratch = scratch();
    let page = |args: &str| page(&scratch, &format!("--model model {args}"));
    let expected = page("pairs.tsv");
    for args in ["--batch-size 1 --threads 1 pairs.tsv", "--batch-size 7 pairs.tsv", "-o - pairs.tsv"] {
        assert!(page(args) == expected, "{args}");
    }
    scratch.write("swapped.tsv", pairs().iter().map(|(s, t)| format!("{t}\t{s}\n")).collect::<String>());
    assert!(page("swapped.tsv --columns 2,1").replace("swapped.tsv", "pairs.tsv") == expected);
}

#[test]
fn the_file_is_replaced_when_it_is_complete_and_no_temporary_file_stays() {
    let scratch = scratch();
    scratch.write("report.html", "what was there before");
    let before = scratch.tree("").len();
    let expected = page(&scratch, "--model model pairs.tsv");
    assert_eq!(page(&scratch, "--model model pairs.tsv -o report.html --quiet"), "");
    assert!(scratch.read("report.html") == expected.as_bytes());
    assert_eq!(scratch.tree("").len(), before);
}

#[test]
fn a_refused_report_changes_no_file() {
    let scratch = scratch();
    scratch.write("report.html", "precious");
    scratch.write("empty.txt", "");
    scratch.write("no-tab.tsv", "one\teins\ntwo zwei\n");
    let before = scratch.tree("");
    for (args, parts) in [
        ("--model nowhere pairs.tsv", &["nowhere: no model directory here"][..]),
        ("--model model --compare nowhere pairs.tsv", &["nowhere: no model directory here"]),
        ("--model model nowhere.tsv", &["`nowhere.tsv` cannot be opened", "check the path"]),
        ("--model model --translate nowhere.txt", &["`nowhere.txt` cannot be opened", "check the path"]),
        ("--model model --translate empty.txt", &["`empty.txt` has no sentence"]),
        ("--model model no-tab.tsv", &["no-tab.tsv:2: found 1 column"]),
    ] {
        let message = scratch.run(&format!("report {args} -o report.html")).failure();
        assert_says(&message, parts);
        assert!(scratch.tree("") == before, "report {args} wrote something");
    }
    scratch.write("pairs.html", scratch.read("pairs.tsv"));
    let before = scratch.tree("");
    for args in ["pairs.html -o pairs.html", "--translate pairs.html -o ./pairs.html"] {
        let message = scratch.run(&format!("report --model model {args}")).failure();
        assert_says(&message, &["input and output are the same file"]);
        assert!(scratch.tree("") == before, "report {args} wrote something");
    }
    let message = scratch.run("report --model model pairs.tsv -o missing/report.html").failure();
    assert_says(&message, &["missing/report.html: cannot be written"]);
}

#[test]
fn a_pair_that_is_too_long_gives_a_warning_and_is_shown_without_weights() {
    let scratch = scratch();
    let long = "one two three ".repeat(600);
    scratch.write("long.tsv", format!("one\teins\n{long}\teins zwei\n"));
    let ran = scratch.run("report --model model long.tsv").success();
    assert_says(&ran.stderr, &["long.tsv:2: more than 1500 sub-words on a side", "shown without its probability"]);
    let report = data(&ran.stdout);
    let reading = &report.sentences[1].readings[0];
    assert_eq!((reading.log_prob, reading.origin.links.as_str(), reading.origin.entropy.len()), (None, "", 2));
    assert!(unpacked(&reading.origin.weights).iter().all(|weight| *weight == 0.0));
    assert_eq!(scratch.run("report --model model long.tsv --quiet").success().stderr, "");
}
