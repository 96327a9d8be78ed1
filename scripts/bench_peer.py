#!/usr/bin/env python3
"""The model of glosser in plain PyTorch, to compare speed with.

    pip install torch tokenizers safetensors
    python3 scripts/bench_peer.py standard-train-step
    python3 scripts/bench_peer.py translate --model de-en --input test.de --output test.en

`standard-train-step` measures one training step of one encoder-decoder with random weights on random sentences at
the standard shape: 64 pairs of 18 and 16 tokens, embedding 256, encoder 256 + 256, decoder 512, additive attention
512, 4000 tokens.

`default-train-step` measures steps of the default recipe: several encoder-decoders, each on a thread of its own,
sampled softmax, dropout, an aligner that learns from links, AdamW. Batches and initial weights are those that `cargo
bench --bench training_step -- --default-figures DIR` writes. First the losses of a few steps without dropout are
compared with glosser's.

`translate` loads a model directory from `glosser train` and translates a file with the batched beam search of
`glosser translate`, without copying and over the whole vocabulary, by the same rules. Translations are equal, except
for a few sentences in which 32-bit rounding decides. Not supported: two vocabularies, scores other than additive, and
lines of more than 200 sub-words, which glosser splits.

`train-to-bleu` trains on the batches of a training of glosser until a validation BLEU is reached; `bench_to_bleu.sh`
calls it.

All print `name value` lines on standard output, but `translate` on standard error. The time of `translate` is from
lines of text to lines of text. Shares are relative to `sgemm_gflops`, the rate of this process in one large matrix
product, 1024 x 512 x 4000. Useful work counts multiplications and additions of matrix products only, without padding;
a backward pass counts as two forward passes, and a sampled softmax has the logits of its sample only.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_suffix("")))
sys.dont_write_bytecode = True
try:
    import torch
    from measure import keep_freed_memory
    from to_bleu import train_to_bleu
    from training import default_step, standard_step
    from translation import translate
except ImportError as error:
    print(f"{error}; run: pip install torch tokenizers safetensors", file=sys.stderr)
    sys.exit(2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name, run, summary):
        command = commands.add_parser(name, help=summary, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        command.set_defaults(run=run)
        command.add_argument("--threads", type=int, default=2, help="number of threads")
        return command

    command = add("standard-train-step", standard_step, "one training step at the standard shape")
    command.add_argument("--rounds", type=int, default=15, help="measured steps, whose median is printed")

    record = {"type": Path, "required": True, "metavar": "DIR", "help": "batches and weights that `cargo bench` wrote"}
    command = add("default-train-step", default_step, "training steps of the default recipe")
    command.add_argument("--record", **record)

    command = add("translate", translate, "translate a file with a model of glosser")
    command.add_argument("--model", type=Path, required=True, metavar="DIR", help="directory of the model")
    command.add_argument("--input", type=Path, required=True, metavar="FILE", help="sentences, one per line")
    command.add_argument("--output", type=Path, metavar="FILE", help="file for translations (default: standard output)")
    command.add_argument("--beam-size", type=int, default=5, help="hypotheses kept at each step")
    penalty = "P in the score: log probability / length^P (default: the model's)"
    command.add_argument("--length-penalty", type=float, help=penalty)
    command.add_argument("--batch-size", type=int, default=64, help="sentences translated together")

    command = add("train-to-bleu", train_to_bleu, "train until a validation BLEU is reached")
    command.add_argument("--record", **record)
    command.add_argument("--model", type=Path, required=True, metavar="DIR", help="directory of glosser's training")
    command.add_argument("--dev-source", type=Path, required=True, metavar="FILE", help="validation sources, as text")
    command.add_argument("--dev-target", type=Path, required=True, metavar="FILE", help="their references, as text")
    command.add_argument("--bleu", type=float, required=True, help="validation BLEU at which training stops")
    command.add_argument("--glosser", required=True, metavar="FILE", help="the program, which computes BLEU")

    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    keep_freed_memory()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
