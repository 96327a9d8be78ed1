"""Throughput, latency and memory of a server under load, beside `glosser translate` on the same sentences.

    python load.py URL PID SENTENCES SECONDS GLOSSER MODEL [OPTION..]

The options (such as `--beam-size 1`) are given to `glosser translate`; the server must have been started with the same.
`translate` runs before and after the load, because other work on the machine changes its speed.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

import web
from checks import Checks

CONNECTIONS = 64
SHARE_OF_TRANSLATE = 0.8
SECONDS_OF_TRANSLATE = 12


class Memory(threading.Thread):
    """Reads the resident memory of a process twice a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.status = pathlib.Path(f"/proc/{pid}/status")
        self.samples = []
        self.start()

    def megabytes(self, key):
        """A figure of `/proc/PID/status` in megabytes."""
        for line in self.status.read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) / 1024
        return 0.0

    def run(self):
        while True:
            try:
                self.samples.append((time.monotonic(), self.megabytes("VmRSS")))
            except OSError:
                return
            time.sleep(0.5)

    def mean(self, since, until):
        """Mean resident memory between two times."""
        values = [value for at, value in self.samples if since <= at <= until]
        return sum(values) / max(1, len(values))


def seconds_of(command, path):
    """How long a command takes that reads a file."""
    started = time.monotonic()
    with open(path, "rb") as lines:
        subprocess.run(command, stdin=lines, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.monotonic() - started


def translate_rate(command, sentences):
    """Sentences per second of `glosser translate`, without its start."""
    with tempfile.TemporaryDirectory() as folder:
        one, many = pathlib.Path(folder, "one"), pathlib.Path(folder, "many")
        one.write_text(sentences[0] + "\n", encoding="utf-8")
        many.write_text("\n".join(sentences) + "\n", encoding="utf-8")
        start = min(seconds_of(command, one) for _ in range(3))
        once = seconds_of(command, many) - start
        copies = max(1, round(SECONDS_OF_TRANSLATE / once))
        many.write_text("\n".join(sentences * copies) + "\n", encoding="utf-8")
        return copies * len(sentences) / (seconds_of(command, many) - start)


def main():
    base, pid, path, seconds, glosser, model, *options = sys.argv[1:]
    seconds = int(seconds)
    sentences = open(path, encoding="utf-8").read().splitlines()
    source, target = web.languages(base)
    command = [glosser, "translate", "--model", model, "--quiet", *options]
    name = "load, " + (" ".join(options) or "default beam")
    checks = Checks()

    before = translate_rate(command, sentences)
    memory = Memory(pid)
    started = time.monotonic()
    script = pathlib.Path(__file__).with_name("load.lua")
    wrk = subprocess.run(
        [
            "wrk",
            "-t2",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "--timeout",
            "60s",
            "--latency",
            "-s",
            script,
            base,
            "--",
            path,
            source,
            target,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    ended = time.monotonic()
    lines = [line for line in wrk.stdout.splitlines() if line.startswith("{")]
    if not checks.expect(lines, f"{name}: wrk ran", "" if lines else wrk.stdout + wrk.stderr):
        checks.exit()
    seen = json.loads(lines[-1])
    first, last = memory.mean(started, started + 10), memory.mean(ended - 10, ended)
    after = translate_rate(command, sentences)

    wrong = seen["other_status"] + seen["socket_errors"] + seen["timeouts"]
    checks.expect(wrong == 0, f"{name}: no error but 429", json.dumps(seen))
    rate, reference = seen["ok"] / seen["seconds"], (before + after) / 2
    checks.expect(
        rate >= SHARE_OF_TRANSLATE * reference,
        f"{name}: throughput at least {SHARE_OF_TRANSLATE} x `translate`",
        f"{rate:.1f} sentences/s with {CONNECTIONS} connections; `translate` {before:.1f} before, {after:.1f} after; "
        f"ratio {rate / reference:.2f}",
    )
    print(f"        latency: p50 {seen['p50_ms']:.0f} ms, p99 {seen['p99_ms']:.0f} ms, longest {seen['max_ms']:.0f} ms")
    checks.expect(
        last <= 1.05 * first + 5,
        f"{name}: memory is flat",
        f"mean of the first 10 s {first:.1f} MB, of the last {last:.1f} MB; peak {memory.megabytes('VmHWM'):.1f} MB",
    )
    checks.exit()


main()
