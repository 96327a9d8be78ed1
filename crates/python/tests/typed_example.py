"""A program as users write it. mypy checks it in strict mode; it is not run."""

from pathlib import Path

import glosser
import numpy

translator = glosser.Translator(Path("de-en"), threads=2)
one: glosser.Translation = translator.translate("Ein Hund läuft.")
several: list[glosser.Translation] = translator.translate(["Ein Hund läuft.", "Zwei Männer."], beam_size=1)
best: list[glosser.Translation] = translator.translate_n_best("Ein Hund läuft.", 3)
all_best: list[list[glosser.Translation]] = translator.translate_n_best(["Ein Hund läuft."], 3, split="never")
text: str = translator.translate("Ein Hund.", glossary={"Hund": "hound"}, keep=["Ein"]).text
links: list[tuple[int, int]] = one.links
rows: list[list[float]] = one.attention.tolist()
array = numpy.asarray(one.attention)
log_prob: float | None = translator.score([("Ein Hund.", "A dog.")])[0].log_prob
aligned: glosser.Translation = translator.align([["Ein Hund.", "A dog."]])[0]
summary = glosser.train(("train.de", "train.en"), "de-en", minutes=5, on_event=print)
bleu: float = summary["dev_bleu"]
