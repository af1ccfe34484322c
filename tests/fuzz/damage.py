"""Hypothesis strategies that damage good inputs: bytes anywhere, one part of a JSON value, or the rows of a text."""

import copy
import json
from typing import Any

from hypothesis import strategies as st

NASTY = st.sampled_from(
    [
        "",
        "\x00",
        "\ud800",
        "\u2028",
        "𠀀",
        "，",
        "\ufeff春",
        "=1+1",
        "春" * 300,
        "9" * 5000,
        "1:1",
        "０:１",
        "-",
        "../x",
    ]
)
TEXT = st.text(max_size=12) | NASTY
NUMBERS = st.integers(-3, 9) | st.sampled_from([2**31, 2**63, -(2**63), 10**400]) | st.floats()
DTYPES = st.sampled_from(["<f4", "<f8", "|i1", "<u2", "<i8", "|S1", "<U1", "|b1", "<c8"])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT | DTYPES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
BETWEEN = (
    st.sampled_from(
        ["", "\n\n", "\r\n", " ", "\u3000", "\u200b", "，", "。", "：", "；\n", "（", "】", "\t", "□", "\u2028"]
    )
    | TEXT
)
PIECES = st.binary(max_size=8) | TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.just(b"[" * 5000)


@st.composite
def damaged_bytes(draw: st.DrawFn, seed: bytes) -> bytes:
    """`seed` with up to three stretches replaced, removed or put in; or any bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=300))
    content = seed
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        stop = start + draw(st.sampled_from([0, 0, 1, 2, 8, len(content)]))
        content = content[:start] + draw(PIECES) + content[stop:]
    return content


@st.composite
def damaged_text(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Rows of the seeds in any order and number, whole or in part, with anything between and within them."""
    rows = [row for seed in seeds for row in seed.decode().splitlines()]
    text = ""
    for row in draw(st.lists(st.sampled_from(rows), min_size=1, max_size=14)):
        start, stop = draw(st.just((0, len(row))) | st.tuples(st.integers(0, len(row)), st.integers(0, len(row))))
        text += row[start:stop] + draw(st.just("\n") | BETWEEN)
    return text.encode("utf-8", "surrogatepass")


@st.composite
def damaged_json(draw: st.DrawFn, seed: bytes) -> bytes:
    """`seed` with one or two of its parts replaced, removed or given twice."""
    value = json.loads(seed)
    for _ in range(draw(st.integers(1, 2))):
        value = _change(draw, value)
    return json.dumps(value).encode()


def _change(draw: st.DrawFn, value: Any) -> Any:
    """A copy of `value` with one part changed; the deeper parts are reached by going down at random."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not keys or draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    changed, key = copy.copy(value), draw(st.sampled_from(keys))
    if draw(st.integers(0, 5)) == 0:
        del changed[key]
    elif isinstance(changed, list) and draw(st.integers(0, 5)) == 0:
        changed.append(changed[key])
    else:
        changed[key] = _change(draw, changed[key])
    return changed
