"""Rewriting keeps what stands, keeps the rules, and takes the text after the gap into account."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn_core.errors import UsageError
from charrnn_core.numerics import log_softmax
from poetry import generate
from poetry.prosody.judge import check, reading
from poetry.slots.features import HERE, RHYME, TONES
from poetry.slots.regulated import Wish, draw_plans
from poetry.text.forms import WUJUE
from poetry.theme.eyes import eye
from poetry.writing import model
from poetry.writing.candidates import read
from poetry.writing.reading import continuation_logprobs
from poetry.writing.request import prefix, request_for
from poetry.writing.rewriting import alternatives, gaps, request_to_rewrite
from poetry.writing.writer import Writer

DENG = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]
JINGYE = ["床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"]  # an old-style quatrain: it breaks rules


@pytest.fixture(scope="module")
def writer(tiny_weights: Path) -> Writer:
    return Writer(model.load(tiny_weights))


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_all_but_the_gap_stands_and_the_rules_hold(writer: Writer, data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from([DENG, JINGYE]))
    places = [(i, j) for i in range(4) for j in range(5)]
    gap = data.draw(st.sets(st.sampled_from(places), min_size=1, max_size=12))
    request = request_to_rewrite(lines, gap, writer.model.sets(), candidates=4)
    written = writer.write(request, data.draw(st.integers(0, 99))).lines
    assert all(written[i][j] == lines[i][j] for i, j in places if (i, j) not in gap)
    masked = ["".join("□" if (i, j) in gap else c for j, c in enumerate(line)) for i, line in enumerate(lines)]
    before, after = check(masked), check(written)
    old, new = ({(f.line, f.position) for f in report.faults} for report in (before, after))
    assert new <= old, (written, after)
    if not before.faults:
        assert after.verdict == "合律"


def test_a_new_character_is_not_one_of_the_other_lines(writer: Writer) -> None:
    for seed in range(10):
        lines = writer.write(
            request_to_rewrite(DENG, {(1, j) for j in range(5)}, writer.model.sets(), candidates=2), seed
        ).lines
        others = set("".join(line for i, line in enumerate(lines) if i != 1))
        assert not set(lines[1]) & others


def test_the_poem_is_judged_whole(writer: Writer) -> None:
    """Its score counts the text after the gap, read by one who is told what every reader is."""
    request = request_to_rewrite(DENG, {(0, 1)}, writer.model.sets(), candidates=3)
    poem = writer.write(request, 1)
    assert poem.plan is not None
    ids = np.array([writer.model.vocabulary.ids(poem.text)]).T
    before = prefix(request, writer.model)
    slots = poem.plan.features[:, None].astype(np.int64)
    slots[..., [TONES, RHYME, HERE]] = 0
    logprobs = continuation_logprobs(writer.model.stepper, before, slots, ids)
    assert poem.score == pytest.approx(float(logprobs.mean()), abs=1e-4)


def test_alternatives_are_ranked_by_the_whole_poem(writer: Writer) -> None:
    place = (1, 2)
    found = alternatives(writer.model, DENG, place, 8)
    assert len(found) == 8 and all(a.gain >= b.gain for a, b in itertools.pairwise(found))
    for chosen in found[:3]:
        lines = [*DENG]
        lines[1] = lines[1][:2] + chosen.character + lines[1][3:]
        assert not check(lines).faults
        assert chosen.gain == pytest.approx(_log_probability(writer, lines) - _log_probability(writer, DENG), abs=1e-3)
    with pytest.raises(UsageError, match="other gaps"):
        alternatives(writer.model, ["白日依□尽", *DENG[1:]], place)


def _log_probability(writer: Writer, lines: list[str]) -> float:
    """Of a whole poem, under the plan that alternatives draws for 登鹳雀楼."""
    request = request_to_rewrite(DENG, [(1, 2)], writer.model.sets())
    plan = draw_plans(request.wish, writer.model.sets(), np.random.default_rng(0), 1)[0]  # type: ignore[arg-type]
    text = "，".join(lines[:2]) + "。" + "，".join(lines[2:]) + "。"
    state, last = read(writer.model, [prefix(request, writer.model)])
    total = 0.0
    for t, token in enumerate(writer.model.vocabulary.ids(text)):
        logits, state = writer.model.stepper.step(state, last, plan.features[t][None].astype(np.int64))
        total += float(log_softmax(logits)[0, token])
        last = np.array([token])
    return total


def test_gaps_outside_the_poem_and_poems_without_a_form_are_refused(writer: Writer) -> None:
    for lines, gap, says in (
        (DENG, set(), "no gap"),
        (DENG, {(4, 0)}, "line 5, character 1"),
        (DENG, {(0, 5)}, "line 1, character 6"),
        (["春江花", "月夜山"], {(0, 0)}, "lines of five or of seven"),
    ):
        with pytest.raises(UsageError, match=says):
            request_to_rewrite(lines, gap, writer.model.sets())


def test_the_checker_reads_a_poem_with_a_gap() -> None:
    templates, group = reading(["白日依山尽", "黄河入海流", "□□□□□", "更上一层楼"])
    assert "".join(t.type for t in templates) == "CDAB" or "".join(t.type for t in templates) == "ABCD"
    assert group == 26  # 十一尤
    assert gaps(["白□", "□日"]) == {(0, 1), (1, 0)}


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tiny_weights: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = generate.main([*arguments, "--weights", str(tiny_weights)])
        except SystemExit as stopped:
            code = int(str(stopped.code))
        return code, *capsys.readouterr()

    return command


TEXT = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"


def test_the_command_rewrites_a_line_characters_or_marked_gaps(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("--rewrite", TEXT, "--gap", "3", "--seed", "1")
    assert code == 0 and out.startswith("白日依山尽，黄河入海流。\n") and out.rstrip().endswith("，更上一层楼。")
    assert "欲穷千里目" not in out
    file = tmp_path / "诗.txt"
    file.write_text(TEXT, encoding="utf-8")
    code, out, _ = run("--rewrite", str(file), "--gap", "1:2", "--gap", "4:1-2", "--json", "--seed", "1", "-n", "3")
    poems = [json.loads(row)["lines"] for row in out.splitlines()]
    assert code == 0 and len({tuple(poem) for poem in poems}) == 3
    assert all(p[0][0] == "白" and p[0][2:] == "依山尽" and p[3][2:] == "一层楼" and p[1:3] == DENG[1:3] for p in poems)
    code, out, _ = run("--rewrite", TEXT.replace("千里", "□_"), "--seed", "1")
    assert code == 0 and "欲穷" in out and "□" not in out
    code, out, _ = run("--rewrite", TEXT, "--alternatives", "2:3")
    assert code == 0 and len(out.splitlines()) == 8


def test_a_text_of_nothing_but_gaps_is_written_whole(run: Run) -> None:
    code, out, error = run("--rewrite", "□□□□□，□□□□□。□□□□□，□□□□□。", "--seed", "1", "--json")
    report = check(json.loads(out)["lines"])
    assert (code, error, report.form, report.verdict) == (0, "", "五绝", "合律")


def test_the_command_goes_on_from_given_lines(run: Run) -> None:
    code, out, _ = run("--continue", "白日依山尽，黃河入海流。", "--seed", "1")
    assert code == 0 and out.startswith("白日依山尽，黄河入海流。\n") and len(out.splitlines()[1]) == 12
    code, out, _ = run("--continue", "白日依山尽，黄河", "--form", "五律", "--seed", "1", "--json")
    lines = json.loads(out)["lines"]
    assert len(lines) == 8 and lines[0] == "白日依山尽" and lines[1].startswith("黄河")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--rewrite", TEXT],
        ["--rewrite", TEXT, "--gap", "9"],
        ["--rewrite", TEXT, "--gap", "1:9"],
        ["--rewrite", TEXT, "--gap", "1:3-2"],
        ["--rewrite", TEXT, "--gap", "x"],
        ["--rewrite", "/no/such/file", "--gap", "1"],
        ["--rewrite", "春" * 5000, "--gap", "1"],
        ["--rewrite", "\ud800春", "--gap", "1"],
        ["--rewrite", TEXT + "\n\n" + TEXT, "--gap", "1"],
        ["--rewrite", "□□□"],
        ["--rewrite", "□"],
        ["--rewrite", TEXT, "--alternatives", "1"],
        ["--gap", "1"],
        ["--alternatives", "1:1"],
        ["--continue", "abc"],
        ["--continue", "春江花月夜山水云，"],
        ["--title", "abc"],
        ["--title", "春日", "--theme", "春天"],
        ["春", "-n", "2", "--temperature", "0"],
    ],
)
def test_bad_requests_give_one_line(run: Run, arguments: list[str]) -> None:
    code, out, error = run(*arguments)
    assert code == 2 and not out and error.count("\n") == 1, error


def test_poems_of_a_run_differ(run: Run, writer: Writer) -> None:
    out = run("月", "-n", "5", "--candidates", "1", "--seed", "3")[1]
    assert len(set(out.split("\n\n"))) == 5


def test_a_title_changes_what_is_written(writer: Writer) -> None:
    request = request_for(WUJUE, "春", title="月夜", candidates=4)
    poem = writer.write(request, 1)
    assert poem.title == "月夜" and poem.as_dict()["title"] == "月夜"
    assert poem.words[0] == eye("月夜") and [len(word) for word in poem.words] == [
        1,
        2,
        2,
        2,
    ]  # the eye of the title first
    plain, model = request_for(WUJUE, "春", candidates=4), writer.model
    assert writer.write(plain, 1).text != poem.text
    assert prefix(request, model) != prefix(plain, model)


def test_what_stands_in_the_gap_does_not_come_back(writer: Writer) -> None:
    """One character, or each of a line's: else a rewriting may change nothing."""
    for seed in range(6):
        for gap in ({(3, 4)}, {(0, 2)}, {(1, j) for j in range(5)}):
            written = writer.write(request_to_rewrite(DENG, gap, writer.model.sets(), candidates=2), seed).lines
            assert all(written[i][j] != DENG[i][j] for i, j in gap)
    for lines in (DENG, JINGYE):  # the second breaks rules: its plan is made another way
        for other in alternatives(writer.model, lines, (2, 2)):
            assert other.character != lines[2][2]


def test_where_nothing_else_fits_it_is_said(writer: Writer) -> None:
    everything = "".join(writer.model.vocabulary.tokens[i] for i in np.flatnonzero(writer.model.vocabulary.writable))
    asked = Wish(WUJUE, excluded={(0, 1): everything})
    with pytest.raises(UsageError, match="line 1, character 2: no character of the vocabulary fits"):
        request_to_rewrite(DENG, {(0, 1)}, writer.model.sets(), asked)


def test_what_the_poem_was_asked_for_stays(writer: Writer) -> None:
    asked = Wish(WUJUE, "仄起首句不入韵", 26, forced={(2, 0): "欲", (2, 1): "穷"})
    for seed in range(4):
        request = request_to_rewrite(DENG, {(2, j) for j in range(5)}, writer.model.sets(), asked, candidates=2)
        written = writer.write(request, seed).lines
        assert written[2].startswith("欲穷") and not set(written[2][2:]) & set("千里目")
        last = request_to_rewrite(DENG, {(3, 4), (1, 4)}, writer.model.sets(), asked, candidates=2)
        found = check(writer.write(last, seed).lines)
        assert (found.pattern, found.group) == ("仄起首句不入韵", "十一尤")
    with pytest.raises(UsageError, match="line 3, character 1: 欲 was asked for"):
        request_to_rewrite(DENG, {(2, 0), (2, 1)}, writer.model.sets(), asked)
