"""API keys, limits, other origins and a proxy, on a server of its own.

python limits.py SENTENCES GLOSSER MODEL
"""

import pathlib
import sys
import tempfile

import web
from checks import Checks
from process import free_port, start

FREE, LIMITED = "0123456789abcdef", "fedcba9876543210"
ORIGIN = "https://reader.example"


class Limited:
    """A server with keys and limits."""

    def __init__(self, checks, base, sentence):
        self.checks, self.base = checks, base
        source, target = web.languages(base)
        self.value = {"q": sentence, "source": source, "target": target}

    def expect(self, name, reply, status, error=None):
        """Expects a status, and the text of an error."""
        right = reply.status == status and (error is None or reply.error() == error)
        self.checks.expect(right, f"limits: {name}", f"{reply.status} {reply.body[:120]!r}")
        return reply

    def post(self, **more):
        """POST /translate with JSON."""
        return web.post_json(self.base, "/translate", {**self.value, **more})

    def keys(self):
        """Where a key may be, and what happens without one."""
        no_key = "Please contact the server operator to get an API key"
        self.expect("no key", self.post(), 400, no_key)
        self.expect("a blank key", self.post(api_key=""), 400, no_key)
        self.expect("a wrong key", self.post(api_key="0123456789abcdee"), 403, "Invalid API key")
        self.expect("a key that is no text", self.post(api_key=5), 403, "Invalid API key")
        self.expect("a key in JSON", self.post(api_key=FREE), 200)
        self.expect("a key in a form", web.post_form(self.base, "/translate", {**self.value, "api_key": FREE}), 200)
        path = f"/translate?api_key={FREE}"
        self.expect("a key in the address", web.post_form(self.base, path, self.value), 200)
        body = web.json.dumps(self.value)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {FREE}"}
        self.expect("a key in a header", web.request(self.base, "POST", "/translate", body, headers), 200)
        self.expect("/detect without a key", web.post_json(self.base, "/detect", {"q": "a"}), 400, no_key)
        file = "a.txt", b"A line.\n"
        self.expect(
            "a file without a key", web.post_multipart(self.base, "/translate_file", self.value, file), 400, no_key
        )
        for path in ("/", "/languages", "/health", "/frontend/settings", "/spec"):
            self.expect(f"{path} needs no key", web.get(self.base, path), 200)
        settings = web.get(self.base, "/frontend/settings").json()
        seen = settings["apiKeys"], settings["keyRequired"], settings["charLimit"]
        self.checks.expect(seen == (True, True, 200), "limits: /frontend/settings tells them", seen)

    def sizes(self):
        """Too many texts, and too long ones."""
        error = "Invalid request: request ({}) exceeds text limit ({})"
        self.expect("a long text", self.post(q="a" * 201, api_key=FREE), 400, error.format(201, 200))
        self.expect("a text of 200 characters", self.post(q="é " * 100, api_key=FREE), 200)
        self.expect("many texts", self.post(q=["a"] * 6, api_key=FREE), 400, error.format(6, 5))

    def rates(self):
        """A key with four texts per minute."""
        self.expect("three of four texts", self.post(q=["a", "b", "c"], api_key=LIMITED), 200)
        reply = self.expect("two more", self.post(q=["a", "b"], api_key=LIMITED), 429)
        seconds = reply.headers.get("retry-after", "")
        self.checks.expect(seconds.isdigit() and 1 <= int(seconds) <= 60, "limits: Retry-After has seconds", seconds)
        self.expect("the fourth", self.post(api_key=LIMITED), 200)
        self.expect("five texts can never pass", self.post(q=["a"] * 5, api_key=LIMITED), 400)
        self.expect("another key has its own limit", self.post(api_key=FREE), 200)

    def origins(self):
        """Web pages of other origins."""
        for origin, allowed in ((ORIGIN, True), ("https://evil.example", False)):
            headers = {
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type",
            }
            preflight = web.request(self.base, "OPTIONS", "/translate", headers=headers)
            plain = web.get(self.base, "/languages", headers={"Origin": origin})
            seen = [reply.headers.get("access-control-allow-origin") for reply in (preflight, plain)]
            self.checks.expect(
                (seen == [origin] * 2) == allowed and (allowed or origin not in seen),
                f"limits: {origin} {'may' if allowed else 'may not'} use the server",
                seen,
            )

    def proxy(self):
        """What a proxy adds counts."""
        fields = {"source": self.value["source"], "target": self.value["target"], "api_key": FREE}
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "translate.example"}
        boundary = {"Content-Type": "multipart/form-data; boundary=b"}
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()
        ]
        parts.append('--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nOne.\r\n--b--\r\n')
        reply = web.request(self.base, "POST", "/translate_file", "".join(parts), {**headers, **boundary})
        url = (reply.json() or {}).get("translatedFileUrl", "")
        self.checks.expect(
            url.startswith("https://translate.example/download_file/"), "limits: addresses behind a proxy", url
        )


def clients(checks, glosser, model, sentence):
    """Limits of clients without a key, told apart by the proxy."""
    port = free_port()
    server, _ = start(glosser, model, port, "--texts-per-minute", "3", "--behind-proxy")
    limited = Limited(checks, f"http://127.0.0.1:{port}", sentence)

    def post(address):
        headers = {"Content-Type": "application/json", "X-Forwarded-For": address}
        body = web.json.dumps({**limited.value, "q": "a"})
        return web.request(limited.base, "POST", "/translate", body, headers).status

    one = [post("203.0.113.7") for _ in range(4)]
    other = post("203.0.113.8")
    invented = post("198.51.100.1, 203.0.113.7")
    checks.expect(
        (one, other, invented) == ([200] * 3 + [429], 200, 429),
        "limits: each client of a proxy has its own",
        f"{one}, another client {other}, with an invented address {invented}",
    )
    server.terminate()
    server.wait(30)


def main():
    sentence = open(sys.argv[1], encoding="utf-8").readline().strip()
    glosser, model = sys.argv[2:4]
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        keys = pathlib.Path(folder, "keys")
        keys.write_text(f"# keys\n{FREE}\n{LIMITED} 4\n")
        port = free_port()
        server, _ = start(
            glosser,
            model,
            port,
            "--api-keys",
            keys,
            "--require-api-key",
            "--max-texts",
            "5",
            "--max-characters",
            "200",
            "--allow-origin",
            ORIGIN,
            "--behind-proxy",
        )
        limited = Limited(checks, f"http://127.0.0.1:{port}", sentence)
        for part in (limited.keys, limited.sizes, limited.rates, limited.origins, limited.proxy):
            part()
        server.terminate()
        server.wait(30)
    clients(checks, glosser, model, sentence)
    checks.exit()


main()
