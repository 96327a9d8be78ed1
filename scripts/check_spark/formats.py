"""All formats with odd texts: nothing is lost, changed or moved.

python formats.py CLUSTER GLOSSER MODEL DIRECTORY
"""

import csv
import datetime
import decimal
import gzip
import io
import json
import os
import shutil
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet
import tools

csv.field_size_limit(1 << 30)

PLAIN = [
    "The dog sleeps.",
    "Is this truck blue?",
    "A cat and 42 dogs see Xyzzy-Quorp.",
    "The lawyer buys the white train.",
]

UTC = datetime.timezone.utc  # noqa: UP017  # Python 3.10 has no datetime.UTC.

# Without newlines: these can be lines.
ODD = [
    "",
    " ",
    "The dog\tsleeps.",
    'He "sees" the dog.',
    '"',
    '""',
    "a,b",
    '"a","b"',
    "\\",
    "\\n",
    "\\N",
    "'",
    "NULL",
    "null",
    "one\u2028two\u2029three\u0085four",
    "\u2028",
    "nul\0inside",
    "\x1c\x1d\x1e\x1f",
    "\x0b\x0c",
    "a\rb",
    "\u00a0",
    "  two spaces  ",
    "\ufeffmark",
    "🐕 \U0001f469\u200d\U0001f469\u200d\U0001f467",
    "שלום עולם",
    "e\u0301",
    "#comment",
    "//",
    "{",
    "{}",
    "[1]",
    '{"text":"The dog sleeps."}',
    '{"glosser_row":1,"text":"a"}',
    "1\tThe dog sleeps.",
    "<b>The dog</b> sleeps.",
    "=1+1",
    "The dog sleeps. " * 40,
]

# Lines with bytes that are not UTF-8 and `\r\n`.
FAULTY = b"M\xfcller\tThe dog sleeps.\r\n\x00\xff\tThe\xff dog\t\xfe\r\n"

BREAKS = ["The dog sleeps.\nThe cat sees it.", "\n", "a\n\nb\n", "The dog\r\nsleeps.", "\n\tThe dog"]


class Format:
    """Runs of one format."""

    def __init__(self, checks, cluster, glosser, model, work):
        self.checks, self.cluster, self.glosser, self.model = checks, cluster, glosser, model
        self.work = work

    def inputs(self, name):
        """Returns an empty directory for the input, and the place of the output."""
        path = self.work / f"{name}.in"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path, self.work / f"{name}.out"

    def spark(self, name, output, *options, code=0):
        """Runs Spark, and returns its messages."""
        found, messages = tools.spark(self.cluster, self.glosser, self.model, output, *options)
        self.checks.expect(
            found == code, f"{name}: exit code {found}" + ("" if found == code else f", see {output}.log")
        )
        return messages

    def one(self, data, *options):
        """Returns what one program writes for the same input."""
        return tools.translate(self.glosser, self.model, data, *options)

    def equal(self, name, found, expected):
        """Compares, and prints the first difference."""
        text = f"{len(found)} rows"
        if found != expected:
            pairs = enumerate(zip(found, expected, strict=False))
            at = next((at for at, (one, other) in pairs if one != other), min(len(found), len(expected)))
            text += f", {len(expected)} expected; row {at + 1}: {found[at : at + 1]}, not {expected[at : at + 1]}"
        self.checks.expect(found == expected, f"{name}: {text}")


def text(run):
    """Two files, the smaller one first, with bytes that are not UTF-8, `\\r\\n`, and no newline at the end."""
    source, output = run.inputs("text")
    first = "\n".join(PLAIN + ODD).encode() + b"\nM\xfcnchen sleeps.\r\nThe dog sleeps.\r\n\r\n\r\n"
    second = "\n".join(ODD[::-1] + PLAIN * 300).encode()
    (source / "1.txt").write_bytes(first)
    (source / "2.txt.gz").write_bytes(gzip.compress(second))
    # Blocks of 1,000 bytes, as if the files were large.
    os.environ["PYSPARK_SUBMIT_ARGS"] = "--conf spark.sql.files.maxPartitionBytes=1000 pyspark-shell"
    run.spark("text", output, "--format", "text", "--input", source, "--partitions", 7)
    del os.environ["PYSPARK_SUBMIT_ARGS"]
    expected = run.one(first + second)
    run.equal("text: lines in their order", tools.joined(output).split(b"\n"), expected.split(b"\n"))
    run.spark(
        "text with numbers", output, "--format", "text", "--input", source / "1.txt", source / "2.txt.gz", "--id", "id"
    )
    lines = [b"%d\t%s" % (at + 1, line) for at, line in enumerate(expected.split(b"\n")[:-1])] + [b""]
    run.equal("text with numbers: lines in their order", tools.joined(output).split(b"\n"), lines)


def tsv(run):
    """Rows with different numbers of cells, quotation marks that are text, and rows without the column."""
    source, output = run.inputs("tsv")
    rows = [f'{at}\t{cell}\t x "' for at, cell in enumerate(ODD + PLAIN * 20)] + [
        "",
        "alone",
        "\t",
        "a\t",
        "\tThe dog\tb\tc\td",
    ]
    given = ("\n".join(rows) + "\n").encode() + FAULTY
    (source / "rows.tsv").write_bytes(given)
    messages = run.spark(
        "tsv, strict", output, "--input", source / "rows.tsv", "--column", "2", "--partitions", 3, "--strict", code=1
    )
    row = len(rows) - 3
    is_good = (
        f"row {row}: 1 column, but column 2 is asked for" in messages and f"row {len(rows) + 2}:7: byte" in messages
    )
    run.checks.expect(is_good, "tsv, strict: degraded rows are reported with their numbers")
    run.equal("tsv", tools.joined(output).split(b"\n"), run.one(given, "--column", "2").split(b"\n"))
    run.spark("tsv, replaced", output, "--format", "tsv", "--input", source, "--column", "2", "--replace", "--id", "id")
    lines = run.one(given, "--column", "2", "--replace").split(b"\n")[:-1]
    run.equal(
        "tsv, replaced, with numbers",
        tools.joined(output).split(b"\n"),
        [b"%d\t%s" % (at + 1, line) for at, line in enumerate(lines)] + [b""],
    )


def jsonl(run):
    """Objects as they are written, and lines that are none."""
    source, output = run.inputs("jsonl")
    rows = [
        json.dumps({"n": at, "text": text, "more": {"a": [1.50, None]}}, ensure_ascii=at % 2 == 0)
        for at, text in enumerate(ODD + BREAKS + PLAIN * 20)
    ]
    rows += [
        '{ "n":1.50, "text" : "The \\u0064og sleeps." , "translation":"x", "glosser_row":7 } ',
        " \t",
        "",
        "{}",
        "{ }",
        '{"text":1}',
        '{"text":"a"',
        "[1]",
        "The dog",
        '  {"text":"The dog sleeps."}',
        '{"text":"a","text":"The dog"}',
    ]
    given = "".join(row + "\n" for row in rows).encode()
    given += b'{"text":"The dog sleeps."}\r\n{"text":"The \xff dog","a":"\xff"}\n{"text":null}\n'
    (source / "rows.jsonl").write_bytes(given)
    for option in ["--append", "--replace"]:
        options = [option] if option == "--replace" else []
        run.spark(
            f"jsonl {option}", output, "--input", source / "rows.jsonl", "--column", "text", "--partitions", 3, *options
        )
        expected = run.one(given, "--column", "text", option)
        run.equal(f"jsonl {option}", tools.joined(output).split(b"\n"), expected.split(b"\n"))
    run.spark("jsonl with numbers", output, "--input", source / "rows.jsonl", "--column", "text", "--id", "row number")
    found = [
        json.loads(line.decode(errors="replace"))
        for line in tools.joined(output).split(b"\n")
        if line.startswith(b'{"row number":') and b"translation" in line
    ]
    good = [row for row in found if row.pop("row number") and "n" in row]
    expected = [json.loads(line) for line in run.one(given, "--column", "text").split(b"\n") if b'"n"' in line]
    run.equal("jsonl with numbers", good, expected)


def csv_rows(path):
    """Returns the rows of a CSV; an empty cell with quotation marks is different from one without."""
    data = path.read_bytes().decode()
    return list(csv.reader(io.StringIO(data, newline="")))


def tables(run):
    """A CSV with a header, null cells, and texts with line breaks; the columns have dots and spaces in their names."""
    source, output = run.inputs("csv")
    texts = [text for text in PLAIN * 20 + ODD + BREAKS if "\0" not in text]
    header = ["a.b", "the text", "translation", "last"]
    cells = [[str(at), text, f'"{at}",', f" {at}\n"] for at, text in enumerate(texts)]
    for name, some in [("1.csv", cells[:9]), ("2.csv", cells[9:])]:
        with open(source / name, "w", newline="") as out:
            csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([header, *some])
            out.write("null,,,\n")
    run.spark("csv", output, "--format", "csv", "--header", "--input", source, "--column", "the text", "--id", "id")
    null = ["null", "", "", ""]
    rows = [*cells[:9], null, *cells[9:], null]
    found = [row for part in tools.parts(output) for row in csv_rows(part)[1:]]
    results = tools.translations(run.glosser, run.model, [row[1] for row in rows])
    run.equal("csv", found, [[str(at + 1), *row, new] for at, (row, new) in enumerate(zip(rows, results, strict=True))])
    heads = [csv_rows(part)[0] for part in tools.parts(output)]
    run.equal("csv: headers", heads, [["id", *header, "glosser_translation"]] * len(heads))
    data = tools.joined(output).decode()
    run.checks.expect(",null,,,,\n" in data and ',"",' in data, "csv: a null cell stays null, an empty one empty")


def types(texts, start):
    """Returns a table with columns of many types."""
    when = datetime.datetime(1890, 10, 25, 2, 30, 0, 123456, tzinfo=UTC)
    count = len(texts)
    numbers = range(start, start + count)
    return pyarrow.table(
        {
            "number": pyarrow.array([-(1 << 62) + n for n in numbers], pyarrow.int64()),
            "comment": pyarrow.array(texts, pyarrow.string()),
            "price": pyarrow.array(
                [decimal.Decimal(f"12345678901234567890.{n:04}") for n in numbers], pyarrow.decimal128(38, 4)
            ),
            "when": pyarrow.array(
                [when + datetime.timedelta(hours=n) for n in numbers], pyarrow.timestamp("us", "UTC")
            ),
            "local": pyarrow.array([when.replace(tzinfo=None)] * count, pyarrow.timestamp("us")),
            "day": pyarrow.array([datetime.date(1500, 1, 1)] * count, pyarrow.date32()),
            "ratio": pyarrow.array([float("inf"), None, -0.0, 0.1][:count] + [0.5] * (count - 4), pyarrow.float32()),
            "raw": pyarrow.array([b"\xff\0\n"] * count, pyarrow.binary()),
            "nested": pyarrow.array([{"a": [1, None], "b": {"c": text}} for text in texts]),
            "map": pyarrow.array([[("k", n)] for n in numbers], pyarrow.map_(pyarrow.string(), pyarrow.int32())),
        }
    )


def parquet(run):
    """Columns of many types, texts that are null, two files and several row groups."""
    source, output = run.inputs("parquet")
    texts = [None, *PLAIN, *ODD, *BREAKS, None]
    first, second = types(texts, 0), types(texts[::-1] * 9, len(texts))
    # Where musl is installed beside glibc, the library for Snappy in Spark may not load.
    pyarrow.parquet.write_table(first, source / "1.parquet", compression="zstd")
    pyarrow.parquet.write_table(second, source / "2.parquet", compression="zstd", row_group_size=50)
    table = pyarrow.concat_tables([first, second])
    for replace in [False, True]:
        options = ["--replace", "--id", "id"] if replace else []
        run.spark(
            "parquet",
            output,
            "--format",
            "parquet",
            "--input",
            source,
            "--column",
            "comment",
            "--partitions",
            5,
            *options,
        )
        found = pyarrow.concat_tables([pyarrow.parquet.read_table(part) for part in tools.parts(output)])
        expected = tools.translations(run.glosser, run.model, table["comment"].to_pylist())
        changed = "comment" if replace else "translation"
        run.equal("parquet: translations", found[changed].to_pylist(), expected)
        for name in table.column_names:
            if name != changed:
                run.equal(f"parquet: column {name}", found[name].to_pylist(), table[name].to_pylist())
        if replace:
            run.equal("parquet: numbers", found["id"].to_pylist(), list(range(1, len(table) + 1)))


def main():
    cluster, glosser, model, directory = sys.argv[1:5]
    run = Format(tools.Checks(), cluster, glosser, model, Path(directory) / "formats")
    for part in [text, tsv, jsonl, tables, parquet]:
        if not sys.argv[5:] or part.__name__ in sys.argv[5:]:
            part(run)
    run.checks.exit()


main()
