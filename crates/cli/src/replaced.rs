//! Text files that are written beside their places and renamed when they are whole.

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file on its way; what was at its place stays there until it is finished.
pub struct Replaced {
    path: PathBuf,
    writer: Writer,
}

enum Writer {
    Plain(BufWriter<NamedTempFile>),
    Gzip(BufWriter<GzEncoder<NamedTempFile>>),
}

/// A file that is whole and on the disk, and not yet at its place.
pub struct Finished {
    path: PathBuf,
    file: NamedTempFile,
}

impl Replaced {
    /// Gzip if the name ends in `.gz`.
    pub fn new(path: &Path) -> Result<Self> {
        let file = beside(path).with_context(|| cannot(path))?;
        let writer = if path.extension().is_some_and(|ending| ending == "gz") {
            Writer::Gzip(BufWriter::new(GzEncoder::new(file, Compression::default())))
        } else {
            Writer::Plain(BufWriter::new(file))
        };
        Ok(Self { path: path.to_owned(), writer })
    }

    /// Writes a text and the end of its line.
    pub fn write_line(&mut self, text: &str) -> Result<()> {
        let writer: &mut dyn Write = match &mut self.writer {
            Writer::Plain(writer) => writer,
            Writer::Gzip(writer) => writer,
        };
        writeln!(writer, "{text}").with_context(|| cannot(&self.path))
    }

    /// Nothing more comes. Several files are all finished before the first is renamed.
    pub fn finish(self) -> Result<Finished> {
        let Self { path, writer } = self;
        let file = match writer {
            Writer::Plain(writer) => writer.into_inner().map_err(|failed| failed.into_error()),
            Writer::Gzip(writer) => {
                writer.into_inner().map_err(|failed| failed.into_error()).and_then(GzEncoder::finish)
            }
        };
        let file = file.and_then(|file| file.as_file().sync_all().map(|()| file)).with_context(|| cannot(&path))?;
        Ok(Finished { path, file })
    }
}

impl Finished {
    /// Puts the file at its place.
    pub fn rename(self) -> Result<()> {
        self.file.persist(&self.path).map_err(|failed| failed.error).with_context(|| cannot(&self.path))?;
        Ok(())
    }
}

/// A file that goes away unless it is renamed. Temporary files are private by default; a corpus may be read by others.
fn beside(path: &Path) -> std::io::Result<NamedTempFile> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".glosser-check.");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    builder.tempfile_in(directory)
}

fn cannot(path: &Path) -> String {
    format!("{}: cannot be written", path.display())
}
