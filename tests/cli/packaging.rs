//! The packages as a registry would receive them: their metadata and the oldest Rust that builds them.

use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

fn cargo(arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let run = Command::new(env!("CARGO")).args(arguments).current_dir(root).output().expect("cargo starts");
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
