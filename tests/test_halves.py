"""Two halves at once: what they give, when the second thread is free and when it is not."""

import os
import threading

import numpy as np
import pytest

from charrnn_core import halves
from charrnn_core.halves import both, product, use_both_cores


@pytest.fixture
def two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(halves, "_pool", [])
    monkeypatch.setattr(halves, "cores", lambda: 2)
    use_both_cores()


def names() -> tuple[str, str]:
    return both(lambda: threading.current_thread().name, lambda: threading.current_thread().name)


def test_one_thread_does_both_unless_it_is_allowed_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(halves, "_pool", [])
    assert set(names()) == {threading.current_thread().name}
    monkeypatch.setattr(halves, "cores", lambda: 1)
    use_both_cores()
    assert set(names()) == {threading.current_thread().name}


@pytest.mark.usefixtures("two_threads")
def test_both_are_made_at_once() -> None:
    use_both_cores()  # a second time changes nothing
    assert len(set(names())) == 2
    met = threading.Barrier(2, timeout=20)  # which neither passes alone
    assert sorted(both(met.wait, met.wait)) == [0, 1]


@pytest.mark.usefixtures("two_threads")
def test_who_finds_the_second_thread_at_work_does_both() -> None:
    inner: list[tuple[str, str]] = []
    both(lambda: inner.append(names()), lambda: None)
    assert set(inner[0]) == {threading.current_thread().name}
    assert len(set(names())) == 2  # and it is free again


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("failing", [0, 1])
def test_a_failure_in_either_half_is_told(failing: int) -> None:
    def fail() -> int:
        raise ValueError("no")

    halves_of = [lambda: 1, lambda: 1]
    halves_of[failing] = fail
    with pytest.raises(ValueError, match="no"):
        both(*halves_of)
    assert len(set(names())) == 2


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("columns", [1, 2, 7, 64])
def test_a_product_by_halves_is_the_product(columns: int) -> None:
    rng = np.random.default_rng(columns)
    x, matrix = rng.normal(size=(5, 12)), rng.normal(size=(12, columns))
    np.testing.assert_allclose(product(x, matrix), x @ matrix, rtol=1e-12)
    np.testing.assert_allclose(product(x, np.asfortranarray(matrix)), x @ matrix, rtol=1e-12)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.usefixtures("two_threads")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_does_not_wait_for_a_thread_that_it_has_not() -> None:
    names()
    if not (child := os.fork()):
        os._exit(0 if len(set(names())) == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
