use crate::Event;
use anyhow::{Context, Result, ensure};
use std::path::Path;

/// The events of a training log, in order: what [`crate::train`] keeps in the model directory. A last line without its end,
/// behind whole ones, is not read: who wrote it was killed.
///
/// # Errors
/// If the file cannot be read, or a line of it is no event.
pub fn read_log(path: &Path) -> Result<Vec<Event>> {
    // Reading a device may never end.
    let is_other = path.metadata().is_ok_and(|found| !found.is_file());
    ensure!(!is_other, "{}: this is no file; name a training log", path.display());
    let bytes = std::fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let lines = bytes[..whole].split(|byte| *byte == b'\n').enumerate();
    let event = |(at, line): (usize, &[u8])| {
        serde_json::from_slice(line).with_context(|| {
            let place = format!("{}:{}", path.display(), at + 1);
            format!("{place}: this is no event of a training log; the file is damaged there, or of another version")
        })
    };
    if bytes.is_empty() { Ok(Vec::new()) } else { lines.map(event).collect() }
}
