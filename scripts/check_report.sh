#!/usr/bin/env bash
# Opens reports in a browser without a window and checks their behaviour and looks.
#
#   scripts/check_report.sh MODEL PAIRS [TARGETS]
#
# scripts/README.md explains it.
set -euo pipefail

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
    echo "usage: scripts/check_report.sh MODEL PAIRS [TARGETS]   (a TSV, or two files; plain or gzip)" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
glosser=${GLOSSER:-$here/../target/release/glosser}
work=${KEEP:-$here/../target/check_report/pages}
model=$1
mkdir -p "$work"
work=$(cd "$work" && pwd)

# Installs missing tools: playwright-core below target, Chromium with apt-get.
tools=$here/../target/check_report
command -v node >/dev/null || { echo "Node.js is missing" >&2; exit 2; }
[ -d "$tools/node_modules/playwright-core" ] ||
    (mkdir -p "$tools" && cd "$tools" && npm install --silent --no-fund --no-audit playwright-core) || exit 2
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$chromium" ]; then
    apt-get install -y --no-install-recommends chromium fonts-noto-core >&2 || exit 2
    chromium=$(command -v chromium)
fi

plain() { if [[ $1 == *.gz ]]; then gzip -dc "$1"; else cat "$1"; fi; }
given() { if [ $# -eq 1 ]; then plain "$1" | cut -f 1,2; else paste <(plain "$1") <(plain "$2"); fi; }

# Two thousand pairs, and pairs that are hard to display: markup, blank sides, right-to-left text, other scripts, and a
# sentence of two hundred words.
given "${@:2}" > "$work/given.tsv"
{
    while cat "$work/given.tsv"; do :; done | head -n 2000
    printf '</script><script>document.title="broken"</script> <b>bold</b> & &lt; "quoted"\t<i>one</i> <!-- two\n'
    printf '\tonly a target\nonly a source\t\n'
    printf 'הכלב הגדול רץ מהר אל הבית הישן ליד הנהר, והחתול (Felix) ישן שם בשקט.\tThe big dog runs fast to the house, and the cat (Felix) sleeps.\n'
    printf 'Der Hund schläft im Garten.\tالكلب ينام في الحديقة (garden) اليوم.\n'
    printf '猫 在 花园 里 睡觉 👩‍👩‍👧 ， iPhone 响 了 。\tThe cat sleeps in the garden, and the phone rings.\n'
    printf 'ᎣᏏᏲ ᏙᎯᏧ? ᎩᏟ ᎠᎵᏏ ᏂᏛᏓᎦᏛ.\tHello, how are you? The dog runs. 🐕 狗在跑。\n'
    awk -F'\t' '{ a = a (NR > 1 ? " " : "") $1; b = b (NR > 1 ? " " : "") $2; if (split(a, w, " ") >= 200) exit }
        END { print a "\t" b }' "$work/given.tsv"
} > "$work/pairs.tsv" || true

"$glosser" report --model "$model" "$work/pairs.tsv" --quiet -o "$work/report.html"
tail -n 8 "$work/pairs.tsv" > "$work/odd.tsv"
"$glosser" gloss --model "$model" --pairs "$work/odd.tsv" --format html > "$work/glosses.html"
head -n 1000 "$work/pairs.tsv" > "$work/thousand.tsv"
"$glosser" report --model "$model" "$work/thousand.tsv" --quiet -o "$work/thousand.html"
head -n 200 "$work/given.tsv" > "$work/few.tsv"
"$glosser" report --model "$model" --compare "${COMPARE:-$model}" "$work/few.tsv" --quiet -o "$work/compared.html"
cut -f 1 "$work/few.tsv" > "$work/few.txt"
"$glosser" report --model "$model" --translate "$work/few.txt" --explain --quiet -o "$work/translated.html"

NODE_PATH=$tools/node_modules CHROMIUM=$chromium node "$here/check_report.cjs" "$work"
