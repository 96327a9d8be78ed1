//! Where results go.

use anyhow::{Context, Result};
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write, stderr, stdout};
use std::path::Path;
use tempfile::NamedTempFile;

/// Standard output, or a file.
pub fn writer(path: Option<&Path>) -> Result<Box<dyn Write>> {
    match path {
        None => Ok(Box::new(BufWriter::new(stdout().lock()))),
        Some(path) if path == Path::new("-") => writer(None),
        Some(path) => {
            let file = File::create(path).with_context(|| format!("{}: cannot be written", path.display()))?;
            Ok(Box::new(BufWriter::new(file)))
        }
    }
}

/// Puts a whole file in its place, or on standard output. It is written beside its place and renamed, so that whoever
/// reads it finds all of the old file or all of the new one.
pub fn replace(path: Option<&Path>, bytes: &[u8]) -> Result<()> {
    let Some(path) = path.filter(|path| *path != Path::new("-") && !is_device(path)) else {
        let mut out = writer(path)?;
        out.write_all(bytes)?;
        return Ok(out.flush()?);
    };
    let written = beside(path).and_then(|mut beside| {
        beside.write_all(bytes)?;
        beside.as_file().sync_all()?;
        beside.persist(path).map_err(|failed| failed.error)
    });
    written.map(drop).with_context(|| format!("{}: cannot be written", path.display()))
}

/// What is there and no plain file - a pipe, `/dev/null` - is written to, and never renamed over.
fn is_device(path: &Path) -> bool {
    path.metadata().is_ok_and(|there| !there.is_file() && !there.is_dir())
}

/// A file that goes away unless it is persisted. Temporary files are private by default; a result may be read by others.
fn beside(path: &Path) -> std::io::Result<NamedTempFile> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    builder.prefix(".glosser.").tempfile_in(directory)
}

/// Whether both are one file that exists, by whatever path.
pub fn is_same_file(input: &Path, output: &Path) -> bool {
    input.canonicalize().is_ok_and(|input| input.is_file() && output.canonicalize().is_ok_and(|output| input == output))
}

/// Tells the person something that is no result.
pub fn say(text: &str) {
    // Nobody left to tell is no reason to stop.
    let _ = writeln!(stderr(), "{text}");
}

/// Columns of the terminal; a common page width where there is none.
pub fn width() -> usize {
    match terminal_size::terminal_size() {
        Some((width, _)) if stdout().is_terminal() => usize::from(width.0),
        _ => 100,
    }
}
