"""The classic training loop: windows of T characters, the state carried over, Adagrad, exact resume.

A run lives in a folder: checkpoint.safetensors (weights, memories, state, place in the text),
weights.safetensors (the weights alone), metrics.jsonl, training.html. At the end of the text the window starts
anew and the state is zero again.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.lab import char_files, vanilla
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.heads import make_head
from charrnn_core.lab.optim import adagrad, fresh_memory
from charrnn_core.lab.vanilla import Window, initial

CHECKPOINT, WEIGHTS, METRICS = "checkpoint.safetensors", "weights.safetensors", "metrics.jsonl"
SMOOTH = 0.999


@dataclass(frozen=True)
class TrainConfig:
    """Settings of a run. Raises UsageError for impossible ones."""

    hidden: int = 100
    window: int = 25
    rate: float = 0.1
    clip: float = 5.0
    head: str = "softmax"
    temperature: float = 1.0
    dtype: str = "float64"
    seed: int = 0

    def __post_init__(self) -> None:
        make_head(self.head, self.temperature)
        if self.hidden < 1 or self.window < 1 or not self.rate > 0 or not self.clip > 0:
            raise UsageError("hidden units, window, rate and clip must be positive")
        if self.dtype not in ("float32", "float64"):
            raise UsageError("dtype must be float32 or float64, not {dtype}", dtype=self.dtype)


class CharTrainer:
    """Trains one network on one text."""

    def __init__(self, text: str, alphabet: Alphabet, config: TrainConfig, start: CharModel | None = None) -> None:
        """`start` gives weights and, where known, Adagrad's memories; its alphabet must know the text."""
        self.config = config
        self.alphabet = start.alphabet if start else alphabet
        self.ids = self.alphabet.encode(text)
        if len(self.ids) < config.window + 1:
            raise UsageError(
                "the text has {count} characters; a window needs {window} or more",
                count=len(self.ids),
                window=config.window + 1,
            )
        self.text_hash = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        dtype = np.dtype(config.dtype).type
        if start:
            self.parameters = start.parameters.like(start.parameters.flat.astype(dtype))
        else:
            self.parameters = initial(len(alphabet), config.hidden, np.random.default_rng(config.seed), dtype)
        known = start.memory if start is not None else None
        self.memory = fresh_memory(self.parameters.flat) if known is None else known.astype(dtype)
        self._gradients = self.parameters.like(np.zeros_like(self.parameters.flat))
        self._scratch = np.zeros_like(self.parameters.flat)
        self._window = Window(self.parameters, config.window)
        self.head = make_head(config.head, config.temperature)
        self.h = np.zeros(self.parameters.H, dtype)
        self.place, self.iteration = 0, 0
        self.gradient_norm = 0.0  # of the last measured step, before clipping
        self.smooth = self.ignorance

    @property
    def ignorance(self) -> float:
        """The loss, in nats, of a window by a network that knows nothing: each character as likely as another."""
        return float(np.log(len(self.alphabet))) * self.config.window

    def step(self, *, measured: bool = False) -> float:
        """One window; returns its loss in nats. A `measured` step also keeps the norm of its gradient."""
        T = self.config.window
        if self.place + T + 1 > len(self.ids):
            self.place = 0
            self.h[:] = 0
        inputs = self.ids[self.place : self.place + T]
        targets = self.ids[self.place + 1 : self.place + T + 1]
        loss, self.h = vanilla.loss_and_gradients(
            self.parameters, self._gradients, inputs, targets, self.h, self.head, self._window
        )
        if measured:
            self.gradient_norm = float(np.linalg.norm(self._gradients.flat))
        adagrad(
            self.parameters.flat,
            self._gradients.flat,
            self.memory,
            rate=self.config.rate,
            clip=self.config.clip,
            scratch=self._scratch,
        )
        self.smooth = SMOOTH * self.smooth + (1 - SMOOTH) * loss
        self.place += T
        self.iteration += 1
        return loss

    def model(self) -> CharModel:
        """The network as it stands (the same arrays, not a copy)."""
        return CharModel(self.parameters, self.alphabet, self.memory, head=self.head)

    def save(self, folder: Path) -> None:
        """Write the checkpoint atomically."""
        char_files.save(folder / CHECKPOINT, self.model(), self._header() | {"place": self.place}, {"state": self.h})

    def export(self, folder: Path, figures: dict[str, Any]) -> None:
        """Write the weights alone, with `figures` in the header: what samples, completes and explains."""
        weights_only = CharModel(self.parameters, self.alphabet, head=self.head)
        char_files.save(folder / WEIGHTS, weights_only, self._header() | figures)

    def _header(self) -> dict[str, Any]:
        settings = {"settings": asdict(self.config), "text": self.text_hash}
        return settings | {"iteration": self.iteration, "smooth": self.smooth}

    def resume(self, folder: Path) -> None:
        """Go on from a checkpoint, to the bit. Raises UsageError when it belongs to other settings or text."""
        from charrnn_core import weights

        saved = char_files.load(folder / CHECKPOINT)
        header = saved.header
        same = header.get("settings") == asdict(self.config) and header.get("text") == self.text_hash
        if not same or saved.memory is None or saved.alphabet != self.alphabet:
            raise UsageError(
                "{path} was written with other settings or another text; use the same", path=folder / CHECKPOINT
            )
        self.parameters.flat[:], self.memory[:] = saved.parameters.flat, saved.memory
        self.h = weights.load(folder / CHECKPOINT, kind=char_files.KIND)[0]["state"].copy()
        self.place, self.iteration = int(header["place"]), int(header["iteration"])
        self.smooth = float(header["smooth"])

    def update_to_weight(self) -> dict[str, float]:
        """‖step just taken‖ / ‖weights‖ of every matrix; about 0.001 is healthy, far more or less is not."""
        taken = self._gradients  # adagrad leaves its step there
        return {
            name: float(np.linalg.norm(getattr(taken, name)) / np.linalg.norm(getattr(self.parameters, name)))
            for name in ("Wxh", "Whh", "Why")
        }

    def record(self, sample: str | None = None) -> dict[str, Any]:
        """What is worth knowing after a measured step, with a sample where there is one."""
        record: dict[str, Any] = {"iteration": self.iteration, "smooth": self.smooth}
        record |= {"gradient_norm": self.gradient_norm, "update_to_weight": self.update_to_weight()}
        return record | ({} if sample is None else {"sample": sample})

    def log(self, folder: Path, sample: str | None = None) -> None:
        """Append a line of metrics after a measured step, in place of one that a full disk or a kill cut off."""
        with open(folder / METRICS, "ab+") as file:
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)
            file.write(json.dumps(self.record(sample)).encode() + b"\n")


def metrics(folder: Path) -> list[dict[str, Any]]:
    """The whole lines of a run's metrics by iteration; of one logged twice, as after a kill, the later. Empty without
    any."""
    path = folder / METRICS
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    records = {record["iteration"]: record for record in map(json.loads, lines)}
    return [records[iteration] for iteration in sorted(records)]


def read_text(path: Path, *, is_bytes: bool) -> str:
    """A text file as characters, its byte order mark left out, or as bytes in Latin-1. Raises UsageError naming the
    file."""
    try:
        content = path.read_bytes()
        return content.decode("latin-1" if is_bytes else "utf-8-sig")
    except OSError as error:
        raise UsageError("cannot read {path}: {why}; give a text file", path=path, why=error.strerror) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            "{path} is not UTF-8 text (byte {place}); read it as bytes with --bytes", path=path, place=error.start
        ) from error
