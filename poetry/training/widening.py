"""A trained network made wider, which computes what it did: a larger one need not begin anew.

New units hear what stands before them, through small random weights, but have no way out yet: what leads from them to
old units, to the output and to attention's result is zero, and so are the new numbers of every embedding (after
Net2Net, Chen et al. 2016, which copies units instead). The first gradient opens these ways. sqrt(D), by which the
network multiplies its input and divides its gates (poetry.training.network), is made good in the weights that meet it.
"""

import numpy as np

from poetry.training.network import NetworkConfig

GAIN = 0.7  # of new weights, beside those of a new network


def widened(arrays: dict[str, np.ndarray], to: NetworkConfig, seed: int = 1) -> dict[str, np.ndarray]:
    """The arrays of a checkpoint's network (network.*), float32, with the sizes of `to`; as they are where nothing
    grows, or something would have to shrink."""
    old = {name.removeprefix("network."): array for name, array in arrays.items()}
    D, H = old["embedding.weight"].shape[1], old["layers.0.weight_hh_l0"].shape[1]
    A = len(old.get("attention_out", ()))
    growth = to.embedding - D, to.hidden - H, to.attention - A
    if min(growth) < 0 or not any(growth):
        return arrays
    rng, scale = np.random.default_rng(seed), (D / to.embedding) ** 0.5
    wide = old | _look_ups(old, to.embedding, scale)
    if A:
        wide |= _attention(old, to, rng)
    sizes = ((D, H, to.embedding, to.hidden, scale), (H, D, to.hidden, to.embedding, 1.0))
    for layer, (before, units, after, wide_units, factor) in enumerate(sizes):
        for kind, inputs, wide_inputs in (("ih", before, after), ("hh", units, wide_units)):
            name = f"layers.{layer}.weight_{kind}_l0"
            weight = old[name].reshape(-1, units, inputs) * (factor if kind == "ih" else 1.0)
            new = rng.normal(0, GAIN * (2 / (wide_inputs + wide_units)) ** 0.5, (len(weight), wide_units, wide_inputs))
            if kind == "hh" or layer == 1:  # what layer 0 reads, embeddings, has zeros there itself
                new[:, :units, inputs:] = 0
            new[:, :units, :inputs] = weight
            wide[name] = new.reshape(-1, wide_inputs)
            wide[f"layers.{layer}.bias_{kind}_l0"] = _biases(
                old[f"layers.{layer}.bias_{kind}_l0"], units, wide_units, to
            )
    return {"network." + name: array.astype(np.float32) for name, array in wide.items()}


def _look_ups(old: dict[str, np.ndarray], D: int, scale: float) -> dict[str, np.ndarray]:
    """Embeddings, features and the tokens near a slot."""
    wide = {name: _padded(old[name], (None, D)) for name in ("embedding.weight", "features_in", "features_out")}
    for name in ("above", "word"):
        if name + "_gate" in old:
            wide[name + "_gate"] = _padded(old[name + "_gate"] / scale, (None, D))
            for way in (name + "_in", name + "_out"):
                squares = old[way].reshape(-1, old[way].shape[1], old[way].shape[1])
                wide[way] = _padded(squares, (None, D, D)).reshape(-1, D)
    if "repeat" in old:
        wide["repeat"] = _padded(old["repeat"] / scale, (D,))
    return wide


def _attention(old: dict[str, np.ndarray], to: NetworkConfig, rng: np.random.Generator) -> dict[str, np.ndarray]:
    A, H = old["attention_out"].shape
    new = rng.normal(0, to.hidden**-0.5, (to.hidden, 3, to.attention))
    new[:, :, :A] = 0
    new[:H, :, :A] = old["attention_in"].reshape(H, 3, A)
    out = _padded(old["attention_out"], (to.attention, to.hidden))
    return {"attention_in": new.reshape(to.hidden, -1), "attention_out": out}


def _biases(old: np.ndarray, units: int, wide: int, to: NetworkConfig) -> np.ndarray:
    gates = old.reshape(-1, units)
    new = np.zeros((len(gates), wide))
    if to.cell == "lstm":
        new[1] = 0.5  # both biases together: an open forget gate
    new[:, :units] = gates
    return new.ravel()


def _padded(array: np.ndarray, shape: tuple[int | None, ...]) -> np.ndarray:
    """The array with zeros after it on every axis, up to a size; None: as it is."""
    sizes = zip(array.shape, shape, strict=True)
    return np.pad(array, [(0, 0 if size is None else size - old) for old, size in sizes])
