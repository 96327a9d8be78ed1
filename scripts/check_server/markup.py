"""HTML as Mastodon and Discourse send it: tags, addresses and untranslatable parts survive.

python markup.py URL SENTENCES
"""

import sys
from collections import Counter
from html.parser import HTMLParser

import web
from checks import Checks

VOID = {"br", "img", "hr", "input", "meta", "link", "wbr"}


class Tags(HTMLParser):
    """Counts tags with their attributes, collects text, and notices tags that are closed wrongly."""

    def __init__(self, markup):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.wrong, self.text, self.kept = Counter(), [], [], "", []
        self.feed(markup)
        self.close()
        self.wrong += self.open

    def handle_starttag(self, tag, attrs):
        self.tags[tag, tuple(sorted(attrs))] += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags[tag, tuple(sorted(attrs))] += 1

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.text += data
        if "pre" in self.open or "code" in self.open:
            self.kept.append(data)


STATUS = """<p><span class="h-card" translate="no"><a href="https://example.org/@ada" class="u-url mention">@<span>ada\
</span></a></span> {one}</p><p>{two}<br>{one} <a href="https://example.org/tags/dogs" class="mention hashtag" \
rel="tag">#<span>dogs</span></a> <span translate="no">:blob_cat:</span></p><p>\
<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener" target="_blank"><span class="invisible">https://</span>\
<span class="ellipsis">example.org/a?b=1</span><span class="invisible">&amp;c=2</span></a></p>"""

POST = """<p><a class="mention" href="/u/bo">@bo</a> {bold} <img src="/images/emoji/smile.png?v=12" title=":smile:" \
class="emoji" alt=":smile:" loading="lazy" width="20" height="20"></p>
<aside class="quote no-group" data-username="bo" data-post="3" data-topic="7">
<div class="title">
<div class="quote-controls"></div>
bo:</div>
<blockquote>
<p>{two}</p>
</blockquote>
</aside>
<ul>
<li>{one}</li>
<li><em>{two}</em></li>
</ul>
<pre><code class="lang-sh">if a &lt; b &amp;&amp; c; then ls; fi
</code></pre>
<!-- end -->"""


def documents(one, two):
    """Name, markup, and parts that must survive unchanged."""
    words = one.split()
    middle = len(words) // 2
    bold = " ".join([*words[:middle], f"<strong>{words[middle]}</strong>", *words[middle + 1 :]])
    return [
        ("Mastodon status", STATUS.format(one=one, two=two), ["@ada", ":blob_cat:", "#dogs"]),
        ("Discourse post", POST.format(one=one, two=two, bold=bold), ["if a < b && c; then ls; fi", "@bo"]),
        ("broken markup", f"<p>{one} <b>{two} <i>{one}</p></b> <unknown attr>&nope; 5 < 6", []),
        ("nested tags", f'<em><span style="color: red"><strong>{one}</strong></span></em>', []),
    ]


def check(checks, name, markup, kept, reply):
    """Compares the tags of one document with those of its translation."""
    if not checks.expect(reply.status == 200, f"HTML, {name}: translated", reply.status):
        return
    result = reply.json()["translatedText"][0]
    before, after = Tags(markup), Tags(result)
    checks.expect(after.text != before.text, f"HTML, {name}: the text is translated", result)
    if name == "broken markup":
        return
    different = (before.tags - after.tags) + (after.tags - before.tags)
    figures = f"{sum(before.tags.values())} tags; different: {dict(different)}"
    checks.expect(not different, f"HTML, {name}: same tags and attributes", figures)
    checks.expect(not after.wrong, f"HTML, {name}: every tag is closed in order", after.wrong)
    checks.expect(all(part in after.text for part in kept), f"HTML, {name}: untranslatable parts", kept)
    checks.expect(before.kept == after.kept, f"HTML, {name}: code is unchanged", after.kept)
    checks.expect(markup.count("<!--") == result.count("<!--"), f"HTML, {name}: comments stay")


def main():
    base, sentences = sys.argv[1], open(sys.argv[2], encoding="utf-8").read().splitlines()
    source, target = web.languages(base)
    checks = Checks()

    def post(q, **options):
        return web.post_json(base, "/translate", {"q": q, "source": source, "target": target, **options})

    def html(q):
        return post(q, format="html").json()["translatedText"]

    for name, markup, kept in documents(*sentences[1:3]):
        check(checks, name, markup, kept, post([markup], format="html", api_key=None))
    one = sentences[1]
    plain = post(one).json()["translatedText"]
    bold = html(f"<b>{one}</b>")
    checks.expect(bold == f"<b>{plain}</b>", "HTML: a tag around a sentence changes no word", bold)
    lines = html("<p>\n\t" + one.replace(" ", "\n\t\t", 1) + "\n</p>")
    checks.expect(Tags(lines).text.split() == plain.split(), "HTML: line ends are spaces", lines)
    entities = html("<p>1 &lt; 2 &amp; 3</p>")
    checks.expect("<" not in entities[3:-4], "HTML: entities stay escaped", entities)
    checks.exit()


main()
