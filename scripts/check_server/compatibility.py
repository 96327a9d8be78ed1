"""Requests as clients of LibreTranslate send them; statuses, keys and error texts as LibreTranslate 1.9.6 answers.

python compatibility.py URL SENTENCES
"""

import sys

import web
from checks import Checks


def missing(name):
    """The error for a parameter that is missing or blank."""
    return f"Invalid request: missing {name} parameter"


class Session:
    """A server, a pair of languages, and two sentences whose translations are known."""

    def __init__(self, base, sentences):
        self.base, self.checks = base, Checks()
        self.source, self.target = web.languages(base)
        self.codes = {"source": self.source, "target": self.target}
        self.one, self.two = sentences[:2]
        reply = web.post_json(base, "/translate", {"q": [self.one, self.two], **self.codes})
        self.texts = reply.json()["translatedText"]

    def translate(self, **value):
        """POST /translate with JSON."""
        return web.post_json(self.base, "/translate", value)

    def expect(self, condition, name, figures=""):
        """Prints the result of one check."""
        return self.checks.expect(condition, f"compatible: {name}", figures)

    def refused(self, name, reply, status, error):
        """Expects an error with this status and text (`None`: any text)."""
        right = reply.status == status and (reply.error() if error is None else reply.error() == error)
        right = right and reply.headers.get("content-type", "").startswith("application/json")
        self.expect(right, name, f"{reply.status} {reply.body[:120]!r}")

    def answers(self, name, reply, **expected):
        """Expects 200 and these values of keys."""
        value = reply.json() if reply.status == 200 else None
        right = isinstance(value, dict) and all(value.get(key) == wanted for key, wanted in expected.items())
        self.expect(right, name, "" if right else f"{reply.status} {reply.body[:200]!r}")
        return value or {}


def shapes(session):
    """Strings and lists, alternatives, detected languages."""
    text, codes = session.texts[0], session.codes
    value = session.answers("a string gives a string", session.translate(q=session.one, **codes), translatedText=text)
    session.expect(set(value) == {"translatedText"}, "no other key without being asked", list(value))
    session.answers(
        "a list of one gives a list of one", session.translate(q=[session.one], **codes), translatedText=[text]
    )
    session.answers(
        "null and blank parameters are absent ones",
        session.translate(q=session.one, format=None, api_key="", alternatives=None, secret="", **codes),
        translatedText=text,
    )
    value = session.answers(
        "alternatives of a string", session.translate(q=session.one, alternatives=2, **codes), translatedText=text
    )
    others = value.get("alternatives", [])
    session.expect(
        0 < len(others) <= 2 and text not in others and len(set(others)) == len(others),
        "alternatives are different texts",
        others,
    )
    value = session.answers(
        "alternatives of a list", session.translate(q=[session.one, session.two], alternatives=2, **codes)
    )
    session.expect(
        [bool(texts) for texts in value.get("alternatives", [])] == [True, True],
        "a list of alternatives for each text",
        value.get("alternatives"),
    )
    session.answers(
        "blank items stay blank", session.translate(q=["", session.one], **codes), translatedText=["", text]
    )
    value = session.translate(q=[f"[X0X] {session.one} [X12X]"], **codes).json() or {}
    text = value.get("translatedText", [""])[0]
    session.expect("[X0X]" in text and "[X12X]" in text, "placeholders of Weblate stay", text)
    session.answers("only white space", session.translate(q="  ", **codes), translatedText="  ")


def detection(session):
    """Source `auto`, and how codes are written."""
    text = session.texts[0]
    value = session.answers(
        "auto with a string",
        session.translate(q=session.one, source="auto", target=session.target),
        translatedText=text,
    )
    found = value.get("detectedLanguage") or {}
    session.expect(
        found.get("language") == session.source and 0 < found.get("confidence", 0) <= 100,
        "detectedLanguage of a string",
        found,
    )
    value = session.answers(
        "auto with a list",
        session.translate(q=[session.one, session.two], source="auto", target=session.target),
        translatedText=session.texts,
    )
    session.expect(
        [found["language"] for found in value.get("detectedLanguage", [])] == [session.source] * 2,
        "detectedLanguage for each text",
        value.get("detectedLanguage"),
    )
    session.answers(
        "upper case codes",
        session.translate(q=session.one, source=session.source.upper(), target=session.target.upper()),
        translatedText=text,
    )


def encodings(session):
    """JSON, forms, multipart forms and query strings."""
    fields, base, text = {"q": session.one, **session.codes}, session.base, session.texts[0]
    query = "/translate?" + web.urllib.parse.urlencode(fields)
    session.answers("a form", web.post_form(base, "/translate", fields), translatedText=text)
    session.answers("a multipart form", web.post_multipart(base, "/translate", fields), translatedText=text)
    session.answers("a query string without a body", web.request(base, "POST", query), translatedText=text)
    session.answers(
        "a query string wins over a form", web.post_form(base, query, {"q": session.two}), translatedText=text
    )
    session.answers(
        "the first of repeated fields",
        web.post_form(base, query, [("q", session.one), ("q", session.two)]),
        translatedText=text,
    )
    session.answers(
        "JSON with a charset",
        web.post_json(base, "/translate", fields, "application/json; charset=utf-8"),
        translatedText=text,
    )
    session.refused(
        "a query string does not count beside JSON", web.post_json(base, query, {"q": "a"}), 400, missing("source")
    )
    session.refused("JSON sent as plain text", web.post_json(base, "/translate", fields, "text/plain"), 400, None)
    session.refused("broken JSON", web.post_json(base, "/translate", b"{"), 400, None)
    session.refused("JSON that is no object", web.post_json(base, "/translate", [1]), 400, None)
    session.refused("JSON that is not UTF-8", web.post_json(base, "/translate", b'{"q":"\xff"}'), 400, None)
    reply = web.request(base, "GET", "/languages", b"", {"Content-Type": "application/x-www-form-urlencoded"})
    session.expect(reply.status == 200 and isinstance(reply.json(), list), "GET /languages with an empty form")
    reply = web.request(base, "GET", "/languages", b"", {"Content-Type": "multipart/form-data; boundary=x"})
    session.expect(reply.status == 200, "GET /languages with an empty multipart form", reply.status)


def errors(session):
    """Missing and wrong parameters, in LibreTranslate's order."""
    codes, source, target = session.codes, session.source, session.target
    session.refused("no q", session.translate(**codes), 400, missing("q"))
    session.refused("an empty list", session.translate(q=[], **codes), 400, missing("q"))
    session.refused("nothing at all", session.translate(), 400, missing("q"))
    session.refused("no source", session.translate(q="a", target=target), 400, missing("source"))
    session.refused("no target", session.translate(q="a", source=source), 400, missing("target"))
    session.refused("unknown source", session.translate(q="a", source="xx", target="yy"), 400, "xx is not supported")
    session.refused(
        "unknown target", session.translate(q="a", source=source, target="yy", format="zz"), 400, "yy is not supported"
    )
    session.refused(
        "unknown format", session.translate(q="a", format="xml", **codes), 400, "xml format is not supported"
    )
    session.refused(
        "alternatives that are no number",
        web.post_form(session.base, "/translate", {"q": "a", "alternatives": "x", **codes}),
        400,
        "Invalid request: alternatives parameter is not a number",
    )
    for q in (5, True, {"a": 1}, ["a", 5], ["a", None], ["a", ["b"]]):
        session.refused(f"q is {q!r}", session.translate(q=q, **codes), 400, None)
    for name, value in (("source", 5), ("target", ["en"]), ("format", 5), ("alternatives", {}), ("api_key", 5)):
        reply = session.translate(**{"q": "a", **codes, name: value})
        session.expect(reply.status in (200, 400, 403), f"{name} is {value!r}", f"{reply.status} {reply.body[:100]!r}")
    for method, path in (
        ("GET", "/translate"),
        ("GET", "/detect"),
        ("DELETE", "/translate"),
        ("POST", "/languages"),
        ("POST", "/health"),
    ):
        reply = web.request(session.base, method, path)
        session.expect(
            reply.status == 405 and "allow" in reply.headers,
            f"{method} {path} is not allowed",
            f"{reply.status}, Allow: {reply.headers.get('allow')}",
        )
    session.refused("an unknown path", web.get(session.base, "/nothing"), 404, None)
    reply = web.post_form(session.base, "/suggest", {"q": "a", "s": "b", **codes})
    session.expect(reply.status in (403, 404), "no suggestions", reply.status)


def others(session):
    """/detect, /health, /frontend/settings, /spec, /metrics and HEAD."""
    reply = web.post_json(session.base, "/detect", {"q": session.one})
    session.expect(reply.status == 200 and reply.json()[0]["language"] == session.source, "/detect", reply.body[:100])
    reply = web.request(
        session.base,
        "POST",
        "/detect?" + web.urllib.parse.urlencode({"q": session.one, "api_key": ""}),
        b"",
        {"Content-Type": "multipart/form-data; boundary=x"},
    )
    session.expect(reply.status == 200, "/detect with a query string and an empty multipart form", reply.status)
    session.refused("/detect without q", web.post_json(session.base, "/detect", {}), 400, missing("q"))
    reply = web.post_json(session.base, "/detect", {"q": "   "})
    session.expect(
        reply.status == 200 and reply.json()[0]["confidence"] == 0,
        "/detect of white space",
        reply.body[:100],
    )
    reply = web.get(session.base, "/health")
    session.expect(reply.json() == {"status": "ok"}, "/health", reply.body)
    settings = web.get(session.base, "/frontend/settings").json() or {}
    wanted = {
        "apiKeys",
        "charLimit",
        "filesTranslation",
        "frontendTimeout",
        "keyRequired",
        "language",
        "suggestions",
        "supportedFilesFormat",
    }
    session.expect(wanted <= set(settings), "/frontend/settings", settings)
    spec = web.get(session.base, "/spec").json() or {}
    session.expect("/translate" in spec.get("paths", {}), "/spec", spec.get("openapi") or spec.get("swagger"))
    reply = web.get(session.base, "/metrics")
    session.expect(
        reply.status == 200 and b"# TYPE " in reply.body and session.one.encode() not in reply.body,
        "/metrics",
        reply.headers.get("content-type"),
    )
    for path in ("/languages", "/health", "/"):
        reply = web.request(session.base, "HEAD", path)
        session.expect(reply.status == 200 and not reply.body, f"HEAD {path}", reply.status)
    reply = web.get(session.base, "/")
    policy = reply.headers.get("content-security-policy", "")
    session.expect(
        reply.headers.get("content-type", "").startswith("text/html")
        and "default-src" in policy
        and reply.headers.get("x-content-type-options") == "nosniff",
        "the page has a content policy",
        policy,
    )
    session.expect(
        "access-control-allow-origin" not in web.get(session.base, "/languages").headers,
        "no other site may read replies (CORS is off)",
    )


def files(session):
    """/translate_file and the download of its result."""
    content = f"{session.one}\n\n{session.two}\n".encode()
    reply = web.post_multipart(session.base, "/translate_file", session.codes, ("two lines.txt", content))
    url = (reply.json() or {}).get("translatedFileUrl", "")
    session.expect(
        reply.status == 200 and url.startswith(session.base + "/download_file/"),
        "/translate_file",
        f"{reply.status} {reply.body[:150]!r}",
    )
    if url:
        reply = web.get(session.base, url[len(session.base) :])
        session.expect(
            reply.body.decode() == f"{session.texts[0]}\n\n{session.texts[1]}\n",
            "the file has the same texts",
            reply.body[:200],
        )
        session.expect(
            "attachment" in reply.headers.get("content-disposition", ""),
            "the file is offered for download",
            reply.headers.get("content-disposition"),
        )
    for name, fields, file, error in (
        ("no file", session.codes, None, None),
        ("no target", {"source": session.source}, ("a.txt", content), missing("target")),
        ("an unknown format", session.codes, ("a.exe", content), None),
        ("an unknown language", {**session.codes, "target": "xx"}, ("a.txt", content), "xx is not supported"),
    ):
        session.refused(
            f"/translate_file with {name}",
            web.post_multipart(session.base, "/translate_file", fields, file),
            400,
            error,
        )
    for name in ("nothing.txt", "..%2f..%2fetc%2fpasswd", "%00", "a" * 300):
        reply = web.get(session.base, f"/download_file/{name}")
        session.expect(reply.status in (400, 404), f"/download_file/{name[:24]}", reply.status)


def main():
    session = Session(sys.argv[1], open(sys.argv[2], encoding="utf-8").read().splitlines())
    for part in (shapes, detection, encodings, errors, others, files):
        part(session)
    session.checks.exit()


main()
