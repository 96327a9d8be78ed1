#!/usr/bin/env bash
# Installs an aligner that compare_aligners.sh measures into a folder, unless it is there.
#
#   install.sh eflomal|fast_align FOLDER
#
# eflomal is FOLDER/python/bin/eflomal-align, from PyPI; it needs a C compiler. fast_align is
# FOLDER/fast_align-build/fast_align, from GitHub, or from the folder or archive of sources that FAST_ALIGN names; it
# needs a C++ compiler, and cmake from PyPI if there is none.
set -euo pipefail

folder=$2
environment() { [ -x "$folder/python/bin/python" ] || "${PYTHON:-python3}" -m venv "$folder/python"; }
package() {
    environment
    "$folder/python/bin/python" -m pip install --disable-pip-version-check "$1"
}

eflomal() { [ -x "$folder/python/bin/eflomal-align" ] || package eflomal==2.0.0; }

fast_align() {
    local sources=$folder/fast_align build=$folder/fast_align-build cmake=cmake
    [ -n "${FAST_ALIGN:-}" ] || [ ! -x "$build/fast_align" ] || return 0
    if [ -d "${FAST_ALIGN:-}" ]; then
        sources=$(cd "$FAST_ALIGN" && pwd)
    elif [ -n "${FAST_ALIGN:-}" ]; then
        rm -rf "$sources"
        mkdir "$sources"
        tar -xf "$FAST_ALIGN" -C "$sources" --strip-components 1
    elif [ ! -e "$sources/CMakeLists.txt" ]; then
        rm -rf "$sources"
        GIT_TERMINAL_PROMPT=0 timeout 300 git clone https://github.com/clab/fast_align "$sources"
        git -C "$sources" checkout cab1e9aac8d3bb02ff5ae58218d8d225a039fa11
    fi
    rm -rf "$build"
    if ! command -v cmake; then
        cmake=$folder/python/bin/cmake
        [ -x "$cmake" ] || package cmake
    fi
    # CMake 4 refuses the old version that fast_align asks for, unless it gets a newer one as the minimum.
    "$cmake" -S "$sources" -B "$build" -DCMAKE_POLICY_VERSION_MINIMUM=3.5
    "$cmake" --build "$build" --target fast_align
}

case $1 in
    eflomal) eflomal ;;
    fast_align) fast_align ;;
    *) echo "there is no aligner $1" >&2; exit 2 ;;
esac
