#!/usr/bin/env python3
"""Counts lines, files, functions and options of this repository, and names what breaks its rules of form.

    scripts/code_figures.py                    figures of this checkout, uncommitted changes included
    scripts/code_figures.py REV [REV ...]      figures of git revisions, a column each; `.` is the checkout
    scripts/code_figures.py --list             also every offender as file:line
    scripts/code_figures.py --check            exit status 1 if there is an offender

What is counted:

* Code: lines of `crates/*/src/**/*.rs` that hold more than white space and comments. Tests do not count: items under
  `#[cfg(test)]` (and the files of such modules), `tests.rs`, `*_tests.rs`, and folders named `tests`. Binary targets
  are in `src` and count; `benches` and `examples` do not.
* Comments: lines of the same files that hold a comment and no code.
* Functions: from the line of `fn` to the closing brace, with comments and blank lines. Tests are counted apart.
* Functions over tensors: functions of that code, public or private, whose signature has a type of TENSOR below, or a
  struct of CONTAINER whose declaration (in the same crate, else in any) has a tensor and states no shape.
  A shape is stated by a bracketed list in back-quotes, such as `[batch, source]` (also `[rows, H]` or `[V]`), or by one
  of the phrases of LENGTH. It is looked for in the doc comment of the function, of its `impl`, of the field with the
  function's name (for a getter), and, in the `impl` of a trait, of the type.
* `//!`: the first line of every `.rs` file of the repository, tests and fuzz targets too.
* Settings keys: public fields of structs named `*Settings` in `crates/training`; a table of further keys is not a key.
* Options: fields with `#[arg(...)]` in `crates/cli/src`, hidden ones apart. An argument that several commands share is
  counted once.
* Crates: packages of `cargo tree -e normal` of the program, ours included.
"""

import argparse
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_FUNCTION = 60
TENSOR = re.compile(r"\b(?:Tensor|Var)\b|\[f32[\];]|\bVec<f32>|\[i8\]")
CONTAINER = re.compile(r"\b(?:Batch|Matrix|QuantizedMatrix|PackedMatrix|AttentionMatrix)\b")
SHAPE = re.compile(r"`[^`\n]*\[\s*(?!(?:f32|f64|u8|i8|u32|usize)\])[\w·*+/ ×.-]+(?:,[\w·*+/ ×.-]+)*\][^`\n]*`")
LENGTH = re.compile(
    r"(?:\b(length|lengths|shape|shapes|long|scalar|element-wise|elements|one (?:value|weight|element|number|score) per"
    r"|(?:of|in) (?:any|the same|equal) size|(?:one|an?) \w+ (?:for|of) each \w+)\b|\brows? of `)",
    re.IGNORECASE,
)


@dataclass
class Function:
    name: str
    line: int
    lines: int
    signature: str
    documentation: str
    is_test: bool


@dataclass
class Source:
    """One `.rs` file. `code` has its line breaks, and spaces in the place of comments and contents of strings."""

    path: Path
    text: str
    code: str
    comment_lines: set
    is_test: bool
    test_spans: list = field(default_factory=list)

    def line(self, position):
        return self.text.count("\n", 0, position) + 1

    def in_test(self, position):
        return self.is_test or any(start <= position < end for start, end in self.test_spans)


# --- Reading Rust ---------------------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"""//[^\n]*                                        # comment to the end of the line
      | /\*                                             # comment in a block; blocks nest
      | b?r(\#*)"                                       # raw string
      | b?"(?:\\.|[^"\\])*"                             # string
      | b?'(?:\\(?:x..|u\{[^}]*\}|.)|[^'\\])'           # character, not a lifetime
    """,
    re.VERBOSE | re.DOTALL,
)


def without_comments_and_strings(text):
    """Returns the text with blanks in their place, and the numbers of the lines that a comment touches."""
    parts, commented, at = [], set(), 0

    def line(position):
        return text.count("\n", 0, position) + 1

    while match := TOKEN.search(text, at):
        start, end = match.span()
        if match[0] == "/*":
            end = end_of_block_comment(text, end)
        elif match[0].endswith('"') and match[1] is not None:
            close = text.find('"' + match[1], end)
            end = close + 1 + len(match[1])
        if match[0].startswith("/"):
            commented.update(range(line(start), line(end - 1) + 1))
        blank = re.sub(r"[^\n]", " ", text[start:end])
        is_string = not match[0].startswith("/")
        # A string leaves its quotes: its line holds code.
        parts += [text[at:start], '"' + blank[1:-1] + '"' if is_string and end - start > 1 else blank]
        at = end
    parts.append(text[at:])
    return "".join(parts), commented


def end_of_block_comment(text, at):
    depth = 1
    while depth:
        match = re.compile(r"/\*|\*/").search(text, at)
        if match is None:
            return len(text)
        depth += 1 if match[0] == "/*" else -1
        at = match.end()
    return at


def matching(code, at):
    """Position behind the bracket that closes the one at `at`."""
    pairs = {"(": ")", "[": "]", "{": "}"}
    open_brackets = []
    for position in range(at, len(code)):
        character = code[position]
        if character in pairs:
            open_brackets.append(pairs[character])
        elif open_brackets and character == open_brackets[-1]:
            open_brackets.pop()
            if not open_brackets:
                return position + 1
    return len(code)


def end_of_head(code, at):
    """Position of the `{` or `;` that ends the head of an item, brackets inside skipped."""
    while at < len(code):
        if code[at] in "{;":
            return at
        at = matching(code, at) if code[at] in "([" else at + 1
    return at


def item_span(code, at):
    head = end_of_head(code, at)
    return at, matching(code, head) if head < len(code) and code[head] == "{" else head + 1


def documentation_before(source, position):
    """Doc comments and attributes directly above the item at `position`: the text of the comments."""
    lines = source.text.splitlines()
    code = source.code.splitlines()
    number = source.line(position) - 2
    collected, depth = [], 0
    while number >= 0:
        line = lines[number].strip()
        # Attributes may run over several lines: walk up to their beginning.
        depth += code[number].count("]") + code[number].count(")") - code[number].count("[") - code[number].count("(")
        if line.startswith("///"):
            collected.append(line[3:].strip())
        elif not (line.startswith("#[") or line.startswith("//") or depth > 0 or line in (")]", "]")):
            break
        number -= 1
    return "\n".join(reversed(collected))


MODULE_FILE = re.compile(r'\s*(?:#\[path = "(?P<path>[^"]*)"\]\s*)?(?:pub(?:\([^)]*\))?\s+)?mod\s+(?P<name>\w+)\s*;')


def read_sources(root):
    """All `.rs` files of the repository, test modules marked."""
    sources, test_files = {}, set()
    for folder in ("crates", "fuzz", "scripts", "tests"):
        for path in sorted((root / folder).rglob("*.rs")):
            relative = path.relative_to(root)
            if "target" in relative.parts or "vendor" in relative.parts:
                continue
            text = path.read_text(encoding="utf-8")
            code, commented = without_comments_and_strings(text)
            is_test = "tests" in relative.parts or re.fullmatch(r"(?:\w+_)?tests", path.stem) is not None
            source = Source(relative, text, code, commented, is_test)
            for match in re.finditer(r"#\[cfg\(test\)\]", code):
                source.test_spans.append(item_span(code, match.end()))
                # Matched in the text: in `code` the contents of strings are blank.
                if declared := MODULE_FILE.match(text, match.end()):
                    parent = path.parent if path.stem in ("lib", "main", "mod") else path.parent / path.stem
                    name = declared["name"]
                    test_files |= {parent / f"{name}.rs", parent / name / "mod.rs"}
                    if declared["path"]:
                        test_files.add(path.parent / declared["path"])
            sources[path] = source
    for path in test_files & sources.keys():
        sources[path].is_test = True
    return list(sources.values())


def impl_blocks(source):
    """(start, end, name of the type, whether of a trait, documentation) of each `impl` and `trait`."""
    blocks = []
    heads = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?(impl|trait)\b", re.MULTILINE)
    for match in heads.finditer(source.code):
        start, end = item_span(source.code, match.end())
        head = source.code[start:end_of_head(source.code, start)]
        of_trait = re.search(r"\bfor\s+(?!<)", head) is not None
        name = re.search(r"(\w+)", head.split(" for ")[-1] if of_trait else re.sub(r"^<[^>]*>", "", head))
        blocks.append((start, end, name[1] if name else "", of_trait, documentation_before(source, match.start(1))))
    return blocks


def functions_of(source, type_documentation):
    functions, blocks = [], impl_blocks(source)
    for match in re.finditer(r"\bfn\s+(\w+)", source.code):
        start, end = item_span(source.code, match.start())
        signature = source.code[start:end_of_head(source.code, start)]
        documentation = [documentation_before(source, match.start()), field_documentation(source, match[1])]
        for block_start, block_end, name, of_trait, block_documentation in blocks:
            if block_start <= start < block_end:
                documentation.append(block_documentation)
                documentation += type_documentation.get(name, []) if of_trait else []
        lines = source.code.count("\n", start, end) + 1
        functions.append(
            Function(match[1], source.line(start), lines, signature, "\n".join(documentation), source.in_test(start))
        )
    return functions


def field_documentation(source, name):
    found = re.search(rf"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?{name}:\s", source.code, re.MULTILINE)
    return documentation_before(source, found.end() - 1) if found else ""


def documentation_of_types(sources):
    documentation = {}
    for source in sources:
        for match in re.finditer(r"\b(?:struct|enum)\s+(\w+)", source.code):
            documentation.setdefault(match[1], []).append(documentation_before(source, match.start()))
    return documentation


# --- Counting -------------------------------------------------------------------------------------------------------


@dataclass
class Figures:
    counts: dict = field(default_factory=dict)
    offenders: list = field(default_factory=list)


def is_program(source):
    return source.path.parts[0] == "crates" and source.path.parts[2] == "src"


def figures_of(root):
    figures, sources = Figures(), read_sources(root)
    counted = [source for source in sources if is_program(source) and not source.is_test]
    count_lines(figures, counted)
    count_heads(figures, sources)
    count_functions(figures, sources, counted)
    count_options(figures, sources)
    figures.counts["crates in the program's normal tree"] = count_crates(root)
    return figures


def count_lines(figures, sources):
    code = comments = 0
    for source in sources:
        in_test = set()
        for start, end in source.test_spans:
            in_test |= set(range(source.line(start), source.line(end - 1) + 1))
        for number, line in enumerate(source.code.splitlines(), 1):
            if number in in_test or re.fullmatch(r"\s*#\[cfg\(test\)\]\s*", line):
                continue
            code += bool(line.strip())
            comments += not line.strip() and number in source.comment_lines
    figures.counts["lines of code without tests"] = code
    figures.counts["lines of comments without tests"] = comments
    figures.counts["source files without tests"] = len(sources)


def count_heads(figures, sources):
    without = [source for source in sources if not source.text.lstrip().startswith("//!")]
    figures.counts["files without //! (of all .rs files)"] = len(without)
    figures.counts["all .rs files"] = len(sources)
    figures.offenders += [f"{source.path}:1: no //! at the head of the file" for source in without]


def undocumented_containers(counted):
    """Pairs of crate and struct: tensors inside, and no shape in its documentation or its fields'."""
    containers = {}
    for source in counted:
        for match in re.finditer(r"\bstruct\s+(\w+)", source.code):
            if CONTAINER.fullmatch(match[1]):
                start, end = item_span(source.code, match.start())
                described = documentation_before(source, match.start()) + "\n" + source.text[start:end]
                fields = source.code[start:end]
                has_tensor = bool(TENSOR.search(fields) or CONTAINER.search(fields[len(match[0]):]))
                containers[(source.path.parts[1], match[1])] = has_tensor and not states_shape(described)
    return containers


def states_shape(documentation):
    return bool(SHAPE.search(documentation) or LENGTH.search(documentation))


def is_over_tensors(function, crate, containers):
    if TENSOR.search(function.signature):
        return True
    for name in CONTAINER.findall(function.signature):
        anywhere = any(undocumented for (_, other), undocumented in containers.items() if other == name)
        if containers.get((crate, name), anywhere):
            return True
    return False


def count_functions(figures, sources, counted):
    types, containers = documentation_of_types(counted), undocumented_containers(counted)
    longest, longest_test, over, over_in_tests = (0, ""), (0, ""), 0, 0
    tensors = without_shape = total = 0
    for source in sources:
        for function in functions_of(source, types):
            place = f"{source.path}:{function.line}: {function.name}"
            is_test = function.is_test or source not in counted
            if function.lines > LONGEST_FUNCTION:
                over, over_in_tests = over + (not is_test), over_in_tests + is_test
                figures.offenders.append(f"{place}: {function.lines} lines, {LONGEST_FUNCTION} are allowed")
            if is_test:
                longest_test = max(longest_test, (function.lines, place))
                continue
            longest = max(longest, (function.lines, place))
            total += 1
            if is_over_tensors(function, source.path.parts[1], containers):
                tensors += 1
                if not states_shape(function.documentation):
                    without_shape += 1
                    figures.offenders.append(f"{place}: no shape in its documentation")
    figures.counts["functions without tests"] = total
    figures.counts["functions over tensors"] = tensors
    figures.counts["functions over tensors without shape"] = without_shape
    figures.counts[f"functions over {LONGEST_FUNCTION} lines"] = over
    figures.counts[f"functions over {LONGEST_FUNCTION} lines in tests"] = over_in_tests
    figures.counts["longest function"] = f"{longest[0]} lines, {longest[1]}"
    figures.counts["longest function in tests"] = f"{longest_test[0]} lines, {longest_test[1]}"


def count_options(figures, sources):
    keys = options = hidden = 0
    for source in sources:
        crate = source.path.parts[1]
        if crate == "training" and not source.is_test:
            for match in re.finditer(r"\bstruct\s+\w*Settings\s*\{", source.code):
                body = source.code[match.end():matching(source.code, match.end() - 1) - 1]
                types = re.findall(r"^\s*pub\s+\w+:\s*([^\n]+?),?$", body, re.MULTILINE)
                keys += sum(not re.search(r"Settings\b", of_field) for of_field in types)
        if crate == "cli" and not source.is_test:
            for match in re.finditer(r"#\[arg\b", source.code):
                attribute = source.code[match.start():matching(source.code, match.start() + 1)]
                is_hidden = re.search(r"\bhide\s*=\s*true", attribute)
                hidden, options = hidden + bool(is_hidden), options + (not is_hidden)
    figures.counts["settings keys of training"] = keys
    figures.counts["command-line options"] = options
    figures.counts["hidden command-line options"] = hidden


def count_crates(root):
    command = ["cargo", "tree", "--manifest-path", "crates/cli/Cargo.toml", "-e", "normal", "--prefix", "none", "--locked"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if run.returncode != 0:
        return f"unknown: {run.stderr.strip().splitlines()[-1]}"
    return len({tuple(line.split()[:2]) for line in run.stdout.splitlines() if line.strip()})


# --- Command line ---------------------------------------------------------------------------------------------------


def unpack(repository, revision, folder):
    """Writes the files of a revision into a folder, without touching checkout, index or work trees."""
    archive = subprocess.run(["git", "-C", repository, "archive", "--format=tar", revision], capture_output=True)
    if archive.returncode != 0:
        sys.exit(f"code_figures: {revision}: {archive.stderr.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")


def print_table(titles, columns):
    rows = [["", *titles]] + [[name, *(str(column.counts[name]) for column in columns)] for name in columns[0].counts]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revisions", nargs="*", default=["."], metavar="REV", help="git revision; `.`: the checkout")
    parser.add_argument("--list", action="store_true", help="name every offender as file:line")
    parser.add_argument("--check", action="store_true", help="exit with 1 if there is an offender")
    arguments = parser.parse_args()

    repository = Path(__file__).resolve().parent.parent
    columns = []
    for revision in arguments.revisions:
        if revision == ".":
            columns.append(figures_of(repository))
            continue
        with tempfile.TemporaryDirectory() as folder:
            unpack(repository, revision, folder)
            columns.append(figures_of(Path(folder)))
    print_table(["checkout" if revision == "." else revision for revision in arguments.revisions], columns)
    if arguments.list:
        for revision, column in zip(arguments.revisions, columns):
            for offender in column.offenders:
                print(offender if len(columns) == 1 else f"{revision}: {offender}")
    return 1 if arguments.check and any(column.offenders for column in columns) else 0


if __name__ == "__main__":
    sys.exit(main())
