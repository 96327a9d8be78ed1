#!/usr/bin/env bash
# Feeds every parser and format with whatever a fuzzer comes upon, for some time each. An input that ends in a panic, takes
# more than twenty seconds or two gigabytes is kept in fuzz/artifacts, and the exit code is 1.
#
#   scripts/fuzz.sh [SECONDS [TARGET...]]     600 seconds for each of all targets, unless told otherwise
#
# Needs a Rust toolchain of any kind and a C++ compiler, for libFuzzer. The flags that find out what an input reaches are
# those of cargo-fuzz; a stable compiler takes them where RUSTC_BOOTSTRAP says so. With SANITIZER=none it is built without
# the address sanitizer, which halves the time that an input takes and finds no fault of unsafe code.
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
# With a target named, build scripts and macros are built without these flags.
RUSTC_BOOTSTRAP=1 RUSTFLAGS="$flags" cargo build --release --locked --target "$host"

targets=("$@")
if [ ${#targets[@]} = 0 ]; then
  mapfile -t targets < <(sed -n 's/^name = "\(.*\)"/\1/p' Cargo.toml | grep -vx glosser-fuzz)
fi
failed=()
for target in "${targets[@]}"; do
  # What is found goes to the first folder; the seeds are only read.
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
