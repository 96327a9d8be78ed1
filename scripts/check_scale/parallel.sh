#!/usr/bin/env bash
# shellcheck disable=SC2154  # variables and functions of check_scale.sh
# The parts of check_scale.sh that need GNU parallel only.

check_parallel() {
    follow pipe && same "$work/one.fr" "$work/big.fr" "--pipe -k: $(blocks) blocks have the bytes of one process"
    follow pipe-part && same "$work/one.fr" "$work/big.fr" "--pipe-part: the bytes of one process"
    check_columns
    check_ssh
    check_strict
    check_halt
}
blocks() { echo $(($(wc -c < "$work/big.txt") / 10000 + 1)); }

check_columns() {
    if ! glosser translate --help | grep -q -e '--column'; then
        fail "this program has no translate --column"
        return
    fi
    head -n "${LINES_OF_TEXT:-1500}" "$work/big.txt" | tr '\t' ' ' | awk '{ print NR "\t" $0 "\tx" }' > "$work/table.tsv"
    head -n "${LINES_OF_TEXT:-1500}" "$here/../data/train.en-fr.tsv" |
        jq -cR 'split("\t") | {id: input_line_number, text: .[0], more: [.[1]]}' > "$work/rows.jsonl"
    (cd "$work" && glosser translate --model en-fr --quiet --column 2 -i table.tsv > one.tsv &&
        glosser translate --model en-fr --quiet --column text -i rows.jsonl > one.jsonl) || fail "translate --column"
    follow columns || return 0
    same "$work/one.tsv" "$work/table.fr.tsv" "--column 2 of a TSV: the bytes of one process"
    same "$work/one.jsonl" "$work/rows.fr.jsonl" "--column text of JSON Lines: the bytes of one process"
}

# A server of our own on a free port takes the place of two other machines.
check_ssh() {
    need sshd openssh-server openssh-client
    local sshd port
    sshd=$(command -v sshd) port=$((20000 + RANDOM % 10000))
    mkdir -p "$work/ssh" /run/sshd
    [ -e "$work/ssh/host" ] || ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/host"
    [ -e "$work/ssh/key" ] || ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/key"
    cp "$work/ssh/key.pub" "$work/ssh/authorized"
    "$sshd" -D -p "$port" -o ListenAddress=127.0.0.1 -o "HostKey=$work/ssh/host" -o StrictModes=no -o UsePAM=no \
        -o "AuthorizedKeysFile=$work/ssh/authorized" -o PidFile=none -o "SetEnv=PATH=$PATH" -f /dev/null \
        2> "$work/ssh/sshd.err" &
    local server=$!
    {
        printf 'Host node1 node2\n    HostName 127.0.0.1\n    Port %s\n    IdentityFile %s\n' "$port" "$work/ssh/key"
        printf '    StrictHostKeyChecking no\n    UserKnownHostsFile %s\n    LogLevel ERROR\n' "$work/ssh/known"
    } > "$work/ssh/config"
    sleep 1
    export PARALLEL_SSH="ssh -F $work/ssh/config"
    follow ssh 's|8/node1,8/node2,4/:|1/node1,1/node2,1/:|' &&
        same "$work/one.fr" "$work/big.fr" "--sshlogin, two logins and this machine: the bytes of one process"
    unset PARALLEL_SSH
    kill "$server" 2> "$work/err" || fail "sshd: $(cat "$work/ssh/sshd.err")"
}

check_strict() {
    rm -f "$work/big.fr"
    follow strict || return 0
    # The bytes that are not UTF-8 are in one block.
    if grep -q '^1 blocks' "$work/out"; then
        ok "--strict: one block is reported"
    else
        fail "--strict: $(cat "$work/out")"
    fi
    same "$work/one.fr" "$work/big.fr" "--strict: all lines are written"
}

# A process that fails: with --halt there must be no file with the final name.
check_halt() {
    rm -f "$work/big.fr"
    recipe pipe 's/--block 1M/--block 10k/; s/-j 8/-j 2/; s/--model en-fr/--model missing/' > "$work/out"
    if (cd "$work" && bash recipe-pipe.sh) > "$work/out" 2> "$work/err"; then
        fail "--halt: a process that fails gives exit code 0"
    elif [ -e "$work/big.fr" ]; then
        fail "--halt: a process that fails leaves the final file"
    else
        ok "--halt: a process that fails leaves no final file"
    fi
    rm -f "$work/errors.txt"
    recipe pipe "s/-j 8/-j 2/; s/--model en-fr/--model missing/; s/--quiet/& '2>>' \"\$PWD\/errors.txt\"/" > "$work/out"
    (cd "$work" && bash recipe-pipe.sh) > "$work/out" 2> "$work/err" && fail "--halt: exit code 0"
    if grep -qs 'no model directory' "$work/errors.txt"; then
        ok "--halt: the reason is in the file of messages"
    else
        fail "--halt: no reason: $(tail -n 2 "$work/err")"
    fi
}

# Two settings of tiny models, three seeds; and the six models of trainings without an interruption.
prepare_sweep() {
    head -n 1500 "$here/../data/train.en-fr.tsv" > "$work/pairs.tsv"
    head -n 60 "$here/../data/dev.en-fr.tsv" > "$work/dev.tsv"
    local name units seed
    for name in small wide; do
        units=32
        [ $name = small ] || units=48
        printf '%s\n' 'tokenizer = { vocab = 400 }' \
            "model = { embed = $units, encoder_hidden = $units, decoder_hidden = 64, attention_size = 32, ensemble = 1 }" \
            "training = { batch_tokens = 300, patience = 1000, budget = { steps = ${STEPS:-1000} } }" > "$work/$name.toml"
        for seed in 1 2 3; do
            [ ! -e "$work/whole/$name-$seed.done" ] || continue
            mkdir -p "$work/whole"
            (cd "$work" && glosser train pairs.tsv --dev dev.tsv --config "$name.toml" --seed "$seed" --threads 1 \
                --quiet --overwrite --model "whole/$name-$seed") || exit 2
            touch "$work/whole/$name-$seed.done"
        done
    done
}

# same_models: the six models in runs are those without an interruption.
same_models() {
    local name equal=0
    for name in small-1 small-2 small-3 wide-1 wide-2 wide-3; do
        if cmp -s "$work/whole/$name/model.safetensors" "$work/runs/$name/model.safetensors" &&
            cmp -s "$work/whole/$name/training/last.safetensors" "$work/runs/$name/training/last.safetensors" &&
            cmp -s <(settings_of whole) <(settings_of runs); then
            equal=$((equal + 1))
        else
            fail "runs/$name differs from whole/$name"
        fi
    done
    [ "$equal" -ne 6 ] || ok "six models equal those of trainings without an interruption, byte for byte"
}
# The card of a model, without the time that its training took.
settings_of() { jq 'del(.provenance.seconds?)' "$work/$1/$name/config.json"; }

# The report on standard output has one row per setting; each model has one line of the table.
check_table() {
    follow sweep-table || return 0
    local results
    results=$(grep -cE '^runs/(small|wide)-[123]/\s+finished\s' "$work/out" || true)
    if [ -s "$work/sweep.html" ] && [ "$results" -eq 6 ]; then
        ok "one report, and one table of six results"
    else
        fail "table: $results results: $(head -n 3 "$work/out")"
    fi
    sed 's/^/        /' "$work/out"
}

# parallel is stopped by SIGTERM in the middle of its first trainings; the same command continues.
check_parallel_sweep() {
    rm -rf "$work/runs" "$work/sweep.log"
    local pid code=0 continued
    recipe parallel-sweep 's/--threads 4/--threads 1/; s/--quiet//' > "$work/out"
    (cd "$work" && exec bash recipe-parallel-sweep.sh) > "$work/out" 2> "$work/err" &
    local shell=$!
    wait_for_step 60
    pid=$(pgrep -P "$shell" -f parallel | head -n 1)
    kill -TERM "$pid"
    wait "$shell" || code=$?
    if [ "$code" -ne 0 ] && [ ! -e "$work/runs/wide-3" ]; then
        ok "SIGTERM stops the sweep (exit code $code)"
    else
        fail "SIGTERM: exit code $code"
    fi
    follow parallel-sweep 's/--threads 4/--threads 1/; s/--quiet//' || return 0
    continued=$(grep -c 'continuing at step' "$work/err" || true)
    if [ "$continued" -ge 1 ]; then
        ok "the same command continues $continued trainings"
    else
        fail "nothing was continued"
    fi
    same_models
    check_table
}
# wait_for_step N: until a training in runs has logged step N.
wait_for_step() {
    local _
    for _ in $(seq 1200); do
        ! grep -qs "\"step\":$1," "$work"/runs/*/training/log.jsonl || return 0
        sleep 0.1
    done
    fail "no training has reached step $1"
    return 1
}
