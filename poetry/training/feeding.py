"""Batches for the trainer: made in its own process on a CPU, by others beside a GPU, which is not to wait for them."""

from collections.abc import Iterable

from torch.utils.data import DataLoader

from poetry.corpus.batches import Batch, Epoch

MAKERS = {"cpu": 0, "cuda": 6}  # processes
AHEAD = 8  # batches that each of them makes before they are asked for


def fed(epoch: Epoch, first: int, device: str) -> Iterable[Batch]:
    """The batches of an epoch from number `first` on, in order, for a network on a device."""
    makers = MAKERS[device]
    numbers = range(first, len(epoch))
    return DataLoader(
        epoch,  # type: ignore[arg-type]  # its items are what a Dataset's are
        batch_size=None,
        sampler=numbers,
        num_workers=makers,
        prefetch_factor=AHEAD if makers else None,
        collate_fn=lambda batch: batch,
    )
