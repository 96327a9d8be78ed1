"""The picture in a notebook."""

import re
from html.parser import HTMLParser
from pathlib import Path

import glosser
from conftest import Program

VOID = {"rect", "line", "path", "br", "meta", "img", "stop", "circle", "use", "polygon"}


class Balance(HTMLParser):
    """Checks that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def assert_is_a_safe_part(html: str) -> None:
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|url\(|src=|<script|\bon\w+=|<link|@import", html)
    # Parts of one page would share an identifier, and a rule without the class would change the page.
    assert not re.search(r"\sid=", html)
    style, *of_picture = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style.startswith(".glosser-gloss {") and style.endswith("}")
    depths = [style[: match.end()].count("{") - style[: match.end()].count("}") for match in re.finditer("}", style)]
    assert 0 not in depths[:-1] and depths[-1] == 0
    for selector in re.findall(r"([^{}]+){", "".join(of_picture)):
        assert selector.strip().startswith((".glosser-", "@media")), selector


def test_a_translation_is_shown_with_gloss_and_heat_map(translator: glosser.Translator) -> None:
    html = translator.translate("Our grandmother is a nurse.")._repr_html_()
    assert_is_a_safe_part(html)
    assert html.startswith('<div class="glosser-gloss">') and html.count("<svg ") == 1
    assert "Notre grand-mère est infirmière." in html


def test_the_gloss_is_that_of_the_program(
    translator: glosser.Translator, model: Path, pairs_file: Path, pairs: list[tuple[str, str]], program: Program
) -> None:
    page = program("gloss", "--model", model, "--pairs", pairs_file, "--format", "html")
    words = re.findall(r'<ul class="words".*?</ul>\n<p class="translation".*?</p>', page, re.DOTALL)
    assert len(words) == len(pairs)
    for aligned, translated, part in zip(translator.align(pairs), pairs, words, strict=True):
        assert part in aligned._repr_html_()
        # What search has found is shown with the links of the aligner, too.
        found = translator.translate(translated[0])
        assert found.text == translated[1] and part in found._repr_html_()


def test_the_heat_map_is_that_of_the_program(
    translator: glosser.Translator, model: Path, program: Program, pairs: list[tuple[str, str]]
) -> None:
    source, target = pairs[0]
    svg = program("heat-map", "--model", model, source, target)
    assert svg in translator.align([(source, target)])[0]._repr_html_()


def test_markup_in_a_text_is_escaped(translator: glosser.Translator) -> None:
    hostile = "<script>alert(1)</script> </style> & \" ' שלום"
    for shown in (translator.align([(hostile, hostile)])[0], translator.translate(hostile)):
        html = shown._repr_html_()
        assert_is_a_safe_part(html)
        assert "<script" not in html and 'dir="rtl"' in html
