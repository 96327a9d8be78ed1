#!/usr/bin/env python3
"""Compares the figures of `glosser evaluate` with those of the Python package sacreBLEU.

    pip install sacrebleu
    python3 scripts/compare_metrics.py path/to/glosser hypotheses.txt references.txt

Prints both; exits with 1 if BLEU, chrF2 or TER differ in the second decimal, with 2 if something could not be run or read.
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


def figures_of_program(program, hypotheses, references):
    """Returns the lines of BLEU, chrF2 and TER that the program prints."""
    command = [program, "evaluate", "--hypotheses", hypotheses, "--references", references]
    lines = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout.splitlines()
    if [line.split("|")[0] for line in lines] != ["BLEU", "chrF2", "TER"] or not all(" = " in line for line in lines):
        raise ValueError(f"`{' '.join(command)}` printed {lines}; expected one line each for BLEU, chrF2 and TER")
    return lines


def figures_of_package(hypotheses, references):
    """Returns the same lines, computed by sacreBLEU."""
    hypotheses, references = sentences(hypotheses), sentences(references)
    if len(hypotheses) != len(references):
        raise ValueError(f"{len(hypotheses)} hypotheses, but {len(references)} references")
    lines = []
    for metric in BLEU(force=True), CHRF(), TER():
        score = metric.corpus_score(hypotheses, [references])
        lines.append(score.format(width=2, signature=metric.get_signature().format()))
    return lines


def score(line):
    """Returns the score in a line, as printed with two decimals."""
    return line.split(" = ")[1].split()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the program, such as target/release/glosser")
    parser.add_argument("hypotheses", help="translations, one per line")
    parser.add_argument("references", help="references, one per line")
    arguments = parser.parse_args()

    try:
        ours = figures_of_program(arguments.program, arguments.hypotheses, arguments.references)
        theirs = figures_of_package(arguments.hypotheses, arguments.references)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 2

    for our, their in zip(ours, theirs):
        print(f"glosser    {our}\nsacreBLEU  {their}")
    differing = [our.split("|")[0] for our, their in zip(ours, theirs) if score(our) != score(their)]
    print(f"different: {', '.join(differing)}" if differing else "equal to two decimals")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
