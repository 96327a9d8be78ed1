#!/usr/bin/env bash
# Joins the parts that translate_array.sh wrote, in order (docs/scale.md).
#
#   translate_join.sh N INPUT PARTS OUTPUT
#
# OUTPUT appears when all N parts are there, are whole and have as many lines as INPUT. Exit code 1 otherwise.
#
#SBATCH --job-name=join
#SBATCH --output=%x-%j.log
set -euo pipefail

# stop CODE MESSAGE: wrong usage (2), or parts that cannot be joined (1).
stop() { echo "translate_join.sh: $2" >&2; exit "$1"; }

[ $# -eq 4 ] || stop 2 "usage: translate_join.sh N INPUT PARTS OUTPUT"
parts=$1 input=$2 directory=$3 output=$4
[[ $parts =~ ^[1-9][0-9]*$ ]] || stop 2 "the first argument is the number of parts, not \"$parts\""
[[ -r $input && -f $input ]] || stop 2 "$input: not a file that can be read"
files=()
for part in $(seq "$parts"); do
    file=$directory/$(printf 'part-%05d-of-%05d' "$part" "$parts")
    [ -e "$file" ] || stop 1 "$file is missing: start task $part again"
    # The last byte of a part is a line end, which $(..) removes.
    [ -z "$(tail -c 1 "$file")" ] || stop 1 "$file is truncated: remove it, and start task $part again"
    files+=("$file")
done
new=$output.${SLURM_JOB_ID:-$$}.partial
trap 'rm -f "$new"' EXIT
cat "${files[@]}" > "$new"
# grep counts a last line without its line end, too.
expected=$(grep -c '' "$input" || true)
found=$(grep -c '' "$new" || true)
[ "$expected" -eq "$found" ] || stop 1 "$input has $expected lines, its parts have $found"
mv "$new" "$output"
echo "$output: $found lines of $parts parts"
