"""Regulated 七绝 a second on one core, by batch size, beside a plain loop and beside the matrix peak.

The plain loop is what tutorials do: torch.nn.LSTM of the same sizes reads the whole poem so far again for every
character, one poem at a time, and the next character is drawn from the softmax. It has no rules to obey. The peak is
that of the best of several fp32 matrix products in numpy, taken between the measurements. Times are the processor's,
not the clock's, so that other work on the machine counts as little as it can; one thread everywhere.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from functools import partial

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from charrnn_core.stepper import NumpyStepper
from poetry.batch.running import ENGINES, NetworkChoice
from poetry.prosody.judge import check
from poetry.text.forms import QIJUE
from poetry.writing import model, together
from poetry.writing.poem import Poem
from poetry.writing.request import Request, request_for
from poetry.writing.writer import Writer

TOKENS = QIJUE.lines * (QIJUE.length + 1)
SIZE = 1024  # of the square matrices whose product is the peak


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.batch_speed", description="批量的速度 / speed of writing in batches")
    parser.add_argument("--batches", default="1,16,64,256,1024", help="每批几首 / poems decoded together")
    parser.add_argument("--poems", type=int, default=1024, help="每种至少几首 / at least so many of each")
    parser.add_argument(
        "--engine", choices=ENGINES, default=ENGINES[0], help="numpy，或 torch 的 bfloat16 / which engine"
    )
    parser.add_argument("--plain", type=int, default=3, help="照教程写几首 / poems of the plain loop")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    writer, figures = Writer(NetworkChoice("lstm", engine=arguments.engine).load()), {}
    stepper = model.shipped().stepper
    assert isinstance(stepper, NumpyStepper)
    _plain(stepper, 1)  # importing torch is no part of the loop
    plain = arguments.plain / _seconds(lambda: _plain(stepper, arguments.plain))
    together.ROWS = max(batches := [int(size) for size in arguments.batches.split(",")])
    request, obeyed, written = request_for(QIJUE, candidates=1), 0, 0
    writer.write_together([request], [0])
    for size in batches:
        before = _peak()
        poems, seconds = _written(writer, request, size, min(arguments.poems, 64 * size))
        rate, peak = size / seconds, max(before, _peak())
        obeyed, written = (
            obeyed + sum(check(poem.lines).obeys for poem in poems if isinstance(poem, Poem)),
            written + len(poems),
        )
        figures[f"batch_{size}"] = {
            "poems_per_second": round(rate, 1),
            "over_plain_loop": round(rate / plain, 1),
            "share_of_peak": round(rate * TOKENS * _flops(stepper) / peak, 3),
            "peak_gflops": round(peak / 1e9, 1),
        }
    report(
        "batch_speed",
        {"engine": arguments.engine, "plain_loop": round(plain, 3), **figures, "poems": written, "obey": obeyed},
    )


def _written(writer: Writer, request: Request, size: int, wanted: int) -> tuple[list[Poem | UsageError], float]:
    """As many poems, `size` at a time, and the seconds of the fastest batch."""
    poems: list[Poem | UsageError] = []
    times = []
    while len(poems) < wanted:
        seeds = range(len(poems), len(poems) + size)
        times.append(_seconds(partial(_write_more, poems, writer, [request] * size, seeds)))
    return poems, min(times)


def _write_more(poems: list[Poem | UsageError], writer: Writer, requests: list[Request], seeds: range) -> None:
    poems.extend(writer.write_together(requests, seeds))


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _peak() -> float:
    """Floating-point operations a second of the best of five products of square matrices."""
    a = np.random.default_rng(0).random((SIZE, SIZE), dtype=np.float32)
    return 2 * SIZE**3 / min(_seconds(lambda: a @ a) for _ in range(5))


def _flops(stepper: NumpyStepper) -> int:
    """Operations of all matrix products of one step of one row."""
    layers = sum(layer.weight_ih.size + layer.weight_hh.size for layer in stepper.layers)
    above = stepper.above_in.size + stepper.above_out.size
    return 2 * (layers + above + stepper.embedding.size)


def _plain(stepper: NumpyStepper, poems: int) -> None:
    """Poems as a tutorial writes them."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    V, D = stepper.embedding.shape
    H = stepper.layers[0].hidden
    embedding, first, second = nn.Embedding(V, D), nn.LSTM(D, H, batch_first=True), nn.LSTM(H, D, batch_first=True)
    output = nn.Linear(D, V)
    with torch.no_grad():
        for _ in range(poems):
            text = [0]
            for _ in range(TOKENS):
                read, _ = first(embedding(torch.tensor([text])))
                logits = output(second(read)[0][:, -1])
                text.append(int(torch.multinomial(torch.softmax(logits, dim=-1), 1)))


if __name__ == "__main__":
    sys.exit(main())
