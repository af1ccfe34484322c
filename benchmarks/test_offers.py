"""Lines offered for a place: what is shown, what goes on, and what readers say of it."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks import offers
from charrnn_core.errors import UsageError
from poetry.text.forms import WUJUE
from poetry.training.lessons import Offers
from poetry.writing import model


@pytest.fixture(scope="module")
def poems(tiny_weights: Path) -> list[list[Offers]]:
    return offers.written(model.load(tiny_weights), [("秋江", WUJUE.name), ("登楼", WUJUE.name)], 3)


def test_lines_of_a_place_follow_one_that_was_offered_before(poems: list[list[Offers]]) -> None:
    assert len(poems) == 2
    for places in poems:
        assert [len(place.before) for place in places] == [0, 1, 2, 3]
        for place, after in pairwise(places):
            assert after.before[:-1] == place.before
            assert after.before[-1] in place.lines
        for place in places:
            assert 2 <= len(place.lines) <= offers.BEST + offers.OTHERS
            for k, line in enumerate(place.lines):
                assert len(line) == WUJUE.length
                for other in place.lines[:k]:
                    assert sum(a != b for a, b in zip(line, other, strict=True)) > 1


def test_what_readers_say_comes_back_to_the_lines(poems: list[list[Offers]], tmp_path: Path) -> None:
    text, key = offers.sheet(poems, np.random.default_rng(2))
    for name, place in key.items():
        assert f"\n{name} A{place['lines'][0]} B{place['lines'][1]}" in text
        assert sorted(place["lines"]) == sorted(poems[int(name[0]) - 1][int(name[2]) - 1].lines)
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    letters = {name: offers.LETTERS[: len(place["lines"])] for name, place in key.items()}
    one.write_text(
        "".join(f"{name} {''.join(f'{c}4' for c in of)}\n" for name, of in letters.items()), encoding="utf-8"
    )
    two.write_text(
        "1.1 " + "".join(f"{c} {k + 1} " for k, c in enumerate(letters["1.1"])) + "\n2.1 A5\n", encoding="utf-8"
    )
    read = {(place.title, place.before): place for place in offers.read(json.loads(json.dumps(key)), [one, two])}
    assert len(read) == 8
    assert read["秋江", ()].marks == tuple((4 + k + 1) / 2 for k in range(len(letters["1.1"])))
    assert set(read["登楼", ()].marks) == {4.0}  # the second reader has not marked all of its lines


def test_marks_of_another_sheet_are_wrong_use(poems: list[list[Offers]], tmp_path: Path) -> None:
    _, key = offers.sheet(poems, np.random.default_rng(2))
    marks = tmp_path / "marks.txt"
    for text, why in (("9.1 A5B3\n", "no place 9.1"), ("nothing\n", "no place is marked")):
        marks.write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match=why):
            offers.read(key, [marks])
    with pytest.raises(UsageError, match="cannot read"):
        offers.read(key, [tmp_path / "none"])
