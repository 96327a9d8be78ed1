#!/usr/bin/env bash
# Writes tests/golden/format-N, of the format version N that the program writes today: a model, the 8-bit model of it,
# and translations by both. Only for a new format version: see README.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/golden

cargo build --release --locked -p glosser --bins
glosser=$PWD/target/release/glosser
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Short pairs, so that a very small model can learn them; it is validated on some of those that it is trained on.
awk -F'\t' 'split($1, words, " ") <= 6' data/train.en-fr.tsv | sed -n '1,400p' > "$work/bundled"
sed -n '1,40p' "$work/bundled" > "$work/dev"
"$glosser" train "$work/bundled" --dev "$work/dev" --model "$work/model" --config $here/small.toml --steps 5000 \
  --threads 1 --quiet
"$glosser" quantize --model "$work/model" --output "$work/model-8bit"

version=$(sed -n 's/.*"format_version": *\([0-9]*\).*/\1/p' "$work/model/config.json")
to=$here/format-$version
if [ -e "$to" ]; then
  echo "$to is there already, and is not made anew" >&2
  exit 1
fi

# Rounding to 8 bits moves a search much further than another processor does. Sentences that get the same words and the
# same links in spite of it are far from any close decision.
{ cut -f1 "$work/bundled" | sed -n '1,70p'; cat $here/copied.txt; } > "$work/candidates"
for model in model model-8bit; do
  "$glosser" translate --model "$work/$model" -i "$work/candidates" --alignment pharaoh > "$work/$model.aligned"
done
paste "$work/candidates" "$work/model.aligned" "$work/model-8bit.aligned" | awk -F'\t' '$2 == $3 { print $1 }' |
  tail -n 32 > "$work/sentences"

for model in model model-8bit; do
  mkdir -p "$to/$model"
  # The path of a file that is gone tells nobody anything.
  sed -i.bak "s|$work/||" "$work/$model/config.json"
  for file in config.json model.safetensors tokenizer.json words.bin; do
    cp "$work/$model/$file" "$to/$model/"
  done
  "$glosser" translate --model "$work/$model" -i "$work/sentences" --format jsonl > "$to/$model.jsonl"
done
