"""Programs that fail, programs that answer wrongly, and wrong usage: the job fails and names the cause.

python failing.py CLUSTER GLOSSER MODEL DIRECTORY
"""

import contextlib
import io
import sys
from pathlib import Path

import pandas
import tools
from pyspark import SparkFiles

sys.path.insert(0, str(tools.SCRIPT.parent))
import translate_spark  # noqa: E402

# Answers of a stand-in for glosser.
ANSWERS = 'sed -u \'s/,"text":.*/,"translation":"x"}/\''

# Stand-ins with a part of the message. Each gets the blank row and 3,000 questions.
PROGRAMS = {
    "fails at once": (
        "echo 'cannot read the model' >&2; exit 1",
        "(exit code 1); its last messages:\n    cannot read the model",
    ),
    "is killed": (f"head -n 10 | {ANSWERS}; kill -9 $$", "signal 9"),
    "leaves an answer out": (f"sed -u 5d | {ANSWERS}", "row 4 got the answer"),
    "leaves the last answer out": (f"sed -u '$d' | {ANSWERS}", "ended before the answer to row 3000"),
    "answers too much": (f"{ANSWERS}; echo more", "wrote more answers than it got questions: b'more"),
    "exchanges answers": (f"sed -u -n '2{{h;d}};3{{p;x}};p' | {ANSWERS}", "row 1 got the answer"),
    "fails at the end": (
        f"{ANSWERS}; echo 'disk is full' >&2; exit 3",
        "(exit code 3); its last messages:\n    disk is full",
    ),
    "cuts an answer": (f"head -n 3000 | {ANSWERS}; printf '{{'", "ended before the answer to row 3000"),
    "answers something else": ("sed -u 's/.*/x/'", "row 1 got the answer b'x'"),
    "begins late": (f"sleep 1; {ANSWERS}", None),
    "writes many messages": (f"seq 100000 >&2; {ANSWERS}", None),
}


def batches(count):
    """Returns `count` questions in batches as Spark gives them."""
    for start in range(1, count + 1, 100):
        numbers = range(start, min(start + 100, count + 1))
        yield pandas.Series(numbers), pandas.Series([b"The dog sleeps." * 20] * len(numbers), dtype=object)


def stand_in(work, script):
    """Writes a stand-in for glosser."""
    program = work / "stand-in"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def processes(checks, work):
    """Runs each stand-in as a task does, without Spark around it."""
    SparkFiles._is_running_on_worker, SparkFiles._root_directory = True, str(work)
    for name, (script, message) in PROGRAMS.items():
        program = stand_in(work, script)
        job = translate_spark.Job(str(program), "glosser-model", [], translate_spark.Cells(True), False)
        found = ""
        try:
            # The log of an executor.
            with contextlib.redirect_stderr(io.StringIO()):
                answers = [text for answer in translate_spark.translations(batches(3000), job) for text in answer]
            is_good = message is None and answers == [b"x"] * 3000
        except translate_spark.GlosserFailed as failure:
            found = str(failure)
            is_good = message is not None and message in found
        checks.expect(is_good, f"failing: a program that {name}: {found[:300] or 'no failure'}")
    checks.expect(not tools.programs(None, "stand-in"), "failing: no process is left")


def on_spark(checks, cluster, glosser, model, work):
    """A program that fails, on the cluster, where a task is tried again; and a program for another platform."""
    given, output = work / "rows.txt", work / "failing.out"
    given.write_text("The dog sleeps.\n" * 500)
    # With the blank row only, it works: so it is not refused before Spark starts.
    program = stand_in(work, "read -r _; read -r _ || { echo; exit; }; echo 'memory: 12 bytes are missing' >&2; exit 1")
    code, messages = tools.spark(cluster, program, model, output, "--input", given)
    last = messages[messages.rfind("translate_spark: error:") :]
    is_good = code == 1 and "12 bytes are missing" in last and not (output / "_SUCCESS").exists()
    checks.expect(is_good, f"failing: on the cluster: exit code {code}: {last.strip()[:600]}")
    # The machine in the head of the file is changed.
    program = work / "glosser-elsewhere"
    head = bytearray(Path(glosser).read_bytes()[:4096])
    head[:20] = b"\x7fELF\2\1\1" + bytes(9) + b"\x02\x00\x16\x00"
    program.write_bytes(head)
    code, messages = tools.spark("local[1]", program, model, output, "--input", given)
    last = messages[messages.rfind("translate_spark: error:") :]
    is_good = code == 1 and "is for another platform" in last
    checks.expect(is_good, f"failing: another platform: exit code {code}: {last.strip()[:600]}")


def usage(checks, glosser, model, work):
    """Wrong usage has the exit code 2 and a message that names what was found. Most is found before Spark starts."""
    table, rows, out = work / "table.csv", work / "rows.txt", work / "usage.out"
    table.write_text("a,b\n1,2\n")
    rows.write_text("The dog sleeps.\n")
    (work / "ragged.csv").write_text("a,b\n1,2,3\n4\n")
    (work / "wide.tsv").write_text("\na\tb\tc\n")
    (work / "keys.jsonl").write_text('{"a":1,"b":"x"}\n')
    (work / "old.out").mkdir(exist_ok=True)
    cases = [
        (model, ["--input", table, "--header", "--column", "c"], 2, "there is no column c; there are: a, b"),
        (
            model,
            ["--input", table, "--header", "--column", "a", "--id", "b"],
            2,
            "there is a column of this name already",
        ),
        (model, ["--input", work / "missing.txt"], 2, "missing.txt: there is no such file"),
        (model, ["--input", work / "ragged.csv", "--column", "1"], 1, "does not have as many cells as the first"),
        (
            model,
            ["--input", work / "wide.tsv", "--column", "99"],
            1,
            "no row has the column 99 (row 2: it has 3 columns)",
        ),
        (
            model,
            ["--input", work / "keys.jsonl", "--column", "c"],
            1,
            "no row has the column c (row 1: its keys are: a, b)",
        ),
        (model, ["--input", rows, "--header"], 2, "--header is for CSV"),
        (model, ["--input", rows, "--", "--alignment", "soft"], 2, "--alignment needs --format tsv or jsonl"),
        (model, ["--input", work / "wide.tsv", "--column", "1", "--", "--n-best", "3"], 2, "--n-best"),
        (model, ["--input", work / "wide.tsv", "--column", "1", "--", "--alignment=grid"], 2, "grid"),
        (model, ["--input", rows, "--output", work / "old.out"], 2, "exists; remove it"),
        (model, ["--input", table], 2, "--format csv needs --column"),
        (model, ["--input", work / "rows"], 2, "does not tell the format"),
        (model, ["--input", rows, "--column", "1"], 2, "--format text has no columns"),
        (model, ["--input", work / "rows.tsv", "--column", "a"], 2, "columns of a TSV have numbers"),
        (model, ["--input", rows, "--", "--format", "jsonl"], 2, "--format after `--` is set by this program"),
        (model, ["--input", rows, "--glosser", work / "missing"], 2, "missing does not exist"),
        (work, ["--input", rows], 2, "model.safetensors does not exist"),
    ]
    for model_of_case, options, expected, message in cases:
        code, messages = tools.spark("local[1]", glosser, model_of_case, out, *options)
        last = messages[messages.rfind("translate_spark: error:") :].strip()
        is_good = code == expected and message in last and "\tat " not in messages
        checks.expect(is_good, f"failing: usage: exit code {code}: {last[:300]}")


def main():
    cluster, glosser, model, directory = sys.argv[1:5]
    work = Path(directory) / "failing"
    work.mkdir(parents=True, exist_ok=True)
    checks = tools.Checks()
    processes(checks, work)
    if "processes" not in sys.argv[5:]:
        on_spark(checks, cluster, glosser, model, work)
        usage(checks, glosser, model, work)
    checks.exit()


main()
