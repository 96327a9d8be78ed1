#!/usr/bin/env bash
# Runs the recipes of docs/scale.md for GNU parallel and Slurm, and compares their results with those of one process.
#
#   scripts/check_scale.sh [PART..]
#
# scripts/README.md explains it.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
glosser=$(realpath -e -- "${GLOSSER:-$here/../target/release/glosser}") ||
    { echo "build the program first (cargo build --release), or name it with GLOSSER" >&2; exit 2; }
work=${KEEP:-$here/../target/check_scale/work}
mkdir -p "$work"
work=$(realpath -- "$work")
parts=(parallel parallel-sweep slurm-translate slurm-sweep)
[ $# -eq 0 ] || parts=("$@")

need() {
    command -v "$1" > "$work/path" || apt-get install -y --no-install-recommends "${@:2}" >&2 ||
        { echo "$1 is missing" >&2; exit 2; }
}
need parallel parallel
need jq jq
mkdir -p ~/.parallel && touch ~/.parallel/will-cite

failed=0
ok() { echo "ok      $*"; }
fail() { echo "FAILED  $*"; failed=1; }
# same A B WHAT: two files have the same bytes.
same() { if cmp -s -- "$1" "$2"; then ok "$3"; else fail "$3: $1 and $2 differ"; fi; }
seconds() { awk -v ns=$(($(date +%s%N) - $1)) 'BEGIN { printf "%.1f s", ns / 1e9 }'; }

# recipe NAME [SED-COMMAND]: prints a recipe of the document, changed for small files.
recipe() {
    awk -v mark="<!-- check_scale.sh: $1 -->" '
        $0 == mark { found = 1; next }
        found && /^```sh$/ { inside = 1; next }
        inside && /^```$/ { exit }
        inside { print }' "$here/../docs/scale.md" | sed "${2:-}" > "$work/recipe-$1.sh"
    [ -s "$work/recipe-$1.sh" ] || { echo "docs/scale.md has no recipe $1" >&2; exit 2; }
    cat "$work/recipe-$1.sh"
}
# follow NAME [SED-COMMAND]: runs it in the working directory. Blocks are of 10 kB there, because the files are small.
follow() {
    recipe "$1" "s/--block 1M/--block 10k/; s/-j 8/-j 2/; ${2:-}" > "$work/out"
    (cd "$work" && bash "recipe-$1.sh") > "$work/out" 2> "$work/err" ||
        { fail "recipe $1: exit code $?: $(tail -n 2 "$work/err")"; return 1; }
}

# The names that the recipes use: the program on the path, a model, files, and the scripts for Slurm.
bin=$work/bin
mkdir -p "$bin"
ln -sfn "$glosser" "$bin/glosser"
export PATH=$bin:$PATH
ln -sfn "$here" "$work/scripts"
prepare_model() {
    local model=${MODEL:-$here/../target/check_server/demo/demo-model}
    [ -e "$model/model.safetensors" ] ||
        (mkdir -p "$(dirname "$model")" && cd "$(dirname "$model")" && glosser demo) || exit 2
    ln -sfn "$(realpath -- "$model")" "$work/en-fr"
}
# Lines of all kinds: blank, long, with bytes that are not UTF-8, with a carriage return, the last one without its end.
prepare_lines() {
    [ ! -e "$work/one.fr" ] || return 0
    {
        cut -f 1 "$here/../data/train.en-fr.tsv" | awk -v lines="${LINES_OF_TEXT:-3000}" 'NR <= lines'
        printf '\n\n  \nA red \xff cat.\nThe cat sleeps.\r\n'
        cut -f 1 "$here/../data/test.en-fr.tsv" | awk 'NR <= 40' | tr '\n' ' '
        printf '\nThe last line has no end.'
    } > "$work/big.txt"
    (cd "$work" && glosser translate --model en-fr --quiet -i big.txt > one.fr)
}

# shellcheck source=scripts/check_scale/parallel.sh
. "$here/check_scale/parallel.sh"
# shellcheck source=scripts/check_scale/slurm.sh
. "$here/check_scale/slurm.sh"

for part in "${parts[@]}"; do
    printf '\n== %s\n' "$part"
    began=$(date +%s%N)
    case $part in
        parallel) prepare_model; prepare_lines; check_parallel ;;
        parallel-sweep) prepare_sweep; check_parallel_sweep ;;
        slurm-translate) need_slurm; prepare_model; prepare_lines; on_slurm inside-slurm-translate ;;
        slurm-sweep) need_slurm; prepare_sweep; on_slurm inside-slurm-sweep ;;
        inside-slurm-translate) check_slurm_translate ;;
        inside-slurm-sweep) check_slurm_sweep ;;
        *) echo "unknown part $part" >&2; exit 2 ;;
    esac
    echo "        ($(seconds "$began"))"
done
exit "$failed"
