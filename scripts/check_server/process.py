"""Servers that a check starts itself."""

import atexit
import socket
import subprocess
import time

import web


def free_port():
    """A port on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(glosser, model, port, *options):
    """A server, once it says that it is ready, and the seconds until then."""
    begun = time.monotonic()
    command = [glosser, "serve", "--model", model, "--listen", f"127.0.0.1:{port}", "--quiet", *options]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    # A check that fails must not leave a server.
    atexit.register(server.kill)
    while server.poll() is None and time.monotonic() < begun + 60:
        try:
            if web.get(f"http://127.0.0.1:{port}", "/health", timeout=5).status == 200:
                return server, time.monotonic() - begun
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"error: the server did not start: {server.stderr.read().decode()}")
