#!/usr/bin/env bash
# Compares the speed of glosser with the same model in plain PyTorch (bench_peer.py). Both run in turn on this machine.
# scripts/README.md explains each figure.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'USAGE'
usage: scripts/bench.sh [--rounds N] [--threads N] [--standard MODEL] [MODEL SOURCES [REFERENCES]]

  MODEL      directory of a model of the default recipe from `glosser train`, with one vocabulary and additive attention
  SOURCES    sentences to translate, one per line; may be gzip
  REFERENCES their reference translations; may be gzip. With them, BLEU must be that of the peer to 0.1
  --rounds   number of rounds (5); in each, glosser and the peer run once. Figures are medians over the rounds
  --threads  threads of each of the two programs (all processors)
  --standard directory of a model with one encoder-decoder of the standard sizes, whose translation is also measured

Without MODEL and SOURCES, only the training step is measured. Figures that cannot be measured are named in lines
that begin with `left out`. The peer runs with `python3`, or with the program in the variable PYTHON. Progress is
printed on standard error, figures on standard output.
USAGE
}

wrong_usage() {
  printf 'error: %s\n\n' "$1" >&2
  usage >&2
  exit 2
}

rounds=5
threads=$(nproc)
standard=''
paths=()
while [ $# -gt 0 ]; do
  case $1 in
    --rounds | --threads)
      [[ ${2-} =~ ^[1-9][0-9]*$ ]] || wrong_usage "$1 takes a number of at least 1"
      if [ "$1" = --rounds ]; then rounds=$2; else threads=$2; fi
      shift 2
      ;;
    --standard)
      [ -f "${2-}/config.json" ] || wrong_usage "--standard takes a model directory; ${2-nothing} is not one"
      standard=$(realpath "$2")
      shift 2
      ;;
    -h | --help) usage; exit ;;
    -*) wrong_usage "unknown option $1" ;;
    *) paths+=("$1"); shift ;;
  esac
done
case ${#paths[@]} in
  0)
    model=''
    [ -z "$standard" ] || wrong_usage "--standard needs SOURCES: give MODEL and SOURCES, too"
    ;;
  2 | 3)
    [ -f "${paths[0]}/config.json" ] || wrong_usage "${paths[0]} is not a model directory"
    for file in "${paths[@]:1}"; do [ -f "$file" ] || wrong_usage "$file is not a file"; done
    model=$(realpath "${paths[0]}")
    sources=$(realpath "${paths[1]}")
    references=${paths[2]:+$(realpath "${paths[2]}")}
    ;;
  *) wrong_usage "give both MODEL and SOURCES, perhaps REFERENCES, or none of them" ;;
esac

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
glosser=${CARGO_TARGET_DIR:-target}/release/glosser
export RAYON_NUM_THREADS=$threads
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '%s\n' "$*" >&2; }

# Reports figures that are not measured: immediately, and again above the figures, so that nobody overlooks them.
left_out() { printf 'left out: %s\n' "$*" | tee -a "$work/left-out" >&2; }

# Reports figures that must not be used, immediately and again at the end.
invalid() { printf 'error: %s\n' "$*" | tee -a "$work/invalid" >&2; }

has_python=1 has_peer=1
if ! command -v "$python" >/dev/null; then
  has_python='' has_peer=''
  left_out "cold_start_ms, default_translate_peak_mb, and all comparisons with the peer:" \
    "$python is not installed"
elif ! "$python" -c 'import safetensors, tokenizers, torch' 2>/dev/null; then
  has_peer=''
  left_out "all comparisons with the peer:" \
    "$python lacks torch, tokenizers or safetensors (pip install torch tokenizers safetensors)"
fi
if [ -z "$model" ]; then
  left_out "all figures of translation and cold_start_ms: no MODEL and SOURCES were given"
else
  [ -n "$standard" ] || left_out "standard_translate figures: no --standard MODEL was given"
  [ -n "$references" ] || left_out "BLEU: no REFERENCES were given"
fi

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

# text FILE: its text, also if it is gzip.
text() {
  case $(head -c 2 "$1" | od -An -tx1 | tr -d ' ') in
    1f8b) gunzip -c "$1" ;;
    *) cat "$1" ;;
  esac
}

# Counts the lines in which two files differ.
count_differing() {
  awk 'NR == FNR { ours[FNR] = $0; lines = FNR; next } ours[FNR] != $0 { n++ }
    END { print n + (FNR < lines ? lines - FNR : 0) }' "$1" "$2"
}

# train_round KIND OPTIONS PEER_OPTIONS: one round of the training step, for the kind `standard` or `default`.
train_round() {
  local kind=$1 options=$2 peer_options=$3 ours=$work/train.ours peer=$work/train.peer
  # shellcheck disable=SC2086  # options are several words
  bench training_step -- $options >"$ours"
  note "${kind}_train_step_share_of_sgemm" "$(figure share_of_sgemm "$ours")"
  note "${kind}_train_peak_mb" "$(figure peak_mb "$ours")"
  note "${kind}_train_step_tokens_per_s" "$(figure target_tokens_per_s "$ours")"
  note "${kind}_optimizer_ms" "$(figure optimizer_ms "$ours")"
  note sgemm_gflops "$(figure sgemm_gflops "$ours")"
  [ -n "$has_peer" ] || return 0
  # shellcheck disable=SC2086
  "$python" scripts/bench_peer.py "$kind-train-step" --threads "$threads" $peer_options >"$peer"
  note "${kind}_train_step_vs_peer" "$(figure target_tokens_per_s "$ours") / $(figure target_tokens_per_s "$peer")"
  # Parameters per millisecond. The peer has a few more, since PyTorch has two biases per gate.
  note "${kind}_optimizer_vs_peer" "$(figure parameters "$ours") / $(figure optimizer_ms "$ours") \
    / ($(figure parameters "$peer") / $(figure optimizer_ms "$peer"))"
  note "peer_${kind}_train_step_tokens_per_s" "$(figure target_tokens_per_s "$peer")"
  note "peer_${kind}_train_step_share_of_sgemm" "$(figure share_of_sgemm "$peer")"
  note "peer_${kind}_optimizer_ms" "$(figure optimizer_ms "$peer")"
  note "peer_${kind}_train_peak_mb" "$(figure peak_mb "$peer")"
  note peer_sgemm_gflops "$(figure sgemm_gflops "$peer")"
}

# translate_round KIND MODEL [MODEL_OF_8_BITS]: one round of translation.
translate_round() {
  local kind=$1 model=$2 bits=${3-} ours=$work/translate.ours peer=$work/translate.peer
  bench translate -- --figures "$model" "$work/sources" "$work/$kind.ours" >"$ours"
  note "${kind}_translate_sentences_per_s" "$(figure sentences_per_s "$ours")"
  if [ -n "$bits" ]; then
    bench translate -- --figures "$bits" "$work/sources" "$work/$kind.8bit" >"$ours.8bit"
    note "${kind}_translate_8bit_sentences_per_s" "$(figure sentences_per_s "$ours.8bit")"
  fi
  [ -n "$has_peer" ] || return 0
  "$python" scripts/bench_peer.py translate --threads "$threads" --model "$model" --input "$work/sources" \
    --output "$work/$kind.peer" 2>"$peer" || { cat "$peer" >&2; exit 1; }
  note "${kind}_translate_vs_peer" "$(figure sentences_per_s "$ours") / $(figure sentences_per_s "$peer")"
  [ -z "$bits" ] || note "${kind}_translate_8bit_vs_peer" \
    "$(figure sentences_per_s "$ours.8bit") / $(figure sentences_per_s "$peer")"
  note "peer_${kind}_translate_sentences_per_s" "$(figure sentences_per_s "$peer")"
  note "peer_${kind}_translate_share_of_sgemm" "$(figure share_of_sgemm "$peer")"
  note "peer_${kind}_translate_peak_mb" "$(figure peak_mb "$peer")"
}

# check_translations KIND MODEL: whether the program has the peer's translations, if it searches in the same way.
check_translations() {
  local kind=$1 model=$2 options=(--no-copy)
  ! "$glosser" translate --help | grep -q -e '--no-short-list' || options+=(--no-short-list)
  "$glosser" translate --model "$model" "${options[@]}" "$work/sources" >"$work/$kind.same" 2>/dev/null
  local differ lines
  differ=$(count_differing "$work/$kind.same" "$work/$kind.peer")
  lines=$(wc -l <"$work/sources")
  note "${kind}_translate_lines_that_differ" "$differ"
  if [ "$differ" -gt $((lines / 50)) ]; then
    invalid "ratios of translation of $model are not valid: $differ of $lines translations differ from the peer's"
  fi
}

# bleu FILE: the BLEU of translations.
bleu() {
  "$glosser" evaluate --hypotheses "$1" --references "$work/references" --format json \
    | sed -n 's/^{"bleu":{"score":\([0-9.]*\),.*/\1/p'
}

# check_bleu KIND: BLEU of all translations of a kind; glosser's must be the peer's to 0.1.
check_bleu() {
  local kind=$1 ours peer
  ours=$(bleu "$work/$kind.ours")
  note "${kind}_translate_bleu" "$ours"
  [ ! -f "$work/$kind.8bit" ] || note "${kind}_translate_8bit_bleu" "$(bleu "$work/$kind.8bit")"
  [ -f "$work/$kind.peer" ] || return 0
  peer=$(bleu "$work/$kind.peer")
  note "peer_${kind}_translate_bleu" "$peer"
  awk "BEGIN { exit !($ours > $peer - 0.1) }" \
    || invalid "ratios of translation of the $kind model are not valid: BLEU $ours, but $peer by the peer"
}

# Start-up time and memory of the whole program, measured from outside.
process_figures() {
  local process=scripts/bench_process.py
  head -n 1 "$work/sources" >"$work/one-line"
  note cold_start_ms "$("$python" "$process" first-line --runs 20 --input "$work/one-line" \
    -- "$glosser" translate --quiet --model "$model")"
  note default_translate_peak_mb "$("$python" "$process" peak-mb --input "$work/sources" --output "$work/program.txt" \
    -- "$glosser" translate --quiet --no-copy --model "$model")"
  # The benchmark must have measured the translations that the program prints.
  cmp "$work/program.txt" "$work/default.ours"
}

say "building"
# This builds the program, too.
bench '*' --no-run
bits=''
if [ -n "$model" ]; then
  text "$sources" >"$work/sources"
  [ -z "$references" ] || text "$references" >"$work/references"
  bits=$work/8bit
  "$glosser" quantize --model "$model" --output "$bits" >/dev/null 2>&1
fi
for round in $(seq "$rounds"); do
  say "round $round of $rounds"
  train_round standard --figures ''
  # The first round writes the batches, and a few losses that the peer must have, too.
  record=$([ "$round" -gt 1 ] || printf '%s' "$work/record")
  train_round default "--default-figures $record" "--record $work/record"
  [ -z "$model" ] || translate_round default "$model" "$bits"
  [ -z "$standard" ] || translate_round standard "$standard"
done
for kind in ${model:+default} ${standard:+standard}; do
  [ -z "$has_peer" ] || check_translations "$kind" "$([ "$kind" = default ] && echo "$model" || echo "$standard")"
  [ -z "$references" ] || check_bleu "$kind"
done
if [ -n "$model" ] && [ -n "$has_python" ]; then process_figures; fi

say ""
[ ! -f "$work/left-out" ] || cat "$work/left-out"
for name in {default,standard}_{train_step,optimizer,translate,translate_8bit}_vs_peer \
  {default,standard}_train_step_share_of_sgemm cold_start_ms \
  {default,standard}_train_peak_mb default_translate_peak_mb \
  {default,standard}_translate_lines_that_differ \
  {,peer_}{default,standard}_translate_bleu default_translate_8bit_bleu \
  {,peer_}sgemm_gflops {,peer_}{default,standard}_{train_step_tokens_per_s,optimizer_ms,translate_sentences_per_s} \
  default_translate_8bit_sentences_per_s peer_{default,standard}_{train_step,translate}_share_of_sgemm \
  peer_{default,standard}_{train,translate}_peak_mb; do
  case $name in
    *share* | *train_step_vs*) print_median "$name" 3 ;;
    *_vs_peer | *bleu) print_median "$name" 2 ;;
    *_mb | *tokens* | *lines*) print_median "$name" 0 ;;
    *) print_median "$name" 1 ;;
  esac
done
if [ -f "$work/invalid" ]; then
  cat "$work/invalid" >&2
  exit 1
fi
