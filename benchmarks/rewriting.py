"""Rewriting one line of human poems: are the rules kept, does the rest stand, does it fit what follows?

Each poem of a part gives one random line up. The rewritten poem's likelihood is compared with that of 20 random
lines written under the same rules from the text before the gap alone.
"""

import argparse
import sys

import numpy as np
from tqdm import tqdm

from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.decoding import decode
from charrnn_core.sampling import Sampling
from poetry.corpus import encoding
from poetry.corpus.split import TEST
from poetry.measuring.evaluation import human
from poetry.prosody.judge import check
from poetry.slots import seen
from poetry.slots.guide import PlanGuide
from poetry.slots.plan import Place
from poetry.slots.regulated import draw_plans
from poetry.text.forms import REGULATED, recognise
from poetry.writing import model
from poetry.writing.candidates import read
from poetry.writing.request import Request, prefix
from poetry.writing.rewriting import request_to_rewrite
from poetry.writing.writer import Writer

RANDOM = 20


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.rewriting", description="改写一句 / rewrite one line of human poems")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("--count", type=int, default=200, help="几首 / how many poems")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    corpus = encoding.load(arguments.data)
    poems = [v.lines for v in human(corpus, TEST, ["tang"]) if recognise(v.lines) in REGULATED]
    poems = [lines for lines in poems if "□" not in "".join(lines)][: arguments.count]
    writer, rng = Writer(model.shipped()), np.random.default_rng(1)
    rules, stands, better, gains = 0, 0, 0, []
    for seed, lines in enumerate(tqdm(poems, unit="poem")):
        line = int(rng.integers(len(lines)))
        gap = {(line, j) for j in range(len(lines[0]))}
        request = request_to_rewrite(lines, gap, writer.model.sets())
        poem = writer.write(request, seed)
        rules += keeps_rules(lines, poem.lines, gap)
        stands += [x for i, x in enumerate(poem.lines) if i != line] == [x for i, x in enumerate(lines) if i != line]
        others = blind(writer, request, seed)
        better += poem.score > np.median(others)
        gains.append((poem.score - float(np.median(others))) * len(poem.text))
    figures = {
        "poems": len(poems),
        "rules_kept": round(rules / len(poems), 4),
        "other_lines_untouched": round(stands / len(poems), 4),
        "likelier_than_the_median_blind_line": round(better / len(poems), 4),
        "mean_gain_in_nats": round(float(np.mean(gains)), 2),
    }
    report("rewriting", figures)


def keeps_rules(before: tuple[str, ...], after: list[str], gap: set[Place]) -> bool:
    """Whether every place at fault was at fault while the gap was open: rewriting adds none."""
    masked = ["".join("□" if (i, j) in gap else c for j, c in enumerate(line)) for i, line in enumerate(before)]
    old, new = ({(f.line, f.position) for f in check(lines).faults} for lines in (masked, after))
    return new <= old


def blind(writer: Writer, request: Request, seed: int) -> np.ndarray:
    """(RANDOM,) scores of the poem with lines that were written without regard to what follows."""
    rng = np.random.default_rng(seed)
    plans = [request.plan] * RANDOM if request.plan else draw_plans(request.wish, writer.model.sets(), rng, RANDOM)  # type: ignore[arg-type]
    guide = PlanGuide(plans, writer.model.sets(), seen.shipped())  # type: ignore[arg-type]
    state, last = read(writer.model, [prefix(request, writer.model)])
    rows = np.zeros(RANDOM, dtype=np.int64)
    state, uniforms = writer.model.stepper.select(state, rows), rng.random((guide.steps, RANDOM + 1))
    sampling = Sampling(temperature=0.8, top_p=0.9)
    decoded = decode(writer.model.stepper, state, last[rows], guide, sampling, uniforms, resample=False)
    return np.asarray(decoded.logprobs.mean(axis=0))


if __name__ == "__main__":
    sys.exit(main())
