"""The real client `libretranslatepy` against a server.

python libretranslate_client.py URL SENTENCES
"""

import json
import sys
import urllib.error

from libretranslatepy import LibreTranslateAPI

import web
from checks import Checks


def refusal(call):
    """Status and text of the error that a call raises, or what it returned."""
    try:
        return call()
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())["error"]


def main():
    base, sentences = sys.argv[1], open(sys.argv[2], encoding="utf-8").read().splitlines()
    source, target = web.languages(base)
    client = LibreTranslateAPI(base)
    checks = Checks()

    languages = client.languages()
    codes = {language["code"] for language in languages}
    checks.expect(
        {source, target} <= codes and all(set(language["targets"]) <= codes for language in languages),
        "libretranslatepy: languages",
        languages,
    )

    wrong = []
    for sentence in sentences[:20]:
        text = client.translate(sentence, source, target, timeout=20)
        if not isinstance(text, str) or not text.strip():
            wrong.append(sentence)
    checks.expect(
        not wrong, "libretranslatepy: translate", f"{len(wrong)} of 20 sentences without a text; the last: {text}"
    )
    by_json = web.post_json(base, "/translate", {"q": sentences[0], "source": source, "target": target}).json()
    checks.expect(
        client.translate(sentences[0], source, target) == by_json["translatedText"],
        "libretranslatepy: a form gives the same text as JSON",
    )
    checks.expect(
        client.translate(sentences[0], "auto", target) == by_json["translatedText"], "libretranslatepy: source `auto`"
    )
    checks.expect(
        LibreTranslateAPI(base, api_key="").translate(sentences[0], source, target) == by_json["translatedText"],
        "libretranslatepy: a blank API key is no key",
    )

    detected = client.detect(sentences[0])
    checks.expect(
        isinstance(detected, list) and detected[0]["language"] == source and 0 < detected[0]["confidence"] <= 100,
        "libretranslatepy: detect",
        detected,
    )

    expected = 400, "Invalid request: missing q parameter"
    seen = refusal(lambda: client.translate("", source, target))
    checks.expect(seen == expected, "libretranslatepy: error for a blank text", seen)
    seen = refusal(lambda: client.translate("a", source, "xx"))
    checks.expect(seen == (400, "xx is not supported"), "libretranslatepy: error for an unknown language", seen)
    seen = refusal(lambda: client.detect(""))
    checks.expect(seen == expected, "libretranslatepy: error of detect", seen)
    checks.exit()


main()
