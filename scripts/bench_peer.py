#!/usr/bin/env python3
"""The model of glosser in plain PyTorch, to compare speed with.

    pip install torch tokenizers safetensors
    python3 scripts/bench_peer.py train-step
    python3 scripts/bench_peer.py translate --model de-en --input test.de --output test.en

`train-step` measures one training step of random weights on random sentences at the standard shape: 64 pairs of 18 and
16 tokens, embedding 256, encoder 256 + 256, decoder 512, additive attention 512, 4000 tokens.

`translate` loads a model directory from `glosser train` and translates a file with the batched beam search of
`glosser translate`: the same sentences in the same batches, by the same rules. Translations are equal, except for a few
sentences in which 32-bit rounding decides. Not supported: ensembles, two vocabularies, scores other than additive, and
lines of more than 200 sub-words, which glosser splits.

Both print `name value` lines: `train-step` on standard output, `translate` on standard error. The time of `translate` is
from lines of text to lines of text. Shares are relative to `sgemm_gflops`, the rate of this process in one large matrix
product, 1024 x 512 x 4000. Useful work counts multiplications and additions of matrix products only, without padding; a
backward pass counts as two forward passes.
"""

import argparse
import ctypes
import json
import re
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

try:
    import torch
    from safetensors.torch import load_file
    from tokenizers import Tokenizer
    from torch import Tensor, nn
    from torch.nn.functional import cross_entropy
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
except ImportError as error:
    print(f"{error}; run: pip install torch tokenizers safetensors", file=sys.stderr)
    sys.exit(2)

# Ids of the control tokens.
PAD, BOS, EOS = 0, 1, 2
# Sub-words of the longest line that glosser translates without splitting it.
LONGEST = 200


@dataclass
class Sizes:
    """Units of the layers; `encoder` counts one direction."""

    vocab: int = 4000
    embed: int = 256
    encoder: int = 256
    layers: int = 1
    hidden: int = 512
    attention: int = 512

    @property
    def states(self):
        return 2 * self.encoder

    @property
    def values(self):
        return self.states + self.embed


@dataclass
class Memory:
    """Keys `[batch, source, attention]`, values `[batch, source, values]`, and the mask of padding `[batch, 1, source]`,
    which is None if there is no padding."""

    keys: Tensor
    values: Tensor
    padding: Tensor | None = None

    def select(self, sentences):
        return Memory(self.keys[sentences], self.values[sentences], self.padding[sentences])


class Translator(nn.Module):
    """Bidirectional encoder and stacked decoder; the output layer is tied to the embedding."""

    def __init__(self, sizes):
        super().__init__()
        embed, hidden, values = sizes.embed, sizes.hidden, sizes.values
        self.embedding = nn.Embedding(sizes.vocab, embed)
        self.encoder = nn.GRU(embed, sizes.encoder, sizes.layers, bidirectional=True, batch_first=True)
        self.initial_query = nn.Linear(sizes.states, hidden)
        self.initial_output = nn.Linear(sizes.states, hidden)
        self.query_rnn = nn.GRU(embed, hidden, batch_first=True)
        self.output_rnn = nn.GRU(hidden + values, hidden, batch_first=True)
        self.query = nn.Linear(hidden, sizes.attention)
        self.key = nn.Linear(values, sizes.attention, bias=False)
        self.score = nn.Linear(sizes.attention, 1, bias=False)
        self.readout = nn.Linear(hidden + values + embed, embed)
        self.output = nn.Linear(embed, sizes.vocab)
        self.output.weight = self.embedding.weight

    def embed(self, ids):
        return self.embedding(ids) * self.embedding.embedding_dim**0.5

    def encode(self, source, lengths=None):
        """Maps ids `[batch, source]` to the memory and the decoder's two initial states. Without `lengths` there is no
        padding."""
        x = self.embed(source)
        if lengths is None:
            states, last = self.encoder(x)
            padding = None
        else:
            # Packed, so that the backward direction starts at each sentence's own last token.
            packed, last = self.encoder(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
            states, _ = pad_packed_sequence(packed, batch_first=True)
            padding = (torch.arange(source.shape[1]) >= lengths.unsqueeze(1)).unsqueeze(1)
        summary = torch.cat([last[-2], last[-1]], 1)
        start = torch.tanh(self.initial_query(summary)), torch.tanh(self.initial_output(summary))
        values = torch.cat([states, x], 2)
        return Memory(self.key(values), values, padding), start

    def attend(self, queries, memory):
        """Maps queries `[batch, target, hidden]` to contexts `[batch, target, values]`."""
        pairs = torch.tanh_(self.query(queries).unsqueeze(2) + memory.keys.unsqueeze(1))
        scores = self.score(pairs).squeeze(3)
        if memory.padding is not None:
            scores = scores.masked_fill(memory.padding, -torch.inf)
        return scores.softmax(-1) @ memory.values

    def forward(self, source, target_in):
        """Returns logits `[batch, target, vocab]` of whole sentences, for training."""
        memory, (initial_query, initial_output) = self.encode(source)
        y = self.embed(target_in)
        queries, _ = self.query_rnn(y, initial_query.unsqueeze(0))
        context = self.attend(queries, memory)
        states, _ = self.output_rnn(torch.cat([queries, context], 2), initial_output.unsqueeze(0))
        return self.output(torch.tanh(self.readout(torch.cat([states, context, y], 2))))

    def step(self, previous, state, memory):
        """Decodes one token: from the last tokens `previous` `[batch, width]` of all hypotheses and their states to logits
        `[batch * width, vocab]` and new states."""
        query, output = state
        y = self.embed(previous.flatten())
        # The function inside nn.GRUCell, with the weights of nn.GRU.
        query = torch.gru_cell(y, query, *self.query_rnn.all_weights[0])
        context = self.attend(query.view(*previous.shape, -1), memory).flatten(0, 1)
        output = torch.gru_cell(torch.cat([query, context], 1), output, *self.output_rnn.all_weights[0])
        return self.output(torch.tanh(self.readout(torch.cat([output, context, y], 1)))), (query, output)


def keep_freed_memory():
    """Keeps large blocks in the process. Otherwise glibc returns them to the system, which maps and zeroes new pages at
    every step: a tenth of its time."""
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
        m_trim_threshold, m_mmap_max = -1, -4
        mallopt(m_mmap_max, 0)
        mallopt(m_trim_threshold, (1 << 31) - 1)


def product_flops(size_in, size_out):
    return 2 * size_in * size_out


def gru_flops(size_in, hidden):
    return product_flops(size_in + hidden, 3 * hidden)


def source_token_flops(sizes):
    """Counts one source token: both directions of all encoder layers, and its key."""
    first = 2 * gru_flops(sizes.embed, sizes.encoder)
    other = 2 * gru_flops(sizes.states, sizes.encoder)
    return first + (sizes.layers - 1) * other + product_flops(sizes.values, sizes.attention)


def target_token_flops(sizes, source_len):
    """Counts one target token, or one step of one hypothesis. The attention has a part for each source token."""
    embed, hidden, values = sizes.embed, sizes.hidden, sizes.values
    layers = gru_flops(embed, hidden) + gru_flops(hidden + values, hidden)
    attention = product_flops(hidden, sizes.attention) + source_len * product_flops(1, sizes.attention + values)
    output = product_flops(hidden + values + embed, embed) + product_flops(embed, sizes.vocab)
    return layers + attention + output


def search_flops(sizes, source_len, steps, beam_size):
    """Counts the search for one translation; its first step has one hypothesis."""
    hypotheses = 1 + (steps - 1) * beam_size
    return source_len * source_token_flops(sizes) + hypotheses * target_token_flops(sizes, source_len)


def sgemm_rate():
    """Measures FLOP/s of a large matrix product: the median of five groups, after one to warm up."""
    repeats, (m, k, n) = 8, (1024, 512, 4000)
    a, b, out = torch.randn(m, k), torch.randn(k, n), torch.empty(m, n)
    seconds = []
    for _ in range(6):
        started = time.perf_counter()
        for _ in range(repeats):
            torch.mm(a, b, out=out)
        seconds.append((time.perf_counter() - started) / repeats)
    return product_flops(k, n) * m / statistics.median(seconds[1:])


def peak_mb():
    """Returns the peak of this process's memory. The system counts in kB, macOS in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def train_step(arguments):
    batch, source_len, target_len = 64, 18, 16
    sizes = Sizes()
    torch.manual_seed(0)
    model = Translator(sizes)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, fused=True)
    source = torch.randint(EOS + 1, sizes.vocab, (batch, source_len))
    target = torch.randint(EOS + 1, sizes.vocab, (batch, target_len))
    target_in = torch.cat([torch.full((batch, 1), BOS), target[:, :-1]], 1)
    steps, updates = [], []
    for _ in range(3 + arguments.rounds):
        started = time.perf_counter()
        logits = model(source, target_in)
        loss = cross_entropy(logits.flatten(0, 1), target.flatten(), label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        backward_done = time.perf_counter()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        ended = time.perf_counter()
        steps.append(ended - started)
        updates.append(ended - backward_done)
    peak = peak_mb()
    rate = sgemm_rate()
    seconds = statistics.median(steps[3:])
    forward = batch * (source_len * source_token_flops(sizes) + target_len * target_token_flops(sizes, source_len))
    print(f"sgemm_gflops {rate / 1e9:.1f}")
    print(f"step_ms {seconds * 1e3:.1f}")
    print(f"target_tokens_per_s {batch * target_len / seconds:.0f}")
    print(f"share_of_sgemm {3 * forward / seconds / rate:.3f}")
    print(f"optimizer_ms {statistics.median(updates[3:]) * 1e3:.1f}")
    print(f"parameters {sum(parameter.numel() for parameter in model.parameters())}")
    print(f"peak_mb {peak:.0f}")


def read_model(directory):
    """Returns the sizes, the model with its weights, and the tokenizer."""
    config = json.loads((directory / "config.json").read_text(encoding="utf-8"))["model"]
    attention = config["decoder"]["attention"]
    ensemble = config.get("ensemble", config.get("members", 1))
    if not config["joint_vocab"] or attention["score"] != "additive" or ensemble != 1:
        sys.exit(f"{directory}: this script reads models with one encoder-decoder, one vocabulary and additive attention")
    sizes = Sizes(
        vocab=config["target_vocab"],
        embed=config["embed"],
        encoder=config["encoder"]["hidden"],
        layers=config["encoder"]["layers"],
        hidden=config["decoder"]["hidden"],
        attention=attention["size"],
    )
    # Allocates nothing: the tensors of the file become the parameters.
    with torch.device("meta"):
        model = Translator(sizes)
    model.load_state_dict(named_as_here(load_file(directory / "model.safetensors")), assign=True)
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    # `</s>` inside a sentence is ordinary text, not the end of the sentence.
    tokenizer.encode_special_tokens = True
    return sizes, model.eval(), tokenizer


def named_as_here(weights):
    """Gives glosser's weights the names and shapes of PyTorch's modules."""
    gru = r"(?:encoder\.layer(\d+)\.(forward|backward)|decoder\.(ask|read))\.(input|recurrent)\.(weight|bias)"
    renamed = {}
    for name, tensor in weights.items():
        if part := re.fullmatch(gru, name):
            layer, direction, decoder, side, kind = part.groups()
            if (side, kind) == ("recurrent", "bias"):
                # PyTorch adds a second bias to the reset and update gates; ours is in the first, so the second is zero.
                tensor = torch.cat([torch.zeros(2 * tensor.numel()), tensor.flatten()])
            suffix = "_reverse" if direction == "backward" else ""
            module = {"ask": "query_rnn", "read": "output_rnn"}.get(decoder, "encoder")
            name = f"{module}.{kind}_{side[0]}h_l{layer or 0}{suffix}".replace("_rh_", "_hh_")
        else:
            name = re.sub(r"^decoder\.(attention\.)?", "", name)
            name = name.replace("start_ask.", "initial_query.").replace("start_read.", "initial_output.")
        renamed[name] = tensor
    renamed["score.weight"] = renamed["score.weight"].unsqueeze(0)
    renamed["output.weight"] = renamed["embedding.weight"]
    return renamed


@torch.inference_mode()
def search(model, sources, beam_size, length_penalty, reserved):
    """Returns the best translation of each source of a batch (ids that end in EOS), and the number of its steps.
    `reserved` are the ids of placeholders, which no translation contains here, since nothing is copied."""
    lengths = torch.tensor([len(source) for source in sources])
    padded = pad_sequence([torch.tensor(source) for source in sources], batch_first=True, padding_value=PAD)
    memory, state = model.encode(padded, lengths)
    limit = 2 * lengths + 20

    # For all sentences: the best finished hypothesis so far.
    best_score = torch.full(lengths.shape, -torch.inf)
    best_ids = torch.zeros(len(sources), int(limit.max()), dtype=torch.long)
    best_len = torch.zeros_like(lengths)
    steps = torch.zeros_like(lengths)
    # For active sentences: their indices, the number of finished hypotheses, and the beam, at first one hypothesis.
    sentence = torch.arange(len(sources))
    ended = torch.zeros_like(lengths)
    log_prob = torch.zeros(len(sources), 1)
    ids = torch.full((len(sources), 1, 1), BOS)

    for length in count():
        width = ids.shape[1]
        logits, state = model.step(ids[:, :, -1], state, memory)
        vocab = logits.shape[1]
        scores = logits.log_softmax(1).view(-1, width, vocab).add_(log_prob.unsqueeze(2))
        scores[:, :, : EOS if length > 0 else EOS + 1] = -torch.inf  # PAD, BOS, and EOS at the first step
        scores[:, :, reserved] = -torch.inf
        at_limit = length >= limit
        if at_limit.any():
            scores[:, :, EOS + 1 :].masked_fill_(at_limit.view(-1, 1, 1), -torch.inf)
        # Two times the beam size, since half of the extensions may end the sentence.
        log_prob, extension = scores.view(-1, width * vocab).topk(2 * beam_size)
        parent, token = extension // vocab, extension % vocab

        # A hypothesis finishes only if its end ranks within the beam.
        is_end = token == EOS
        ends = is_end[:, :beam_size]
        score = (log_prob[:, :beam_size] / (length + 1) ** length_penalty).masked_fill(~ends, -torch.inf)
        score, rank = score.max(1)
        better = (score > best_score[sentence]).nonzero().squeeze(1)
        places = sentence[better]
        best_score[places] = score[better]
        best_ids[places, :length] = ids[better, parent[better, rank[better]], 1:]
        best_len[places] = length
        ended += ends.sum(1)

        log_prob, rank = log_prob.masked_fill(is_end, -torch.inf).topk(beam_size)
        parent, token = parent.gather(1, rank), token.gather(1, rank)
        row = torch.arange(len(sentence)).unsqueeze(1)
        ids = torch.cat([ids[row, parent], token.unsqueeze(2)], 2)
        row = row * width + parent
        going = ((ended < beam_size) & ~at_limit).nonzero().squeeze(1)
        if len(going) < len(sentence):
            steps[sentence] = length + 1
            if len(going) == 0:
                break
            sentence, ended, limit, log_prob, ids, row = (
                of_all[going] for of_all in (sentence, ended, limit, log_prob, ids, row)
            )
            memory = memory.select(going)
        state = tuple(layer.index_select(0, row.flatten()) for layer in state)

    return [best[:length] for best, length in zip(best_ids.tolist(), best_len.tolist())], steps.tolist()


def encode(tokenizer, lines):
    """Returns the ids of each line, with EOS at the end; a blank line has no ids."""
    encodings = tokenizer.encode_batch(lines, add_special_tokens=False)
    for number, encoding in enumerate(encodings, 1):
        if len(encoding) > LONGEST:
            sys.exit(f"line {number} has {len(encoding)} sub-words; this script translates lines of up to {LONGEST}")
    return [[*encoding.ids, EOS] if line.strip() else [] for line, encoding in zip(lines, encodings)]


def translate(arguments):
    started = time.perf_counter()
    sizes, model, tokenizer = read_model(arguments.model)
    load = time.perf_counter() - started
    # Only \n ends a line; a \r directly before it is part of the line end.
    lines = re.split("\r?\n", arguments.input.read_bytes().decode(errors="replace").removesuffix("\n"))

    started = time.perf_counter()
    sources = encode(tokenizer, lines)
    # Sentences of similar length share a batch, so that there is little padding.
    order = sorted((index for index, source in enumerate(sources) if source), key=lambda index: len(sources[index]))
    found, steps = [[] for _ in sources], [0 for _ in sources]
    reserved = [number for number in range(EOS + 1, EOS + 9) if tokenizer.token_to_id(f"<{number - EOS}>") == number]
    for at in range(0, len(order), arguments.batch_size):
        indices = order[at : at + arguments.batch_size]
        batch = [sources[index] for index in indices]
        results = search(model, batch, arguments.beam_size, arguments.length_penalty, reserved)
        for index, ids, made in zip(indices, *results):
            found[index], steps[index] = ids, made
    texts = (re.sub("[\n\r]", " ", text) for text in tokenizer.decode_batch(found))
    output = "".join(f"{text}\n" for text in texts).encode()
    seconds = time.perf_counter() - started

    if arguments.output:
        arguments.output.write_bytes(output)
    else:
        sys.stdout.buffer.write(output)
    peak = peak_mb()
    rate = sgemm_rate()
    flops = sum(search_flops(sizes, len(sources[index]), steps[index], arguments.beam_size) for index in order)
    figures = {
        "load_ms": f"{load * 1e3:.1f}",  # loads the model directory; Python's imports are not counted
        "translate_s": f"{seconds:.2f}",
        "sentences_per_s": f"{len(lines) / seconds:.1f}",
        "sgemm_gflops": f"{rate / 1e9:.1f}",
        "forward_gflop": f"{flops / 1e9:.1f}",
        "share_of_sgemm": f"{flops / seconds / rate:.3f}",
        "peak_mb": f"{peak:.0f}",
    }
    for name, value in figures.items():
        print(name, value, file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    defaults = {"formatter_class": argparse.ArgumentDefaultsHelpFormatter}

    command = commands.add_parser("train-step", help="one training step at the standard shape", **defaults)
    command.set_defaults(run=train_step)
    command.add_argument("--rounds", type=int, default=15, help="measured steps, after 3 to warm up; the median is printed")
    command.add_argument("--threads", type=int, default=2, help="number of threads")

    command = commands.add_parser("translate", help="translate a file with a model of glosser", **defaults)
    command.set_defaults(run=translate)
    command.add_argument("--model", type=Path, required=True, metavar="DIR", help="directory of the model")
    command.add_argument("--input", type=Path, required=True, metavar="FILE", help="sentences, one per line")
    command.add_argument("--output", type=Path, metavar="FILE", help="file for translations (default: standard output)")
    command.add_argument("--beam-size", type=int, default=5, help="hypotheses kept at each step")
    command.add_argument("--length-penalty", type=float, default=1.0, help="P in the score: log probability / length^P")
    command.add_argument("--batch-size", type=int, default=32, help="sentences translated together")
    command.add_argument("--threads", type=int, default=2, help="number of threads")

    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    keep_freed_memory()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
