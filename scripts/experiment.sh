#!/usr/bin/env bash
# Trains one configuration, evaluates it on the validation pairs and appends a row to a table.
# scripts/README.md explains it.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'USAGE'
usage: scripts/experiment.sh [OPTIONS] NAME TRAIN_SOURCE TRAIN_TARGET DEV_SOURCE DEV_TARGET

  NAME             the configuration in a few words: first column of the row
  --set KEY=VALUE  a setting, such as training.dropout=0.4; may be repeated
  --pairs N        train only on the first N pairs
  --keep DIR       keep the model in DIR; otherwise it is removed
  --table FILE     append the row to FILE (docs/experiments.md)
  --budget OPTION  an option of `glosser train` that ends training, such as --budget "--minutes 5"; by default the budget
                   depends on the size of the corpus

The files may be gzip. The program is target/release/glosser, or the one in the variable GLOSSER.
USAGE
}

wrong_usage() {
  printf 'error: %s\n\n' "$1" >&2
  usage >&2
  exit 2
}

sets=() paths=() pairs="" keep="" table=docs/experiments.md budget=""
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
    -*) wrong_usage "unknown option $1" ;;
    *) paths+=("$1"); shift ;;
  esac
done
[ ${#paths[@]} -eq 5 ] || wrong_usage "a name and four files are needed"
glosser=${GLOSSER:-target/release/glosser}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unpacked() { if [[ $1 == *.gz ]]; then gzip -dc "$1"; else cat "$1"; fi }
# Reads its input to the end: gzip would fail at a closed pipe.
first() { awk -v most="${pairs:-0}" 'most == 0 || NR <= most'; }
unpacked "${paths[1]}" | first > "$work/train.source"
unpacked "${paths[2]}" | first > "$work/train.target"
# A dotted key is valid TOML. A value that is neither a number nor a truth value needs quotes.
for set in ${sets[@]+"${sets[@]}"}; do
  value=${set#*=}
  [[ $value =~ ^([-+0-9.eE]+|true|false)$ ]] || value="\"$value\""
  printf '%s = %s\n' "${set%%=*}" "$value"
done > "$work/config.toml"

model=${keep:-$work/model}
# shellcheck disable=SC2086 # a budget is an option and its value
"$glosser" train "$work/train.source" "$work/train.target" --dev "${paths[3]}" "${paths[4]}" --model "$model" \
  --config "$work/config.toml" $budget --quiet
scores=$("$glosser" evaluate --model "$model" "${paths[3]}" "${paths[4]}")

log=$model/training/log.jsonl
# logged KEY: the last value of a key in the log.
logged() { sed -n "s/.*\"$1\":\([-0-9.]*\).*/\1/p" "$log" | tail -1; }
score() { sed -n "s/^$1|[^=]* = \([0-9.]*\).*/\1/p" <<< "$scores"; }
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
