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

# refuse MESSAGE: wrong usage. ($0 would be a copy in Slurm's spool directory.)
refuse() { echo "translate_array.sh: $*" >&2; exit 2; }

[ $# -ge 3 ] || refuse "usage: sbatch --array=1-N translate_array.sh N INPUT PARTS OPTION.."
parts=$1 input=$2 directory=$3 task=${SLURM_ARRAY_TASK_ID:-}
shift 3
[[ $parts =~ ^[1-9][0-9]*$ ]] || refuse "the first argument is the number of parts, not \"$parts\""
[ -n "$task" ] || refuse "SLURM_ARRAY_TASK_ID is not set: start this script with sbatch --array=1-$parts"
[[ $task -ge 1 && $task -le $parts ]] || refuse "task $task is not one of 1 to $parts: use --array=1-$parts"
[[ -r $input && -f $input ]] || refuse "$input: not a file that can be read"
for option in "$@"; do
    case $option in
        -i* | --input* | -o* | --output*) refuse "$option: input and output are INPUT and PARTS" ;;
    esac
done
part=$directory/$(printf 'part-%05d-of-%05d' "$task" "$parts")
[ ! -e "$part" ] || { echo "$part is already complete"; exit 0; }
mkdir -p "$directory"

# A name of this start only: on a node that was lost, a former start may still be alive. glosser gives the file this
# name when all lines are written, also with --strict; until then it ends in `.partial`.
new=$part.${SLURM_JOB_ID:-$$}.${SLURM_RESTART_COUNT:-0}
trap 'rm -f "$new" "$new.partial"' EXIT
exec 3< <(exec split --number="l/$task/$parts" "$input")
split=$!
"${GLOSSER:-glosser}" translate --threads "${SLURM_CPUS_PER_TASK:-1}" "$@" --output "$new" <&3 3<&- &
glosser=$!
exec 3<&-
trap 'kill -TERM "$glosser" 2> /dev/null || true' TERM INT HUP

# A signal ends `wait` early; once glosser has ended, `wait` returns its exit code.
while kill -0 "$glosser" 2> /dev/null; do wait "$glosser" || true; done
code=0
wait "$glosser" || code=$?
if [ -e "$new" ]; then
    # If split fails, the part is not whole, although glosser ends well.
    wait "$split" || { echo "translate_array.sh: $input: its part $task could not be read" >&2; exit 1; }
    mv "$new" "$part"
else
    echo "translate_array.sh: part $task is not complete and not kept: start task $task again" >&2
fi
exit "$code"
