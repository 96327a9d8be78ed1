"""SIGTERM with requests in flight: all are answered, the program ends with 0, and the port is free again.

python graceful_stop.py SENTENCES GLOSSER MODEL
"""

import json
import signal
import socket
import subprocess
import sys
import time

import web
from checks import Checks
from process import free_port, start

IN_FLIGHT = 20
SENTENCES_EACH = 12


def send(port, value):
    """A connection on which a whole translation request has been sent."""
    body = json.dumps(value).encode()
    connection = socket.create_connection(("127.0.0.1", port), timeout=120)
    head = "POST /translate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    return connection


def answer(connection):
    """Status and texts of the reply on a connection, or the error."""
    try:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return "closed without a reply", None
            data += piece
        head, body = data.split(b"\r\n\r\n", 1)
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        while len(body) < length:
            piece = connection.recv(65536)
            if not piece:
                return "reply cut off", None
            body += piece
        return int(head.split()[1]), json.loads(body).get("translatedText")
    except OSError as error:
        return str(error), None


def in_flight(checks, server, port, values, expected):
    """Sends all requests, then SIGTERM, and expects all answers and exit code 0."""
    idle = socket.create_connection(("127.0.0.1", port))
    connections = [send(port, value) for value in values]
    time.sleep(0.1)
    early = sum(map(readable, connections))
    server.send_signal(signal.SIGTERM)
    stopped = time.monotonic()
    replies = [answer(connection) for connection in connections]
    right = sum(reply == (200, texts) for reply, texts in zip(replies, expected, strict=True))
    others = [reply for reply in replies if reply[0] != 200]
    checks.expect(
        right == IN_FLIGHT,
        "stop: requests in flight are answered",
        f"{right} of {IN_FLIGHT} right, {early} of them before the signal; others: {others[:3]}",
    )
    checks.expect(early <= IN_FLIGHT // 2, "stop: most were still in flight at the signal", IN_FLIGHT - early)
    try:
        code = server.wait(30)
    except subprocess.TimeoutExpired:
        code = "none after 30 s"
        server.kill()
    seconds = time.monotonic() - stopped
    checks.expect(
        code == 0, "stop: exit code 0, with an idle connection open", f"{code}, {seconds:.2f} s after the signal"
    )
    idle.close()


def main():
    sentences = open(sys.argv[1], encoding="utf-8").read().splitlines()
    glosser, model = sys.argv[2:4]
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    server, seconds = start(glosser, model, port)
    print(f"        ready {seconds:.2f} s after the start")
    checks = Checks()
    source, target = web.languages(base)
    values = [
        {"q": sentences[at : at + SENTENCES_EACH], "source": source, "target": target}
        for at in range(0, IN_FLIGHT * SENTENCES_EACH, SENTENCES_EACH)
    ]
    expected = [web.post_json(base, "/translate", value).json()["translatedText"] for value in values]
    in_flight(checks, server, port, values, expected)

    again, seconds = start(glosser, model, port)
    texts = web.post_json(base, "/translate", values[0]).json()["translatedText"]
    checks.expect(texts == expected[0], "stop: a second start on the same port works at once", f"{seconds:.2f} s")
    again.send_signal(signal.SIGINT)
    checks.expect(again.wait(30) == 0, "stop: Ctrl-C ends it with exit code 0, too")
    checks.exit()


def readable(connection):
    """Whether a reply has already arrived."""
    connection.setblocking(False)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(120)


main()
