#!/usr/bin/env bash
# Measures the word links of glosser, eflomal and fast_align on the same annotated corpora: quality, time, memory.
# scripts/README.md explains it.
# shellcheck disable=SC2317,SC2329  # `row` calls functions by name.
set -euo pipefail
export LC_ALL=C.UTF-8

usage() {
    cat <<'USAGE'
usage: scripts/compare_aligners.sh CORPORA [PART..]

  CORPORA  a folder with any of
             xlwa/LANG.pairs.tsv.gz        pairs of one language; the first ones are annotated
             xlwa/LANG.gold.align          links of these first pairs
             hansards/train.en-fr.tsv.gz   pairs that are not annotated
             hansards/gold.en-fr.tsv       annotated pairs, and their links in gold.en-fr.align
             hansards/dev.en-fr.tsv.gz     validation pairs for the parts models and models-new, if it is there
  PART     statistical  all aligners on all pairs, the annotated ones included
           new          glosser learns from the other pairs, then aligns the annotated ones as new sentences
           models       glosser trains models on all pairs, then aligns the annotated ones (long)
           models-new   glosser trains models on the other pairs, then aligns the annotated ones (long)
           (default: statistical new)

Variables: GLOSSER=PATH is the program, ONLY="bg hansards" names corpora, RUNS=3 runs the aligners of the first two
parts three times and prints the run with the median AER, SEED=7 is the seed of trainings, FAST_ALIGN=PATH is a folder
or archive with the sources of fast_align, KEEP=DIRECTORY keeps all files. The tables are printed in Markdown.
USAGE
}

case ${1:-} in
    -h | --help) usage; exit ;;
    '' | -*) usage >&2; exit 2 ;;
esac
folder=$(realpath -e -- "$1") || exit 2
parts=(statistical new)
[ $# -lt 2 ] || parts=("${@:2}")
for part in "${parts[@]}"; do
    case $part in
        statistical | new | models | models-new) ;;
        *) printf 'error: unknown part %s\n\n' "$part" >&2; usage >&2; exit 2 ;;
    esac
done

here=$(cd "$(dirname "$0")" && pwd)
glosser=$(realpath -e -- "${GLOSSER:-$here/../target/release/glosser}") ||
    { echo "build the program first (cargo build --release), or name it with GLOSSER" >&2; exit 2; }
runs=${RUNS:-1}
[[ $runs =~ ^[1-9][0-9]*$ ]] || { echo "RUNS is a number of runs, not $runs" >&2; exit 2; }
tools=$here/../target/compare_aligners
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)
if [ -n "${KEEP:-}" ]; then
    mkdir -p "$KEEP"
    work=$(cd "$KEEP" && pwd)
else
    work=$(mktemp -d "$tools/work.XXXXXX")
    trap 'rm -rf "$work"' EXIT
fi
time=$(type -P time) || { apt-get install -y --no-install-recommends time >&2 && time=$(type -P time); } || exit 2
failed=0
say() { echo "$*" >&2; }
left_out() { echo "left out: $*"; }

# The corpora in the order of the table.
names=()
for file in "$folder"/xlwa/*.pairs.tsv.gz; do
    [ ! -e "$file" ] || names+=("$(basename "$file" .pairs.tsv.gz)")
done
[ ! -e "$folder/hansards/train.en-fr.tsv.gz" ] || names+=(hansards)
[ ${#names[@]} -gt 0 ] || { echo "$1 has no xlwa/LANG.pairs.tsv.gz and no hansards/train.en-fr.tsv.gz" >&2; exit 2; }
if [ -n "${ONLY:-}" ]; then
    read -ra wanted <<< "$ONLY"
    for name in "${wanted[@]}"; do
        [[ " ${names[*]} " == *" $name "* ]] || { echo "$1 has no corpus $name; it has ${names[*]}" >&2; exit 2; }
    done
    names=("${wanted[@]}")
fi

# prepare CORPUS: writes pairs.tsv (all), gold.tsv (the annotated ones), rest.tsv (the others), gold.align and joint.
# The annotated pairs are the first of XL-WA and the last of Hansards; `annotated` prints their lines of a file.
prepare() {
    local to=$work/$1 count
    mkdir -p "$to"
    if [ "$1" = hansards ]; then
        cp "$folder/hansards/gold.en-fr.align" "$to/gold.align"
        cp "$folder/hansards/gold.en-fr.tsv" "$to/gold.tsv"
        gzip -dc "$folder/hansards/train.en-fr.tsv.gz" > "$to/rest.tsv"
        [ ! -e "$folder/hansards/dev.en-fr.tsv.gz" ] || gzip -dc "$folder/hansards/dev.en-fr.tsv.gz" > "$to/dev.tsv"
        cat "$to/rest.tsv" "$to/gold.tsv" > "$to/pairs.tsv"
    else
        cp "$folder/xlwa/$1.gold.align" "$to/gold.align"
        gzip -dc "$folder/xlwa/$1.pairs.tsv.gz" > "$to/pairs.tsv"
        count=$(wc -l < "$to/gold.align")
        head -n "$count" "$to/pairs.tsv" > "$to/gold.tsv"
        tail -n +$((count + 1)) "$to/pairs.tsv" > "$to/rest.tsv"
    fi
    chmod u+w "$to"/gold.*
    # The form that eflomal and fast_align read.
    awk -F'\t' '{ print $1 " ||| " $2 }' "$to/pairs.tsv" > "$to/joint"
    sed 's/.*/\L&/' "$to/joint" > "$to/joint.lower"
}
annotated() {
    local count
    count=$(wc -l < "$work/$1/gold.align")
    if [ "$1" = hansards ]; then tail -n "$count" "$2"; else head -n "$count" "$2"; fi
}

# measured COSTS COMMAND..: runs a command; appends wall time, processor time (s) and peak memory (MB) to COSTS.
measured() {
    local costs=$1
    shift
    "$time" -o "$work/time" -f '%e %U %S %M' "$@" 2> "$work/messages" ||
        { say "failed: $*"; tail -n 5 "$work/messages" >&2; return 1; }
    awk '{ printf "%.2f %.2f %.1f\n", $1, $2 + $3, $4 * 1.024 / 1000 }' "$work/time" >> "$costs"
}
# costs COSTS: the sums of the times and the largest memory.
costs() { awk '{ wall += $1; cpu += $2; if ($3 > mb) mb = $3 } END { print wall, cpu, mb }' "$1"; }
# score CORPUS LINKS: AER, precision, recall.
score() { "$glosser" aer --gold "$work/$1/gold.align" "$2" | awk '{ print $2, $4, $6 }'; }
# score_glosser CORPUS NAME: the result of glosser, from NAME.links and NAME.costs.
score_glosser() {
    local scored
    scored=$(score "$1" "$work/$1/$2.links") || return 1
    echo "$scored $(costs "$work/$1/$2.costs") mean"
}
# better CORPUS NAME: joins NAME.forward and NAME.reverse in two ways; prints the score and the way with the lower AER.
better() {
    local to=$work/$1 side method scored
    for side in forward reverse; do annotated "$1" "$to/$2.$side" > "$to/$2.$side.gold"; done
    for method in intersection grow-diag-final-and; do
        "$glosser" symmetrize "$to/$2.forward.gold" "$to/$2.reverse.gold" --method "$method" > "$to/$2.$method" &&
            scored=$(score "$1" "$to/$2.$method") || return 1
        echo "$scored $method"
    done | sort -n | head -n 1
}

# The aligners. Each gets a corpus and prints `AER precision recall wall cpu MB way`.
align_glosser() {
    local to=$work/$1
    measured "$to/glosser.costs" "$glosser" align-statistical --quiet "$to/pairs.tsv" > "$to/glosser.all" || return 1
    annotated "$1" "$to/glosser.all" > "$to/glosser.links"
    score_glosser "$1" glosser
}
align_eflomal() {
    local to=$work/$1 scored
    measured "$to/eflomal.costs" "$tools/python/bin/eflomal-align" --overwrite -i "$to/joint" \
        -f "$to/eflomal.forward" -r "$to/eflomal.reverse" || return 1
    scored=$(better "$1" eflomal) || return 1
    echo "${scored% *} $(costs "$to/eflomal.costs") ${scored##* }"
}
# The second argument is a suffix of the input: nothing, or `.lower`.
align_fast_align() {
    local to=$work/$1 name=fast_align${2:-} side scored
    for side in forward reverse; do
        local options=(-d -o -v)
        [ "$side" = forward ] || options+=(-r)
        measured "$to/$name.costs" "$tools/fast_align-build/fast_align" "${options[@]}" -i "$to/joint${2:-}" \
            > "$to/$name.$side" || return 1
    done
    scored=$(better "$1" "$name") || return 1
    echo "${scored% *} $(costs "$to/$name.costs") ${scored##* }"
}
align_fast_align_lower() { align_fast_align "$1" .lower; }

# Glosser on pairs that it did not learn from.
new_learn() {
    local to=$work/$1
    measured "$to/learn.costs" "$glosser" align-statistical --quiet "$to/rest.tsv" --save "$to/statistics" \
        --format none || return 1
    echo "- - - $(costs "$to/learn.costs") -"
}
new_align() {
    local to=$work/$1
    measured "$to/new.costs" "$glosser" align-statistical --quiet "$to/gold.tsv" --load "$to/statistics" "${@:2}" \
        > "$to/new.links" || return 1
    score_glosser "$1" new
}
new_adapt() { new_align "$1" --adapt; }

# Models of both directions. The second argument names the pairs: pairs or rest.
model_train() {
    local to=$work/$1
    local options=(--both-directions --seed "${SEED:-1}" --model "$to/model")
    [ ! -e "$to/dev.tsv" ] || options+=(--dev "$to/dev.tsv" --epochs 3)
    rm -rf "$to/model"
    measured "$to/train.costs" "$glosser" train --quiet "$to/$2.tsv" "${options[@]}" > "$to/train.log" || return 1
    echo "- - - $(costs "$to/train.costs") -"
}
model_align() {
    local to=$work/$1
    measured "$to/model.costs" "$glosser" align --quiet --model "$to/model" --links "$2" "$to/gold.tsv" \
        > "$to/model.links" || return 1
    score_glosser "$1" model
}

header() {
    printf '\n%s\n\n' "$1"
    echo '| corpus | aligner | links | AER % | precision | recall | wall s | processor s | peak MB |'
    echo '| --- | --- | --- | --- | --- | --- | --- | --- | --- |'
}
# row CORPUS LABEL RUNS COMMAND..: runs a measurement RUNS times; prints the run with the median AER, or `failed`.
row() {
    local name=$1 label=$2 count=$3 run
    shift 3
    say "$name: $label"
    : > "$work/runs"
    for ((run = 0; run < count; run++)); do
        rm -f "$work/$name"/*.costs
        "$@" >> "$work/runs" || { failed=1; echo "| $name | $label | failed | | | | | | |"; return 1; }
    done
    sort -n "$work/runs" | sed -n "$(((count + 1) / 2))p" | awk -v name="$name" -v label="$label" '{
        if ($1 == "-") $1 = $2 = $3 = $7 = ""
        printf "| %s | %s | %s | %s | %s | %s | %.1f | %.1f | %.0f |\n", name, label, $7, $1, $2, $3, $4, $5, $6 }'
}

statistical() {
    local eflomal=1 fast_align=1 name
    "$here/compare_aligners/install.sh" eflomal "$tools" > "$tools/eflomal.log" 2>&1 ||
        { eflomal=0; left_out "eflomal cannot be installed: $(tail -n 1 "$tools/eflomal.log")"; }
    "$here/compare_aligners/install.sh" fast_align "$tools" > "$tools/fast_align.log" 2>&1 ||
        { fast_align=0; left_out "fast_align cannot be installed: $(tail -n 1 "$tools/fast_align.log")"; }
    header "All pairs, the annotated ones included:"
    for name in "${names[@]}"; do
        row "$name" "glosser align-statistical" "$runs" align_glosser "$name" || true
        [ "$eflomal" -eq 0 ] || row "$name" eflomal "$runs" align_eflomal "$name" || true
        [ "$fast_align" -eq 1 ] || continue
        row "$name" fast_align "$runs" align_fast_align "$name" || continue
        cmp -s "$work/$name/joint" "$work/$name/joint.lower" ||
            row "$name" "fast_align, lower-cased text" "$runs" align_fast_align_lower "$name" || true
    done
}

new() {
    local name
    if ! "$glosser" align-statistical --help | grep -q -- '--save'; then
        left_out "new, because this program has no align-statistical --save"
        return
    fi
    header "The annotated pairs as new sentences:"
    for name in "${names[@]}"; do
        row "$name" "glosser align-statistical --save, the other pairs" 1 new_learn "$name" || continue
        row "$name" "--load" "$runs" new_align "$name" || true
        row "$name" "--load --adapt" "$runs" new_adapt "$name" || true
    done
}

# models PAIRS TITLE: PAIRS is pairs (all) or rest (without the annotated ones).
models() {
    local name reading readings=()
    for reading in joint statistical aligner; do
        if "$glosser" align --help | grep -q -- "- $reading:"; then
            readings+=("$reading")
        else
            left_out "--links $reading, because this program does not have it"
        fi
    done
    header "$2"
    for name in "${names[@]}"; do
        row "$name" "glosser train --both-directions" 1 model_train "$name" "$1" || continue
        for reading in "${readings[@]}"; do
            row "$name" "align --model, --links $reading" 1 model_align "$name" "$reading" || true
        done
    done
}

for name in "${names[@]}"; do
    prepare "$name"
    [ "$(wc -l < "$work/$name/gold.tsv")" -eq "$(wc -l < "$work/$name/gold.align")" ] ||
        { echo "$name: the annotated pairs and their links have different numbers of lines" >&2; exit 2; }
done
echo "$("$glosser" --version), $(nproc) processors, median of $runs run(s)"
for part in "${parts[@]}"; do
    case $part in
        statistical) statistical ;;
        new) new ;;
        models) models pairs "Models trained on all pairs, the annotated ones included:" ;;
        models-new) models rest "Models trained without the annotated pairs:" ;;
    esac
done
exit "$failed"
