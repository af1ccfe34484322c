"""How far back a network's gradient reaches: why a plain RNN forgets, measured.

The loss of one token, L = -log p(x[T] | what stands before), depends on every earlier input e[t]. By the chain rule

    dL/de[t] = dL/dh[T] (dh[T]/dh[T-1]) ... (dh[t+1]/dh[t]) dh[t]/de[t]

a product of as many Jacobians as there are steps between. Where their norms stay below 1 it vanishes, and nothing
that stood there can teach the network anything (Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio 2013).
"""

import numpy as np
import torch
from torch import Tensor

from poetry.corpus.batches import Batch
from poetry.training.network import Network


def gradient_norms(network: Network, batch: Batch, target: int) -> np.ndarray:
    """(target + 1, B) float32: ‖dL/de[target - k]‖ in row k, L the nats of the targets at step `target` of a
    time-first batch and e[t] the vector of the input at step t; row 0 is the input read last.

    Raises IndexError when the batch has no such step.
    """
    if not 0 <= target < len(batch.targets):
        raise IndexError(f"step {target} is not one of the batch's {len(batch.targets)}")
    vectors: list[Tensor] = []

    def keep(_module: object, _inputs: object, output: Tensor) -> None:
        output.retain_grad()
        vectors.append(output)

    hook, training = network.embedding.register_forward_hook(keep), network.training
    network.eval()
    try:
        inputs = torch.from_numpy(batch.inputs[: target + 1])
        u, used = network(inputs, torch.from_numpy(batch.features[: target + 1]))
    finally:
        hook.remove()
        network.train(training)
    loss = torch.nn.functional.cross_entropy(
        network.logits(u[target], used[target]), torch.from_numpy(batch.targets[target]), reduction="sum"
    )
    loss.backward()
    network.zero_grad()
    gradient = vectors[0].grad
    assert gradient is not None
    return gradient.flip(0).norm(dim=-1).numpy()
