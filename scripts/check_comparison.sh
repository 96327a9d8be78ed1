#!/usr/bin/env bash
# Opens the page of `glosser report --runs` in a browser without a window and checks its behaviour and looks.
#
#   scripts/check_comparison.sh DIR...
#
# scripts/README.md explains it.
set -euo pipefail

if [ $# -lt 2 ]; then
    echo "usage: scripts/check_comparison.sh DIR DIR...   (directories of trainings)" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
glosser=${GLOSSER:-$here/../target/release/glosser}
work=${KEEP:-$here/../target/check_report/comparison}
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

"$glosser" report --runs "$@" --quiet -o "$work/runs.html"
NODE_PATH=$tools/node_modules CHROMIUM=$chromium node "$here/check_comparison.cjs" "$work"
