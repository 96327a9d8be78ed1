#!/usr/bin/env bash
# Trains one model of a sweep: a task of a Slurm array (docs/scale.md).
#
#   sbatch --array=1-N sweep_array.sh SWEEP FILE.. OPTION..
#
# Line K of the file SWEEP has a configuration and a seed, as in `wide.toml 3`: task K trains runs/wide-3 with them, and
# writes the result to runs/wide-3.json. FILE.. and OPTION.. are those of `glosser train`. A task that is started again
# continues; a finished one has nothing to do.
#
#SBATCH --job-name=sweep
#SBATCH --cpus-per-task=1
#SBATCH --signal=B:USR1@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%A_%a.log
set -euo pipefail

# stop CODE MESSAGE: wrong usage (2), or a training that cannot go on (1). ($0 would be a copy in Slurm's directory.)
stop() { echo "sweep_array.sh: $2" >&2; exit "$1"; }

[ $# -ge 2 ] || stop 2 "usage: sbatch --array=1-N sweep_array.sh SWEEP FILE.. OPTION.."
sweep=$1 task=${SLURM_ARRAY_TASK_ID:-}
shift
[[ -r $sweep && -f $sweep ]] || stop 2 "$sweep: not a file that can be read"
[ -n "$task" ] || stop 2 "SLURM_ARRAY_TASK_ID is not set: start this script with sbatch --array=1-N"
line=$(sed -n "${task}{s/\r\$//;p;}" "$sweep")
read -r config seed rest <<< "$line"
if ! [[ ${seed:-} =~ ^[0-9]+$ ]] || [ -n "${rest:-}" ]; then
    stop 2 "$sweep, line $task: expected a configuration and a seed, as in \"wide.toml 3\", found \"${line:0:80}\""
fi
[[ -r $config && -f $config ]] || stop 2 "$sweep, line $task: $config is not a file that can be read"
run=$(basename "$config" .toml)-$seed
lines=$(awk -v run="$run" '
    { sub(/\r$/, ""); name = $1; sub(/.*\//, "", name); sub(/\.toml$/, "", name) }
    NF == 2 && name "-" $2 == run { printf "%s%d", and, NR; and = " and " }' "$sweep")
[ "$lines" = "$task" ] || stop 2 "$sweep: lines $lines are one run, $run: files of settings need different names"
model=${RUNS:-runs}/$run
mkdir -p "${RUNS:-runs}"

# The line of a result replaces the former one only when it is written. `steps_of` adds up its steps, also those of the
# second direction.
result=$model.json.${SLURM_JOB_ID:-$$}.partial
trap 'rm -f "$result"' EXIT
is_interrupted() { grep -qs '"status":"interrupted"' "$1"; }
steps_of() { sed -n 's/.*"step":\([0-9]*\).*/\1/p' "$1" | awk '{ steps += $1 } END { print steps + 0 }'; }
before=0
if [ -d "$model" ] && is_interrupted "$model.json"; then before=$(steps_of "$model.json"); fi

# The first signal makes the training save, a second one would end it without a checkpoint. On preemption, requeue and
# `scancel`, Slurm usually sends TERM to all processes of a task. So TERM is blocked in the training, which gets one
# signal from this script. (`env` cannot block signals before coreutils 8.31: there TERM is left to Slurm.)
block=()
if env --block-signal=TERM --block-signal=INT true 2> /dev/null; then
    block=(env --block-signal=TERM --block-signal=INT)
fi
training='' is_asked=0 out_of_time=0
# shellcheck disable=SC2317,SC2329  # called by a trap
save() {
    if [ -n "$training" ] && [ "$is_asked" -eq 0 ]; then
        is_asked=1
        kill -HUP "$training" 2> /dev/null || true
    fi
}
# TERM: Slurm decides itself whether the task is started again. USR1: the time limit is near; Slurm would not start the
# task again, so this script asks for it.
trap '[ ${#block[@]} -eq 0 ] || save' TERM INT
trap 'out_of_time=1; save' USR1
"${block[@]}" "${GLOSSER:-glosser}" train "$@" --config "$config" --seed "$seed" \
    --threads "${SLURM_CPUS_PER_TASK:-1}" --model "$model" --format json > "$result" &
training=$!
[ "$out_of_time" -eq 0 ] || save

# A signal ends `wait` early; once the training has ended, `wait` returns its exit code.
while kill -0 "$training" 2> /dev/null; do wait "$training" || true; done
code=0
wait "$training" || code=$?

after=0
if is_interrupted "$result"; then after=$(steps_of "$result"); fi
[ ! -s "$result" ] || mv "$result" "$model.json"
# 129: the signal came before glosser was ready for signals.
if [ "$out_of_time" -eq 1 ] && { [ "$code" -eq 130 ] || [ "$code" -eq 129 ]; }; then
    [ "$after" -gt "$before" ] ||
        stop 1 "$model: the time limit came before a new step was saved; not started again: use a longer --time"
    echo "saved at step $after before the time limit; the task is started again"
    scontrol requeue "${SLURM_JOB_ID:-}" ||
        stop 1 "$model: scontrol requeue failed; run the same sbatch again to continue"
fi
exit "$code"
