#!/usr/bin/env bash
# Builds the wheel of the Python module, installs it into a fresh virtual environment, and tests it there.
# scripts/README.md explains it.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/check_python.sh [--dev] [--zig]

  --dev  build without optimisation (by default a release build)
  --zig  link with zig for old Linux systems: the wheel is a manylinux2014 one

Python is `python3`, or the program in the variable PYTHON. The wheel is written to target/wheels, or to the directory
in KEEP. GLOSSER names the program whose output is compared (target/release/glosser).
USAGE
}

profile=(--release) build=()
while [ $# -gt 0 ]; do
  case $1 in
    --dev) profile=(--profile dev) ;;
    --zig) build+=(--zig --compatibility manylinux2014) ;;
    -h | --help) usage; exit ;;
    *) printf 'error: unknown argument %s\n\n' "$1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
GLOSSER=$(realpath -e -- "${GLOSSER:-target/release/glosser}") ||
  { echo "build the program first (cargo build --release), or name it with GLOSSER" >&2; exit 2; }
export GLOSSER CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
wheels=${KEEP:-target/wheels}
module=crates/python

tools=target/check_python/tools
[ -x $tools/bin/python ] || "$python" -m venv $tools || exit 2
$tools/bin/pip install --quiet 'maturin>=1.9,<2' ziglang || exit 2

(cd $module && cargo fmt --check && cargo clippy --locked -- -D warnings)
PATH=$PWD/$tools/bin:$PATH maturin build "${profile[@]}" "${build[@]}" --locked \
  --manifest-path $module/Cargo.toml --out "$wheels"
# shellcheck disable=SC2012
wheel=$(ls -t "$wheels"/glosser_python-*.whl | head -n 1)

# The wheel alone, without the network: it needs no other package.
fresh=target/check_python/fresh
"$python" -m venv --clear $fresh || exit 2
$fresh/bin/pip install --quiet --no-index "$wheel"
$fresh/bin/python -c 'import glosser; print("glosser", glosser.__version__)'

$fresh/bin/pip install --quiet pytest numpy mypy || exit 2
fresh=$PWD/$fresh wheel=$(realpath "$wheel")
cd $module
"$fresh/bin/python" -m pytest -q -p no:cacheprovider tests
"$fresh/bin/python" -m mypy --cache-dir /dev/null --strict tests
"$fresh/bin/python" -m mypy.stubtest --mypy-config-file pyproject.toml glosser
printf '%s passes\n' "$wheel"
