//! No control character of a corpus, a model or a file name is in a message or in text for people.

use crate::cli::support::{Scratch, TINY, assert_says, lines, pair, sentences};

/// ESC, BEL, shift out, a C1 control sequence, DEL, a direction override.
const HOSTILE: &str = "\u{1b}[2J \u{7} \u{e} \u{9b}31m \u{7f} \u{202e}";

/// The same in messages.
const ESCAPED: [&str; 6] = ["\\u{1b}[2J", "\\u{7}", "\\u{e}", "\\u{9b}31m", "\\u{7f}", "\\u{202e}"];

#[track_caller]
fn assert_safe(text: &str) {
    let is_unsafe = |c: char| c != '\n' && c != '\t' && glosser_text::is_unprintable(c);
    assert!(!text.contains(is_unsafe), "{text:?}");
}

#[test]
fn a_weak_model_writes_no_control_characters_and_only_whole_characters() {
    let scratch = Scratch::new();
    scratch.write("pairs.tsv", (1..=60).map(pair).map(|(a, b)| format!("{a} 狗é\t{b} Ω猫\n")).collect::<String>());
    scratch.write("tiny.toml", TINY);
    scratch.run("train pairs.tsv --model model --config tiny.toml --steps 3 --threads 1 -q").success();
    let input: String = (0..100).map(|index| pair(index).0 + "\n").collect();
    for args in ["", "--beam-size 1", "--n-best 3 --format moses", "--max-length 7"] {
        let ran = scratch.pipe(&format!("translate --model model -q --threads 1 {args}"), &input).success();
        assert!(ran.lines().len() >= 100, "{args}");
        assert_safe(&ran.stdout);
        assert!(!ran.stdout.contains(['\t', char::REPLACEMENT_CHARACTER]), "{args}");
    }
}

#[test]
fn messages_escape_the_text_of_a_corpus() {
    let scratch = Scratch::new();
    scratch.write("bad.tsv", format!("{HOSTILE}\n"));
    for command in ["train bad.tsv --model model", "convert bad.tsv -o good.tsv"] {
        let message = scratch.run(command).failure();
        assert_safe(&message);
        assert_says(&message, &ESCAPED);
    }
    scratch.write("pairs.tsv", format!("one {HOSTILE} two\teins zwei\none\teins\n"));
    let checked = scratch.run("check pairs.tsv");
    assert_safe(&checked.stdout);
    assert_says(&checked.stdout, &["\\u{1b}[2J"]);
    let json = scratch.run("check pairs.tsv --json").stdout;
    assert_safe(&json);
    assert_says(&json, &["\\\\u{1b}[2J"]);
}

#[test]
fn text_for_people_escapes_the_words_of_pairs_and_json_has_escapes() {
    let scratch = Scratch::with_model();
    let (source, target) = ("one t\u{1b}[2Jwo thr\u{9b}ee", "eins z\u{7}wei d\u{7f}rei");
    scratch.write("pairs.tsv", format!("{source}\t{target}\n").repeat(3));
    let page = [
        "audit --model model pairs.tsv",
        "concordance one --model model pairs.tsv",
        "gloss --model model --pairs pairs.tsv",
    ];
    let json = [
        "align --model model pairs.tsv --format jsonl",
        "lexicon --model model pairs.tsv --min-count 0.1 --format jsonl",
        "score --model model pairs.tsv --format jsonl",
        "concordance one --model model pairs.tsv --format jsonl",
        "explain --model model one,\u{1b}two\u{9b} --format json",
        "align --model model pairs.tsv --format grid",
        "explain --model model one,\u{1b}two\u{9b}",
    ];
    for command in page.iter().chain(&json) {
        let ran = scratch.run(command).success();
        assert!(!ran.stdout.is_empty(), "{command}");
        assert_safe(&ran.stdout);
        assert_safe(&ran.stderr);
    }
    // Data on a pipe are the bytes of the corpus.
    let lexicon = scratch.run("lexicon --model model pairs.tsv --min-count 0.1").success();
    assert_says(&lexicon.stdout, &["thr\u{9b}ee"]);
}

#[test]
fn names_of_files_and_arguments_are_escaped() {
    let scratch = Scratch::with_model();
    for args in [
        &["translate", "--model", "model", "-i", "no\u{1b}[31m.txt"][..],
        &["info", "--model", "no\u{7}model"],
        &["train", "no\u{9b}pairs.tsv", "--model", "new"],
    ] {
        let message = scratch.run_args(args).failure();
        assert_safe(&message);
        assert_says(&message, &["no\\u{"]);
    }
    let unknown = scratch.pipe("translate --model model", "one xy\u{1b}zz\u{202e}y\n").success();
    assert_safe(&unknown.stderr);
    assert_eq!(scratch.pipe("translate --model model", sentences()).success().stderr, "");
    assert!(lines(&unknown.stderr).iter().all(|line| line.starts_with("warning: ")), "{}", unknown.stderr);
}
