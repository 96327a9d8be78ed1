//! Writes a file whole or not at all: beside its place first, then renamed.
//!
//! A file that takes hours is written beside its place under a clear name, `FILE.partial`, where it stays if the work
//! ends early.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::error::TextError;
use crate::io::compression::Compression;

/// A writer of a text file. The file appears under its name only with [`Output::finish`]. If the output is dropped
/// before, an existing file stays unchanged.
pub struct Output {
    out: Box<dyn Write + Send>,
    name: String,
    beside: Option<Beside>,
}

/// The temporary file, and the place to which it is renamed.
struct Beside {
    file: File,
    path: TempPath,
    place: PathBuf,
}

impl Output {
    /// Creates a temporary file beside `path`. The endings `.gz` and `.zst` compress it. Pipes and devices are written
    /// to directly.
    ///
    /// # Errors
    /// [`TextError::NotWritten`].
    pub fn create(path: &Path) -> Result<Self, TextError> {
        let name = path.display().to_string();
        Self::written_by(create_beside, path).map_err(|cause| TextError::NotWritten { file: name, cause })
    }

    /// Writes to any writer; `name` is its name in messages.
    pub fn to(out: impl Write + Send + 'static, name: impl Into<String>) -> Self {
        Self { out: Box::new(out), name: name.into(), beside: None }
    }

    /// Creates a file that outlives an early end: it is named `FILE.partial`, or `FILE.2.partial` and so on if there is
    /// one already, and it stays when this value is dropped. [`Output::finish`] renames it to `path`.
    ///
    /// # Errors
    /// [`TextError::NotWritten`].
    pub fn create_partial(path: &Path) -> Result<Self, TextError> {
        let name = path.display().to_string();
        Self::written_by(create_partial, path).map_err(|cause| TextError::NotWritten { file: name, cause })
    }

    /// Returns the path of the file that is not renamed yet; `None` for pipes and devices.
    pub fn unfinished(&self) -> Option<&Path> {
        self.beside.as_ref().map(|beside| &*beside.path)
    }

    /// Removes the file that is not renamed yet.
    pub fn discard(self) {
        if let Some(Beside { path, .. }) = self.beside {
            // It is empty or useless; leaving it behind does no harm.
            let _ = fs::remove_file(&path);
        }
    }

    fn written_by(create: fn(&Path) -> io::Result<NamedTempFile>, path: &Path) -> io::Result<Self> {
        let name = path.display().to_string();
        if let Some(open) = open_already(path)? {
            return Ok(Self { out: compressing(path, open), name, beside: None });
        }
        let place = place_of(path)?;
        let found = fs::metadata(&place).ok();
        if found.as_ref().is_some_and(|found| !found.is_file()) {
            return Ok(Self { out: compressing(path, File::create(&place)?), name, beside: None });
        }
        check_folder(folder_of(&place))?;
        let (file, beside) = create(&place).map_err(without_temporary_name)?.into_parts();
        if let Some(found) = found {
            file.set_permissions(found.permissions())?;
        }
        let out = compressing(path, file.try_clone()?);
        Ok(Self { out, name, beside: Some(Beside { file, path: beside, place }) })
    }

    /// Moves all files to their places. All of them are complete and synced to the disk before the first is renamed.
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

/// Returns the open file that a path such as `/dev/stdout` or `/dev/fd/63` names. What else is written to it, by the
/// shell for example, stays, so it is neither replaced nor emptied.
///
/// # Errors
/// Those of the operating system.
#[cfg(unix)]
fn open_already(path: &Path) -> io::Result<Option<File>> {
    use std::os::fd::AsFd;
    let Some(path) = path.to_str() else { return Ok(None) };
    let number = path.strip_prefix("/dev/fd/").or_else(|| path.strip_prefix("/proc/self/fd/"));
    let descriptor = match (path, number) {
        ("/dev/stdout", _) | (_, Some("1")) => io::stdout().as_fd().try_clone_to_owned()?,
        ("/dev/stderr", _) | (_, Some("2")) => io::stderr().as_fd().try_clone_to_owned()?,
        (_, Some(_)) => return File::options().append(true).open(path).map(Some),
        _ => return Ok(None),
    };
    Ok(Some(File::from(descriptor)))
}

#[cfg(not(unix))]
fn open_already(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

/// The largest number of symbolic links that are followed to a file, as in Linux.
const MOST_LINKS: usize = 40;

/// Follows symbolic links: a link stays a link, and its target is replaced, or created if it does not exist.
fn place_of(path: &Path) -> io::Result<PathBuf> {
    let mut place = path.to_owned();
    for _ in 0..MOST_LINKS {
        if !place.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
            return Ok(place);
        }
        place = folder_of(&place).join(fs::read_link(&place)?);
    }
    Err(io::Error::other("too many symbolic links, probably in a circle"))
}

/// Creates a temporary file beside `place`, which is deleted unless it is persisted. Unlike other temporary files it
/// has the permissions of a new file (0666 without the bits of the umask), because other users may read a corpus or a
/// model.
///
/// # Errors
/// Those of the operating system.
pub fn create_beside(place: &Path) -> io::Result<NamedTempFile> {
    let prefix = format!(".{}.", place.file_name().unwrap_or_default().display());
    like_a_new_file(tempfile::Builder::new().prefix(&prefix)).tempfile_in(folder_of(place))
}

/// The largest number of partial files of one name.
const MOST_PARTIALS: usize = 1000;

/// Creates `FILE.partial`, or the first of `FILE.2.partial`, `FILE.3.partial` and so on that does not exist.
fn create_partial(place: &Path) -> io::Result<NamedTempFile> {
    let mut number = 1;
    loop {
        let suffix = if number == 1 { ".partial".to_owned() } else { format!(".{number}.partial") };
        let mut builder = tempfile::Builder::new();
        builder.prefix(place.file_name().unwrap_or_default()).suffix(&suffix).rand_bytes(0).disable_cleanup(true);
        match like_a_new_file(&mut builder).tempfile_in(folder_of(place)) {
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists && number < MOST_PARTIALS => number += 1,
            created => return created,
        }
    }
}

/// Sets the permissions of a new file.
fn like_a_new_file<'b, 'a, 'c>(builder: &'b mut tempfile::Builder<'a, 'c>) -> &'b mut tempfile::Builder<'a, 'c> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

/// Checks that a folder exists, so that the message names it.
fn check_folder(folder: &Path) -> io::Result<()> {
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(io::Error::other(format!("{} is no folder", folder.display()))),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            Err(io::Error::new(cause.kind(), format!("the folder {} does not exist", folder.display())))
        }
        Err(cause) => Err(cause),
    }
}

/// The same error without the name of the temporary file, which no user knows.
fn without_temporary_name(cause: io::Error) -> io::Error {
    use io::ErrorKind::{InvalidFilename, PermissionDenied, ReadOnlyFilesystem, StorageFull};
    match cause.kind() {
        kind @ (InvalidFilename | PermissionDenied | ReadOnlyFilesystem | StorageFull) => kind.into(),
        _ => cause,
    }
}

/// Returns the directory of a file.
fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Syncs a directory, so that renamed files keep their names after a power failure. Windows cannot sync directories;
/// there, renaming is durable by itself.
///
/// # Errors
/// Those of the operating system.
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
    fn a_finished_file_appears_and_an_unfinished_one_leaves_nothing() {
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
    fn a_place_that_cannot_be_written_is_reported_with_the_remedy() {
        let message = match Output::create(Path::new("no/such/place.tsv")) {
            Err(error) => error.to_string(),
            Ok(_) => unreachable!("a file in a directory that is not there"),
        };
        let beginning = "no/such/place.tsv: cannot be written: the folder no/such does not exist; ";
        assert!(message.starts_with(beginning), "{message}");
        assert!(message.contains("check the path"), "{message}");
    }

    #[test]
    fn a_partial_file_stays_and_the_next_one_has_another_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.txt");
        let partial = |text: &str| {
            let mut output = Output::create_partial(&path).expect("a new file");
            output.write_all(text.as_bytes()).and_then(|()| output.flush()).expect("room");
            output
        };
        drop(partial("half"));
        let whole = partial("whole");
        assert_eq!(whole.unfinished(), Some(&*folder.path().join("a.txt.2.partial")));
        Output::finish(vec![whole]).expect("room");
        partial("useless").discard();
        let mut found = names(folder.path());
        found.sort();
        assert_eq!(found, ["a.txt", "a.txt.partial"]);
        assert_eq!(fs::read_to_string(folder.path().join("a.txt.partial")).expect("the first"), "half");
        assert_eq!(fs::read_to_string(&path).expect("the second"), "whole");
    }

    #[cfg(unix)]
    #[test]
    fn a_dangling_link_stays_a_link_and_its_target_is_created() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("below")).expect("a folder");
        std::os::unix::fs::symlink("second", at("first")).expect("a link");
        std::os::unix::fs::symlink("below/target", at("second")).expect("a link");
        Output::finish(vec![written(&at("first"), "text")]).expect("room");
        assert!(["first", "second"].iter().all(|name| at(name).is_symlink()));
        assert_eq!(fs::read_to_string(at("below/target")).expect("the target"), "text");

        std::os::unix::fs::symlink("circle", at("circle")).expect("a link");
        let message = Output::create(&at("circle")).err().expect("a circle").to_string();
        assert!(message.contains("symbolic links"), "{message}");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_has_the_permissions_of_any_other_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let (ours, other) = (folder.path().join("ours"), folder.path().join("other"));
        Output::finish(vec![written(&ours, "text")]).expect("room");
        fs::write(&other, "text").expect("a file");
        let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode();
        assert_eq!(mode(&ours), mode(&other));
    }

    #[cfg(unix)]
    #[test]
    fn links_devices_and_permissions_are_kept() {
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
