#!/usr/bin/env bash
# shellcheck disable=SC2154  # variables and functions of check_scale.sh
# The parts of check_scale.sh that need Slurm: Debian's, on one node inside name spaces (slurm_node.sh).

need_slurm() {
    need munged munge
    need slurmctld slurmctld slurm-client
    need slurmd slurmd slurm-client
    need unshare util-linux
    need ip iproute2
    [ "$(id -u)" -eq 0 ] || { echo "Slurm's parts need root" >&2; exit 2; }
}
# on_slurm PART: runs the part where Slurm is.
on_slurm() {
    rm -rf "$work/slurm"
    mkdir -p "$work/slurm"
    KEEP=$work GLOSSER=$glosser "$here/check_scale/slurm_node.sh" "$work/slurm" "$here/check_scale.sh" "$1" || fail "$1"
}
# state JOB: the state of a job or task.
state() { scontrol show job "$1" 2> "$work/err" | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p' | head -n 1; }
# wait_until_over SECONDS: until no job waits or runs.
wait_until_over() {
    local _
    for _ in $(seq "$(($1 * 2))"); do
        [ -n "$(squeue --noheader)" ] || return 0
        sleep 0.5
    done
    fail "jobs did not end: $(squeue --noheader | head -n 3)"
    return 1
}

# Eight parts; a task is requeued while it runs. Then what is missing is started again by the same command.
check_slurm_translate() {
    rm -rf "$work/parts" "$work/big.fr" "$work"/translate-*.log
    local small='s/16/8/g; s/--cpus-per-task=4/--cpus-per-task=1/'
    follow slurm-translate "$small" || return 0
    local _
    for _ in $(seq 100); do
        [ "$(state 1_1)" != RUNNING ] || break
        sleep 0.1
    done
    (cd "$work" && scontrol requeue 1_1) || fail "scontrol requeue"
    wait_until_over 240
    same "$work/one.fr" "$work/big.fr" "array of 8 tasks, one requeued: the bytes of one process"
    if grep -q 'Restarts=1' <(scontrol show job 1_1); then
        ok "task 1 was started twice"
    else
        fail "task 1 was not requeued"
    fi

    rm "$work/parts/part-00003-of-00008" "$work/big.fr" "$work"/translate-*.log
    follow slurm-translate "$small" || return 0
    wait_until_over 120
    same "$work/one.fr" "$work/big.fr" "the same command again makes the missing part only"
    [ "$(grep -l 'already complete' "$work"/translate-*.log | wc -l)" -eq 7 ] || fail "other parts were made again"
    [ "$(find "$work/parts" -name '*partial' | wc -l)" -eq 0 ] || fail "partial files are left behind"

    # A part that is missing, one that has lost a line, and one that is truncated in its last line.
    rm -f "$work/big.fr" "$work/parts/part-00004-of-00008"
    join() { (cd "$work" && scripts/slurm/translate_join.sh 8 big.txt parts big.fr) 2> "$work/err"; }
    join && fail "joined without a part"
    sed 1d "$work/parts/part-00005-of-00008" > "$work/parts/part-00004-of-00008"
    join && fail "joined with lost lines"
    truncate -s -2 "$work/parts/part-00008-of-00008"
    join && fail "joined with a truncated line"
    grep -q 'is truncated' "$work/err" || fail "not named as truncated: $(cat "$work/err")"
    if [ -e "$work/big.fr" ]; then
        fail "an incomplete file"
    else
        ok "parts that are missing or short are not joined"
    fi
    check_translate_failures
}

# Tasks without Slurm that fail: a disk that is full in the last line, and a split that fails, leave no part.
check_translate_failures() {
    local bad=$work/bad
    rm -rf "$bad"
    mkdir -p "$bad/bin"
    head -n 30 "$work/big.txt" > "$bad/short.txt"
    task() {
        (cd "$bad" && SLURM_ARRAY_TASK_ID=1 "$here/slurm/translate_array.sh" 1 short.txt parts "$@") 2> "$work/err"
    }
    (trap '' XFSZ && ulimit -f 1 && task --model ../en-fr --quiet --strict) && fail "a full disk gives exit code 0"
    printf '#!/bin/sh\n"%s" "$@"\nexit 1\n' "$(command -v split)" > "$bad/bin/split"
    chmod +x "$bad/bin/split"
    PATH=$bad/bin:$PATH task --model ../en-fr --quiet && fail "a split that fails gives exit code 0"
    task --model ../en-fr --output other && fail "--output is not refused"
    if [ -z "$(ls "$bad/parts")" ]; then ok "a task that fails leaves nothing"; else fail "left: $(ls "$bad/parts")"; fi
}

# Six trainings on two processors, interrupted in every way that Slurm has.
check_slurm_sweep() {
    rm -rf "$work/runs" "$work"/sweep-*.log
    follow slurm-sweep 's/--cpus-per-task=4/--cpus-per-task=1/' || return 0
    wait_for_step 40 || return 0
    # Two trainings run. The time limit of one is near; the other one is sent SIGTERM, alone with its script.
    local running first second
    mapfile -t running < <(squeue --noheader --states=RUNNING --format=%A | sort -n)
    [ ${#running[@]} -eq 2 ] || { fail "two tasks should run, not ${running[*]}"; return; }
    first=${running[0]} second=${running[1]}
    # scancel sends again and again while a job changes its state; one USR1 is enough. SIGTERM may come several times.
    timeout 2 scancel --batch --signal=USR1 "$first" 2> "$work/err" || true
    timeout 2 scancel --full --signal=TERM "$second" 2> "$work/err" || true
    timeout 2 scancel --full --signal=TERM "$second" 2> "$work/err" || true
    wait_for_line 'saved at step [0-9]* before the time limit' && ok "job $first: USR1 saves, and the task asks for its requeue"
    for _ in $(seq 100); do
        [ "$(state "$second")" != FAILED ] || break
        sleep 0.2
    done
    if [ "$(state "$second")" = FAILED ]; then
        scontrol requeue "$second"
        ok "job $second: SIGTERM saves (exit code $(exit_code "$second")); requeued by hand"
    else
        fail "job $second: $(state "$second") after SIGTERM"
    fi
    # Others have started by now: a job of a higher partition takes the node from them.
    sleep 4
    (cd "$work" && sbatch --parsable --partition=high --exclusive --output=high.log --wrap 'echo preempted > preempted') \
        > "$work/out"
    wait_until_over 600 || return 0
    if [ -e "$work/preempted" ] && grep -q 'preempted' "$work/slurm/slurmctld.log"; then
        ok "a job of higher priority has preempted others"
    else
        fail "nothing was preempted"
    fi
    local continued
    continued=$(cat "$work"/sweep-*.log | grep -c 'continuing at step')
    if [ "$continued" -ge 3 ]; then ok "trainings continued $continued times"; else fail "continued $continued times"; fi
    same_models
    check_table
    # The same command again: nothing to do.
    follow slurm-sweep 's/--cpus-per-task=4/--cpus-per-task=1/' || return 0
    wait_until_over 120
    if [ "$(jq -s 'map(select(.status == "already_finished")) | length' "$work"/runs/*.json)" -eq 6 ]; then
        ok "the same command again trains nothing"
    else
        fail "the same command again: $(jq -c .status "$work"/runs/*.json | sort | uniq -c | tr '\n' ' ')"
    fi
}
exit_code() { scontrol show job "$1" | sed -n 's/.* ExitCode=\([0-9:]*\).*/\1/p' | head -n 1; }
# wait_for_line TEXT: until the log of a task has a line with the text.
wait_for_line() {
    local _
    for _ in $(seq 150); do
        ! grep -qs "$1" "$work"/sweep-*.log || return 0
        sleep 0.2
    done
    fail "no log has a line \"$1\": $(tail -n 2 "$work"/sweep-*.log)"
    return 1
}
