"""Checks that are counted, processes of this machine, and runs of translate_spark.py."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "translate_spark.py"


class Checks:
    """Prints one line per check, and exits with 1 if one has failed."""

    def __init__(self):
        self.failed = False

    def expect(self, is_true, text):
        """Prints whether a check succeeded, and returns it."""
        print(f"{'ok    ' if is_true else 'FAILED'}  {text}", flush=True)
        self.failed |= not is_true
        return is_true

    def exit(self):
        """Ends the program."""
        sys.exit(1 if self.failed else 0)


def command_line(pid):
    """Returns the command line of a process, with NUL between its words; empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""


def below(root):
    """Returns all processes below one; all of this machine below `None`."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text(errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            pass
    found = set()
    for pid in parents:
        at = pid
        while at in parents and at != root:
            at = parents[at]
        if root is None or (at == root and pid != root):
            found.add(pid)
    return sorted(found)


def is_running(pid, glosser):
    """Returns whether a process is a `glosser translate` that Spark started."""
    words = command_line(pid).split("\0")
    at = 1 if Path(words[0]).name.startswith(("python", "bash", "sh")) else 0
    return len(words) > at + 1 and Path(words[at]).name == Path(glosser).name and "glosser-model" in "".join(words)


def programs(root, glosser):
    """Returns the processes of glosser below one that Spark started."""
    return [pid for pid in below(root) if is_running(pid, glosser)]


def spark(cluster, glosser, model, output, *options):
    """Runs translate_spark.py, and returns exit code and standard error."""
    shutil.rmtree(output, ignore_errors=True)
    command = [sys.executable, SCRIPT, "--master", cluster, "--glosser", glosser, "--model", model, "--output", output]
    done = subprocess.run([*map(str, command), *map(str, options)], capture_output=True)
    Path(f"{output}.log").write_bytes(done.stderr)
    return done.returncode, done.stderr.decode(errors="replace")


def parts(output):
    """Returns the part files in their order."""
    return sorted(Path(output).glob("part-*"))


def joined(output):
    """Returns the bytes of all part files."""
    return b"".join(part.read_bytes() for part in parts(output))


def translate(glosser, model, data, *options):
    """Returns what one `glosser translate` writes."""
    command = [glosser, "translate", "--quiet", "--model", model, *options]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def translations(glosser, model, texts):
    """Returns the translation of each text, as one `glosser translate` over JSON Lines gives them; `None` of `None`."""
    given = [text for text in texts if text is not None]
    lines = "".join(json.dumps({"text": text}) + "\n" for text in given).encode()
    found = translate(glosser, model, lines, "--column", "text", "--append").decode().split("\n")[:-1]
    assert len(found) == len(given), "one line of output for each line of input"
    rest = iter(json.loads(line)["translation"] for line in found)
    return [None if text is None else next(rest) for text in texts]
