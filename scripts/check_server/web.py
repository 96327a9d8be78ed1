"""HTTP requests as clients send them, each on a connection of its own."""

import http.client
import json
import urllib.parse
from dataclasses import dataclass


@dataclass
class Reply:
    """Status, headers and body of a reply."""

    status: int
    headers: dict
    body: bytes

    def json(self):
        """The body as JSON; `None` if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def error(self):
        """The text of the key `error`, or `None`."""
        value = self.json()
        return value.get("error") if isinstance(value, dict) else None


def request(base, method, path, body=None, headers=None, timeout=60):
    """Sends one request and reads the reply; names of headers are in lower case."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        reply = connection.getresponse()
        return Reply(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
    finally:
        connection.close()


def get(base, path, **options):
    """A GET request."""
    return request(base, "GET", path, **options)


def post_json(base, path, value, content_type="application/json", timeout=60):
    """A POST request with JSON; `value` may be bytes that are sent as they are."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return request(base, "POST", path, body, {"Content-Type": content_type}, timeout)


def post_form(base, path, fields, timeout=60):
    """A POST request with a form, as `urllib` and browsers send it."""
    body = fields if isinstance(fields, bytes) else urllib.parse.urlencode(fields).encode()
    return request(base, "POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"}, timeout)


def post_multipart(base, path, fields, file=None, timeout=60):
    """A POST request with a multipart form; `file` is a pair of name and content."""
    boundary = "boundary7MA4YWxkTrZu0gW"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if file is not None:
        name, content = file
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return request(base, "POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}, timeout)


def languages(base):
    """A pair (source, target) that the server translates."""
    for language in get(base, "/languages").json():
        for target in language["targets"]:
            if target != language["code"]:
                return language["code"], target
    raise SystemExit("error: /languages names no pair")
