"""Programs that fail, programs that answer wrongly, and wrong usage: the job fails and names the cause.

python failing.py CLUSTER GLOSSER MODEL DIRECTORY
"""

import sys
from pathlib import Path

import tools

# Stand-ins for glosser: name, cluster, code, and a part of the message. `$1` is the real program.
ANSWERS = 'sed -u \'s/,"text":.*/,"translation":"x"}/\''
PROGRAMS = {
    "message": (
        "echo 'cannot read the model: 12 bytes are missing' >&2; exit 1",
        "cannot read the model: 12 bytes are missing",
    ),
    "killed": (f"head -n 10 | {ANSWERS}; kill -9 $$", "signal 9"),
    "fewer": (f"sed -u 5d | {ANSWERS}", "row 5 got the answer"),
    "last one missing": (f"sed -u '$d' | {ANSWERS}", "ended before the answer to row 500"),
    "more": (f"{ANSWERS}; echo more", "wrote more answers than it got questions: b'more"),
    "exchanged": (f"sed -u -n '1{{h;d}};2{{p;x}};p' | {ANSWERS}", "row 1 got the answer"),
    "exit code at the end": (f"{ANSWERS}; echo 'disk is full' >&2; exit 3", "disk is full"),
    "no end of line": (f"head -n 499 | {ANSWERS}; printf 'x'", "ended before the answer to row 500"),
}


def failing(checks, cluster, model, work):
    """Runs each stand-in once: on the cluster the first, where a task is tried again; the others in one process."""
    given = work / "rows.txt"
    given.write_text("The dog sleeps.\n" * 500)
    for at, (name, (script, message)) in enumerate(PROGRAMS.items()):
        program = work / "stand-in"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        output = work / "failing.out"
        master = cluster if at == 0 else "local[1]"
        code, messages = tools.spark(master, program, model, output, "--input", given, "--partitions", 1)
        last = messages[messages.rfind("translate_spark: error:") :]
        is_good = code == 1 and message in last and not (output / "_SUCCESS").exists()
        checks.expect(is_good, f"failing: {name}: exit code {code}: {last.strip()[:400]}")
    checks.expect(not tools.programs(None, "stand-in"), "failing: no process is left")


def elsewhere(checks, glosser, model, work):
    """A program for another platform: the machine in the head of the file is changed."""
    program = work / "glosser-elsewhere"
    head = bytearray(Path(glosser).read_bytes()[:4096])
    head[18:20] = b"\x16\x00"
    program.write_bytes(head)
    code, messages = tools.spark("local[1]", program, model, work / "failing.out", "--input", work / "rows.txt")
    last = messages[messages.rfind("translate_spark: error:") :]
    checks.expect(code == 1 and "is for another platform" in last, f"failing: another platform: {last.strip()[:400]}")


def usage(checks, glosser, model, work):
    """Wrong usage has the exit code 2 and a message that names what was found."""
    table = work / "table.csv"
    table.write_text("a,b\n1,2\n")
    (work / "exists").mkdir(exist_ok=True)
    given = ["--input", table, "--column"]
    cases = [
        (model, work / "usage.out", [*given, "c", "--header"], "there is no column c; there are: a, b"),
        (model, work / "usage.out", [*given, "a", "--header", "--id", "b"], "there is a column of this name already"),
        (model, work / "usage.out", ["--input", table], "--format csv needs --column"),
        (model, work / "usage.out", ["--input", work / "rows"], "does not tell the format"),
        (model, work / "usage.out", ["--input", work / "rows.txt", "--column", "1"], "--format text has no columns"),
        (model, work / "usage.out", ["--input", work / "rows.tsv", "--column", "a"], "columns of a TSV have numbers"),
        (
            model,
            work / "usage.out",
            [*given, "1", "--", "--format", "jsonl"],
            "--format after `--` is set by this program",
        ),
        (work, work / "usage.out", [*given, "1"], "model.safetensors does not exist"),
    ]
    for model_of_case, output, options, message in cases:
        code, messages = tools.spark("local[1]", glosser, model_of_case, output, *options)
        checks.expect(
            code == 2 and message in messages, f"failing: exit code {code}: {messages.strip().splitlines()[-1]}"
        )
    occupied = work / "occupied.txt"
    code, messages = tools.spark("local[1]", glosser, model, occupied, "--input", work / "rows.txt")
    code, messages = tools.spark("local[1]", glosser, model, Path(f"{occupied}.log"), "--input", work / "rows.txt")
    checks.expect(
        code == 2 and "exists; remove it" in messages, f"failing: exit code {code}: {messages.strip().splitlines()[-1]}"
    )
    code, messages = tools.spark("local[1]", glosser, model, work / "usage.out", "--input", work / "missing.txt")
    checks.expect(
        code == 1 and "missing.txt" in messages, f"failing: exit code {code}: {messages.strip().splitlines()[-1]}"
    )


def main():
    cluster, glosser, model, directory = sys.argv[1:5]
    work = Path(directory) / "failing"
    work.mkdir(parents=True, exist_ok=True)
    checks = tools.Checks()
    failing(checks, cluster, model, work)
    elsewhere(checks, glosser, model, work)
    usage(checks, glosser, model, work)
    checks.exit()


main()
