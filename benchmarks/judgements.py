"""What readers of a panel's sheet (benchmarks.panel) say, and what follows from it.

A judgement is a file, a line an item: its number and five whole numbers from 1 to 5, divided by blanks (a line that
begins with `id` is a heading), or JSON lines {"id": ..., "fluency": ..., ...}. Scores are float64 (readers, items,
criteria), items in the key's order.

- Means: over readers and titles. Intervals of 95 % by the bootstrap over titles (2,000 samples; the readers stay).
- Win rate of one system over another: over pairs of poems of one title judged by one reader, by the mean of the five
  criteria; a tie counts half.
- Agreement of readers: Krippendorff's alpha for interval data, 1 - (observed / expected squared difference);
  1 is perfect agreement, 0 is chance (Krippendorff 2011, Computing Krippendorff's alpha-reliability).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from charrnn_core.errors import UsageError
from poetry.text.decoding import decoded

CRITERIA = ("fluency", "meaning", "coherence", "theme", "beauty")
LOWEST, HIGHEST = 1, 5
SAMPLES = 2000


@dataclass(frozen=True)
class Item:
    """What a poem on the sheet is."""

    system: str
    title: str
    form: str


Key = dict[str, Item]


def read_all(key: Path, judgements: Sequence[Path]) -> tuple[Key, np.ndarray]:
    """The key, and (readers, items, criteria) scores. Raises UsageError naming the file and what is wrong in it."""
    items = _key(key)
    return items, np.array([_judgement(path, list(items)) for path in judgements], dtype=np.float64)


def _text(path: Path) -> str:
    try:
        return decoded(path.read_bytes(), str(path))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; give an existing file") from error


def _key(path: Path) -> Key:
    try:
        items = {name: Item(**item) for name, item in json.loads(_text(path))["items"].items()}
    except UsageError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"{path} is no key of a sheet; give what `benchmarks.panel sheet --key` wrote") from error
    systems, titles = ({getattr(item, name) for item in items.values()} for name in ("system", "title"))
    if not items or len({(item.system, item.title) for item in items.values()}) != len(systems) * len(titles):
        raise UsageError(f"{path} has not one poem of every system for every title; write the sheet again")
    return items


def _judgement(path: Path, items: Sequence[str]) -> list[list[int]]:
    """The five numbers of every item, in the items' order."""
    known, found = set(items), dict[str, list[int]]()
    for number, row in enumerate(_text(path).splitlines(), 1):
        if not row.strip() or row.split()[0] == "id":
            continue
        item, scores = _row(row)
        where = f"{path}, line {number}"
        if item not in known:
            raise UsageError(f"{where}: {item[:20]!r} is not on the sheet; leave it out, or is it another sheet's?")
        if item in found:
            raise UsageError(f"{where}: {item} is judged twice; keep one judgement")
        if len(scores) != len(CRITERIA) or not all(LOWEST <= score <= HIGHEST for score in scores):
            raise UsageError(f"{where}: {item} needs {len(CRITERIA)} whole numbers from {LOWEST} to {HIGHEST}; mend it")
        found[item] = scores
    missing = [item for item in items if item not in found]
    if missing:
        raise UsageError(f"{path} lacks {len(missing)} of {len(items)} items, {missing[0]} the first; judge them, too")
    return [found[item] for item in items]


def _row(row: str) -> tuple[str, list[int]]:
    """(item, scores); what cannot be read as whole numbers gives no scores, what is no row no item."""
    if row.lstrip().startswith("{"):
        try:
            record = json.loads(row)
            item, cells = str(record.get("id", "")), [record.get(name) for name in CRITERIA]
        except (ValueError, RecursionError):
            return row.strip(), []
        extra = set(record) - {"id", *CRITERIA}
        return item, [] if extra or any(type(cell) is not int for cell in cells) else cells
    item, *cells = row.split()
    return item, [int(cell) for cell in cells] if all(cell.isascii() and cell.isdigit() for cell in cells) else []


def figures(key: Key, scores: np.ndarray, seed: int = 0) -> dict[str, Any]:
    """All that is printed: see the module's docstring. `scores` are (readers, items, criteria)."""
    items = list(key.values())
    systems = list(dict.fromkeys(sorted(item.system for item in items)))
    titles = sorted({item.title for item in items})
    row = {(item.system, item.title): i for i, item in enumerate(items)}
    order = np.array([[row[system, title] for title in titles] for system in systems])
    ordered = scores[:, order]  # (readers, systems, titles, criteria)
    drawn = np.random.default_rng(seed).integers(0, len(titles), (SAMPLES, len(titles)))
    by_name = dict(zip(systems, np.moveaxis(ordered, 1, 0), strict=True))
    return {
        "readers": len(scores),
        "titles": len(titles),
        "means": {name: _means(of_system, drawn) for name, of_system in by_name.items()},
        "wins": {f"{a} : {b}": wins(by_name[a], by_name[b], drawn) for a, b in combinations(systems, 2)},
        "agreement": _agreement(scores),
    }


def _means(scores: np.ndarray, drawn: np.ndarray) -> dict[str, Any]:
    """Of one system's (readers, titles, criteria): a mean for each criterion, and of all with its interval."""
    by_criterion = scores.mean(axis=(0, 1))
    means = {name: round(float(mean), 2) for name, mean in zip(CRITERIA, by_criterion, strict=True)}
    return means | {"mean": round(float(scores.mean()), 2), "interval": interval(scores.mean(axis=(0, 2)), drawn)}


def wins(ours: np.ndarray, theirs: np.ndarray, drawn: np.ndarray) -> dict[str, Any]:
    """Shares of (reader, title) pairs that the first system wins, ties, loses, and its win rate with the interval."""
    sign = np.sign(np.round(ours.sum(axis=-1) - theirs.sum(axis=-1)))  # (readers, titles)
    shares = {name: round(float((sign == s).mean()), 3) for name, s in (("win", 1), ("tie", 0), ("loss", -1))}
    rate = (sign + 1) / 2
    return shares | {"rate": round(float(rate.mean()), 3), "interval": interval(rate.mean(axis=0), drawn)}


def interval(values: np.ndarray, drawn: np.ndarray) -> list[float]:
    """95 % by the bootstrap: the percentiles of the mean of (titles,) values over (samples, titles) drawn places."""
    low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    return [round(float(low), 3), round(float(high), 3)]


def _agreement(scores: np.ndarray) -> dict[str, float | None]:
    columns = dict(zip(CRITERIA, np.moveaxis(scores, -1, 0), strict=True)) | {"mean": scores.mean(axis=-1)}
    return {name: alpha(column) for name, column in columns.items()}


def alpha(scores: np.ndarray) -> float | None:
    """Krippendorff's alpha of (readers, items); None with one reader, or where all scores are the same."""
    readers = len(scores)
    spread = ((scores - scores.mean()) ** 2).sum()
    if readers < 2 or not spread:
        return None
    observed = ((scores - scores.mean(axis=0)) ** 2).sum() / (readers - 1) / scores.shape[1]
    return round(float(1 - observed / (spread / (scores.size - 1))), 3)


def tables(found: dict[str, Any]) -> str:
    """The figures as three Markdown tables."""
    heads = [*CRITERIA, "mean", "interval"]
    means = [[name, *(_cell(row[head]) for head in heads)] for name, row in found["means"].items()]
    heads_of_wins = ["win", "tie", "loss", "rate", "interval"]
    won = [[pair, *(_cell(row[head]) for head in heads_of_wins)] for pair, row in found["wins"].items()]
    agreed = [["alpha", *(_cell(value) for value in found["agreement"].values())]]
    parts = [_table(["system", *heads], means)]
    parts += [_table(["pair", *heads_of_wins], won)] if won else []
    return "\n\n".join([*parts, _table(["agreement", *found["agreement"]], agreed)])


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return f"{value[0]:.2f} .. {value[1]:.2f}"
    return "-" if value is None else f"{value:.2f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows])
