"""Several ranks under torchrun: the same losses as one process, one stop for all, a restart after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from charrnn_core import weights
from poetry import train
from poetry.corpus.batches import Batch, training_batches
from poetry.corpus.split import TRAIN
from poetry.training import data
from poetry.training.loss import SummedLoss
from poetry.training.network import Network, NetworkConfig
from poetry.training.ranks import Ranks

ROOT = Path(__file__).parents[1]
SIZES = ["--embedding", "12", "--hidden", "16", "--batch-tokens", "400", "--warmup", "5", "--learning-rate", "0.01"]
CLOSED = ["--rdzv-backend", "c10d", "--rdzv-conf", "store_type=file"]


def _arguments(corpus: Path, out: Path, steps: int, *more: str) -> list[str]:
    return ["--cell", "lstm", "--data", str(corpus), "--out", str(out), "--steps", str(steps), *SIZES, *more]


@contextmanager
def _torchrun(arguments: list[str], *options: str, **environment: str) -> Iterator[subprocess.Popen]:
    """poetry.train on two ranks; its process group is ended with the block."""
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", *options]
    process = subprocess.Popen(
        [*command, "-m", "poetry.train", *arguments],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()  # torchrun ends its ranks, too
            process.wait(60)
        if process.stderr:
            process.stderr.close()


def _finish(process: subprocess.Popen) -> str:
    """Wait for the end; returns what was written to standard error."""
    error = process.communicate(timeout=600)[1]
    assert process.returncode == 0, error
    return error


def _ranks(process: subprocess.Popen) -> list[int]:
    """Process ids of the two ranks, the first one first."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    found = {_variable(int(child), "RANK"): int(child) for child in children}
    return [found[number] for number in ("0", "1")]


def _variable(pid: int, name: str) -> str:
    variables = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(v.partition("=")[::2] for v in variables).get(name, "")


def _wait_for_checkpoint(run: Path, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 300
    while not (run / "checkpoint.safetensors").exists():
        assert time.monotonic() < deadline
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.01)


def _steps(run: Path) -> int:
    return weights.load(run / "checkpoint.safetensors", kind="poetry-checkpoint")[1]["progress"]["step"]


def _metrics(run: Path) -> list[dict]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


def _batch(corpus: Path) -> tuple[Batch, int]:
    """A batch of a corpus whose rows count different numbers of tokens, and the size of its vocabulary."""
    encoded = data.load(corpus)
    poems = encoded.select(TRAIN)
    batches = training_batches(encoded, poems, tokens=400, seed=1, epoch=0, first=0)
    batch = next(batches)
    batch.weights[::2, 0] = False
    return batch, len(encoded.vocabulary)


@pytest.mark.parametrize("size", [2, 3, 100])
def test_the_parts_of_a_batch_have_its_loss_and_its_gradient(own_corpus: Path, size: int) -> None:
    batch, V = _batch(own_corpus)
    assert batch.inputs.shape[1] < 100  # so with 100 ranks some have no row
    torch.manual_seed(0)
    loss = SummedLoss(Network(NetworkConfig("lstm", V, 8, 12, 0.0)), torch.float32)
    names = [name for name, _ in loss.named_parameters()]
    whole = loss(batch)
    expected = torch.autograd.grad(whole, list(loss.parameters()))
    parts = [Ranks(rank, size).rows(batch) for rank in range(size)]
    assert len({int(part.weights.sum()) for part in parts}) > 1  # otherwise averaging would do
    losses = [loss(part) for part in parts]
    gradients = [torch.autograd.grad(part, list(loss.parameters())) for part in losses]
    assert sum(part.item() for part in losses) == pytest.approx(whole.item(), rel=1e-5)
    for name, one, *others in zip(names, expected, *gradients, strict=True):
        np.testing.assert_allclose(sum(g.numpy() for g in others), one.numpy(), rtol=1e-3, atol=1e-4, err_msg=name)


def test_a_process_alone_is_its_own_group() -> None:
    assert Ranks().first
    assert Ranks().sums(1.5, 2) == [1.5, 2]
    module = torch.nn.Linear(1, 1)
    assert Ranks().joined(module) is module


def test_two_ranks_have_the_losses_of_one(own_corpus: Path, tmp_path: Path) -> None:
    # Batches of three poems: the ranks' shares are so unequal that a mean of their means would show.
    settings = ["--dropout", "0", "--validate-every", "1", "--threads", "1", "--batch-tokens", "100"]
    assert train.main(_arguments(own_corpus, tmp_path / "one", 25, *settings)) == 0
    with _torchrun(_arguments(own_corpus, tmp_path / "two", 25, *settings)) as process:
        error = _finish(process)
    assert error.count("done: step 25") == 1  # the first rank speaks alone
    assert "Warning" not in error
    one, two = _metrics(tmp_path / "one"), _metrics(tmp_path / "two")
    for name in ("train_nats", "validation_nats"):
        np.testing.assert_allclose([r[name] for r in two], [r[name] for r in one], atol=2e-3)
    assert one[0]["train_nats"] == pytest.approx(two[0]["train_nats"], abs=1e-5)
    assert two[-1]["train_nats"] < two[0]["train_nats"] - 0.15
    # The checkpoint is the same thing: one process goes on where two ranks stopped.
    assert train.main([*_arguments(own_corpus, tmp_path / "two", 25, *settings), "--resume"]) == 0


@pytest.mark.slow
def test_a_killed_rank_is_started_again_and_nothing_is_lost(own_corpus: Path, tmp_path: Path) -> None:
    """With dropout, too: two ranks end with the bytes of two that nobody disturbed."""
    settings = ["--dropout", "0.2", "--validate-every", "7", "--resume"]
    with _torchrun(_arguments(own_corpus, tmp_path / "whole", 210, *settings)) as process:
        _finish(process)
    with _torchrun(_arguments(own_corpus, tmp_path / "killed", 210, *settings), "--max-restarts", "3") as process:
        _wait_for_checkpoint(tmp_path / "killed", process)
        os.kill(_ranks(process)[1], signal.SIGKILL)
        error = _finish(process)
    assert "exitcode: -9" in error
    assert "done: step 210" in error
    for name in ("checkpoint.safetensors", "best.safetensors"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert [r["step"] for r in _metrics(tmp_path / "killed")] == list(range(7, 211, 7))


@pytest.mark.slow
def test_a_signal_to_one_rank_stops_all_at_one_step(own_corpus: Path, tmp_path: Path) -> None:
    with _torchrun(_arguments(own_corpus, tmp_path / "run", 100_000, "--validate-every", "5")) as process:
        _wait_for_checkpoint(tmp_path / "run", process)
        os.kill(_ranks(process)[1], signal.SIGTERM)
        error = _finish(process)
    assert f"stopped; go on with --resume: step {_steps(tmp_path / 'run')}" in error


@pytest.mark.slow
def test_without_restarts_a_lost_rank_is_one_line(own_corpus: Path, tmp_path: Path) -> None:
    with _torchrun(_arguments(own_corpus, tmp_path / "run", 100_000, "--validate-every", "5")) as process:
        _wait_for_checkpoint(tmp_path / "run", process)
        os.kill(_ranks(process)[1], signal.SIGKILL)
        error = process.communicate(timeout=300)[1]
    assert process.returncode == 1
    own = [line for line in error.splitlines() if line.startswith("poetry.train: ")]
    assert len(own) <= 1  # torchrun may end the other rank before it can speak
    assert all("lost another rank" in line for line in own)
    assert "poetry/training" not in error  # no traceback of ours


@pytest.mark.slow
def test_nothing_listens_beyond_loopback_when_rendezvous_is_a_file(own_corpus: Path, tmp_path: Path) -> None:
    arguments = _arguments(own_corpus, tmp_path / "run", 100_000, "--validate-every", "5")
    with _torchrun(arguments, *CLOSED, TORCH_DISABLE_SHARE_RDZV_TCP_STORE="1") as process:
        _wait_for_checkpoint(tmp_path / "run", process)
        found = {address for pid in (process.pid, *_ranks(process)) for address in _listening(pid)}
        os.kill(_ranks(process)[0], signal.SIGTERM)
        _finish(process)
    assert found == {"0100007F"}  # 127.0.0.1 as Linux prints it; no IPv6


def _listening(pid: int) -> set[str]:
    """The addresses, as Linux prints them, on which a process listens."""
    handles = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    own = {handle.removeprefix("socket:[").removesuffix("]") for handle in handles if handle.startswith("socket:")}
    rows = [
        line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()
    ]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and row[9] in own}
