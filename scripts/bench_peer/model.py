"""The model: an ensemble of encoder-decoders with additive attention, in whole-sequence modules of PyTorch."""

import json
import re
import sys
from dataclasses import dataclass

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import dropout, embedding
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

# Ids of the control tokens.
PAD, BOS, EOS = 0, 1, 2


@dataclass
class Sizes:
    """Units of the layers of one encoder-decoder, and the number of encoder-decoders. `encoder` counts one direction;
    `aligner` is 0 if there is none."""

    vocab: int = 4000
    embed: int = 256
    encoder: int = 256
    layers: int = 1
    hidden: int = 512
    attention: int = 512
    aligner: int = 0
    ensemble: int = 1
    dropout: float = 0.0

    @property
    def states(self):
        return 2 * self.encoder

    @property
    def values(self):
        return self.states + self.embed


@dataclass
class Memory:
    """Keys `[batch, source, attention]`, values `[batch, source, values]`, and the mask of padding
    `[batch, 1, source]`, which is None if there is no padding."""

    keys: Tensor
    values: Tensor
    padding: Tensor | None = None

    def select(self, sentences):
        return Memory(self.keys[sentences], self.values[sentences], self.padding[sentences])


class Attention(nn.Module):
    """Additive attention: v tanh(W query + U value)."""

    def __init__(self, queries, values, size):
        super().__init__()
        self.query = nn.Linear(queries, size)
        self.key = nn.Linear(values, size, bias=False)
        self.score = nn.Linear(size, 1, bias=False)

    def weights(self, queries, keys, padding):
        """Maps queries `[batch, target, queries]` to weights `[batch, target, source]`."""
        pairs = torch.tanh_(self.query(queries).unsqueeze(2) + keys.unsqueeze(1))
        scores = self.score(pairs).squeeze(3)
        if padding is not None:
            scores = scores.masked_fill(padding, -torch.inf)
        return scores.softmax(-1)

    def forward(self, queries, memory):
        """Maps queries to contexts `[batch, target, values]`."""
        return self.weights(queries, memory.keys, memory.padding) @ memory.values


class Translator(nn.Module):
    """Bidirectional encoder and stacked decoder; the output layer is tied to the embedding."""

    def __init__(self, sizes):
        super().__init__()
        embed, hidden, values = sizes.embed, sizes.hidden, sizes.values
        self.rate = sizes.dropout
        self.embedding = nn.Embedding(sizes.vocab, embed)
        self.encoder = nn.GRU(embed, sizes.encoder, sizes.layers, bidirectional=True, batch_first=True)
        self.initial_query = nn.Linear(sizes.states, hidden)
        self.initial_output = nn.Linear(sizes.states, hidden)
        self.query_rnn = nn.GRU(embed, hidden, batch_first=True)
        self.output_rnn = nn.GRU(hidden + values, hidden, batch_first=True)
        self.attention = Attention(hidden, values, sizes.attention)
        self.aligner = Attention(2 * hidden, values, sizes.aligner) if sizes.aligner else None
        self.readout = nn.Linear(hidden + values + embed, embed)
        self.output_bias = nn.Parameter(torch.zeros(sizes.vocab))

    def drop(self, x):
        return dropout(x, self.rate, self.training) if self.rate else x

    def scaled(self, rows):
        return rows * self.embedding.embedding_dim**0.5

    def encode(self, x, lengths=None):
        """Maps embeddings `[batch, source, embed]` to the memory and the decoder's two initial states. Without
        `lengths` there is no padding."""
        x = self.drop(x)
        if lengths is None:
            states, last = self.encoder(x)
            padding = None
        else:
            # Packed, so that the backward direction starts at each sentence's own last token.
            packed, last = self.encoder(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
            states, _ = pad_packed_sequence(packed, batch_first=True)
            padding = (torch.arange(x.shape[1]) >= lengths.unsqueeze(1)).unsqueeze(1)
        summary = torch.cat([last[-2], last[-1]], 1)
        start = torch.tanh(self.initial_query(summary)), torch.tanh(self.initial_output(summary))
        values = torch.cat([self.drop(states), x], 2)
        return Memory(self.attention.key(values), values, padding), start

    def forward(self, source, target_in, sample=None, lengths=None, targets=None):
        """Runs over whole sentences, for training. `source` and `target_in` are padded ids, `lengths` the source
        lengths and `targets` the mask of the target tokens `[batch, target]`; both are None without padding. `sample`
        has the ids of the logits; None is the whole vocabulary.

        Returns logits `[target tokens, sample]` without padding, and the weights of the aligner."""
        # One look-up for all three uses, so that there is one dense gradient of the table.
        ids = [source.flatten(), target_in.flatten()] + ([] if sample is None else [sample])
        rows = embedding(torch.cat(ids), self.embedding.weight).split([len(part) for part in ids])
        x, y = (self.scaled(part).unflatten(0, ids.shape) for part, ids in zip(rows, (source, target_in)))
        memory, (initial_query, initial_output) = self.encode(x, lengths)
        y = self.drop(y)
        queries, _ = self.query_rnn(y, initial_query.unsqueeze(0))
        context = self.attention(queries, memory)
        states, _ = self.output_rnn(torch.cat([queries, context], 2), initial_output.unsqueeze(0))
        inputs = torch.cat([states, context, y], 2)
        # Padding is removed before the output layer.
        readout = self.drop(torch.tanh(self.readout(inputs.flatten(0, 1) if targets is None else inputs[targets])))
        if sample is None:
            logits = torch.addmm(self.output_bias, readout, self.embedding.weight.T)
        else:
            logits = torch.addmm(self.output_bias[sample], readout, rows[2].T)
        return logits, self.align(queries, states, targets, memory) if self.aligner else None

    def align(self, queries, states, targets, memory):
        """Returns the weights `[batch, target, source]` of the aligner, whose query is the state that has read a token,
        which is zero for the last one, and the state that has predicted it."""
        if targets is not None:
            queries = queries * targets.unsqueeze(2)
        after = torch.cat([queries[:, 1:], torch.zeros_like(queries[:, :1])], 1)
        keys = self.aligner.key(memory.values)
        return self.aligner.weights(torch.cat([after, states], 2), keys, memory.padding)

    def step(self, previous, state, memory):
        """Decodes one token: from the last tokens `previous` `[batch, width]` of all hypotheses and their states to
        readouts `[batch * width, embed]` and new states."""
        query, output = state
        y = self.scaled(self.embedding(previous.flatten()))
        # The function inside nn.GRUCell, with the weights of nn.GRU.
        query = torch.gru_cell(y, query, *self.query_rnn.all_weights[0])
        context = self.attention(query.view(*previous.shape, -1), memory).flatten(0, 1)
        output = torch.gru_cell(torch.cat([query, context], 1), output, *self.output_rnn.all_weights[0])
        return torch.tanh(self.readout(torch.cat([output, context, y], 1))), (query, output)


def read_config(directory):
    """Returns the sizes and the whole configuration of a model, or of a record of `cargo bench`."""
    config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    model = config["model"]
    decoder = model["decoder"]
    if not model["joint_vocab"] or decoder["attention"]["score"] != "additive":
        sys.exit(f"{directory}: this script reads models with one vocabulary and additive attention")
    sizes = Sizes(
        vocab=model["target_vocab"],
        embed=model["embed"],
        encoder=model["encoder"]["hidden"],
        layers=model["encoder"]["layers"],
        hidden=decoder["hidden"],
        attention=decoder["attention"]["size"],
        aligner=decoder["aligner"]["size"] if decoder.get("aligner") else 0,
        ensemble=model.get("ensemble", model.get("members", 1)),
        dropout=decoder["dropout"],
    )
    return sizes, config


def read_ensemble(sizes, file):
    """Returns the encoder-decoders with the weights of a file."""
    weights = load_file(file)
    models = []
    for number in range(sizes.ensemble):
        prefix = f"members.{number}." if sizes.ensemble > 1 else ""
        own = {name.removeprefix(prefix): tensor for name, tensor in weights.items() if name.startswith(prefix)}
        # Allocates nothing: the tensors of the file become the parameters.
        with torch.device("meta"):
            model = Translator(sizes)
        model.load_state_dict(named_as_here(own), assign=True)
        models.append(model)
    return nn.ModuleList(models)


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
            name = name.removeprefix("decoder.").replace("output.bias", "output_bias")
            name = name.replace("start_ask.", "initial_query.").replace("start_read.", "initial_output.")
        if name.endswith("score.weight"):
            tensor = tensor.unsqueeze(0)
        renamed[name] = tensor
    return renamed
