//! One check of the files that any command reads and writes, made before its work begins.

use crate::arguments::wrong_usage;
use crate::commands::train::GuidedAlignmentArg;
use crate::sentences::name_terminal;
use anyhow::{Result, bail};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use glosser_server::ModelArgument;
use glosser_text::{Compression, shown};
use glosser_training::TrainingDirectory;
use glosser_translator::ModelDirectory;
use same_file::Handle;
use std::path::{Path, PathBuf};

/// A file of the command line, with the name of its argument.
struct FileArgument {
    argument: String,
    path: PathBuf,
}

impl FileArgument {
    fn is_standard(&self) -> bool {
        self.path == Path::new("-")
    }
}

/// Checks the file arguments of the chosen command: standard input is read once, no output is an input, all outputs
/// differ, and the endings of their names are formats that the command writes.
///
/// Every argument with a path is an input, except those that [`is_output`] lists, so that a new one is covered.
///
/// # Errors
/// If a check fails.
pub fn check(parser: &Command, matches: &ArgMatches) -> Result<()> {
    let Some((name, matches)) = matches.subcommand() else { return Ok(()) };
    let Some(command) = parser.find_subcommand(name) else { return Ok(()) };
    let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
    for argument in command.get_arguments() {
        let id = argument.get_id().as_str();
        let files = if is_output(name, id) { &mut outputs } else { &mut inputs };
        let named = |path| FileArgument { argument: shown_argument(argument), path };
        files.extend(paths(matches, id).into_iter().map(named));
    }
    check_model_is_given_once(matches)?;
    let reads_sentences = matches!(name, "translate" | "gloss");
    if reads_sentences && ["files", "sentences", "input"].iter().all(|id| paths(matches, id).is_empty()) {
        inputs.push(FileArgument { argument: "FILE".to_owned(), path: "-".into() });
    }
    check_standard_input(&inputs)?;
    let compares_runs = name == "report" && !paths(matches, "runs").is_empty();
    let writer = if compares_runs { "report --runs" } else { name };
    outputs.iter().try_for_each(|output| check_ending(writer, output))?;
    check_outputs_differ(&outputs)?;
    check_outputs_are_not_read(&inputs, &outputs)?;
    // Sentences are named when the model has been loaded.
    if !reads_sentences && inputs.iter().any(FileArgument::is_standard) {
        name_terminal("standard input from the terminal");
    }
    Ok(())
}

/// Refuses a model that is given alone and by --model. An environment variable counts for nothing beside an argument.
fn check_model_is_given_once(matches: &ArgMatches) -> Result<()> {
    let is_typed = |id: &str| {
        matches!(matches.try_contains_id(id), Ok(true)) && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    if is_typed("directory") && is_typed("model") {
        return Err(wrong_usage("the model is given twice, by --model and without it; leave one out".to_owned()));
    }
    Ok(())
}

/// Returns whether an argument names a file or directory that the command writes.
fn is_output(command: &str, id: &str) -> bool {
    id == "output"
        || matches!(
            (command, id),
            ("check", "fix")
                | ("audit", "keep")
                | ("align-statistical", "save")
                | ("train" | "demo", "model")
                | ("page", "offline")
        )
}

/// Returns the paths of an argument; none if it has other values.
fn paths(matches: &ArgMatches, id: &str) -> Vec<PathBuf> {
    if let Ok(Some(paths)) = matches.try_get_many::<PathBuf>(id) {
        return paths.cloned().collect();
    }
    if let Ok(Some(models)) = matches.try_get_many::<ModelArgument>(id) {
        return models.map(|model| model.directory.clone()).collect();
    }
    match matches.try_get_one::<GuidedAlignmentArg>(id) {
        Ok(Some(links)) => links.file.clone().into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Returns an argument as a user writes it: `--keep`, or the name of its value.
fn shown_argument(argument: &Arg) -> String {
    match (argument.get_long(), argument.get_value_names()) {
        (Some(long), _) => format!("--{long}"),
        (None, Some([name, ..])) => name.to_string(),
        (None, _) => argument.get_id().to_string(),
    }
}

fn check_standard_input(inputs: &[FileArgument]) -> Result<()> {
    let mut reading = inputs.iter().filter(|input| input.is_standard());
    let (Some(first), Some(second)) = (reading.next(), reading.next()) else { return Ok(()) };
    let (first, second) = (&first.argument, &second.argument);
    let of = if first == second { format!("{first} names it twice") } else { format!("{first} and {second} name it") };
    Err(wrong_usage(format!("standard input can be read only once, but {of}; give a file for all but one")))
}

/// The endings of archives and of compressed files that are not written.
const NOT_WRITTEN: [&str; 17] = [
    "bz2", "xz", "lzma", "lz4", "lz", "br", "z", "zip", "7z", "rar", "tar", "tgz", "tbz", "tbz2", "txz", "tzst", "zstd",
];

/// Refuses an output whose ending promises a format that the command does not write. Devices and pipes have any name.
fn check_ending(command: &str, FileArgument { argument, path }: &FileArgument) -> Result<()> {
    let writes_directories = matches!(command, "train" | "demo" | "quantize" | "man");
    if writes_directories || path.metadata().is_ok_and(|found| !found.is_file()) {
        return Ok(());
    }
    let ending = |path: &Path| path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let plain = unpacked_name(path);
    let Some(ending) = ending(&plain) else { return Ok(()) };
    let shown = path.display();
    if NOT_WRITTEN.contains(&ending.as_str()) {
        return Err(wrong_usage(format!(
            "{shown}: the format .{ending} is not written; end the name in .gz or .zst for a compressed file, or \
             compress it afterwards"
        )));
    }
    let (formats, remedy): (&[&str], _) = match command {
        "heat-map" | "curve" => (&["svg", "png"], "a picture is an SVG or a PNG; end the name in .svg or .png"),
        "page" if argument == "--offline" => (&["js"], "this file is a script; end the name in .js"),
        "page" => (&["html", "htm"], "the output is a web page; end the name in .html"),
        "report --runs" => (
            &["html", "htm", "xhtml", "json", "tsv", "txt"],
            "a comparison of trainings is a web page, JSON or a table; end the name in .html, .json, .tsv or .txt",
        ),
        "report" => (&["html", "htm", "xhtml"], "a report is a web page; end the name in .html"),
        _ => return Ok(()),
    };
    if formats.contains(&ending.as_str()) {
        return Ok(());
    }
    Err(wrong_usage(format!("{shown}: the format .{ending} is not written: {remedy}")))
}

/// Returns the name of a file without the ending of its compression.
pub fn unpacked_name(path: &Path) -> PathBuf {
    if Compression::of_ending(path).is_some() { path.with_extension("") } else { path.to_owned() }
}

fn check_outputs_differ(outputs: &[FileArgument]) -> Result<()> {
    for (index, output) in outputs.iter().enumerate() {
        let is_same = |other: &&FileArgument| is_same_place(&other.path, &output.path);
        let Some(other) = outputs[..index].iter().find(is_same) else { continue };
        if other.argument != output.argument {
            let (file, one, other) = (output.path.display(), &other.argument, &output.argument);
            return Err(wrong_usage(format!("{one} and {other} cannot both be {file}; give one file to each")));
        }
        return Err(wrong_usage(format!(
            "source and target cannot both be written to {}, which is named twice; give one file per side",
            outputs[0].path.display()
        )));
    }
    Ok(())
}

/// Whether both outputs would be the same file, which need not exist.
fn is_same_place(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let parent = parent.canonicalize().unwrap_or_else(|_| parent.to_owned());
        path.canonicalize().unwrap_or_else(|_| parent.join(path.file_name().unwrap_or_default()))
    };
    place(one) == place(other) || same_file::is_same_file(one, other).unwrap_or(false)
}

/// Compares files by device and inode, because links and other paths name the same file.
fn check_outputs_are_not_read(inputs: &[FileArgument], outputs: &[FileArgument]) -> Result<()> {
    let read: Vec<(String, Handle)> = inputs.iter().flat_map(read_files).collect();
    let reader_of = |written: &Handle| read.iter().find(|(_, handle)| handle == written).map(|(name, _)| name);
    for output in outputs.iter().filter(|output| !output.is_standard()) {
        let Some(input) = regular_file(&output.path).and_then(|written| reader_of(&written)) else { continue };
        let (path, argument) = (output.path.display(), &output.argument);
        let option = if argument == "--output" { "-o" } else { argument };
        bail!("{path}: input and output are the same file ({input}); give another {option}");
    }
    if outputs.iter().all(FileArgument::is_standard)
        && let Some(input) = Handle::stdout().ok().filter(is_regular).and_then(|written| reader_of(&written))
    {
        bail!("standard output: input and output are the same file ({input}); write to another file");
    }
    Ok(())
}

/// Returns the files that an input stands for, with their names: itself, standard input, or the files of a model.
fn read_files(input: &FileArgument) -> Vec<(String, Handle)> {
    if input.is_standard() {
        let stdin = Handle::stdin().ok().filter(is_regular);
        return stdin.into_iter().map(|handle| (shown(&input.path), handle)).collect();
    }
    let paths = if input.path.is_dir() {
        let mut files = ModelDirectory::new(&input.path).files();
        files.push(TrainingDirectory::new(&input.path).log());
        files
    } else {
        vec![input.path.clone()]
    };
    paths.into_iter().filter_map(|path| Some((path.display().to_string(), regular_file(&path)?))).collect()
}

/// Opens a regular file. Opening a pipe would wait for its writer.
fn regular_file(path: &Path) -> Option<Handle> {
    if path.is_file() { Handle::from_path(path).ok() } else { None }
}

fn is_regular(handle: &Handle) -> bool {
    handle.as_file().metadata().is_ok_and(|found| found.is_file())
}
