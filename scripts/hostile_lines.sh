#!/usr/bin/env bash
# Translates ten thousand hostile lines with `glosser translate` and checks that each gives exactly one line, in order.
#
#   scripts/hostile_lines.sh MODEL SENTENCES
#
# scripts/README.md explains it.
set -euo pipefail
export LC_ALL=C

if [ $# -ne 2 ]; then
    echo "usage: scripts/hostile_lines.sh MODEL SENTENCES   (100 sentences or more in the model's source language)" >&2
    exit 2
fi
model=$1 sentences=$2
glosser=${GLOSSER:-$(dirname "$0")/../target/release/glosser}
seed=${SEED:-1} count=${LINES_OF_TEXT:-10000} beam=${BEAM:-1}
work=${KEEP:-$(mktemp -d)}
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT

plain() { if [[ $1 == *.gz ]]; then gzip -dc "$1"; else cat "$1"; fi; }

# Every hundredth line is a known sentence. Some awks cannot write NUL, so 0x07, which occurs nowhere else, is written and
# replaced afterwards.
# The input is read to its end: a closed pipe would end the script.
plain "$sentences" | awk 'NR <= 1000 && $0 != ""' > "$work/sentences"
awk -v seed="$seed" -v count="$count" -v known="$work/known" '
    function random(n) { state = (state * 48271) % 2147483647; return state % n }
    function add(part) { parts[++all] = part }
    # Copies of `unit` with `bytes` bytes in all, or a few more.
    function repeated(unit, bytes,  text) { for (text = unit; length(text) < bytes; ) text = text text; return text }
    function one_kind(bytes) { return repeated(parts[1 + random(all)], bytes) }
    function mixed(number,  text) { for (text = ""; number > 0; number--) text = text parts[1 + random(all)]; return text }
    function prose(bytes,  text) { for (text = ""; length(text) < bytes; ) text = text sentence[1 + random(have)] " "; return text }
    function hostile(number,  kind) {
        if (number == 1) return "\357\273\277" sentence[1] " \377"
        if (number == int(count / 2) + 1) return prose(1000000)
        if (number % 1000 == 501) return prose(10000)
        if (number % 1000 == 751) return repeated("a", 10000)
        if (number % 500 == 251) return mixed(300)
        kind = random(12)
        if (kind == 0) return ""
        if (kind == 1) return repeated(" ", 1 + random(300))
        if (kind == 2) return one_kind(1 + random(300))
        if (kind == 3) return sentence[1 + random(have)] parts[1 + random(all)] sentence[1 + random(have)]
        if (kind == 4) return parts[1 + random(all)] sentence[1 + random(have)] parts[1 + random(all)]
        return mixed(1 + random(12))
    }
    { sentence[++have] = $0 }
    END {
        state = seed
        # Blanks, and characters that end a line or a text in other programs: NUL, CR, VT, FF, FS to US, U+0085, U+2028,
        # U+2029.
        add(" "); add("\t"); add("\302\240"); add("\343\200\200"); add("\342\200\213")
        add("\007"); add("\007\007"); add("\r"); add("\013"); add("\014"); add("\034"); add("\035"); add("\036"); add("\037")
        add("\302\205"); add("\342\200\250"); add("\342\200\251"); add("\177"); add("\033[31m")
        # A byte order mark, and invalid UTF-8: a lone byte, half a letter, a surrogate, beyond Unicode, overlong.
        add("\357\273\277"); add("\377"); add("\200"); add("\303"); add("\355\240\200"); add("\364\220\200\200"); add("\300\257")
        # Punctuation, control tokens, syntax of file formats.
        add("."); add("...!?"); add("\342\200\246 "); add("</s>"); add(" </s> <s> <pad> "); add("<1>"); add(" <8> ")
        add(" ||| "); add("\\u2028"); add("\"\\"); add("0-0 1-1"); add("%s%n")
        # Emoji, right to left, combining marks, scripts without spaces.
        add("\360\237\220\225"); add("\360\237\221\251\342\200\215\360\237\221\247"); add("\360\237\207\251\360\237\207\252")
        add("\360\237\217\273"); add("\327\251\327\234\327\225\327\235 "); add("\331\205\330\261\330\255\330\250\330\247\330\237 ")
        add("\342\200\256abc\342\200\254"); add("e\314\201\314\243"); add("\314\264"); add("\341\204\200\341\205\241")
        add("\346\210\221\347\234\213\350\247\201\343\200\202"); add("\340\244\225\340\245\201\340\244\244\340\245\207\340\245\244")
        # Items that are copied; some contain a NUL or a line end.
        add("https://a.org/?q=\007&r=1 "); add("a@b.org "); add("3,50 "); add("X200-b "); add("Zworvikqen "); add("@x\034y ")
        add("a"); add("Ab "); add("word ")
        for (number = 1; number <= count; number++) {
            if (number % 100) { print hostile(number); continue }
            print sentence[1 + (number / 100) % have]
            print sentence[1 + (number / 100) % have] > known
        }
    }' "$work/sentences" | tr '\007' '\000' > "$work/lines"

failed=0
fail() { echo "FAILED: $*" >&2; failed=1; }

# translate CODE OUTPUT [OPTION..]: translates all lines and expects exit code CODE.
translate() {
    local expected=$1 output=$2 code=0
    shift 2
    "$glosser" translate --model "$model" --beam-size "$beam" -i "$work/lines" "$@" > "$output" 2> "$output.messages" || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code instead of $expected with: $*"
}

# Counts lines with a character that ends a line or a text in other programs.
count_forbidden() { grep -caP '[\x00\x0B-\x0D\x1C-\x1E]|\xC2\x85|\xE2\x80[\xA8\xA9]' "$1" || true; }
[ "$(count_forbidden <(printf 'a\342\200\250b\nc\n'))" = 1 ] || { echo "grep must support -P" >&2; exit 2; }

started=$SECONDS
translate 0 "$work/text"
seconds=$((SECONDS - started))
translate 1 "$work/strict" --strict --quiet
translate 0 "$work/jsonl" --quiet --format jsonl
"$glosser" translate --model "$model" --beam-size "$beam" -i "$work/known" > "$work/alone"

echo "$(wc -l < "$work/lines") lines, $(wc -c < "$work/lines") bytes, translated in $seconds s"
tail -n 1 "$work/text.messages"
for output in text jsonl; do
    lines=$(wc -l < "$work/$output")
    [ "$lines" -eq "$count" ] || fail "$output: $lines lines instead of $count"
    forbidden=$(count_forbidden "$work/$output")
    [ "$forbidden" -eq 0 ] || fail "$output: $forbidden lines have a character that ends a line in other programs"
    iconv -f UTF-8 -t UTF-8 "$work/$output" > /dev/null || fail "$output: not UTF-8"
done
cmp "$work/text" "$work/strict" || fail "--strict changes the translations"
awk 'NR % 100 == 0' "$work/text" | cmp - "$work/alone" || fail "a known sentence is translated differently beside hostile lines"
awk 'index($0, "{\"line\":" NR ",\"rank\":1,") != 1 { exit 1 }' "$work/jsonl" || fail "jsonl: line numbers"
messages=$(wc -l < "$work/text.messages")
[ "$messages" -le $((7 * 20 + 1)) ] || fail "$messages messages"
grep -q '^error: degraded lines: ' "$work/strict.messages" || fail "--strict does not report the reason"
for kind in bytes_replaced nul_removed split; do
    grep -q "\"degraded\":\[[^]]*\"$kind\"" "$work/jsonl" || fail "no line is reported as $kind"
done
[ "$failed" -ne 0 ] || echo "passed: one translation per line, in order"
exit $failed
