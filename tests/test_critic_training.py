"""The critic's training: the examples it learns from, what it learns, its command."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charrnn_core.errors import DataError
from poetry.batch.prompts import prompts
from poetry.corpus import encoding
from poetry.corpus.clean import CleanPoem
from poetry.corpus.split import PARTS
from poetry.critic import __main__ as command
from poetry.critic.critic import Critic, Sizes
from poetry.measuring.evaluation import Verse
from poetry.prosody.heard import tone_set
from poetry.prosody.tones import Tone
from poetry.text.forms import FORMS, QIJUE, REGULATED
from poetry.text.vocab import Vocabulary
from poetry.training.critic import examples
from poetry.training.critic.auc import auc
from poetry.writing import model
from poetry.writing.request import request_for
from poetry.writing.together import write_together

torch = pytest.importorskip("torch")
from poetry.training.critic.loop import Material  # noqa: E402 -- it needs torch

SIZES = Sizes(60, channels=10, hidden=6, head=5)


def test_auc_is_the_share_of_pairs_in_order_ties_half() -> None:
    # Pairs (true, false): 3 > 1, 3 > 2, 2 > 1, 2 = 2, 0 < 1, 0 < 2: 3.5 of 6.
    assert auc(np.array([3, 2, 0]), np.array([1, 2])) == pytest.approx(3.5 / 6)
    assert auc(np.array([5.0]), np.array([1.0, 2.0])) == 1.0


LEVEL, OBLIQUE, ANY = Tone.LEVEL, Tone.OBLIQUE, Tone.ANY
# 登鹳雀楼: 白日依山尽 黄河入海流 欲穷千里目 更上一层楼, tones 仄仄平平仄 平平仄仄平 仄平平仄仄 仄仄仄平平
TOWER = np.array([[2, 2, 1, 1, 2], [1, 1, 2, 2, 1], [2, 1, 1, 2, 2], [2, 2, 2, 1, 1]])
RHYMES = np.array([0, 26, 0, 26])


def test_a_regulated_poem_is_known_and_every_fault_of_it() -> None:
    assert examples.regulated(TOWER[None], RHYMES[None])[0]
    open_ = TOWER.copy()
    open_[1, 3] = ANY
    assert examples.regulated(open_[None], RHYMES[None])[0]
    for place, tone in {(1, 3): LEVEL, (2, 1): OBLIQUE, (2, 4): LEVEL, (0, 4): LEVEL}.items():
        wrong = TOWER.copy()
        wrong[place] = tone
        assert not examples.regulated(wrong[None], RHYMES[None])[0], place
    three = TOWER.copy()
    three[3, 2] = LEVEL
    assert not examples.regulated(three[None], RHYMES[None])[0]
    for rhymes in ([0, 26, 0, 0], [0, 26, 0, 25], [0, 0, 0, 0], [0, 99, 0, 99]):
        assert not examples.regulated(TOWER[None], np.array([rhymes]))[0], rhymes


def _human() -> examples.Human:
    """Twenty quatrains, no Hanzi in two of them; all first lines may be exchanged, second lines within two halves."""
    poems = np.arange(1, 401).reshape(20, 4, 5)
    keys = np.tile(np.arange(4), (20, 1))
    keys[10:, 1] = 9
    return examples.Human(poems, np.zeros((20, 2), dtype=np.int64), keys)


def test_lines_are_exchanged_for_others_of_their_key_and_only_those_chosen() -> None:
    human, rng = _human(), np.random.default_rng(0)
    rows, chosen = np.repeat(np.arange(20), 5), np.tile([True, True, False, False], (100, 1))
    mixed = human.exchanged(rows, chosen, rng)
    assert (mixed[:, 2:] == human.poems[rows][:, 2:]).all()
    for line in (0, 1):
        donors = (mixed[:, line, 0] - 1) // 20
        assert (donors != rows).all() and ((mixed[:, line, 0] - 1) % 20 == 5 * line).all()
    assert (((mixed[:, 1, 0] - 1) // 20 < 10) == (rows < 10)).all()
    assert len(np.unique((mixed[:, 0, 0] - 1) // 20)) > 10
    assert (human.poems == _human().poems).all()  # the corpus is not written to


def test_an_exchange_brings_no_hanzi_twice() -> None:
    poems = np.arange(1, 41).reshape(2, 4, 5)
    poems[1, 0, 0] = poems[0, 3, 4]  # the only other first line would repeat a Hanzi of poem 0
    human = examples.Human(poems, np.zeros((2, 2), dtype=np.int64), np.tile(np.arange(4), (2, 1)))
    chosen = np.array([[True, False, False, False]])
    assert (human.exchanged(np.array([0]), chosen, np.random.default_rng(0)) == poems[:1]).all()


def test_human_poems_as_rare_as_others_are_near_them_in_rarity_and_differ() -> None:
    rng = np.random.default_rng(0)
    poems = rng.permutation(np.arange(1, 2001))[:, None, None].repeat(4, axis=1).repeat(5, axis=2)
    human = examples.Human(poems, np.zeros((2000, 2), dtype=np.int64), np.zeros((2000, 4), dtype=np.int64))
    others = np.full((200, 4, 5), 300)
    found = human.poems[human.as_rare(others, rng)][:, 0, 0]
    assert set(found) == set(range(296, 305))  # four to each side, of 2000
    assert (human.poems[human.as_rare(np.full((9, 4, 5), 9999), rng)] > 1990).all()


def test_rarity_is_the_mean_log_rank() -> None:
    np.testing.assert_allclose(examples.rarity(np.array([[[1, 10], [100, 1000]]])), np.log(10) * 1.5)


def test_the_machines_files_are_drawn_alike() -> None:
    source = np.repeat([0, 1], [900, 100])
    machine = examples.Machine(source[:, None, None].repeat(4, axis=1), source)
    assert 0.45 < machine.drawn(2000, np.random.default_rng(0)).mean() < 0.55


def test_what_is_chosen_to_be_exchanged() -> None:
    rng = np.random.default_rng(0)
    counts = examples.mixing(1000, 8, 4, rng).sum(axis=1)
    assert set(counts) == {1, 2, 3, 4}
    assert set(np.flatnonzero(examples.second_lines(100, 8, rng).any(axis=0))) == {3, 5}
    assert (examples.second_lines(100, 8, rng).sum(axis=1) == 1).all()
    assert set(np.flatnonzero(examples.second_lines(100, 5, rng).any(axis=0))) == {3}


@pytest.fixture(scope="module")
def corpus() -> encoding.Encoded:
    """Regulated Tang poems, those of each form divided over the parts by turns."""
    rows = (Path(__file__).parent / "truth" / "regulated.tsv").read_text(encoding="utf-8").splitlines()
    texts = [row.split("\t")[0] for row in rows if row[0] != "#"]
    vocabulary = Vocabulary.fit(texts, 1)
    poems = [CleanPoem("tang", text[:2], "", text, text) for text in texts]
    found = encoding.encode(poems, vocabulary=vocabulary, words={}, provenance={})
    part = found.part.copy()
    for form in range(len(REGULATED)):
        part[found.form == form] = np.arange((found.form == form).sum()) % len(PARTS)
    return replace(found, part=part)


def test_human_poems_are_those_that_repeat_no_hanzi_and_are_of_their_form_and_part(corpus) -> None:
    whole = {corpus.text(i): corpus.part[i] for i in range(len(corpus)) if FORMS[corpus.form[i]] == QIJUE}
    tokens = corpus.vocabulary.tokens
    for number, part in enumerate(PARTS):
        found = examples.human(corpus, QIJUE, part)
        texts = ["，".join("".join(tokens[i] for i in line) for line in poem) for poem in found.poems]
        own = {text[:-1].replace("。", "，") for text, of in whole.items() if of == number}
        repeats = {text for text in own if len(set(text)) < 29}  # 28 Hanzi and the mark
        assert set(texts) <= own - repeats and len(texts) > 0.6 * len(own - repeats)  # 拗救 aside
        titles = ["".join(tokens[i] for i in title if i) for title in found.titles]
        assert titles == [text[:2] for text in texts]


def test_keys_tell_place_rhyme_and_tones(corpus) -> None:
    human = examples.human(corpus, QIJUE, "train")
    tokens = corpus.vocabulary.tokens
    by_key: dict[int, set[tuple[int, bool]]] = {}
    for poem, keys in zip(human.poems, human.keys, strict=True):
        for line, (ids, key) in enumerate(zip(poem, keys, strict=True)):
            oblique = tone_set(tokens[ids[1]])  # 1 level, 2 oblique, 3 either
            by_key.setdefault(int(key), set()).add((line, oblique))
    assert len(by_key) > 10
    for found in by_key.values():
        assert len({line for line, _ in found}) == 1 and not {1, 2} <= {tones for _, tones in found}


def test_a_corpus_without_regulated_poems_is_refused(corpus) -> None:
    with pytest.raises(DataError, match="no regulated 七绝 in its train part"):
        examples.human(replace(corpus, part=np.ones_like(corpus.part)), QIJUE, "train")


def test_machine_poems_are_divided_by_their_text_and_keep_their_file(vocabulary, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    hanzi = vocabulary.tokens[vocabulary.first_hanzi :]
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for path in paths:
        rows = [
            ["".join(rng.choice(hanzi, n)) for _ in range(lines)]
            for lines, n in ((4, 5), (4, 7), (8, 5), (8, 7))
            for _ in range(60)
        ]
        path.write_text("\n".join(json.dumps({"lines": row}, ensure_ascii=False) for row in rows), encoding="utf-8")
    found = examples.machine(paths, vocabulary)
    assert found["七律", "train"].poems.shape[1:] == (8, 7)
    sizes = [len(found["五绝", part].poems) for part in ("train", "validation", "test")]
    assert sum(sizes) == 120 and sizes[0] > 80 and min(sizes) > 0
    assert set(found["五绝", "train"].source) == {0, 1}
    paths[0].write_text('{"lines": ["白日依山尽", "黄河入海流"]}', encoding="utf-8")
    with pytest.raises(DataError, match="no 五绝 for"):
        examples.machine(paths[:1], vocabulary)


def test_the_part_of_a_machine_poem_is_stable() -> None:
    assert examples._part(Verse(("白日依山尽", "黄河入海流"))) == examples._part(
        Verse(("白日依山尽", "黄河入海流"), "x")
    )


def _material(count: int = 12) -> Material:
    """Poems of two kinds that one Hanzi tells apart."""
    human, machine = {}, {}
    for form in REGULATED:
        for number, part in enumerate(PARTS):
            rng = np.random.default_rng(number)
            ours, theirs = (rng.integers(low, low + 25, (count, form.lines, form.length)) for low in (1, 30))
            keys = np.tile(np.arange(form.lines), (count, 1))
            human[form.name, part] = examples.Human(ours, ours[:, 0, :2], keys)
            machine[form.name, part] = examples.Machine(theirs, np.zeros(count, dtype=np.int64))
    return Material(human, machine, ("theirs",))


@pytest.mark.usefixtures("one_thread")
def test_training_learns_to_tell_two_kinds_apart_and_gives_the_same_for_the_same_seed(monkeypatch) -> None:
    from poetry.training.critic import loop
    from poetry.training.critic.network import Network

    monkeypatch.setattr(loop, "VALIDATIONS", 1)
    material, found = _material(), []
    for _ in range(2):
        torch.manual_seed(1)
        found.append(loop.train(material, Network(SIZES), steps=12, seed=3).arrays)
    assert all(np.array_equal(found[0][name], found[1][name]) for name in found[0])
    figures = loop.measure(Critic(found[0]), material, "test")
    assert figures["human"] == figures["human (theirs)"] > 0.9


def test_the_command_trains_measures_and_writes_a_file(tiny_weights, tmp_path, capsys) -> None:
    data, poems, out = tmp_path / "corpus.npz", tmp_path / "machine.jsonl", tmp_path / "critic.safetensors"
    loaded = model.load(tiny_weights)
    requests = [request_for(form, candidates=1) for form in REGULATED for _ in range(60)]
    written = [poem.text for poem in write_together(loaded, requests, range(240))]
    poems.write_text("\n".join(json.dumps({"text": text}, ensure_ascii=False) for text in written), encoding="utf-8")
    rows = [CleanPoem("tang", text[:2], "", text, text) for text in written]
    corpus = encoding.encode(rows, vocabulary=loaded.vocabulary, words={}, provenance={})
    encoding.save(data, replace(corpus, part=(np.arange(240) % 3).astype(np.uint8)))
    settings = [
        "--data",
        str(data),
        "--machine",
        str(poems),
        "--weights",
        str(tiny_weights),
        "--steps",
        "2",
        "--as-rare",
    ]
    assert command.main(["train", *settings, "-o", str(out)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["bytes"] == out.stat().st_size
    assert {"human", "title", "human (machine)", "human (machine, as rare)", "human of first lines"} <= set(
        figures["test"]
    )
    first = Critic.load(out, loaded.vocabulary)
    again, small = tmp_path / "again.safetensors", ["--data", str(data), "--machine", str(poems), "--steps", "1"]
    assert command.main(["train", *small, "--init", str(out), "-o", str(again)]) == 0
    moved = Critic.load(again, loaded.vocabulary).arrays
    assert all(np.abs(moved[name] - first.arrays[name]).max() < 0.02 for name in moved)  # a step, and int8


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["wishes", "--count", "0"], "--count must be between"),
        (["wishes", "--seed", "-1"], "--seed must be"),
        (["train", "--machine", "missing.jsonl", "--steps", "0"], "--steps must be between"),
        (["train", "--machine", "missing.jsonl"], "another vocabulary"),
    ],
)
def test_wrong_use_is_a_line(corpus, tmp_path, capsys, arguments, reason) -> None:
    encoding.save(tmp_path / "corpus.npz", corpus)
    end = ["--data", str(tmp_path / "corpus.npz"), "-o", str(tmp_path / "out")]
    assert command.main([*arguments, *end]) == 2
    error = capsys.readouterr().err
    assert reason in error and error.count("\n") == 1 and not (tmp_path / "out").exists()


def test_wishes_are_titles_of_training_poems_in_their_forms(corpus, tmp_path: Path) -> None:
    encoding.save(tmp_path / "corpus.npz", corpus)
    out = tmp_path / "wishes.jsonl"
    assert command.main(["wishes", "--count", "200", "--data", str(tmp_path / "corpus.npz"), "-o", str(out)]) == 0
    rows = [json.loads(row) for row in out.read_text(encoding="utf-8").splitlines()]
    assert [row["form"] for row in rows[:5]] == ["五绝", "七绝", "五律", "七律", "五绝"] and len(rows) == 200
    titles = {(FORMS[corpus.form[i]].name, corpus.text(i)[:2]) for i in corpus.select("train")}
    assert {(row["form"], row["title"]) for row in rows if "title" in row} <= titles
    assert 20 < sum("title" not in row for row in rows) < 80
    assert not any(row.error for row in prompts(out.read_text(encoding="utf-8").splitlines()))
