#!/usr/bin/env bash
# Checks that a translation depends on its sentence only, not on other lines, batch size or threads: every byte of
# `--format jsonl` must be equal.
#
#   scripts/check_neighbours.sh MODEL SENTENCES
#
# scripts/README.md explains it.
set -euo pipefail
export LC_ALL=C

if [ $# -ne 2 ]; then
    echo "usage: scripts/check_neighbours.sh MODEL SENTENCES   (in the model's source language, plain or gzip)" >&2
    exit 2
fi
model=$1 sentences=$2
glosser=${GLOSSER:-$(dirname "$0")/../target/release/glosser}
count=${SENTENCES_OF_TEXT:-1000} seed=${SEED:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

plain() { if [[ $1 == *.gz ]]; then gzip -dc "$1"; else cat "$1"; fi; }
# Read to its end: a closed pipe would end the script.
plain "$sentences" | awk -v count="$count" 'NR <= count' > "$work/sentences"

failed=0
# Translates standard input and removes line numbers from the result.
jsonl() { "$glosser" translate --quiet --model "$model" --format jsonl "$@" | sed 's/^{"line":[0-9]*,/{/'; }

compare() {
    local name=$1 differing
    differing=$(paste -d $'\001' "$work/expected" "$work/found" | awk -F $'\001' '$1 != $2 || NF != 2' | wc -l)
    printf '%-36s %6d lines, %d differ\n' "$name" "$(wc -l < "$work/found")" "$differing"
    if ! cmp -s "$work/expected" "$work/found"; then
        echo "FAILED: $name" >&2
        failed=1
    fi
}

started=$SECONDS
jsonl --batch-size 64 --threads 2 < "$work/sentences" > "$work/expected"
printf '%d sentences, %d bytes of JSON\n' "$(wc -l < "$work/expected")" "$(wc -c < "$work/expected")"

for options in "--batch-size 1 --threads 1" "--batch-size 1 --threads 2" "--batch-size 64 --threads 1"; do
    # shellcheck disable=SC2086  # several options
    jsonl $options < "$work/sentences" > "$work/found"
    compare "$options"
done

# Shuffled with a fixed seed, translated, and sorted back.
awk -v seed="$seed" 'BEGIN { state = seed } { state = (state * 48271) % 2147483647; print state "\t" NR "\t" $0 }' \
    "$work/sentences" | sort -n > "$work/shuffled"
cut -f 3- "$work/shuffled" | jsonl --batch-size 64 > "$work/shuffled.jsonl"
cut -f 2 "$work/shuffled" | paste - "$work/shuffled.jsonl" | sort -n | cut -f 2- > "$work/found"
compare "shuffled, --batch-size 64"

# After each sentence a neighbour of a hundred words, taken from the sentences that follow.
awk '{ line[NR] = $0 }
    END {
        for (number = 1; number <= NR; number++) {
            words = 0; neighbour = ""
            for (next_one = number; words < 100; next_one++) {
                have = split(line[1 + next_one % NR], word, /[ \t]+/)
                for (at = 1; at <= have && words < 100; at++) { neighbour = neighbour " " word[at]; words++ }
            }
            print line[number]; print substr(neighbour, 2)
        }
    }' "$work/sentences" > "$work/neighbours"
jsonl --batch-size 64 < "$work/neighbours" | awk 'NR % 2' > "$work/found"
compare "each with a neighbour of 100 words"

echo "$((SECONDS - started)) s"
exit $failed
