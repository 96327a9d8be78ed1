"""Translation: the batched beam search of `glosser translate`."""

import re
import sys
import time
from itertools import count

import torch
from tokenizers import Tokenizer
from torch.nn.utils.rnn import pad_sequence

from measure import peak_mb, search_flops, sgemm_rate
from model import BOS, EOS, PAD, read_config, read_ensemble

# Sub-words of the longest line that glosser translates without splitting it.
LONGEST = 200


class Ensemble:
    """Encoder-decoders laid out for search: the mean of their logits is one product."""

    def __init__(self, models):
        self.models = models
        self.update()

    def update(self):
        """Takes the present weights."""
        count = len(self.models)
        with torch.inference_mode():
            self.weight = torch.cat([model.embedding.weight for model in self.models], 1).T / count
            self.bias = sum(model.output_bias for model in self.models) / count

    def encode(self, source, lengths):
        """Returns the memory and the first state of each encoder-decoder."""
        started = [model.encode(model.scaled(model.embedding(source)), lengths) for model in self.models]
        return [memory for memory, _ in started], [state for _, state in started]

    def step(self, previous, states, memories):
        """Decodes one token. Returns logits `[batch * width, vocab]` and the states after it."""
        steps = [model.step(previous, *of) for model, *of in zip(self.models, states, memories)]
        readouts = torch.cat([readout for readout, _ in steps], 1)
        return torch.addmm(self.bias, readouts, self.weight), [state for _, state in steps]


def read_model(directory):
    """Returns the sizes, the ensemble, the tokenizer and the fitted length penalty of a model directory."""
    sizes, config = read_config(directory)
    models = read_ensemble(sizes, directory / "model.safetensors")
    penalty = (config.get("search") or {}).get("length_penalty", 1.0)
    return sizes, Ensemble(models.eval()), read_tokenizer(directory), penalty


def read_tokenizer(directory):
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    # `</s>` inside a sentence is ordinary text, not the end of the sentence.
    tokenizer.encode_special_tokens = True
    return tokenizer


@torch.inference_mode()
def search(ensemble, sources, beam_size, length_penalty, reserved):
    """Returns the best translation of each source of a batch (ids that end in EOS), and the number of its steps.
    `reserved` are the ids of placeholders, which no translation contains here, since nothing is copied."""
    lengths = torch.tensor([len(source) for source in sources])
    padded = pad_sequence([torch.tensor(source) for source in sources], batch_first=True, padding_value=PAD)
    memories, states = ensemble.encode(padded, lengths)
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
        logits, states = ensemble.step(ids[:, :, -1], states, memories)
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
            memories = [memory.select(going) for memory in memories]
        row = row.flatten()
        states = [tuple(layer.index_select(0, row) for layer in state) for state in states]

    return [best[:length] for best, length in zip(best_ids.tolist(), best_len.tolist())], steps.tolist()


def read_lines(file):
    # Only \n ends a line; a \r directly before it is part of the line end.
    return re.split("\r?\n", file.read_bytes().decode(errors="replace").removesuffix("\n"))


def encode(tokenizer, lines):
    """Returns the ids of each line, with EOS at the end; a blank line has no ids."""
    encodings = tokenizer.encode_batch(lines, add_special_tokens=False)
    for number, encoding in enumerate(encodings, 1):
        if len(encoding) > LONGEST:
            sys.exit(f"line {number} has {len(encoding)} sub-words; this script translates lines of up to {LONGEST}")
    return [[*encoding.ids, EOS] if line.strip() else [] for line, encoding in zip(lines, encodings)]


def translate_lines(ensemble, tokenizer, lines, beam_size, length_penalty, batch_size):
    """Returns the translation of each line, the ids of each source, and the number of steps of each search."""
    sources = encode(tokenizer, lines)
    # Sentences of similar length share a batch, so that there is little padding.
    order = sorted((index for index, source in enumerate(sources) if source), key=lambda index: len(sources[index]))
    found, steps = [[] for _ in sources], [0 for _ in sources]
    reserved = [number for number in range(EOS + 1, EOS + 9) if tokenizer.token_to_id(f"<{number - EOS}>") == number]
    for at in range(0, len(order), batch_size):
        indices = order[at : at + batch_size]
        batch = [sources[index] for index in indices]
        results = search(ensemble, batch, beam_size, length_penalty, reserved)
        for index, ids, made in zip(indices, *results):
            found[index], steps[index] = ids, made
    texts = [re.sub("[\n\r]", " ", text) for text in tokenizer.decode_batch(found)]
    return texts, sources, steps


def translate(arguments):
    started = time.perf_counter()
    sizes, ensemble, tokenizer, fitted = read_model(arguments.model)
    penalty = fitted if arguments.length_penalty is None else arguments.length_penalty
    load = time.perf_counter() - started
    lines = read_lines(arguments.input)

    started = time.perf_counter()
    texts, sources, steps = translate_lines(
        ensemble, tokenizer, lines, arguments.beam_size, penalty, arguments.batch_size
    )
    output = "".join(f"{text}\n" for text in texts).encode()
    seconds = time.perf_counter() - started

    if arguments.output:
        arguments.output.write_bytes(output)
    else:
        sys.stdout.buffer.write(output)
    peak = peak_mb()
    rate = sgemm_rate()
    searched = [(len(source), made) for source, made in zip(sources, steps) if source]
    flops = sum(search_flops(sizes, source_len, made, arguments.beam_size) for source_len, made in searched)
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
