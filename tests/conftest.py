"""A tiny corpus and a tiny model that tests make themselves."""

import importlib.util
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from charrnn_core import weights
from charrnn_core.attention import HEAD
from charrnn_core.memory import ABOVE
from charrnn_core.stepper import WORD
from poetry.slots.features import FEATURE_SIZES
from poetry.text.forms import FORMS
from poetry.text.hanzi import COMMA, STOP
from poetry.text.vocab import SPECIALS, Vocabulary

if TYPE_CHECKING:
    from apps.shared import Shared

# Tests in a browser need the extra of that name.
collect_ignore = [] if importlib.util.find_spec("playwright") else ["browser"]

# The files that take longest: they begin first, or one worker would be left alone with one of them at the end.
LONG = (
    *("test_app_endpoints", "test_docs", "test_jobs", "test_training", "test_app_api", "test_shipped_weights"),
    *("test_writers", "test_notebooks", "test_examples", "test_batch_endurance", "test_distributed"),
)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A worker for each core, four at most, for the whole suite; none for a part of it that is named."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and "not slow" in config.option.markexpr
    return min(4, os.cpu_count() or 1) if whole else 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first, otherwise as collected."""
    places = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONG)))


# A few common characters of every tone, enough for the four forms without repeating one across lines.
HANZI = (
    "春江花月夜山水云风雨天人年日光中东南西北来去归还行看闻听思心知相见别长白红青黄绿明清空寒秋夏冬"
    "酒诗书琴剑舟车马鸟鱼草木林泉石海湖河溪岸沙路门楼台城村烟霞霜雪星斗松竹梅兰桃李柳杨落飞流生死梦"
    "愁悲欢喜笑语声色香味影身手头目千万百十一二三四五六七八九古今朝暮晓晚高低远近深浅大小多少新旧开闭"
    "上下前后左右里外出入无有不未何谁君我子客家国乡关塞边尘土金玉珠宝龙凤鹤雁燕莺蝉蝶"
)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """Specials, forms, marks and a few hundred Hanzi."""
    fixed = [*SPECIALS, *(f"<{form.name}>" for form in FORMS), COMMA, STOP]
    return Vocabulary([*fixed, *dict.fromkeys(HANZI)])


def random_arrays(cell: str, V: int, D: int, H: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Random weights, biases included, named as in a weights file."""
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
    rng = np.random.default_rng(seed)
    shapes = {"embedding.weight": (V, D), "bias": (V,)}
    shapes |= {name: (sum(FEATURE_SIZES), D) for name in ("features_in", "features_out")}
    shapes |= {"above_in": (ABOVE * D, D), "above_out": (ABOVE * D, D), "above_gate": (ABOVE, D)}
    shapes |= {"word_in": (WORD * D, D), "word_out": (WORD * D, D), "word_gate": (WORD, D)}
    shapes |= {"attention_in": (H, 3 * HEAD), "attention_out": (HEAD, H)}
    shapes |= {"repeat": (D,), "repeat_bias": (1,)}
    for k, (inputs, hidden) in enumerate(((D, H), (H, D))):
        shapes |= {
            f"layers.{k}.weight_ih_l0": (gates * hidden, inputs),
            f"layers.{k}.weight_hh_l0": (gates * hidden, hidden),
        }
        shapes |= {f"layers.{k}.bias_{side}_l0": (gates * hidden,) for side in ("ih", "hh")}
    return {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}


def header(cell: str, vocabulary: Vocabulary, D: int, H: int, *, attention: int = HEAD) -> dict:
    """The header of a weights file."""
    network = {"cell": cell, "vocabulary": len(vocabulary), "embedding": D, "hidden": H, "dropout": 0.0}
    network["attention"] = attention
    return {
        "kind": "poetry",
        "network": network,
        "feature_sizes": list(FEATURE_SIZES),
        "vocabulary": list(vocabulary.tokens),
        "provenance": {},
    }


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Path:
    """A weights file of a tiny random LSTM."""
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    weights.save(path, random_arrays("lstm", len(vocabulary), 8, 12), header("lstm", vocabulary, 8, 12), int8=True)
    return path


@pytest.fixture
def shared(tmp_path: Path) -> Iterator["Shared"]:
    """What the requests of the app share that the test is a request of."""
    from apps.shared import Shared, sharing

    found = Shared(tmp_path / "uploads")
    with sharing(found):
        yield found
    found.jobs.end()


@pytest.fixture(scope="session")
def own_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain-text corpus of 120 made-up quatrains, some with a title."""
    rng = np.random.default_rng(5)
    characters = list(dict.fromkeys(HANZI))
    lines = []
    for index in range(120):
        length = (5, 7)[index % 2]
        chosen = ["".join(rng.choice(characters, length)) for _ in range(4)]
        marks = itertools.cycle("，。")
        text = "".join(line + mark for line, mark in zip(chosen, marks, strict=False))
        lines.append(f"春{characters[index]}:{text}" if index % 3 else text)
    path = tmp_path_factory.mktemp("corpus") / "own.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def one_thread() -> Iterator[None]:
    """torch on one thread: of several a busy machine takes now more, now fewer, and sums in another order."""
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
