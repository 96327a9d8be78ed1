#!/usr/bin/env bash
# Compares the speed of glosser with the same model in plain PyTorch (bench_peer.py). Both run in turn on this machine.
# scripts/README.md explains each figure.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'USAGE'
usage: scripts/bench.sh [--rounds N] [--threads N] [MODEL SOURCES]

  MODEL      directory of a model from `glosser train`, with one encoder-decoder (`model.ensemble = 1`), one vocabulary
             and additive attention
  SOURCES    sentences to translate, one per line; may be gzip
  --rounds   number of rounds (5); in each, glosser and the peer run once. Figures are medians over the rounds
  --threads  threads of each of the two programs (all processors)

Without MODEL and SOURCES, only the training step is measured. Figures that cannot be measured are named in lines
that begin with `left out`. The peer runs with `python3`, or with the program in the variable PYTHON. Progress is printed
on standard error, figures on standard output.
USAGE
}

wrong_usage() {
  printf 'error: %s\n\n' "$1" >&2
  usage >&2
  exit 2
}

rounds=5
threads=$(nproc)
paths=()
while [ $# -gt 0 ]; do
  case $1 in
    --rounds | --threads)
      [[ ${2-} =~ ^[1-9][0-9]*$ ]] || wrong_usage "$1 takes a number of at least 1"
      if [ "$1" = --rounds ]; then rounds=$2; else threads=$2; fi
      shift 2
      ;;
    -h | --help) usage; exit ;;
    -*) wrong_usage "unknown option $1" ;;
    *) paths+=("$1"); shift ;;
  esac
done
case ${#paths[@]} in
  0) model='' ;;
  2)
    [ -f "${paths[0]}/config.json" ] || wrong_usage "${paths[0]} is not a model directory"
    [ -f "${paths[1]}" ] || wrong_usage "${paths[1]} is not a file"
    model=$(realpath "${paths[0]}")
    sources=$(realpath "${paths[1]}")
    ;;
  *) wrong_usage "give both MODEL and SOURCES, or neither" ;;
esac

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
export RAYON_NUM_THREADS=$threads
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '%s\n' "$*" >&2; }

# Reports figures that are not measured: immediately, and again above the figures, so that nobody overlooks them.
left_out() { printf 'left out: %s\n' "$*" | tee -a "$work/left-out" >&2; }

has_python=1 has_peer=1
if ! command -v "$python" >/dev/null; then
  has_python='' has_peer=''
  left_out "cold_start_ms, translate_peak_mb, all comparisons with the peer, and translate_share_of_sgemm:" \
    "$python is not installed"
elif ! "$python" -c 'import safetensors, tokenizers, torch' 2>/dev/null; then
  has_peer=''
  left_out "all comparisons with the peer, and translate_share_of_sgemm:" \
    "$python lacks torch, tokenizers or safetensors (pip install torch tokenizers safetensors)"
fi
[ -n "$model" ] || left_out "all figures of translation and cold_start_ms: no MODEL and SOURCES were given"

# figure NAME FILE: the value of NAME in a file of `name value` lines.
figure() { awk -v name="$1" '$1 == name { print $2; found = 1 } END { exit !found }' "$2"; }

# note NAME EXPRESSION: records a value of one round, given as an awk expression without variables.
note() { awk "BEGIN { printf \"%.6g\n\", $2 }" >>"$work/note.$1"; }

# print_median NAME DIGITS: prints the median of the recorded values, if there are any.
print_median() {
  [ -f "$work/note.$1" ] || return 0
  sort -g "$work/note.$1" | awk -v name="$1" -v digits="$2" '
    { all[NR] = $1 }
    END { printf "%s %.*f\n", name, digits, (all[int((NR + 1) / 2)] + all[int(NR / 2) + 1]) / 2 }'
}

# With the same features as the program, so that its build is reused.
bench() { cargo bench --quiet --locked --package glosser --bench "$@"; }

# Counts the lines in which two files differ.
count_differing() {
  awk 'NR == FNR { ours[FNR] = $0; lines = FNR; next } ours[FNR] != $0 { n++ }
    END { print n + (FNR < lines ? lines - FNR : 0) }' "$1" "$2"
}

train_round() {
  local ours=$work/train.ours peer=$work/train.peer
  bench training_step -- --figures >"$ours"
  note train_step_share_of_sgemm "$(figure share_of_sgemm "$ours")"
  note train_peak_mb "$(figure peak_mb "$ours")"
  note train_step_tokens_per_s "$(figure target_tokens_per_s "$ours")"
  note optimizer_ms "$(figure optimizer_ms "$ours")"
  note sgemm_gflops "$(figure sgemm_gflops "$ours")"
  [ -n "$has_peer" ] || return 0
  "$python" scripts/bench_peer.py train-step --threads "$threads" >"$peer"
  note train_step_vs_peer "$(figure target_tokens_per_s "$ours") / $(figure target_tokens_per_s "$peer")"
  # Parameters per millisecond. The peer has a few more, since PyTorch has two biases per gate.
  note optimizer_vs_peer "$(figure parameters "$ours") / $(figure optimizer_ms "$ours") \
    / ($(figure parameters "$peer") / $(figure optimizer_ms "$peer"))"
  note peer_train_step_tokens_per_s "$(figure target_tokens_per_s "$peer")"
  note peer_train_step_share_of_sgemm "$(figure share_of_sgemm "$peer")"
  note peer_optimizer_ms "$(figure optimizer_ms "$peer")"
  note peer_train_peak_mb "$(figure peak_mb "$peer")"
  note peer_sgemm_gflops "$(figure sgemm_gflops "$peer")"
}

translate_round() {
  local ours=$work/translate.ours peer=$work/translate.peer
  bench translate -- --figures "$model" "$work/sources" "$work/ours.txt" >"$ours"
  note translate_sentences_per_s "$(figure sentences_per_s "$ours")"
  [ -n "$has_peer" ] || return 0
  "$python" scripts/bench_peer.py translate --threads "$threads" --model "$model" --input "$work/sources" \
    --output "$work/peer.txt" 2>"$peer" || { cat "$peer" >&2; exit 1; }
  note translate_vs_peer "$(figure sentences_per_s "$ours") / $(figure sentences_per_s "$peer")"
  # Both run the same search, so the peer's count of operations also holds for ours.
  note translate_share_of_sgemm \
    "$(figure forward_gflop "$peer") / $(figure translate_s "$ours") / $(figure sgemm_gflops "$ours")"
  note peer_translate_sentences_per_s "$(figure sentences_per_s "$peer")"
  note peer_translate_share_of_sgemm "$(figure share_of_sgemm "$peer")"
  note peer_translate_peak_mb "$(figure peak_mb "$peer")"
  note translate_lines_that_differ "$(count_differing "$work/ours.txt" "$work/peer.txt")"
}

# Start-up time and memory of the whole program, measured from outside.
process_figures() {
  local process=scripts/bench_process.py glosser=${CARGO_TARGET_DIR:-target}/release/glosser
  head -n 1 "$work/sources" >"$work/one-line"
  note cold_start_ms "$("$python" "$process" first-line --runs 20 --input "$work/one-line" \
    -- "$glosser" translate --model "$model")"
  note translate_peak_mb "$("$python" "$process" peak-mb --input "$work/sources" --output "$work/program.txt" \
    -- "$glosser" translate --model "$model")"
  # The benchmark must have measured the translations that the program prints.
  cmp "$work/program.txt" "$work/ours.txt"
}

say "building"
# This builds the program, too.
bench '*' --no-run
if [ -n "$model" ]; then
  case $(head -c 2 "$sources" | od -An -tx1 | tr -d ' ') in
    1f8b) gunzip -c "$sources" >"$work/sources" ;;
    *) cp "$sources" "$work/sources" ;;
  esac
fi
for round in $(seq "$rounds"); do
  say "round $round of $rounds"
  train_round
  [ -z "$model" ] || translate_round
done
if [ -n "$model" ] && [ -n "$has_python" ]; then process_figures; fi

say ""
[ ! -f "$work/left-out" ] || cat "$work/left-out"
print_median train_step_vs_peer 3
print_median train_step_share_of_sgemm 3
print_median optimizer_vs_peer 2
print_median translate_vs_peer 2
print_median translate_share_of_sgemm 3
print_median cold_start_ms 1
print_median train_peak_mb 0
print_median translate_peak_mb 0
print_median translate_lines_that_differ 0
for name in sgemm_gflops train_step_tokens_per_s optimizer_ms translate_sentences_per_s \
  peer_sgemm_gflops peer_train_step_tokens_per_s peer_train_step_share_of_sgemm peer_optimizer_ms peer_train_peak_mb \
  peer_translate_sentences_per_s peer_translate_share_of_sgemm peer_translate_peak_mb; do
  case $name in *share*) print_median $name 3 ;; *_mb | *tokens*) print_median $name 0 ;; *) print_median $name 1 ;; esac
done

if [ -f "$work/peer.txt" ]; then
  lines=$(wc -l <"$work/sources")
  differ=$(print_median translate_lines_that_differ 0)
  if [ "${differ#* }" -gt $((lines / 50)) ]; then
    say "error: more than one translation in fifty differs from the peer's, so the two do not compute the same model"
    exit 1
  fi
fi
