"""What each part of the writer is worth: the same titles and seeds, with one part taken away at a time.

    python -m benchmarks.ablations --data corpus.npz -o ablations --seed 3
    python -m benchmarks.panel sheet --seed 3 --system human --system whole=ablations/whole.jsonl ...

The folder gets a file of poems for each, for a panel (benchmarks.panel) to read: what it says decides. Beside them the
automatic figures of benchmarks.themes, which decide nothing alone, and the seconds that a poem takes.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.panel import PER_FORM, themes
from benchmarks.report import report
from benchmarks.themes import verse_figures, written
from charrnn_core import atomic
from charrnn_core.command import Parser, run
from charrnn_core.stepper import NumpyStepper
from poetry.corpus import encoding
from poetry.corpus.read import SONG, TANG
from poetry.corpus.split import VALIDATION
from poetry.measuring.evaluation import Training, Verse, human
from poetry.slots import stock
from poetry.theme import matter
from poetry.writing import model, search
from poetry.writing.model import Model
from poetry.writing.writer import Writer


@dataclass(frozen=True)
class Without:
    """The writer without a part: another model, other settings, other values of what modules name."""

    model: Callable[[Model], Model] = lambda whole: whole
    settings: dict[str, Any] = field(default_factory=dict)
    values: Sequence[tuple[ModuleType, str, Any]] = ()


def _without_attention(whole: Model) -> Model:
    assert isinstance(whole.stepper, NumpyStepper)
    return replace(whole, stepper=replace(whole.stepper, attention_out=np.zeros_like(whole.stepper.attention_out)))


SYSTEMS = {
    "whole": Without(),
    "attention": Without(_without_attention),
    "plan": Without(lambda whole: replace(whole, outlines=False)),
    "taste": Without(lambda whole: replace(whole, taste=None), settings={"critic_weight": 0.0}),
    "matter": Without(values=[(matter, "subjects", lambda title: ())]),
    "stock": Without(values=[(stock, "closed", lambda *given: ())]),
    "nearness": Without(values=[(search, "NEAR", 0.0)]),
    "taken_up": Without(values=[(search, "TAKEN_UP", 0.0)]),
    "pauses": Without(values=[(search, "AT_PAUSE", sys.maxsize)]),
    "between": Without(values=[(search, "BETWEEN", sys.maxsize)]),
    "search": Without(values=[(search, name, sys.maxsize) for name in ("AT_PAUSE", "AT_END", "BETWEEN")]),
    "phrases": Without(model.alone),
    "one_candidate": Without(settings={"candidates": 1}),
}


@contextmanager
def _with(values: Sequence[tuple[ModuleType, str, Any]]) -> Iterator[None]:
    """Modules have other values. Where as many rows go on as there are, the best of finished poems is taken."""
    before = [(module, name, getattr(module, name)) for module, name, _ in values]
    try:
        for module, name, value in values:
            setattr(module, name, value)
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.ablations", description="各部分值多少 / what each part is worth")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("--per-form", type=int, default=PER_FORM, help="每种诗体几题 / titles in each form")
    parser.add_argument("--seed", type=int, default=3, help="选题，同 panel / draws the titles, as in the panel")
    parser.add_argument("-o", "--out", type=Path, required=True, help="放诗的目录 / the folder of poems")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    corpus = encoding.load(arguments.data)
    chosen = [
        Verse(theme.lines, theme.title)
        for theme in themes(human(corpus, VALIDATION, [TANG, SONG]), arguments.per_form, arguments.seed)
    ]
    shipped, training = model.shipped(), Training.of(corpus)
    arguments.out.mkdir(parents=True, exist_ok=True)
    rows = {"human": verse_figures(chosen, shipped, training)}
    for name, without in SYSTEMS.items():
        start = time.perf_counter()
        with _with(without.values):
            verses = written(chosen, Writer(without.model(shipped)), name, **without.settings)
        seconds = (time.perf_counter() - start) / len(verses)
        rows[name] = verse_figures(verses, shipped, training) | {"seconds": round(seconds, 2)}
        lines = [json.dumps({"title": v.title, "lines": v.lines}, ensure_ascii=False) for v in verses]
        atomic.write_text(arguments.out / f"{name}.jsonl", "\n".join(lines) + "\n")
        print(f"{name}: {rows[name]}", file=sys.stderr)
    report("ablations", {"titles": len(chosen), "seed": arguments.seed, "without": rows})


if __name__ == "__main__":
    sys.exit(main())
