"""Measurements: operations, the machine's matrix-product rate, peak memory, and what keeps memory in the process."""

import ctypes
import resource
import statistics
import sys
import time

import torch


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


def target_token_flops(sizes, source_len, logits):
    """Counts one target token, or one step of one hypothesis. The attention has a part for each source token."""
    embed, hidden, values = sizes.embed, sizes.hidden, sizes.values
    layers = gru_flops(embed, hidden) + gru_flops(hidden + values, hidden)
    attention = product_flops(hidden, sizes.attention) + source_len * product_flops(1, sizes.attention + values)
    output = product_flops(hidden + values + embed, embed) + product_flops(embed, logits)
    return layers + attention + output


def aligner_flops(sizes, source_len, target_len):
    """Counts the aligner's keys, queries and scores. Its context is not needed."""
    if not sizes.aligner:
        return 0
    projections = source_len * product_flops(sizes.values, sizes.aligner)
    projections += target_len * product_flops(2 * sizes.hidden, sizes.aligner)
    return projections + source_len * target_len * product_flops(1, sizes.aligner)


def pair_flops(sizes, source_len, target_len, logits):
    """Counts the forward pass of all encoder-decoders over one pair."""
    one = source_len * source_token_flops(sizes) + target_len * target_token_flops(sizes, source_len, logits)
    return sizes.ensemble * (one + aligner_flops(sizes, source_len, target_len))


def search_flops(sizes, source_len, steps, beam_size):
    """Counts the search for one translation; its first step has one hypothesis."""
    hypotheses = 1 + (steps - 1) * beam_size
    one = source_len * source_token_flops(sizes) + hypotheses * target_token_flops(sizes, source_len, sizes.vocab)
    return sizes.ensemble * one


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
