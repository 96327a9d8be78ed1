//! Support of all tests: the program, a scratch directory, a small trained model.

use serde::Deserialize;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::LazyLock;
use tempfile::TempDir;

const DIGITS: [(&str, &str); 10] = [
    ("zero", "null"),
    ("one", "eins"),
    ("two", "zwei"),
    ("three", "drei"),
    ("four", "vier"),
    ("five", "fünf"),
    ("six", "sechs"),
    ("seven", "sieben"),
    ("eight", "acht"),
    ("nine", "neun"),
];

/// Settings of the shared model, which trains in seconds and translates different sentences differently.
pub const SMALL: &str = "
[tokenizer]
vocab = 300
[model]
embed = 24
encoder_hidden = 24
decoder_hidden = 48
attention_size = 24
[training]
batch_tokens = 400
learning_rate = 0.01
warmup_steps = 20
dropout = 0.0
label_smoothing = 0.0
patience = 1000
target_word_dropout = 0.0
budget = { steps = 240 }
";

/// Settings of a model that trains in a moment and learns nothing.
pub const TINY: &str = "[model]\nembed = 8\nencoder_hidden = 8\ndecoder_hidden = 8\nattention_size = 8\n";

/// The files of the shared model; every test gets its own copy.
static MODEL: LazyLock<Vec<(PathBuf, Vec<u8>)>> = LazyLock::new(|| {
    let scratch = Scratch::new();
    scratch.write("pairs.tsv", tsv(1..=240));
    scratch.write("small.toml", SMALL);
    scratch.run("train pairs.tsv --model model --config small.toml --threads 2").success();
    let names = [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "words.bin",
        "statistics.bin",
        "text.json",
        "training/log.jsonl",
        "training/last.safetensors",
    ];
    names.iter().map(|name| (PathBuf::from(name), scratch.read(&format!("model/{name}")))).collect()
});

/// A number, spelled digit by digit in English and in German.
pub fn pair(index: usize) -> (String, String) {
    let digits: Vec<usize> =
        (index * 7919 % 99_991).to_string().bytes().map(|digit| usize::from(digit - b'0')).collect();
    let spelt = |word: fn(usize) -> &'static str| digits.iter().map(|digit| word(*digit)).collect::<Vec<_>>().join(" ");
    (spelt(|digit| DIGITS[digit].0), spelt(|digit| DIGITS[digit].1))
}

/// Twenty pairs that the shared model was not trained on, and one with a blank side at 3 and at 7, counted from 0.
pub fn pairs_with_blank_sides() -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = (1001..=1020).map(pair).collect();
    pairs.insert(3, (String::new(), "eins".to_owned()));
    pairs.insert(7, ("one two".to_owned(), "  ".to_owned()));
    pairs
}

/// The pairs of these indices as TSV.
pub fn tsv(indices: impl Iterator<Item = usize>) -> String {
    indices.map(pair).map(|(source, target)| format!("{source}\t{target}\n")).collect()
}

/// Sixty sentences that the shared model was not trained on, one per line.
pub fn sentences() -> String {
    (1001..=1060).map(|index| pair(index).0 + "\n").collect()
}

/// The program, without a terminal.
pub fn program() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("glosser"));
    // The recorded help has a hundred columns. With backtraces, messages must still be one line.
    command.env("COLUMNS", "100").env("RUST_BACKTRACE", "1");
    command.env_remove("CLICOLOR_FORCE").env_remove("GLOSSER_MODEL");
    command
}

/// A temporary directory that the program runs in, so that messages have relative paths.
pub struct Scratch {
    directory: TempDir,
}

impl Scratch {
    pub fn new() -> Self {
        Self { directory: TempDir::new().expect("a temporary directory") }
    }

    /// A directory with the shared model in `model`.
    pub fn with_model() -> Self {
        let scratch = Self::new();
        for (name, bytes) in MODEL.iter() {
            scratch.write(&format!("model/{}", name.display()), bytes);
        }
        scratch
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file in the directory")).expect("a directory");
        fs::write(path, bytes).expect("a writable file");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|cause| panic!("{name}: {cause}"))
    }

    /// The contents of a text file.
    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("UTF-8")
    }

    /// All files below the directory `name`, with their contents.
    pub fn tree(&self, name: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut directories = vec![self.path(name)];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).expect("a directory") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    directories.push(path);
                } else {
                    let bytes = fs::read(&path).expect("a readable file");
                    files.push((path, bytes));
                }
            }
        }
        files.sort();
        files
    }

    /// Runs the program with arguments that are separated by spaces, and empty standard input.
    pub fn run(&self, args: &str) -> Ran {
        self.pipe(args, "")
    }

    /// Runs the program with arguments that are separated by spaces, and `input` on standard input.
    pub fn pipe(&self, args: &str, input: impl AsRef<[u8]>) -> Ran {
        self.start(&args.split_whitespace().collect::<Vec<_>>(), input)
    }

    /// Runs the program with arguments that may contain spaces, and empty standard input.
    pub fn run_args(&self, args: &[&str]) -> Ran {
        self.start(args, "")
    }

    fn start(&self, args: &[&str], input: impl AsRef<[u8]>) -> Ran {
        let mut command = program();
        command.args(args).current_dir(self.directory.path());
        let output = assert_cmd::Command::from_std(command).write_stdin(input.as_ref()).output();
        Ran::new(&args.join(" "), output.expect("the program starts"))
    }

    /// Translates `input` and returns the JSON records.
    pub fn records(&self, args: &str, input: impl AsRef<[u8]>) -> Vec<Record> {
        let ran = self.pipe(&format!("translate --model model --format jsonl {args}"), input).success();
        records(&ran.stdout)
    }
}

/// The result of a run of the program.
pub struct Ran {
    args: String,
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    fn new(args: &str, output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
        Self {
            args: args.to_owned(),
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Fails unless the exit code is 0.
    #[track_caller]
    pub fn success(self) -> Self {
        assert_eq!(self.code, Some(0), "glosser {}\n{}", self.args, self.stderr);
        self
    }

    /// Fails unless the exit code is 1, standard output is empty and there is one line of error, which is returned.
    #[track_caller]
    pub fn failure(self) -> String {
        let Self { args, code, stdout, stderr } = self;
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "glosser {args}\n{stderr}");
        let message = stderr.lines().last().unwrap_or_default();
        let errors = stderr.lines().filter(|line| !line.starts_with("note: ")).count();
        assert!(message.starts_with("error: ") && errors == 1, "glosser {args}\n{stderr}");
        message.to_owned()
    }

    /// Fails unless the exit code is 2, standard output is empty and the message, which is returned, names `--help`.
    #[track_caller]
    pub fn wrong_usage(self) -> String {
        let Self { args, code, stdout, stderr } = self;
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "glosser {args}\n{stderr}");
        assert!(stderr.contains("--help"), "glosser {args}\n{stderr}");
        stderr
    }

    pub fn lines(&self) -> Vec<&str> {
        lines(&self.stdout)
    }
}

/// The lines of the text, which end at `\n` only.
pub fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.split('\n').collect();
    assert_eq!(lines.pop(), Some(""), "the last line has no end");
    lines
}

/// Fails unless the message contains all parts.
#[track_caller]
pub fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
}

/// A line of `--format jsonl`; unknown keys are errors.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub line: usize,
    pub rank: usize,
    pub source: String,
    pub translation: String,
    pub log_prob: f64,
    pub score: f64,
    pub source_words: Vec<String>,
    #[serde(default)]
    pub source_offsets: Vec<[usize; 2]>,
    pub target_words: Vec<String>,
    #[serde(default)]
    pub target_offsets: Vec<[usize; 2]>,
    pub links: String,
    pub weights: Vec<Vec<f64>>,
    pub eos_mass: Vec<f64>,
    #[serde(default)]
    pub entropy: Vec<f64>,
    #[serde(default)]
    pub degraded: Vec<String>,
    #[serde(default)]
    pub unknown: Vec<String>,
}

impl Record {
    /// Links as pairs `(source word, target word)`.
    pub fn links(&self) -> Vec<(usize, usize)> {
        let index = |text: &str| text.parse().expect("an index");
        let link = |text: &str| text.split_once('-').map(|(s, t)| (index(s), index(t))).expect("a link");
        self.links.split_whitespace().map(link).collect()
    }
}

pub fn records(jsonl: &str) -> Vec<Record> {
    lines(jsonl).iter().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

/// The bytes, compressed by gzip.
pub fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes.as_ref()).expect("memory");
    encoder.finish().expect("memory")
}
