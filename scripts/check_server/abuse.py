"""Bad clients against a server, while good ones ask for /health and for a translation all the time.

    python abuse.py URL PID SENTENCES

`LIMIT=500` sets the milliseconds in which /health must answer (default 100).
"""

import http.client
import json
import multiprocessing
import os
import pathlib
import resource
import sys
import time
import urllib.parse

import attacks
import web
from checks import Checks

LIMIT = float(os.environ.get("LIMIT", "100"))


def ask_for_health(port, results, stop):
    """Asks for /health every 30 ms, each time on a new connection."""
    while not stop.is_set():
        started = time.monotonic()
        right = once(port, "GET", "/health", None) == {"status": "ok"}
        results.put(("health", right, time.monotonic() - started))
        time.sleep(0.03)


def ask_for_translation(port, results, stop, value, expected):
    """Asks for a translation every half second."""
    while not stop.is_set():
        started = time.monotonic()
        right = (once(port, "POST", "/translate", value) or {}).get("translatedText") == expected
        results.put(("translation", right, time.monotonic() - started))
        time.sleep(0.5)


def once(port, method, path, value):
    """The JSON of one reply, or `None`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        body = None if value is None else json.dumps(value)
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        reply = connection.getresponse()
        return json.loads(reply.read()) if reply.status == 200 else {"status": reply.status}
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class Probes:
    """The good clients, in processes of their own."""

    def __init__(self, port, value, expected):
        self.results, self.stop = multiprocessing.Queue(), multiprocessing.Event()
        common = port, self.results, self.stop
        self.processes = [
            multiprocessing.Process(target=ask_for_health, args=common, daemon=True),
            multiprocessing.Process(target=ask_for_translation, args=(*common, value, expected), daemon=True),
        ]
        for process in self.processes:
            process.start()

    def taken(self):
        """Results since the last call: kind to (number of wrong ones, times in milliseconds)."""
        kinds = {"health": [0, []], "translation": [0, []]}
        while not self.results.empty():
            kind, right, seconds = self.results.get()
            kinds[kind][0] += not right
            kinds[kind][1].append(1000 * seconds)
        return kinds


def figures(pid):
    """Resident memory of a process in megabytes, and a text with more figures."""
    status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    memory, peak = (int(status[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM"))
    files = len(os.listdir(f"/proc/{pid}/fd"))
    return memory, f"{memory:.0f} MB (peak {peak:.0f}), {status['Threads'].strip()} threads, {files} open files"


class Abuse:
    """A server under attack."""

    def __init__(self, base, pid, sentences):
        self.checks, self.pid = Checks(), pid
        self.port = urllib.parse.urlsplit(base).port
        source, target = web.languages(base)
        value = {"q": sentences[0], "source": source, "target": target}
        self.expected = web.post_json(base, "/translate", value).json()["translatedText"]
        self.probes = Probes(self.port, value, self.expected)
        self.body = json.dumps({**value, "q": sentences[:20]}).encode()

    def phase(self, name, attack, *arguments, right=lambda seen: True):
        """Runs an attack; checks what it saw, and how the good clients fared meanwhile."""
        self.probes.taken()
        seen = attack(self.port, *arguments)
        time.sleep(0.5)
        kinds = self.probes.taken()
        until = time.monotonic() + 60
        while not kinds["translation"][1] and time.monotonic() < until:
            time.sleep(0.2)
            kinds["translation"] = self.probes.taken()["translation"]
        self.checks.expect(right(seen), f"abuse, {name}", seen)
        (unhealthy, health), (wrong, translations) = kinds["health"], kinds["translation"]
        slowest = max(health, default=float("inf"))
        self.checks.expect(
            not unhealthy and slowest <= LIMIT,
            f"abuse, {name}: /health answers within {LIMIT:.0f} ms",
            f"slowest of {len(health)} {slowest:.0f} ms, {unhealthy} wrong",
        )
        self.checks.expect(
            translations and not wrong,
            f"abuse, {name}: a sentence is translated",
            f"slowest of {len(translations)} {max(translations, default=0):.0f} ms, {wrong} wrong",
        )

    def run(self):
        """All attacks, one after the other."""
        before, text = figures(self.pid)
        print(f"        before: {text}")
        codes = {"open", "closed", *range(400, 500)}
        self.phase("nothing (for comparison)", lambda port: time.sleep(3))
        self.phase("slow headers", attacks.slow_headers)
        self.phase("slow bodies", attacks.slow_bodies)
        self.phase("silent clients", attacks.silent)
        self.phase("bodies of 10 MB get 413", attacks.large_bodies, right=lambda seen: set(seen) == {413})
        self.phase("random bytes", attacks.random_bytes, right=lambda seen: set(seen) <= codes)
        self.phase("1,000 dropped connections", attacks.dropped, self.body, right=lambda failed: failed == 0)
        self.phase(
            "malformed heads and chunks",
            attacks.malformed,
            right=lambda seen: set(seen.values()) <= codes and seen["a chunk size that is no number"] != "open",
        )
        self.phase("hostile bodies", attacks.bodies, right=lambda seen: set(seen.values()) <= {200, *range(400, 500)})
        self.phase("1,000 requests in one piece", attacks.pipelined, right=lambda answered: answered == 1000)
        time.sleep(3)
        after, text = figures(self.pid)
        self.checks.expect(after < before + 100, "abuse: memory afterwards", text)
        self.probes.stop.set()
        self.checks.exit()


def main():
    wanted = 4096
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    base, pid, path = sys.argv[1:4]
    Abuse(base, pid, open(path, encoding="utf-8").read().splitlines()).run()


main()
