"""How far back the loss of one character reaches, and why: the Jacobians of the state.

The loss L of the character after place t depends on every earlier one. By the chain rule

    dL/dh[k] = J[k+1]^T ... J[t]^T dL/dh[t]        J[k] = dh[k]/dh[k-1] = diag(1 - h[k]^2) Whh

1 - h^2 is at most 1, which alone says nothing: the norm of J is up to that of Whh, and a product of many J can
vanish, stay or explode (Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio 2013). So it is measured.
"""

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.vanilla import Parameters
from charrnn_core.numerics import softmax


def jacobian(p: Parameters, h: np.ndarray) -> np.ndarray:
    """(H, H): dh[k]/dh[k-1] at the state h[k] (H,) that a step led to."""
    return (1 - h * h)[:, None] * p.Whh


def step_norms(p: Parameters, hidden: np.ndarray) -> np.ndarray:
    """(T,): the largest singular value of every step's Jacobian; hidden (T + 1, H) as CharModel.read gives it."""
    return np.array([np.linalg.norm(jacobian(p, h), 2) for h in hidden[1:]])


def product_norms(p: Parameters, hidden: np.ndarray) -> np.ndarray:
    """(T,): the largest singular value of the product of the last 1, 2, ... T Jacobians."""
    product, norms = np.eye(p.H, dtype=p.flat.dtype), []
    for h in hidden[:0:-1]:
        product = product @ jacobian(p, h)
        norms.append(np.linalg.norm(product, 2))
    return np.array(norms)


def back_from(model: CharModel, text: str, place: int, h: np.ndarray | None = None) -> np.ndarray:
    """(place + 1,): how long the gradient of the loss of text[place + 1] is by each character up to text[place].

    Character k stands for its one-hot vector: ‖dL/dx[k]‖ = ‖Wxh^T D[k]‖ with D as in charrnn_core.lab.vanilla. The
    text is read from the state h, or from the zero state. Raises UsageError unless 0 <= place < len(text) - 1.
    """
    if not 0 <= place < len(text) - 1:
        raise UsageError(
            "place {place} has no next character in a text of {count}; give 0 to {last}",
            place=place,
            count=len(text),
            last=len(text) - 2,
        )
    p = model.parameters
    hidden = model.read(text[: place + 1], h)
    y = model.logits(hidden[-1])
    dz = softmax(model.head.forward(y))
    dz[model.alphabet.id(text[place + 1])] -= 1
    dh = p.Why.T @ model.head.backward(dz, y)
    norms = np.empty(place + 1)
    for k in range(place, -1, -1):
        d = (1 - hidden[k + 1] ** 2) * dh
        norms[k] = np.linalg.norm(p.columns @ d)
        dh = p.Whh.T @ d
    return norms
