"""The training loop: AdamW, warm-up and linear decay, atomic checkpoints, early stopping.

A run lives in a folder: checkpoint.safetensors (the newest state), best.safetensors (the state with
the lowest validation loss), metrics.jsonl, curves.png. Stopped and resumed, a run on the CPU ends
with the same bits as an undisturbed one. Several ranks may share the work (poetry.training.ranks); only the
first prints, validates and writes.
"""

import json
import math
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from charrnn_core.atomic import remove_leftovers
from charrnn_core.errors import CharRNNError, UsageError
from poetry.corpus.batches import Batch, Epoch
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import TRAIN, VALIDATION
from poetry.training import checkpoint, curves, device
from poetry.training.checkpoint import Progress
from poetry.training.exporting import BEST
from poetry.training.feeding import fed
from poetry.training.loss import SummedLoss
from poetry.training.network import Network, NetworkConfig
from poetry.training.perplexity import Perplexity, measure
from poetry.training.ranks import Ranks
from poetry.training.rows import fit_rows
from poetry.training.widening import widened

CHECKPOINT = "checkpoint.safetensors"
READ_EVERY = {"cpu": 1, "cuda": 16}  # steps: to read what a GPU has found is to wait for it


@dataclass(frozen=True)
class TrainingConfig:
    """Settings of a run. Raises UsageError for impossible ones."""

    sources: tuple[str, ...]
    steps: int
    batch_tokens: int = 3600
    learning_rate: float = 2e-3
    warmup: int = 300
    decay: float = 1.0  # the last share of the steps over which the rate falls linearly to zero
    weight_decay: float = 0.01
    clip: float = 1.0
    validate_every: int = 500
    patience: int = 0  # validations without a new best before the run stops; 0: never
    seed: int = 1
    device: str = "cpu"
    threads: int = 0  # 0: torch's own choice

    def __post_init__(self) -> None:
        if self.steps < 1 or self.batch_tokens < 1 or self.validate_every < 1:
            raise UsageError("steps, tokens a batch and steps between validations must be at least 1")
        if not (self.learning_rate > 0 and 0 <= self.decay <= 1 and self.clip > 0 and self.weight_decay >= 0):
            raise UsageError("the learning rate and the clip must be positive, decay between 0 and 1")
        device.require(self.device)

    def rate(self, step: int) -> float:
        """The learning rate of step 0, 1, ...: linear warm-up, flat, linear decay to zero."""
        left = (self.steps - step) / max(1.0, self.decay * self.steps)
        return self.learning_rate * min(1.0, (step + 1) / max(1, self.warmup), left)


class Trainer:
    """One run in one folder."""

    def __init__(
        self,
        folder: Path,
        corpus: Encoded,
        network_config: NetworkConfig,
        config: TrainingConfig,
        ranks: Ranks | None = None,
    ) -> None:
        if config.threads:
            torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.folder, self.corpus, self.config, self.ranks = folder, corpus, config, ranks or Ranks()
        self.dtype = device.low_precision(config.device)
        self.network = Network(network_config).to(config.device)
        self.loss = self.ranks.joined(SummedLoss(self.network, self.dtype))
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(),
            lr=config.learning_rate,
            betas=(0.9, 0.99),
            weight_decay=config.weight_decay,
            fused=True,
        )
        self.poems = corpus.select(TRAIN, config.sources)
        if not len(self.poems):
            raise UsageError(
                "the corpus has no training poem from {choices}; choose other --sources", choices=[*config.sources]
            )
        self.validation = corpus.select(VALIDATION, config.sources[:1])  # the first source named is the target
        self.progress = Progress()
        self._asked = False  # this rank has got a signal
        self._stop = False  # all ranks have agreed to stop
        self._found: list[tuple[int, int, torch.Tensor, torch.Tensor]] = []  # of steps that are not read yet

    def start_from(self, path: Path) -> None:
        """Take the weights (not the optimiser) of another run's checkpoint or of a weights file; where its vocabulary
        is another than the corpus's, its rows are fitted to it (poetry.training.rows), and a network smaller than this
        one is widened (poetry.training.widening)."""
        arrays, vocabulary = checkpoint.load_network(path)
        arrays = fit_rows(arrays, vocabulary, self.corpus)
        checkpoint.restore_network(self.network, widened(arrays, self.network.config, self.config.seed))

    def resume(self) -> None:
        """Go on from this folder's checkpoint."""
        path = self.folder / CHECKPOINT
        arrays, header = checkpoint.load(path)
        checkpoint.check_vocabulary(header, self.corpus)
        if header["settings"] != self._settings():
            raise UsageError(
                "{path} was written with other settings; resume with the same options, or start with --init", path=path
            )
        checkpoint.restore_network(self.network, arrays)
        self.progress = Progress(**header["progress"])
        checkpoint.restore_optimiser(self.network, self.optimiser, arrays, self.progress.step)
        if self.ranks.first:
            curves.forget_after(self.folder, self.progress.step)
            for name in (CHECKPOINT, BEST):
                remove_leftovers(self.folder / name)

    def run(self) -> None:
        """Train until the steps are done, patience ends, or SIGINT / SIGTERM asks a rank to stop.

        Raises UsageError when the ranks are not at one step, CharRNNError when the loss rises or a gradient is not
        finite."""
        if self.ranks.sums(self.progress.step) != [self.ranks.size * self.progress.step]:
            raise UsageError(
                "the ranks do not start at one step; let each of them see the same {folder}", folder=self.folder
            )
        previous = {s: signal.signal(s, self._ask_to_stop) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._loop()
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    @property
    def interrupted(self) -> bool:
        """Whether a signal ended the run before its steps were done."""
        return self._stop

    def _ask_to_stop(self, *_: object) -> None:
        self._asked = True

    def _loop(self) -> None:
        self.network.train()
        with tqdm(  # closed before an error is printed
            total=self.config.steps,
            initial=self.progress.step,
            unit="step",
            dynamic_ncols=True,
            mininterval=2,
            disable=not self.ranks.first,
        ) as bar:
            self._steps(bar)
        self._save(CHECKPOINT)

    def _steps(self, bar: tqdm) -> None:
        config, progress, window = self.config, self.progress, _Window()
        while progress.step < config.steps and not self._stop:
            epoch = Epoch(self.corpus, self.poems, config.batch_tokens, config.seed, progress.epoch)
            for batch in fed(epoch, progress.batch, config.device):
                self._step(batch)
                progress.step += 1
                progress.batch += 1
                bar.update()
                due = progress.step % config.validate_every == 0 or progress.step == config.steps
                if due or progress.step % READ_EVERY[config.device] == 0:
                    self._read(window)
                    bar.set_postfix_str(window.describe(), refresh=False)
                if due:
                    if self._validate(window):
                        if self.ranks.first:
                            waited = f"no better validation loss for {config.patience} validations"
                            bar.write(f"{waited}: stopped at step {progress.step}")
                        return
                    window = _Window()
                if self._stop or progress.step == config.steps:
                    break
            else:
                progress.epoch, progress.batch = progress.epoch + 1, 0

    def _step(self, batch: Batch) -> None:
        """One update. What it finds is read later."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.config.rate(self.progress.step)
        self._seed_dropout()
        tokens = int(batch.weights.sum())
        loss = self.loss(self.ranks.rows(batch))
        self.optimiser.zero_grad()
        # Ranks count different numbers of tokens, and their gradients are averaged: this is the mean over all tokens.
        (loss / tokens * self.ranks.size).backward()
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip)
        self.optimiser.step()
        self._found.append((self.progress.step, tokens, loss.detach(), norm))

    def _read(self, window: "_Window") -> None:
        """What the steps since the last reading have found, and whether a rank is asked to stop."""
        for step, tokens, loss, norm in self._found:
            if not math.isfinite(norm):
                raise CharRNNError("the gradient of step {step} is not finite; lower the learning rate", step=step)
            nats, asked = self.ranks.sums(loss.item(), float(self._asked))
            self._stop = self._stop or asked > 0
            window.add(nats, tokens)
        self._found.clear()

    def _seed_dropout(self) -> None:
        """Other masks at every step and rank, drawn from numbers that a resumed run has, too."""
        state = np.random.SeedSequence([self.config.seed, self.progress.step, self.ranks.rank])
        torch.manual_seed(int(state.generate_state(1, np.uint64)[0]))

    def _validate(self, window: "_Window") -> bool:
        """Measure, log, save; True when patience has ended. The first rank does it, the others wait."""
        return self.ranks.any(self.ranks.first and self._validate_alone(window))

    def _validate_alone(self, window: "_Window") -> bool:
        found = measure(self.network, self.corpus, self.validation, dtype=self.dtype) if len(self.validation) else None
        self._log(window, found)
        progress = self.progress
        nats = found.hanzi_nats if found else window.nats
        if not nats <= 2 * math.log(len(self.corpus.vocabulary)):
            raise CharRNNError(
                "the loss rose to {nats:.4g} nats at step {step}, more than twice that of knowing nothing; "
                "lower --learning-rate",
                nats=nats,
                step=progress.step,
            )
        if nats < progress.best_nats:
            progress.best_nats, progress.best_step = nats, progress.step
            self._save(BEST)
        self._save(CHECKPOINT)
        waited = (progress.step - progress.best_step) // self.config.validate_every
        return 0 < self.config.patience <= waited

    def _log(self, window: "_Window", found: Perplexity | None) -> None:
        record = {
            "step": self.progress.step,
            "epoch": self.progress.epoch,
            "train_nats": window.nats,
            "rate": self.config.rate(self.progress.step - 1),
            "tokens_per_second": round(window.speed),
            "seconds": round(window.seconds, 1),
        }
        if found:
            record |= {
                "validation_hanzi_nats": found.hanzi_nats,
                "validation_nats": found.all_nats,
                "validation_perplexity": found.hanzi_perplexity,
            }
        with open(self.folder / curves.METRICS, "a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def _save(self, name: str) -> None:
        if not self.ranks.first:
            return
        checkpoint.save(
            self.folder / name,
            self.network,
            self.optimiser,
            self.progress,
            self._settings(),
            self.corpus.vocabulary.tokens,
        )

    def _settings(self) -> dict[str, Any]:
        settings = json.loads(json.dumps(asdict(self.config)))
        return settings | {"corpus": self.corpus.provenance}


class _Window:
    """Sums since the last validation."""

    def __init__(self) -> None:
        self.total, self.tokens, self.started = 0.0, 0, time.monotonic()
        self.recent = 0.0

    def add(self, loss: float, tokens: int) -> None:
        self.total += loss
        self.tokens += tokens
        mean = loss / tokens
        self.recent = mean if not self.recent else 0.98 * self.recent + 0.02 * mean

    @property
    def nats(self) -> float:
        return self.total / max(1, self.tokens)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def speed(self) -> float:
        return self.tokens / max(1e-9, self.seconds)

    def describe(self) -> str:
        return f"loss {self.recent:.3f} ppl {np.exp(min(self.recent, 99)):.4g} {self.speed:,.0f} tok/s"
