#!/usr/bin/env bash
# Measures how long glosser and PyTorch train until their validation BLEU reaches a value. See scripts/README.md.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'USAGE'
usage: scripts/bench_to_bleu.sh [--bleu N] [--steps N] [--threads N] SOURCE TARGET DEV_SOURCE DEV_TARGET

  SOURCE TARGET          training pairs, one sentence per line; may be gzip
  DEV_SOURCE DEV_TARGET  validation pairs; may be gzip
  --bleu     validation BLEU (greedy, after each epoch) at which both stop (38)
  --steps    number of steps of the schedule (that of `glosser train`)
  --threads  threads of each of the two programs (all processors)
  KEEP=DIR   keeps logs and the model in DIR, which must not exist

Trains glosser with the default recipe until BLEU is reached, then the same model in PyTorch (bench_peer.py): the same
batches, initial weights, schedule and validations, one after the other on this machine. The peer runs with `python3`,
or with the program in the variable PYTHON.
USAGE
}

wrong_usage() {
  printf 'error: %s\n\n' "$1" >&2
  usage >&2
  exit 2
}

bleu=38
steps=''
threads=$(nproc)
paths=()
while [ $# -gt 0 ]; do
  case $1 in
    --bleu)
      [[ ${2-} =~ ^[0-9]+([.][0-9]+)?$ ]] || wrong_usage "--bleu takes a number"
      bleu=$2
      shift 2
      ;;
    --steps | --threads)
      [[ ${2-} =~ ^[1-9][0-9]*$ ]] || wrong_usage "$1 takes a number of at least 1"
      if [ "$1" = --steps ]; then steps=$2; else threads=$2; fi
      shift 2
      ;;
    -h | --help) usage; exit ;;
    -*) wrong_usage "unknown option $1" ;;
    *)
      [ -f "$1" ] || wrong_usage "$1 is not a file"
      paths+=("$(realpath "$1")")
      shift
      ;;
  esac
done
[ ${#paths[@]} -eq 4 ] || wrong_usage "give four files: SOURCE TARGET DEV_SOURCE DEV_TARGET"
[ -z "${KEEP-}" ] || [ ! -e "$KEEP" ] || wrong_usage "KEEP=$KEEP exists already"
[ -z "${KEEP-}" ] || KEEP=$(realpath -m "$KEEP")

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
glosser=${CARGO_TARGET_DIR:-target}/release/glosser
export RAYON_NUM_THREADS=$threads
"$python" -c 'import safetensors, tokenizers, torch' 2>/dev/null || {
  printf 'error: %s\n' "$python lacks torch, tokenizers or safetensors (pip install torch tokenizers safetensors)" >&2
  exit 1
}
work=${KEEP:-$(mktemp -d)}
mkdir -p "$work"
training=''
clean() {
  [ -z "$training" ] || kill "$training" 2>/dev/null || true
  [ -n "${KEEP-}" ] || rm -rf "$work"
}
trap clean EXIT

say() { printf '%s\n' "$*" >&2; }

# text FILE: its text, also if it is gzip.
text() {
  case $(head -c 2 "$1" | od -An -tx1 | tr -d ' ') in
    1f8b) gunzip -c "$1" ;;
    *) cat "$1" ;;
  esac
}

# event NAME KEY: the values of a key in the events of this name, one per line.
event() {
  [ -f "$log" ] || return 0
  sed -n "s/^{\"event\":\"$1\",.*\"$2\":\([0-9.e+-]*\).*/\1/p" "$log"
}

# Whether a validation of glosser has reached BLEU.
is_reached() { event validated dev_bleu | awk "\$1 >= $bleu { found = 1 } END { exit !found }"; }

bench() { cargo bench --quiet --locked --package glosser --bench training_step "$@"; }

say "building"
# This builds the program, too.
bench --no-run
model=$work/model
log=$model/training/log.jsonl

say "glosser trains"
"$glosser" train "${paths[@]:0:2}" --dev "${paths[@]:2:2}" --model "$model" ${steps:+--steps "$steps"} \
  >"$work/glosser.log" 2>&1 &
training=$!
# Both the end of the training and BLEU end the wait. SIGTERM saves a checkpoint, which is not needed.
while kill -0 "$training" 2>/dev/null && ! is_reached; do sleep 1; done
kill "$training" 2>/dev/null || true
wait "$training" || true
training=''
is_reached || {
  tail -n 5 "$work/glosser.log" >&2
  say "error: glosser does not reach a BLEU of $bleu; its best is $(event validated dev_bleu | sort -g | tail -n 1)"
  exit 1
}

say "writing the batches"
bench -- --record "$work/record" "$(event steps-fixed steps)" "${paths[@]}"
text "${paths[2]}" >"$work/dev.source"
text "${paths[3]}" >"$work/dev.target"

say "the peer trains"
"$python" scripts/bench_peer.py train-to-bleu --threads "$threads" --record "$work/record" --model "$model" \
  --dev-source "$work/dev.source" --dev-target "$work/dev.target" --bleu "$bleu" --glosser "$(realpath "$glosser")"
