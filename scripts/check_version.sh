#!/usr/bin/env bash
# Checks before a release that a tag, the version of the workspace and the changelog agree.
#
#   scripts/check_version.sh v0.1.0
set -euo pipefail
cd "$(dirname "$0")/.."

tag=${1:?usage: scripts/check_version.sh TAG}
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml)
fail() { printf 'check_version.sh: %s\n' "$1" >&2; exit 1; }

[[ $tag == "v$version" ]] || fail "the tag is $tag, but the version in Cargo.toml is $version: use v$version"
grep -q "^## ${version//./\\.}\$" CHANGELOG.md || fail "CHANGELOG.md has no section '## $version'"
grep -q '^repository = "https://' crates/cli/Cargo.toml ||
    fail "crates/cli/Cargo.toml names no repository, which cargo binstall needs: add repository = \"https://...\""
echo "$tag is the version of Cargo.toml, and CHANGELOG.md describes it"
