//! Documents and code agree: paths, names and the program of the README exist in the code.

use std::fs;
use std::path::{Path, PathBuf};

const DOCUMENTS: [&str; 11] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/guide.md",
    "docs/benchmarks.md",
    "docs/experiments.md",
    "docs/scale.md",
    "crates/python/README.md",
    "data/README.md",
    "scripts/README.md",
];
const FOLDERS: [&str; 8] = ["crates/", "data/", "docs/", "packaging/", "scripts/", "tests/", ".ci/", ".github/"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the pieces of inline code of a line.
fn code(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// Returns the path in this repository that a piece of code names, if it names one.
fn named_path(code: &str) -> Option<&str> {
    let first = code.split_whitespace().next()?;
    let is_path = FOLDERS.iter().any(|folder| first.starts_with(folder)) && !first.contains(['*', '{']);
    (is_path && first.chars().all(|c| !c.is_uppercase() || first.ends_with(".md"))).then_some(first)
}

/// Returns the targets of links to files of this repository.
fn linked(text: &str) -> Vec<&str> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    links
        .map(|link| link.split('#').next().unwrap_or(link))
        .filter(|link| !link.is_empty() && !link.contains("://"))
        .collect()
}

/// Returns the text between two markers.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).unwrap_or_else(|| panic!("no {start}")).0
}

#[test]
fn every_path_in_a_document_exists() {
    for document in DOCUMENTS {
        let text = read(document);
        for (index, line) in text.lines().enumerate() {
            for path in code(line).into_iter().filter_map(named_path) {
                assert!(root().join(path).exists(), "{document}:{}: there is no {path}", index + 1);
            }
        }
        let folder = Path::new(document).parent().expect("a folder");
        for link in linked(&text) {
            assert!(root().join(folder).join(link).exists(), "{document}: there is no {link}");
        }
    }
}

/// Returns the Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

#[test]
fn every_path_in_a_comment_exists() {
    for source in sources(&root().join("crates")) {
        let text = fs::read_to_string(&source).expect("a readable file");
        for comment in text.lines().filter(|line| line.trim_start().starts_with("//")) {
            for path in code(comment).into_iter().filter_map(named_path) {
                assert!(root().join(path).exists(), "{}: there is no {path}", source.display());
            }
        }
    }
}

#[test]
fn every_row_of_the_table_of_places_names_a_file_that_holds_the_name_beside_it() {
    let text = read("ARCHITECTURE.md");
    let rows = between(&text, "## Where is ...?", "\n## ").lines().filter(|line| line.starts_with("| ")).skip(2);
    let mut count = 0;
    for row in rows {
        let codes = code(row);
        let [name, path] = codes.as_slice() else { panic!("a name and a path are needed: {row}") };
        assert!(read(path).contains(name), "{path} does not hold {name}");
        count += 1;
    }
    assert!(count >= 25, "{count} rows");
}

#[test]
fn the_readme_is_short_and_its_program_is_the_one_that_the_library_compiles() {
    let text = read("README.md");
    assert!(text.lines().count() <= 150);
    let library = read("crates/translator/src/lib.rs");
    for line in between(&text, "```rust\n", "```").lines() {
        assert!(library.contains(&format!("//! {line}").trim_end().to_owned()), "{line}");
    }
}
