//! `glosser man`: the manual pages.

use crate::cli::support::{Scratch, assert_says};
use std::fs;

/// Returns the headings of the sections of a page.
fn sections(page: &str) -> Vec<&str> {
    page.lines().filter_map(|line| line.strip_prefix(".SH ")).map(|heading| heading.trim_matches('"')).collect()
}

#[test]
fn the_page_of_the_program_lists_its_commands_in_the_groups_of_the_help() {
    let page = Scratch::new().run("man").success().stdout;
    let expected = ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXAMPLES", "SEE ALSO"];
    assert_eq!(sections(&page), expected);
    let help = Scratch::new().run("--help").success().stdout;
    let headings = help.lines().filter_map(|line| line.strip_suffix(':')).filter(|line| !line.starts_with(' '));
    let groups: Vec<&str> = headings.filter(|heading| !matches!(*heading, "Other options" | "Examples")).collect();
    let subheadings = page.lines().filter_map(|line| line.strip_prefix(".SS ")).map(|line| line.trim_matches('"'));
    assert_eq!(subheadings.collect::<Vec<_>>(), groups);
    assert_says(&page, &["\\fBglosser\\-align\\-statistical\\fR(1)"]);
}

#[test]
fn a_page_has_name_usage_description_options_and_examples_of_its_command() {
    let page = Scratch::new().run("man train").success().stdout;
    assert_eq!(sections(&page)[..3], ["NAME", "SYNOPSIS", "DESCRIPTION"]);
    assert!(sections(&page).ends_with(&["EXAMPLES", "SEE ALSO"]), "{:?}", sections(&page));
    let title = page.lines().find(|line| line.starts_with(".TH ")).expect("a title");
    assert_says(title, &["glosser-train 1", concat!("\"glosser ", env!("CARGO_PKG_VERSION"), "\"")]);
    assert_says(&page, &["glosser\\-train \\- Train", "\\fBglosser train\\fR", "\\fB\\-\\-epochs\\fR"]);
    // The options of the program are options of every command.
    assert_says(&page, &["\\fB\\-\\-threads\\fR"]);
}

#[test]
fn with_a_directory_there_is_a_page_of_the_program_and_of_every_command() {
    let scratch = Scratch::new();
    let ran = scratch.run("man -o share/man1").success();
    let mut names: Vec<String> = fs::read_dir(scratch.path("share/man1"))
        .expect("a directory")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    let help = scratch.run("--help").success().stdout;
    let commands = help.lines().filter_map(|line| line.strip_prefix("  ")?.split_once("  ")).map(|(name, _)| name);
    let is_command = |name: &&str| name.starts_with(|c: char| c.is_ascii_lowercase());
    let mut expected: Vec<String> = commands.filter(is_command).map(|name| format!("glosser-{name}.1")).collect();
    expected.push("glosser.1".to_owned());
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(ran.stderr, format!("share/man1: {} manual pages written\n", names.len()));
    assert_eq!(scratch.text("share/man1/glosser.1"), scratch.run("man").success().stdout);
}

#[test]
fn a_page_of_an_unknown_command_is_wrong_usage() {
    let message = Scratch::new().run("man trian").wrong_usage();
    assert_says(&message, &["there is no command `trian`"]);
    Scratch::new().run("man train -o pages").wrong_usage();
}
