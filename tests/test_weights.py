"""The weights file: what is written comes back, int8 within half a step, anything else is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from charrnn_core import weights
from charrnn_core.errors import WeightsError


def test_arrays_and_header_come_back(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "n": np.array([3], dtype=np.int64)}
    weights.save(tmp_path / "w", arrays, {"kind": "x", "诗": "春"})
    found, header = weights.load(tmp_path / "w", kind="x")
    assert header == {"kind": "x", "诗": "春"}
    assert {k: (v.dtype, v.tolist()) for k, v in found.items()} == {k: (v.dtype, v.tolist()) for k, v in arrays.items()}


def test_equal_files_are_equal_byte_for_byte(tmp_path: Path) -> None:
    """safetensors writes several metadata keys in random order; with one there is no order."""
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "n": np.array([3], dtype=np.int64)}
    for number in range(8):
        weights.save(tmp_path / str(number), arrays, {"kind": "x", "诗": "春"}, int8=True)
    assert len({(tmp_path / str(number)).read_bytes() for number in range(8)}) == 1


def test_int8_is_off_by_half_a_step_at_most(tmp_path: Path) -> None:
    matrix = np.random.default_rng(0).normal(size=(40, 30)).astype(np.float32)
    matrix[3] = 0
    weights.save(tmp_path / "w", {"m": matrix, "v": matrix[0]}, {"kind": "x"}, int8=True)
    found, _ = weights.load(tmp_path / "w", kind="x")
    half_step = np.abs(matrix).max(axis=1, keepdims=True) / 127 / 2
    assert (np.abs(found["m"] - matrix) <= half_step * 1.001).all()
    assert (found["m"][3] == 0).all()
    assert found["v"].tolist() == matrix[0].tolist()
    assert (tmp_path / "w").stat().st_size < matrix.nbytes / 2


@pytest.mark.parametrize("int8", [False, True])
def test_how_a_matrix_lies_in_memory_is_no_matter(tmp_path: Path, int8: bool) -> None:
    matrix = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    for name, laid_out in (("rows", matrix), ("columns", np.asfortranarray(matrix))):
        weights.save(tmp_path / name, {"m": laid_out}, {"kind": "x"}, int8=int8)
    assert (tmp_path / "rows").read_bytes() == (tmp_path / "columns").read_bytes()
    again, _ = weights.load(tmp_path / "rows", kind="x")  # a matrix that was restored from int8 lies by columns
    weights.save(tmp_path / "again", again, {"kind": "x"}, int8=int8)
    assert weights.load(tmp_path / "again", kind="x")[0]["m"] == pytest.approx(matrix, abs=0.05)


def _file(path: Path, arrays: dict[str, np.ndarray], **metadata: str) -> Path:
    save_file(arrays, path, metadata=metadata)
    return path


def _version_2(**more: Any) -> dict[str, str]:
    return {weights.KEY: json.dumps({"format": weights.FORMAT, **more})}


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({}, "not written by this project"),
        ({"format": weights.FORMAT, "version": "1", "header": '{"kind": "x"}'}, "not written by this project"),
        (_version_2(version=99, header={}), "upgrade"),
        (_version_2(version="one", header={}), "damaged"),
        (_version_2(version=None, header={}), "damaged"),
        (_version_2(version=2, header=[]), "needed"),
        (_version_2(version=2, header={"kind": "y"}), "'y'"),
        (_version_2(version=2), "damaged"),
        ({weights.KEY: "["}, "damaged"),
        ({weights.KEY: "[]"}, "not written by this project"),
        ({weights.KEY: "[" * 100_000}, "damaged"),
    ],
)
def test_a_foreign_header_is_refused(tmp_path: Path, metadata: dict[str, str], says: str) -> None:
    path = _file(tmp_path / "w", {"a": np.zeros(1, np.float32)}, **metadata)
    with pytest.raises(WeightsError, match=says):
        weights.load(path, kind="x")


@pytest.mark.parametrize(
    "arrays",
    [
        {"m": np.ones((2, 2), np.int8)},
        {"m": np.ones((2, 2), np.int8), "m.scale": np.ones(3, np.float32)},
        {"m": np.array([1.0, np.nan], np.float32)},
        {"m": np.ones((2, 2), np.int8), "m.scale": np.array([1, np.nan], np.float32)},
        {"m": np.ones((2, 2), np.int8), "m.scale": np.array([1, 3e38], np.float32)},
    ],
)
def test_damaged_arrays_are_refused(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    path = _file(tmp_path / "w", arrays, **_version_2(version=2, header={"kind": "x"}))
    with pytest.raises(WeightsError, match="m "):
        weights.load(path, kind="x")


@pytest.mark.parametrize("cut", range(0, 400, 13))
def test_every_truncation_is_refused(tmp_path: Path, cut: int) -> None:
    weights.save(tmp_path / "w", {"a": np.zeros(64, np.float32)}, {"kind": "x"})
    content = (tmp_path / "w").read_bytes()
    assert cut < len(content)
    (tmp_path / "w").write_bytes(content[:cut])
    with pytest.raises(WeightsError):
        weights.load(tmp_path / "w", kind="x")


def test_a_matrix_can_stay_packed(tmp_path: Path) -> None:
    path, rng = tmp_path / "w.safetensors", np.random.default_rng(3)
    arrays = {"a": rng.normal(size=(5, 3)).astype(np.float32), "b": rng.normal(size=3).astype(np.float32)}
    weights.save(path, arrays, {"kind": "x"}, int8=True)
    whole, found = (weights.load(path, kind="x", packed=packed)[0] for packed in ((), ("a", "b", "c")))
    assert isinstance(found["a"], weights.Packed) and found["a"].rows.dtype == np.int8
    assert found["a"].shape == (5, 3)
    assert (weights.dense(found["a"]) == whole["a"]).all()
    assert (weights.dense(found["a"], slice(1, 3)) == whole["a"][1:3]).all()
    assert (weights.dense(whole["a"], slice(1, 3)) == whole["a"][1:3]).all()
    assert (found["b"] == arrays["b"]).all()  # no matrix of int8
