#!/usr/bin/env bash
# Writes tests/golden/format-N, where N is the current format version: a model, its 8-bit version, and translations by
# both. Run it only for a new format version; see README.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/golden

cargo build --release --locked -p glosser --bins
glosser=$PWD/target/release/glosser
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Short pairs, which a very small model can learn. Some of them also serve as validation pairs.
awk -F'\t' 'split($1, words, " ") <= 6' data/train.en-fr.tsv | sed -n '1,400p' > "$work/bundled"
sed -n '1,40p' "$work/bundled" > "$work/dev"
"$glosser" train "$work/bundled" --dev "$work/dev" --model "$work/model" --config $here/small.toml --steps 5000 \
  --threads 1 --quiet
"$glosser" quantize --model "$work/model" --output "$work/model-8bit"

version=$(sed -n 's/.*"format_version": *\([0-9]*\).*/\1/p' "$work/model/config.json")
to=$here/format-$version
if [ -e "$to" ]; then
  echo "$to exists already and must not be changed" >&2
  exit 1
fi

# Rounding to 8 bits changes log probabilities far more than another processor does. A sentence that gets the same words
# and links from both models therefore depends on no close decision.
{ cut -f1 "$work/bundled" | sed -n '1,70p'; cat $here/copied.txt; } > "$work/all"
for model in model model-8bit; do
  "$glosser" translate --model "$work/$model" -i "$work/all" --alignment pharaoh > "$work/$model.aligned"
done
paste "$work/all" "$work/model.aligned" "$work/model-8bit.aligned" | awk -F'\t' '$2 == $3 { print $1 }' |
  tail -n 32 > "$work/sentences"

for model in model model-8bit; do
  mkdir -p "$to/$model"
  # The temporary folder is gone afterwards, so its path is removed.
  sed -i.bak "s|$work/||" "$work/$model/config.json"
  for file in config.json model.safetensors text.json tokenizer.json words.bin; do
    cp "$work/$model/$file" "$to/$model/"
  done
  "$glosser" translate --model "$work/$model" -i "$work/sentences" --format jsonl > "$to/$model.jsonl"
done
