#!/usr/bin/env bash
# Checks that the oldest supported Rust, `rust-version` in Cargo.toml, compiles everything. Needs rustup.
set -euo pipefail
cd "$(dirname "$0")/.."

oldest=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
[[ $oldest ]] || { echo "check_oldest_rust.sh: Cargo.toml has no rust-version" >&2; exit 2; }
rustup toolchain install "$oldest" --profile minimal
# A folder of its own: the files of another compiler would be compiled anew each time.
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/oldest-rust cargo "+$oldest" check --workspace --all-targets --locked
echo "Rust $oldest compiles everything"
