"""Lines of the corpus are known, and are not written again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charrnn_core import weights
from charrnn_core.decoding import decode
from charrnn_core.errors import WeightsError
from charrnn_core.sampling import Sampling
from poetry.corpus import build_seen as build
from poetry.corpus import encoding
from poetry.corpus.lines import CorpusLines, hashes
from poetry.slots import seen
from poetry.slots.guide import FreeGuide, PlanGuide
from poetry.slots.plan import make_plan
from poetry.slots.seen import SeenLines, codes, extend, hash_rows
from poetry.slots.sets import CharacterSets
from poetry.text.forms import WUJUE
from poetry.text.vocab import BODY, END, Vocabulary
from poetry.training.data import load as own
from tests.test_guide import Noise


def _filter(lines: list[str]) -> SeenLines:
    return seen.build(np.array([hash_rows(codes(line)[None])[0] for line in lines], dtype=np.uint64))


def test_every_line_is_recognised_and_few_others(vocabulary: Vocabulary) -> None:
    rng = np.random.default_rng(0)
    hanzi = vocabulary.tokens[vocabulary.first_hanzi :]
    lines = ["".join(rng.choice(hanzi, 5)) for _ in range(4000)]
    known = _filter(lines[:2000])
    assert all(line in known for line in lines[:2000])
    wrong = sum(line in known for line in lines[2000:])
    assert wrong / 2000 < 3 * known.false_positives
    assert known.false_positives == pytest.approx(0.0031, abs=0.0003)


def test_a_line_and_the_same_characters_in_another_order_differ() -> None:
    known = _filter(["春江花月夜"])
    assert "春江花月夜" in known
    assert "夜月花江春" not in known and "春江花月" not in known and "江花月夜" not in known


def test_a_hash_grows_by_its_last_character() -> None:
    whole, beginning = hash_rows(codes("春江花月夜")[None]), hash_rows(codes("春江花月")[None])
    assert (extend(beginning, codes("夜")[None]) == whole).all()


def test_the_corpus_is_found_line_by_line(own_corpus: Path) -> None:
    corpus = own(own_corpus)
    lines = CorpusLines.of(corpus)
    known = seen.build(hashes(lines))
    texts = [line for i in range(len(corpus)) for line in corpus.text(i).replace("。", "，").split("，") if line]
    whole = [line for line in texts if "<unk>" not in line]
    assert len(lines.starts) == len(whole) > 300
    assert all(line in known for line in whole)
    text, poem, shared = lines.nearest(whole[17])
    assert (text, shared) == (whole[17], len(whole[17])) and whole[17] in corpus.text(poem)
    other = whole[17][:-1] + "龘"
    assert lines.nearest(other)[0] == whole[17] and lines.nearest(other)[2] == len(other) - 1
    assert lines.nearest("春" * 20) == ("", -1, 0)
    part = CorpusLines.of(corpus, "train")
    assert 0 < len(part.starts) < len(lines.starts)


@pytest.mark.parametrize("forced", [{}, {(0, 4): "夜"}, {(0, 3): "月", (0, 4): "夜"}], ids=["open", "end", "two"])
def test_the_last_choice_of_a_line_avoids_every_seen_line(vocabulary: Vocabulary, forced: dict) -> None:
    """All completions of 春江花 but one are in the filter: the one is written, wherever the open place is."""
    open_place = min({3, 4} - {place for _, place in forced} or {2})
    given = {**{(0, j): c for j, c in enumerate("春江花月夜") if j < open_place}, **forced}
    hanzi = vocabulary.tokens[vocabulary.first_hanzi :]
    allowed = "山"
    fixed = "".join(given.get((0, j), "*") for j in range(5))
    if fixed.count("*") == 1:
        lines = [fixed.replace("*", c) for c in hanzi if c != allowed]
    else:  # two open places: every line that ends otherwise is seen
        lines = [fixed.replace("*", a, 1).replace("*", c) for a in hanzi for c in hanzi if c != allowed]
    plan = make_plan(WUJUE, forced=given)
    rows = 6
    guide = PlanGuide([plan] * rows, CharacterSets(vocabulary), _filter(lines), repeats=True)
    uniforms = np.random.default_rng(1).random((guide.steps, rows + 1))
    decoded = decode(Noise(len(vocabulary), 3), rows, np.full(rows, BODY), guide, Sampling(), uniforms)
    for row in range(rows):
        line = plan.text([vocabulary.tokens[i] for i in decoded.ids[:, row]])[:5]
        assert line not in lines and allowed in line


def test_a_line_that_is_asked_for_may_be_a_seen_one(vocabulary: Vocabulary) -> None:
    line = "春江花月夜"
    plan = make_plan(WUJUE, forced={(0, j): c for j, c in enumerate(line)})
    guide = PlanGuide([plan], CharacterSets(vocabulary), _filter([line]))
    uniforms = np.random.default_rng(1).random((guide.steps, 2))
    decoded = decode(Noise(len(vocabulary), 3), 1, np.full(1, BODY), guide, Sampling(), uniforms)
    assert plan.text([vocabulary.tokens[i] for i in decoded.ids[:, 0]]).startswith(line)


def test_free_verse_does_not_end_a_seen_line(vocabulary: Vocabulary) -> None:
    lines = [a + b for a in vocabulary.tokens[vocabulary.first_hanzi :] for b in HALF]
    rows = 5
    guide = FreeGuide(vocabulary, rows, "", _filter(lines))
    noise = Noise(len(vocabulary), 4, {vocabulary.comma: 8.0, vocabulary.stop: 8.0, END: 12.0})
    uniforms = np.random.default_rng(2).random((200, rows + 1))
    decoded = decode(noise, rows, np.full(rows, BODY), guide, Sampling(), uniforms, resample=False)
    for row in range(rows):
        text = "".join(vocabulary.tokens[i] for i in decoded.ids[decoded.active[:, row], row] if i != END)
        assert not set(text.replace("。", "，").split("，")) & set(lines)


HALF = "春江花月夜山水云风雨"


def test_a_foreign_file_is_refused(tmp_path: Path, tiny_weights: Path) -> None:
    with pytest.raises(WeightsError, match="seen lines"):
        seen.load(tiny_weights)
    with pytest.raises(WeightsError, match="cannot read"):
        seen.load(tmp_path / "none.safetensors")
    weights.save(tmp_path / "damaged.safetensors", {"bits": np.zeros(1, dtype=np.uint8)}, {"kind": seen.KIND})
    with pytest.raises(WeightsError, match="damaged header"):
        seen.load(tmp_path / "damaged.safetensors")


def test_the_shipped_filter_knows_famous_lines_and_not_ours() -> None:
    known = seen.shipped()
    assert known.lines > 2_000_000 and known.false_positives < 0.005
    assert all(line in known for line in ("举头望山月", "春眠不觉晓", "每逢佳节倍思亲"))
    assert "我写一行新诗句" not in known


def test_the_build_command_writes_what_it_says(own_corpus: Path, tmp_path: Path) -> None:
    encoding.save(tmp_path / "own.npz", own(own_corpus))
    out = tmp_path / "lines.safetensors"
    assert build.main(["--data", str(tmp_path / "own.npz"), "-o", str(out)]) == 0
    made = seen.load(out)
    assert made.lines > 300 and replace(made, lines=0).false_positives == 0
