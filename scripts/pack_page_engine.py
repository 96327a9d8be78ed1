#!/usr/bin/env python3
"""Packs a WebAssembly module as a gzip stream, without names and other notes of compilers, and prints its sizes.

    scripts/pack_page_engine.py MODULE.wasm PACKED.wasm.gz

The stream is the smallest that any tool of this machine makes: zopfli's if its Python module is installed, else gzip's.
The same module and tool give the same bytes.
"""

import gzip
import hashlib
import sys


def number(data, at):
    """Returns the number in LEB128 at a position, and the position after it."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def without_notes(module):
    """Returns a module without its custom sections, which no browser needs."""
    if module[:8] != b"\0asm\1\0\0\0":
        sys.exit(f"{sys.argv[1]}: this is no WebAssembly module")
    kept, at = module[:8], 8
    while at < len(module):
        size, content = number(module, at + 1)
        end = content + size
        if module[at] != 0:
            kept += module[at:end]
        at = end
    return kept


def compress(data):
    try:
        import zopfli.gzip
    except ImportError:
        return gzip.compress(data, 9, mtime=0)
    return zopfli.gzip.compress(data, numiterations=5)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as file:
        module = without_notes(file.read())
    packed = compress(module)
    with open(sys.argv[2], "wb") as file:
        file.write(packed)
    print(f"{len(module)} bytes, compressed {len(packed)}, sha256 {hashlib.sha256(packed).hexdigest()}")


if __name__ == "__main__":
    main()
