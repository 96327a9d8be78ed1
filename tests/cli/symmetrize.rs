//! `symmetrize`: links of two directions. The intersection of the links below is 0-0 and 2-2; 1-1 and 3-2 are next to
//! it; 6-5 has two words without links, 0-7 has one.

use crate::cli::support::{Scratch, assert_says};

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("forward", "0-0 1-1 2-2 6-5 0-7\n\n1-0\n");
    scratch.write("reverse", "0-0 2-2 3-2\n\n1-0\n");
    scratch.write("target-first", "0-0 2-2 2-3\n\n0-1\n");
    scratch
}

#[test]
fn every_method_gives_the_expected_links() {
    let scratch = scratch();
    for (method, expected) in [
        ("intersection", "0-0 2-2"),
        ("grow-diag", "0-0 1-1 2-2 3-2"),
        ("grow-diag-final-and", "0-0 1-1 2-2 3-2 6-5"),
        ("grow-diag-final", "0-0 0-7 1-1 2-2 3-2 6-5"),
        ("union", "0-0 0-7 1-1 2-2 3-2 6-5"),
    ] {
        let ran = scratch.run(&format!("symmetrize forward reverse --method {method}")).success();
        assert_eq!((ran.stdout, ran.stderr.as_str()), (format!("{expected}\n\n1-0\n"), ""), "{method}");
    }
    let standard = scratch.run("symmetrize forward reverse").success().stdout;
    assert_eq!(standard, scratch.run("symmetrize forward reverse --method grow-diag-final-and").success().stdout);
}

#[test]
fn a_reverse_file_with_the_target_first_is_read_with_its_option() {
    let scratch = scratch();
    let expected = scratch.run("symmetrize forward reverse").success().stdout;
    assert_eq!(scratch.run("symmetrize forward target-first --reverse-order").success().stdout, expected);
    assert!(scratch.run("symmetrize forward target-first").success().stdout != expected);
}

#[test]
fn malformed_files_are_named_with_the_line() {
    let scratch = scratch();
    scratch.write("short", "0-0\n");
    scratch.write("words", "0-0\n\na-b\n");
    let message = scratch.run("symmetrize forward short").failure();
    assert_says(&message, &["forward has 3 lines but short has 1", "one line per pair"]);
    assert_says(&scratch.run("symmetrize forward words").failure(), &["words:3: found `a-b`", "`0-0`"]);
    assert_says(&scratch.run("symmetrize - -").wrong_usage(), &["standard input can be read only once"]);
}
