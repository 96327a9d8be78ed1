"""Training until a validation BLEU is reached, on the batches of a training of glosser."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from model import BOS, EOS, PAD
from training import Trainer, read_batch
from translation import Ensemble, encode, read_lines, read_tokenizer, translate_lines

# Pairs of a forward pass of the validation loss, and sentences that are translated together.
LOSS_BATCH, GREEDY_BATCH = 64, 64
# Steps from one line of progress to the next.
REPORT_EVERY = 100


class Validation:
    """The validation pairs."""

    def __init__(self, arguments, tokenizer):
        self.glosser, self.references, self.tokenizer = arguments.glosser, arguments.dev_target, tokenizer
        self.lines = read_lines(arguments.dev_source)
        sources, targets = encode(tokenizer, self.lines), encode(tokenizer, read_lines(arguments.dev_target))
        self.pairs = sorted(zip(sources, targets), key=lambda pair: (len(pair[1]), len(pair[0])))

    @torch.inference_mode()
    def loss(self, models):
        """Returns the mean cross-entropy of the mean of the logits."""
        total = tokens = 0
        for at in range(0, len(self.pairs), LOSS_BATCH):
            sources, targets = zip(*self.pairs[at : at + LOSS_BATCH])
            source, target_in = padded(sources), padded([[BOS, *ids[:-1]] for ids in targets])
            lengths = torch.tensor([len(ids) for ids in sources])
            mask = torch.arange(target_in.shape[1]) < torch.tensor([len(ids) for ids in targets]).unsqueeze(1)
            logits = sum(model(source, target_in, None, lengths, mask)[0] for model in models) / len(models)
            total += float(cross_entropy(logits, torch.tensor(sum(targets, [])), reduction="sum"))
            tokens += len(logits)
        return total / tokens

    def translations(self, models):
        """Translates greedily, as glosser does in a validation."""
        return translate_lines(Ensemble(models), self.tokenizer, self.lines, 1, 1.0, GREEDY_BATCH)[0]

    def bleu(self, translations):
        """Returns BLEU, by glosser."""
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "translations"
            file.write_text("".join(f"{text}\n" for text in translations), encoding="utf-8")
            command = [self.glosser, "evaluate", "--hypotheses", file, "--references", self.references]
            run = subprocess.run([*command, "--format", "json"], check=True, capture_output=True, text=True)
        return json.loads(run.stdout)["bleu"]["score"]


def padded(sentences):
    return pad_sequence([torch.tensor(ids) for ids in sentences], batch_first=True, padding_value=PAD)


def read_log(file):
    """Returns the events of a training log by their names."""
    events = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        events.setdefault(event["event"], []).append(event)
    return events


def train_to_bleu(arguments):
    """Trains until BLEU is reached, and prints the seconds of steps and validations, and those of glosser from its log.
    Reading batches and computing BLEU is part of glosser's time, but not of this one."""
    events = read_log(arguments.model / "training" / "log.jsonl")
    steps_per_epoch, steps = events["prepared"][0]["steps_per_epoch"], events["steps-fixed"][0]["steps"]
    ours = next((event for event in events["validated"] if event["dev_bleu"] >= arguments.bleu), None)
    if ours is None:
        sys.exit(f"{arguments.model}: no validation of glosser has a BLEU of {arguments.bleu}")
    trainer = Trainer(arguments.record, arguments.threads)
    validation = Validation(arguments, read_tokenizer(arguments.model))
    torch.manual_seed(1)
    seconds = 0.0
    with (arguments.record / "batches.jsonl").open(encoding="utf-8") as lines:
        for step, line in enumerate(lines, 1):
            batch = read_batch(line)
            started = time.perf_counter()
            found = trainer.differentiate(batch)
            trainer.update(step, trainer.settings["warmup_steps"], steps)
            seconds += time.perf_counter() - started
            if step % REPORT_EVERY == 0:
                print(f"step {step}: loss {found:.3f}, {seconds:.1f} s", file=sys.stderr)
            if step % steps_per_epoch != 0 and step != steps:
                continue
            started = time.perf_counter()
            models = trainer.models.eval()
            loss, translations = validation.loss(models), validation.translations(models)
            trainer.models.train()
            seconds += time.perf_counter() - started
            bleu = validation.bleu(translations)
            print(f"step {step}: validation loss {loss:.3f}, BLEU {bleu:.2f}, {seconds:.1f} s", file=sys.stderr)
            if bleu >= arguments.bleu:
                print(f"steps_to_bleu {ours['step']}")
                print(f"seconds_to_bleu {ours['seconds']:.1f}")
                print(f"peer_steps_to_bleu {step}")
                print(f"peer_seconds_to_bleu {seconds:.1f}")
                print(f"time_to_bleu_vs_peer {ours['seconds'] / seconds:.3f}")
                return
    sys.exit(f"a BLEU of {arguments.bleu} is not reached within {step} steps")
