#!/usr/bin/env bash
# Fuzzes every parser and file format with libFuzzer. An input that panics, takes more than twenty seconds or needs more
# than two gigabytes is kept in fuzz/artifacts, and the exit code is 1.
#
#   scripts/fuzz.sh [SECONDS [TARGET...]]     by default 600 seconds for each target
#
# Needs a Rust toolchain (stable or nightly), and a C++ compiler for libFuzzer. The flags for coverage are those of
# cargo-fuzz; RUSTC_BOOTSTRAP makes a stable compiler accept them. SANITIZER=none builds without the address sanitizer: an
# input then takes half the time, but faults of unsafe code are not found.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

seconds=${1:-600}
shift $(($# > 0 ? 1 : 0))
host=$(rustc -vV | sed -n 's/^host: //p')
sanitizer=${SANITIZER:-address}

flags="--cfg fuzzing -Cpasses=sancov-module"
for option in level=4 inline-8bit-counters pc-table trace-compares; do
  flags+=" -Cllvm-args=-sanitizer-coverage-$option"
done
if [ "$sanitizer" != none ]; then
  flags+=" -Zsanitizer=$sanitizer"
fi
# With an explicit --target, cargo does not apply these flags to build scripts and macros.
RUSTC_BOOTSTRAP=1 RUSTFLAGS="$flags" cargo build --release --locked --target "$host"

targets=("$@")
if [ ${#targets[@]} = 0 ]; then
  mapfile -t targets < <(sed -n 's/^name = "\(.*\)"/\1/p' Cargo.toml | grep -vx glosser-fuzz)
fi
failed=()
for target in "${targets[@]}"; do
  # libFuzzer writes new inputs to the first folder and only reads the seeds.
  found=target/corpus/$target
  mkdir -p "$found" artifacts
  printf '\n== %s, %s seconds\n' "$target" "$seconds"
  "target/$host/release/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=8192 \
    -artifact_prefix="artifacts/$target-" -print_final_stats=1 "$found" "corpus/$target" > "target/$target.log" 2>&1 ||
    failed+=("$target")
  grep -E 'stat::(number_of_executed_units|peak_rss_mb)|panicked|SUMMARY|ERROR' "target/$target.log" || true
done
if [ ${#failed[@]} != 0 ]; then
  echo "faults found by: ${failed[*]}; see fuzz/target/TARGET.log, and the inputs in fuzz/artifacts" >&2
  exit 1
fi
