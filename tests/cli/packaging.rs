//! The packages as a registry would receive them: their metadata and the oldest Rust that builds them.

use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn cargo(arguments: &[&str]) -> String {
    let run = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo starts");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).expect("UTF-8")
}

/// Parses the major and the minor number of a version.
fn version(text: &str) -> (u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().expect("a number"));
    (parts.next().expect("a major version"), parts.next().unwrap_or(0))
}

/// Returns the packages that are built on this machine, as `cargo metadata` describes them.
fn packages() -> Vec<Value> {
    let host = Command::new("rustc").arg("-vV").output().expect("rustc starts");
    let host = String::from_utf8(host.stdout).expect("UTF-8");
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).expect("the host");
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host];
    let metadata: Value = serde_json::from_str(&cargo(&arguments)).expect("JSON");
    let built: HashSet<&str> =
        metadata["resolve"]["nodes"].as_array().expect("nodes").iter().filter_map(|node| node["id"].as_str()).collect();
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().filter(|package| built.contains(package["id"].as_str().expect("an id"))).cloned().collect()
}

#[test]
fn no_dependency_needs_a_newer_rust_than_the_promised_version() {
    let promised = version(env!("CARGO_PKG_RUST_VERSION"));
    for package in packages() {
        if let Some(needed) = package["rust_version"].as_str() {
            assert!(version(needed) <= promised, "{} needs Rust {needed}", package["name"]);
        }
    }
}

#[test]
fn every_published_crate_has_description_license_readme_keywords_and_categories() {
    let ours = packages().into_iter().filter(|package| package["source"].is_null() && package["publish"].is_null());
    let mut count = 0;
    for package in ours {
        for field in ["description", "license", "readme", "rust_version"] {
            assert!(package[field].is_string(), "{} has no {field}", package["name"]);
        }
        for list in ["keywords", "categories"] {
            assert!(!package[list].as_array().expect("a list").is_empty(), "{} has no {list}", package["name"]);
        }
        count += 1;
    }
    assert!(count >= 9, "{count} crates");
}

fn toml(path: &str) -> toml::Table {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.parse::<toml::Table>().unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the versions of each package in a lock file.
fn locked(path: &str) -> BTreeMap<String, HashSet<String>> {
    let mut versions = BTreeMap::<String, HashSet<String>>::new();
    for package in toml(path)["package"].as_array().expect("packages") {
        let [name, version] = ["name", "version"].map(|key| package[key].as_str().expect("text").to_owned());
        versions.entry(name).or_default().insert(version);
    }
    versions
}

#[test]
fn the_python_module_has_the_version_and_the_dependencies_of_the_program() {
    let (project, module) = (locked("Cargo.lock"), locked("crates/python/Cargo.lock"));
    assert!(module.contains_key("pyo3") && module["glosser-python"].contains(env!("CARGO_PKG_VERSION")));
    let mut count = 0;
    for (name, versions) in &module {
        if let Some(expected) = project.get(name) {
            let remedy = "copy Cargo.lock as crates/python/README.md describes";
            assert!(versions.is_subset(expected), "{name}: {versions:?}, the program has {expected:?}; {remedy}");
            count += 1;
        }
    }
    assert!(count >= 50, "{count} packages");
    let (project, module) = (toml("Cargo.toml"), toml("crates/python/Cargo.toml"));
    assert_eq!(module["package"]["rust-version"], project["workspace"]["package"]["rust-version"]);
    assert_eq!(module["lints"], project["workspace"]["lints"]);
    assert_eq!(module["profile"]["dev"], project["profile"]["dev"]);
}
