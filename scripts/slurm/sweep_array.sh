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

[ $# -ge 2 ] || { echo "usage: sbatch --array=1-N $0 SWEEP FILE.. OPTION.." >&2; exit 2; }
line=$(sed -n "${SLURM_ARRAY_TASK_ID}p" "$1")
read -r config seed rest <<< "$line"
if [ -z "${seed:-}" ] || [ -n "${rest:-}" ]; then
    echo "$1, line $SLURM_ARRAY_TASK_ID: expected a configuration and a seed, found \"$line\"" >&2
    exit 2
fi
shift
model=${RUNS:-runs}/$(basename "$config" .toml)-$seed
mkdir -p "${RUNS:-runs}"

"${GLOSSER:-glosser}" train "$@" --config "$config" --seed "$seed" --threads "${SLURM_CPUS_PER_TASK:-1}" \
    --model "$model" --format json > "$model.json" &
training=$!
running() { kill -0 "$training" 2> /dev/null; }

# TERM: Slurm takes the node away (preemption, `scontrol requeue`, `scancel`), and decides itself whether the task is
# started again. The training usually gets the signal, too. A second one would end it without a checkpoint, so this
# script sends it only if the training is still running after five seconds.
# shellcheck disable=SC2317,SC2329  # called by a trap
terminate() {
    for _ in 1 2 3 4 5; do
        running || return 0
        sleep 1
    done
    kill -TERM "$training" 2> /dev/null || true
}
# USR1: the time limit is near; Slurm would not start the task again, so this script asks for it.
out_of_time=0
trap terminate TERM
trap 'out_of_time=1; kill -TERM "$training" 2> /dev/null || true' USR1

# A signal ends `wait` early; once the training has ended, `wait` returns its exit code.
while running; do wait "$training" || true; done
code=0
wait "$training" || code=$?
if [ "$code" -eq 130 ] && [ "$out_of_time" -eq 1 ]; then
    echo "saved before the time limit; the task is started again"
    scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
