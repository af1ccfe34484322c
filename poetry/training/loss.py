"""Cross-entropy of a large vocabulary in one pass: loss and gradients a chunk of rows at a time.

The usual way keeps (N, V) logits, log-probabilities and their gradients in memory; for N = 3,500 and
V = 7,400 that is 100 MB each, read and written several times. Here a chunk's logits live in the cache,
and the gradients dh, dW, db are ready when the loss is:

    p = softmax(h W^T + b),  d(logits) = p - onehot(target),  dh = d(logits) W,  dW = d(logits)^T h
"""

from typing import Any

import torch
from torch import Tensor, nn

from poetry.batches import Batch
from poetry.training.network import Network

CHUNK = 256


class ChunkedCrossEntropy(torch.autograd.Function):
    """Sum of -log p(target) over N rows. Inputs h (N, D), W (V, D), b (V,), targets (N,) int64."""

    @staticmethod
    def forward(ctx: Any, h: Tensor, W: Tensor, b: Tensor, targets: Tensor, dtype: torch.dtype) -> Tensor:
        """The loss as a float32 scalar; matrix products run in `dtype`, sums in float32."""
        low_W, low_h = W.detach().to(dtype), h.detach().to(dtype)
        dh = torch.empty_like(h, dtype=torch.float32)
        dW = torch.zeros_like(W, dtype=torch.float32)
        db = torch.zeros_like(b, dtype=torch.float32)
        total = torch.zeros((), dtype=torch.float32, device=h.device)
        for start in range(0, h.shape[0], CHUNK):
            rows = slice(start, start + CHUNK)
            logits = (low_h[rows] @ low_W.T).float().add_(b.detach())
            target = targets[rows, None]
            logsumexp = torch.logsumexp(logits, dim=-1, keepdim=True)
            total += (logsumexp - logits.gather(1, target)).sum()
            dlogits = logits.sub_(logsumexp).exp_()
            dlogits.scatter_add_(1, target, torch.full_like(target, -1, dtype=dlogits.dtype))
            db += dlogits.sum(0)
            low = dlogits.to(dtype)
            dh[rows] = (low @ low_W).float()
            dW += low.T @ low_h[rows]
        ctx.save_for_backward(dh, dW, db)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients are ready; only the factor from above is applied."""
        (factor,) = gradients
        dh, dW, db = ctx.saved_tensors
        return dh * factor, dW * factor, db * factor, None, None


def cross_entropy(h: Tensor, W: Tensor, b: Tensor, targets: Tensor, dtype: torch.dtype) -> Tensor:
    """Sum of the cross-entropy in nats over the rows of `h`; see ChunkedCrossEntropy."""
    return ChunkedCrossEntropy.apply(h, W, b, targets, dtype)


class SummedLoss(nn.Module):
    """A network with its loss as one module, so that DistributedDataParallel sees every parameter at work."""

    def __init__(self, network: Network, dtype: torch.dtype) -> None:
        super().__init__()
        self.network, self.dtype = network, dtype

    def forward(self, batch: Batch) -> Tensor:
        """Sum of the nats of the tokens that count: a float32 scalar. Matrix products run in `dtype`."""
        device = self.network.bias.device
        inputs, features, targets, counted = (
            torch.from_numpy(a).to(device) for a in (batch.inputs, batch.features, batch.targets, batch.weights)
        )
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=self.dtype == torch.bfloat16):
            h = self.network(inputs, features)
        h, W, b = h[counted].float(), self.network.embedding.weight, self.network.bias
        return cross_entropy(h, W, b, targets[counted], self.dtype)
