"""Cross-entropy of a large vocabulary in one pass: loss and gradients a chunk of rows at a time.

The usual way keeps (N, V) logits, log-probabilities and their gradients in memory; for N = 3,500 and
V = 7,400 that is 100 MB each, read and written several times. Here a chunk's logits live in the cache,
and the gradients dh, dW, db are ready when the loss is:

    p = softmax(h W^T + b),  d(logits) = p - onehot(target),  dh = d(logits) W,  dW = d(logits)^T h

To the logits of the tokens used a number is added, one a row (poetry.training.network); its gradient is the sum of
theirs.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from poetry.corpus.batches import Batch
from poetry.training.network import Network

CHUNK = {"cpu": 256, "cuda": 16384}  # rows: what a cache holds; what keeps a GPU busy


class ChunkedCrossEntropy(torch.autograd.Function):
    """Sum of -log p(target) over N rows. Inputs h (N, D), W (V, D), b (V,), targets (N,) int64, gate (N,) to add to
    the logits of used (N, K) int64, where each token but the padding 0 stands once."""

    @staticmethod
    def forward(
        ctx: Any, h: Tensor, W: Tensor, b: Tensor, targets: Tensor, gate: Tensor, used: Tensor, dtype: torch.dtype
    ) -> Tensor:
        """The loss as a float32 scalar; matrix products run in `dtype`, sums in float32."""
        low_W, low_h = W.detach().to(dtype), h.detach().to(dtype)
        dh = torch.empty_like(h, dtype=torch.float32)
        dW = torch.zeros_like(W, dtype=torch.float32)
        db = torch.zeros_like(b, dtype=torch.float32)
        added = torch.where(used > 0, gate.detach()[:, None], 0.0)
        dgate = torch.empty_like(gate, dtype=torch.float32)
        total = torch.zeros((), dtype=torch.float32, device=h.device)
        chunk = CHUNK[h.device.type]
        for start in range(0, h.shape[0], chunk):
            rows = slice(start, start + chunk)
            logits = (low_h[rows] @ low_W.T).float().add_(b.detach()).scatter_add_(1, used[rows], added[rows])
            target = targets[rows, None]
            logsumexp = torch.logsumexp(logits, dim=-1, keepdim=True)
            total += (logsumexp - logits.gather(1, target)).sum()
            dlogits = logits.sub_(logsumexp).exp_()
            dlogits.scatter_add_(1, target, torch.full_like(target, -1, dtype=dlogits.dtype))
            db += dlogits.sum(0)
            dgate[rows] = (dlogits.gather(1, used[rows]) * (used[rows] > 0)).sum(1)
            low = dlogits.to(dtype)
            dh[rows] = (low @ low_W).float()
            dW += low.T @ low_h[rows]
        ctx.save_for_backward(dh, dW, db, dgate)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients are ready; only the factor from above is applied."""
        (factor,) = gradients
        dh, dW, db, dgate = ctx.saved_tensors
        return dh * factor, dW * factor, db * factor, None, dgate * factor, None, None


def cross_entropy(
    h: Tensor, W: Tensor, b: Tensor, targets: Tensor, gate: Tensor, used: Tensor, dtype: torch.dtype
) -> Tensor:
    """Sum of the cross-entropy in nats over the rows of `h`; see ChunkedCrossEntropy."""
    return ChunkedCrossEntropy.apply(h, W, b, targets, gate, used, dtype)


def moved(array: np.ndarray, device: torch.device) -> Tensor:
    """The array on a device; a GPU is not waited for, as it would be to take what stands in ordinary memory."""
    tensor = torch.from_numpy(array)
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor


class SummedLoss(nn.Module):
    """A network with its loss as one module, so that DistributedDataParallel sees every parameter at work."""

    def __init__(self, network: Network, dtype: torch.dtype) -> None:
        super().__init__()
        self.network, self.dtype = network, dtype

    def forward(self, batch: Batch) -> Tensor:
        """Sum of the nats of the tokens that count: a float32 scalar. Matrix products run in `dtype`."""
        device = self.network.bias.device
        where = np.flatnonzero(batch.weights)
        inputs, features, targets, counted = (
            moved(a, device) for a in (batch.inputs, batch.features, batch.targets.ravel()[where], where)
        )
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=self.dtype == torch.bfloat16):
            u, used = self.network(inputs, features)
        u, used = u.flatten(0, 1)[counted].float(), used.flatten(0, 1)[counted]
        W, b = self.network.embedding.weight, self.network.bias
        return cross_entropy(u, W, b, targets, self.network.gate(u), used, self.dtype)
