//! Hands the engine of a page, if it has been built, to `src/engine.rs`.
//!
//! The files are those of `scripts/build_page_engine.sh`, in the folder that `GLOSSER_PAGE_ENGINE` names, or else in
//! `engine` beside this file. That folder always exists, so Cargo notices when files appear in it and runs this script
//! again. Without an engine the files are empty.

#![allow(clippy::print_stdout, reason = "Cargo reads instructions from standard output")]

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const VARIABLE: &str = "GLOSSER_PAGE_ENGINE";
const FILES: [&str; 3] = ["engine.wasm.gz", "engine.dictionaries.wasm.gz", "engine.licences.txt"];

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    println!("cargo::rerun-if-changed=build.rs");
    let out = directory("OUT_DIR")?;
    let Some(folder) = engine_folder()? else { return FILES.iter().try_for_each(|name| write(&out, name, &[])) };
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut missing = Vec::new();
    for name in FILES {
        match fs::read(folder.join(name)) {
            Ok(bytes) => write(&out, name, &bytes)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                missing.push(name);
                write(&out, name, &[])?;
            }
            Err(error) => return Err(format!("{}: {error}", folder.join(name).display())),
        }
    }
    // All files or none: an engine without its licences must not be given away.
    let may_be_empty = env::var_os(VARIABLE).is_none();
    if missing.is_empty() || may_be_empty && missing.len() == FILES.len() {
        return Ok(());
    }
    let (folder, missing) = (folder.display(), missing.join(" and no "));
    Err(format!(
        "{folder}: there is no {missing}; scripts/build_page_engine.sh writes all, or set {VARIABLE} to the empty \
         string to build without the engine"
    ))
}

/// Returns the folder with the files. It may be empty, unless the user names it.
fn engine_folder() -> Result<Option<PathBuf>, String> {
    let Some(given) = env::var_os(VARIABLE) else {
        return Ok(Some(directory("CARGO_MANIFEST_DIR")?.join("engine")).filter(|folder| folder.is_dir()));
    };
    let folder = PathBuf::from(&given);
    if given.is_empty() || folder.is_absolute() {
        return Ok(Some(folder).filter(|_| !given.is_empty()));
    }
    Err(format!("{VARIABLE}={}: name the folder by an absolute path", folder.display()))
}

/// Returns a directory that Cargo names.
fn directory(name: &str) -> Result<PathBuf, String> {
    env::var_os(name).map(PathBuf::from).ok_or(format!("{name} is not set; Cargo sets it"))
}

fn write(out: &Path, name: &str, bytes: &[u8]) -> Result<(), String> {
    fs::write(out.join(name), bytes).map_err(|error| format!("{}: {error}", out.join(name).display()))
}
