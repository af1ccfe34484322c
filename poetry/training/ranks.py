"""Ranks: the processes that train one network together; one without torchrun, several under it.

Every rank holds the whole network, draws the same batches and computes every size-th row of each. Sums over the
ranks go through torch.distributed: gloo on the CPU, nccl on GPUs. On one machine the ranks listen on the loopback
interface only; docs/distributed.md says what torchrun itself opens, and how to keep that to loopback, too.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from charrnn_core.errors import CharRNNError, UsageError
from poetry.corpus.batches import Batch

LOOPBACK = "127.0.0.1"
PATIENCE = timedelta(minutes=30)  # the others wait while the first rank validates


@dataclass(frozen=True)
class Ranks:
    """This process's number and how many there are. Ranks() is a process alone: nothing is communicated."""

    rank: int = 0
    size: int = 1
    device: str = "cpu"

    @property
    def first(self) -> bool:
        """Whether this rank is the one that prints, validates and writes files."""
        return self.rank == 0

    def rows(self, batch: Batch) -> Batch:
        """This rank's rows of a batch: (T, B) -> (T, b). A rank without one gets a row that counts nothing."""
        B = batch.inputs.shape[1]
        mine = slice(self.rank, B, self.size) if self.rank < B else slice(0, 1)
        counted = batch.weights[:, mine] if self.rank < B else np.zeros_like(batch.weights[:, mine])
        return Batch(batch.inputs[:, mine], batch.features[:, mine], batch.targets[:, mine], counted)

    def joined(self, module: nn.Module) -> nn.Module:
        """`module` with its gradients averaged over the ranks, and the first rank's parameters given to all."""
        return module if self.size == 1 else DistributedDataParallel(module)

    def sums(self, *numbers: float) -> list[float]:
        """Each number summed over the ranks, to the same bits everywhere. Every rank must call it."""
        if self.size == 1:
            return list(numbers)
        total = torch.tensor(numbers, dtype=torch.float64, device=self.device)
        dist.all_reduce(total)
        return total.tolist()

    def any(self, flag: bool) -> bool:
        """Whether the flag is set on any rank. Every rank must call it."""
        return self.sums(float(flag))[0] > 0


@contextmanager
def launched(device: str) -> Iterator[Ranks]:
    """Join the group that torchrun describes in the environment; without torchrun, a process alone.

    Raises UsageError for more ranks than GPUs, CharRNNError when another rank is lost.
    """
    if not dist.is_torchelastic_launched():
        yield Ranks(device=device)
        return
    rank, size, local = (int(os.environ[name]) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"))
    if device == "cuda":
        if local >= torch.cuda.device_count():
            raise UsageError(
                "{ranks} ranks need as many GPUs; lower --nproc-per-node or use --device cpu", ranks=local + 1
            )
        torch.cuda.set_device(local)
    alone = int(os.environ["LOCAL_WORLD_SIZE"]) == size
    if alone:
        _keep_to_loopback()
    try:
        dist.init_process_group(
            "nccl" if device == "cuda" else "gloo",
            store=_store(rank, size) if alone else None,
            rank=rank,
            world_size=size,
            timeout=PATIENCE,
        )
        yield Ranks(rank, size, device)
        dist.destroy_process_group()
    except RuntimeError as error:
        if not isinstance(error, dist.DistError) and "gloo" not in str(error):
            raise
        raise CharRNNError(
            "rank {rank} lost another rank ({why}); start again with --resume, or let torchrun do so: --max-restarts",
            rank=rank,
            why=str(error).splitlines()[0],
        ) from error


def _keep_to_loopback() -> None:
    """Without a name of an interface, gloo and nccl listen on whatever address the host's name has."""
    names = [name for _, name in socket.if_nameindex() if name in ("lo", "lo0")]
    for variable in ("GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME"):
        if names:
            os.environ.setdefault(variable, names[0])


def _store(rank: int, size: int) -> dist.Store | None:
    """Where the ranks of one machine find each other; None: torchrun's own store, which every interface can reach.

    A TCPStore listens on every interface, unless it is given a socket that does not.
    """
    if os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == str(True):
        return None
    port = int(os.environ["MASTER_PORT"])
    handle = socket.create_server((LOOPBACK, port)).detach() if rank == 0 else None
    return dist.TCPStore(LOOPBACK, port, size, rank == 0, timeout=PATIENCE, master_listen_fd=handle)
