#!/usr/bin/env bash
# Runs the tests of the 8-bit products in WebAssembly: every instruction set there gives the exact sums.
# The file of these products needs nothing but the standard library, so the compiler alone builds its tests.
# Needs: the target wasm32-wasip1 (`rustup target add wasm32-wasip1`), Node 20.
set -euo pipefail
cd "$(dirname "$0")/.."
target=wasm32-wasip1
if ! [ -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
    echo "the compiler has no $target: run 'rustup target add $target'" >&2
    exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for feature in +simd128 -simd128; do
    echo "8-bit products in WebAssembly, $feature"
    rustc --edition 2024 --test -O -A dead_code --target "$target" -C target-feature="$feature" \
        crates/kernels/src/cpu/int8_dot.rs -o "$work/tests.wasm"
    node --no-warnings --input-type=module - "$work/tests.wasm" <<'SCRIPT'
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";
const wasi = new WASI({ version: "preview1", args: ["tests"] });
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), wasi.getImportObject());
process.exitCode = wasi.start(instance);
SCRIPT
done
