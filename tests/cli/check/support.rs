//! A clean corpus, faults to add to it, and the report of the program.

use crate::cli::support::{Ran, Scratch, assert_says};
use serde::Deserialize;

pub use glosser_demo_corpus::{DEV, TRAIN};

/// The line of the fault, and a line above it.
pub const LINE: usize = 123;
pub const ABOVE: usize = 17;

#[derive(Deserialize)]
pub struct Report {
    pub corpora: Vec<Counts>,
    pub findings: Vec<Finding>,
    #[serde(rename = "slips")]
    pub line_shifts: Vec<LineShift>,
    pub errors: usize,
    pub warnings: usize,
    pub fixed: Option<Fixed>,
}

#[derive(Deserialize)]
pub struct Counts {
    pub role: String,
    pub pairs: usize,
    pub usable: usize,
    pub source: Side,
    pub target: Side,
}

#[derive(Deserialize)]
pub struct Side {
    pub lines: usize,
    pub words: usize,
    pub characters: usize,
}

#[derive(Deserialize)]
pub struct Finding {
    pub kind: String,
    pub severity: String,
    pub count: usize,
    pub remedy: String,
    pub places: Vec<Place>,
}

#[derive(Deserialize)]
pub struct Place {
    pub file: String,
    pub line: usize,
    pub column: Option<usize>,
    pub excerpt: String,
    pub note: Option<String>,
}

#[derive(Deserialize)]
pub struct LineShift {
    pub line: usize,
    pub first: usize,
    pub last: usize,
    pub shift: i64,
    pub until: Option<usize>,
    pub model: Option<Model>,
}

#[derive(Deserialize)]
pub struct Model {
    pub line: usize,
    pub straight: f64,
    pub shifted: f64,
    pub is_confirmed: bool,
}

#[derive(Deserialize)]
pub struct Fixed {
    pub pairs: usize,
    pub done: Vec<Treated>,
}

#[derive(Deserialize)]
pub struct Treated {
    pub kind: String,
    pub count: usize,
}

pub fn report(ran: &Ran) -> Report {
    let lines = ran.lines();
    assert_eq!(lines.len(), 1, "one object on one line:\n{}\n{}", ran.stdout, ran.stderr);
    serde_json::from_str(lines[0]).unwrap_or_else(|cause| panic!("{cause}: {}", lines[0]))
}

/// Four hundred clean pairs, as bytes.
#[derive(Clone)]
pub struct Sides {
    pub source: Vec<Vec<u8>>,
    pub target: Vec<Vec<u8>>,
}

impl Sides {
    pub fn clean() -> Self {
        let pairs = TRAIN.lines().take(400).map(|line| line.split_once('\t').expect("two columns"));
        let (source, target) = pairs.map(|(s, t)| (s.as_bytes().to_vec(), t.as_bytes().to_vec())).unzip();
        Self { source, target }
    }

    pub fn write(&self, scratch: &Scratch) {
        let joined = |lines: &[Vec<u8>]| [lines.join(&b'\n'), b"\n".to_vec()].concat();
        scratch.write("c.en", joined(&self.source));
        scratch.write("c.fr", joined(&self.target));
        let pairs = self.source.iter().zip(&self.target);
        scratch.write("c.tsv", joined(&pairs.map(|(s, t)| [s, &b"\t"[..], t].concat()).collect::<Vec<_>>()));
    }

    /// Both sides of a line, counted from 1.
    pub fn on(&mut self, line: usize) -> (&mut Vec<u8>, &mut Vec<u8>) {
        (&mut self.source[line - 1], &mut self.target[line - 1])
    }

    pub fn texts(&self, line: usize) -> (Vec<u8>, Vec<u8>) {
        (self.source[line - 1].clone(), self.target[line - 1].clone())
    }
}

/// Fails unless exactly this fault is reported, at its line, for two files and a TSV, as text and as JSON.
#[track_caller]
pub fn assert_found(kind: &str, line: usize, column: Option<[usize; 2]>, plant: impl Fn(&mut Sides)) {
    let mut sides = Sides::clean();
    plant(&mut sides);
    let scratch = Scratch::new();
    sides.write(&scratch);
    for (form, files) in ["c.tsv", "c.en c.fr"].into_iter().enumerate() {
        let ran = scratch.run(&format!("check {files} --json"));
        let report = report(&ran);
        let kinds: Vec<&str> = report.findings.iter().map(|finding| finding.kind.as_str()).collect();
        assert_eq!(kinds, [kind], "{}", ran.stdout);
        let finding = &report.findings[0];
        assert_eq!((finding.count, finding.places.len()), (1, 1), "{}", ran.stdout);
        let place = &finding.places[0];
        assert_eq!((place.line, place.column), (line, column.map(|columns| columns[form])), "{}", ran.stdout);
        assert!(files.split(' ').any(|file| file == place.file) && !finding.remedy.is_empty());
        assert!(!place.excerpt.contains(char::is_control), "{}", ran.stdout);
        let is_fault = finding.severity != "information";
        assert_eq!(report.errors + report.warnings, usize::from(is_fault), "{}", ran.stdout);
        assert_eq!(ran.code, Some(i32::from(is_fault)), "{kind}");

        let text = scratch.run(&format!("check {files}"));
        let column = column.map(|columns| format!(":{}", columns[form])).unwrap_or_default();
        assert_says(&text.stdout, &[&format!("{}:{line}{column}", place.file), &finding.remedy]);
        assert_eq!((text.code, text.stderr.as_str()), (ran.code, ""));
    }
}

/// Inserts bytes after the third byte of the source.
#[track_caller]
pub fn assert_bytes_found(kind: &str, bytes: &[u8]) {
    let plant = |sides: &mut Sides| drop(sides.on(LINE).0.splice(3..3, bytes.iter().copied()));
    assert_found(kind, LINE, Some([4, 4]), plant);
}
