//! `align-statistical`: word links without a model.

use crate::cli::support::{Scratch, assert_says, lines, pair, tsv};

/// Number of pairs; both sides spell the same digits in the same order.
const PAIRS: usize = 200;

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("pairs.tsv", tsv(1..=PAIRS) + "\teins\none two\t \n");
    scratch
}

/// The correct links of every line.
fn expected() -> Vec<String> {
    let diagonal = |index| {
        let words = pair(index).0.split_whitespace().count();
        (0..words).map(|word| format!("{word}-{word}")).collect::<Vec<_>>().join(" ")
    };
    (1..=PAIRS).map(diagonal).chain([String::new(), String::new()]).collect()
}

#[test]
fn every_method_links_the_words_that_translate_each_other() {
    let scratch = scratch();
    for method in ["agreement", "forward", "reverse", "intersection", "union", "grow-diag-final-and"] {
        let ran = scratch.run(&format!("align-statistical pairs.tsv --symmetrize {method}")).success();
        assert_eq!(ran.stderr, "");
        let right = ran.lines().iter().zip(expected()).filter(|(found, expected)| **found == *expected).count();
        assert_eq!(ran.lines().len(), PAIRS + 2);
        assert!(right >= PAIRS - 2, "{method}: {right}\n{}", ran.stdout);
    }
}

#[test]
fn two_files_swapped_columns_and_any_number_of_threads_give_the_same_output() {
    let scratch = scratch();
    let sides =
        |side: fn((String, String)) -> String| (1..=PAIRS).map(|index| side(pair(index)) + "\n").collect::<String>();
    scratch.write("source", sides(|pair| pair.0) + "\none two\n");
    scratch.write("target", sides(|pair| pair.1) + "eins\n \n");
    let swapped = (1..=PAIRS).map(pair).map(|(s, t)| format!("{t}\t{s}\n")).collect::<String>();
    scratch.write("swapped.tsv", swapped + "eins\t\n \tone two\n");
    let align = |args: &str| scratch.run(&format!("align-statistical --format jsonl {args}")).success().stdout;
    let expected = align("pairs.tsv");
    for args in ["source target", "swapped.tsv --columns 2,1", "pairs.tsv --threads 1", "pairs.tsv --threads 3"] {
        assert_eq!(align(args), expected, "{args}");
    }
}

#[test]
fn json_has_the_posteriors_of_both_directions_and_tsv_their_product() {
    let scratch = scratch();
    let links = scratch.run("align-statistical pairs.tsv").success().stdout;
    let json = scratch.run("align-statistical pairs.tsv --format jsonl").success().stdout;
    let mut rows = Vec::new();
    for ((index, line), links) in lines(&json).into_iter().enumerate().zip(lines(&links)) {
        let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!((record["line"].as_u64(), record["links"].as_str()), (Some(index as u64 + 1), Some(links)));
        for link in links.split_whitespace() {
            let (s, t) = link.split_once('-').expect("a link");
            let (s, t): (usize, usize) = (s.parse().expect("an index"), t.parse().expect("an index"));
            let posterior =
                |direction: &str, row: usize, column: usize| record[direction][row][column].as_f64().expect("one");
            let product = posterior("forward", t, s) * posterior("reverse", s, t);
            let words =
                [&record["source_words"][s], &record["target_words"][t]].map(|word| word.as_str().expect("a word"));
            rows.push((format!("{}\t{s}\t{}\t{t}\t{}", index + 1, words[0], words[1]), product));
        }
    }
    let tsv = scratch.run("align-statistical pairs.tsv --format tsv").success().stdout;
    assert_eq!(lines(&tsv).len(), rows.len());
    for (line, (words, product)) in lines(&tsv).into_iter().zip(rows) {
        let (found, weight) = line.rsplit_once('\t').expect("columns");
        assert_eq!(found, words);
        assert!((weight.parse::<f64>().expect("a weight") - product).abs() <= 6e-5, "{line}: {product}");
    }
}

#[test]
fn a_higher_threshold_gives_fewer_links() {
    let scratch = scratch();
    let count = |threshold: &str| {
        let ran = scratch.run(&format!("align-statistical pairs.tsv --threshold {threshold}")).success();
        ran.stdout.split_whitespace().count()
    };
    assert!(count("0") > count("0.1"));
    assert!(count("0.1") >= count("0.9") && count("0.9") > 0);
    assert_eq!(count("1"), 0);
    assert_says(&scratch.run("align-statistical pairs.tsv --threshold=-1").wrong_usage(), &["--threshold"]);
}

#[test]
fn a_pair_that_is_too_long_is_named_and_its_line_is_empty() {
    let scratch = scratch();
    let long = "eins ".repeat(401);
    scratch.write("long.tsv", tsv(1..=50) + &format!("one\t{long}\n"));
    let ran = scratch.run("align-statistical long.tsv").success();
    assert_eq!(ran.lines().last(), Some(&""));
    assert_eq!(ran.stderr, "warning: long.tsv:51: more than 400 words on a side; not aligned\n");
    assert_eq!(scratch.run("align-statistical long.tsv --quiet").success().stderr, "");
}
