//! `glosser completions`: the scripts, and what a real bash completes with them.

use crate::cli::support::{Scratch, assert_says};

/// Returns what bash offers for the last of these words, or `None` without bash 4 or later.
#[cfg(unix)]
fn offered(script: &std::path::Path, words: &[&str]) -> Option<Vec<String>> {
    let program = r#"
        ((BASH_VERSINFO[0] >= 4)) || exit 3
        source "$1" && shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        # Outside of a completion, `compopt` has nothing to change.
        compopt() { :; }
        "$(complete -p glosser | sed 's/.*-F \([^ ]*\).*/\1/')" glosser "${@: -1}" "${@: -2:1}"
        printf '%s\n' "${COMPREPLY[@]}""#;
    let run = std::process::Command::new("bash")
        .args(["--norc", "-c", program, "bash"])
        .arg(script)
        .args(words)
        .output()
        .ok()?;
    if run.status.code() == Some(3) {
        return None;
    }
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(String::from_utf8(run.stdout).expect("UTF-8").lines().map(ToOwned::to_owned).collect())
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_options_and_values() {
    let scratch = Scratch::new();
    scratch.write("glosser.bash", scratch.run("completions bash").success().stdout);
    let script = scratch.path("glosser.bash");
    for (words, expected) in [
        (vec!["glosser", "trans"], vec!["translate"]),
        (vec!["glosser", "al"], vec!["align", "align-statistical"]),
        (vec!["glosser", "translate", "--bea"], vec!["--beam-size"]),
        (vec!["glosser", "align-statistical", "--symm"], vec!["--symmetrize"]),
        (vec!["glosser", "train", "--attention", "a"], vec!["additive"]),
        (vec!["glosser", "completions", "z"], vec!["zsh"]),
        (vec!["glosser", "nothing"], vec![""]),
    ] {
        let Some(offered) = offered(&script, &words) else { return };
        assert_eq!(offered, expected, "{words:?}");
    }
}

#[test]
fn every_shell_gets_a_script_that_names_every_command() {
    let scratch = Scratch::new();
    let help = scratch.run("completions --help").success().stdout;
    for (shell, part) in [
        ("bash", "complete -F _glosser"),
        ("zsh", "#compdef glosser"),
        ("fish", "complete -c glosser"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[glosser]"),
    ] {
        assert_says(&help, &[shell]);
        let script = scratch.run(&format!("completions {shell}")).success().stdout;
        assert_says(&script, &[part, "align-statistical", "concordance", "completions"]);
    }
}

#[test]
fn an_unknown_shell_is_wrong_usage_and_the_message_lists_the_shells() {
    let message = Scratch::new().run("completions tcsh").wrong_usage();
    assert_says(&message, &["tcsh", "bash, elvish, fish, powershell, zsh"]);
}
