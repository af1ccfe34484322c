"""Inputs that once ended in a traceback: (reader, content). Found with tests/fuzz/run.py or tests/test_fuzz.py."""

import json
from typing import Any

from tests.fuzz.readers import READERS, VERSE


def _with(reader: str, value: Any, *path: str | int, seed: int = 0) -> tuple[str, bytes]:
    """A seed of the reader with the part at `path` replaced; with ... it is removed."""
    whole = part = json.loads(READERS[reader].seeds()[seed])
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    if value is ...:
        del part[path[-1]]
    return reader, json.dumps(whole).encode()


def _of_a_newer_zip(reader: str) -> tuple[str, bytes]:
    """The reader's first seed, a zip, whose first member needs version 6.4 of the format."""
    seed = READERS[reader].seeds()[0]
    place = seed.index(b"PK\x01\x02") + 6
    return reader, seed[:place] + b"@" + seed[place + 1 :]


BRACKETS = b"[" * 100_000  # deeper than json goes

REGRESSIONS: list[tuple[str, bytes]] = [
    _with("checkpoint", ..., "header", "header", "settings"),
    _with("checkpoint", ..., "header", "header", "vocabulary"),
    _with("checkpoint", "x", "header", "header", "progress", "step"),
    _with("checkpoint", 3, "header", "header", "progress"),
    _with("checkpoint", ["<f4", [2], [1]], "arrays", "exp_avg.bias"),
    _with("checkpoint", ["<f8", [1], [1]], "arrays", "exp_avg_sq.bias"),
    _with("export", ..., "header", "header", "network"),
    _with("export", "\ud800", "header", "header", "settings", "half"),
    _with("model", 5, "header", "header", "vocabulary", -1, seed=1),
    _with("char-model", ["<f8", [1], [1]], "arrays", "adagrad.Whh"),
    _with("char-model", 5, "header", "header", "characters", 0),
    _with("encoded-arrays", ["<i8", [3], [0, 999, 5]], "arrays", "offsets"),
    _with("encoded-arrays", ["<u2", [2], [1, 2]], "arrays", "tokens"),
    ("metrics", b"[]\n5\nnull\n"),
    ("metrics", b'\xff\n{"step": "one"}\n'),
    ("metrics", BRACKETS),
    _of_a_newer_zip("uploaded-snapshot"),
    _of_a_newer_zip("snapshot"),
    _of_a_newer_zip("encoded"),
    ("evaluate", b'{"text": "\\ud800"}'),
    ("evaluate", b'{"text": ' + BRACKETS),
    ("rewrite", json.dumps({"poem": VERSE * 5, "gaps": ["2"]}).encode()),  # no file's name is so long
    ("corpus", json.dumps([{"title": 5, "author": "", "paragraphs": [VERSE]}]).encode()),
]
