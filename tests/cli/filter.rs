//! `translate` as a filter: exactly one line of output for each line of input, in the same order.

use crate::cli::support::{Scratch, assert_says, gzip, lines, pair, program, sentences};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

const TRANSLATE: &str = "translate --model model";

/// Lines that other translators fail on, without line ends.
const ODD: [&[u8]; 17] = [
    b"one two three",
    b"",
    b"   \t ",
    b"...!?",
    b"</s>",
    b"one </s> two",
    "🐕🦮 one 👩‍👩‍👧".as_bytes(),
    "שלום עולם".as_bytes(),
    "مرحبا, two".as_bytes(),
    "one\u{2028}two\u{2029}three\u{85}four".as_bytes(),
    "\u{1D}\u{B}\u{C}".as_bytes(),
    b"one\0two",
    b"M\xFCnchen",
    b"one\rtwo",
    b"one ||| two ||| three",
    "e\u{301}\u{FEFF}ﬁn".as_bytes(),
    b"nine eight",
];

fn odd_text(end: &str) -> Vec<u8> {
    ODD.iter().flat_map(|line| [*line, end.as_bytes()].concat()).collect()
}

#[test]
fn every_unusual_line_has_its_own_line_in_the_output() {
    let scratch = Scratch::with_model();
    let ran = scratch.pipe(TRANSLATE, odd_text("\n")).success();
    let records = scratch.records("", odd_text("\n"));
    assert_eq!(records.len(), ODD.len());
    for ((index, record), given) in records.iter().enumerate().zip(ODD) {
        assert_eq!((record.line, record.rank), (index + 1, 1));
        assert_eq!(record.source, String::from_utf8_lossy(given).replace('\0', ""), "line {}", index + 1);
        assert_eq!(record.translation.is_empty(), record.source.trim().is_empty(), "{record:?}");
    }
    let translations: Vec<&str> = records.iter().map(|record| record.translation.as_str()).collect();
    assert_eq!(ran.lines(), translations, "text and JSON differ");
}

#[test]
fn windows_line_ends_a_byte_order_mark_and_a_missing_last_newline_do_not_change_the_output() {
    let scratch = Scratch::with_model();
    let plain = scratch.pipe(TRANSLATE, sentences()).success();
    let windows = format!("\u{FEFF}{}", sentences().replace('\n', "\r\n"));
    assert_eq!(scratch.pipe(TRANSLATE, windows).success().stdout, plain.stdout);
    assert_eq!(scratch.pipe(TRANSLATE, sentences().trim_end()).success().stdout, plain.stdout);
}

#[test]
fn empty_input_gives_empty_output_and_a_blank_line_stays_blank() {
    let scratch = Scratch::with_model();
    for (input, output) in [("", ""), ("\n", "\n"), ("\n\n", "\n\n"), (" ", "\n")] {
        let ran = scratch.pipe(TRANSLATE, input).success();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (output, ""), "{input:?}");
    }
}

/// `count` words.
fn words(count: usize) -> Vec<String> {
    let numbers: String = (1..count).map(|index| pair(index).0 + " ").collect();
    numbers.split_whitespace().take(count).map(str::to_owned).collect()
}

#[test]
fn a_long_line_is_translated_completely_and_does_not_change_the_other_lines() {
    let scratch = Scratch::with_model();
    let alone = scratch.pipe("translate --model model --beam-size 1", "one two\nthree\n").success();
    for count in [600, 5000] {
        let words = words(count);
        let input = format!("one two\n{}\nthree\n", words.join(" "));
        let records = scratch.records("--beam-size 1", &input);
        assert_eq!(records.len(), 3);
        assert_eq!([&records[0].translation, &records[2].translation], alone.lines()[..]);
        let long = &records[1];
        assert_eq!(long.source_words, words);
        assert!(long.degraded.iter().any(|kind| kind == "split"), "{:?}", long.degraded);
        let is_weighted = long.degraded.iter().all(|kind| kind != "no_weights");
        assert_eq!((is_weighted, is_weighted), (count == 600, !long.weights.is_empty()), "{:?}", long.degraded);
        // No part of the line is skipped, however bad the translation of the small model is.
        for start in (0..=200).step_by(100).filter(|_| is_weighted) {
            let read = |row: &Vec<f64>| row[start..start + 400].iter().sum::<f64>() > 0.5;
            assert!(long.weights.iter().any(read), "no target word came from the words {start} to {}", start + 400);
        }
    }
}

#[test]
fn a_very_long_line_without_a_space_is_translated() {
    let scratch = Scratch::with_model();
    for (letters, bytes) in [("a", 1 << 20), ("狗", 1 << 16), ("\u{301}", 1 << 16), ("A.", 1 << 16)] {
        let line = letters.repeat(bytes / letters.len());
        let ran = scratch.pipe("translate --model model --beam-size 1 --max-length 1", format!("one\n{line}\ntwo\n"));
        assert_eq!(ran.success().lines().len(), 3, "{letters}");
    }
}

#[test]
fn sentences_may_be_arguments_and_so_may_one_file() {
    let scratch = Scratch::with_model();
    let (first, second) = (pair(1001).0, pair(1002).0);
    scratch.write("two.txt", format!("{first}\n{second}\n"));
    let expected = scratch.run("translate --model model -i two.txt").success().stdout;
    let translate = |args: &[&str]| scratch.run_args(&[&["translate", "--model", "model"], args].concat());
    for args in [&[first.as_str(), second.as_str()][..], &["two.txt"]] {
        let ran = translate(args).success();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (expected.as_str(), ""), "{args:?}");
    }
    assert_eq!(lines(&translate(&["one\ntwo", "three"]).success().stdout).len(), 2, "an argument is one line");
    let note = translate(&["no.txt"]).success().stderr;
    assert_says(&note, &["note: `no.txt` is not a file, so it is read as a sentence"]);
    assert_says(&translate(&["two.txt", "one"]).wrong_usage(), &["`two.txt` is a file and `one` is not"]);
    assert_says(&translate(&["two.txt", "two.txt"]).wrong_usage(), &["cat two.txt two.txt | glosser"]);
    let gloss = |args: &[&str]| scratch.run_args(&[&["gloss", "--model", "model"], args].concat()).success().stdout;
    assert_eq!(gloss(&[&first]), scratch.pipe("gloss --model model", format!("{first}\n")).success().stdout);
}

#[test]
fn the_input_may_be_standard_input_a_file_or_gzip_and_the_output_a_file() {
    let scratch = Scratch::with_model();
    let text = sentences();
    let (first, second) = text.split_at(text.len() / 2);
    scratch.write("in.txt", &text);
    // Gzip is recognised by its first bytes, not by the name. Two gzip members in a row are one text.
    scratch.write("zipped.txt", [gzip(first), gzip(second)].concat());
    let expected = scratch.pipe(TRANSLATE, &text).success().stdout;
    assert_eq!(lines(&expected).len(), 60);
    for (args, input) in
        [("-i -", text.as_bytes()), ("--input in.txt", b""), ("-i zipped.txt", b""), ("-o -", text.as_bytes())]
    {
        let ran = scratch.pipe(&format!("{TRANSLATE} {args}"), input).success();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (expected.as_str(), ""), "{args}");
    }
    assert_eq!(scratch.pipe(TRANSLATE, gzip(&text)).success().stdout, expected, "gzip on standard input");
    let ran = scratch.run(&format!("{TRANSLATE} -i in.txt -o out.txt")).success();
    assert_eq!((ran.stdout, ran.stderr.as_str()), (String::new(), "out.txt: 60 lines written\n"));
    assert_eq!(scratch.read("out.txt"), expected.as_bytes());
}

#[test]
fn an_input_that_cannot_be_read_is_named_and_the_output_file_is_not_changed() {
    let scratch = Scratch::with_model();
    scratch.write("out.txt", "precious");
    let message = scratch.run(&format!("{TRANSLATE} -i nowhere.txt -o out.txt")).failure();
    assert_says(&message, &["`nowhere.txt` cannot be opened", "check the path"]);
    let message = scratch.run(&format!("{TRANSLATE} -i model -o out.txt")).failure();
    assert_says(&message, &["`model` is a directory", "name a text file"]);
    assert_eq!(scratch.read("out.txt"), b"precious");
    let message = scratch.pipe(&format!("{TRANSLATE} -o nowhere/out.txt"), "one\n").failure();
    assert_says(&message, &["nowhere/out.txt: cannot be written"]);
}

#[test]
fn the_input_cannot_be_the_output() {
    let scratch = Scratch::with_model();
    scratch.write("text.txt", sentences());
    for output in ["text.txt", "./text.txt", "model/../text.txt"] {
        let message = scratch.run(&format!("{TRANSLATE} -i text.txt -o {output}")).failure();
        assert_says(&message, &[output, "the same file", "another -o"]);
        assert_eq!(scratch.read("text.txt"), sentences().as_bytes());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let scratch = Scratch::with_model();
    let message = scratch.pipe(&format!("{TRANSLATE} -o /dev/full"), "one\n").failure();
    assert_says(&message, &["No space left"]);
}

#[test]
fn truncated_gzip_is_an_error() {
    let scratch = Scratch::with_model();
    let zipped = gzip(sentences());
    scratch.write("cut.gz", &zipped[..zipped.len() - 12]);
    let ran = scratch.run(&format!("{TRANSLATE} -i cut.gz"));
    assert_eq!(ran.code, Some(1));
    assert_says(&ran.stderr, &["error: cut.gz:", "cut short", "gzip -t"]);
}

/// Starts the filter with open pipes.
fn spawn(scratch: &Scratch, args: &str) -> Child {
    let mut command = program();
    command.args(TRANSLATE.split(' ')).args(args.split_whitespace()).current_dir(scratch.path(""));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

#[test]
fn each_line_is_translated_before_the_next_one_is_written() {
    let scratch = Scratch::with_model();
    let expected = scratch.pipe(TRANSLATE, "\none two\nthree\n").success().stdout;
    let mut child = spawn(&scratch, "");
    let mut stdin = child.stdin.take().expect("a pipe");
    let stdout = child.stdout.take().expect("a pipe");
    let (sender, answers) = channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            sender.send(line.expect("UTF-8")).expect("the test waits");
        }
    });
    for (line, expected) in ["", "one two", "three"].iter().zip(lines(&expected)) {
        writeln!(stdin, "{line}").expect("the program reads");
        stdin.flush().expect("the program reads");
        let answer = answers.recv_timeout(Duration::from_secs(60));
        if answer.is_err() {
            child.kill().expect("the program runs");
        }
        assert_eq!(answer.as_deref(), Ok(expected), "{line:?} is answered while standard input is open");
    }
    drop(stdin);
    assert!(child.wait().expect("the program ends").success());
    reader.join().expect("a reader that ends");
}

#[test]
fn a_closed_output_ends_the_program_without_an_error() {
    let scratch = Scratch::with_model();
    // More output than a pipe buffers, so that the program is still writing when the pipe is closed.
    scratch.write("in.txt", sentences().repeat(5));
    let mut child = spawn(&scratch, "--format jsonl --beam-size 1 -i in.txt");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut first = String::new();
    stdout.read_line(&mut first).expect("an answer");
    assert!(first.starts_with("{\"line\":1,"), "{first}");
    drop(stdout);
    assert_eq!(child.wait().expect("the program ends").code(), Some(0));
    let mut messages = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut messages).expect("UTF-8");
    assert_eq!(messages, "");
}
