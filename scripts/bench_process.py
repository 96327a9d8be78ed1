#!/usr/bin/env python3
"""Measures start-up time and memory of a program from outside, for bench.sh.

    bench_process.py first-line --runs 20 --input FILE -- PROGRAM ARGUMENT...
    bench_process.py peak-mb --input FILE --output FILE -- PROGRAM ARGUMENT...

`first-line` prints the milliseconds from the start of the program to its first line of output, the median of the runs.
One run before them is not counted: it loads the program's files into the cache of the system. `peak-mb` prints the peak
memory of the program in MB. In both, FILE is the program's standard input.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time


def first_line(arguments):
    times = []
    for _ in range(1 + arguments.runs):
        with open(arguments.input, "rb") as source:
            started = time.perf_counter()
            with subprocess.Popen(arguments.program, stdin=source, stdout=subprocess.PIPE) as process:
                line = process.stdout.readline()
                times.append(time.perf_counter() - started)
                process.stdout.read()
        check(arguments, process.returncode)
        if not line:
            sys.exit(f"{arguments.program[0]} printed no line")
    print(f"{statistics.median(times[1:]) * 1e3:.2f}")


def peak_mb(arguments):
    with open(arguments.input, "rb") as source, open(arguments.output, "wb") as target:
        check(arguments, subprocess.call(arguments.program, stdin=source, stdout=target))
    # The system counts in kB, on macOS in bytes.
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    print(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit:.0f}")


def check(arguments, code):
    if code != 0:
        sys.exit(f"{' '.join(arguments.program)} failed with exit code {code}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run in ("first-line", first_line), ("peak-mb", peak_mb):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("--input", required=True, metavar="FILE", help="standard input of the program")
        command.add_argument("program", nargs="+", metavar="PROGRAM", help="program and arguments, after --")
        if run is first_line:
            command.add_argument("--runs", type=int, default=20, help="measured runs; the median is printed")
        else:
            command.add_argument("--output", required=True, metavar="FILE", help="file for the program's output")
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
