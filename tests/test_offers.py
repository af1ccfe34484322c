"""Learning from marks of single lines: the loss of a place, what is read once, and the better becomes likelier."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import softplus

from charrnn_core import weights
from charrnn_core.errors import UsageError
from poetry import export, fit_lines, train
from poetry.corpus.batches import TITLED_PLAN, assemble
from poetry.corpus.encoding import Encoded
from poetry.slots.features import WORD
from poetry.text.forms import FORMS, WUJUE, WULU
from poetry.text.forms import OTHER as OTHER_FORM
from poetry.training import data, lessons, offers, preference
from poetry.training.lessons import Offers
from poetry.training.network import Network, NetworkConfig
from poetry.training.offers import BETA, Places, Stage

PLACE = Offers("登楼", ("白日依山尽",), ("山", "黄河"), ("黄河入海流", "黄河上日流", "千里入河流"), (8.0, 2.0, 2.0))
OTHER = Offers("登楼", ("千里依山尽",), ("山", "黄河"), ("白日入河流", "白日入海流", "黄河上海流"), (3.0, 4.0, 5.0))
FIRST = Offers("春", (), (), ("白日依山尽", "千里依山目"), (7.0, 3.0))


@pytest.fixture(scope="module")
def corpus(own_corpus: Path) -> Encoded:
    return data.load(own_corpus)


@pytest.fixture
def network(corpus: Encoded) -> Network:
    torch.manual_seed(4)
    found = Network(NetworkConfig("lstm", len(corpus.vocabulary), 8, 12, dropout=0.0, attention=64))
    with torch.no_grad():  # what looks back begins at zero; here it is to be heard
        for parameter in found.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return found


def test_lines_of_one_place_are_weighed_by_how_far_their_marks_lie_apart() -> None:
    change, marks = torch.tensor([[0.5, -1.0, 2.0], [4.0, 0.0, 1.0]]), np.array([[8.0, 2.0, 2.0], [3.0, 4.0, 4.0]])
    pairs = [(0, 0, 1, 3.0), (0, 0, 2, 3.0), (1, 1, 0, 1.0), (1, 2, 0, 1.0)]  # place, better, worse, weight
    losses = [weight * softplus(-BETA * (change[p, i] - change[p, j])) for p, i, j, weight in pairs]
    found, share = offers.preferred(change, marks)
    assert found.item() == pytest.approx(sum(losses).item() / 8)
    assert share == pytest.approx(3 / 8)
    assert offers.preferred(0 * change, marks)[1] == pytest.approx(0.5)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("told", [False, True])
def test_what_is_read_once_is_what_whole_texts_are_given(cell: str, told: bool, corpus: Encoded) -> None:
    torch.manual_seed(5)
    network = Network(NetworkConfig(cell, len(corpus.vocabulary), 8, 12, dropout=0.0, attention=64))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    places = Places.of([PLACE, OTHER], corpus.vocabulary)
    (numbers,) = places.alike()
    found = offers.log_probabilities(network, places, numbers, torch.float32, told=told)
    rows = np.concatenate([places.rows[n] for n in numbers])
    batch = assemble(places.texts, rows, np.full(len(rows), TITLED_PLAN), None, features=told)
    assert batch.features[..., WORD].any()  # the writer reads the plan, but no slot is told its word
    batch.features[..., WORD] *= told
    whole = preference.log_probabilities(network, batch, corpus.vocabulary, torch.float32)[:, 1]
    assert found.flatten().tolist() == pytest.approx(whole.tolist(), rel=1e-5)


def test_places_are_read_together_only_where_they_are_laid_out_alike(corpus: Encoded) -> None:
    short = Offers("登高楼", PLACE.before, ("山", "河"), PLACE.lines, PLACE.marks)
    places = Places.of([PLACE, FIRST, OTHER, short], corpus.vocabulary)
    assert [group.tolist() for group in places.alike()] == [[0, 2], [1], [3]]


def test_a_place_is_told_the_form_of_its_whole_poem(corpus: Encoded) -> None:
    words = ("山", "河", "楼", "目")
    quatrain = Offers("登楼", PLACE.before, words, PLACE.lines, PLACE.marks)
    eight = Offers("登楼", ("白日依山尽",) * 3, words * 2, PLACE.lines, PLACE.marks)
    places = Places.of([quatrain, eight, FIRST], corpus.vocabulary)
    assert [FORMS[k] for k in places.texts.form] == [WUJUE] * 3 + [WULU] * 3 + [OTHER_FORM] * 2


def test_the_better_line_becomes_the_likelier(network: Network, corpus: Encoded) -> None:
    stage = Stage(network, corpus, [PLACE, FIRST], torch.float32, learning_rate=3e-3, epochs=80, human_tokens=100)
    places, before = Places.of(stage.offered, corpus.vocabulary), copy.deepcopy(network)
    share = stage.fit()
    for told in (False, True):
        for number, marks in enumerate((PLACE.marks, FIRST.marks)):
            now, then = (
                offers.log_probabilities(n, places, np.array([number]), torch.float32, told=told)[0]
                for n in (network, before)
            )
            change = now - then
            assert change[0] > change[1] + 1
            assert marks[0] > marks[1]
    assert 0.7 < share <= 1


@pytest.mark.usefixtures("one_thread")
def test_equal_seeds_give_equal_networks(network: Network, corpus: Encoded) -> None:
    found = []
    for _ in range(2):
        one = copy.deepcopy(network)
        Stage(one, corpus, [PLACE, OTHER, FIRST], torch.float32, epochs=4, human_tokens=100).fit()
        found.append(one.bias.detach().numpy().copy())
    assert (found[0] == found[1]).all()
    assert (found[0] != network.bias.detach().numpy()).any()


def test_from_marked_lines_to_a_weights_file(own_corpus: Path, tmp_path: Path) -> None:
    run, out, lines = tmp_path / "run", tmp_path / "out.safetensors", tmp_path / "lines.jsonl"
    lines.write_text("".join(json.dumps(vars(place)) + "\n" for place in (PLACE, OTHER, FIRST)), encoding="utf-8")
    sizes = ["--embedding", "8", "--hidden", "12", "--threads", "1", "--steps", "2", "--batch-tokens", "400"]
    assert train.main(["--cell", "gru", "--data", str(own_corpus), "--out", str(run), *sizes]) == 0
    assert fit_lines.main([str(run), "--data", str(own_corpus), "--lines", str(lines)]) == 0
    assert export.main([str(run), "-o", str(out)]) == 0
    best, chosen = (
        weights.load(run / f"{name}.safetensors", kind="poetry-checkpoint")[0]["network.bias"]
        for name in ("best", "chosen")
    )
    made, header = weights.load(out, kind="poetry")
    assert (made["bias"] == chosen).all() and (made["bias"] != best).any()
    assert header["provenance"]["settings"]["lines"] == 3


def test_wrong_use_is_one_line(own_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad, good = tmp_path / "bad.jsonl", vars(PLACE)
    for name, value in (
        *(("lines", ["黄河入海流"]), ("lines", ["黄河", "黄河入海流", "千里"]), ("lines", ["", "", ""])),
        *(("marks", [1, 2]), ("marks", [1, 2, float("nan")]), ("marks", [1, 2, 10**400])),
        *(("before", ["春"]), ("before", 5), ("title", "\ud800")),
    ):
        bad.write_text(json.dumps(good | {name: value}), encoding="utf-8")
        with pytest.raises(UsageError, match=r"line 1: no offered lines"):
            lessons.offers(bad)
    bad.write_text("[]\n", encoding="utf-8")
    assert fit_lines.main([str(tmp_path), "--data", str(own_corpus), "--lines", str(bad)]) == 2
    assert fit_lines.main([str(tmp_path), "--data", str(own_corpus), "--lines", str(tmp_path / "none")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_nothing_to_choose_is_wrong_use(network: Network, corpus: Encoded) -> None:
    with pytest.raises(UsageError, match="no two lines of a place have different marks"):
        Stage(network, corpus, [Offers("春", (), (), FIRST.lines, (4, 4))], torch.float32)
    with pytest.raises(UsageError, match="must be positive"):
        Stage(network, corpus, [FIRST], torch.float32, epochs=0)
