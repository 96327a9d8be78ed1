#!/usr/bin/env bash
# Builds all that a release offers for one target: a Python wheel with the program, an archive, and for Linux with glibc
# a Debian package. scripts/README.md describes the choices.
#
#   scripts/package.sh                                     for this machine
#   scripts/package.sh x86_64-unknown-linux-musl           for another target
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { printf 'package.sh: %s\n' "$1" >&2; exit 2; }
step() { printf '\n== %s\n' "$1"; }

host=$(rustc -vV | sed -n 's/^host: //p')
case $host in *-linux-*) machine=${host%%-*}-unknown-linux-gnu ;; *) machine=$host ;; esac
target=${1:-$machine}
[[ $# -le 1 && $target != -* ]] || fail "usage: scripts/package.sh [TARGET]"
version=$(cargo pkgid --offline -p glosser)
version=${version##*[#@]}
out=${OUT:-target/package}
mkdir -p "$out"
out=$(cd "$out" && pwd)
case $target in *-windows-*) program=glosser.exe ;; *) program=glosser ;; esac
binary=${CARGO_TARGET_DIR:-target}/$target/release/$program
project=target/wheel

# maturin, and zig as a linker for old systems, in an environment of their own.
prepare_tools() {
    step "tools"
    [[ -d target/package-venv ]] || "${PYTHON:-python3}" -m venv target/package-venv
    PATH=$PWD/target/package-venv/bin:$PWD/target/package-venv/Scripts:$PATH
    python -m pip install --quiet --disable-pip-version-check 'maturin>=1.9.4,<2'
    case $target in *-linux-*) python -m pip install --quiet --disable-pip-version-check 'ziglang>=0.15,<0.18' ;; esac
    rustup target add "$target"
}

# The engine of the pages of `glosser page`, unless it has been built: GLOSSER_PAGE_ENGINE names its folder.
prepare_engine() {
    step "engine of a page"
    if [[ -e ${GLOSSER_PAGE_ENGINE:-crates/pages/engine}/engine.wasm.gz ]]; then
        echo "it has been built"
    else
        PYTHON=python scripts/build_page_engine.sh
    fi
}

# A program with glibc 2.17 (from 2012), one without any C library, one that needs no DLL of Visual C++.
build_wheel() {
    local options=(--release --locked --target "$target" --out "$out")
    case $target in
        *-linux-gnu) options+=(--zig --compatibility manylinux2014) ;;
        *-linux-musl) options+=(--zig --compatibility musllinux_1_2) ;;
        *-windows-msvc) export RUSTFLAGS="${RUSTFLAGS-} -C target-feature=+crt-static" ;;
    esac
    (cd "$project" && maturin build "${options[@]}")
}

# The texts that all packages contain. A wheel for another machine needs a GLOSSER that runs on this one.
write_texts() {
    step "manual pages, completions, licences"
    local glosser=${GLOSSER:-$binary} share=target/share shell
    "$glosser" --version || fail "$glosser does not run here; set GLOSSER to a program of this machine"
    rm -rf "$share"
    mkdir -p "$share/man/man1" "$share/completions"
    "$glosser" man -o "$share/man/man1"
    for shell in bash:glosser.bash zsh:_glosser fish:glosser.fish powershell:_glosser.ps1 elvish:glosser.elv; do
        "$glosser" completions "${shell%:*}" > "$share/completions/${shell#*:}"
    done
    python scripts/third_party_licenses.py "$target" > "$share/THIRD-PARTY-LICENSES.txt"
    cp LICENSE-APACHE LICENSE-MIT README.md CHANGELOG.md "$share"
}

# What pip copies beside the program: `files/data/share` becomes `share` of the environment.
fill_wheel() {
    local share=$project/files/data/share
    mkdir -p "$share/man" "$share/bash-completion/completions" "$share/zsh/site-functions" \
        "$share/fish/vendor_completions.d"
    cp -R target/share/man/man1 "$share/man"
    cp target/share/completions/glosser.bash "$share/bash-completion/completions/glosser"
    cp target/share/completions/_glosser "$share/zsh/site-functions"
    cp target/share/completions/glosser.fish "$share/fish/vendor_completions.d"
    cp LICENSE-APACHE LICENSE-MIT target/share/THIRD-PARTY-LICENSES.txt "$project"
}

pack_archive() {
    step "archive"
    local name=glosser-$version-$target
    rm -rf "target/$name"
    cp -R target/share "target/$name"
    cp "$binary" "target/$name"
    case $target in
        *-windows-*) (cd target && python -m zipfile -c "$out/$name.zip" "$name") ;;
        *) tar -C target -czf "$out/$name.tar.gz" "$name" ;;
    esac
    rm -rf "target/${name:?}"
}

pack_debian() {
    step "Debian package"
    if cargo deb --version > /dev/null 2>&1; then
        cargo deb --package glosser --target "$target" --no-build --no-strip --locked --output "$out"
    else
        echo "left out: needs cargo-deb (cargo install cargo-deb)"
    fi
}

rm -rf "$project"
mkdir -p "$project/files"
cp packaging/wheel/pyproject.toml "$project"
prepare_tools
prepare_engine
step "program"
touch "$project/LICENSE-none" "$project/THIRD-PARTY-LICENSES.txt"
build_wheel
rm "$project/LICENSE-none"
write_texts
step "wheel"
# The second build compiles nothing: it packs the program with the texts that the program itself has written.
fill_wheel
build_wheel
pack_archive
case $target in *-linux-gnu) pack_debian ;; esac
printf '\n%s:\n' "$out"
ls -l "$out"
