//! Exit codes and messages of a wrong command line.

use crate::cli::support::{Scratch, assert_says, program};
use std::process::Stdio;

/// Wrong command lines, each with the argument that the message must name.
const WRONG: &[(&str, &str)] = &[
    ("dance", "dance"),
    ("translate", "--model"),
    ("translate --model m --beam 5", "--beam"),
    ("translate --model m --beam-size 0", "--beam-size"),
    ("translate --model m --beam-size five", "--beam-size"),
    ("translate --model m --batch-size 0", "--batch-size"),
    ("translate --model m --n-best 0", "--n-best"),
    ("translate --model m --max-length 0", "--max-length"),
    ("translate --model m --length-penalty nan", "--length-penalty"),
    ("translate --model m --format xml", "--format"),
    ("translate --model m --threads 0", "--threads"),
    ("translate --model m one --input a", "--input"),
    ("info m --model m", "given twice"),
    ("curve m --model m", "given twice"),
    ("evaluate a b --hypotheses c", "--hypotheses"),
    ("evaluate a b --columns 2,1", "--columns"),
    ("translate --model m --threads 1025", "--threads"),
    ("translate --model m --threads 18446744073709551615", "from 1 to 1024"),
    ("translate --model m --beam-size 1001", "from 1 to 1000"),
    ("translate --model m --beam-size 99999999999999999999", "--beam-size"),
    ("translate --model m --max-length 10001", "from 1 to 10000"),
    ("evaluate --model m pairs.tsv --beam-size 1001", "--beam-size"),
    ("report --model m --translate a --beam-size 1001", "from 1 to 1000"),
    ("explain --model m one --max-length 10001", "from 1 to 10000"),
    ("train --model m", "FILE"),
    ("train pairs.tsv", "--model"),
    ("train a b c --model m", "'c'"),
    ("train pairs.tsv --model m --epochs 2 --steps 9", "--epochs"),
    ("train pairs.tsv --model m --steps 9 --minutes 1", "--steps"),
    ("train pairs.tsv --model m --epochs 0", "--epochs"),
    ("train pairs.tsv --model m --steps 0", "--steps"),
    ("train pairs.tsv --model m --steps 9,5@7", "5 steps after step 7"),
    ("train pairs.tsv --model m --minutes 0", "--minutes"),
    ("train pairs.tsv --model m --minutes -1", "-1"),
    ("train pairs.tsv --model m --minutes inf", "--minutes"),
    ("train pairs.tsv --model m --columns 1,1", "--columns"),
    ("train pairs.tsv --model m --columns 0,1", "--columns"),
    ("train a b --model m --columns 2,1", "--columns"),
    ("train a b --dev c d --model m --columns 2,1", "--columns"),
    ("align a b --model m --columns 2,1", "--columns"),
    ("evaluate a b --model m --columns 2,1", "--columns"),
    ("train pairs.tsv --model m --seed one", "--seed"),
    ("train pairs.tsv --model m --attention cosine", "--attention"),
    ("align --model m", "FILE"),
    ("aer links", "--gold"),
    ("evaluate", "--hypotheses"),
    ("evaluate --model m", "FILE"),
    ("evaluate pairs.tsv", "--model"),
    ("evaluate --hypotheses out", "--references"),
    ("evaluate --references out", "--hypotheses"),
    ("evaluate --model m pairs.tsv --hypotheses out --references ref", "--model"),
    ("evaluate --hypotheses out --references ref --format xml", "--format"),
    ("evaluate --hypotheses out --references ref --seed 7", "--against"),
    ("evaluate --against old", "--hypotheses"),
    ("score --model m", "FILE"),
    ("score pairs.tsv", "--model"),
    ("score a b --model m --columns 2,1", "--columns"),
    ("score a b c --model m", "'c'"),
    ("report --model m", "FILE"),
    ("report pairs.tsv", "--model"),
    ("report --model m pairs.tsv --translate a", "--translate"),
    ("report --model m --translate a --columns 2,1", "--columns"),
    ("report --model m a b --columns 2,1", "--columns"),
    ("report --model m pairs.tsv --compare", "--compare"),
    ("quantize --model m", "--output"),
    ("quantize --output m", "<MODEL>"),
    ("info", "<MODEL>"),
    ("curve", "<DIR|LOG>"),
    ("check", "FILE"),
    ("check a b c", "'c'"),
    ("check a b --columns 2,1", "--columns"),
    ("check pairs.tsv --fix", "--fix"),
    ("curve --model m --against hours", "--against"),
    ("train pairs.tsv --model m --from", "--from"),
];

#[test]
fn a_wrong_command_line_gives_exit_code_2_and_the_argument_is_named() {
    let scratch = Scratch::new();
    for (args, named) in WRONG {
        let message = scratch.run(args).wrong_usage();
        assert!(message.contains(named), "glosser {args}: `{named}` is not in\n{message}");
    }
    assert!(scratch.tree("").is_empty(), "a wrong command line wrote something");
}

#[test]
fn a_wrong_command_line_gives_the_usage_of_its_command_and_where_its_help_is() {
    let scratch = Scratch::with_model();
    for (args, usage, help) in [
        ("dance", "Usage: glosser [OPTIONS] <COMMAND>", "try `glosser --help`"),
        ("translate --model", "glosser translate", "try `glosser translate --help`"),
        ("translate --model model --n-best 9", "Usage: glosser translate [OPTIONS]", "try `glosser translate --help`"),
        ("--threads 1 info", "Usage: glosser info", "try `glosser info --help`"),
        ("evaluate one", "Usage: glosser evaluate [OPTIONS]", "try `glosser evaluate --help`"),
    ] {
        let message = scratch.run(args).wrong_usage();
        assert_says(&message, &[usage, help]);
        assert!(message.lines().count() < 10, "{message}");
    }
}

#[test]
fn the_model_may_be_an_argument_or_an_environment_variable() {
    let scratch = Scratch::with_model();
    let expected = scratch.run("info --model model").success().stdout;
    assert_eq!(scratch.run("info model").success().stdout, expected);
    let run = |args: &[&str]| {
        let mut command = program();
        command.args(args).current_dir(scratch.path("")).env("GLOSSER_MODEL", "model").stdin(Stdio::null());
        command.output().expect("the program starts")
    };
    assert_eq!(String::from_utf8_lossy(&run(&["info"]).stdout), expected);
    for args in [&["info", "model"][..], &["translate", "one two"], &["curve"]] {
        let output = run(args);
        assert!(output.status.success() && !output.stdout.is_empty(), "{args:?}");
    }
    for args in [&["train", "pairs.tsv"][..], &["evaluate", "pairs.tsv"]] {
        assert_eq!(run(args).status.code(), Some(2), "{args:?}: a model is named explicitly");
    }
}

#[test]
fn several_translations_in_the_text_format_are_refused() {
    let scratch = Scratch::with_model();
    let message = scratch.pipe("translate --model model --n-best 2 --format text", "one\n").wrong_usage();
    assert_says(&message, &["--n-best 2", "--format moses"]);
}

#[test]
fn more_translations_than_the_beam_size_are_refused_with_the_remedy() {
    let scratch = Scratch::with_model();
    let message = scratch.pipe("translate --model model --n-best 9", "one\n").wrong_usage();
    assert_says(&message, &["--n-best 9", "--beam-size 9"]);
}

#[test]
fn a_failed_command_gives_exit_code_1_and_one_line_of_error() {
    let message = Scratch::new().pipe("translate --model nowhere", "one\n").failure();
    assert_says(&message, &["nowhere: no model directory here", "glosser train --model nowhere"]);
}
