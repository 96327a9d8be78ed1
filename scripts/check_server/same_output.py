"""Texts of concurrent requests in random groups, compared with those of `glosser translate`.

    python same_output.py URL SENTENCES TRANSLATIONS [SEED]

Line N of TRANSLATIONS is what `glosser translate` prints for line N of SENTENCES.
"""

import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import web
from checks import Checks


def groups(count, draw):
    """Indices 0 to `count` in random order, in groups of 1 to 40."""
    order = list(range(count))
    draw.shuffle(order)
    while order:
        size = draw.choice([1, 1, 2, 3, 8, 20, 40])
        yield order[:size]
        del order[:size]


def main():
    base = sys.argv[1]
    sentences = open(sys.argv[2], encoding="utf-8").read().splitlines()
    expected = open(sys.argv[3], encoding="utf-8").read().splitlines()
    draw = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    source, target = web.languages(base)
    checks = Checks()
    if not checks.expect(
        len(sentences) == len(expected), "same output: `translate` prints one line per line", len(expected)
    ):
        checks.exit()

    def translate(group):
        """The texts of a group; a group of one is sent as a string, as a form or as JSON."""
        value = {"q": [sentences[at] for at in group], "source": source, "target": target}
        if len(group) == 1:
            value["q"] = value["q"][0]
            reply = (web.post_form if group[0] % 2 else web.post_json)(base, "/translate", value, timeout=120)
            return group, reply.status, [(reply.json() or {}).get("translatedText")]
        reply = web.post_json(base, "/translate", value, timeout=120)
        return group, reply.status, (reply.json() or {}).get("translatedText")

    started = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(translate, groups(len(sentences), draw)))
    seconds = time.monotonic() - started
    refused = [status for _, status, _ in replies if status != 200]
    different = [
        (at, text)
        for group, status, texts in replies
        if status == 200
        for at, text in zip(group, texts, strict=True)
        if text != expected[at]
    ]
    checks.expect(
        not refused,
        "same output: every request is answered",
        f"{len(replies)} requests in {seconds:.1f} s, {len(refused)} refused {sorted(set(refused))}",
    )
    checks.expect(
        not different,
        "same output: batching changes no text",
        f"{len(different)} of {len(sentences)} sentences differ from `glosser translate`",
    )
    for at, text in different[:5]:
        print(f"        {sentences[at]!r}\n          translate: {expected[at]!r}\n          server:    {text!r}")
    checks.exit()


main()
