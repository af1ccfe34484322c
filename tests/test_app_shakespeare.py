"""The Shakespeare tab's questions: bounded, repeatable, and careful with what is uploaded."""

import zipfile

import numpy as np
import pytest

from apps import limits, shakespeare
from charrnn_core.errors import UsageError
from charrnn_core.lab import char_files
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.vanilla import initial


@pytest.fixture
def small(tmp_path):
    """The path of a small network's weights."""
    alphabet = Alphabet.of("abc :\n")
    model = CharModel(initial(len(alphabet), 12, np.random.default_rng(0), np.float32), alphabet)
    path = tmp_path / "weights.safetensors"
    char_files.save(path, model, {})
    return path


def test_pieces_make_the_same_text_as_one_stretch():
    model = shakespeare.shipped()
    one, other = (
        shakespeare.samples(model, [0.5, 1.0], length, 3, gumbel=False) for length in (120, limits.LENGTH // 4)
    )
    assert [len(text) for text in one] == [120, 120]
    assert [long[:120] for long in other] == one


def test_gumbel_and_softmax_both_repeat_with_their_seed():
    model = shakespeare.shipped()
    for gumbel in (False, True):
        first, again = (shakespeare.complete(model, "KING:\n", 60, 0.7, 5, gumbel=gumbel) for _ in range(2))
        assert first == again and len(first) == 60


def test_an_uploaded_network_is_used(small):
    text = shakespeare.complete(shakespeare.network(str(small)), "ab", 30, 1.0, 0, gumbel=False)
    assert set(text) <= set("abc :\n")


@pytest.mark.parametrize("name", ["bad.npz", "bad.safetensors", "bad.txt", "empty.npz"])
def test_what_is_no_network_is_refused_without_a_path(tmp_path, name):
    path = tmp_path / name
    if name == "empty.npz":
        zipfile.ZipFile(path, "w").close()
    else:
        path.write_bytes(b"PK\x03\x04 no network")
    with pytest.raises(UsageError) as error:
        shakespeare.network(str(path))
    assert str(tmp_path) not in str(error.value) and "\n" not in str(error.value)


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("chars.npy", bytes(limits.UNPACKED + 1))
    assert path.stat().st_size < limits.UPLOAD
    with pytest.raises(UsageError):
        shakespeare.network(str(path))


def test_unknown_characters_are_named():
    with pytest.raises(UsageError, match="春"):
        shakespeare.complete(shakespeare.shipped(), "春", 10, 1.0, 0, gumbel=False)


def test_training_learns_and_ends_by_itself():
    moments = list(shakespeare.train("the cat sat on the mat. " * 200, 24, 0.1, 2.0))
    assert moments[-1].done and moments[-1].seconds < 10
    losses = [loss for _, loss in moments[-1].curve]
    assert losses[-1] < losses[0] and set(moments[-1].sample) <= set("the catsonm.")


def test_a_text_too_short_to_train_on_is_refused():
    with pytest.raises(UsageError):
        list(shakespeare.train("abc", 24, 0.1, 1.0))
