#!/usr/bin/env bash
# Builds the engines of a page that translates by itself: `crates/page-engine` as WebAssembly, without and with the
# dictionaries of scripts without spaces. The next build of the program carries them. scripts/README.md describes it.
#
#   scripts/build_page_engine.sh [DIRECTORY]               default: crates/pages/engine, where the program takes them from
set -euo pipefail
cd "$(dirname "$0")/.."

target=wasm32-unknown-unknown
zopfli=0.4.3
fail() { printf 'build_page_engine.sh: %s\n' "$1" >&2; exit 2; }
note() { printf '%s\n' "$1" >&2; }

[[ $# -le 1 && ${1-} != -* ]] || fail "usage: scripts/build_page_engine.sh [DIRECTORY]"
[[ ! -e ${1-} || -d $1 ]] || fail "$1: this is a file; name a directory"
mkdir -p "${1:-crates/pages/engine}"
out=$(cd "${1:-crates/pages/engine}" && pwd)
python=${PYTHON:-python3}
"$python" --version > /dev/null 2>&1 || fail "needs Python 3, for the licences of the crates (PYTHON=PATH names another)"
# CARGO_TARGET_DIR is used; whatever else of the environment changes the engine is not.
built=${CARGO_TARGET_DIR:-target}
mkdir -p "$built/page-engine-tools"
tools=$(cd "$built/page-engine-tools" && pwd)
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_BUILD_TARGET RUSTC_BOOTSTRAP "${!CARGO_PROFILE_@}"
version=$(rustc --version | cut -d ' ' -f 2)
sysroot=$(rustc --print sysroot)
sources=$sysroot/lib/rustlib/src/rust/library
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

has_target() { compgen -G "$(rustc --print target-libdir --target $target)/libstd-*.rlib" > /dev/null; }

# Debian's package of the sources of this very Rust, checked by apt with Debian's keys. Nothing is installed.
fetch_debian_sources() {
    command -v apt-get > /dev/null && command -v dpkg > /dev/null || return 1
    local keys=/usr/share/keyrings/debian-archive-keyring.gpg apt=$work/apt package suite
    [[ -r $keys ]] || return 1
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts"
    for suite in trixie trixie-backports forky sid; do
        printf 'deb [signed-by=%s] %s %s main\n' "$keys" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" $suite
    done > "$apt/sources.list"
    local options=(-q -o "Dir::Etc::SourceList=$apt/sources.list" -o "Dir::Etc::SourceParts=$apt/parts"
        -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o "APT::Sandbox::User=$(id -un)")
    apt-get "${options[@]}" update > "$apt/log" 2>&1 || return 1
    package=$(apt-cache "${options[@]}" madison rust-src | awk -v version="$version+" '
        index($3, version) == 1 { print $3; exit }')
    [[ $package ]] || return 1
    (cd "$work" && apt-get "${options[@]}" download "rust-src=$package") >> "$apt/log" 2>&1 || return 1
    rm -rf "$tools/rust-$version"
    dpkg -x "$work"/rust-src_*.deb "$tools/rust-$version"
}

# Sets `std`: what cargo needs beside its usual arguments for a standard library.
find_standard_library() {
    local debian=$tools/rust-$version/usr/src/rustc-$version/library remedy
    if ! has_target && command -v rustup > /dev/null; then
        note "standard library: not installed for $target; trying rustup target add $target"
        rustup target add $target > "$work/rustup" 2>&1 || note "rustup: $(tail -n 1 "$work/rustup")"
    fi
    std=('-Zbuild-std=std,panic_abort')
    if has_target; then
        note "standard library: that of Rust $version for $target"
        std=()
    elif [[ -d $sources ]]; then
        note "standard library: compiled from $sources"
    else
        [[ -d $debian ]] || ! command -v apt-get > /dev/null ||
            note "standard library: fetching Debian's package rust-src $version"
        if [[ -d $debian ]] || fetch_debian_sources && [[ -d $debian ]]; then
            note "standard library: compiled from $debian"
            export __CARGO_TESTS_ONLY_SRC_ROOT=$debian
            sources=$debian
        else
            remedy="install Rust by rustup (https://rustup.rs) and run: rustup target add $target"
            fail "no standard library for WebAssembly, and no sources of it for Rust $version; $remedy"
        fi
    fi
    # Building the standard library is a feature of nightly Rust that stable compilers have behind this variable.
    [[ ${#std[@]} -eq 0 ]] || export RUSTC_BOOTSTRAP=1
}

# The flags that the engine needs. Paths of this machine in messages become short names, the same everywhere.
set_flags() {
    local flags=(--cfg 'getrandom_backend="wasm_js"' -C target-feature=+simd128
        "--remap-path-prefix=$PWD=glosser" "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=crates"
        "--remap-path-prefix=$sources=std")
    CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; printf '%s' "${flags[*]}")
    export CARGO_ENCODED_RUSTFLAGS
}

# Compiles the engine NAME with these arguments for cargo.
compile() {
    local name=$1
    shift
    note "compiling $name.wasm"
    cargo build --quiet --locked --profile page-engine --target $target --package glosser-page-engine \
        ${std[@]+"${std[@]}"} "$@" || fail "the engine does not compile"
    cp "$built/$target/page-engine/glosser_page_engine.wasm" "$work/$name.wasm"
}

# Installs zopfli in an environment of its own below target, where that is possible.
prepare_tools() {
    "$tools/python/bin/python" -c 'import zopfli' 2> /dev/null && return
    if ! { "$python" -m venv "$tools/python" &&
        "$tools/python/bin/python" -m pip install --disable-pip-version-check "zopfli==$zopfli"; } > "$work/pip" 2>&1; then
        note "left out: zopfli, which compresses by some 5 % more than gzip (needs venv and the package zopfli of PyPI)"
    fi
}

find_standard_library
set_flags
compile engine --no-default-features
compile engine.dictionaries
"$python" scripts/third_party_licenses.py --engine > "$work/engine.licences.txt"
prepare_tools
packer=$tools/python/bin/python
[[ -x $packer ]] || packer=$python
for name in engine engine.dictionaries; do
    note "packing $name.wasm"
    "$packer" scripts/pack_page_engine.py "$work/$name.wasm" "$work/$name.wasm.gz" > "$work/$name.sizes"
done
mv "$work"/engine*.gz "$work/engine.licences.txt" "$out"
for name in engine engine.dictionaries; do
    printf '%s: %s\n' "$out/$name.wasm.gz" "$(cat "$work/$name.sizes")"
done
