#!/usr/bin/env bash
# Runs translate_spark.py on a Spark cluster of two worker processes on this machine, and GNU parallel beside it.
#
#   scripts/check_spark.sh [MODEL [PART..]]
#
# scripts/README.md explains it.
set -euo pipefail
export LC_ALL=C.UTF-8

parts=(formats failing equal killed parallel)
here=$(cd "$(dirname "$0")" && pwd)
glosser=$(realpath -e -- "${GLOSSER:-$here/../target/release/glosser}") ||
    { echo "build the program first (cargo build --release), or name it with GLOSSER" >&2; exit 2; }
count=${SENTENCES:-200000}
tools=$here/../target/check_spark
work=${KEEP:-$tools/work}
mkdir -p "$tools" "$work"
work=$(cd "$work" && pwd)

# A model of the bundled corpus by default: `glosser demo` trains it once.
model=${1:-}
if [ -z "$model" ]; then
    model=$tools/demo/demo-model
    [ -e "$model/model.safetensors" ] || (mkdir -p "$tools/demo" && cd "$tools/demo" && "$glosser" demo)
fi
model=$(realpath -e -- "$model") || { echo "there is no model ${1:-}" >&2; exit 2; }
[ $# -lt 2 ] || parts=("${@:2}")

[ -x "$tools/python/bin/python" ] || "${PYTHON:-python3}" -m venv "$tools/python" || exit 2
python=$tools/python/bin/python
"$python" -m pip install --quiet --disable-pip-version-check 'pyspark>=3.5' 'pandas>=2.2,<3' 'pyarrow>=15' || exit 2
# Both are in Debian.
packages=()
command -v java >/dev/null || packages+=(default-jre-headless)
command -v parallel >/dev/null || packages+=(parallel)
[ "${#packages[@]}" -eq 0 ] || apt-get install -y --no-install-recommends "${packages[@]}" >&2 || exit 2

# Two worker processes with one core and 1,024 MB each; all addresses are on this machine.
cluster='local-cluster[2,1,1024]'
export SPARK_LOCAL_IP=127.0.0.1 PYTHONDONTWRITEBYTECODE=1 PYSPARK_PYTHON=$python
checks=$here/check_spark
failed=0
run() { "$@" || failed=1; }
fail() { echo "FAILED  $*"; failed=1; }
now() { date +%s.%N; }
# seconds_of NAME COMMAND..: runs a command and writes its wall time to NAME.seconds.
seconds_of() {
    local name=$1 started
    shift
    started=$(now)
    "$@"
    echo "$started $(now)" | awk '{ printf "%.1f\n", $2 - $1 }' > "$work/$name.seconds"
}

# Sentences of the grammar of the bundled corpus, or those of the file TEXT, repeated.
sentences() {
    [ ! -e "$work/sentences-$count" ] || return 0
    if [ -n "${TEXT:-}" ]; then
        # awk ends the pipe.
        { while cat "$TEXT"; do :; done 2>/dev/null || true; } | awk -v count="$count" 'NR > count { exit } { print }'
    else
        (cd "$here/.." && cargo run --release --quiet -p glosser-bundled-corpus -- --pairs "$count") | cut -f 1
    fi > "$work/sentences.partial"
    [ "$(wc -l < "$work/sentences.partial")" -eq "$count" ] || { echo "there are no $count sentences" >&2; exit 2; }
    mv "$work/sentences.partial" "$work/sentences-$count"
}

# One program over the whole file, with all cores. A beam of 1 keeps this to minutes.
plain() {
    sentences
    [ ! -e "$work/plain-$count" ] || return 0
    seconds_of plain "$glosser" translate --quiet --model "$model" --beam-size 1 \
        -i "$work/sentences-$count" -o "$work/plain.partial"
    mv "$work/plain.partial" "$work/plain-$count"
}

# spark NAME INPUT: the same with Spark; the log is NAME.log.
# shellcheck disable=SC2317,SC2329  # It is called by seconds_of.
spark() {
    rm -rf "${work:?}/$1"
    "$python" "$here/translate_spark.py" --master "$cluster" --model "$model" --glosser "$glosser" --beam-size 1 \
        --format text --input "$2" --output "$work/$1" > "$work/$1.log" 2>&1 ||
        { fail "$1: exit code $?, see $work/$1.log"; tail -n 5 "$work/$1.log"; return 1; }
}

# same NAME FILE..: the files joined are the output of one program.
same() {
    local name=$1
    shift
    if cat "$@" | cmp - "$work/plain-$count"; then
        echo "ok      $name: equal to one glosser translate over the whole file, $count lines in $# parts"
    else
        fail "$name: differs from one glosser translate over the whole file"
    fi
}

# Wall time beyond Spark's own start, which is that of the same command for one sentence, beside the plain program.
equal() {
    rm -f "$work/plain-$count"
    plain
    head -n 1 "$work/sentences-$count" > "$work/one.txt"
    seconds_of start spark start "$work/one.txt"
    seconds_of equal spark equal "$work/sentences-$count"
    same "spark" "$work"/equal/part-*
    paste "$work"/{plain,start,equal}.seconds | awk '{
        over = ($3 - $2) / $1 - 1
        printf "%s  spark: %.1f s, of these %.1f s for one sentence; one program: %.1f s; overhead %+.1f %%, limit 20 %%\n",
            over <= 0.2 ? "ok    " : "FAILED", $3, $2, $1, 100 * over
        exit over > 0.2
    }' || failed=1
}

# The same, with the process of one worker killed in the middle.
killed() {
    plain
    rm -rf "$work/killed"
    run "$python" "$checks/killed.py" "$work/killed" "$work/killed.log" "$glosser" -- \
        "$python" "$here/translate_spark.py" --master "$cluster" --model "$model" --glosser "$glosser" --beam-size 1 \
        --partitions 20 --format text --input "$work/sentences-$count" --output "$work/killed"
    same "one executor killed" "$work"/killed/part-*
}

with_parallel() {
    plain
    seconds_of parallel parallel --will-cite --pipe -k --block 1M -j "$(nproc)" \
        "$glosser" translate --quiet --threads 1 --model "$model" --beam-size 1 \
        < "$work/sentences-$count" > "$work/parallel.out"
    same "parallel --pipe -k --block 1M" "$work/parallel.out"
    echo "        parallel: $(cat "$work/parallel.seconds") s; one program: $(cat "$work/plain.seconds") s"
}

for part in "${parts[@]}"; do
    printf '\n== %s\n' "$part"
    case $part in
        formats) run "$python" "$checks/formats.py" "$cluster" "$glosser" "$model" "$work" ;;
        failing) run "$python" "$checks/failing.py" "$cluster" "$glosser" "$model" "$work" ;;
        equal) equal ;;
        killed) killed ;;
        parallel) with_parallel ;;
        *) echo "unknown part $part" >&2; exit 2 ;;
    esac
done
exit "$failed"
