"""The critic: numpy equals torch, what the heads see, its file, its ranking."""

from pathlib import Path

import numpy as np
import pytest

from charrnn_core.errors import WeightsError
from poetry.critic import critic as numpy_critic
from poetry.critic.critic import COUPLET, HUMAN, TITLE, WHOLE, Critic, OtherVocabularyError, Sizes
from poetry.text.forms import QIJUE, QILU, WUJUE
from poetry.text.vocab import Vocabulary
from poetry.writing import model

torch = pytest.importorskip("torch")

V = 60
SIZES = Sizes(V, channels=10, hidden=6, head=5)


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    return {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in SIZES.shapes().items()}


def _poems(form, count: int = 4, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, V, (count, form.lines, form.length))


@pytest.mark.parametrize(("form", "lines"), [(WUJUE, 4), (WUJUE, 1), (QIJUE, 3), (QILU, 8), (QILU, 5)])
def test_numpy_equals_torch_on_whole_and_unfinished_poems(arrays, form, lines) -> None:
    from poetry.training.critic.network import Network

    network = Network(SIZES).eval()
    network.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    poems = _poems(form)[:, :lines]
    titles = np.array([[3, 4, 0], [5, 0, 0], [6, 7, 8], [9, 9, 1]])
    with torch.no_grad():
        states = network.states(torch.from_numpy(poems))
        expected = [network.human(states), network.whole(states, lines) if lines > 1 else torch.zeros(4)]
        expected.append(network.title(states, torch.from_numpy(titles)))
        expected.append(network.couplet(states, lines) if lines >= 4 else torch.zeros(4))
    found = Critic(arrays).scores(poems, titles)
    assert found.shape == (4, 4) and found.dtype == np.float32
    np.testing.assert_allclose(found, torch.stack(expected, dim=1).numpy(), rtol=1e-4, atol=1e-5)
    judged = [HUMAN, TITLE] + [WHOLE] * (lines > 1) + [COUPLET] * (lines >= 4)
    assert np.ptp(found[:, judged], axis=0).min() > 1e-3  # the poems differ, and so do the scores


def test_one_title_for_all_is_each_ones_title_and_padding_says_nothing(arrays) -> None:
    critic, poems = Critic(arrays), _poems(QIJUE)
    one = critic.scores(poems, np.array([3, 4]))
    np.testing.assert_array_equal(one, critic.scores(poems, np.array([[3, 4]] * 4)))
    np.testing.assert_allclose(one, critic.scores(poems, np.array([3, 4, 0, 0])), rtol=1e-4, atol=1e-6)
    assert (critic.scores(poems, np.array([4, 5]))[:, TITLE] != one[:, TITLE]).all()
    assert (critic.scores(poems, np.zeros(2, dtype=np.int64))[:, TITLE] == 0).all()


def test_a_couplet_is_not_judged_before_it_stands(arrays) -> None:
    critic, poems = Critic(arrays), _poems(QILU)
    title = np.zeros(1, dtype=np.int64)
    assert (critic.scores(poems[:, :3], title)[:, COUPLET] == 0).all()
    assert (critic.scores(poems[:, :4], title)[:, COUPLET] != 0).all()


def test_of_a_long_poem_the_end_is_judged_from_a_couplet_on(arrays) -> None:
    critic, known = Critic(arrays), len(arrays["line"])
    poems, title = np.random.default_rng(0).integers(1, len(arrays["table"]), (2, known + 3, 5)), np.array([3])
    np.testing.assert_array_equal(critic.scores(poems, title), critic.scores(poems[:, 4:], title))
    np.testing.assert_array_equal(critic.scores(poems[:, :-1], title), critic.scores(poems[:, 2:-1], title))


def test_rows_are_scored_alone(arrays) -> None:
    critic, poems = Critic(arrays), _poems(QIJUE)
    together, title = critic.scores(poems, np.array([3])), np.array([3])
    np.testing.assert_allclose(together[2:3], critic.scores(poems[2:3], title), rtol=1e-4, atol=1e-6)


def test_of_a_single_line_nothing_says_whether_it_is_whole(arrays) -> None:
    critic, poems, title = Critic(arrays), _poems(QIJUE), np.zeros(1, dtype=np.int64)
    assert (critic.scores(poems[:, :1], title)[:, WHOLE] == 0).all()
    assert (critic.scores(poems[:, :2], title)[:, WHOLE] != 0).all()


def _vocabulary(count: int) -> Vocabulary:
    """Of `count` tokens, all Hanzi in it once."""
    fixed = len(Vocabulary.fit([], 1))
    return Vocabulary.fit([chr(0x4E00 + i) for i in range(count - fixed)], 1)


def test_a_file_comes_back_and_belongs_to_its_vocabulary(arrays, tmp_path: Path) -> None:
    path, vocabulary = tmp_path / "critic.safetensors", _vocabulary(V)
    numpy_critic.save(path, arrays, SIZES, vocabulary, {})
    poems, title = _poems(QIJUE), np.array([3, 4])
    exact = Critic(arrays).scores(poems, title)
    equal = Vocabulary(vocabulary.tokens)  # another object of the same tokens will do
    np.testing.assert_allclose(Critic.load(path, equal).scores(poems, title), exact, atol=0.05)  # int8
    swapped = [*vocabulary.tokens[:-2], vocabulary.tokens[-1], vocabulary.tokens[-2]]
    with pytest.raises(OtherVocabularyError, match="knows another vocabulary"):
        Critic.load(path, Vocabulary(swapped))
    some = {name: array for name, array in arrays.items() if name != "place"}
    numpy_critic.save(path, some, SIZES, vocabulary, {})
    with pytest.raises(WeightsError, match="damaged"):
        Critic.load(path, vocabulary)
    path.write_bytes(b"nothing")
    with pytest.raises(WeightsError):
        Critic.load(path, vocabulary)


def test_a_model_has_the_critic_of_the_package_if_it_knows_its_vocabulary(arrays, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(model, "files", lambda _: tmp_path)
    (tmp_path / "weights").mkdir()
    own, other = _vocabulary(V), _vocabulary(V + 1)
    assert model.Model(None, own, {}).critic is None  # there is no file
    numpy_critic.save(tmp_path / "weights" / model.CRITIC, arrays, SIZES, own, {})
    found = model.Model(None, own, {})
    assert isinstance(found.critic, Critic) and found.critic is found.critic  # read once
    assert model.Model(None, other, {}).critic is None
    (tmp_path / "weights" / model.CRITIC).write_bytes(b"nothing")
    with pytest.raises(WeightsError):
        _ = model.Model(None, own, {}).critic


def test_the_size_as_shipped_is_small(tmp_path: Path) -> None:
    sizes = Sizes(7000)
    arrays = {name: np.ones(shape, dtype=np.float32) for name, shape in sizes.shapes().items()}
    numpy_critic.save(tmp_path / "c.safetensors", arrays, sizes, _vocabulary(7000), {})
    assert (tmp_path / "c.safetensors").stat().st_size < 2_000_000


def test_a_table_starts_as_the_embedding_on_its_principal_axes() -> None:
    from poetry.training.critic.network import projected

    rng = np.random.default_rng(0)
    plane = rng.normal(size=(50, 2)) @ rng.normal(size=(2, 9)) * 0.01 + 5  # two axes say everything but the mean
    found = projected(torch.from_numpy(plane), 2).numpy()
    assert found.std() == pytest.approx(1, rel=0.02)
    apart, of_found = (np.linalg.norm(x[:, None] - x[None], axis=2) for x in (plane, found))
    np.testing.assert_allclose(of_found, apart * (of_found.sum() / apart.sum()), atol=1e-6)
