"""Learning from readers' marks: the loss of pairs, what the poems are told, and the better one becomes likelier."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import softplus

from charrnn_core import weights
from charrnn_core.errors import UsageError
from poetry import export, fit_marks, fit_rhymes, train
from poetry.corpus.batches import TITLED, TITLED_PLAN, assemble
from poetry.corpus.encoding import Encoded
from poetry.training import data, lessons, preference
from poetry.training.lessons import Marked
from poetry.training.loss import SummedLoss
from poetry.training.network import Network, NetworkConfig
from poetry.training.preference import (
    AFTER,
    BETA,
    BLAMED,
    FORGIVEN,
    LINES,
    MENDED_BETA,
    SPARED,
    Compared,
    Stage,
)

GOOD, BAD = (
    ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"),
    ("千里依山目", "黄河上日流", "欲穷入海尽", "更白一层楼"),
)


@pytest.fixture(scope="module")
def corpus(own_corpus: Path) -> Encoded:
    return data.load(own_corpus)


@pytest.fixture
def network(corpus: Encoded) -> Network:
    torch.manual_seed(4)
    return Network(NetworkConfig("lstm", len(corpus.vocabulary), 8, 12, dropout=0.0))


def marked(*marks: float, sheet: str = "a") -> list[Marked]:
    return [
        Marked("登楼", lines, ("山", "", "千里", ""), mark, sheet)
        for mark, lines in zip(marks, (GOOD, BAD), strict=True)
    ]


def test_pairs_are_weighed_by_how_far_their_marks_lie_apart() -> None:
    change, marks, sheets = torch.tensor([0.5, -1.0, 2.0, 4.0]), np.array([5.0, 3.0, 9.0, 1.0]), np.array([0, 0, 0, 1])
    lines, unnamed = torch.zeros(4, LINES + 1), np.zeros(4, dtype=int)
    lines[:, 0], lines[:, LINES] = 2 * change, -change  # a poem's change is the sum over its lines
    pairs = [(0, 1, 2.0), (2, 0, 3.0), (2, 1, 3.0)]  # better, worse, weight: 9 less 5 and 9 less 3 count as 3
    losses = [weight * softplus(-BETA * (change[i] - change[j])) for i, j, weight in pairs]
    found, share = preference.preference(lines, marks, sheets, unnamed)
    assert found.item() == pytest.approx(sum(losses).item() / 8)
    assert share == 1.0
    assert preference.preference(-lines, marks, sheets, unnamed)[1] == 0.0
    assert preference.preference(0 * lines, marks, sheets, unnamed)[1] == 0.5


def test_a_weakest_line_is_forgiven_to_the_better_poem_and_blamed_on_the_worse() -> None:
    change = torch.arange(2.0 * (LINES + 1)).reshape(2, LINES + 1).sqrt()
    better, worse = change.tolist()
    gain = FORGIVEN * better[2] + sum(better) - better[2] - (BLAMED - SPARED) * worse[0] - SPARED * sum(worse)
    found, _ = preference.preference(change, np.array([6.0, 5.0]), np.zeros(2), np.array([3, 1]))
    assert found.item() == pytest.approx(softplus(torch.tensor(-BETA * gain)).item(), rel=1e-5)


def test_a_mended_line_is_learned_and_the_lines_after_it_a_little() -> None:
    change = torch.arange(2.0 * (LINES + 1)).reshape(2, LINES + 1).sqrt()
    apart = (change[0] - change[1]).tolist()
    d = sum(apart[:3]) + AFTER * sum(apart[3:])  # the third line is the mended one
    found = preference.mending(change, np.array([3]))
    assert found.item() == pytest.approx(softplus(torch.tensor(-MENDED_BETA * d)).item(), rel=1e-5)


def test_the_mended_poem_differs_in_its_weakest_line_alone_and_has_the_same_plan() -> None:
    poem = Marked("登楼", GOOD, ("山", "黄河", "千里", ""), 5, "a", 2, "长河入海流")
    assert poem.better.lines == (GOOD[0], "长河入海流", *GOOD[2:])
    assert poem.plain.lines == GOOD
    assert poem.better.words == poem.plain.words == ("山", "", "千里", "")
    assert Marked("登楼", GOOD, ("山", "河", "", ""), 5, "a", 2, "长河入海流").better.words[1] == "河"


def test_only_what_was_compared_is_compared() -> None:
    both = [*marked(5, 2), *marked(4, 4, sheet="b"), *marked(1, 3, sheet="c")]
    assert [group.tolist() for group in preference.sheets(both)] == [[0, 1], [4, 5]]


def test_log_probabilities_are_those_that_the_loss_sums(network: Network, corpus: Encoded) -> None:
    batch = assemble(corpus, np.array([0, 3, 5]), np.full(3, TITLED), None)
    found = preference.log_probabilities(network, batch, corpus.vocabulary, torch.float32).sum(1)
    one = assemble(corpus, np.array([3]), np.full(1, TITLED), None)
    assert found.sum().item() == pytest.approx(-SummedLoss(network, torch.float32)(batch).item(), rel=1e-5)
    assert found[1].item() == pytest.approx(-SummedLoss(network, torch.float32)(one).item(), rel=1e-5)


def test_each_line_has_its_own_log_probability(network: Network, corpus: Encoded) -> None:
    poems = preference.encoded(marked(5, 2), corpus.vocabulary)
    batch = assemble(poems, np.array([0]), np.array([TITLED]), None)
    found = preference.log_probabilities(network, batch, corpus.vocabulary, torch.float32)[0]
    u, used = network(torch.from_numpy(batch.inputs), torch.from_numpy(batch.features))
    nats = network.logits(u, used).log_softmax(-1)[:, 0]
    counted = [nats[t, batch.targets[t, 0]].item() for t in range(len(nats)) if batch.weights[t, 0]]
    lines = [sum(counted[6 * k : 6 * k + 6]) for k in range(4)]  # five Hanzi and a mark
    assert found[:4].tolist() == pytest.approx(lines, rel=1e-4)
    assert found[4].item() == pytest.approx(counted[-1], rel=1e-4)  # the end
    assert len(counted) == 25 and not found[5:].any()


def test_a_marked_poem_is_told_its_own_plan(corpus: Encoded) -> None:
    poems, v = preference.encoded(marked(5, 2), corpus.vocabulary), corpus.vocabulary
    assert poems.plan[0, :4].tolist() == [[v.id("山"), 0], [0, 0], [v.id("千"), v.id("里")], [0, 0]]
    batch = assemble(poems, np.array([0]), np.array([TITLED_PLAN]), None, features=True)
    assert [v.id("千"), v.id("里")] in [row.tolist() for row in batch.features[:, 0, -2:]]


def test_marked_poems_are_read_as_the_network_writes_them(network: Network, corpus: Encoded) -> None:
    for taught in (False, True):
        stage = Stage(network, corpus, marked(2, 8), torch.float32, taught=taught)
        poems = Compared.of(stage, stage.marked).encoded
        inputs = assemble(poems, np.array([0]), np.array([TITLED]), None).inputs[:, 0].tolist()
        assert (inputs[2:4] == corpus.vocabulary.taught) == taught


def test_titles_are_exchanged_among_the_poems_named_and_no_others(corpus: Encoded) -> None:
    chosen = np.array([1, 4, 6, 9, 12])
    other = preference.under_other_titles(corpus, chosen, np.random.default_rng(3))

    def titles(c: Encoded, poems: np.ndarray) -> list[list[int]]:
        return [c.titles[c.title_offsets[i] : c.title_offsets[i + 1]].tolist() for i in poems]

    rest = np.setdiff1d(np.arange(len(corpus)), chosen)
    assert titles(other, rest) == titles(corpus, rest)
    assert sorted(titles(other, chosen)) == sorted(titles(corpus, chosen))
    assert (other.tokens == corpus.tokens).all()


def test_the_better_one_becomes_the_likelier(network: Network, corpus: Encoded) -> None:
    stage = Stage(network, corpus, marked(2, 8), torch.float32, learning_rate=3e-3, epochs=200, human_tokens=100)
    poems = Compared.of(stage, stage.marked)
    share = stage.fit()
    for told in (False, True):
        change = poems.change(np.array([0, 1]), told).sum(1)
        assert change[1] > change[0] + 1  # the second, which is marked higher
    assert 0.7 < share <= 1


def test_a_mended_line_becomes_the_likelier(network: Network, corpus: Encoded) -> None:
    poems = [replace(poem, weakest=2, mended="长河入海流") for poem in marked(2, 8)]
    stage = Stage(network, corpus, poems, torch.float32, learning_rate=3e-3, epochs=400, human_tokens=100)
    mended = Compared.of(stage, [poems[0].better, poems[0].plain])
    stage.fit()
    better, plain = mended.change(np.array([0, 1]), False)[:, 1]
    assert better > plain + 1


@pytest.mark.usefixtures("one_thread")
def test_equal_seeds_give_equal_networks(corpus: Encoded) -> None:
    found = []
    for _ in range(2):
        torch.manual_seed(4)
        network = Network(NetworkConfig("lstm", len(corpus.vocabulary), 8, 12, dropout=0.0))
        Stage(network, corpus, marked(2, 8), torch.float32, epochs=16, human_tokens=100).fit()
        found.append(network.bias.detach().numpy().copy())
    assert (found[0] == found[1]).all()


def test_from_marks_to_a_weights_file(own_corpus: Path, tmp_path: Path) -> None:
    run, out, marks = tmp_path / "run", tmp_path / "out.safetensors", tmp_path / "marks.jsonl"
    marks.write_text("".join(json.dumps(vars(poem)) + "\n" for poem in marked(5, 2)), encoding="utf-8")
    sizes = ["--embedding", "8", "--hidden", "12", "--threads", "1", "--steps", "2", "--batch-tokens", "400"]
    assert train.main(["--cell", "gru", "--data", str(own_corpus), "--out", str(run), *sizes]) == 0
    assert fit_marks.main([str(run), "--data", str(own_corpus), "--marks", str(marks)]) == 0
    assert fit_rhymes.main([str(run), "--data", str(own_corpus), "--poems", "5"]) == 0
    assert export.main([str(run), "-o", str(out)]) == 0
    best, preferred = (
        weights.load(run / f"{name}.safetensors", kind="poetry-checkpoint")[0]["network.bias"]
        for name in ("best", "preferred")
    )
    made, header = weights.load(out, kind="poetry")
    assert (made["bias"] == preferred).all() and (made["bias"] != best).any()
    assert header["provenance"]["settings"] | {"marks": 2, "rhymes_fitted_on": 5} == header["provenance"]["settings"]


def test_wrong_use_is_one_line(own_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"title": "春", "lines": [], "words": [], "mark": 1, "sheet": 1}\n[]\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"bad.jsonl, line 1: no marked poem"):
        lessons.marks(bad)
    good = {"title": "春", "lines": list(GOOD), "words": [], "mark": 1, "sheet": "a"}
    for name, value in (
        *(("mark", float("nan")), ("mark", 10**400), ("title", "\ud800"), ("lines", ["春", ""])),
        *(("weakest", 5), ("weakest", -1), ("mended", "春"), ("mended", "\ud800")),
    ):
        bad.write_text(json.dumps(good | {name: value}), encoding="utf-8")
        with pytest.raises(UsageError, match=r"line 1: no marked poem"):
            lessons.marks(bad)
    assert fit_marks.main([str(tmp_path), "--data", str(own_corpus), "--marks", str(bad)]) == 2
    assert fit_marks.main([str(tmp_path), "--data", str(own_corpus), "--marks", str(tmp_path / "none")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_nothing_compared_is_wrong_use(network: Network, corpus: Encoded) -> None:
    with pytest.raises(UsageError, match="no two poems of a title have different marks"):
        Stage(network, corpus, marked(4, 4), torch.float32)
    with pytest.raises(UsageError, match="must be positive"):
        Stage(network, corpus, marked(4, 5), torch.float32, epochs=0)
