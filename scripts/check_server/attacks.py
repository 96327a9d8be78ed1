"""Clients that behave badly, one function for each kind; each returns what it saw."""

import contextlib
import json
import os
import random
import socket
import struct
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

HEAD = b"POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
MEGABYTES_10 = 10 * 1024 * 1024


def connect(port, timeout=20):
    """A connection to the server."""
    return socket.create_connection(("127.0.0.1", port), timeout=timeout)


def status(connection):
    """Status of the reply on a connection, `closed` without one, or `open` if nothing comes."""
    try:
        data = connection.recv(4096)
        return int(data.split()[1]) if data.startswith(b"HTTP/") else ("closed" if not data else "other bytes")
    except TimeoutError:
        return "open"
    except OSError:
        return "closed"
    finally:
        connection.close()


def send(port, data, timeout=20):
    """Sends bytes, as far as the server takes them, and returns the status of its reply."""
    connection = connect(port, timeout)
    with contextlib.suppress(OSError):
        connection.sendall(data)
    return status(connection)


def drop(connection):
    """Closes a connection by a reset, as a client that vanishes."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def trickle(port, count, seconds, first, piece):
    """Opens connections that each send `first` and then `piece` once a second; how they ended."""
    connections = [connect(port) for _ in range(count)]
    ends = Counter()
    for connection in connections:
        connection.sendall(first)
        connection.setblocking(False)
    until = time.monotonic() + seconds
    while time.monotonic() < until and connections:
        time.sleep(1)
        for connection in connections[:]:
            try:
                connection.send(piece)
                connection.recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                continue
            except OSError:
                pass
            connection.settimeout(1)
            ends[status(connection)] += 1
            connections.remove(connection)
    for connection in connections:
        connection.close()
        ends["open to the end"] += 1
    return dict(ends)


def slow_headers(port):
    """400 clients that send a byte of a header each second for 20 s."""
    return trickle(port, 400, 20, HEAD + b"X-Slow: ", b"a")


def slow_bodies(port):
    """400 clients that announce a body of 1,000 bytes and send one byte each second for 20 s."""
    return trickle(port, 400, 20, HEAD + b'Content-Length: 1000\r\n\r\n{"q":"', b"a")


def silent(port):
    """1,500 clients that connect and say nothing for 5 s: more than the usual limit of 1,024 open files."""
    return trickle(port, 1500, 5, b"", b"")


def large_bodies(port):
    """Bodies of 10 MB: with a length, in chunks, announced only, and as a form."""
    text = b'{"q":"' + b"a" * MEGABYTES_10 + b'","source":"en","target":"fr"}'
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    form = b"q=" + b"a" * MEGABYTES_10
    head = HEAD.replace(b"application/json", b"application/x-www-form-urlencoded")
    return [
        send(port, HEAD + b"Content-Length: %d\r\n\r\n" % len(text) + text),
        send(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 160 + b"0\r\n\r\n"),
        send(port, HEAD + b"Content-Length: 10000000000\r\n\r\n"),
        send(port, HEAD + b"Expect: 100-continue\r\nContent-Length: 10485760\r\n\r\n"),
        send(port, head + b"Content-Length: %d\r\n\r\n" % len(form) + form),
    ]


def random_bytes(port):
    """300 connections with random bytes, half of them after a correct head."""
    draw = random.Random(1)
    seen = Counter()
    for number in range(300):
        data = draw.randbytes(draw.randrange(1, 3000))
        head = HEAD + b"Content-Length: %d\r\n\r\n" % len(data) if number % 2 else b""
        seen[send(port, head + data + b"\r\n\r\n", 3)] += 1
    return dict(seen)


def dropped(port, body):
    """1,000 clients that vanish: in the headers, in the body, and while their translation is computed."""
    whole = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body

    def one(number):
        connection = connect(port)
        try:
            connection.sendall(whole[: (30, len(HEAD) + 10, len(whole) - 5, len(whole))[number % 4]])
            if number % 3:
                time.sleep(0.01)
            drop(connection)
        except OSError:
            return 1
        return 0

    with ThreadPoolExecutor(32) as pool:
        return sum(pool.map(one, range(1000)))


def malformed(port):
    """Heads and chunks that are too large or nonsense: name and status."""
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    cases = {
        "a header of 1 MB": HEAD + b"X-Large: " + b"a" * 1_000_000 + b"\r\n\r\n",
        "10,000 headers": HEAD + b"".join(b"X-%d: a\r\n" % number for number in range(10_000)) + b"\r\n",
        "an address of 1 MB": b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        "a chunk size that is no number": chunked + b"zz\r\nabc\r\n0\r\n\r\n",
        "a negative chunk size": chunked + b"-5\r\nabc\r\n0\r\n\r\n",
        "a chunk size beyond 64 bits": chunked + b"f" * 20 + b"\r\nabc\r\n",
        "length and chunks": HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "a negative length": HEAD + b"Content-Length: -1\r\n\r\n",
        "no length": HEAD + b"\r\n",
        "HTTP/3.7": b"GET / HTTP/3.7\r\n\r\n",
        "TLS": bytes.fromhex("16030100a5010000a10303") + os.urandom(160),
    }
    return {name: send(port, data, 5) for name, data in cases.items()}


def bodies(port):
    """JSON that is deep, long, or not text: name and status."""
    codes = b',"source":"en","target":"fr"}'
    cases = {
        "100,000 brackets": b"[" * 100_000,
        "q nested 50,000 times": b'{"q":' + b"[" * 50_000 + b"]" * 50_000 + codes,
        "100,000 objects": b'{"a":' * 100_000,
        "100,000 keys": b"{" + b",".join(b'"k%d":0' % number for number in range(100_000)) + b"}",
        "100,000 items": b'{"q":[' + b",".join([b'"a"'] * 100_000) + b"]" + codes,
        "100,000 blank items": b'{"q":[' + b",".join([b'""'] * 100_000) + b"]" + codes,
        "a number of 1,000 digits": b'{"q":"a","alternatives":' + b"9" * 1000 + codes,
        "alternatives 1e9": b'{"q":"a","alternatives":1000000000' + codes,
        "invalid UTF-8": b'{"q":"\xff\xfe"' + codes,
        "half a surrogate": b'{"q":"\\ud800"' + codes,
        "NUL": b'{"q":"a\\u0000b\\u0000"' + codes,
        "line ends": b'{"q":"\\n\\r\\n\\u2028\\u0085"' + codes,
        "15,000 letters without a space": b'{"q":"' + b"a" * 15_000 + b'"' + codes,
        "15,000 combining marks": json.dumps({"q": "e" + "\u0301" * 15_000, "source": "en", "target": "fr"}).encode(),
        "6,000 tags": json.dumps({"q": "<b>" * 6_000, "format": "html", "source": "en", "target": "fr"}).encode(),
    }
    return {
        name: send(port, HEAD + b"Content-Length: %d\r\n\r\n" % len(data) + data, 60) for name, data in cases.items()
    }


def pipelined(port):
    """1,000 requests in one piece on one connection; how many were answered."""
    connection = connect(port)
    connection.sendall(
        b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n" * 999
        + b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    data = b""
    try:
        while piece := connection.recv(65536):
            data += piece
    except OSError:
        pass
    connection.close()
    return data.count(b"HTTP/1.1 200")
