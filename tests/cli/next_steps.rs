//! The end of `train`: what the score means, and commands that can be pasted.

use crate::cli::support::{SMALL, Scratch, assert_says, tsv};

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("small.toml", SMALL);
    scratch.write("my pairs.tsv", tsv(1..=240));
    scratch.write("test.tsv", tsv(1001..=1020));
    scratch
}

const TRAIN: [&str; 6] = ["train", "my pairs.tsv", "--config", "small.toml", "--model", "it's a model"];

/// The lines after the one that says that training is over.
fn end(stderr: &str) -> Vec<&str> {
    stderr.lines().skip_while(|line| !line.starts_with("trained ")).collect()
}

#[test]
fn the_end_of_a_training_says_what_the_score_means_and_what_to_do_next() {
    let scratch = scratch();
    let ran = scratch.run_args(&TRAIN).success();
    assert_eq!(ran.stdout, "");
    let end = end(&ran.stderr);
    assert!((6..=12).contains(&end.len()), "{end:#?}");
    assert_says(end[0], &["trained 240 steps", "with beam search and the standard length penalty 1"]);
    assert!(end[1].starts_with("BLEU ") && end[1].contains(" on 12 held-out pairs means: "), "{end:#?}");
    assert_says(end[2], &["with so few pairs much of this is chance", "--dev"]);
    assert_says(end[3], &["advice: ", "more pairs help"]);
    assert_eq!(end[4], "What to try next:");
    for (line, command) in end[5..].iter().zip(["translate", "align", "report", "evaluate"]) {
        assert_says(line, &[&format!("glosser {command} --model ")]);
    }
    let quiet = scratch.run_args(&[&TRAIN[..], &["--overwrite", "--quiet"]].concat()).success();
    assert_eq!((quiet.stdout, quiet.stderr), (String::new(), String::new()));
}

#[cfg(unix)]
#[test]
fn the_commands_at_the_end_can_be_pasted() {
    use crate::cli::support::program;
    use std::path::Path;
    use std::process::Command;

    let scratch = scratch();
    // As Tatoeba exports pairs.
    let wide: String = tsv(1..=240).lines().map(|line| format!("1\t{}\n", line.replace('\t', "\t2\t"))).collect();
    scratch.write("my pairs.tsv", wide);
    scratch.write("dev.tsv", "12\tone two\t13\teins zwei\n14\tthree\t15\tdrei\n");
    for (dev, pairs) in [(&[][..], "'my pairs.tsv' --columns 2,4"), (&["--dev", "dev.tsv"], "dev.tsv --columns 2,4")] {
        let all = [&TRAIN[..], &["--columns", "2,4", "--overwrite"], dev].concat();
        let stderr = scratch.run_args(&all).success().stderr;
        let commands: Vec<&str> =
            end(&stderr).into_iter().filter(|line| line.starts_with("  ") && line.contains("glosser ")).collect();
        assert_eq!(commands.len(), 4, "{stderr}");
        assert_says(commands[1], &[pairs]);
        for command in commands {
            let bin = Path::new(program().get_program()).parent().expect("a directory").to_owned();
            let path = format!("{}:{}", bin.display(), std::env::var("PATH").expect("a path"));
            let ran = Command::new("sh").args(["-c", command]).env("PATH", path).current_dir(scratch.path("")).output();
            let ran = ran.expect("a shell");
            assert!(ran.status.success(), "{command}: {}", String::from_utf8_lossy(&ran.stderr));
            let is_written = command.contains(" > ") || command.contains(" -o ");
            assert_eq!(ran.stdout.is_empty(), is_written, "{command}");
        }
        assert!(scratch.text("report.html").contains("<html") && !scratch.read("links.pharaoh").is_empty());
    }
}

#[test]
fn a_handful_of_pairs_is_told_what_to_expect_and_what_would_help() {
    let scratch = scratch();
    scratch.write("few.tsv", tsv(1..=20));
    let ran = scratch.run("train few.tsv --model few --config small.toml --steps 4").success();
    let expected =
        ["note: 19 training pairs are enough to try the commands, but not to learn a translator from", "5,000"];
    assert_says(&ran.stderr, &expected);
    assert_says(&ran.stderr, &[" on 1 held-out pair: too few to know", "advice: 19 training pairs are too few"]);
    for wrong in ["would not help", "memorised", "    translation  "] {
        assert!(!ran.stderr.contains(wrong), "{wrong}: {}", ran.stderr);
    }
    scratch.write("many.tsv", tsv(1..=600));
    let ran = scratch.run("train many.tsv --model many --config small.toml --steps 4").success();
    assert!(!ran.stderr.contains("enough to try"), "{}", ran.stderr);
    // Fine-tuning on a few pairs is useful.
    let ran = scratch.run("train few.tsv --from many --model more --steps 4").success();
    assert!(!ran.stderr.contains("enough to try") && !ran.stderr.contains("too few to learn"), "{}", ran.stderr);
}

#[test]
fn the_end_of_a_training_in_both_directions_names_the_commands_once() {
    let scratch = scratch();
    let args = "train test.tsv --both-directions --model both --config small.toml --steps 4";
    let stderr = scratch.run(args).success().stderr;
    assert_eq!(stderr.matches(" on 1 held-out pair: too few").count(), 2, "{stderr}");
    assert_eq!(stderr.matches("What to try next:").count(), 1, "{stderr}");
    assert_says(&stderr, &["The model of the opposite direction is in its sub-directory reverse."]);
}
