"""Runs a Spark program, kills the process of one executor in the middle, and checks what is left of it.

python killed.py OUTPUT LOG GLOSSER -- COMMAND..
"""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import tools

# Partitions that must be finished before the process is killed.
FINISHED = 3

# Seconds that processes of a killed executor may go on.
GRACE = 20


def finished(output):
    """Returns the number of partitions that are written."""
    return len(list(Path(output).glob("_temporary/0/task_*/part-*")))


def executors(root):
    """Returns the executors below a process, each with its processes of glosser."""
    found = []
    for pid in tools.below(root):
        command = tools.command_line(pid)
        if "CoarseGrainedExecutorBackend" in command and command.split("\0")[0].endswith("java"):
            found.append((pid, command))
    return found


def main():
    output, log, glosser = sys.argv[1:4]
    checks = tools.Checks()
    with open(log, "wb") as out:
        program = subprocess.Popen(sys.argv[5:], stdout=out, stderr=subprocess.STDOUT)
    victim = None
    while program.poll() is None and victim is None:
        time.sleep(0.1)
        busy = [(pid, command, tools.programs(pid, glosser)) for pid, command in executors(program.pid)]
        busy = [found for found in busy if found[2]]
        if finished(output) >= FINISHED and busy:
            victim = busy[0]
            os.kill(victim[0], signal.SIGKILL)
    if victim is None:
        checks.expect(False, f"killed: no executor was busy, the program ended with {program.wait()}; see {log}")
        checks.exit()
    pid, command, children = victim
    number = command.split("\0")[command.split("\0").index("--executor-id") + 1]
    print(
        f"        killed: executor {number}, process {pid}, its glosser {children}; {finished(output)} parts were done"
    )
    ended = time.monotonic() + GRACE
    while any(tools.is_running(child, glosser) for child in children) and time.monotonic() < ended:
        time.sleep(0.1)
    checks.expect(
        not any(tools.is_running(child, glosser) for child in children),
        f"killed: glosser of the executor has ended within {GRACE} s",
    )
    checks.expect(program.poll() is None, "killed: Spark was still at work then")
    code = program.wait()
    checks.expect(code == 0, f"killed: Spark finished the work (exit code {code})")
    lost = re.findall(rf".*Lost executor {number} on .*", Path(log).read_text(errors="replace"))
    checks.expect(bool(lost), f"killed: Spark noticed it: {lost[0].strip() if lost else 'no line in the log'}")
    checks.expect(not tools.programs(None, glosser), "killed: no process of glosser is left")
    checks.exit()


main()
