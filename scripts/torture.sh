#!/usr/bin/env bash
# Interrupts trainings (kill -9, SIGTERM, a full disk), repeats the command, and checks that each training ends with the
# weights of an undisturbed one.
#
#   scripts/torture.sh [KILLED [STOPPED]]
#
# scripts/README.md explains it.
set -euo pipefail
cd "$(dirname "$0")/.."

killed=${1:-50} stopped=${2:-20}
glosser=${GLOSSER:-target/release/glosser}
RANDOM=${SEED:-1}
work=$(mktemp -d)
full=
cleaned_up() { [ -z "$full" ] || umount "$full" || true; rm -rf "$work"; }
trap cleaned_up EXIT

cat > "$work/small.toml" <<'TOML'
tokenizer = { vocab = 400 }
model = { embed = 32, encoder_hidden = 32, decoder_hidden = 64, attention_size = 32 }
training = { batch_tokens = 600, patience = 1000, budget = { steps = 300 } }
TOML
head -n 1500 data/train.en-fr.tsv > "$work/pairs.tsv"
head -n 60 data/dev.en-fr.tsv > "$work/dev.tsv"
faults=0
fault() { echo "FAULT: $*"; faults=$((faults + 1)); }

# train MODEL [OPTION..]: the same training command every time.
train() {
    local model=$1
    shift
    exec "$glosser" train "$work/pairs.tsv" --dev "$work/dev.tsv" --config "$work/small.toml" --threads 2 --model "$model" "$@"
}
same() { cmp -s "$work/whole/model.safetensors" "$1/model.safetensors" &&
    cmp -s "$work/whole/training/last.safetensors" "$1/training/last.safetensors"; }
# nap MS: sleeps for a random time of less than MS milliseconds.
nap() { sleep "$(awk -v ms=$((RANDOM % $1)) 'BEGIN { print ms / 1000 }')"; }

began=$(date +%s%N)
(train "$work/whole") 2> "$work/whole.err"
took=$((($(date +%s%N) - began) / 1000000))
echo "one training, undisturbed: $took ms"

echo "== $killed trainings, killed with -9 at random moments and repeated until they end"
kills=0 equal=0 unreadable=0
for run in $(seq "$killed"); do
    model=$work/killed
    rm -rf "$model"
    for try in $(seq 40); do
        # A checkpoint is saved after every step, so a kill can hit any part of writing.
        (train "$model" --save-every 0) 2> "$work/err" &
        pid=$!
        # Only the first eight tries are killed, so that every training ends.
        [ "$try" -gt 8 ] || { nap "$took"; kill -9 $pid 2> "$work/none" && kills=$((kills + 1)); } || true
        code=0
        wait $pid 2> "$work/none" || code=$?
        [ "$code" -ne 0 ] || break
        if [ "$code" -ne 137 ]; then
            unreadable=$((unreadable + 1))
            fault "run $run, try $try: exit code $code: $(tail -n 1 "$work/err")"
            break
        fi
    done
    if same "$model"; then equal=$((equal + 1)); else fault "run $run: weights differ"; fi
    left=$(find "$model" -name '.*.*' -type f | wc -l)
    [ "$left" -eq 0 ] || fault "run $run: $left files left behind"
done
echo "$kills kills; $equal of $killed ended with equal weights, $unreadable checkpoints could not be read"

echo "== $stopped trainings, sent SIGTERM during a validation"
# 20 steps, then a validation of a thousand sentences, which takes longer.
sed -n '2501,3500p' data/train.en-fr.tsv > "$work/dev.tsv"
sed -i 's/steps = 300/steps = 20/' "$work/small.toml"
began=$(date +%s%N)
(train "$work/whole" --overwrite) 2> "$work/whole.err"
echo "one training, undisturbed: $((($(date +%s%N) - began) / 1000000)) ms"
saved=0 slowest=0 later=0
for run in $(seq "$stopped"); do
    model=$work/stopped
    rm -rf "$model"
    (train "$model") 2> "$work/err" &
    pid=$!
    # After the last step is logged, the validation begins.
    until grep -qs '"step":20,' "$model/training/log.jsonl"; do sleep 0.005; done
    nap 300
    asked=$(date +%s%N)
    kill -TERM $pid
    code=0
    wait $pid || code=$?
    took=$((($(date +%s%N) - asked) / 1000000))
    [ "$took" -le "$slowest" ] || slowest=$took
    [ "$code" -eq 130 ] || fault "run $run: exit code $code: $(tail -n 1 "$work/err")"
    # On a slow machine the signal can come later, while the length penalty is chosen: that must be saved, too.
    ! grep -q '"event":"validated"' "$model/training/log.jsonl" || later=$((later + 1))
    (train "$model") 2> "$work/err" || fault "run $run: $(tail -n 1 "$work/err")"
    if grep -q 'continuing at step 20 of 20' "$work/err" && same "$model"; then
        saved=$((saved + 1))
    else
        fault "run $run: not continued from its last step, or weights differ"
    fi
done
echo "$saved of $stopped were saved and ended with equal weights ($later after the validation, while the length penalty was chosen);" \
    "the slowest took $slowest ms to end"
[ "$((2 * later))" -le "$stopped" ] || fault "most signals came after the validation"

echo "== A full disk"
full=$work/full
mkdir "$full"
if ! mount -t tmpfs -o size=16m tmpfs "$full" 2> "$work/none"; then
    full=
    if [ -z "${TORTURE_UNSHARED:-}" ] && unshare -rm true 2> "$work/none"; then
        echo "(in a name space, by unshare)"
        TORTURE_UNSHARED=1 unshare -rm "$0" 0 0 || faults=$((faults + 1))
    else
        fault "cannot mount a small file system, not even with unshare -rm: this part did not run"
    fi
else
    sed -i 's/steps = 20/steps = 120/' "$work/small.toml"
    head -n 60 data/dev.en-fr.tsv > "$work/dev.tsv"
    (train "$work/whole" --overwrite) 2> "$work/whole.err"
    (train "$full/model" --save-every 0) 2> "$work/err" &
    pid=$!
    until grep -qs '"step":40,' "$full/model/training/log.jsonl"; do sleep 0.005; done
    dd if=/dev/zero of="$full/filler" bs=1k 2> "$work/none" || true
    code=0
    wait $pid || code=$?
    [ "$code" -eq 1 ] || fault "exit code $code with a full disk: $(tail -n 1 "$work/err")"
    tail -n 1 "$work/err"
    rm "$full/filler"
    (train "$full/model" --save-every 0) 2> "$work/err" || fault "$(tail -n 1 "$work/err")"
    continued=$(grep 'continuing at step' "$work/err") || fault "the last good checkpoint was lost"
    echo "${continued:-}"
    same "$full/model" || fault "weights differ after a full disk"
fi

if [ "$faults" -ne 0 ]; then
    echo "$faults faults"
    exit 1
fi
echo "no fault"
