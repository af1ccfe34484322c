"""The Shakespeare tab's questions: bounded, repeatable, and careful with what is uploaded."""

import zipfile

import numpy as np
import pytest

from apps import limits, shakespeare
from apps.tabs.shakespeare import _trained
from charrnn_core.errors import UsageError
from charrnn_core.lab import char_files
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.interpret.reach import back_from
from charrnn_core.lab.vanilla import initial
from tests.fuzz.readers import READERS


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
    path.write_bytes(READERS["uploaded-snapshot"].seeds()[0])
    assert shakespeare.size(shakespeare.network(str(path))) == (3, 2)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("more.npy", bytes(limits.UNPACKED))
    assert path.stat().st_size < limits.UPLOAD
    with pytest.raises(UsageError):
        shakespeare.network(str(path))


def test_unknown_characters_are_named():
    with pytest.raises(UsageError, match="春"):
        shakespeare.complete(shakespeare.shipped(), "春", 10, 1.0, 0, gumbel=False)


def test_training_learns_and_ends_by_itself():
    moments = list(shakespeare.train("the cat sat on the mat. " * 200, 24, 0.1, 2.0))
    assert moments[-1].done and moments[-1].seconds < 10
    records = moments[-1].records
    assert records[-1]["smooth"] < records[0]["smooth"] and set(records[-1]["sample"]) <= set("the catsonm.")
    assert all(record["gradient_norm"] > 0 and record["update_to_weight"]["Whh"] > 0 for record in records)
    shown = _trained(moments[-1])
    assert shown.count("<polyline") == 1 + 1 + 3 and 1 < shown.count("<pre") <= 4


def test_the_reach_of_a_gradient_is_that_of_the_place():
    model = shakespeare.shipped()
    text = "Shall I compare thee to a summer's day?"
    norms = shakespeare.reach(model, text, 20)
    assert np.allclose(norms, back_from(model, text, 20)) and len(norms) == 21
    assert norms.argmax() > 10 > norms.argmin()  # what stands near counts most
    with pytest.raises(UsageError, match="春"):
        shakespeare.reach(model, text + "春", 3)


def test_similar_passages_come_with_what_the_unit_does():
    model = shakespeare.shipped()
    found = shakespeare.alike(model, "MENENIUS:\n", 10)
    assert len(found["activation"]) == 10 and len(found["passages"]) == 8
    nearest = found["passages"][0]
    own = np.sqrt(np.mean((np.array(nearest["activation"]) - found["activation"]) ** 2))
    assert nearest["distance"] == pytest.approx(own, abs=1e-6)
    for bad in (("", 10), ("a", 250), ("a", 1.5)):
        with pytest.raises(UsageError):
            shakespeare.alike(model, *bad)


def test_a_text_too_short_to_train_on_is_refused():
    with pytest.raises(UsageError):
        list(shakespeare.train("abc", 24, 0.1, 1.0))
