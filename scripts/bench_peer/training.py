"""The training step: losses, gradients and optimiser, for the standard model and for the default recipe."""

import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from measure import pair_flops, peak_mb, sgemm_rate
from model import BOS, EOS, PAD, Sizes, Translator, read_config, read_ensemble

# Steps that are not counted, before those that are measured.
WARM_UP = 3
# Is added to the weights of the aligner, so that their logarithm is finite.
EPSILON = 1e-6


@dataclass
class Batch:
    """The inputs of a step of the default recipe."""

    source: Tensor
    lengths: Tensor
    target_in: Tensor
    # The mask of the target tokens `[batch, target]`.
    targets: Tensor
    # The place in the sample of each token to be predicted, sentence after sentence.
    gold: Tensor
    # The ids of the sample, and the logarithms of their weights; None is the whole vocabulary.
    sample: Tensor | None
    log_weights: Tensor | None
    # Whether a source token belongs to a word `[batch, source, words]`, and the distribution over words that the
    # aligner should have `[batch, target, words]`.
    membership: Tensor
    wanted: Tensor
    # The number of tokens of each source and target.
    pairs: list[tuple[int, int]]


def read_batch(line):
    """Makes a batch of a line of `batches.jsonl`."""
    record = json.loads(line)
    source = [torch.tensor(ids) for ids in record["source"]]
    target_in = [torch.tensor([BOS, *ids[:-1]]) for ids in record["target"]]
    pairs = [(len(ids), len(seen)) for ids, seen in zip(source, target_in)]
    lengths, target_lengths = torch.tensor(pairs).T
    gold = torch.tensor(record["gold"])
    sample = log_weights = None
    if record["sample"]:
        ids, logs = zip(*record["sample"])
        sample, log_weights = torch.tensor(ids), torch.tensor(logs)
        gold = torch.searchsorted(sample, gold)
    membership, wanted = links_of(record, int(lengths.max()), int(target_lengths.max()))
    return Batch(
        source=pad_sequence(source, batch_first=True, padding_value=PAD),
        lengths=lengths,
        target_in=pad_sequence(target_in, batch_first=True, padding_value=PAD),
        targets=torch.arange(int(target_lengths.max())) < target_lengths.unsqueeze(1),
        gold=gold,
        sample=sample,
        log_weights=log_weights,
        membership=membership,
        wanted=wanted,
        pairs=pairs,
    )


def links_of(record, source_len, target_len):
    """Returns the membership of the source tokens in words, and the distribution that each target token should have:
    even over the words that are linked with its word, and on the end of the sentence if none is."""
    words = 1 + max(max(numbers) for numbers in record["source_words"])
    membership = torch.zeros(len(record["links"]), source_len, words)
    wanted = torch.zeros(len(record["links"]), target_len, words)
    rows = zip(record["links"], record["source_words"], record["target_words"])
    for row, (links, source_words, target_words) in enumerate(rows):
        # Placeholders replace words, so the links are not between these words.
        if links is None:
            continue
        membership[row, range(len(source_words)), source_words] = 1.0
        linked = {}
        for source, target in links:
            linked.setdefault(target, []).append(source)
        for token, word in enumerate(target_words):
            if found := linked.get(word):
                wanted[row, token, found] = 1.0 / len(found)
            elif links:
                wanted[row, token, source_words[-1]] = 1.0
    return membership, wanted


class Trainer:
    """The default recipe: several encoder-decoders, sampled softmax, an aligner, and AdamW."""

    def __init__(self, directory, threads):
        """Begins with the initial weights of a record of `cargo bench`."""
        self.sizes, config = read_config(directory)
        self.settings = config["training"]
        guided = self.settings["guided_alignment"]
        if guided["attention_weight"] > 0:
            sys.exit(f"{directory}: this script trains no guided attention")
        self.aligner_weight = guided["aligner_weight"]
        self.models = read_ensemble(self.sizes, directory / "initial.safetensors")
        named = list(self.models.named_parameters())
        # As in glosser: vectors do not decay, and the aligner's gradients are clipped by themselves.
        is_matrix = {name: parameter.dim() == 2 and not name.endswith("score.weight") for name, parameter in named}
        groups = [
            {"params": [parameter for name, parameter in named if is_matrix[name] == decays], "weight_decay": decay}
            for decays, decay in ((True, self.settings["weight_decay"]), (False, 0.0))
        ]
        self.optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-9, fused=True)
        self.clipped = [
            [parameter for name, parameter in named if (".aligner." in name) == is_separate]
            for is_separate in (False, True)
        ]
        # Each encoder-decoder on a thread of its own: small products gain nothing from a second thread.
        self.workers = None
        if 1 < self.sizes.ensemble <= threads:
            self.workers = ThreadPoolExecutor(
                self.sizes.ensemble, initializer=torch.set_num_threads, initargs=(threads // self.sizes.ensemble,)
            )

    def without_dropout(self):
        for model in self.models:
            model.rate = 0.0

    def parameters(self):
        return sum(parameter.numel() for parameter in self.models.parameters())

    def losses(self, model, batch):
        """Returns the cross-entropy of one encoder-decoder, and the sum of all its losses."""
        logits, weights = model(batch.source, batch.target_in, batch.sample, batch.lengths, batch.targets)
        if batch.sample is not None:
            logits = logits + batch.log_weights
        loss = cross_entropy(logits, batch.gold, label_smoothing=self.settings["label_smoothing"])
        if weights is None:
            return loss, loss
        on_words = torch.log(weights @ batch.membership + EPSILON)
        aligned = (batch.wanted * on_words).sum() * (-self.aligner_weight / len(batch.gold))
        return loss, loss + aligned

    def differentiate_one(self, model, batch):
        loss, total = self.losses(model, batch)
        total.backward()
        return loss.item()

    def differentiate(self, batch):
        """Runs the forward and the backward pass. Returns the mean cross-entropy."""
        self.optimizer.zero_grad()
        if self.workers is None:
            losses = [self.differentiate_one(model, batch) for model in self.models]
        else:
            losses = list(self.workers.map(self.differentiate_one, self.models, [batch] * len(self.models)))
        return sum(losses) / len(losses)

    def update(self, step, warmup, steps=None):
        """Clips the gradients and moves every parameter. The rate rises linearly during the warm-up, and then falls
        linearly, if the number of steps is given."""
        peak = self.settings["learning_rate"]
        if steps is None or step <= warmup:
            rate = peak * step / warmup
        else:
            rate = peak * max(steps + 1 - step, 0) / (steps + 1 - min(warmup, steps))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        for parameters in self.clipped:
            nn.utils.clip_grad_norm_(parameters, self.settings["clip"])
        self.optimizer.step()


def check_losses(directory, threads):
    """Does the first steps without dropout, and compares their losses with glosser's: both must compute the same."""
    expected = json.loads((directory / "losses.json").read_text(encoding="utf-8"))
    trainer = Trainer(directory, threads)
    trainer.without_dropout()
    with (directory / "batches.jsonl").open(encoding="utf-8") as lines:
        for step, (line, loss) in enumerate(zip(lines, expected["losses"]), 1):
            found = trainer.differentiate(read_batch(line))
            trainer.update(step, expected["warmup_steps"])
            # PyTorch trains two biases of each gate, so later losses differ a little.
            allowed = (1e-5 if step == 1 else 1e-4) * loss
            if not abs(found - loss) <= allowed:
                sys.exit(f"step {step}: the loss is {found:.5f}, but {loss:.5f} in glosser: not the same training")


def print_figures(steps, parameters):
    """Prints the medians of steps: seconds, those of the optimiser, target tokens, and operations."""
    peak = peak_mb()
    rate = sgemm_rate()
    seconds, updates, tokens, flops = zip(*steps[WARM_UP:])
    print(f"sgemm_gflops {rate / 1e9:.1f}")
    print(f"step_ms {statistics.median(seconds) * 1e3:.1f}")
    print(f"target_tokens_per_s {statistics.median(n / time for n, time in zip(tokens, seconds)):.0f}")
    print(f"share_of_sgemm {statistics.median(n / time for n, time in zip(flops, seconds)) / rate:.3f}")
    print(f"optimizer_ms {statistics.median(updates) * 1e3:.1f}")
    print(f"parameters {parameters}")
    print(f"peak_mb {peak:.0f}")


def default_step(arguments):
    """Measures the default recipe on the batches of a record."""
    directory = arguments.record
    check_losses(directory, arguments.threads)
    trainer = Trainer(directory, arguments.threads)
    steps = []
    with (directory / "batches.jsonl").open(encoding="utf-8") as lines:
        for step, line in enumerate(lines, 1):
            batch = read_batch(line)
            started = time.perf_counter()
            trainer.differentiate(batch)
            backward_done = time.perf_counter()
            trainer.update(step, trainer.settings["warmup_steps"])
            ended = time.perf_counter()
            logits = trainer.sizes.vocab if batch.sample is None else len(batch.sample)
            flops = 3 * sum(pair_flops(trainer.sizes, *lengths, logits) for lengths in batch.pairs)
            steps.append((ended - started, ended - backward_done, len(batch.gold), flops))
    print_figures(steps, trainer.parameters())


def standard_step(arguments):
    """Measures the standard model on sentences of equal length, without dropout."""
    batch, source_len, target_len = 64, 18, 16
    sizes = Sizes()
    torch.manual_seed(0)
    model = Translator(sizes)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, fused=True)
    source = torch.randint(EOS + 1, sizes.vocab, (batch, source_len))
    target = torch.randint(EOS + 1, sizes.vocab, (batch, target_len))
    target_in = torch.cat([torch.full((batch, 1), BOS), target[:, :-1]], 1)
    flops = 3 * batch * pair_flops(sizes, source_len, target_len, sizes.vocab)
    steps = []
    for _ in range(WARM_UP + arguments.rounds):
        started = time.perf_counter()
        logits, _ = model(source, target_in)
        loss = cross_entropy(logits, target.flatten(), label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        backward_done = time.perf_counter()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        ended = time.perf_counter()
        steps.append((ended - started, ended - backward_done, batch * target_len, flops))
    print_figures(steps, sum(parameter.numel() for parameter in model.parameters()))
