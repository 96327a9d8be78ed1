#!/usr/bin/env bash
# Trains one configuration, measures it on the validation pairs, and appends a row to a table. scripts/README.md says more.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'USAGE'
usage: scripts/experiment.sh [OPTIONS] NAME TRAIN_SOURCE TRAIN_TARGET DEV_SOURCE DEV_TARGET

  NAME             what is tried, in a few words: the row's first column
  --set KEY=VALUE  a choice of the configuration, such as training.dropout=0.4; may be repeated
  --pairs N        train on the first N pairs only
  --keep DIR       leave the model there; otherwise it is removed
  --table FILE     the table that the row is appended to (docs/experiments.md)
  --budget OPTION  of `glosser train`, such as --budget "--minutes 5" (what fits the corpus)

The files may be gzip. The program is target/release/glosser, or what the variable GLOSSER names.
USAGE
}

wrong_usage() {
  printf 'error: %s\n\n' "$1" >&2
  usage >&2
  exit 2
}

sets=() paths=() pairs= keep= table=docs/experiments.md budget=
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit ;;
    --set | --pairs | --keep | --table | --budget)
      [ $# -gt 1 ] || wrong_usage "$1 takes a value"
      case $1 in
        --set)
          [[ $2 =~ ^[a-z_.]+=.+$ ]] || wrong_usage "--set takes KEY=VALUE, not $2"
          sets+=("$2")
          ;;
        --pairs)
          [[ $2 =~ ^[1-9][0-9]*$ ]] || wrong_usage "--pairs takes a number of at least 1"
          pairs=$2
          ;;
        --keep) keep=$2 ;;
        --table) table=$2 ;;
        --budget) budget=$2 ;;
      esac
      shift 2
      ;;
    -*) wrong_usage "there is no option $1" ;;
    *) paths+=("$1"); shift ;;
  esac
done
[ ${#paths[@]} -eq 5 ] || wrong_usage "a name and four files are needed"
glosser=${GLOSSER:-target/release/glosser}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unpacked() { if [[ $1 == *.gz ]]; then gzip -dc "$1"; else cat "$1"; fi }
# Reads all, so that what unpacks does not die of a closed pipe.
first() { awk -v most="${pairs:-0}" 'most == 0 || NR <= most'; }
unpacked "${paths[1]}" | first > "$work/train.source"
unpacked "${paths[2]}" | first > "$work/train.target"
# A dotted key is TOML as it stands; a word that is neither number nor truth value wants quotes.
for set in ${sets[@]+"${sets[@]}"}; do
  value=${set#*=}
  [[ $value =~ ^([-+0-9.eE]+|true|false)$ ]] || value="\"$value\""
  printf '%s = %s\n' "${set%%=*}" "$value"
done > "$work/config.toml"

model=${keep:-$work/model}
# shellcheck disable=SC2086 # a budget is an option and its number
"$glosser" train "$work/train.source" "$work/train.target" --dev "${paths[3]}" "${paths[4]}" --model "$model" \
  --config "$work/config.toml" $budget --quiet
scores=$("$glosser" evaluate --model "$model" "${paths[3]}" "${paths[4]}")

log=$model/training/log.jsonl
# The last value that the log has for a key.
logged() { sed -n "s/.*\"$1\":\([-0-9.]*\).*/\1/p" "$log" | tail -1; }
score() { sed -n "s/^$1[^=]* = \([0-9.]*\).*/\1/p" <<< "$scores"; }
seed=$(sed -n 's/^ *"seed": \([0-9]*\).*/\1/p' "$model/config.json" | head -1)
if [ ! -s "$table" ]; then
  printf '%s\n' '| tried | pairs | seed | steps (best) | minutes | tokens/s | weights | dev BLEU | dev chrF2 |' \
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |' > "$table"
fi
choices=$(IFS=' '; echo "${sets[*]-}")
printf '| %s | %d | %d | %d (%d) | %.1f | %.0f | %.2f M | %.2f | %.2f |\n' \
  "${paths[0]}${choices:+ (\`$choices\`)}" "$(wc -l < "$work/train.source")" "$seed" "$(logged steps)" "$(logged best_step)" \
  "$(awk -v s="$(logged seconds)" 'BEGIN { print s / 60 }')" "$(logged tokens_per_second)" \
  "$(awk -v p="$(logged parameters)" 'BEGIN { print p / 1e6 }')" "$(score BLEU)" "$(score chrF2)" | tee -a "$table"
