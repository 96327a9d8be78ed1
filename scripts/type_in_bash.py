#!/usr/bin/env python3
"""Types keys into a shell on a terminal, and prints what the terminal then shows.

    scripts/type_in_bash.py 'glosser transl\\t' bash --norc -i

In the keys, \\t is the Tab key and \\n is Enter. The shell ends when it has printed nothing for a while.
"""

import os
import pty
import select
import sys

QUIET = 2.0
PATIENCE = 30.0


def main():
    keys, command = sys.argv[1], sys.argv[2:]
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    shown = read(terminal, PATIENCE)
    for key in keys.replace("\\t", "\t").replace("\\n", "\n"):
        os.write(terminal, key.encode())
        if key in "\t\n":
            shown += read(terminal, PATIENCE)
    os.close(terminal)
    sys.stdout.write(shown.decode(errors="replace").replace("\r", ""))


def read(terminal, patience):
    """Returns what is printed, from the first bytes until there is nothing new for a while."""
    bytes = b""
    while select.select([terminal], [], [], QUIET if bytes else patience)[0]:
        try:
            bytes += os.read(terminal, 4096)
        except OSError:
            break
    return bytes


if __name__ == "__main__":
    main()
