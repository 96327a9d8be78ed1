//! What a person sees when the program itself is at fault: one calm message in place of the language's own.

use crate::output::say;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::env;
use std::panic::{self, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// What the language exits with after a panic, too.
const EXIT_CODE: i32 = 101;

/// From now on a panic is told as a fault of the program, and ends it, in whatever thread it happens.
///
/// In the main thread and in those of a pool, which hand a panic on to whoever waits for them, the stack unwinds: files
/// that are half written are removed on the way. Nobody may be waiting for any other thread, or somebody for ever, so
/// there the program ends at once.
pub fn install() {
    panic::set_hook(Box::new(|panic| {
        static IS_SAID: AtomicBool = AtomicBool::new(false);
        let is_first = !IS_SAID.swap(true, Ordering::Relaxed);
        if is_first {
            say(&message(&cause(panic), &place(panic), &command_line()));
            let backtrace = Backtrace::capture();
            if backtrace.status() == BacktraceStatus::Captured {
                say(&format!("{backtrace}"));
            }
        }
        let is_waited_for = thread::current().name() == Some("main") || rayon::current_thread_index().is_some();
        // A second one, while the stack unwinds for the first, would be the end without an exit code.
        if !is_first || !is_waited_for {
            end();
        }
    }));
}

#[expect(clippy::exit, reason = "a panic in another thread leaves no way back to main")]
fn end() -> ! {
    std::process::exit(EXIT_CODE)
}

fn message(cause: &str, place: &str, command_line: &str) -> String {
    format!(
        "\
error: glosser has a fault and cannot go on. Files that it has saved before are whole.
Please report this message to those who maintain glosser, if possible with the input that leads to it:
    version       {} ({} {})
    command line  {command_line}
    place         {place}
    cause         {cause}",
        env!("CARGO_PKG_VERSION"),
        env::consts::OS,
        env::consts::ARCH
    )
}

/// In one line.
fn cause(panic: &PanicHookInfo) -> String {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("unknown").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn place(panic: &PanicHookInfo) -> String {
    panic.location().map_or_else(|| "unknown".to_owned(), ToString::to_string)
}

/// As it would be typed; what a shell would take apart is quoted.
fn command_line() -> String {
    let quoted = |arg: std::ffi::OsString| match arg.to_string_lossy() {
        arg if arg.is_empty() || arg.contains(|c: char| c.is_whitespace() || c.is_control()) => format!("{arg:?}"),
        arg => arg.into_owned(),
    };
    env::args_os().map(quoted).collect::<Vec<_>>().join(" ")
}

/// Only in builds with debug assertions: panics in the place that a variable names, so that tests see what becomes of it.
#[cfg(debug_assertions)]
pub fn on_demand(here: &str) {
    let Ok(wanted) = env::var("GLOSSER_TESTS_PANIC_IN") else { return };
    match (here, wanted.as_str()) {
        ("a pool", "a thread") => {
            let _ = thread::spawn(|| panic!("asked for in a thread")).join();
            // As somebody who waits for what that thread would have sent.
            thread::park();
        }
        ("a pool", "unwinding") => {
            let _again = PanicsAgain;
            panic!("asked for in unwinding");
        }
        _ if here == wanted => panic!("asked\nfor in {here}"),
        _ => {}
    }
}

#[cfg(debug_assertions)]
struct PanicsAgain;

#[cfg(debug_assertions)]
impl Drop for PanicsAgain {
    fn drop(&mut self) {
        panic!("and again");
    }
}

#[cfg(not(debug_assertions))]
pub fn on_demand(_: &str) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_what_to_report_and_what_is_safe() {
        let message = message("index out of bounds", "beam.rs:7:9", "glosser translate --model m");
        for part in [
            "saved before are whole",
            "report this message to those who maintain glosser",
            concat!("version       ", env!("CARGO_PKG_VERSION"), " ("),
            "command line  glosser translate --model m\n",
            "place         beam.rs:7:9\n",
            "cause         index out of bounds",
        ] {
            assert!(message.contains(part), "`{part}` is not in:\n{message}");
        }
    }
}
