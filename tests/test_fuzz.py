"""Damaged and hostile input to every reader: it is taken, or refused with one of the project's own errors."""

import io
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from charrnn_core.errors import UsageError
from poetry.writing.asking import LARGEST_FILE, poem_to_rewrite
from tests.fuzz.damage import damaged_bytes, damaged_json, damaged_text
from tests.fuzz.readers import READERS, Reader
from tests.fuzz.regressions import REGRESSIONS

SECONDS = float(os.environ.get("FUZZ_SECONDS", "600"))  # for each reader in the long run
LONGEST = timedelta(seconds=20)  # for one input of a few hundred bytes: it hangs


def damaged(reader: Reader) -> st.SearchStrategy[bytes]:
    """Good inputs of a reader, damaged."""
    good = reader.seeds()
    kinds = [st.sampled_from(good).flatmap(damaged_bytes)]
    kinds += [st.sampled_from(good).flatmap(damaged_json)] if reader.json else []
    kinds += [damaged_text(good)] if reader.rows else []
    return st.one_of(kinds)


@pytest.mark.parametrize("name", READERS)
def test_good_input_is_taken(name: str) -> None:
    reader = READERS[name]
    assert [reader(seed) for seed in reader.seeds()] == [True] * len(reader.seeds()) != []


@pytest.mark.parametrize("name", READERS)
@settings(derandomize=True, database=None, max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(draw=st.data())
def test_damaged_input_is_taken_or_refused(name: str, draw: st.DataObject) -> None:
    READERS[name](draw.draw(damaged(READERS[name])))


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_damaged_input_is_taken_or_refused_for_minutes(name: str) -> None:
    assert READERS[name](READERS[name].seeds()[0])  # what it imports, torch perhaps, is no part of an input's time
    end, number = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        number += 1

        @seed(number)
        @settings(database=None, max_examples=500, deadline=LONGEST, suppress_health_check=list(HealthCheck))
        @given(damaged(READERS[name]))
        def read(content: bytes) -> None:
            READERS[name](content)

        read()


@pytest.mark.parametrize(("name", "content"), REGRESSIONS)
def test_what_fuzzing_found_stays_refused(name: str, content: bytes) -> None:
    READERS[name](content)


def test_a_poem_on_standard_input_that_is_no_utf8_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff"), "utf-8"))
    with pytest.raises(UsageError, match=r"- is not UTF-8 text \(byte 0\)"):
        poem_to_rewrite("-")


def test_a_file_that_is_too_large_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"\xff" * (LARGEST_FILE + 1))
    with pytest.raises(UsageError, match="larger than 1 MB"):
        poem_to_rewrite(str(tmp_path / "large"))
