//! The message after a panic: one error that says what to report, instead of Rust's own message.

use crate::output::insist;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::env;
use std::panic::{self, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Exit code of a Rust program after a panic.
const EXIT_CODE: i32 = 101;

/// Whether the program goes on after a panic.
static GOES_ON: AtomicBool = AtomicBool::new(false);

/// From now on a panic ends only what panicked, for a server: its message is printed each time.
pub fn go_on_after_panics() {
    GOES_ON.store(true, Ordering::Relaxed);
}

/// Installs a panic hook that prints the message, and that ends the program whichever thread panics.
///
/// On the main thread and on threads of a pool, which pass the panic on to the waiting thread, the stack unwinds, so
/// that unfinished files are removed. On any other thread the program ends immediately: no thread may be waiting for
/// it, or one may wait forever.
pub fn install() {
    panic::set_hook(Box::new(|panic| {
        static IS_PRINTED: AtomicBool = AtomicBool::new(false);
        let goes_on = GOES_ON.load(Ordering::Relaxed);
        let is_first = !IS_PRINTED.swap(true, Ordering::Relaxed);
        if is_first || goes_on {
            insist(&message(&cause(panic), &place(panic), &command_line()));
            let backtrace = Backtrace::capture();
            if backtrace.status() == BacktraceStatus::Captured {
                insist(&format!("{backtrace}"));
            }
        }
        let unwinds = thread::current().name() == Some("main") || rayon::current_thread_index().is_some();
        // A panic while the stack unwinds would abort the program without this exit code.
        if !goes_on && (!is_first || !unwinds) {
            end();
        }
    }));
}

#[expect(clippy::exit, reason = "no other thread can return from main")]
fn end() -> ! {
    std::process::exit(EXIT_CODE)
}

/// The message with everything that a report needs.
fn message(cause: &str, place: &str, command_line: &str) -> String {
    format!(
        "\
internal error: this is a bug in glosser. Files that were saved before are complete.
Please report this message to the maintainers, if possible with the input that causes it:
    version       {} ({} {})
    command line  {command_line}
    place         {place}
    cause         {cause}",
        env!("CARGO_PKG_VERSION"),
        env::consts::OS,
        env::consts::ARCH
    )
}

/// Message of the panic, in one line.
fn cause(panic: &PanicHookInfo) -> String {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("unknown").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Source file and line of the panic.
fn place(panic: &PanicHookInfo) -> String {
    panic.location().map_or_else(|| "unknown".to_owned(), ToString::to_string)
}

/// The command line, with quotes around arguments that have white space.
fn command_line() -> String {
    let quoted = |arg: std::ffi::OsString| match arg.to_string_lossy() {
        arg if arg.is_empty() || arg.contains(|c: char| c.is_whitespace() || c.is_control()) => format!("{arg:?}"),
        arg => arg.into_owned(),
    };
    env::args_os().map(quoted).collect::<Vec<_>>().join(" ")
}

/// Panics if `GLOSSER_TESTS_PANIC_IN` names this place, for tests. Only in builds with debug assertions.
#[cfg(debug_assertions)]
pub fn panic_on_demand(here: &str) {
    let Ok(chosen) = env::var("GLOSSER_TESTS_PANIC_IN") else { return };
    match (here, chosen.as_str()) {
        ("a pool", "a thread") => {
            let _ = thread::spawn(|| panic!("on demand in a thread")).join();
            // Waits like a thread that receives nothing from the one that panicked.
            thread::park();
        }
        ("a pool", "unwinding") => {
            let _again = PanicsAgain;
            panic!("on demand in unwinding");
        }
        _ if here == chosen => panic!("on\ndemand in {here}"),
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
pub fn panic_on_demand(_: &str) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_what_to_report_and_that_saved_files_are_complete() {
        let message = message("index out of bounds", "beam.rs:7:9", "glosser translate --model m");
        for part in [
            "saved before are complete",
            "report this message to the maintainers",
            concat!("version       ", env!("CARGO_PKG_VERSION"), " ("),
            "command line  glosser translate --model m\n",
            "place         beam.rs:7:9\n",
            "cause         index out of bounds",
        ] {
            assert!(message.contains(part), "`{part}` is not in:\n{message}");
        }
    }
}
