#!/usr/bin/env bash
# Trains for a few steps on a small and on a large generated corpus, and prints one `name value` a line: the peak of
# memory of each whole run (MB of resident set), the time of a step (ms), and the time from the start to the first step
# of the large one (s), in which every line is checked, sub-words are learnt and all pairs are tokenised.
# Needs Linux and bash 5.
#
#   scripts/bench_scale.sh [DIRECTORY]
#
# DIRECTORY, by default a new one for temporary files, takes the corpora and the models (about 1 GB) and is emptied of
# them at the end. The program trains on THREADS threads (default 2), on LARGE pairs (default 5,000,000).
set -euo pipefail
cd "$(dirname "$0")/.."

small=50000 large=${LARGE:-5000000} steps=60 threads=${THREADS:-2}
work=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/glosser-scale.XXXXXX")
trap 'rm -rf "$work"' EXIT

cargo build --release --quiet -p glosser-cli >&2
cargo build --release --quiet -p glosser-bundled-corpus >&2
glosser=target/release/glosser generator=target/release/glosser-bundled-corpus

# Few, because what is measured is training.
"$generator" --pairs 100 2 > "$work/dev.tsv"
# One size of the vocabulary, or the output layer would differ, and with it the time of a step.
printf '[tokenizer]\nvocab = 4000\n' > "$work/config.toml"

# The seconds of a command, and its peak in kB, into the file `peak`.
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
    # Seconds since the first step are reported every 20 steps; those before the first report warm up.
    awk -F'[:,}]' -v name="step_ms_$1" '
        /"event":"progress"/ {
            for (i = 1; i <= NF; i++) {
                if ($i == "\"step\"") step = $(i + 1)
                if ($i == "\"seconds\"") seconds = $(i + 1)
            }
            if (!first) { first = step; from = seconds }
        }
        END { printf "%s %.1f\n", name, 1000 * (seconds - from) / (step - first) }' "$work/$1/training/log.jsonl"
    # What is not seconds since the first step, of which the last event has all.
    prepared=$(awk -F'[:,}]' -v all="$(cat "$work/seconds")" '
        /"event":"finished"/ { for (i = 1; i <= NF; i++) if ($i == "\"seconds\"") run = $(i + 1) }
        END { printf "%.1f", all - run }' "$work/$1/training/log.jsonl")
    rm -rf "$work/$1" "$work/$1.tsv"
}

train small "$small"
train 5m "$large"
echo "tokenise_s_5m $prepared"
