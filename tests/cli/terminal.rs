//! The program on a terminal: a pseudo-terminal of the system, whose output an emulator turns into a screen.

use crate::cli::support::{SMALL, Scratch, pair, program, tsv};
use nix::pty::{Winsize, openpty};
use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};
use vt100::Parser;

/// Longest time that a test waits for a text: the machine may be slow.
const PATIENCE: Duration = Duration::from_secs(120);

const ROWS: u16 = 60;

/// The program on a terminal, and the screen so far.
struct Terminal {
    child: Child,
    keyboard: File,
    output: Receiver<Vec<u8>>,
    screen: Parser,
}

impl Terminal {
    fn start(scratch: &Scratch, args: &[&str], columns: u16) -> Self {
        let size = Winsize { ws_row: ROWS, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(Some(&size), None).expect("a pseudo-terminal");
        let mut command = program();
        command.args(args).current_dir(scratch.path("")).env_remove("COLUMNS").env_remove("NO_COLOR");
        command.env("TERM", "xterm-256color");
        let slave = || pty.slave.try_clone().expect("a copy");
        let child = command.stdin(slave()).stdout(slave()).stderr(slave()).spawn().expect("the program starts");
        // The terminal ends when the program has the last copies.
        drop((command, pty.slave));
        let mut display = File::from(pty.master.try_clone().expect("a copy"));
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            // At the end, Linux reports an error instead of no bytes.
            while let Ok(read @ 1..) = display.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keyboard: File::from(pty.master), output, screen: screen(columns) }
    }

    fn type_text(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).expect("the terminal takes it");
    }

    /// The lines on the screen, without the spaces at their ends.
    fn lines(&self) -> Vec<String> {
        let (_, columns) = self.screen.screen().size();
        let lines = self.screen.screen().rows(0, columns.get()).map(|line| line.trim_end().to_owned());
        lines.collect()
    }

    /// Whether a line is continued on the next one, because it was too wide.
    fn is_wrapped(&self) -> bool {
        (0..ROWS).any(|row| self.screen.screen().row_wrapped(row))
    }

    /// Waits for a change of the screen; `false` at the end of the program.
    fn next(&mut self, until: Instant) -> bool {
        match self.output.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(bytes) => {
                self.screen.process(&bytes);
                true
            }
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => panic!("no further output:\n{}", self.lines().join("\n")),
        }
    }

    /// Waits until the screen has a line with this text.
    fn wait_for(&mut self, text: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.lines().iter().any(|line| line.contains(text)) {
            assert!(self.next(until), "`{text}` did not come:\n{}", self.lines().join("\n"));
        }
    }

    /// Waits for the end, and gives each screen to `look`.
    fn watch(&mut self, mut look: impl FnMut(&Self)) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        while self.next(until) {
            look(self);
        }
        self.child.wait().expect("an exit code")
    }
}

/// An empty screen.
fn screen(columns: u16) -> Parser {
    let size = |count| NonZeroU16::new(count).expect("a screen has rows and columns");
    Parser::new(size(ROWS), size(columns), 1000)
}

fn is_bar(line: &str) -> bool {
    line.contains(['█', '░', '⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'])
}

#[test]
fn the_progress_of_a_training_is_one_line_of_forty_columns_that_moves_and_disappears() {
    let scratch = Scratch::new();
    scratch.write("pairs.tsv", tsv(1..=240));
    scratch.write("small.toml", SMALL);
    let args = ["train", "pairs.tsv", "--model", "m", "--config", "small.toml", "--steps", "120", "--threads", "2"];
    let mut terminal = Terminal::start(&scratch, &args, 40);
    let mut seen: Vec<String> = Vec::new();
    let status = terminal.watch(|terminal| {
        let bars: Vec<String> = terminal.lines().into_iter().filter(|line| is_bar(line)).collect();
        // The commands at the end are not broken, so that they can be copied.
        let has_ended = terminal.lines().iter().any(|line| line.starts_with("What to try next:"));
        assert!(bars.len() <= 1 && (has_ended || !terminal.is_wrapped()), "{}", terminal.lines().join("\n"));
        seen.extend(bars);
    });
    assert!(status.success(), "{}", terminal.lines().join("\n"));
    assert!(seen.iter().any(|bar| bar.contains("/120 steps")), "no bar with its unit: {seen:?}");
    seen.dedup();
    assert!(seen.len() > 2, "the bar did not move: {seen:?}");
    let lines = terminal.lines();
    assert!(!lines.iter().any(|line| is_bar(line)), "the bar stayed:\n{}", lines.join("\n"));
    assert!(lines.iter().any(|line| line.starts_with("trained 120 steps in ")), "{}", lines.join("\n"));
}

#[test]
fn sentences_that_are_typed_are_asked_for_and_answered_one_by_one() {
    let scratch = Scratch::with_model();
    let mut terminal = Terminal::start(&scratch, &["translate", "--model", "model"], 100);
    terminal.wait_for("reading sentences from the terminal, one per line; end with Ctrl-D");
    for index in [1001, 1002] {
        let (source, _) = pair(index);
        let answer = scratch.pipe("translate --model model", format!("{source}\n")).success().stdout;
        terminal.type_text(&format!("{source}\n"));
        terminal.wait_for(answer.trim_end());
    }
    terminal.type_text("\u{4}");
    assert!(terminal.watch(|_| ()).success());
}

#[test]
fn messages_are_wrapped_between_words() {
    let scratch = Scratch::new();
    for args in [&["translate", "--model", "nowhere", "one"][..], &["evaluate", "one"], &["info", "--model", "nowhere"]]
    {
        let mut terminal = Terminal::start(&scratch, args, 40);
        terminal.watch(|_| ());
        let text = terminal.lines().join("\n");
        assert!(text.contains("error: ") && !terminal.is_wrapped(), "{text}");
    }
}

#[test]
fn tables_line_up_and_scores_have_units() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", tsv(1..=60));
    let mut terminal = Terminal::start(&scratch, &["lexicon", "--model", "model", "pairs.tsv", "--top", "5"], 100);
    terminal.watch(|_| ());
    let lines: Vec<String> = terminal.lines().into_iter().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 6, "{}", lines.join("\n"));
    let column = lines[0].find("target").expect("the header");
    assert!(lines.iter().all(|line| line.as_bytes()[column - 1] == b' ' && line.as_bytes()[column] != b' '));
    assert!(!lines.iter().any(|line| line.contains('\t')));

    scratch.write("gold", "0-0 1-1\n");
    scratch.write("text", "one two three four\n");
    for (args, part) in [
        (&["aer", "--gold", "gold", "gold"][..], "AER 0.00 % (lower is better)"),
        (&["evaluate", "text", "text"], "TER       0.00  (lower is better)"),
    ] {
        let mut terminal = Terminal::start(&scratch, args, 100);
        terminal.watch(|_| ());
        assert!(terminal.lines().iter().any(|line| line.contains(part)), "{}", terminal.lines().join("\n"));
    }
}
