//! The help texts, as recorded in `tests/snapshots`.

use crate::cli::support::{Scratch, assert_says};

const COMMANDS: [&str; 24] = [
    "demo",
    "check",
    "convert",
    "train",
    "translate",
    "align",
    "heat-map",
    "gloss",
    "lexicon",
    "concordance",
    "explain",
    "audit",
    "align-statistical",
    "symmetrize",
    "aer",
    "evaluate",
    "score",
    "report",
    "page",
    "quantize",
    "curve",
    "info",
    "completions",
    "man",
];

fn assert_recorded(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn the_help_of_the_program_is_as_recorded_and_lists_every_command() {
    let ran = Scratch::new().run("--help").success();
    assert_eq!(ran.stderr, "");
    for command in COMMANDS {
        assert!(ran.lines().iter().any(|line| line.starts_with(&format!("  {command} "))), "{command}");
    }
    assert_recorded("help", &ran.stdout);
}

#[test]
fn the_help_of_every_command_is_as_recorded_and_fits_into_100_columns() {
    for command in COMMANDS {
        let ran = Scratch::new().run(&format!("{command} --help")).success();
        assert_eq!(ran.stderr, "");
        assert!(ran.lines().iter().all(|line| line.chars().count() <= 100), "{}", ran.stdout);
        assert_recorded(&format!("help-{command}"), &ran.stdout);
    }
}

#[test]
fn every_command_that_reads_pairs_names_all_their_formats() {
    for command in COMMANDS {
        let help = Scratch::new().run(&format!("{command} --help")).success().stdout;
        if help.contains("--columns") && command != "gloss" {
            let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_says(&help, &["a TSV, CSV or TMX file,", "or a source and a target file", "gzip, Zstandard"]);
        }
    }
}

#[test]
fn the_version_is_the_version_of_the_package() {
    let ran = Scratch::new().run("--version").success();
    assert_eq!(ran.stdout, format!("glosser {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn without_arguments_the_help_is_printed_on_standard_error_with_exit_code_2() {
    let message = Scratch::new().run("").wrong_usage();
    assert_says(&message, &["Usage: glosser", "translate"]);
}
