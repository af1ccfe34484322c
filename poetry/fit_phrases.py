"""词组 (phrases): `python -m poetry.fit_phrases WEIGHTS --data CORPUS -o FILE` gives a network the phrases of a corpus.

The step after `python -m poetry.export`. Input: a weights file and the corpus it learned from.
Output: the same network with the list of charrnn_core.phrases. Listed are the phrases of two and three Hanzi inside a
line that stand `--least` times in the training parts of the sources, a source named twice counting double; the shares
are those that make the validation part of the first source likeliest. Needs no torch.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from charrnn_core import weights
from charrnn_core.atomic import ensure_writable
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from charrnn_core.memory import tokens_before
from charrnn_core.numerics import log_softmax
from charrnn_core.phrases import ORDER, PREFIX, Level, Phrases, begins_of, coded
from charrnn_core.progress import progress
from charrnn_core.stepper import Stepper
from poetry.corpus.batches import Batch, evaluation_batches
from poetry.corpus.encoding import Encoded
from poetry.corpus.read import OWN
from poetry.corpus.split import TRAIN, VALIDATION
from poetry.training import data
from poetry.writing import model

SOURCES = "tang,tang,tang,tang,song"
NEWTON = 20  # steps a share; it is found in fewer
MOST = 0.4  # of a share


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.fit_phrases", description="语料里的词组 / the phrases of a corpus, listed and weighed")
    add = parser.add_argument
    add("weights", type=Path, help="权重文件 / the weights file")
    add("--data", type=Path, required=True, help="编码好的语料或纯文本 / encoded corpus or plain text")
    add("--sources", default=SOURCES, help="写两次算两份；第一个作验证 / twice counts double; the first is validated")
    add("--least", type=int, default=3, help="至少出现几次 / how often a phrase stands at least")
    add("-o", "--out", type=Path, required=True, help="权重文件 / the weights file to write")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if arguments.least < 1:
        raise UsageError("--least is {least}; give at least 1", least=arguments.least)
    ensure_writable(arguments.out)
    corpus = data.load(arguments.data)
    sources = arguments.sources.split(",") if arguments.data.suffix == ".npz" else [OWN]
    arrays, header = weights.load(arguments.weights, kind=model.KIND)
    loaded = model.load(arguments.weights)
    if loaded.vocabulary.tokens != corpus.vocabulary.tokens:
        raise UsageError("the weights have another vocabulary than the corpus; encode the corpus they learned from")
    listed = phrases_of(corpus, corpus.select(TRAIN, sources), least=arguments.least)
    network = model.alone(loaded).stepper
    fitted, before, after = with_shares(listed, network, corpus, corpus.select(VALIDATION, sources[:1]))
    own = {name: array for name, array in arrays.items() if not name.startswith(PREFIX)}
    more, about = fitted.stored()
    about |= {"sources": sources, "least": arguments.least, "validation_nats": [round(before, 4), round(after, 4)]}
    weights.save(arguments.out, own | more, header | {"phrases": about}, int8=True)
    sizes = " and ".join(f"{len(level.tokens):,}" for level in fitted.levels)
    print(
        f"{sizes} phrases, shares {about['shares']}: perplexity {np.exp(before):.1f} -> {np.exp(after):.1f}; "
        f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB",
        file=sys.stderr,
    )


def phrases_of(corpus: Encoded, poems: np.ndarray, *, least: int) -> Phrases:
    """The phrases of poems, a poem that is named n times counting n times; their shares are zero."""
    V, tokens = len(corpus.vocabulary), corpus.tokens.astype(np.int64)
    times = np.repeat(np.bincount(poems, minlength=len(corpus)), np.diff(corpus.offsets))
    hanzi = corpus.vocabulary.is_hanzi[tokens] & (times > 0)
    nodes, ends, levels = V, np.where(hanzi, tokens, -1), []  # ends: the node of the phrase that ends at a token
    for _ in range(ORDER):
        at = 1 + np.flatnonzero((ends[:-1] >= 0) & hanzi[1:] & (corpus.place[1:] > 1))
        keys, which = np.unique(ends[at - 1] * V + tokens[at], return_inverse=True)
        counts = np.bincount(which, weights=times[at], minlength=len(keys))
        kept = counts >= least
        children = np.bincount(keys[kept] // V, minlength=nodes)
        levels.append(Level(begins_of(children), (keys[kept] % V).astype(np.uint16), coded(counts[kept])))
        numbers = np.where(kept, np.cumsum(kept) - 1, -1)
        ends = np.full(len(tokens), -1)
        ends[at] = numbers[which]
        nodes = int(kept.sum())
    return Phrases(corpus.vocabulary.first_hanzi, np.zeros(ORDER, dtype=np.float32), tuple(levels))


def with_shares(phrases: Phrases, network: Stepper, corpus: Encoded, poems: np.ndarray) -> tuple[Phrases, float, float]:
    """The phrases with the shares that make poems likeliest, told nothing but their forms; the nats a Hanzi without
    and with them. Raises UsageError where there is no poem."""
    if not len(poems):
        raise UsageError("the corpus has no validation poem from the first of the sources; choose other --sources")
    batches = progress(evaluation_batches(corpus, poems), "读 / reading", "batch")
    found = [_slots(phrases, network, batch, corpus) for batch in batches]
    p, gains = (np.concatenate([pair[i] for pair in found]) for i in range(2))
    shares = np.zeros(ORDER)
    for step in range(NEWTON * ORDER):  # one share after the other: the mean of log p' is concave in each
        k = step % ORDER
        slope = gains[:, k] / (p + gains @ shares)
        shares[k] = np.clip(shares[k] + slope.mean() / max(np.square(slope).mean(), 1e-9), 0, MOST)
    fitted = replace(phrases, shares=shares.astype(np.float32))
    return fitted, float(-np.log(p).mean()), float(-np.log(p + gains @ shares).mean())


def _slots(phrases: Phrases, network: Stepper, batch: Batch, corpus: Encoded) -> tuple[np.ndarray, np.ndarray]:
    """Of every Hanzi of a batch: (S,) p, (S, ORDER) q_k - p, 0 where nothing is known to follow."""
    wanted = batch.weights & corpus.vocabulary.counted[batch.targets]
    state, rows = network.start(batch.targets.shape[1]), np.arange(batch.targets.shape[1])
    ps, gains = [], []
    for t, targets in enumerate(batch.targets):
        logits, state = network.step(state, batch.inputs[t], batch.features[t])
        if not wanted[t].any():
            continue
        logs = log_softmax(logits)
        p, whole = np.exp(logs[rows, targets]), np.exp(logs[:, phrases.first :]).sum(axis=1)
        gain = np.zeros((len(rows), ORDER))
        for k, nodes in enumerate(phrases.nodes(tokens_before(state[-1]))):
            f = phrases.followers(k, nodes, batch.features[t])
            each, q = np.repeat(f.rows, f.lengths), f.weights(logits.take(f.places(logits.shape[1])))
            hit = f.tokens == targets[each]
            gain[f.rows, k] = -p[f.rows] * (targets[f.rows] >= phrases.first)  # the others keep their p
            gain[each[hit], k] += q[hit] * whole[each[hit]]
        ps.append(p[wanted[t]])
        gains.append(gain[wanted[t]])
    return np.concatenate(ps), np.concatenate(gains)


if __name__ == "__main__":
    sys.exit(main())
