"""The figures of an evaluation against values worked out by hand."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charrnn_core.errors import UsageError
from poetry import evaluate
from poetry.batch.summary import summary
from poetry.corpus import encoding
from poetry.corpus.batches import assemble
from poetry.measuring.distributions import likelihoods
from poetry.measuring.evaluation import (
    Scores,
    Training,
    Verse,
    copied,
    distinct,
    encoded,
    human,
    like,
    measure,
    perplexities,
    read,
    repeats,
    rules,
    theme_fit,
)
from poetry.measuring.scoring import poem_scores, token_nats
from poetry.measuring.table import ABOUT, table
from poetry.prosody.judge import check
from poetry.training.data import load as own
from poetry.writing import model
from poetry.writing.model import Model

DENG = Verse(("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"), "登楼")
JINGYE = Verse(("床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"))


@pytest.fixture(scope="module")
def tiny(tiny_weights: Path) -> Model:
    return model.load(tiny_weights)


def test_json_lines_and_plain_text_are_read_alike(tmp_path: Path) -> None:
    plain, records = tmp_path / "a.txt", tmp_path / "a.jsonl"
    plain.write_text("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。\n", encoding="utf-8")
    rows = [{"lines": DENG.lines, "title": "登樓"}, {"text": "白日依山盡，黃河入海流。欲窮千里目，更上一層樓。"}]
    records.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    assert [v.lines for v in read(plain)] == [DENG.lines]
    assert read(records) == [DENG, Verse(DENG.lines)]
    records.write_bytes(records.read_bytes().decode().encode("gb18030"))
    assert read(records) == [DENG, Verse(DENG.lines)]
    for content, says in (
        ('{"lines": 3}', "line 1"),
        ('{"a": 1}', "line 1"),
        ("{", "line 1"),
        ("abc", "no Chinese verse"),
    ):
        records.write_text(content, encoding="utf-8")
        with pytest.raises(UsageError, match=says):
            read(records)
    with pytest.raises(UsageError, match="cannot read"):
        read(tmp_path / "none")


def test_rules_repeats_and_variety_by_hand() -> None:
    both = [DENG, JINGYE]
    figures = rules(both, [check(v.lines) for v in both])
    assert figures == {"four_forms": 1.0, "no_fault": 0.5, "tones": 0.5, "rhyme": 1.0, "narrow_rhyme": 0.0}
    narrow = replace(check(DENG.lines), group="十蒸")
    assert rules(both, [narrow, check(JINGYE.lines)])["narrow_rhyme"] == 0.5
    assert repeats(both) == {"repeats_within_a_line": 0.0, "repeats_across_lines": 0.5}  # 明 月 头
    assert repeats([Verse(("山外青山楼",) * 2)])["repeats_within_a_line"] == 1.0
    assert repeats([Verse(("行行重行行",) * 2)])["repeats_within_a_line"] == 0.0  # 叠字
    assert distinct(both, 1) == round(36 / 40, 4)
    assert distinct(both, 2) == round(31 / 32, 4)  # 明月 twice


def test_copying_is_measured_against_the_training_part(own_corpus: Path) -> None:
    corpus = own(own_corpus)
    training = Training.of(corpus)
    seven = [v for v in human(corpus, "train", ["own"]) if len(v.lines[0]) == 7 and "□" not in "".join(v.lines)]
    assert copied(seven, training) == {"copied_lines": 1.0, "copied_5_grams": 1.0}
    assert copied([DENG], training) == {"copied_lines": 0.0, "copied_5_grams": 0.0}
    half = Verse((seven[0].lines[0][:5] + "龘龘", *DENG.lines[:1]))
    assert copied([half], training) == {"copied_lines": 0.0, "copied_5_grams": 0.25}  # one of 3 + 1


def test_perplexity_is_that_of_the_tokens(tiny: Model) -> None:
    corpus = encoded([DENG, JINGYE], tiny)
    nats, hanzi = poem_scores(tiny.stepper, corpus, np.array([1, 0]))
    assert list(hanzi) == [20, 20]
    batch = assemble(corpus, np.array([1]), np.zeros(1, dtype=np.int64), None)
    marks = {corpus.vocabulary.comma, corpus.vocabulary.stop, 3}
    one = [n for n, t in zip(token_nats(tiny.stepper, batch)[:, 0], batch.targets[:, 0], strict=True) if t not in marks]
    assert nats[0] == pytest.approx(sum(one), rel=1e-5)
    figures = perplexities(Scores([DENG, JINGYE], tiny))
    assert figures["perplexity"] == pytest.approx(float(np.exp(nats.sum() / 40)), abs=0.1)
    assert figures["with_title"] != figures["the_same_without_title"]


def test_theme_fit_finds_the_title_that_helps(tiny: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    verses = [Verse(DENG.lines, title) for title in "春江花月夜山水云风雨天人"]
    # The lines are the same, so that a title alone decides: it wins where none of the nine it meets is better.
    own = [poem_scores(tiny.stepper, encoded([v], tiny, [v.title]), np.array([0]), prefix=1)[0][0] for v in verses]
    shifts = np.random.default_rng(0).choice(np.arange(1, 12), 9, replace=False)
    won = [all(own[i] < own[(i + shift) % 12] for shift in shifts) for i in range(12)]
    assert any(won) and theme_fit(Scores(verses, tiny)) == round(sum(won) / 12, 4)
    calls = []

    def favour_own(stepper, corpus, poems, **settings):  # type: ignore[no-untyped-def]
        calls.append(1)
        return np.full(len(poems), 1.0 if len(calls) % 10 == 1 else 2.0), np.ones(len(poems))

    monkeypatch.setattr("poetry.measuring.evaluation.poem_scores", favour_own)
    assert theme_fit(Scores(verses, tiny)) == 1.0


def test_a_poem_that_one_title_has_beaten_is_not_tried_again(tiny: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN that of twelve poems the first four are beaten by the first other title, all that are left by the fourth
    asked: list[int] = []
    told: list[int] = []

    def beaten(stepper, corpus, poems, **settings):  # type: ignore[no-untyped-def]
        asked.append(len(poems))
        nats = np.full(len(poems), 2.0)
        nats[: {2: 4, 5: 12}.get(len(asked), 0)] = 0.0
        return np.ones(len(poems)) if len(asked) == 1 else nats, np.ones(len(poems))

    monkeypatch.setattr("poetry.measuring.evaluation.poem_scores", beaten)
    # WHEN all are tried THEN each is scored until it is beaten, and progress is told of the others
    scores = Scores([Verse(DENG.lines, title) for title in "春江花月夜山水云风雨天人"], tiny, told.append)
    assert theme_fit(scores) == 0.0
    assert asked == [12, 12, 8, 8, 8]
    assert sum(told) == 9 * 12 - sum(asked[1:])


def test_a_title_is_not_beaten_by_itself(tiny: Model) -> None:
    verses = [Verse((line, *DENG.lines[1:]), "春") for line in ("床前明月光", "疑是地上霜", *["举头望明月"] * 10)]
    assert theme_fit(Scores([*verses, JINGYE], tiny)) == 1.0


def test_nothing_is_scored_twice_and_progress_is_told(tiny: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a set of twelve titled poems and one without a title
    verses = [*(Verse(DENG.lines, title) for title in "春江花月夜山水云风雨天人"), JINGYE]
    asked, told = [], []

    def counted(stepper, corpus, poems, **settings):  # type: ignore[no-untyped-def]
        titles = corpus.titles[corpus.title_offsets[poems]].tolist() if settings.get("prefix") == 1 else []
        asked.append((len(poems), settings.get("features", False), settings.get("prefix", 0), *titles))
        return poem_scores(stepper, corpus, poems, **settings)

    monkeypatch.setattr("poetry.measuring.evaluation.poem_scores", counted)
    scores = Scores(verses, tiny, told.append)
    # WHEN all is measured, and the likelihoods are asked for
    measure(scores, None)
    likelihoods(scores)
    # THEN each has been computed once, and all the work was told
    assert len(asked) == len(set(asked)) == 13
    assert sum(told) == scores.work == 3 * 13 + 10 * 12


def test_of_many_titled_poems_some_are_tried_evenly(tiny: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("poetry.measuring.evaluation.THEMED", 11)
    told, lines = [], ("白日依山尽", "黄河入海流")
    scores = Scores([Verse(lines, "春江花月夜山水云"[i % 8]) for i in range(33)], tiny, told.append)
    measure(scores, None)
    assert sum(told) == scores.work == 3 * 33 + 33 + 9 * 11


def test_sets_are_matched_form_by_form() -> None:
    seven = Verse(("春江花月夜山水",) * 4)
    ours, theirs = like([DENG, DENG, seven], [seven, seven, DENG])
    assert [len(ours), len(theirs)] == [2, 2] and ours == [DENG, seven] and theirs == [seven, DENG]


def test_all_figures_have_a_name_in_the_table(tiny: Model) -> None:
    verses = [Verse(DENG.lines, t) for t in "春江花月夜山水云风雨天人"]
    figures = measure(Scores(verses, tiny), Training(*[np.zeros(0, np.uint64)] * 2))
    assert set(figures) | set(summary([], 1, tiny)["all"]) == set(ABOUT)
    shown = table({"a": figures, "b": {"poems": 3}})
    assert len(shown.splitlines()) == 2 + len(figures) and all(row.count("|") == 4 for row in shown.splitlines())


def test_the_command_sets_human_poems_beside(own_corpus: Path, tiny_weights: Path, tmp_path: Path, capsys) -> None:
    encoding.save(tmp_path / "own.npz", own(own_corpus))
    poems = tmp_path / "p.txt"
    poems.write_text("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。\n" * 3, encoding="utf-8")
    base = [str(poems), "--weights", str(tiny_weights)]
    assert evaluate.main(base) == 0
    assert "前人" not in capsys.readouterr().out
    more = ["--data", str(tmp_path / "own.npz"), "--source", "own", "--part", "train"]
    saved = ["--json", str(tmp_path / "f.json"), "--pictures", str(tmp_path / "pictures")]
    assert evaluate.main([*base, *more, *saved]) == 0
    assert "前人" in capsys.readouterr().out
    figures = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert [column["poems"] for column in figures.values()] == [3, 3]
    assert {p.name for p in (tmp_path / "pictures").iterdir()} == {"likelihood.png", "repeats.png"}
    assert evaluate.main([str(tmp_path / "none"), "--weights", str(tiny_weights)]) == 2


@pytest.mark.parametrize("option", ["--json", "--pictures"])
def test_what_cannot_be_written_is_said_before_the_work(
    option: str, tiny_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    poems = tmp_path / "p.txt"
    poems.write_text("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。", encoding="utf-8")
    taken = tmp_path / "taken"
    taken.mkdir() if option == "--json" else taken.touch()
    assert evaluate.main([str(poems), "--weights", str(tiny_weights), option, str(taken)]) == 1
    said = capsys.readouterr()
    assert not said.out and f"cannot write {taken}" in said.err
    assert {path.name for path in tmp_path.iterdir()} == {"p.txt", "taken"}
