#!/usr/bin/env bash
# Counts how many names, numbers, addresses and emoji are copied into translations unchanged, and checks that copying does
# not lower the BLEU of plain text.
#
#   scripts/check_copying.sh MODEL SOURCE [REFERENCE]
#
# scripts/README.md explains it.
set -euo pipefail

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
    echo "usage: scripts/check_copying.sh MODEL SOURCE [REFERENCE]   (German captions, plain or gzip)" >&2
    exit 2
fi
model=$1 source=$2 reference=${3:-}
glosser=${GLOSSER:-$(dirname "$0")/../target/release/glosser}
seed=${SEED:-1} wanted=95
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

plain() { if [[ $1 == *.gz ]]; then gzip -dc "$1"; else cat "$1"; fi; }

# Takes one hundred captions about a person or a dog and inserts items: a name after that word, a number, address or emoji
# at the end. Every fifth caption gets all four, the others one each. The items are written as `line<TAB>kind<TAB>item`.
plain "$source" | awk -v seed="$seed" -v items="$work/items" '
    function random(count) { state = (state * 48271) % 2147483647; return state % count }
    function pick(from, parts, count) { count = split(from, parts, " "); return parts[1 + random(count)] }
    function name(  made, at) {
        made = pick("Zw Qu Xa Vr Jo Kry Tsch Yl Gw Dzh")
        for (at = random(2); at >= 0; at--) made = made pick("or ax ylu ibo ewi uzka onji ygo")
        return made pick("vik bar qen thos zal xum dyr pley")
    }
    function made(kind) {
        if (kind == "name") return name() (random(3) ? "" : " " name())
        if (kind == "number") {
            if (random(3)) return 10 + random(32000)
            return 1 + random(23) pick(": , .") 10 + random(50)
        }
        if (kind == "address") {
            if (random(2)) return "https://" tolower(name()) pick(".org .de .com") "/" tolower(name()) "?id=" random(9999)
            return tolower(name()) "@" tolower(name()) ".org"
        }
        return pick("🐕 👍🏽 👩‍👩‍👧 🇩🇪 ❤️ 🎉🎉 🧑🏿‍🚀 🏳️‍🌈 😀 🚲")
    }
    function put(kind, item) {
        item = made(kind)
        printf "%d\t%s\t%s\n", lines + 1, kind, item > items
        if (kind == "name") sub(/ (Mann|Frau|Junge|Mädchen|Hund) /, "&namens " item " ", caption)
        else if (kind == "number") caption = caption " mit der Nummer " item
        else if (kind == "address") caption = caption " (" item ")"
        else behind = behind " " item
    }
    BEGIN { state = seed; split("name number address emoji", kinds, " ") }
    lines < 100 && / (Mann|Frau|Junge|Mädchen|Hund) .*\.$/ {
        caption = substr($0, 1, length($0) - 1); behind = ""
        if (lines % 5 == 4) for (at = 1; at <= 4; at++) put(kinds[at])
        else put(kinds[1 + lines % 5])
        print caption "." behind
        lines++
    }' > "$work/captions"

"$glosser" translate --model "$model" -i "$work/captions" -o "$work/translated"
"$glosser" translate --model "$model" --no-copy -i "$work/captions" -o "$work/without"

# Counts the items that the translation of their caption contains, by kind.
count() {
    awk -F'\t' -v items="$work/items" '
        { line[NR] = $0 }
        END {
            while ((getline < items) > 0) { all[$2]++; if (index(line[$1], $3)) right[$2]++ }
            for (kind in all) { printf "%s %d %d\n", kind, right[kind], all[kind]; r += right[kind]; a += all[kind] }
            printf "all %d %d\n", r, a
        }' "$1" | sort
}

echo "captions with items: $(wc -l < "$work/captions")"
printf '%-8s %12s %12s\n' "" copying --no-copy
paste -d' ' <(count "$work/translated") <(count "$work/without") | while read -r kind right all _ without _; do
    printf '%-8s %6d of %d %6d of %d\n' "$kind" "$right" "$all" "$without" "$all"
done
if [ -n "${KEEP:-}" ]; then cp "$work/captions" "$work/items" "$work/translated" "$work/without" "$KEEP"; fi

failed=0
read -r _ right all < <(count "$work/translated" | grep '^all ')
if [ $((100 * right)) -lt $((wanted * all)) ]; then
    echo "FAILED: less than $wanted % of the items are copied unchanged" >&2
    failed=1
fi
if [ -n "$reference" ]; then
    plain "$reference" > "$work/reference"
    bleu=()
    for option in "" --no-copy; do
        # shellcheck disable=SC2086  # an empty option must disappear
        "$glosser" translate --model "$model" $option -i "$source" -o "$work/plain"
        bleu+=("$("$glosser" evaluate --hypotheses "$work/plain" --references "$work/reference" | grep -m1 BLEU)")
    done
    echo "plain text, copying:   ${bleu[0]}"
    echo "plain text, --no-copy: ${bleu[1]}"
    if ! awk -v with="${bleu[0]}" -v without="${bleu[1]}" 'BEGIN {
        sub(/.*= */, "", with); sub(/.*= */, "", without); exit !(with + 0 >= without + 0) }'; then
        echo "FAILED: copying lowers the BLEU of plain text" >&2
        failed=1
    fi
fi
exit $failed
