#!/usr/bin/env python3
"""Compares the figures of `glosser evaluate` with those of the Python package sacreBLEU.

    pip install sacrebleu
    python3 scripts/compare_metrics.py path/to/glosser hypotheses.txt references.txt
    python3 scripts/compare_metrics.py path/to/glosser hypotheses.txt first.txt second.txt --tokenize zh

Prints both; exits with 1 if BLEU, chrF2, chrF2++ or TER differ in the second decimal or have another signature, with 2 if
something could not be run or read.
"""

import argparse
import subprocess
import sys

try:
    from sacrebleu.metrics import BLEU, CHRF, TER
except ImportError:
    print("sacrebleu is not installed; run: pip install sacrebleu", file=sys.stderr)
    sys.exit(2)


def sentences(path):
    """Returns the lines of a file. Only \\n ends a line; Python by itself would also split at a lone \\r."""
    with open(path, encoding="utf-8", newline="\n") as file:
        return [line.rstrip() for line in file]


TOKENIZERS = ["13a", "intl", "zh", "char", "none"]

METRICS = ["BLEU", "chrF2", "chrF2++", "TER"]


def figures_of_program(program, hypotheses, references, tokenize):
    """Returns the lines of all metrics that the program prints."""
    command = [program, "evaluate", "--hypotheses", hypotheses, "--references", *references, "--tokenize", tokenize]
    lines = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout.splitlines()
    if [line.split("|")[0] for line in lines] != METRICS or not all(" = " in line for line in lines):
        raise ValueError(f"`{' '.join(command)}` printed {lines}; expected one line each for {', '.join(METRICS)}")
    return lines


def figures_of_package(hypotheses, references, tokenize, metrics=METRICS):
    """Returns the same lines, or those of some metrics, computed by sacreBLEU."""
    hypotheses, references = sentences(hypotheses), [sentences(path) for path in references]
    for other in references:
        if len(hypotheses) != len(other):
            raise ValueError(f"{len(hypotheses)} hypotheses, but {len(other)} references")
    lines = []
    for name in metrics:
        metric = {
            "BLEU": lambda: BLEU(tokenize=tokenize, force=True), "chrF2": CHRF, "chrF2++": lambda: CHRF(word_order=2), "TER": TER
        }[name]()
        score = metric.corpus_score(hypotheses, references)
        lines.append(score.format(width=2, signature=metric.get_signature().format()))
    return lines


def figure(line):
    """Returns the metric, its signature without the version, and the score, of a line."""
    return line.partition("|version:")[0], score(line)


def score(line):
    """Returns the score in a line, as printed with two decimals."""
    return line.split(" = ")[1].split()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the program, such as target/release/glosser")
    parser.add_argument("hypotheses", help="translations, one per line")
    parser.add_argument("references", nargs="+", help="references, one per line, in one or several files")
    parser.add_argument("--tokenize", choices=TOKENIZERS, default="13a", help="tokeniser of BLEU")
    arguments = parser.parse_args()

    try:
        ours = figures_of_program(arguments.program, arguments.hypotheses, arguments.references, arguments.tokenize)
        theirs = figures_of_package(arguments.hypotheses, arguments.references, arguments.tokenize)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 2

    for our, their in zip(ours, theirs):
        print(f"glosser    {our}\nsacreBLEU  {their}")
    differing = [our.split("|")[0] for our, their in zip(ours, theirs) if figure(our) != figure(their)]
    print(f"different: {', '.join(differing)}" if differing else "equal to two decimals")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
