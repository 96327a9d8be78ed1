#!/usr/bin/env bash
# Translates one part of a file: a task of a Slurm array (docs/scale.md).
#
#   sbatch --array=1-N translate_array.sh N INPUT PARTS OPTION..
#
# Task K translates part K of N of the file INPUT into PARTS/part-K-of-N, which appears when it is complete. OPTION..
# are those of `glosser translate`. A task whose part exists has nothing to do.
#
#SBATCH --job-name=translate
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%A_%a.log
set -euo pipefail

[ $# -ge 4 ] || { echo "usage: sbatch --array=1-N $0 N INPUT PARTS OPTION.." >&2; exit 2; }
parts=$1 input=$2 directory=$3
shift 3
task=$SLURM_ARRAY_TASK_ID
if [ "$task" -lt 1 ] || [ "$task" -gt "$parts" ]; then
    echo "task $task is not one of 1 to $parts" >&2
    exit 2
fi
part=$directory/$(printf 'part-%05d-of-%05d' "$task" "$parts")
[ ! -e "$part" ] || { echo "$part is already complete"; exit 0; }
mkdir -p "$directory"

# A name of this run only: on a node that was lost, a former run may still be alive.
new=$part.$SLURM_JOB_ID.${SLURM_RESTART_COUNT:-0}.partial
trap 'rm -f "$new"' EXIT
codes=(0 0)
split --number="l/$task/$parts" "$input" |
    "${GLOSSER:-glosser}" translate --threads "${SLURM_CPUS_PER_TASK:-1}" "$@" > "$new" || codes=("${PIPESTATUS[@]}")
code=${codes[1]}
# If split fails, the part is not whole, although glosser ends well. (141: glosser has ended before.)
if [ "${codes[0]}" -ne 0 ] && [ "${codes[0]}" -ne 141 ]; then
    exit 1
fi
# With --strict, the exit code is 1 also if all lines are written and some of them are degraded. Such a part is kept.
lines() { grep -c '' || true; }
if [ "$code" -eq 0 ] ||
    { [ "$code" -eq 1 ] && [ "$(split --number="l/$task/$parts" "$input" | lines)" -eq "$(lines < "$new")" ]; }; then
    mv "$new" "$part"
fi
exit "$code"
