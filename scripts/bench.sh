#!/usr/bin/env bash
# How fast glosser is beside the same model in plain PyTorch (bench_peer.py), both run in turn on this machine.
# scripts/README.md says what each figure means.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'USAGE'
usage: scripts/bench.sh [--rounds N] [--threads N] [MODEL SOURCES]

  MODEL      directory of a model that `glosser train` wrote, of one member (`model.members = 1` in its configuration),
             with one vocabulary and additive attention
  SOURCES    sentences to translate, one a line; may be gzip
  --rounds   how often ours and the peer are run in turn (5); figures are medians over the rounds
  --threads  that each of the two computes with (all processors)

Without MODEL and SOURCES the training step alone is measured. What cannot be measured is named in lines `left out`.
The peer is run by `python3`, or what the variable PYTHON names. Progress goes to standard error, figures to standard
output.
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
    -*) wrong_usage "there is no option $1" ;;
    *) paths+=("$1"); shift ;;
  esac
done
case ${#paths[@]} in
  0) model='' ;;
  2)
    [ -f "${paths[0]}/config.json" ] || wrong_usage "${paths[0]} is not the directory of a model"
    [ -f "${paths[1]}" ] || wrong_usage "${paths[1]} is not a file"
    model=$(realpath "${paths[0]}")
    sources=$(realpath "${paths[1]}")
    ;;
  *) wrong_usage "MODEL and SOURCES are given together, or neither" ;;
esac

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
export RAYON_NUM_THREADS=$threads
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '%s\n' "$*" >&2; }

# One line for each thing that is not measured, printed with the figures so that it is not overlooked.
left_out() { printf 'left out: %s\n' "$*" | tee -a "$work/left-out" >&2; }

has_python=1 has_peer=1
if ! command -v "$python" >/dev/null; then
  has_python='' has_peer=''
  left_out "cold_start_ms, translate_peak_mb and all comparisons with the peer, translate_share_of_sgemm with them:" \
    "there is no $python"
elif ! "$python" -c 'import safetensors, tokenizers, torch' 2>/dev/null; then
  has_peer=''
  left_out "all comparisons with the peer, translate_share_of_sgemm with them:" \
    "$python has not all of torch, tokenizers and safetensors (pip install torch tokenizers safetensors)"
fi
[ -n "$model" ] || left_out "all figures of translation and cold_start_ms: no MODEL and SOURCES were given"

# The figure NAME of a file of `name value` lines.
figure() { awk -v name="$1" '$1 == name { print $2; found = 1 } END { exit !found }' "$2"; }

# Notes a value of one round: note NAME EXPRESSION, an expression of awk without variables.
note() { awk "BEGIN { printf \"%.6g\n\", $2 }" >>"$work/note.$1"; }

# The median of what was noted of a name, if anything was.
print_median() {
  [ -f "$work/note.$1" ] || return 0
  sort -g "$work/note.$1" | awk -v name="$1" -v digits="$2" '
    { all[NR] = $1 }
    END { printf "%s %.*f\n", name, digits, (all[int((NR + 1) / 2)] + all[int(NR / 2) + 1]) / 2 }'
}

# With the features of the program alone, so that its own build is used again.
bench() { cargo bench --quiet --locked --package glosser-cli --bench "$@"; }

# How many lines of two files are not the same.
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
  # Parameters a millisecond: the peer has some more, since PyTorch has two biases a gate.
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
  # The work is the same search's, so the peer's count of it is ours too.
  note translate_share_of_sgemm \
    "$(figure forward_gflop "$peer") / $(figure translate_s "$ours") / $(figure sgemm_gflops "$ours")"
  note peer_translate_sentences_per_s "$(figure sentences_per_s "$peer")"
  note peer_translate_share_of_sgemm "$(figure share_of_sgemm "$peer")"
  note peer_translate_peak_mb "$(figure peak_mb "$peer")"
  note translate_lines_that_differ "$(count_differing "$work/ours.txt" "$work/peer.txt")"
}

# What the program costs around the search, seen from outside.
process_figures() {
  local process=scripts/bench_process.py glosser=${CARGO_TARGET_DIR:-target}/release/glosser
  head -n 1 "$work/sources" >"$work/one-line"
  note cold_start_ms "$("$python" "$process" first-line --runs 20 --input "$work/one-line" \
    -- "$glosser" translate --model "$model")"
  note translate_peak_mb "$("$python" "$process" peak-mb --input "$work/sources" --output "$work/program.txt" \
    -- "$glosser" translate --model "$model")"
  # Also shows that what was timed is what the program does.
  cmp "$work/program.txt" "$work/ours.txt"
}

say "building"
# With its benchmarks the program itself is built.
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
    say "error: more than one line in fifty differs from the peer's: the two do not compute the same"
    exit 1
  fi
fi
