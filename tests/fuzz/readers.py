"""Every reader of foreign input as a function of bytes: it returns, or raises one of the project's own errors.

tests/test_fuzz.py feeds them with hypothesis, tests/fuzz/run.py with atheris; both begin with `seeds`. A reader
more is one line in READERS. Inputs that name parts (`json`) are JSON, so that a fuzzer can change one part and leave
the rest whole: {"header": ..., "arrays": {name: [dtype, shape, values]}} is put into the container it stands for.
"""

import contextlib
import io
import itertools
import json
import math
import re
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
from safetensors.numpy import save_file

from apps import batch
from charrnn_core import weights
from charrnn_core.errors import CharRNNError, UsageError
from charrnn_core.lab import char_files, char_trainer
from charrnn_core.memory import ABOVE
from charrnn_core.phrases import ORDER, PREFIX
from poetry import export
from poetry.batch import wishes
from poetry.batch.running import Source
from poetry.corpus import batches, encoding
from poetry.corpus.clean import CleanPoem, clean
from poetry.corpus.read import read_json
from poetry.measuring import evaluation
from poetry.prosody import explain, judge
from poetry.slots.features import FEATURE_SIZES, PLACE
from poetry.slots.regulated import draw_plans
from poetry.slots.sets import CharacterSets
from poetry.text import pasted
from poetry.text.forms import FORMS
from poetry.text.hanzi import COMMA, HANZI, STOP, simplify
from poetry.text.vocab import SPECIALS, Vocabulary
from poetry.training import curves, data, lessons
from poetry.writing import asking, model
from poetry.writing.order import Order, request_of
from poetry.writing.request import Request

MOST_NUMBERS = 1 << 16  # in an array that a fuzzer asks for
Arrays = dict[str, np.ndarray]
VERSE = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
VOCABULARY = Vocabulary([*SPECIALS, *(f"<{form.name}>" for form in FORMS), COMMA, STOP, *dict.fromkeys(VERSE[:5])])


@dataclass(frozen=True)
class Reader:
    """`read` takes any bytes; `seeds` are good inputs; `json`: inputs are JSON; `rows`: they are texts in rows."""

    read: Callable[[bytes], Any]
    seeds: Callable[[], list[bytes]]
    json: bool = False
    rows: bool = False

    def __call__(self, content: bytes) -> bool:
        """Whether the input was taken; False when it was refused with an error of the project, in one line."""
        try:
            self.read(content)
        except CharRNNError as error:
            assert str(error).strip(), "an error without words"
            return False
        return True


def _file(load: Callable[[Path], Any], suffix: str) -> Callable[[bytes], Any]:
    """`load` of a file with the given content."""

    def read(content: bytes) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"input{suffix}"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            return load(path)

    return read


def _described(write: Callable[[Path, Arrays, Any], None], load: Callable[[Path], Any]) -> Callable[[bytes], Any]:
    """`load` of the file that `write` makes of a JSON description."""

    def read(content: bytes) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "input"
            try:
                description = json.loads(content)
                arrays = {name: _array(*parts) for name, parts in description["arrays"].items()}
                write(path, arrays, description["header"])
            except Exception:  # this describes no file, and nothing of ours has run yet
                return None
            return load(path)

    return read


def _array(dtype: str, shape: list[int], values: list[Any]) -> np.ndarray:
    """An array of the description: the values, repeated until the shape is full."""
    if math.prod(shape) > MOST_NUMBERS:
        raise ValueError("too large to try")
    return np.resize(np.array(values, dtype=dtype), shape)


def _description(arrays: Arrays, header: Any, *, whole: bool = False) -> bytes:
    """The JSON of a good file: arrays with all their values (`whole`), or with their first one."""
    parts = {
        name: [a.dtype.str, list(a.shape), a.ravel()[: None if whole else 1].tolist()] for name, a in arrays.items()
    }
    return json.dumps({"header": header, "arrays": parts}, ensure_ascii=False).encode()


def _write_weights(path: Path, arrays: Arrays, header: Any) -> None:
    save_file(arrays, path, metadata={weights.KEY: json.dumps(header)})


def _write_npz(path: Path, arrays: Arrays, header: Any) -> None:
    """An encoded corpus has its header as bytes; the course's snapshot has none."""
    with open(path, "wb") as file:
        note = {"header": np.frombuffer(json.dumps(header).encode(), np.uint8)} if header else {}
        np.savez(file, **arrays, **note)


def _verse_network() -> tuple[Arrays, dict[str, Any]]:
    """A GRU of the smallest sizes."""
    V, D, H, G = len(VOCABULARY), 2, 3, 3
    shapes: dict[str, tuple[int, ...]] = {"embedding.weight": (V, D), "bias": (V,)}
    shapes |= {name: (sum(FEATURE_SIZES), D) for name in ("features_in", "features_out")}
    shapes |= {"above_in": (ABOVE * D, D), "above_out": (ABOVE * D, D), "above_gate": (ABOVE, D)}
    shapes |= {"repeat": (D,), "repeat_bias": (1,)}
    for k, (inputs, hidden) in enumerate(((D, H), (H, D))):
        shapes |= {f"layers.{k}.weight_ih_l0": (G * hidden, inputs), f"layers.{k}.weight_hh_l0": (G * hidden, hidden)}
        shapes |= {f"layers.{k}.bias_{side}_l0": (G * hidden,) for side in ("ih", "hh")}
    header = {
        "network": {"cell": "gru", "vocabulary": V, "embedding": D, "hidden": H, "dropout": 0.0},
        "feature_sizes": list(FEATURE_SIZES),
        "vocabulary": list(VOCABULARY.tokens),
        "provenance": {},
    }
    return {name: np.full(shape, 0.1, np.float32) for name, shape in shapes.items()}, header


def _whole(kind: str, header: dict[str, Any]) -> dict[str, Any]:
    return {"format": weights.FORMAT, "version": weights.VERSION, "header": {"kind": kind, **header}}


def _model_seed() -> bytes:
    arrays, header = _verse_network()
    return _description(arrays, _whole("poetry", header))


def _phrases_seed() -> bytes:
    """The network with a list in which every token is followed by one Hanzi, and this by itself."""
    arrays, header = _verse_network()
    V, hanzi = len(VOCABULARY), VOCABULARY.first_hanzi
    for level in range(1, ORDER + 1):
        arrays[f"{PREFIX}{level - 1}.children"] = np.ones(V, np.uint16)
        arrays[f"{PREFIX}{level}.tokens"] = np.full(V, hanzi, np.uint16)
        arrays[f"{PREFIX}{level}.counts"] = np.zeros(V, np.uint8)
    return _description(arrays, _whole("poetry", header | {"phrases": {"first": hanzi, "shares": [0.1] * ORDER}}))


def _checkpoint_seed() -> bytes:
    network, header = _verse_network()
    arrays = {f"{part}.{name}": a for part in ("network", "exp_avg", "exp_avg_sq") for name, a in network.items()}
    progress = {"step": 1, "epoch": 0, "batch": 1, "best_nats": 1.0, "best_step": 1}
    return _description(arrays, _whole("poetry-checkpoint", header | {"progress": progress, "settings": {}}))


def _char_arrays() -> Arrays:
    return {"Wxh": np.ones((3, 2)), "Whh": np.ones((3, 3)), "Why": np.ones((2, 3)), "bh": np.ones(3), "by": np.ones(2)}


def _char_seed() -> bytes:
    memory = {char_files.MEMORY + name: array for name, array in _char_arrays().items()}
    header = {"characters": ["a", "b"], "is_bytes": False, "hidden": 3}
    return _description(_char_arrays() | memory, _whole(char_files.KIND, header))


def _snapshot_seed() -> bytes:
    arrays = {name: a.reshape(-1, 1) if a.ndim == 1 else a for name, a in _char_arrays().items()}
    return _description(
        arrays | {"m" + name: a for name, a in arrays.items()} | {"chars": np.array(["a", "b"])}, None, whole=True
    )


def _corpus_seed() -> bytes:
    poem = CleanPoem("own", "春", "", VERSE, VERSE)
    corpus = encoding.encode([poem, poem], vocabulary=VOCABULARY, words={}, provenance={})
    arrays = {name: array for name, array in vars(corpus).items() if isinstance(array, np.ndarray)}
    header = {"version": encoding.VERSION, "tokens": list(VOCABULARY.tokens), "provenance": {}}
    return _description(arrays, header, whole=True)


def _raw(write: Callable[[Path, Arrays, Any], None], seed: Callable[[], bytes]) -> Callable[[], list[bytes]]:
    """The file itself that a seed describes."""
    return lambda: [_described(write, Path.read_bytes)(seed())]


def _read_model(path: Path) -> None:
    """A network that was taken must also step, within a line."""
    loaded = model.load(path)
    stepper, features = loaded.stepper, np.zeros((1, len(FEATURE_SIZES)), np.int64)
    features[:, PLACE] = 2
    stepper.step(stepper.start(1), np.array([len(loaded.vocabulary) - 1]), features)


def _read_char_model(path: Path) -> None:
    found = char_files.load(path)
    found.logits(found.read(found.alphabet.characters[0]))


def _read_checkpoint(path: Path) -> None:
    import torch

    from poetry.training import checkpoint
    from poetry.training.network import Network, NetworkConfig

    network = Network(NetworkConfig("gru", len(VOCABULARY), 2, 3))
    optimiser = torch.optim.AdamW(network.parameters(), fused=True)
    arrays, header = checkpoint.load(path)
    checkpoint.restore_network(network, arrays)
    checkpoint.restore_optimiser(network, optimiser, arrays, checkpoint.Progress(**header["progress"]).step)
    network.bias.sum().backward()
    optimiser.step()


def _read_corpus(path: Path) -> None:
    """A corpus that was taken must also give batches and texts."""
    corpus = encoding.load(path)
    for poem in range(len(corpus)):
        corpus.text(poem)
    poems = np.arange(len(corpus))
    list(itertools.islice(batches.training_batches(corpus, poems, tokens=99, seed=1, epoch=0, first=0), 3))


def _check(path: Path) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for more in ([], ["--json", "--policy", "strict"], ["--book", "xinyun"]):
            assert import_module("poetry.check").main([str(path), *more]) in (0, 1, 2)


def _pasted(content: bytes) -> None:
    """What is found is verse and nothing else, and every Hanzi of the text is in a poem, its heading or what was left
    out."""
    text = content.decode(errors="replace")
    reports = judge.check_text(text)
    for report in reports:
        explain.describe(report)
        assert all(re.fullmatch(f"[{HANZI}{pasted.GAP}]+", line.text) for line in report.lines)
    told = [(line.text for line in r.lines) for r in reports] + [(r.title, r.author, *r.left_out) for r in reports]
    kept = set(simplify("".join(itertools.chain(*told))))
    seen = {c for c in simplify(unicodedata.normalize("NFKC", text)) if c.isprintable() and re.match(f"[{HANZI}]", c)}
    assert seen <= kept | LABELS


def _listed(path: Path) -> None:
    """The rows of a list, each of which may be refused by itself."""
    for prompt in Source.of(path).prompts():
        with contextlib.suppress(CharRNNError):
            if not prompt.error:
                _planned(wishes.request_of(prompt.fields, Order()))
                wishes.seed_of(prompt.fields, Order(seed=0), prompt.line)


def _planned(request: Request) -> None:
    """The wish of a request must be one that can be planned, or be refused."""
    if request.wish:
        draw_plans(request.wish, SETS[request.wish.strict], np.random.default_rng(0), 2)


def _uploaded(content: bytes) -> None:
    """A request's body to its file: whatever it is called, it lies in the folder of uploads and is found there."""
    import asyncio

    from starlette.exceptions import HTTPException
    from starlette.requests import Request as Sent

    from apps import server
    from apps.uploads import Uploads

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    headers = [(b"content-type", b"multipart/form-data; boundary=" + BOUNDARY)]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers, "app": None}
    with tempfile.TemporaryDirectory() as folder:
        uploads = Uploads(Path(folder))
        scope["state"] = {"shared": SimpleNamespace(uploads=uploads)}
        try:
            # In memory: starlette leaves the file of a part that is cut off to the collector, who warns of it.
            with patch("starlette.formparsers.SpooledTemporaryFile", lambda **_: io.BytesIO()):
                [path] = asyncio.run(server.upload(Sent(scope, receive)))
        except HTTPException as refused:  # with a status of 4xx
            assert 400 <= refused.status_code < 500
            raise UsageError(str(refused.detail)) from refused
        assert uploads.named({"path": path}).parent.parent == Path(folder).resolve()


def _snapshot_uploaded(path: Path) -> None:
    """An uploaded network answers every question of its tab."""
    from apps import shakespeare

    found = shakespeare.network(path)
    first = found.alphabet.characters[0]
    shakespeare.complete(found, first, 3, 1.0, 0, gumbel=True)
    shakespeare.activations(found, first, 0)


ASKED: dict[str, Any] = {"head": "春", "form": "五律", "lines": None, "acrostic": None, "at": 1, "force": ["2:5=江"]}
ASKED |= {"pattern": "", "rhyme": "", "begun": None, "candidates": 2, "free": False, "policy": "usual"}
REWRITE = {"poem": VERSE, "gaps": ["2", "3:1-2"]}


def _typed(content: bytes) -> None:
    """What the options of poetry.generate say, as JSON; argparse has seen to the types of what is no text."""
    try:
        given = json.loads(content)
        asked = {name: given.get(name, value) for name, value in ASKED.items()}
    except (ValueError, AttributeError, RecursionError):
        return
    for name, value in ASKED.items():
        types = (str, type(None)) if value is None and name != "lines" else type(value) if value is not None else (int,)
        if not isinstance(asked[name], types) or (isinstance(asked[name], list) and not _texts(asked[name])):
            asked[name] = value
    _planned(request_of(Order.of(asked | {"force": tuple(asked["force"])})))


def _rewritten(content: bytes) -> None:
    try:
        given = json.loads(content)
        poem, gaps = given["poem"], given["gaps"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    if isinstance(poem, str) and isinstance(gaps, list) and _texts(gaps) and poem != "-":
        asking.gap_places(gaps, asking.poem_to_rewrite(poem))


def _texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


MANY = Vocabulary([*VOCABULARY.tokens[: VOCABULARY.first_hanzi], *map(chr, range(0x4E00, 0x6E00))])
SETS = {strict: CharacterSets(MANY, strict=strict) for strict in (False, True)}


def _json(value: Any) -> Callable[[], list[bytes]]:
    return lambda: [json.dumps(value, ensure_ascii=False).encode()]


def _text(*texts: str) -> Callable[[], list[bytes]]:
    return lambda: [text.encode() for text in texts]


POEMS = [{"title": "登鹳雀楼", "author": "王之涣", "paragraphs": [VERSE[:12], VERSE[12:]]}]
PLAIN = f"登鹳雀楼:{VERSE}\n床前明月光，疑是地上霜。举头望明月，低头思故乡。\n"

LISTS = (
    "春\n江南\n",
    'head,form,seed,theme\n春,五律,1,"江边送别"\n,七排,,\n',
    '{"head": "春", "lines": 12}\n{"at": -1}\n',
)
PASTES = (
    PLAIN,
    "【登鹳雀楼】\n唐·王之涣\n\n白日依山尽【一】，黄河入海流。\n欲穷千里目，更上一层楼。\n\n注释：\n【一】白日：太阳。",
    "题目：绝句二首\n作者：杜甫\n其一\n迟日江山丽，春风花草香。\n泥融飞燕子，沙暖睡鸳鸯。\n其二\n江碧鸟逾白，山青花欲燃。\n今春看又过，何日是归年？",
    "1. 鹿柴 王维\n空 山 不 见 人\n但 闻 人 语 响\n返 景 入 深 林\n复 照 青 苔 上\n2、空山\n春江花月夜" * 2,
)
BOUNDARY = b"x"
LABELS = set("题目标诗作者朝代第首、其注一二三四五六七八九十")
UPLOAD = b"\r\n".join(
    [
        b"--x",
        b'Content-Disposition: form-data; name="files"; filename="a.npz"',
        b"Content-Type: a/b",
        b"",
        b"PK",
        b"--x--",
        b"",
    ]
)

OFFERS = {"title": "楼", "before": [], "words": ["山"], "lines": ["白日依山尽", "千里依山目"], "marks": [7, 3]}
MARKED = {
    **{"title": "楼", "lines": ["白日依山尽", "黄河入海流"], "words": ["山", ""], "mark": 5, "sheet": "a"},
    **{"weakest": 2, "mended": "长河入海流"},
}

READERS: dict[str, Reader] = {
    "weights": Reader(_file(_read_model, ".safetensors"), _raw(_write_weights, _model_seed)),
    "model": Reader(_described(_write_weights, _read_model), lambda: [_model_seed(), _phrases_seed()], json=True),
    "checkpoint": Reader(_described(_write_weights, _read_checkpoint), lambda: [_checkpoint_seed()], json=True),
    "export": Reader(
        _described(_write_weights, lambda path: export.export(path, path.with_suffix(".out"))),
        lambda: [_checkpoint_seed()],
        json=True,
    ),
    "char-model": Reader(_described(_write_weights, _read_char_model), lambda: [_char_seed()], json=True),
    "snapshot": Reader(_file(_read_char_model, ".npz"), _raw(_write_npz, _snapshot_seed)),
    "snapshot-arrays": Reader(
        _described(_write_npz, lambda path: _read_char_model(path.rename(path.with_suffix(".npz")))),
        lambda: [_snapshot_seed()],
        json=True,
    ),
    "encoded": Reader(_file(_read_corpus, ".npz"), _raw(_write_npz, _corpus_seed)),
    "encoded-arrays": Reader(_described(_write_npz, _read_corpus), lambda: [_corpus_seed()], json=True),
    "corpus": Reader(_file(lambda path: list(clean(read_json(path, "tang"))), ".json"), _json(POEMS), json=True),
    "plain": Reader(_file(data.load, ".txt"), _text(PLAIN, VERSE)),
    "shakespeare": Reader(_file(lambda path: char_trainer.read_text(path, is_bytes=False), ".txt"), _text("To be")),
    "metrics": Reader(
        _file(lambda path: curves.forget_after(path.parent, 5), "/metrics.jsonl"),
        _json({"step": 1, "train_nats": 2.0}),
        json=True,
    ),
    "check": Reader(_file(_check, ".txt"), _text(VERSE, PLAIN, "春江花月夜" * 8)),
    "pasted": Reader(_pasted, _text(*PASTES), rows=True),
    "list": Reader(_file(_listed, ".csv"), _text(*LISTS), rows=True),
    "upload": Reader(_uploaded, lambda: [UPLOAD]),
    "uploaded-snapshot": Reader(_file(_snapshot_uploaded, ".npz"), _raw(_write_npz, _snapshot_seed)),
    "uploaded-weights": Reader(_file(_snapshot_uploaded, ".safetensors"), _raw(_write_weights, _char_seed)),
    "evaluate": Reader(_file(evaluation.read, ".jsonl"), _json({"title": "楼", "text": VERSE}), json=True),
    "examples": Reader(_file(lessons.examples, ".jsonl"), _json({"title": "楼", "lines": ["白日依山尽"]}), json=True),
    "marks": Reader(_file(lessons.marks, ".jsonl"), _json(MARKED), json=True),
    "offers": Reader(_file(lessons.offers, ".jsonl"), _json(OFFERS), json=True),
    "typed": Reader(_typed, _json(ASKED), json=True),
    "rewrite": Reader(_rewritten, _json(REWRITE), json=True),
    "app-batch": Reader(
        lambda content: batch.rows(batch.text_of(content)[0]), _text("春\n江", "head,form,seed\n春,五律,1\n"), rows=True
    ),
}
