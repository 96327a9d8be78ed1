#!/usr/bin/env bash
# Joins the parts that translate_array.sh wrote, in order (docs/scale.md).
#
#   translate_join.sh N INPUT PARTS OUTPUT
#
# OUTPUT appears when all N parts are there and have as many lines as INPUT. Exit code 1 otherwise.
#
#SBATCH --job-name=join
#SBATCH --output=%x-%j.log
set -euo pipefail

[ $# -eq 4 ] || { echo "usage: $0 N INPUT PARTS OUTPUT" >&2; exit 2; }
parts=$1 input=$2 directory=$3 output=$4
files=()
for part in $(seq "$parts"); do
    file=$directory/$(printf 'part-%05d-of-%05d' "$part" "$parts")
    [ -e "$file" ] || { echo "$file is missing: start task $part again" >&2; exit 1; }
    files+=("$file")
done
cat "${files[@]}" > "$output.partial"
# grep counts a last line without its line end, too.
expected=$(grep -c '' "$input" || true)
found=$(grep -c '' "$output.partial" || true)
[ "$expected" -eq "$found" ] || { echo "$input has $expected lines, its parts have $found" >&2; exit 1; }
mv "$output.partial" "$output"
echo "$output: $found lines of $parts parts"
