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

/// Statistics of the pairs in `statistics`.
fn with_statistics() -> Scratch {
    let scratch = scratch();
    let ran = scratch.run("align-statistical pairs.tsv --save statistics --format none").success();
    assert_eq!(ran.stdout, "");
    assert_eq!(ran.stderr, format!("statistics: statistics of {} pairs written\n", PAIRS + 2));
    scratch
}

#[test]
fn saved_statistics_align_the_pairs_as_before_and_new_pairs_one_by_one() {
    let scratch = with_statistics();
    let ran = scratch.run("align-statistical pairs.tsv --load statistics").success();
    let right = ran.lines().iter().zip(expected()).filter(|(found, expected)| **found == *expected).count();
    assert!(right >= PAIRS - 2, "{right}\n{}", ran.stdout);
    // The links are written beside the statistics unless --format none is given.
    let ran = scratch.run("align-statistical pairs.tsv --save again --quiet").success();
    assert_eq!((ran.lines().len(), ran.stderr.as_str()), (PAIRS + 2, ""));
    assert_eq!(scratch.read("again"), scratch.read("statistics"));

    let new: Vec<(String, String)> = (1001..=1020).map(pair).collect();
    let links = |pair: &(String, String)| {
        scratch.write("new.tsv", format!("{}\t{}\n", pair.0, pair.1));
        scratch.run("align-statistical new.tsv --load statistics").success().stdout
    };
    let one_by_one: String = new.iter().map(links).collect();
    scratch.write("new.tsv", tsv(1001..=1020));
    let together = scratch.run("align-statistical new.tsv --load statistics --threads 2").success();
    assert_eq!(together.stdout, one_by_one);
    let diagonal = |(source, _): &(String, String)| {
        (0..source.split_whitespace().count()).map(|word| format!("{word}-{word}")).collect::<Vec<_>>().join(" ")
    };
    let right = together.lines().into_iter().zip(&new).filter(|(found, pair)| *found == diagonal(pair)).count();
    assert!(right >= 18, "{right}\n{}", together.stdout);
}

#[test]
fn adapting_to_pairs_with_new_words_aligns_these_words() {
    let scratch = with_statistics();
    let colors = [("red", "rouge"), ("blue", "bleu"), ("green", "vert"), ("white", "blanc"), ("black", "noir")];
    let pairs = (0..60).map(|index: usize| {
        let [a, b, c] = [index % 5, (index / 5 + 1) % 5, (index / 2 + 3) % 5].map(|color| colors[color]);
        format!("{} {} {}\t{} {} {}\n", a.0, b.0, c.0, a.1, b.1, c.1)
    });
    scratch.write("colors.tsv", pairs.collect::<String>());
    let right = |args: &str| {
        let ran = scratch.run(&format!("align-statistical colors.tsv --load {args}")).success();
        ran.lines().iter().filter(|line| **line == "0-0 1-1 2-2").count()
    };
    assert!(right("statistics --adapt") >= 55);
    scratch.run("align-statistical colors.tsv --load statistics --adapt --save adapted --format none").success();
    assert!(right("adapted") >= 55);
}

#[test]
fn statistics_keep_the_definition_of_a_word() {
    let scratch = Scratch::new();
    let text: String = (1..=PAIRS).map(pair).map(|(s, t)| format!("{s}.\t{t}!\n")).collect();
    scratch.write("pairs.tsv", text);
    scratch.run("align-statistical pairs.tsv --save statistics --format none --words unicode,whitespace").success();
    scratch.write("new.tsv", "one two.\teins zwei!\n");
    let words = |args: &str| {
        let ran = scratch.run(&format!("align-statistical new.tsv --format jsonl --load {args}")).success();
        let record: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        [&record["source_words"], &record["target_words"]].map(ToString::to_string)
    };
    assert_eq!(words("statistics"), [r#"["one","two","."]"#, r#"["eins","zwei!"]"#]);
    assert_eq!(words("statistics"), words("statistics --words unicode,whitespace"));
    let message = scratch.run("align-statistical new.tsv --load statistics --words unicode").wrong_usage();
    assert_says(&message, &["--words unicode,whitespace", "--words unicode,unicode", "leave --words out"]);
}

#[test]
fn a_file_without_whole_statistics_is_refused_with_the_remedy() {
    let scratch = with_statistics();
    let whole = scratch.read("statistics");
    let mut changed = whole.clone();
    *changed.iter_mut().rev().nth(100).expect("a byte") ^= 1;
    let mut other_words = whole.clone();
    let place = whole.iter().position(|byte| *byte == b':').expect("a colon") + 3;
    other_words[place] ^= 1;
    let newer: Vec<u8> = String::from_utf8_lossy(&whole).replace("statistics 1:", "statistics 9:").into_bytes();
    let no_bytes = whole.split_inclusive(|byte| *byte == b'\n').next().expect("a line").to_vec();
    for (bytes, part) in [
        (changed, "damaged"),
        (whole[..whole.len() - 1].to_vec(), "damaged"),
        (other_words, "first line is damaged"),
        (newer, "format version 9"),
        (no_bytes, "the statistics cannot be read"),
        (b"one\teins\n".to_vec(), "--save FILE"),
        (Vec::new(), "--save FILE"),
    ] {
        scratch.write("faulty", bytes);
        assert_says(&scratch.run("align-statistical pairs.tsv --load faulty").failure(), &["faulty: ", part]);
    }
    let missing = scratch.run("align-statistical pairs.tsv --load nothing").failure();
    assert_says(&missing, &["nothing: cannot be read"]);
}

#[test]
fn options_of_statistics_that_do_not_go_together_are_refused() {
    let scratch = with_statistics();
    for (args, parts) in [
        ("--adapt", ["--load", "required"]),
        ("--format none", ["--format none writes nothing", "--save FILE"]),
        ("--save -", ["standard output", "give --save a file name"]),
        ("--save a.gz", ["a.gz", "without compression"]),
    ] {
        assert_says(&scratch.run(&format!("align-statistical pairs.tsv {args}")).wrong_usage(), &parts);
    }
    for args in ["--save pairs.tsv", "--load statistics --adapt --save statistics"] {
        let message = scratch.run(&format!("align-statistical pairs.tsv {args}")).failure();
        assert_says(&message, &["input and output are the same file", "--save"]);
    }
    assert_says(&scratch.run("align-statistical pairs.tsv --save no/such/file").failure(), &["no/such/file"]);
}
