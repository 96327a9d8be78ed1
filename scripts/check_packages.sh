#!/usr/bin/env bash
# Installs the packages of scripts/package.sh into fresh Debian systems without Rust, and uses the program there.
# Needs root, debootstrap, and the packages for this machine.
#
#   scripts/check_packages.sh [DIRECTORY]                 default: target/package
#   SUITES="bullseye bookworm trixie" STEPS=2000 scripts/check_packages.sh
#   KEEP=roots scripts/check_packages.sh                  keeps the systems and uses them again
set -euo pipefail

fail() { printf 'check_packages.sh: %s\n' "$1" >&2; exit "${2:-1}"; }
packages=$(realpath "${1:-$(dirname "$0")/../target/package}")
here=$(realpath "$(dirname "$0")")
suites=${SUITES:-bookworm}
[[ $(id -u) -eq 0 ]] || fail "needs root, for chroot" 2
command -v debootstrap > /dev/null || fail "needs debootstrap" 2
machine=$(uname -m)
wheel=$(find "$packages" -name "glosser-*manylinux*_$machine.whl" | tail -n 1)
[[ $wheel ]] || fail "$packages: no wheel for Linux on $machine; run scripts/package.sh" 2
if [[ ${KEEP:-} ]]; then
    roots=$(mkdir -p "$KEEP" && realpath "$KEEP")
else
    roots=$(mktemp -d)
    trap 'rm -rf "$roots"' EXIT
fi

inside() { chroot "$root" env -i HOME=/root TERM=xterm LANG=C.UTF-8 PATH="$path" "$@"; }
has() { grep -q -- "$1" <<< "$2" || fail "$suite: $3: there is no '$1' in: $2"; printf '   %s\n' "$3"; }

# Presses keys in an interactive bash of the system, and prints what it has printed.
typed() {
    python3 "$here/type_in_bash.py" "$1" chroot "$root" env -i HOME=/root TERM=dumb PATH="$path" bash --norc -i
}

# What a user does with the program, however it was installed.
try_program() {
    has "^glosser " "$(inside glosser --version)" "runs"
    has "SYNOPSIS" "$(inside man glosser | cat)" "man glosser"
    has "epochs" "$(inside man glosser-train | cat)" "man glosser-train"
    has "glosser translate" "$(typed "$1glosser transl\\t")" "bash completes a command"
    has "--sentence-level" "$(typed "$1glosser evaluate --sent\\t")" "bash completes an option"
}

for suite in $suites; do
    root=$roots/$suite
    printf '\n== %s\n' "$suite"
    if [[ ! -x $root/usr/bin/man ]]; then
        debootstrap --variant=minbase --include=python3-venv,bash-completion,man-db "$suite" "$root" > "$roots/log" ||
            fail "$suite: $(tail -n 3 "$roots/log")" 2
    fi
    [[ ! -e $root/usr/bin/rustc ]] || fail "$suite has Rust" 2
    rm -rf "$root/packages" "$root/venv" "$root/demo"
    mkdir "$root/packages"
    cp "$packages"/glosser* "$root/packages"

    echo "wheel $(basename "$wheel")"
    path=/venv/bin:/usr/sbin:/usr/bin:/sbin:/bin
    inside python3 -m venv /venv
    inside pip install --quiet --no-index --disable-pip-version-check "/packages/$(basename "$wheel")"
    # shellcheck disable=SC2016
    try_program 'eval "$(glosser completions bash)"\n'
    has "^BLEU " "$(inside glosser demo --model /demo --steps "${STEPS:-300}" --quiet)" "demo trains"
    has "." "$(inside glosser translate --model /demo <<< "The cat sleeps.")" "translates"
    inside glosser page --model en:fr=/demo -o /demo.html --quiet
    has 'id="end"' "$(inside tail -c 300 /demo.html)" "writes a page"
    inside pip uninstall --quiet --yes glosser
    [[ -z $(find "$root/venv" -name 'glosser*') ]] || fail "$suite: pip leaves files behind"

    path=/usr/sbin:/usr/bin:/sbin:/bin
    for package in "$root"/packages/*.deb; do
        [[ -e $package ]] || { echo "left out: there is no Debian package"; continue; }
        echo "package $(basename "$package")"
        inside dpkg --install "/packages/$(basename "$package")" > /dev/null
        # bash-completion finds the installed script by itself.
        try_program 'source /usr/share/bash-completion/bash_completion\n'
        inside dpkg --purge glosser > /dev/null
    done
    for archive in "$root"/packages/*-"$machine"-unknown-linux-*.tar.gz; do
        [[ -e $archive ]] || continue
        echo "archive $(basename "$archive")"
        inside tar -C /packages -xzf "/packages/$(basename "$archive")"
        has "^glosser " "$(inside "/packages/$(basename "$archive" .tar.gz)/glosser" --version)" "runs"
    done
done
echo
echo "all packages work"
