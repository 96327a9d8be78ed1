"""Compares `glosser evaluate` with the package sacreBLEU on lines generated from corpora; see check_evaluation.sh."""

import argparse
import gzip
import json
import math
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import sacrebleu
from compare_metrics import METRICS, TOKENIZERS, figure, figures_of_package, figures_of_program
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest

# Sizes of the small parts that are compared, repeated until they contain a quarter of all lines.
SLICES = [1, 1, 2, 3, 5, 10, 20, 50, 100, 200]

# Number of words of a long line.
LONG = 250

# Number of sentences for the comparison of two systems.
PAIRED = 1000

# Largest number of references per sentence.
REFERENCES = 3

# Number of sentences whose own scores are compared.
SINGLE = 200

ODD = [
    "", " ", "\t", "...", "?!", "-", "- - -", ".,.,", "\"", "Yes", "Yes .", "No!", "The dog", "a", "1", "3.14",
    "🐕", "👩\u200d👩\u200d👧 and 🐈\ufe0f !", "non\u00a0breaking\u00a0space", "\u00a0", "narrow\u202fspace 10\u202f000",
    "one\u2028line\u2029only\u0085here", "\u2028", "tab\there\t", "\x1cfile\x1dgroup\x1erecord\x1funit", "\x0bvertical\x0cform",
    "bell\x07 esc\x1b[31mred\x1b[0m del\x7f", "\x01\x02\x03", "zero\u200bwidth", "\ufeffmark", "soft\u00adhyphen",
    "שלום עולם!", "السلام عليكم، يا عالم؟", "\u202babc אבג\u202c \u200fdef", "ᎣᏏᏲ ᏙᎯᏧ ᎠᏴ.", "ꭳꮟᏺ ᏙᎯᏧ", "我喜欢狗。", "我 喜欢 狗 。",
    "犬が走る。はい、そうです。", "ひらがな カタカナ ｶﾀｶﾅ １２３", "한국어 문장입니다.", "ΟΔΟΣ ΟΔΌΣ ς", "İstanbul ılık ß ẞ ǅ ﬁ", "e\u0301te\u0301 été",
    "He said &quot;no &amp; never&quot;.", "&lt;b&gt;bold&lt;/b&gt; &amp;lt; &amp;quot;", "&quot;", "&apos;s &nbsp; &#39;", "<skipped> one",
    "It costs 1,000.5 euros, or .5.", "1,000,000.00", "3-4 a-b 5--6 7-", "10.000,50 €", "v1.2.3-4", "٣.٤ and ²,³", "12:30 a.m.,",
    "don't can't l'été 's", "`a' ``b'' {x|y} ~z^_ [c] \\d @e #f $g %h *i +j =k", "http://a.b/c?d=e&f=g", "a  b   c    d",
    "\ra", "a\rb", "word\u3000ideographic\u3000space", "\u180emongolian", "𝔘𝔫𝔦 𐐀𐐨 𞤀𞤢",
]

# Marks that are inserted anywhere.
MARKS = [".", ",", "-", "'", "\"", "&quot;", "&amp;", "!", "(", ")", "1,5", "3.", "\u00a0", "\u2028", "\t", "🐕", "Ꭰ", "犬", "א", "\x1f"]


def lines_of(path):
    """Returns the lines of a text, plain or gzip, without NUL, which the program refuses."""
    data = Path(path).read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    lines = data.decode("utf-8").replace("\0", "").removesuffix("\n").split("\n")
    if not any(line.strip() for line in lines):
        raise ValueError(f"{path} has no text")
    return lines


def damaged(line, lines, rng):
    """Returns a line with random changes, as a good or bad system might have translated it."""
    words = line.split(" ")
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3, 5, 8])):
        at = rng.randrange(len(words) + 1)
        action = rng.randrange(7)
        if action == 0:
            del words[at : at + 1]
        elif action == 1:
            words.insert(at, rng.choice(rng.choice(lines).split(" ")))
        elif action == 2:
            words[at : at + 1] = [rng.choice(rng.choice(lines).split(" "))]
        elif action == 3:
            moved = words[at : at + rng.randint(1, 12)]
            del words[at : at + len(moved)]
            to = rng.randrange(len(words) + 1)
            words[to:to] = moved
        elif action == 4:
            words[at : at + 1] = [word.swapcase() for word in words[at : at + 1]]
        elif action == 5:
            words.insert(at, rng.choice(MARKS))
        else:
            words[at : at + 1] = [word + rng.choice(MARKS) for word in words[at : at + 1]]
    return " ".join(words)


def hypothesis_and_reference(line, lines, rng):
    """Returns a pair of hypothesis and reference; one pair in eight has an unusual side."""
    kind = rng.random()
    if kind < 0.02:
        return "", line
    if kind < 0.03:
        return line, ""
    if kind < 0.05:
        return rng.choice(ODD), line
    if kind < 0.07:
        return line, rng.choice(ODD)
    if kind < 0.11:
        odd = rng.choice(ODD)
        return damaged(odd, ODD, rng), odd
    if kind < 0.12:
        some = "".join(rng.choice(MARKS + ODD) for _ in range(rng.randrange(12)))
        return damaged(some, MARKS, rng), some
    if kind < 0.14:
        words = line.split(" ")
        short = " ".join(words[: rng.randint(1, 2)])
        return damaged(short, lines, rng), short
    if kind < 0.16:
        return rng.choice(lines), line
    return damaged(line, lines, rng), line


def long_line(lines, words, rng):
    """Joins lines until there are `words` words."""
    all_words = []
    while len(all_words) < words:
        all_words += rng.choice(lines).split(" ")
    return " ".join(all_words[:words])


def generated(corpora, count, rng):
    """Returns (name, pairs) for each corpus, `count` pairs in all."""
    parts = []
    for index, path in enumerate(corpora):
        lines = lines_of(path)
        size = count * (index + 1) // len(corpora) - count * index // len(corpora)
        pairs = [hypothesis_and_reference(line, lines, rng) for line in rng.choices(lines, k=size)]
        if size > 2:
            long, very_long = long_line(lines, LONG, rng), long_line(lines, 4 * LONG, rng)
            # In the longest line only one word is wrong: with more, sacreBLEU would try shifts for minutes.
            pairs[-2:] = [(damaged(long, lines, rng), long), (very_long.partition(" ")[2], very_long)]
        # A line end would make two lines, and a byte order mark at the start of a file is not part of its text.
        clean = lambda text: text.replace("\n", " ").removeprefix("\ufeff")
        parts.append((Path(path).name, [(clean(h), clean(r)) for h, r in pairs]))
    return parts


def slices(pairs, rng):
    """Yields (name, pairs) for many small parts of different size."""
    left = len(pairs) // 4
    while left > 0:
        for size in SLICES:
            start = rng.randrange(max(1, len(pairs) - size))
            part = pairs[start : start + size]
            yield f"lines {start + 1}-{start + len(part)}", part
            left -= size


def other_references(pairs, rng):
    """Returns lists of further references: changed references and hypotheses, and unusual lines."""
    references = [reference for _, reference in pairs]
    def other(hypothesis, reference):
        kind = rng.random()
        line = rng.choice(ODD) if kind < 0.1 else hypothesis if kind < 0.2 else damaged(reference, references, rng)
        return line.replace("\n", " ").removeprefix("\ufeff")
    return [[other(*pair) for pair in pairs] for _ in range(REFERENCES - 1)]


class Check:
    """Runs the program and the package on files in a directory and collects differences."""

    def __init__(self, program, directory):
        self.program, self.directory = program, Path(directory)
        self.compared, self.lines, self.differing = 0, 0, []

    def write(self, name, sentences):
        path = self.directory / name
        path.write_text("".join(sentence + "\n" for sentence in sentences), encoding="utf-8", newline="\n")
        return str(path)

    def figures(self, name, pairs, show, tokenize="13a", others=(), metrics=METRICS):
        """Compares scores and signatures of some pairs, with lists of other references."""
        number = self.compared
        sides = [[hypothesis for hypothesis, _ in pairs], [reference for _, reference in pairs], *others]
        paths = [self.write(f"{number}.{side}", lines) for side, lines in enumerate(sides)]
        ours = figures_of_program(self.program, paths[0], paths[1:], tokenize)
        ours = [line for line in ours if line.split("|")[0] in metrics]
        theirs = figures_of_package(paths[0], paths[1:], tokenize, metrics)
        self.compared += 1
        self.lines += len(pairs)
        ours, theirs = ([figure(line) for line in lines] for lines in (ours, theirs))
        if show:
            shown_ours, shown_theirs = (
                ", ".join(f"{signature.split('|')[0]} {score}" for signature, score in lines) for lines in (ours, theirs))
            print(f"{len(pairs):6} {name:28} glosser {shown_ours:53} sacreBLEU {shown_theirs}", flush=True)
        if ours != theirs:
            self.differing.append(f"{name}: glosser {ours}, sacreBLEU {theirs} ({' '.join(paths)})")
        else:
            for path in paths:
                Path(path).unlink()

    def sentences(self, pairs, tokenize, others):
        """Compares the scores of single sentences."""
        sides = [[hypothesis for hypothesis, _ in pairs], [reference for _, reference in pairs], *others]
        paths = [self.write(f"sentences.{side}", lines) for side, lines in enumerate(sides)]
        command = [self.program, "evaluate", "--hypotheses", paths[0], "--references", *paths[1:]]
        command += ["--tokenize", tokenize, "--sentence-level"]
        ours = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout.splitlines()
        metrics = [BLEU(tokenize=tokenize, effective_order=True), CHRF(), CHRF(word_order=2), TER()]
        stripped = ([side[at].rstrip() for side in sides] for at in range(len(pairs)))
        theirs = ["\t".join(f"{metric.sentence_score(hypothesis, references).score:.2f}" for metric in metrics)
                  for hypothesis, *references in stripped]
        self.compared += 1
        self.lines += len(pairs)
        differing = [f"sentence {at + 1}, {tokenize}: glosser {our}, sacreBLEU {their} ({' '.join(paths)})"
                     for at, (our, their) in enumerate(zip(ours, theirs, strict=True)) if our != their]
        print(f"{len(pairs):6} single sentences, {tokenize}, {len(sides) - 1} references: {len(differing)} differ", flush=True)
        self.differing += differing

    def paired(self, pairs, rng):
        """Compares two systems by paired bootstrap resampling. Scores must be equal. Means, intervals and p-values depend on
        random draws, so they may differ by five standard errors of the difference of two such figures."""
        references = [reference for _, reference in pairs]
        # Both are damaged equally, so that their difference can be due to chance.
        worse = lambda hypothesis: damaged(hypothesis, references, rng) if rng.random() < 0.1 else hypothesis
        system, baseline = ([worse(hypothesis) for hypothesis, _ in pairs] for _ in range(2))
        files = [self.write(name, side) for name, side in (("a", system), ("b", baseline), ("r", references))]
        command = [self.program, "evaluate", "--hypotheses", files[0], "--against", files[1], "--references", files[2]]
        ours = json.loads(subprocess.run(command + ["--format", "json"], stdout=subprocess.PIPE, check=True).stdout)
        sides = [("against", [line.rstrip() for line in baseline]), ("system", [line.rstrip() for line in system])]
        metrics = {"bleu": BLEU(force=True), "chrf2": CHRF(), "chrf2++": CHRF(word_order=2), "ter": TER()}
        results = PairedTest(sides, metrics, [[line.rstrip() for line in references]], "bs", 1000)()[1]
        for (name, theirs), our in zip(((n, r) for n, r in results.items() if n != "System"), (ours[m] for m in metrics)):
            p, their_p = our["p_value"], theirs[1].p_value
            print(f"{len(pairs):6} paired bootstrap, {name:10} glosser {shown(our)} and {shown(our['against'])}, p {p:.3f}")
            print(f"{'':35} sacreBLEU {of_package(theirs[1])} and {of_package(theirs[0])}, p {their_p:.3f}", flush=True)
            middle = (p + their_p) / 2
            allowed = [("p", p - their_p, 5 * math.sqrt(2 * middle * (1 - middle) / 1000) + 0.002)]
            for our_side, their_side in ((our, theirs[1]), (our["against"], theirs[0])):
                deviation = their_side.ci / 1.96
                allowed += [
                    ("score", our_side["score"] - their_side.score, 0.005),
                    ("mean", our_side["mean"] - their_side.mean, 5 * deviation * math.sqrt(2 / 1000)),
                    ("interval", half(our_side) - their_side.ci, 5 * deviation * 0.085),
                ]
            self.differing += [f"paired bootstrap, {name}: {what} off by {by}" for what, by, most in allowed if abs(by) > most]
        self.compared += 1


def half(figures):
    """Returns half the width of an interval."""
    return (figures["interval"][1] - figures["interval"][0]) / 2


def shown(figures):
    return f"{figures['score']:.2f} ({figures['mean']:.2f} ± {half(figures):.2f})"


def of_package(result):
    return f"{result.score:.2f} ({result.mean:.2f} ± {result.ci:.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("corpora", nargs="+")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", type=int, default=10_000)
    arguments = parser.parse_args()

    rng = random.Random(arguments.seed)
    directory = tempfile.mkdtemp(prefix="glosser-check-evaluation-")
    check = Check(arguments.program, directory)
    try:
        parts = generated(arguments.corpora, arguments.lines, rng)
        everything = [pair for _, pairs in parts for pair in pairs]
        check.figures("all", everything, show=True)
        for name, pairs in parts:
            check.figures(name, pairs, show=True)
            for tokenize in TOKENIZERS[1:]:
                check.figures(f"{name}, {tokenize}", pairs, show=True, tokenize=tokenize, metrics=["BLEU"])
        rng.shuffle(everything)
        # Without long lines: a single one would dominate every resample.
        short = [pair for pair in everything if len(pair[1].split()) < LONG]
        check.paired(short[:PAIRED], rng)
        several = short[-PAIRED:]
        others = other_references(several, rng)
        for tokenize in TOKENIZERS:
            metrics = METRICS if tokenize == "13a" else ["BLEU"]
            check.figures(f"{REFERENCES} references, {tokenize}", several, True, tokenize, others, metrics)
            single = [references[:SINGLE] for references in others]
            check.sentences(several[:SINGLE], tokenize, single if tokenize != "none" else [])
        for name, pairs in slices(everything, rng):
            check.figures(name, pairs, show=False)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    compared = f"{check.compared} comparisons, {check.lines} lines, seed {arguments.seed}, sacreBLEU {sacrebleu.__version__}"
    if check.differing:
        print("\n".join(check.differing))
        print(f"{len(check.differing)} differ of {compared}; the files are left in {directory}")
        return 1
    shutil.rmtree(directory)
    print(f"equal to two decimals: {compared}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
