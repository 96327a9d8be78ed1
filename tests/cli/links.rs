//! `--links`: what word links are read from, in every command that shows them.

use crate::cli::support::{Record, Scratch, assert_says, lines, pair, records, tsv};
use std::fs;

const READINGS: [&str; 5] = ["joint", "statistical", "aligner", "posterior", "attention"];

/// Number of pairs that the model was not trained on.
const NEW: usize = 40;

/// The shared model, which has statistics, and new pairs.
fn scratch() -> Scratch {
    let scratch = Scratch::with_model();
    scratch.write("new.tsv", tsv(1001..=1000 + NEW));
    scratch
}

/// The shared model without its statistics, as earlier versions trained it, in `old`.
fn without_statistics() -> Scratch {
    let scratch = scratch();
    for (path, bytes) in scratch.tree("model") {
        let name = path.strip_prefix(scratch.path("model")).expect("a file of the model").display().to_string();
        if name != "statistics.bin" {
            scratch.write(&format!("old/{name}"), bytes);
        }
    }
    let mut config: serde_json::Value = serde_json::from_slice(&scratch.read("old/config.json")).expect("JSON");
    config.as_object_mut().expect("an object").remove("links").expect("the key of statistics");
    scratch.write("old/config.json", config.to_string());
    scratch
}

/// The number of new pairs whose words are all linked in order.
fn right(links: &str) -> usize {
    let expected = (1001..=1000 + NEW).map(|index| {
        let words = pair(index).0.split_whitespace().count();
        (0..words).map(|word| format!("{word}-{word}")).collect::<Vec<_>>().join(" ")
    });
    lines(links).into_iter().zip(expected).filter(|(found, expected)| *found == *expected).count()
}

#[test]
fn new_pairs_are_aligned_by_every_reading_and_best_by_statistics_and_weights_together() {
    let scratch = scratch();
    let align = |args: &str| scratch.run(&format!("align --model model new.tsv {args}")).success().stdout;
    for reading in READINGS {
        let args = format!("--links {reading}");
        let found = records(&align(&format!("{args} --format jsonl")));
        for (record, links) in found.iter().zip(lines(&align(&args))) {
            assert_eq!(record.links, links, "{reading}");
            for (row, end) in record.weights.iter().zip(&record.eos_mass) {
                assert!((row.iter().sum::<f64>() + end - 1.0).abs() < 1e-3, "{reading}: {record:?}");
            }
        }
        // One pair alone has the same links.
        scratch.write("one.tsv", tsv(1001..=1001));
        let alone = scratch.run(&format!("align --model model one.tsv {args}")).success().stdout;
        assert_eq!(lines(&align(&args))[0], lines(&alone)[0], "{reading}");
    }
    let of = |reading: &str| right(&align(&format!("--links {reading}")));
    assert!(of("joint") >= NEW - 2 && of("joint") >= of("attention"), "{}", align(""));
    assert!(of("statistical") >= NEW - 4, "{}", align("--links statistical"));
    for format in ["pharaoh", "jsonl", "tsv", "soft", "grid"] {
        let format = format!("--format {format}");
        assert_eq!(align(&format), align(&format!("--links joint {format}")), "the default");
        assert_ne!(
            align(&format!("--links joint {format}")),
            align(&format!("--links attention {format}")),
            "{format}"
        );
    }
}

#[test]
fn a_model_without_statistics_shows_the_links_of_its_weights_as_before() {
    let scratch = without_statistics();
    let out = |args: &str| scratch.run(args).success().stdout;
    let (old, new) = ("align --model old new.tsv", "align --model model new.tsv --links aligner");
    for format in ["pharaoh", "jsonl", "tsv", "soft", "grid"] {
        let format = format!("--format {format}");
        assert_eq!(out(&format!("{old} {format}")), out(&format!("{new} {format}")), "{format}");
    }
    let text: String = (1001..=1020).map(|index| pair(index).0 + "\n").collect();
    scratch.write("text.txt", text);
    for args in ["--alignment pharaoh", "--format jsonl", "--alignment grid", "--format jsonl --n-best 3"] {
        let expected = out(&format!("translate --model model -i text.txt --links attention {args}"));
        assert_eq!(out(&format!("translate --model old -i text.txt {args}")), expected, "{args}");
    }
    for command in ["gloss --pairs", "lexicon", "concordance one", "report"] {
        let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
        let run = |args: &str| out(&format!("{name} {rest} {args} new.tsv")).replace("\"old\"", "\"model\"");
        assert_eq!(run("--model old"), run("--model model --links aligner"), "{command}");
    }
    assert_eq!(out("heat-map --model old one eins"), out("heat-map --model model --links aligner one eins"));
}

#[test]
fn a_reading_that_the_model_does_not_have_is_refused_with_the_remedy() {
    let scratch = without_statistics();
    for command in [
        "align --model old new.tsv",
        "heat-map --model old one eins",
        "gloss --model old new.tsv --pairs",
        "lexicon --model old new.tsv",
        "concordance one --model old new.tsv",
        "report --model old new.tsv",
        "translate --model old -i new.tsv --column 1 --alignment pharaoh",
    ] {
        for reading in ["joint", "statistical"] {
            let message = scratch.run(&format!("{command} --links {reading}")).failure();
            assert_says(&message, &["no statistics", "--guided-alignment statistical", "aligner"]);
        }
    }
    let message = scratch.run("align --model model new.tsv --links nothing").wrong_usage();
    assert_says(&message, &READINGS);
}

#[test]
fn words_of_another_definition_are_aligned_by_the_weights() {
    let scratch = scratch();
    let align = |args: &str| scratch.run(&format!("align --model model new.tsv {args}")).success().stdout;
    assert_eq!(align("--words whitespace"), align(""), "the definition of the model");
    assert_eq!(align("--words unicode"), align("--words unicode --links aligner"));
    let message = scratch.run("align --model model new.tsv --words unicode --links joint").wrong_usage();
    assert_says(&message, &["leave --words out", "--links aligner"]);
}

#[test]
fn statistics_of_one_model_have_both_directions_to_join() {
    let scratch = scratch();
    let align = |args: &str| scratch.run(&format!("align --model model new.tsv {args}")).success().stdout;
    let count = |text: String| text.split_whitespace().count();
    assert_eq!(align("--symmetrize agreement --threshold 0.1"), align(""));
    assert!(count(align("--symmetrize union")) >= count(align("--symmetrize intersection")));
    assert!(count(align("--threshold 0")) > count(align("--threshold 0.9")));
    for format in ["--format jsonl", "--format tsv"] {
        assert_ne!(align(&format!("--threshold 0 {format}")), align(format), "{format}");
    }
    let record = &records(&align("--threshold 0 --format jsonl"))[0];
    assert_eq!(record.links, lines(&align("--threshold 0"))[0], "the form of the record stays");
}

#[test]
fn a_translation_has_the_links_of_every_reading_and_always_the_same_text() {
    let scratch = scratch();
    let text = "one two three four\nfive 4711 six seven\n<b>one</b> two <i>three</i>\none two. Three four.\n";
    let found = |args: &str| scratch.records(&format!("--split always {args}"), text);
    let attention = found("--links attention");
    for reading in READINGS {
        let of_reading = found(&format!("--links {reading}"));
        for (record, other) in of_reading.iter().zip(&attention) {
            let same = |record: &Record| (record.translation.clone(), record.log_prob, record.target_words.clone());
            assert_eq!(same(record), same(other), "{reading}");
        }
    }
    assert_eq!(found(""), found("--links joint"), "the default");
    assert_ne!(found("--links joint"), attention);
    let line =
        |args: &str| scratch.pipe(&format!("translate --model model {args}"), "one two three\n").success().stdout;
    assert_eq!(line("--alignment pharaoh"), line("--alignment pharaoh --links joint"));
    assert_eq!(line(""), line("--links joint"), "without links nothing changes");
    scratch.write("rows.tsv", "1\tone two three\n");
    let row =
        |args: &str| scratch.run(&format!("translate --model model -i rows.tsv --column 2 {args}")).success().stdout;
    let links = line("--alignment pharaoh").trim_end().rsplit(" ||| ").next().expect("links").to_owned();
    assert!(row("--alignment pharaoh").trim_end().ends_with(&format!("\t{links}")), "{}", row("--alignment pharaoh"));
}

/// Checks the links and the weights of the words that contain one of these parts: each source part is linked with each
/// target part, and with nothing else.
#[track_caller]
fn assert_exact(record: &Record, sources: &[&str], targets: &[&str]) {
    let places = |words: &[String], parts: &[&str]| -> Vec<usize> {
        let place = |part: &&str| words.iter().position(|word| word.contains(part)).expect("a word");
        parts.iter().map(place).collect()
    };
    let (sources, targets) = (places(&record.source_words, sources), places(&record.target_words, targets));
    let mut expected: Vec<(usize, usize)> =
        sources.iter().flat_map(|source| targets.iter().map(|target| (*source, *target))).collect();
    expected.sort_unstable();
    let links = record.links().into_iter();
    let found: Vec<(usize, usize)> =
        links.filter(|(source, target)| sources.contains(source) || targets.contains(target)).collect();
    assert_eq!(found, expected, "{record:?}");
    for target in targets {
        let row = &record.weights[target];
        let is_right = |(source, weight): (usize, &f64)| sources.contains(&source) == (*weight > 0.0);
        assert!(row.iter().enumerate().all(is_right), "{record:?}");
        assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-3, "{record:?}");
    }
}

#[test]
fn what_a_translation_copies_is_linked_with_its_place_and_with_nothing_else() {
    let scratch = scratch();
    scratch.write("terms.tsv", "eight\tACHT-X\nten\tZEHN YY\n");
    // Several sentences, a sentence that is translated in pieces, one with nothing to translate, and marks alone.
    let text = "five 4711 six http://a.example/b seven\neight nine\none ten two X200-b\n\
                one 4711. Three http://b.example/c four. Five eight.\n\
                one 41 two 42 three 43 four 44 five 45 six 46 seven 47 nine 48 one 49 two 50\n\
                4711 4712\none two <br/> three 4711\n<b>one</b> two <i>three</i>\n";
    let of = |args: &str| scratch.records(&format!("--glossary terms.tsv --split always {args}"), text);
    for reading in ["joint", "statistical", "aligner", "posterior"] {
        let found = of(&format!("--links {reading}"));
        let exact = |line: usize, part: &str| assert_exact(&found[line], &[part], &[part]);
        exact(0, "4711");
        exact(0, "http");
        assert_exact(&found[1], &["eight"], &["ACHT-X"]);
        assert_exact(&found[2], &["ten"], &["ZEHN", "YY"]);
        exact(2, "X200-b");
        exact(3, "4711");
        exact(3, "http");
        assert_exact(&found[3], &["eight"], &["ACHT-X"]);
        (41..=50).for_each(|number| exact(4, &number.to_string()));
        assert_eq!(found[5].links, "0-0 1-1");
        exact(6, "<br/>");
        exact(6, "4711");
        // A word around markup may have other links, too.
        for part in ["<b>", "</b>", "<i>", "</i>"] {
            let place = |words: &[String]| words.iter().position(|word| word.contains(part)).expect("a word");
            let link = (place(&found[7].source_words), place(&found[7].target_words));
            assert!(found[7].links().contains(&link), "{part}: {:?}", found[7]);
        }
        for record in &found {
            for (row, end) in record.weights.iter().zip(&record.eos_mass) {
                assert!((row.iter().sum::<f64>() + end - 1.0).abs() < 1e-3, "{reading}: {record:?}");
            }
        }
    }
    // The report and the glosses of a translation have them as well.
    scratch.write("text.txt", "five 4711 six\n");
    let report = scratch.run("report --model model --translate text.txt").success().stdout;
    let between = |start: &str, end: &str| report.split_once(start)?.1.split_once(end).map(|(part, _)| part.to_owned());
    let words = between("\"target\":[", "]").expect("the words of the translation");
    let place = words.split(',').position(|word| word.contains("4711")).expect("a word");
    let links = between("\"links\":\"", "\"").expect("links");
    let expected = format!("1-{place}");
    let of_number: Vec<&str> =
        links.split(' ').filter(|link| link.starts_with("1-") || link.ends_with(&format!("-{place}"))).collect();
    assert_eq!(of_number, [expected.as_str()], "{links}");
    let gloss = scratch.run("gloss --model model text.txt").success().stdout;
    assert_eq!(gloss.matches("4711").count(), 3, "source, gloss and translation: {gloss}");
}

#[test]
fn every_command_shows_the_same_links_as_align() {
    let scratch = scratch();
    let pair = "one two three\teins zwei drei\n";
    scratch.write("one.tsv", pair);
    let out = |args: &str| scratch.run(args).success().stdout;
    for reading in READINGS {
        let record = &records(&out(&format!("align --model model one.tsv --format jsonl --links {reading}")))[0];
        let linked = |source: usize| {
            let words = record.links().into_iter().filter(|(s, _)| *s == source).map(|(_, t)| &record.target_words[t]);
            words.cloned().collect::<Vec<String>>()
        };
        let report = out(&format!("report --model model one.tsv --links {reading}"));
        assert_says(&report, &[&format!("\"links\":\"{}\"", record.links)]);
        let found = out(&format!("concordance two --model model one.tsv --format jsonl --links {reading}"));
        let occurrence: serde_json::Value = serde_json::from_str(&found).expect("JSON");
        let places: Vec<usize> = serde_json::from_value(occurrence["target_places"].clone()).expect("indices");
        let expected: Vec<usize> = record.links().into_iter().filter(|(s, _)| *s == 1).map(|(_, t)| t).collect();
        assert_eq!(places, expected, "{reading}");
        let gloss = out(&format!("gloss --model model one.tsv --pairs --links {reading}"));
        assert!(linked(0).iter().all(|word| gloss.contains(word.as_str())), "{reading}: {gloss}");
        let lexicon = out(&format!("lexicon --model model one.tsv --min-count 0.01 --links {reading} --format jsonl"));
        let mass: f64 = lines(&lexicon)
            .into_iter()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
            .filter(|entry| entry["source"] == "one" && entry["target"] == "eins")
            .map(|entry| entry["count"].as_f64().expect("a number"))
            .sum();
        let weight = if record.weights[0][0] < 0.01 { 0.0 } else { record.weights[0][0] };
        assert!((mass - weight).abs() < 1e-3, "{reading}: {mass} for {weight}");
    }
    let picture = |args: &str| out(&format!("heat-map --model model one eins {args}"));
    assert_eq!(picture(""), picture("--links joint"));
    assert_says(&picture(""), &["link weight"]);
    assert_says(&picture("--links statistical"), &["link weight"]);
    assert_says(&picture("--links aligner"), &["alignment weight"]);
    assert_says(&picture("--links attention"), &["attention weight"]);
}

/// Pairs with words that the model does not know.
fn colors() -> String {
    let colors = [("red", "rouge"), ("blue", "bleu"), ("green", "vert"), ("white", "blanc"), ("black", "noir")];
    let pairs = (0..60).map(|index: usize| {
        let [a, b, c] = [index % 5, (index / 5 + 1) % 5, (index / 2 + 3) % 5].map(|color| colors[color]);
        format!("{} {} {}\t{} {} {}\n", a.0, b.0, c.0, a.1, b.1, c.1)
    });
    pairs.collect()
}

#[test]
fn adapting_to_given_pairs_aligns_their_new_words_and_leaves_the_model_as_it_is() {
    let scratch = scratch();
    scratch.write("colors.tsv", colors());
    let before = scratch.tree("model");
    let right = |args: &str| {
        let ran = scratch.run(&format!("align --model model {args} --adapt --links statistical")).success();
        ran.lines().iter().filter(|line| line.ends_with("0-0 1-1 2-2")).count()
    };
    assert!(right("colors.tsv") >= 55, "{}", right("colors.tsv"));
    assert!(right("colors.tsv --append") >= 55, "rows of a table");
    let pairs = colors();
    let objects = pairs.lines().map(|line| {
        let (source, target) = line.split_once('\t').expect("a pair");
        format!("{{\"source\": \"{source}\", \"target\": \"{target}\"}}\n")
    });
    scratch.write("colors.jsonl", objects.collect::<String>());
    let ran = scratch.run("align --model model colors.jsonl --append --adapt --links statistical").success();
    assert!(ran.lines().iter().filter(|line| line.ends_with("\"links\":\"0-0 1-1 2-2\"}")).count() >= 55);
    assert_eq!(scratch.tree("model"), before);

    let message = scratch.run("align --model model new.tsv --adapt --links attention").wrong_usage();
    assert_says(&message, &["--adapt changes statistics", "--links joint"]);
    let scratch = without_statistics();
    assert_says(&scratch.run("align --model old new.tsv --adapt").failure(), &["no statistics"]);
}

#[test]
fn a_pair_that_is_too_long_for_the_model_is_aligned_by_statistics_alone() {
    let scratch = scratch();
    let long = |word: &str| format!("{word} {}", format!("{} ", "x".repeat(12)).repeat(160));
    scratch.write("long.tsv", format!("{}\t{}\none\teins\n", long("one"), long("eins")));
    let joint = scratch.run("align --model model long.tsv --strict").success();
    assert_eq!(joint.stderr, "");
    assert!(joint.lines()[0].starts_with("0-0"), "{}", joint.stdout);
    let weights = scratch.run("align --model model long.tsv --links aligner").success();
    assert_eq!(weights.lines()[0], "");
    assert_says(&weights.stderr, &["long.tsv:1: more than 1500 sub-words on a side; not aligned"]);
    let row = scratch.run("align --model model long.tsv --append").success();
    assert_eq!(row.stderr, "");
    assert!(row.lines()[0].rsplit('\t').next().is_some_and(|cell| cell.starts_with("0-0")), "{}", row.stdout);
}

#[test]
fn the_statistics_of_a_model_align_pairs_without_it() {
    let scratch = without_statistics();
    let ran = scratch.run("align-statistical new.tsv --load model").success();
    assert_eq!(ran.stdout, scratch.run("align --model model new.tsv --links statistical").success().stdout);
    let message = scratch.run("align-statistical new.tsv --load old").failure();
    assert_says(&message, &["old: ", "no statistics", "--guided-alignment statistical"]);
    let message = scratch.run("align-statistical new.tsv --load model/statistics.bin").failure();
    assert_says(&message, &["model/statistics.bin: ", "--load model"]);
    // With the words of the model they are also saved alone.
    scratch.run("align-statistical new.tsv --load model --save alone --format none").success();
    assert_eq!(scratch.run("align-statistical new.tsv --load alone").success().stdout, ran.stdout);
    fs::remove_file(scratch.path("model/statistics.bin")).expect("a file");
    let message = scratch.run("align-statistical new.tsv --load model").failure();
    assert_says(&message, &["`statistics.bin` is missing"]);
}
