//! The interface of the WebAssembly module. Everything passes through the memory of the module: a page asks for room
//! (`input`), writes there, calls `add_file` or `ask`, and reads the answer (`output`).
//!
//! A panic ends the instance; its message remains (`panic_message`).

#![expect(unsafe_code, reason = "an exported name needs an unsafe attribute; no pointer is read or written here")]

use crate::Engine;
use std::mem::take;
use std::panic::set_hook;
use std::ptr::null_mut;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

static INPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static OUTPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static ENGINE: Mutex<Engine> = Mutex::new(Engine::new());
static PANIC: Mutex<String> = Mutex::new(String::new());
static HOOK: Once = Once::new();

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps an answer for `output`, and returns its size.
fn answered(answer: Vec<u8>) -> usize {
    let size = answer.len();
    *lock(&OUTPUT) = answer;
    size
}

/// Makes room for the next input of `size` bytes and returns its address; 0 if there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn input(size: usize) -> *mut u8 {
    HOOK.call_once(|| set_hook(Box::new(|panic| *lock(&PANIC) = panic.to_string())));
    let mut room = Vec::new();
    if room.try_reserve_exact(size).is_err() {
        return null_mut();
    }
    room.resize(size, 0);
    let address = room.as_mut_ptr();
    *lock(&INPUT) = room;
    address
}

/// The address of the last answer.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    lock(&OUTPUT).as_ptr()
}

/// Adds a file of a model: the input is its name and its content. Returns the size of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn add_file(name_size: usize) -> usize {
    let input = take(&mut *lock(&INPUT));
    answered(lock(&ENGINE).add_file(input, name_size))
}

/// Answers the request in the input. Returns the size of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn ask() -> usize {
    let request = take(&mut *lock(&INPUT));
    answered(lock(&ENGINE).ask(&request))
}

/// Makes the message of a panic the last answer. Returns its size, which is 0 if there was none.
#[unsafe(no_mangle)]
pub extern "C" fn panic_message() -> usize {
    answered(lock(&PANIC).clone().into_bytes())
}
