//! A file that is there whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::{Compression, TextError};

/// Where text is written to. What was written to a file appears under its name with [`Output::finish`] and not before;
/// dropped without that, it leaves what was there.
pub struct Output {
    out: Box<dyn Write + Send>,
    name: String,
    beside: Option<Beside>,
}

/// The file that is written, and the place that it is renamed to.
struct Beside {
    file: File,
    path: TempPath,
    place: PathBuf,
}

impl Output {
    /// A new file, beside the place that `path` names; an ending `.gz` or `.zst` compresses it. What is no regular file -
    /// a pipe, a device - is written to directly.
    ///
    /// # Errors
    /// [`TextError::NotWritten`].
    pub fn create(path: &Path) -> Result<Self, TextError> {
        let name = path.display().to_string();
        Self::beside(path).map_err(|cause| TextError::NotWritten { file: name, cause })
    }

    /// Any writer; `name` stands in messages for it.
    pub fn to(out: impl Write + Send + 'static, name: impl Into<String>) -> Self {
        Self { out: Box::new(out), name: name.into(), beside: None }
    }

    fn beside(path: &Path) -> io::Result<Self> {
        let name = path.display().to_string();
        // A link stays a link.
        let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let found = fs::metadata(&place).ok();
        if found.as_ref().is_some_and(|found| !found.is_file()) {
            return Ok(Self { out: compressing(path, File::create(&place)?), name, beside: None });
        }
        let (file, beside) = create_beside(&place)?.into_parts();
        if let Some(found) = found {
            file.set_permissions(found.permissions())?;
        }
        let out = compressing(path, file.try_clone()?);
        Ok(Self { out, name, beside: Some(Beside { file, path: beside, place }) })
    }

    /// Puts all files in their places. Each is complete and on the disk before the first is renamed.
    ///
    /// # Errors
    /// [`TextError::NotWritten`].
    pub fn finish(outputs: Vec<Self>) -> Result<(), TextError> {
        let mut complete = Vec::new();
        for mut output in outputs {
            output
                .flush()
                .and_then(|()| output.beside.iter().try_for_each(|beside| beside.file.sync_all()))
                .map_err(|cause| output.not_written(cause))?;
            complete.push(output);
        }
        complete.into_iter().try_for_each(|output| {
            let Some(Beside { path, place, .. }) = output.beside else { return Ok(()) };
            let file = output.name;
            let renamed = path.persist(&place).map_err(|failed| failed.error);
            renamed
                .and_then(|()| sync_directory(folder_of(&place)))
                .map_err(|cause| TextError::NotWritten { file, cause })
        })
    }

    pub(crate) fn not_written(&self, cause: io::Error) -> TextError {
        TextError::NotWritten { file: self.name.clone(), cause }
    }
}

impl Write for Output {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.out.write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn compressing(path: &Path, file: File) -> Box<dyn Write + Send> {
    match Compression::of_ending(path) {
        Some(compression) => Box::new(compression.writer(file)),
        None => Box::new(BufWriter::new(file)),
    }
}

/// A file that goes away unless it is renamed. Temporary files are private by default; a corpus may be read by others.
fn create_beside(place: &Path) -> io::Result<NamedTempFile> {
    let prefix = format!(".{}.", place.file_name().unwrap_or_default().display());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder_of(place))
}

/// The folder that a file is in.
fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Sees to it that what was renamed in a directory stays so after a power failure. Directories cannot be synced everywhere;
/// where they cannot, renaming is durable by itself.
pub fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(path: &Path, text: &str) -> Output {
        let mut output = Output::create(path).expect("a new file");
        output.write_all(text.as_bytes()).expect("room");
        output
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
    }

    #[test]
    fn a_file_appears_when_it_is_finished_and_one_that_is_not_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.tsv");
        drop(written(&path, "half"));
        assert!(names(folder.path()).is_empty());

        let output = written(&path, "ein\ta\n");
        assert!(!path.exists());
        Output::finish(vec![output]).expect("room");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "ein\ta\n");
        drop(written(&path, "half"));
        assert_eq!(fs::read_to_string(&path).expect("the old file"), "ein\ta\n");
        assert_eq!(names(folder.path()), ["a.tsv"]);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named_with_the_remedy() {
        let message = match Output::create(Path::new("no/such/place.tsv")) {
            Err(error) => error.to_string(),
            Ok(_) => unreachable!("a file in a directory that is not there"),
        };
        assert!(message.starts_with("no/such/place.tsv: cannot be written"), "{message}");
        assert!(message.contains("check the path"), "{message}");
    }

    #[cfg(unix)]
    #[test]
    fn links_devices_and_permissions_stay_what_they_are() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").expect("a file");
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).expect("permissions");
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        Output::finish(vec![written(&link, "new")]).expect("room");
        assert_eq!(fs::read_to_string(&target).expect("the target"), "new");
        assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
        assert_eq!(fs::metadata(&target).expect("the target").permissions().mode() & 0o777, 0o640);

        Output::finish(vec![written(Path::new("/dev/null"), "lost")]).expect("room");
        assert!(!fs::metadata("/dev/null").expect("the device").is_file());
    }
}
