//! Line shifts: the line from which source and target no longer match.

use super::support::{LINE, LineShift, Sides, report};
use crate::cli::support::{Scratch, assert_says, pair};

/// Fails unless the report has one line shift near `LINE` and nothing else. Returns it.
#[track_caller]
fn assert_line_shift(scratch: &Scratch, args: &str, kind: &str) -> LineShift {
    let ran = scratch.run(&format!("check {args} --json"));
    let mut report = report(&ran);
    let kinds: Vec<&str> = report.findings.iter().map(|finding| finding.kind.as_str()).collect();
    assert_eq!((kinds, ran.code, report.errors), (vec![kind], Some(1), 1), "{}", ran.stdout);
    let line_shift = report.line_shifts.pop().expect("a line shift");
    assert_eq!(report.findings[0].places[0].line, line_shift.line);
    assert!(
        (line_shift.first..=line_shift.last).contains(&LINE) && line_shift.line.abs_diff(LINE) <= 2,
        "{}",
        ran.stdout
    );
    assert_says(&scratch.run(&format!("check {args}")).stdout, &[&format!(":{}: ", line_shift.line)]);
    line_shift
}

#[test]
fn a_missing_line_is_reported_at_its_place() {
    let scratch = Scratch::new();
    for (side, shift) in [("target", -1), ("source", 1)] {
        let mut sides = Sides::clean();
        let lines = if side == "target" { &mut sides.target } else { &mut sides.source };
        lines.remove(LINE - 1);
        sides.write(&scratch);
        let line_shift = assert_line_shift(&scratch, "c.en c.fr", "line-counts");
        assert_eq!((line_shift.shift, line_shift.until), (shift, None));
        let text = scratch.run("check c.en c.fr").stdout;
        let found = if side == "target" { "400 lines and 399" } else { "399 lines and 400" };
        assert_says(&text, &["error: the two files have different numbers of lines", found, "1 line"]);
        // Training reports the line too.
        let message = scratch.run("train c.en c.fr --model new --quiet").failure();
        assert_says(
            &message,
            &["is the first line without a counterpart", &format!("from line {} on", line_shift.line)],
        );
    }
}

#[test]
fn a_missing_line_is_reported_although_another_line_was_added_later() {
    let scratch = Scratch::new();
    let mut sides = Sides::clean();
    let moved = sides.target.remove(LINE - 1);
    sides.target.insert(300, moved);
    sides.write(&scratch);
    for args in ["c.en c.fr", "c.tsv"] {
        let line_shift = assert_line_shift(&scratch, args, "slip");
        assert!(line_shift.shift == -1 && line_shift.until.is_some_and(|until| until.abs_diff(302) <= 3));
        let before = scratch.tree("");
        let outputs = if args == "c.tsv" { "out.tsv" } else { "out.en out.fr" };
        let ran = scratch.run(&format!("check {args} --fix {outputs}"));
        assert_eq!(ran.code, Some(1));
        assert_says(
            &ran.stderr,
            &[&format!(":{}: source and target no longer match", line_shift.line), "nothing was written"],
        );
        assert!(scratch.tree("") == before, "nothing is written");
    }
}

#[test]
fn a_file_that_is_longer_at_its_end_has_no_line_shift() {
    let scratch = Scratch::new();
    let mut sides = Sides::clean();
    sides.target.truncate(390);
    sides.write(&scratch);
    let ran = scratch.run("check c.en c.fr --json");
    let report = report(&ran);
    assert!(report.line_shifts.is_empty() && report.findings.len() == 1, "{}", ran.stdout);
    assert_eq!(report.findings[0].places[0].line, 391);
    let ran = scratch.run("check c.en c.fr --fix out.en out.fr");
    assert_says(&ran.stderr, &["c.en:391: one side ends here", "nothing was written"]);
    assert!(!scratch.path("out.en").exists());
}

#[test]
fn a_model_confirms_the_line_shift_and_names_the_line() {
    let scratch = Scratch::with_model();
    let (source, mut target): (Vec<String>, Vec<String>) = (2000..2240).map(pair).unzip();
    target.remove(LINE - 1);
    scratch.write("c.en", source.join("\n"));
    scratch.write("c.de", target.join("\n"));
    let ran = scratch.run("check c.en c.de --model model --json");
    let line_shift = report(&ran).line_shifts.pop().expect("a line shift");
    let model = line_shift.model.expect("the result of the model");
    assert!(model.is_confirmed && model.shifted > model.straight, "{}", ran.stdout);
    assert_eq!(model.line, LINE, "{}", ran.stdout);
    let text = scratch.run("check c.en c.de --model model").stdout;
    assert_says(&text, &["the model agrees, from line 123 on"]);
}
