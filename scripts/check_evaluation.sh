#!/usr/bin/env bash
# Compares `glosser evaluate` with the Python package sacreBLEU on ten thousand lines: real, damaged and unusual ones.
# scripts/README.md explains it; check_evaluation.py does the work.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/check_evaluation.sh [--program PATH] [--seed N] [--lines N] CORPUS...

  CORPUS     text in any language, one sentence per line; may be gzip
  --program  the program to check (by default built with `cargo build --release`)
  --seed     seed of the random changes to lines (1)
  --lines    number of lines (10000)

Python is `python3`, or the program in the variable PYTHON. If it lacks sacreBLEU, pip installs it into a virtual
environment below `target`. The exit code is 1 if a figure differs, 2 if something could not be run or read.
USAGE
}

program='' arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --program) program=$(realpath -e -- "${2-}") || exit 2; shift 2 ;;
    --seed | --lines) arguments+=("$1" "${2-}"); shift 2 ;;
    -h | --help) usage; exit ;;
    -*) printf 'error: unknown option %s\n\n' "$1" >&2; usage >&2; exit 2 ;;
    *) arguments+=("$(realpath -e -- "$1")") || exit 2; shift ;;
  esac
done
[ ${#arguments[@]} -gt 0 ] || { usage >&2; exit 2; }

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
if ! "$python" -c 'import sacrebleu' 2> /dev/null; then
  environment=target/check-evaluation
  [ -x "$environment/bin/python" ] || "$python" -m venv "$environment" || exit 2
  python=$environment/bin/python
  "$python" -c 'import sacrebleu' 2> /dev/null || "$python" -m pip install --quiet sacrebleu >&2 || exit 2
fi
if [ -z "$program" ]; then
  cargo build --release --quiet -p glosser >&2 || exit 2
  program=target/release/glosser
fi
exec "$python" scripts/check_evaluation.py "$program" "${arguments[@]}"
