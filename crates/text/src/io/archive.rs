//! What archives have in common: one file in them is a text; several are named.

use std::io::{self, ErrorKind, Read};

use crate::io::fault::FormatFault;

/// Returns whether an entry of an archive is a file that a user put there: no directory, no file of a system, and none of
/// those that collections such as OPUS put beside a corpus.
pub(crate) fn is_file_of_user(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    let is_of_system = file.starts_with("._") || name.starts_with("__MACOSX/");
    let is_about_others = matches!(file, "README" | "LICENSE" | "INFO");
    !file.is_empty() && !is_of_system && !is_about_others && !matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

/// Returns the error about a second file; `command` prints the first one, with its name at the end.
pub(crate) fn several(first: &str, second: &str, command: &str) -> io::Error {
    FormatFault::new(
        format!("the archive has several files, such as `{first}` and `{second}`"),
        format!(
            "unpack them and give the one that you need, or the two of source and target; one alone also works as \
             `{command} {} | glosser ... -`",
            quoted(first)
        ),
    )
}

/// Returns a name as a shell needs it.
fn quoted(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || "._-/+@%,:=".contains(c));
    if is_plain { name.to_owned() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}

/// Returns the error about an archive without a file.
pub(crate) fn empty() -> io::Error {
    FormatFault::new("the archive has no file", "pack it again, or give the file itself")
}

/// Reads and drops bytes.
///
/// # Errors
/// [`ErrorKind::UnexpectedEof`] if there are fewer.
pub(crate) fn skip(source: &mut impl Read, bytes: u64) -> io::Result<()> {
    let skipped = io::copy(&mut source.take(bytes), &mut io::sink())?;
    if skipped < bytes { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// Reads bytes that belong to the archive itself.
///
/// # Errors
/// [`ErrorKind::UnexpectedEof`] if there are fewer; damaged data if there are more than any archive needs.
pub(crate) fn read_vec(source: &mut impl Read, bytes: u64) -> io::Result<Vec<u8>> {
    const MOST: u64 = 1 << 20;
    if bytes > MOST {
        return Err(damaged("archive"));
    }
    let mut data = Vec::new();
    source.take(bytes).read_to_end(&mut data)?;
    if (data.len() as u64) < bytes { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(data) }
}

/// Returns the error about data that no archive has.
pub(crate) fn damaged(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("the {what} is damaged"))
}
