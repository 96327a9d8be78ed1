#!/usr/bin/env bash
# Makes a page that is one file (`glosser page`) and checks it in Chromium and Firefox.
#
#   scripts/check_page.sh [MODEL [PART..]]
#
# scripts/README.md explains it.
set -euo pipefail

parts=(same page firefox speed failures offline)
here=$(cd "$(dirname "$0")" && pwd)
glosser=$(realpath -e -- "${GLOSSER:-$here/../target/release/glosser}") ||
    { echo "build the program first (cargo build --release), or name it with GLOSSER" >&2; exit 2; }
tools=$here/../target/check_page
work=${KEEP:-$tools/work}
mkdir -p "$work" "$tools"
work=$(cd "$work" && pwd)
tools=$(cd "$tools" && pwd)

# A model of the bundled corpus by default: `glosser demo` trains it once.
model=${1:-}
if [ -z "$model" ]; then
    model=$tools/demo/demo-model
    [ -e "$model/model.safetensors" ] || (mkdir -p "$tools/demo" && cd "$tools/demo" && "$glosser" demo)
    # The demo is trained from files without languages in their names.
    model=en:fr=$model
fi
[ $# -lt 2 ] || parts=("${@:2}")

# Sentences in the language of the model: those of the bundled corpus, or one per line in SENTENCES.
given() { if [ -n "${SENTENCES:-}" ]; then cat "$SENTENCES"; else cut -f 1 "$here"/../data/test.en-fr.tsv "$here"/../data/train.en-fr.tsv; fi; }
given | awk 'NR <= 1000' > "$work/sentences"

# The engine: that of the program, or ENGINE, or one that is built now.
page=$work/page.html
make_page() { "$glosser" page --model "$model" -o "$page" --offline "$work/page.js" "$@" > /dev/null 2> "$work/page.log"; }
fail() { cat "$work/page.log" >&2; exit 2; }
if [ -n "${ENGINE:-}" ]; then
    make_page --engine "$ENGINE" || fail
elif ! make_page; then
    grep -q 'without the engine' "$work/page.log" || fail
    [ -e "$tools/engine/engine.wasm.gz" ] || "$here/build_page_engine.sh" "$tools/engine" >&2
    make_page --engine "$tools/engine/engine.wasm.gz" || fail
fi
echo "the page: $page, $(wc -c < "$page") bytes"

# Packages of npm are installed below target, the browsers with apt-get.
[ -d "$tools/node_modules/puppeteer-core" ] ||
    (cd "$tools" && npm install --silent --no-fund --no-audit playwright-core axe-core puppeteer-core) || exit 2
# installed PROGRAM PACKAGE..: the path of a program, which is installed if it is missing.
installed() {
    command -v "$1" || { apt-get install -y --no-install-recommends "${@:2}" fonts-noto-core >&2 && command -v "$1"; }
}
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || installed chromium chromium)}
export CHROMIUM NODE_PATH=$tools/node_modules

failed=0
# check FILE: a check in a browser.
check() { node "$here/check_page/$1" "file://$page" "$work" || failed=1; }
for part in "${parts[@]}"; do
    printf '\n== %s\n' "$part"
    case $part in
        same)
            # The model as it is in the page, and as it was before.
            languages=$(node "$here/check_page/unpack.mjs" "$page" "$work/unpacked")
            for directory in "$work/unpacked/0" "${model#*=}"; do
                node "$here/check_page/same.mjs" --engine "$work/unpacked/engine" --model "$directory" \
                    --languages "$languages" --glosser "$glosser" --input "$work/sentences" || failed=1
            done
            node "$here/check_page/faults.mjs" "$work/unpacked/engine" "${model#*=}" "$languages" || failed=1 ;;
        firefox)
            FIREFOX=${FIREFOX:-$(command -v firefox-esr || command -v firefox || installed firefox-esr firefox-esr)}
            FIREFOX=$FIREFOX check firefox.mjs ;;
        page | speed | failures | offline) check "$part.cjs" ;;
        *) echo "unknown part $part" >&2; exit 2 ;;
    esac
done
exit "$failed"
