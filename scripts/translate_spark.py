#!/usr/bin/env python3
"""Translates one column of text, TSV, CSV, JSON Lines or Parquet with glosser on Spark.

    spark-submit translate_spark.py --model de-en --input sentences.txt --output translated
    spark-submit translate_spark.py --model de-en --input table.parquet --column comment --output translated
    translate_spark.py --master 'local[4]' --model de-en --input rows.tsv --column 2 --output new -- --split never

The output is a directory of part files in the format of the input. Their rows are in the order of the input, and each
row keeps all its columns. docs/scale.md, section "Spark", has more.

How it works. Every row gets its number. Ranges of numbers are the partitions, so a partition has the same rows whenever
it is computed. Only numbers and texts go to Python (a pandas UDF over an iterator): Spark keeps the other columns
itself. Each task starts one `glosser translate --threads 1`, sends one line for each row, and reads as many back.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import json
import os
import platform
import queue
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import pandas  # type: ignore[import-untyped]
    import pyarrow  # type: ignore[import-untyped]  # noqa: F401  Spark exchanges data with pandas by it.
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]
    from pyspark import SparkContext, SparkFiles
    from pyspark.accumulators import Accumulator, AccumulatorParam
    from pyspark.errors import PySparkException
    from pyspark.sql import Column, DataFrame, SparkSession
    from pyspark.sql import functions as F
    from pyspark.sql.types import BinaryType
except ImportError as error:
    if not {"-h", "--help"} & set(sys.argv):
        sys.exit(f"translate_spark: error: {error}; install what is needed: pip install 'pyspark[sql]>=3.5'")
    AccumulatorParam = object  # type: ignore[assignment, misc]

NAME = "translate_spark"

# Key of the number of a row in questions that are made here, and name of its column while Spark works.
ROW = "glosser_row"

# Rows in a batch that Spark sends to Python, and batches that glosser has besides the one whose answers are awaited.
BATCH, AHEAD = 1000, 2

# Rows per partition that are enough to make the start of a process cheap, and rows whose loss costs minutes.
FEW, MANY = 1000, 20000

# Lines of standard error that the message of a failed process repeats.
LAST_LINES = 20

FORMATS = {"text": [".txt"], "tsv": [".tsv"], "csv": [".csv"], "jsonl": [".jsonl", ".ndjson"], "parquet": [".parquet"]}

# Formats whose rows are lines: glosser reads and writes the whole line.
LINES = {"text", "tsv", "jsonl"}

# A text that no cell has: what Spark reads in its place is null. By default, `""` would be null, too.
NO_TEXT = "\1null\1"

# Columns of a TSV that may be asked for.
WIDEST = 100_000

# Options of glosser that are set here.
OWN = "--model -m --input -i --output -o --column --append --replace --format --threads --beam-size --strict".split()


class UsageError(Exception):
    """An input, an option or a file that cannot be used."""


class GlosserFailed(Exception):
    """A process that failed, or whose answers do not belong to the questions. The task fails."""


# --- On the executors: rows to lines and back
#
# Each class has the `blank` row, which has the column but no text. Every process gets it first: so it never finds that
# none of its rows has the column (the driver does, for all), and nothing in a row can be taken for the head of a file.


class Cells:
    """Texts of a column. The question is a JSON object, so that a text may contain line breaks and anything else."""

    def __init__(self, is_line: bool):
        # A file of lines may have `\r\n`.
        self.is_line = is_line
        self.blank = b'{"text":""}'
        # Offsets in what glosser reads are not those of the text.
        self.place = r"standard input:(\d+)(?::\d+)?"

    def question(self, row: int, text: bytes) -> bytes:
        """Returns the line that glosser reads; empty if there is nothing to translate.

        Bytes that are not UTF-8 stay, and glosser reports them.
        """
        text = text.removesuffix(b"\r") if self.is_line else text
        if not text:
            return b""
        string = json.dumps(text.decode("utf-8", "surrogateescape"), ensure_ascii=False)
        return b'{"%s":%d,"text":%s}' % (ROW.encode(), row, string.encode("utf-8", "surrogateescape"))

    def answer(self, row: int, question: bytes, line: bytes) -> bytes:
        """Returns the translation in the line that glosser wrote."""
        try:
            # The text in it has the bytes of the question, also those that are not UTF-8.
            answer = line.decode("utf-8", "replace")
            found: Any = json.loads(answer) if question else {ROW: row, "translation": answer}
            if found[ROW] == row and (question or not line):
                return found["translation"].encode()
        except (ValueError, KeyError, TypeError):
            pass
        raise GlosserFailed(f"row {row} got the answer {line[:200]!r}")

    def without_column(self, question: bytes) -> str | None:
        """Returns what a row has instead of the column."""
        return None


class Lines:
    """Lines of a TSV or of JSON Lines. They are sent and written as they are, byte for byte."""

    def __init__(self, column: str, is_json: bool, id_key: str | None):
        self.column, self.is_json, self.id_key = column, is_json, id_key
        self.blank = json.dumps({column: ""}).encode() if is_json else b"\t" * int(column)
        self.place = r"standard input:(\d+)"

    def question(self, row: int, line: bytes) -> bytes:
        """Returns the line that glosser reads."""
        return line

    def answer(self, row: int, question: bytes, line: bytes) -> bytes:
        """Returns the line that glosser wrote, with the number of the row if it is asked for."""
        if self.id_key is None:
            return line
        if not self.is_json:
            return b"%d\t%s" % (row, line)
        found = self.object(question)
        if found is None or not line.lstrip().startswith(b"{"):
            return line
        if self.id_key in found:
            raise GlosserFailed(f"row {row} has the key {self.id_key} already; give another name to --id")
        space, _, rest = line.partition(b"{")
        comma = b"" if rest.lstrip().startswith(b"}") else b","
        return b"%s{%s:%d%s%s" % (space, json.dumps(self.id_key, ensure_ascii=False).encode(), row, comma, rest)

    def without_column(self, question: bytes) -> str | None:
        """Returns what a row has instead of the column; `None` if it has the column."""
        if not self.is_json:
            cells = question.count(b"\t") + 1
            return f"it has {cells} column{'' if cells == 1 else 's'}" if cells < int(self.column) else None
        found = self.object(question)
        if found is None:
            return f"it is no JSON object: {question[:100].decode(errors='replace')}"
        if self.column not in found:
            return f"its keys are: {', '.join(found)}"
        return None if isinstance(found[self.column], str | None) else f"the value of {self.column} is no string"

    def object(self, line: bytes) -> dict[str, Any] | None:
        """Returns the JSON object in a line; `None` if there is none."""
        try:
            found = json.loads(line.decode(errors="replace"))
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


# --- On the executors: the process


@dataclass
class Job:
    """All that a task must know."""

    glosser: str
    model: str
    options: list[str]
    rows: Any
    strict: bool
    # Accumulators of messages: about degraded rows, and about rows without the column; and of tasks that found it.
    degraded: Any = None
    without: Any = None
    found: Any = None

    def command(self, root: str) -> list[str]:
        """Returns the command line on a node. Shipped files are in a directory that Spark chooses."""
        glosser, model = (os.path.abspath(os.path.join(root, path)) for path in (self.glosser, self.model))
        return [glosser, "translate", "--threads", "1", "--model", model, *self.options]


class Process:
    """A running glosser. Threads write its input and read its messages, so no pipe can block another one."""

    def __init__(self, job: Job, first: int):
        # Rows have numbers without gaps, and the blank row is sent before the first one.
        self.place, self.offset = job.rows.place, first - 2
        command = job.command(SparkFiles.getRootDirectory())
        self.messages: deque[str] = deque(maxlen=LAST_LINES)
        self.to_write: queue.Queue = queue.Queue()
        self.has_answered = False
        try:
            # If this worker is killed, the pipes are closed, and glosser ends.
            process = subprocess.Popen(
                command,
                cwd=SparkFiles.getRootDirectory(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as cause:
            raise GlosserFailed(cannot_start(command[0], cause)) from None
        assert process.stdin and process.stdout and process.stderr
        self.process, self.input, self.output, self.errors = process, process.stdin, process.stdout, process.stderr
        self.threads = [threading.Thread(target=target, daemon=True) for target in (self.write, self.listen)]
        for thread in self.threads:
            thread.start()

    def write(self) -> None:
        """Writes what is in the queue until `None`. A process that has ended is noticed where answers are read."""
        try:
            with self.input:
                for data in iter(self.to_write.get, None):
                    self.input.write(data)
                    self.input.flush()
        except OSError:
            pass

    def listen(self) -> None:
        """Copies standard error to the log of the executor, and keeps the last lines."""
        for line in self.errors:
            message = line.decode("utf-8", "replace").rstrip()
            message = re.sub(self.place, lambda found: f"row {int(found[1]) + self.offset}", message)
            message = message.replace("standard input", "INPUT")
            # The blank row is no row of the input.
            message = re.sub(r"(?<=degraded lines: )(\d+) of (\d+)", fewer, message)
            self.messages.append(message)
            print(f"glosser: {message}", file=sys.stderr, flush=True)

    def answer(self, row: int) -> bytes:
        """Returns the next line of output; that of the blank row is left out."""
        if not self.has_answered:
            self.has_answered = True
            self.answer(row)
        line = self.output.readline()
        if not line.endswith(b"\n"):
            raise GlosserFailed(self.failure(f"ended before the answer to row {row}"))
        return line[:-1]

    def finish(self, job: Job) -> None:
        """Checks that there is no further answer and that the process has succeeded."""
        further = self.output.readline()
        if further:
            raise GlosserFailed(self.failure(f"wrote more answers than it got questions: {further[:200]!r}"))
        code = self.wait()
        if code == 1 and job.strict:
            # All answers are there. With --strict, this means degraded rows: the driver reports them at the end.
            job.degraded.add(["".join(f"\n    {message}" for message in self.messages)])
        elif code:
            raise GlosserFailed(self.failure("failed after its last answer"))

    def wait(self, seconds: float | None = None) -> int:
        """Waits for the process and for its last message, and returns the exit code."""
        code = self.process.wait(seconds)
        self.threads[1].join(10)
        return code

    def failure(self, what: str) -> str:
        """Returns a message with the exit code and the last lines of standard error."""
        try:
            code = self.wait(10)
            end = f"exit code {code}" if code >= 0 else f"signal {-code}"
            end += ", perhaps for lack of memory" if code == -signal.SIGKILL else ""
        except subprocess.TimeoutExpired:
            end = "still running"
        messages = "".join(f"\n    {message}" for message in self.messages) or " nothing"
        return f"glosser on {platform.node()} {what} ({end}); its last messages:{messages}"

    def kill(self) -> None:
        """Ends the process if it still runs."""
        self.to_write.put(None)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.output.close()


def fewer(found: re.Match[str]) -> str:
    """Returns the number of degraded rows among those of the input."""
    return f"{found[1]} of {int(found[2]) - 1} in this partition"


def cannot_start(program: str, cause: OSError) -> str:
    """Returns why a program does not start on this node, with the remedy."""
    node = f"{platform.node()} ({platform.system()} {platform.machine()})"
    if not os.path.exists(program):
        return f"{program} does not exist on {node}; leave out --on-nodes to ship it"
    if cause.errno in (errno.ENOEXEC, errno.ENOENT):
        return f"{program} is for another platform than the node {node}; give a program for the nodes with --glosser"
    return f"{program} does not start on {node}: {cause.strerror}"


def translations(batches: Iterable[tuple[pandas.Series, pandas.Series]], job: Job) -> Iterator[pandas.Series]:
    """Sends batches through one process, a few ahead of the answers. `None` stays `None`, and an empty text empty."""
    process: Process | None = None
    sent: deque[list[Any]] = deque()
    column = ColumnSearch(job)
    try:
        for numbers, texts in batches:
            batch = [
                (int(row), None if text is None else job.rows.question(int(row), bytes(text)))
                for row, text in zip(numbers, texts, strict=True)
            ]
            if batch and not process:
                process = Process(job, batch[0][0])
                process.to_write.put(job.rows.blank + b"\n")
            if process:
                column.look(batch)
                process.to_write.put(b"".join((question or b"") + b"\n" for _, question in batch))
            sent.append(batch)
            if process and len(sent) > AHEAD:
                yield answers(sent.popleft(), process, job)
        if process:
            process.to_write.put(None)
        while sent:
            batch = sent.popleft()
            yield answers(batch, process, job) if process else pandas.Series([], dtype=object)
        if process:
            process.finish(job)
            column.report()
    finally:
        if process:
            process.kill()


class ColumnSearch:
    """Whether any row of a partition has the column."""

    def __init__(self, job: Job):
        self.job, self.is_found, self.without = job, False, ""

    def look(self, batch: list[Any]) -> None:
        """Looks at rows until one has the column."""
        for row, question in batch:
            if self.is_found:
                return
            if question and question.strip(b" \r"):
                found = self.job.rows.without_column(question)
                self.is_found = found is None
                self.without = self.without or f"row {row}: {found}"

    def report(self) -> None:
        """Tells the driver."""
        if self.is_found and self.job.found:
            self.job.found.add(1)
        elif self.without and self.job.without:
            self.job.without.add([self.without])


def answers(batch: list[Any], process: Process, job: Job) -> pandas.Series:
    """Reads the answers to a batch."""
    found: list[bytes | None] = []
    for row, question in batch:
        answer = job.rows.answer(row, question or b"", process.answer(row))
        found.append(None if question is None else answer)
    return pandas.Series(found, dtype=object)


def translator(job: Job) -> Callable[..., Column]:
    """Returns the function of Spark that maps numbers and texts to translations."""

    def translate(batches: Iterator[tuple[pandas.Series, pandas.Series]]) -> Iterator[pandas.Series]:
        return translations(batches, job)

    return F.pandas_udf(translate, BinaryType())  # type: ignore[call-overload]


# --- On the driver


class Lists(AccumulatorParam):
    """Adds lists of messages up."""

    def zero(self, value: list[str]) -> list[str]:
        """Returns the sum of nothing."""
        return []

    def addInPlace(self, value1: list[str], value2: list[str]) -> list[str]:
        """Returns both lists joined."""
        return value1 + value2


def arguments() -> argparse.Namespace:
    """Reads the command line. What follows `--` is for glosser."""
    given = sys.argv[1:]
    cut = given.index("--") if "--" in given else len(given)
    parser = argparse.ArgumentParser(
        NAME,
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="translate_spark.py [OPTIONS] [-- OPTIONS OF GLOSSER]",
    )
    add = parser.add_argument
    add(
        "--input",
        required=True,
        metavar="PATH",
        nargs="+",
        help="files or directories, in any file system that Spark reads; names may have wildcards",
    )
    add("--output", required=True, metavar="DIR", help="directory to write; it must not exist")
    add("--format", choices=FORMATS, help="format of input and output [default: by the name of the input]")
    add(
        "--column",
        metavar="NAME|N",
        help="column to translate: a name (CSV with --header, Parquet, JSON Lines), or a number from 1 (TSV, CSV)",
    )
    add("--replace", action="store_true", help="write the translation in the place of the text [default: append it]")
    add(
        "--id",
        metavar="NAME",
        help="write the number of each row, from 1, as the first column or key, with this name; "
        "as the first cell of text and TSV",
    )
    add("--header", action="store_true", help="CSV files begin with the names of their columns")
    add("--model", required=True, metavar="DIR", help="directory of the model")
    add(
        "--glosser",
        default="glosser",
        metavar="FILE",
        help="the program, built for the platform of the nodes [default: glosser]",
    )
    add(
        "--on-nodes",
        choices=["model", "glosser", "both"],
        help="what is not shipped, because every node has it: "
        "--model or --glosser is a path there, or a name that spark-submit --files or --archives gives",
    )
    add(
        "--ship",
        action="append",
        default=[],
        metavar="FILE",
        help="a further file for the nodes; after `--`, name it "
        "without its directory: --ship data/terms.tsv -- --glossary terms.tsv",
    )
    add(
        "--partitions",
        type=int,
        metavar="N",
        help=f"number of parts [default: at least four per core, at most {MANY} rows in each]",
    )
    add("--beam-size", type=int, metavar="N", help="see glosser translate")
    add("--strict", action="store_true", help="exit with 1 if a row was degraded, after all rows have been written")
    add("--master", metavar="URL", help="where Spark runs [default: as spark-submit sets it, or local[*]]")
    args = parser.parse_args(given[:cut])
    args.options = given[cut + 1 :]
    return args


def check(args: argparse.Namespace) -> None:
    """Checks what can be checked before Spark starts, and completes the arguments."""
    suffixes = {suffix for path in args.input for suffix in Path(path).suffixes}
    found = [name for name, endings in FORMATS.items() if suffixes & set(endings)]
    if not args.format and len(found) != 1:
        raise UsageError(f"the name {args.input[0]} does not tell the format; give --format {'|'.join(FORMATS)}")
    args.format = args.format or found[0]
    if (args.column is None) != (args.format == "text"):
        raise UsageError(
            "--format text has no columns; leave out --column, or give --format"
            if args.column is not None
            else f"--format {args.format} needs --column"
        )
    if args.format == "tsv" and not re.fullmatch("[1-9][0-9]*", args.column):
        raise UsageError(f"--column {args.column}: columns of a TSV have numbers from 1 and no names")
    if args.format == "tsv" and int(args.column) > WIDEST:
        raise UsageError(f"--column {args.column}: no row may have more than {WIDEST} columns")
    if args.format == "jsonl" and args.column.isdecimal():
        raise UsageError(f"--column {args.column}: glosser takes a number for the column of a TSV; rename the key")
    # Of a short option, the value may follow at once.
    given = {option.split("=")[0] if option.startswith("--") else option[:2] for option in args.options}
    own = given & set(OWN)
    if own:
        raise UsageError(f"{' '.join(sorted(own))} after `--` is set by this program; see --help for its own options")
    if args.format not in ("tsv", "jsonl") and "--alignment" in given:
        raise UsageError("--alignment needs --format tsv or jsonl, where glosser writes whole rows")
    if args.header and args.format != "csv":
        raise UsageError(f"--header is for CSV; the format is {args.format}")
    if args.partitions is not None and args.partitions < 1:
        raise UsageError("--partitions must be at least 1")
    for path in args.ship:
        if not os.path.isfile(path):
            raise UsageError(f"--ship {path}: there is no such file")
    if args.on_nodes not in ("model", "both") and not Path(args.model, "model.safetensors").is_file():
        raise UsageError(f"{args.model} is no model: {args.model}/model.safetensors does not exist")
    if args.on_nodes not in ("glosser", "both"):
        args.glosser = shutil.which(args.glosser) or args.glosser
        if not Path(args.glosser).is_file():
            raise UsageError(f"the program {args.glosser} does not exist; name it with --glosser")


def job_of(args: argparse.Namespace) -> Job:
    """Returns the job with program and model as they are named here."""
    is_text = args.format not in ("tsv", "jsonl")
    options = ["--column", "text" if is_text else args.column]
    options += ["--replace" if args.replace and not is_text else "--append", *args.options]
    options += ["--beam-size", str(args.beam_size)] if args.beam_size is not None else []
    options += ["--strict"] if args.strict else []
    rows = Cells(args.format == "text") if is_text else Lines(args.column, args.format == "jsonl", args.id)
    return Job(args.glosser, args.model, options, rows, args.strict or "--strict-words" in args.options)


def try_out(args: argparse.Namespace, job: Job, work: str) -> None:
    """Runs the command of the tasks here with the blank row, so that what it refuses is known before Spark starts."""
    if args.on_nodes:
        return
    # Files for the nodes are found by their names.
    for path in args.ship:
        os.symlink(os.path.abspath(path), os.path.join(work, os.path.basename(path)))
    try:
        done = subprocess.run(
            job.command(os.getcwd()), input=job.rows.blank + b"\n", capture_output=True, cwd=work, check=False
        )
    except OSError:
        # The nodes may have another platform.
        return
    if done.returncode:
        messages = done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
        messages = messages.split("\n\nUsage:")[0].removeprefix("error: ")
        raise (UsageError if done.returncode == 2 else GlosserFailed)(f"glosser translate: {messages}")


def ship(context: SparkContext, args: argparse.Namespace, job: Job, work: str) -> None:
    """Sends program, model and further files to the executors, and puts their names there into the job."""
    if args.on_nodes not in ("glosser", "both"):
        context.addFile(os.path.realpath(args.glosser))
        job.glosser = os.path.basename(os.path.realpath(args.glosser))
    if args.on_nodes not in ("model", "both"):
        context.addArchive(packed(Path(args.model), work) + "#glosser-model")
        job.model = "glosser-model"
    for path in args.ship:
        context.addFile(path)
    job.degraded, job.without = context.accumulator([], Lists()), context.accumulator([], Lists())
    job.found = context.accumulator(0)


def packed(model: Path, work: str) -> str:
    """Packs the files of a model; its log and checkpoints are left out."""
    archive = os.path.join(work, "glosser-model.tar")
    with tarfile.open(archive, "w") as tar:
        for path in sorted(model.iterdir()):
            if path.is_file():
                tar.add(path, path.name)
    return archive


def read(spark: SparkSession, args: argparse.Namespace, paths: list[str]) -> DataFrame:
    """Reads files. Nothing is converted, and a malformed row of a CSV is an error."""
    if args.format in LINES:
        # By default, Spark would also end lines at `\r`. Bytes that are not UTF-8 stay: nothing looks into the strings.
        return spark.read.text(paths, lineSep="\n")
    if args.format == "parquet":
        return spark.read.parquet(*paths)
    return spark.read.csv(
        paths,
        header=args.header,
        quote='"',
        escape='"',
        multiLine=True,
        mode="FAILFAST",
        nullValue=NO_TEXT,
        enforceSchema=False,
        inferSchema=False,
    )


def write(rows: DataFrame, args: argparse.Namespace) -> None:
    """Writes part files, in the order of the rows."""
    if args.format in LINES:
        rows.write.text(args.output, lineSep="\n")
    elif args.format == "parquet":
        rows.write.parquet(args.output)
    else:
        rows.write.csv(
            args.output,
            header=args.header,
            quote='"',
            escape='"',
            ignoreLeadingWhiteSpace=False,
            ignoreTrailingWhiteSpace=False,
        )


def column_of(rows: DataFrame, args: argparse.Namespace) -> str:
    """Returns the name of the column to translate."""
    if args.format in LINES:
        return "value"
    name = args.column
    if name not in rows.columns and name.isdecimal() and 1 <= int(name) <= len(rows.columns):
        name = rows.columns[int(name) - 1]
    types = {field.name: field.dataType for field in rows.schema.fields}
    if name not in types:
        hint = "; give --header if the files begin with names" if args.format == "csv" and not args.header else ""
        raise UsageError(f"there is no column {name}; there are: {', '.join(rows.columns)}{hint}")
    if types[name].simpleString() != "string":
        raise UsageError(
            f"the column {name} has the type {types[name].simpleString()}; only a string can be translated"
        )
    if args.id is not None and args.id.lower() in {name.lower() for name in types}:
        raise UsageError(f"--id {args.id}: there is a column of this name already")
    return name


def numbered(spark: SparkSession, rows: DataFrame) -> tuple[DataFrame, int]:
    """Adds the number of each row, from 1: files in the order of their names, rows in their order in the file.

    A first pass counts the rows in each block of a file.
    """
    file, block, place, before = "glosser_file", "glosser_block", "glosser_place", "glosser_before"
    rows = rows.select(
        "*",
        F.col("_metadata.file_path").alias(file),
        F.col("_metadata.file_block_start").alias(block),
        F.monotonically_increasing_id().alias(place),
    )
    counted = rows.groupBy(file, block).agg(F.count("*").alias("rows"), F.min(place).alias("first")).collect()
    total, starts = 0, []
    for found in sorted(counted, key=lambda found: (found[file], found[block])):
        starts.append((found[file], found[block], total + 1 - found["first"]))
        total += found["rows"]
    table = spark.createDataFrame(starts, f"{file} string, {block} long, {before} long")
    joined = rows.join(F.broadcast(table), [file, block], "left").withColumn(ROW, F.col(place) + F.col(before))
    return joined.drop(file, block, place, before), total


def result(rows: DataFrame, column: str, answer: Column, args: argparse.Namespace) -> DataFrame:
    """Returns the rows as they are written, without the helper column."""
    if args.format in LINES:
        if args.id is not None and args.format == "text":
            answer = F.concat_ws("\t", F.col(ROW), answer)
        return rows.select(answer.alias("value"))
    names = [name for name in rows.columns if name != ROW]
    added = "translation"
    # Spark does not distinguish letter case in names.
    while added in {name.lower() for name in names}:
        added = f"glosser_{added}"
    cells = [answer.alias(name) if args.replace and name == column else F.col(quoted(name)) for name in names]
    cells = [F.col(ROW).alias(args.id), *cells] if args.id is not None else cells
    return rows.select(*cells, *([] if args.replace else [answer.alias(added)]))


def quoted(name: str) -> str:
    """Returns the name of a column as an expression, since a name may have dots."""
    return "`" + name.replace("`", "``") + "`"


def hadoop_path(spark: SparkSession, path: str) -> tuple[Any, Any]:
    """Returns the file system of a path, and the path for it."""
    jvm: Any = spark._jvm
    hadoop = jvm.org.apache.hadoop.fs.Path(path)
    return hadoop.getFileSystem(spark._jsc.hadoopConfiguration()), hadoop


def check_paths(spark: SparkSession, args: argparse.Namespace) -> None:
    """Checks that the input exists, and the output does not."""
    for path in args.input:
        files, hadoop = hadoop_path(spark, path)
        if not files.globStatus(hadoop):
            raise UsageError(f"--input {path}: there is no such file or directory")
    files, hadoop = hadoop_path(spark, args.output)
    if files.exists(hadoop):
        raise UsageError(f"{args.output} exists; remove it, or give another --output")


def unmark(spark: SparkSession, args: argparse.Namespace) -> None:
    """Removes the file that says that the output is complete and right."""
    files, hadoop = hadoop_path(spark, f"{args.output}/_SUCCESS")
    files.delete(hadoop, False)


def session(args: argparse.Namespace) -> SparkSession:
    """Starts Spark, or takes the session of spark-submit."""
    if (args.master or "local").startswith("local"):
        # Workers on this machine use the same Python; elsewhere, spark-submit or the cluster chooses it.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("glosser")
    if not sys.stderr.isatty():
        builder = builder.config("spark.ui.showConsoleProgress", "false")
    spark = (builder.master(args.master) if args.master else builder).getOrCreate()
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", BATCH)
    # Both passes must cut files at the same bytes, also when executors come and go, and find the same rows in a CSV.
    spark.conf.set("spark.sql.files.minPartitionNum", spark.sparkContext.defaultParallelism)
    spark.conf.set("spark.sql.csv.parser.columnPruning.enabled", False)
    # The default, INT96, would lose the time zone of timestamps for other readers.
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    # The default, Snappy, has a library that does not load on every Linux; files with Zstandard are smaller, too.
    if not spark.sparkContext.getConf().contains("spark.sql.parquet.compression.codec"):
        spark.conf.set("spark.sql.parquet.compression.codec", "zstd")
    # The stack trace of a failed job: the cause is printed at the end.
    silent = ["org.apache.spark.sql.execution.datasources.FileFormatWriter"]
    if str(spark.sparkContext.master).startswith("local["):
        # Here, it is that of tasks, too; on a cluster, these say which tasks are tried again.
        silent += [
            f"org.apache.spark.{name}" for name in ("executor.Executor", "scheduler.TaskSetManager", "util.Utils")
        ]
    logging: Any = spark._jvm.org.apache.logging.log4j  # type: ignore[union-attr]
    # A cluster may log with something else.
    with contextlib.suppress(TypeError, Py4JError):
        for name in silent:
            logging.core.config.Configurator.setLevel(name, logging.Level.OFF)
    return spark


def translate(spark: SparkSession, args: argparse.Namespace, job: Job, work: str) -> int:
    """Translates all rows, and returns the exit code."""
    check_paths(spark, args)
    rows = read(spark, args, args.input)
    column = column_of(rows, args)
    ship(spark.sparkContext, args, job, work)
    rows, total = numbered(spark, rows)
    cores = spark.sparkContext.defaultParallelism
    parts = args.partitions or max(1, min(4 * cores, -(-total // FEW)), -(-total // MANY))
    # Ranges of numbers: a partition has the same rows at every attempt, which is not so with plain `repartition(N)`.
    rows = rows.repartitionByRange(parts, ROW).sortWithinPartitions(ROW)
    answer = translator(job)(F.col(ROW), F.col(quoted(column)).cast("binary")).cast("string")
    write(result(rows, column, answer, args), args)
    written = read(spark, args, [args.output]).count()
    if not job.found.value and job.without.value:
        unmark(spark, args)
        first = min(job.without.value, key=lambda message: int(message.split(":")[0].removeprefix("row ")))
        raise GlosserFailed(
            f"no row has the column {args.column} ({first}); {args.output} has the rows without translations: remove it"
        )
    if written != total:
        unmark(spark, args)
        raise GlosserFailed(f"{args.output} has {written} rows, but the input has {total}")
    print(f"{NAME}: {total} rows, {parts} partitions, {args.output}", file=sys.stderr)
    return report(job.degraded)


def report(degraded: Accumulator) -> int:
    """Prints the messages about degraded rows, and returns the exit code."""
    for messages in degraded.value[:LAST_LINES]:
        print(f"{NAME}: degraded rows:{messages}", file=sys.stderr)
    return 1 if degraded.value else 0


# Messages in the report of Spark, and what is said in their place.
CAUSES = [
    (r"GlosserFailed: (.*?)(?=\n\tat |\nDriver stacktrace|\nCaused by|\n\s*\n|\Z)", "{}"),
    (
        r"Malformed records are detected in record parsing: (.*?)\.?\n",
        "a row of the CSV does not have as many cells as the first, or its quotation marks are wrong{file}: {}",
    ),
    (
        r"(?:UnsatisfiedLinkError|Could not initialize class org\.xerial\.snappy)[:.]?(.*?)\n",
        (
            "a compression library does not load on a node{file}: {}; to write, give spark-submit --conf "
            "spark.sql.parquet.compression.codec=zstd; if the input has Snappy, write it anew with zstd"
        ),
    ),
]


def cause_of(error: Exception) -> str:
    """Returns the cause out of the report of Spark, without stack traces."""
    # The cause is in the stack trace of the JVM only.
    text = f"{error}\n\nJVM stacktrace:\n{getattr(error, '_stackTrace', '')}\n"
    file = re.search(r"reading file (\S+?)\.?\s", text)
    for pattern, message in CAUSES:
        found = re.search(pattern, text, re.DOTALL)
        if found:
            return message.format(found[1].strip(), file=f" ({file[1]})" if file else "")
    causes = re.findall(r"^Caused by: (.*)", text, re.MULTILINE)
    return causes[-1] if causes else text.split("\n\nJVM stacktrace")[0].split("\n\tat ")[0].strip()


def main() -> int:
    """Runs the program."""
    args = arguments()
    try:
        check(args)
        with tempfile.TemporaryDirectory(prefix="glosser-") as work:
            job = job_of(args)
            try_out(args, job, work)
            spark = session(args)
            try:
                return translate(spark, args, job, work)
            finally:
                spark.stop()
    except UsageError as error:
        print(f"{NAME}: error: {error}", file=sys.stderr)
        return 2
    except (GlosserFailed, PySparkException, Py4JError) as error:
        print(f"{NAME}: error: {cause_of(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
