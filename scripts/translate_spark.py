#!/usr/bin/env python3
"""Translates one column of text, TSV, CSV, JSON Lines or Parquet with glosser on Spark.

    spark-submit translate_spark.py --model de-en --input sentences.txt --output translated
    spark-submit translate_spark.py --model de-en --input table.parquet --column comment --output translated
    translate_spark.py --master 'local[4]' --model de-en --input rows.tsv --column 2 --output new -- --split never

The output is a directory of part files in the format of the input. Their rows are in the order of the input, and each
row keeps all its columns. docs/scale.md, section "Spark", has more.

How it works. Every row gets its number. Ranges of numbers are the partitions, so a partition has the same rows whenever
it is computed. Only numbers and texts go to Python (a pandas UDF over an iterator): Spark keeps the other columns
itself. Each task starts one `glosser translate --threads 1`, sends rows with their numbers, and reads as many back.
"""

from __future__ import annotations

import argparse
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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import pandas  # type: ignore[import-untyped]
    import pyarrow  # type: ignore[import-untyped]  # noqa: F401  Spark exchanges data with pandas by it.
    from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
    from pyspark import SparkContext, SparkFiles
    from pyspark.accumulators import Accumulator, AccumulatorParam
    from pyspark.errors import PySparkException
    from pyspark.sql import Column, DataFrame, SparkSession
    from pyspark.sql import functions as F
    from pyspark.sql.types import StringType
except ImportError as error:
    if not {"-h", "--help"} & set(sys.argv):
        sys.exit(f"translate_spark: error: {error}; install what is needed: pip install 'pyspark[sql]>=3.5'")
    AccumulatorParam = object  # type: ignore[assignment, misc]

NAME = "translate_spark"

# Key of the number of a row in what glosser reads and writes, and name of its column while Spark works.
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

# Options of glosser that are set here.
OWN = "--model -m --input -i --output -o --column --append --replace --format --threads --beam-size --strict".split()


class UsageError(Exception):
    """An input, an option or a file that cannot be used."""


class GlosserFailed(Exception):
    """A process that failed, or whose answers do not belong to the questions. The task fails."""


# --- On the executors: rows to lines and back


class Cells:
    """Texts of a column. The question is a JSON object, so that a text may contain line breaks and anything else."""

    def __init__(self, is_line: bool):
        # A file of lines may have `\r\n`.
        self.is_line = is_line

    def question(self, row: int, text: bytes) -> bytes:
        """Returns the line that glosser reads; empty if there is nothing to translate.

        Bytes that are not UTF-8 stay, and glosser reports them.
        """
        text = without_cr(text) if self.is_line else text
        if not text:
            return b""
        string = json.dumps(text.decode("utf-8", "surrogateescape"), ensure_ascii=False)
        return number_field(row) + b',"text":' + string.encode("utf-8", "surrogateescape") + b"}"

    def answer(self, row: int, question: bytes, line: bytes) -> str:
        """Returns the translation in the line that glosser wrote."""
        try:
            found = json.loads(line)
            if found[ROW] == row:
                return found["translation"]
        except (ValueError, KeyError, TypeError):
            pass
        raise GlosserFailed(f"row {row} got the answer {line[:200]!r}")


class Tsv:
    """Lines of a TSV. The question has the number of the row as a further cell at the front."""

    def question(self, row: int, line: bytes) -> bytes:
        """Returns the line that glosser reads; empty if the row is."""
        line = without_cr(line)
        return b"%d\t%s" % (row, line) if line else b""

    def answer(self, row: int, question: bytes, line: bytes) -> str:
        """Returns the row as glosser wrote it."""
        number = b"%d\t" % row
        if not line.startswith(number):
            raise GlosserFailed(f"row {row} got the answer {line[:200]!r}")
        return line[len(number) :].decode()


class JsonLines:
    """JSON objects. The question has the number of the row as a further field at the front."""

    def __init__(self, id_key: str | None):
        self.id_key = id_key

    def question(self, row: int, line: bytes) -> bytes:
        """Returns the line that glosser reads. A line that is no object stays as it is."""
        space, object_ = split_space(without_cr(line))
        if not object_.startswith(b"{"):
            return space + object_
        comma = b"" if object_[1:].lstrip().startswith(b"}") else b","
        return space + number_field(row) + comma + object_[1:]

    def answer(self, row: int, question: bytes, line: bytes) -> str:
        """Returns the object as glosser wrote it, without the number, or with the number as its id."""
        space, object_ = split_space(question)
        number = number_field(row)
        if not object_.startswith(number):
            return line.decode()
        front, rest = space + number, line[len(space + number) :].decode()
        if not line.startswith(front) or rest[:1].isdecimal():
            raise GlosserFailed(f"row {row} got the answer {line[:200]!r}")
        key = self.key(row, question)
        return space.decode() + ("{" + rest.removeprefix(",") if key is None else f"{{{key}:{row}{rest}")

    def key(self, row: int, question: bytes) -> str | None:
        """Returns the key of the id as JSON; `None` if there is to be none, or if the question is no object."""
        try:
            if self.id_key is None or self.id_key not in json.loads(question.decode(errors="replace")):
                return None if self.id_key is None else json.dumps(self.id_key, ensure_ascii=False)
        except ValueError:
            return None
        raise GlosserFailed(f"row {row} has the key {self.id_key} already; give another name to --id")


def number_field(row: int) -> bytes:
    """Returns the beginning of an object with the number of its row."""
    return b'{"%s":%d' % (ROW.encode(), row)


def split_space(line: bytes) -> tuple[bytes, bytes]:
    """Returns the white space at the beginning, and the rest."""
    rest = line.lstrip(b" \t\r")
    return line[: len(line) - len(rest)], rest


def without_cr(line: bytes) -> bytes:
    """Returns the line without the first half of `\\r\\n`, as glosser reads it."""
    return line[:-1] if line.endswith(b"\r") else line


# --- On the executors: the process


@dataclass
class Job:
    """All that a task must know."""

    glosser: str
    model: str
    options: list[str]
    rows: Any
    strict: bool
    degraded: Any

    def command(self) -> list[str]:
        """Returns the command line on this node. Shipped files are in a directory that Spark chooses."""
        root = SparkFiles.getRootDirectory()
        return [
            os.path.abspath(os.path.join(root, self.glosser)),
            "translate",
            "--threads",
            "1",
            "--model",
            os.path.abspath(os.path.join(root, self.model)),
            *self.options,
        ]


class Process:
    """A running glosser. Threads write its input and read its messages, so no pipe can block another one."""

    def __init__(self, command: Sequence[str]):
        self.messages: deque[str] = deque(maxlen=LAST_LINES)
        self.to_write: queue.Queue = queue.Queue()
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
            self.messages.append(message)
            print(f"glosser: {message}", file=sys.stderr, flush=True)

    def answer(self, row: int) -> bytes:
        """Returns the next line of output."""
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
    try:
        for numbers, texts in batches:
            process = process or Process(job.command())
            batch = [
                (int(row), None if text is None else job.rows.question(int(row), bytes(text)))
                for row, text in zip(numbers, texts, strict=True)
            ]
            process.to_write.put(b"".join(question + b"\n" for _, question in batch if question))
            sent.append(batch)
            if len(sent) > AHEAD:
                yield answers(sent.popleft(), process, job)
        if process:
            process.to_write.put(None)
        while process and sent:
            yield answers(sent.popleft(), process, job)
        if process:
            process.finish(job)
    finally:
        if process:
            process.kill()


def answers(batch: list[Any], process: Process, job: Job) -> pandas.Series:
    """Reads the answers to a batch."""
    found: list[str | None] = []
    for row, question in batch:
        if question:
            found.append(job.rows.answer(row, question, process.answer(row)))
        else:
            found.append(None if question is None else "")
    return pandas.Series(found, dtype=object)


def translator(job: Job) -> Callable[..., Column]:
    """Returns the function of Spark that maps numbers and texts to translations."""

    def translate(batches: Iterator[tuple[pandas.Series, pandas.Series]]) -> Iterator[pandas.Series]:
        return translations(batches, job)

    return F.pandas_udf(translate, StringType())  # type: ignore[call-overload]


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
    if args.format == "jsonl" and args.column.isdecimal():
        raise UsageError(f"--column {args.column}: glosser takes a number for the column of a TSV; rename the key")
    own = {option.split("=")[0] for option in args.options} & set(OWN)
    if own:
        raise UsageError(f"{' '.join(sorted(own))} after `--` is set by this program; see --help for its own options")
    if args.partitions is not None and args.partitions < 1:
        raise UsageError("--partitions must be at least 1")
    if args.on_nodes not in ("model", "both") and not Path(args.model, "model.safetensors").is_file():
        raise UsageError(f"{args.model} is no model: {args.model}/model.safetensors does not exist")
    if args.on_nodes not in ("glosser", "both"):
        args.glosser = shutil.which(args.glosser) or args.glosser
        if not Path(args.glosser).is_file():
            raise UsageError(f"the program {args.glosser} does not exist; name it with --glosser")


def ship(context: SparkContext, args: argparse.Namespace, work: str) -> Job:
    """Sends program, model and further files to the executors, and returns the job with their names there."""
    glosser, model = args.glosser, args.model
    if args.on_nodes not in ("glosser", "both"):
        context.addFile(os.path.realpath(glosser))
        glosser = os.path.basename(os.path.realpath(glosser))
    if args.on_nodes not in ("model", "both"):
        context.addArchive(packed(Path(model), work) + "#glosser-model")
        model = "glosser-model"
    for path in args.ship:
        if not os.path.isfile(path):
            raise UsageError(f"--ship {path}: there is no such file")
        context.addFile(path)
    is_text = args.format not in ("tsv", "jsonl")
    column = "text" if is_text else str(int(args.column) + 1) if args.format == "tsv" else args.column
    options = ["--column", column, "--replace" if args.replace and not is_text else "--append", *args.options]
    options += ["--beam-size", str(args.beam_size)] if args.beam_size is not None else []
    options += ["--strict"] if args.strict else []
    rows: Any = {"tsv": Tsv(), "jsonl": JsonLines(args.id)}.get(args.format, Cells(args.format == "text"))
    return Job(glosser, model, options, rows, args.strict, context.accumulator([], Lists()))


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
        # By default, Spark would also end lines at `\r`.
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
        has_number = args.id is not None and args.format != "jsonl"
        return rows.select((F.concat_ws("\t", F.col(ROW), answer) if has_number else answer).alias("value"))
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


def exists(spark: SparkSession, path: str) -> bool:
    """Returns whether a path exists in the file system of its scheme."""
    jvm: Any = spark._jvm
    hadoop = jvm.org.apache.hadoop.fs.Path(path)
    return hadoop.getFileSystem(spark._jsc.hadoopConfiguration()).exists(hadoop)


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
    return spark


def translate(spark: SparkSession, args: argparse.Namespace, work: str) -> int:
    """Translates all rows, and returns the exit code."""
    if exists(spark, args.output):
        raise UsageError(f"{args.output} exists; remove it, or give another --output")
    rows = read(spark, args, args.input)
    column = column_of(rows, args)
    job = ship(spark.sparkContext, args, work)
    rows, total = numbered(spark, rows)
    cores = spark.sparkContext.defaultParallelism
    parts = args.partitions or max(1, min(4 * cores, -(-total // FEW)), -(-total // MANY))
    # Ranges of numbers: a partition has the same rows at every attempt, which is not so with plain `repartition(N)`.
    rows = rows.repartitionByRange(parts, ROW).sortWithinPartitions(ROW)
    answer = translator(job)(F.col(ROW), F.col(quoted(column)).cast("binary"))
    write(result(rows, column, answer, args), args)
    written = read(spark, args, [args.output]).count()
    if written != total:
        raise GlosserFailed(f"{args.output} has {written} rows, but the input has {total}")
    print(f"{NAME}: {total} rows, {parts} partitions, {args.output}", file=sys.stderr)
    return report(job.degraded)


def report(degraded: Accumulator) -> int:
    """Prints the messages about degraded rows, and returns the exit code."""
    for messages in degraded.value[:LAST_LINES]:
        print(f"{NAME}: degraded rows:{messages}", file=sys.stderr)
    return 1 if degraded.value else 0


def cause_of(error: Exception) -> str:
    """Returns the message of a process that failed, out of the report of Spark; else the report."""
    # The cause is in the stack trace of the JVM only.
    text = f"{error}\n\nJVM stacktrace:\n{getattr(error, '_stackTrace', '')}"
    found = re.search(r"GlosserFailed: (.*?)(?=\n\tat |\nDriver stacktrace|\nCaused by|\n\s*\n|\Z)", text, re.DOTALL)
    return found.group(1).rstrip() if found else text.split("\n\nJVM stacktrace")[0].strip()


def main() -> int:
    """Runs the program."""
    args = arguments()
    try:
        check(args)
        spark = session(args)
        try:
            with tempfile.TemporaryDirectory(prefix="glosser-") as work:
                return translate(spark, args, work)
        finally:
            spark.stop()
    except UsageError as error:
        print(f"{NAME}: error: {error}", file=sys.stderr)
        return 2
    except (GlosserFailed, PySparkException, Py4JJavaError) as error:
        print(f"{NAME}: error: {cause_of(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
