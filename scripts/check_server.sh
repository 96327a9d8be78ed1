#!/usr/bin/env bash
# Starts `glosser serve` and checks it with a real client, load, abuse and a browser.
#
#   scripts/check_server.sh [MODEL [PART..]]
#
# scripts/README.md explains it.
set -euo pipefail

parts=(client compatibility markup limits schema same page load abuse stop)
here=$(cd "$(dirname "$0")" && pwd)
glosser=$(realpath -e -- "${GLOSSER:-$here/../target/release/glosser}") ||
    { echo "build the program first (cargo build --release), or name it with GLOSSER" >&2; exit 2; }
seconds=${SECONDS_OF_LOAD:-60}
work=${KEEP:-$here/../target/check_server/work}
mkdir -p "$work"
work=$(cd "$work" && pwd)
checks=$here/check_server
data=$here/../data

# A model of the bundled corpus by default: `glosser demo` trains it once.
model=${1:-}
if [ -z "$model" ]; then
    model=$here/../target/check_server/demo/demo-model
    [ -e "$model/model.safetensors" ] ||
        (mkdir -p "$here/../target/check_server/demo" && cd "$here/../target/check_server/demo" && "$glosser" demo)
fi
[ $# -lt 2 ] || parts=("${@:2}")
directory=${model#*=}

tools=$here/../target/check_server
[ -x "$tools/python/bin/python" ] || "${PYTHON:-python3}" -m venv "$tools/python" || exit 2
python=$tools/python/bin/python
"$python" -m pip install --quiet --disable-pip-version-check libretranslatepy==2.1.4 schemathesis==4.32.5 || exit 2
command -v wrk >/dev/null || apt-get install -y --no-install-recommends wrk >&2 || exit 2

# Sentences in the language of the model: those of the bundled corpus, or one per line in SENTENCES.
given() { if [ -n "${SENTENCES:-}" ]; then cat "$SENTENCES"; else cut -f 1 "$data/test.en-fr.tsv" "$data/train.en-fr.tsv"; fi; }
given | awk 'NR <= 500' > "$work/sentences"
given | awk 'NR <= 2000' > "$work/two_thousand"

export PYTHONDONTWRITEBYTECODE=1
failed=0 server='' logs=()
stop() { [ -z "$server" ] || { kill "$server" && wait "$server" || failed=1; }; server=''; }
trap 'stop; exit 1' INT TERM
# start [OPTION..]: starts a server on a free port, with $base as its address; the log is $log.
start() {
    stop
    local port
    port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    base=http://127.0.0.1:$port log=$work/serve-${#logs[@]}.log
    logs+=("$log")
    "$glosser" serve --model "$model" --listen "127.0.0.1:$port" "$@" > "$log" 2>&1 &
    server=$!
    for _ in $(seq 300); do
        "$python" -c "import urllib.request; urllib.request.urlopen('$base/health', timeout=5)" 2>/dev/null && return
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    cat "$log" >&2
    echo "FAILED  the server did not start" >&2
    server=''
    exit 1
}
run() { "$@" || failed=1; }
fail() { echo "FAILED  $*"; failed=1; }

# Requests that schemathesis generates from /spec, in its default run. Two of its findings are no faults here: the server
# is as lenient as LibreTranslate with unknown keys and types, and refuses what a schema cannot say (a blank text).
schema() {
    local log=$work/schemathesis faults
    (cd "$work" && "$tools/python/bin/schemathesis" run "$base/spec" --seed "${SEED:-1}" --request-timeout 60 --warnings off \
        --continue-on-failure) > "$log" 2>&1 || true
    faults=$(sed -n '/^Failures:/,/^$/p; /^Errors:/,/^$/p' "$log" | grep -vE '^(Failures|Errors):$|^$|ST201 |ST202 ' || true)
    if grep -q '^Test cases:' "$log" && [ -z "$faults" ]; then
        echo "ok      schemathesis: no server error, replies conform to /spec: $(grep -A 1 '^Test cases:' "$log" | tail -n 1)"
    else
        fail "schemathesis: ${faults:-it did not run}, see $log"
    fi
}

# The page in a browser; playwright-core and axe-core are installed below target, Chromium with apt-get.
page() {
    [ -d "$tools/node_modules/axe-core" ] ||
        (cd "$tools" && npm install --silent --no-fund --no-audit playwright-core axe-core) || exit 2
    chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
    if [ -z "$chromium" ]; then
        apt-get install -y --no-install-recommends chromium fonts-noto-core >&2 || exit 2
        chromium=$(command -v chromium)
    fi
    mkdir -p "$work/page"
    NODE_PATH=$tools/node_modules CHROMIUM=$chromium run node "$here/check_server_page.cjs" "$base" "$work/page"
}

for part in "${parts[@]}"; do
    printf '\n== %s\n' "$part"
    case $part in
        client) start; run "$python" "$checks/libretranslate_client.py" "$base" "$work/sentences" ;;
        compatibility) start; run "$python" "$checks/compatibility.py" "$base" "$work/sentences" ;;
        markup) start; run "$python" "$checks/markup.py" "$base" "$work/sentences" ;;
        schema) start; schema ;;
        same)
            "$glosser" translate --model "$directory" --quiet -i "$work/two_thousand" > "$work/translations"
            start
            run "$python" "$checks/same_output.py" "$base" "$work/two_thousand" "$work/translations" "${SEED:-1}" ;;
        page) start; page ;;
        load)
            start --beam-size 1
            run "$python" "$checks/load.py" "$base" "$server" "$work/sentences" "$seconds" "$glosser" "$directory" --beam-size 1
            start
            run "$python" "$checks/load.py" "$base" "$server" "$work/sentences" "$((seconds / 2))" "$glosser" "$directory" ;;
        abuse) start; run "$python" "$checks/abuse.py" "$base" "$server" "$work/sentences" ;;
        limits) stop; run "$python" "$checks/limits.py" "$work/sentences" "$glosser" "$model" ;;
        stop) stop; run "$python" "$checks/graceful_stop.py" "$work/sentences" "$glosser" "$model" ;;
        *) echo "unknown part $part" >&2; exit 2 ;;
    esac
    [ -z "$server" ] || kill -0 "$server" 2>/dev/null || { fail "$part: the server has ended"; tail -n 20 "$log"; server=''; }
    [ -z "${log:-}" ] || ! grep -n -m 5 -iE 'panick|internal error' "$log" || fail "$part: the log reports an internal error"
done
stop

[ "${#logs[@]}" -gt 0 ] || exit "$failed"

# Sentences of users must not be in the logs.
head -n 100 "$work/sentences" > "$work/texts"
if grep -F -f "$work/texts" "${logs[@]}" > "$work/leaked"; then
    fail "the log contains text of users: $(head -n 1 "$work/leaked")"
else
    echo "ok      logs do not contain text of users"
fi
exit "$failed"
