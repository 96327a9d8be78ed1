"""Other threads of Python run while glosser computes."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import glosser
import pytest
from conftest import Record


def test_another_thread_counts_while_a_text_is_translated(translator: glosser.Translator, kept: list[Record]) -> None:
    texts = [record["source"] for record in kept] * 8
    times: list[float] = []
    is_done = threading.Event()

    def count() -> None:
        while not is_done.is_set():
            times.append(time.monotonic())
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    start = time.monotonic()
    # One part of all texts: between two parts Python code could run in any case.
    translator.translate(texts, batch_size=len(texts))
    end = time.monotonic()
    is_done.set()
    counter.join()
    inside = [at for at in times if start <= at <= end]
    gaps = [after - before for before, after in zip([start, *inside], [*inside, end])]
    assert end - start > 0.05
    # With the lock held, there would be one gap as long as the translation.
    assert max(gaps) < (end - start) / 2, (len(inside), max(gaps), end - start)


def test_several_threads_share_a_translator(translator: glosser.Translator, kept: list[Record]) -> None:
    texts = [record["source"] for record in kept]
    expected = [record["translation"] for record in kept]

    def translate(texts: list[str]) -> list[glosser.Translation]:
        return translator.translate(texts)

    with ThreadPoolExecutor(4) as executor:
        for found in executor.map(translate, [texts] * 8):
            assert [one.text for one in found] == expected


def test_the_number_of_threads_changes_nothing(model: Path, kept: list[Record]) -> None:
    texts = [record["source"] for record in kept]
    one, three = (glosser.Translator(model, threads=threads).translate(texts) for threads in (1, 3))
    assert [(found.text, found.log_prob) for found in one] == [(found.text, found.log_prob) for found in three]


def test_ctrl_c_ends_a_long_translation(translator: glosser.Translator, kept: list[Record]) -> None:
    def endless() -> list[str]:
        return [record["source"] for record in kept] * 2000

    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        translator.translate(endless(), batch_size=8)
    assert time.monotonic() - start < 10


def in_child(translator: glosser.Translator, messages: "multiprocessing.SimpleQueue[str]") -> None:
    try:
        messages.put(translator.translate("A dog.").text)
    except glosser.GlosserError as error:
        messages.put(str(error))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_gets_an_error_and_does_not_wait_for_ever(translator: glosser.Translator) -> None:
    context = multiprocessing.get_context("fork")
    messages = context.SimpleQueue()
    child = context.Process(target=in_child, args=(translator, messages))
    child.start()
    child.join(60)
    assert child.exitcode == 0 and "forked" in messages.get()
