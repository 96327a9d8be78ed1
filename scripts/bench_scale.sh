#!/usr/bin/env bash
# Trains for a few steps on a small and on a large generated corpus and prints lines `name value`: peak memory of each
# run (MB of resident set), time of a step (ms), and for the large corpus the time from the start to the first step (s),
# in which the program checks every line, learns sub-words and tokenises all pairs. Needs Linux and bash 5.
#
#   scripts/bench_scale.sh [DIRECTORY]
#
# Corpora and models (about 1 GB) are written into a new folder in DIRECTORY (default: the folder for temporary files)
# and removed at the end. The variable THREADS sets the number of threads (2), LARGE the number of pairs of the large
# corpus (5,000,000).
set -euo pipefail
cd "$(dirname "$0")/.."

small=50000 large=${LARGE:-5000000} steps=60 threads=${THREADS:-2}
work=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/glosser-scale.XXXXXX")
trap 'rm -rf "$work"' EXIT

cargo build --release --quiet -p glosser >&2
cargo build --release --quiet -p glosser-bundled-corpus >&2
glosser=target/release/glosser generator=target/release/glosser-bundled-corpus

# Only a few pairs, because training is measured, not validation.
"$generator" --pairs 100 2 > "$work/dev.tsv"
# A fixed vocabulary size: the output layer, and with it the time of a step, would otherwise depend on the corpus.
printf '[tokenizer]\nvocab = 4000\n' > "$work/config.toml"

# measured COMMAND..: runs it, writes its time into the file `seconds` and its peak memory in kB into `peak`.
measured() {
    local started=$EPOCHREALTIME
    if /usr/bin/time -f '%M' true 2> "$work/ignored"; then
        /usr/bin/time -f '%M' -o "$work/peak" "$@" 1>&2
    else
        "$@" 1>&2 &
        local id=$!
        while kill -0 "$id" 2> "$work/ignored"; do
            awk '/^VmHWM/ { print $2 }' "/proc/$id/status" > "$work/now" 2> "$work/ignored" || true
            [ -s "$work/now" ] && cp "$work/now" "$work/peak"
            sleep 0.1
        done
        wait "$id"
    fi
    awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }' > "$work/seconds"
}

# train NAME PAIRS
train() {
    "$generator" --pairs "$2" > "$work/$1.tsv"
    measured "$glosser" train "$work/$1.tsv" --dev "$work/dev.tsv" --config "$work/config.toml" \
        --model "$work/$1" --steps "$steps" --threads "$threads"
    echo "train_peak_mb_$1 $(awk 'END { printf "%.0f", $1 / 1024 }' "$work/peak")"
    # Training logs the seconds since the first step every 20 steps. Steps before the first report are for warm-up.
    awk -F'[:,}]' -v name="step_ms_$1" '
        /"event":"progress"/ {
            for (i = 1; i <= NF; i++) {
                if ($i == "\"step\"") step = $(i + 1)
                if ($i == "\"seconds\"") seconds = $(i + 1)
            }
            if (!first) { first = step; from = seconds }
        }
        END { printf "%s %.1f\n", name, 1000 * (seconds - from) / (step - first) }' "$work/$1/training/log.jsonl"
    # Preparation: the whole run without the seconds since the first step, which the last event has.
    prepared=$(awk -F'[:,}]' -v all="$(cat "$work/seconds")" '
        /"event":"finished"/ { for (i = 1; i <= NF; i++) if ($i == "\"seconds\"") run = $(i + 1) }
        END { printf "%.1f", all - run }' "$work/$1/training/log.jsonl")
    rm -rf "${work:?}/$1" "$work/$1.tsv"
}

train small "$small"
train 5m "$large"
echo "tokenise_s_5m $prepared"
