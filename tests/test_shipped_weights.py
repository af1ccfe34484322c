"""The weights in the package: whole, small enough, with their provenance, and able to write."""

import hashlib
import json
from importlib.resources import files

import numpy as np
import pytest

from charrnn_core.lab import char_files
from charrnn_core.weights import load
from poetry.prosody.judge import check
from poetry.prosody.table import pingshui
from poetry.text.forms import REGULATED
from poetry.writing import model
from poetry.writing.request import request_for
from poetry.writing.together import write_together
from poetry.writing.writer import Writer

LARGEST = {"lstm": 32e6, "gru": 6e6, "rnn": 6e6}
VALUES = [  # of what is loaded, header and all, from files that were once in another format
    (
        "charrnn_core",
        "weights/shakespeare.safetensors",
        "char-rnn",
        "c967926ba43c06f944b2fc700edc9eb071a2efe622b2eb2f4ed389a2c3fa6919",
    ),
    (
        "poetry.theme",
        "words.safetensors",
        "word vectors",
        "5cc4ad32704db8065f8ff4ace0ef7336e67f4df4fd21cb167eb41ec8a829053d",
    ),
]
COURSE = "日红山夜湖海月君"  # the start characters of the course report


@pytest.mark.parametrize("package", ["poetry", "charrnn_core"])
def test_the_files_are_those_that_were_trained(package):
    folder = files(package).joinpath("weights")
    sums = dict(reversed(line.split()) for line in folder.joinpath("SHA256SUMS").read_text().splitlines())
    found = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.iterdir() if "safetensors" in f.name}
    assert found == sums


@pytest.mark.parametrize(("package", "name", "kind", "sha256"), VALUES)
def test_the_values_are_the_same_bits_whatever_the_format_of_the_file(package, name, kind, sha256):
    arrays, header = load(str(files(package).joinpath(name)), kind=kind)
    found = hashlib.sha256(json.dumps(header, ensure_ascii=False, sort_keys=True).encode())
    for each, array in sorted(arrays.items()):
        found.update(f"{each} {array.dtype.str} {array.shape}".encode() + array.tobytes())
    assert found.hexdigest() == sha256


@pytest.mark.parametrize("cell", model.SHIPPED)
def test_size_and_provenance(cell):
    file = files("poetry").joinpath("weights", f"{cell}.safetensors")
    assert len(file.read_bytes()) <= LARGEST[cell]
    header = load(str(file), kind="poetry")[1]
    assert header["network"]["cell"] == cell
    provenance = header["provenance"]
    assert provenance["note"] and provenance["progress"]["step"] > 0
    assert provenance["settings"]["sources"][0] == "tang"
    assert provenance["settings"]["corpus"]["dataset"] == "chinese-poetry"
    assert np.exp(provenance["progress"]["best_nats"]) < 500


@pytest.fixture(scope="module")
def writers():
    return {cell: Writer(model.shipped(cell)) for cell in model.SHIPPED}


@pytest.mark.parametrize("form", REGULATED, ids=lambda form: form.name)
@pytest.mark.parametrize("cell", model.SHIPPED)
def test_the_course_characters_begin_whole_poems(writers, cell, form):
    requests = [request_for(form, character, candidates=2) for character in COURSE]
    poems = write_together(writers[cell].model, requests, [1] * len(COURSE))
    for character, poem in zip(COURSE, poems, strict=True):
        assert poem.text.startswith(character) and check(poem.lines).verdict == "合律"
        assert [len(line) for line in poem.lines] == [form.length] * form.lines


def test_the_network_was_trained_with_the_slots(writers):
    poems = [writers["lstm"].write(request_for(REGULATED[i % 4], candidates=1), seed=i) for i in range(12)]
    masses = [m for p in poems for slot, m in zip(p.plan.slots, p.allowed_mass, strict=True) if slot.tone]
    assert np.mean(masses) > 0.85  # about 0.5 by chance; what is closed as stale or out of season is not counted


def test_nearly_every_character_has_a_reading(writers):
    vocabulary = writers["lstm"].model.vocabulary
    unknown = [c for c in vocabulary.tokens[vocabulary.first_hanzi :] if c not in pingshui()]
    assert len(unknown) < 40 and len(vocabulary) > 6500


def test_the_shakespeare_network():
    shipped = char_files.shipped()
    assert shipped.parameters.H == 250 and len(shipped.alphabet) == 62
    assert shipped.nats("First Citizen:\nBefore we proceed any further, hear me speak.\n\n") < 2.5
    assert shipped.header["text"] and shipped.header["held_out_nats"] < 2.0
