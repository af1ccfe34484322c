"""Encoding and batches: slots line up with the tokens that fill them, and nothing leaks from test to training."""

from pathlib import Path

import numpy as np
import pytest

from charrnn_core.errors import DataError
from poetry.corpus import batches, encoding, keywords
from poetry.corpus.batches import assemble, epoch_order, evaluation_batches, training_batches
from poetry.corpus.clean import CleanPoem
from poetry.corpus.encoding import Encoded, encode
from poetry.corpus.split import PARTS, part_of
from poetry.prosody import observed
from poetry.prosody.heard import LEVEL, OBLIQUE, tone_set
from poetry.prosody.table import GROUP_NAMES
from poetry.prosody.tones import Tone
from poetry.slots.features import LINE, PLACE, RHYME, TONES, line_features
from poetry.text.forms import FORMS
from poetry.text.vocab import BODY, END, KEY, START, TITLE, UNKNOWN, Vocabulary
from poetry.training.data import load

TOWER = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
QINGMING = ["清明时节雨纷纷", "路上行人欲断魂", "借问酒家何处有", "牧童遥指杏花村"]
VIEW = ["国破山河在", "城春草木深", "感时花溅泪", "恨别鸟惊心", "烽火连三月", "家书抵万金", "白头搔更短", "浑欲不胜簪"]


@pytest.fixture(scope="module")
def corpus(own_corpus: Path) -> Encoded:
    return load(own_corpus)


def test_rhyme_groups_and_tones_are_read_back() -> None:
    lines = encoding.split_lines(TOWER)
    groups = observed.rhyme_groups(lines)
    assert [GROUP_NAMES[g] for g in groups] == ["", "十一尤", "", "十一尤"]
    rows = observed.tones(lines, groups)
    # 更 has both tones and stands where the pattern leaves it free: undecided
    assert ["".join("*PZ"[t] for t in row) for row in rows] == ["ZZPPZ", "PPZZP", "ZPPZZ", "*ZZPP"]


def test_a_doubtful_character_takes_the_tone_of_its_pattern() -> None:
    rows = observed.tones(VIEW, observed.rhyme_groups(VIEW))
    assert rows[7][3] == Tone.LEVEL  # 胜 has both tones; 浑欲不胜簪 needs the level one
    assert {GROUP_NAMES[g] for g in observed.rhyme_groups(VIEW)[1::2]} == {"十二侵"}
    assert [GROUP_NAMES[g] for g in observed.rhyme_groups(QINGMING)] == ["", "十三元", "", "十三元"]


def test_a_doubtful_character_of_a_quatrain_of_sevens_and_of_what_is_none() -> None:
    lines = ["朝辞白帝彩云间", "千里江陵一日还", "两岸猿声啼不住", "轻舟已过万重山"]
    assert tone_set("过") == LEVEL | OBLIQUE
    assert observed.tones(lines, [0] * 4)[3][3] == Tone.OBLIQUE
    assert observed.tones(lines[1:], [0] * 3)[2][3] == Tone.ANY  # three lines are no poem of a pattern


def test_unknown_rhymes_are_none() -> None:
    assert observed.rhyme_groups(["春江花月", "天地人龘"]) == [0, 0]


def test_text_comes_back(corpus: Encoded, own_corpus: Path) -> None:
    texts = [line.split(":")[-1] for line in own_corpus.read_text(encoding="utf-8").splitlines()]
    for index, text in enumerate(texts):
        shown = corpus.text(index)
        kept = [c if c in corpus.vocabulary else "<unk>" for c in text]
        assert shown == "".join(kept)
        assert FORMS[corpus.form[index]].name == ("五绝", "七绝")[index % 2]


@pytest.mark.parametrize("marked", ["train", "validation", "test"])
def test_the_vocabulary_and_the_key_words_come_from_training_poems_only(marked: str) -> None:
    """In one part every poem begins with 龘靐; a poem's part is that of its text as printed, which stays."""
    rng = np.random.default_rng(0)
    alphabet = list("春江花月夜山水云风雨天人年日光中东南西北")
    poems = []
    for _ in range(5000):
        lines = ["".join(rng.choice(alphabet, 5)) for _ in range(4)]
        printed = "{}，{}。{}，{}。".format(*lines)
        text = f"龘靐{printed[2:]}" if part_of(printed) == marked else printed
        poems.append(CleanPoem("own", "", "", text, printed))
    found = encode(poems, min_count=1, provenance={})
    assert (found.part == PARTS.index(marked)).sum() >= keywords.MIN_COUNT
    assert ("龘" in found.vocabulary) == (marked == "train")
    everything = Vocabulary.fit((poem.text for poem in poems), 1)
    known = encode(poems, min_count=1, provenance={}, vocabulary=everything)
    assert (known.keys == everything.id("龘")).any() == (marked == "train")


def test_key_words_recur_at_word_places_rarest_first() -> None:
    poems = [["明月松间照", "清泉石上流"]] * 30 + [["明月天地人", "日光山水云"]] * 30
    words = keywords.lexicon(poems)
    assert words["明月"] == 60
    assert words["清泉"] == 30
    assert "月松" not in words  # straddles the pause
    assert keywords.draw(["明月松间照", "龘龘石上流"], words)[-1] == "明月"


def test_save_and_load(corpus: Encoded, tmp_path: Path) -> None:
    encoding.save(tmp_path / "c.npz", corpus)
    again = encoding.load(tmp_path / "c.npz")
    assert again.vocabulary.tokens == corpus.vocabulary.tokens
    assert again.provenance == corpus.provenance
    for name in ("tokens", "offsets", "tone", "rhyme", "keys", "part", "titles"):
        np.testing.assert_array_equal(getattr(again, name), getattr(corpus, name))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 1000])
def test_a_damaged_encoded_corpus_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"c\.npz"):
        encoding.load(tmp_path / "c.npz")


def test_object_arrays_are_never_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "c.npz", header=np.array([print], dtype=object))
    with pytest.raises(DataError, match="damaged"):
        encoding.load(tmp_path / "c.npz")


def test_a_training_sequence_reads_as_documented(corpus: Encoded) -> None:
    v = corpus.vocabulary
    titled = int(np.flatnonzero(np.diff(corpus.title_offsets) > 0)[0])
    plain = int(np.flatnonzero(np.diff(corpus.title_offsets) == 0)[0])
    batch = assemble(corpus, np.array([titled, plain]), np.array([1, 1]), None)
    read, bare = batch.inputs[:, 0].tolist(), batch.inputs[:, 1].tolist()
    title = corpus.titles[corpus.title_offsets[titled] : corpus.title_offsets[titled + 1]].tolist()
    form = v.form_id(FORMS[corpus.form[titled]])
    assert read[: 4 + len(title)] == [START, form, TITLE, *title, BODY]
    assert bare[2] == BODY
    body = corpus.tokens[corpus.offsets[titled] : corpus.offsets[titled + 1]].tolist()
    assert batch.targets[batch.weights[:, 0], 0].tolist() == [*body, END]


def test_features_describe_the_slot_that_the_target_fills(corpus: Encoded) -> None:
    poem = 3  # a 七绝
    batch = assemble(corpus, np.array([poem]), np.array([0]), None, features=True)
    features, counted = batch.features[:, 0], batch.weights[:, 0]
    expected = []
    span = slice(corpus.offsets[poem], corpus.offsets[poem + 1])
    tone, rhyme = corpus.tone[span], corpus.rhyme[span]
    for line in range(4):
        expected += line_features(line, 7, tone[8 * line : 8 * line + 7], int(rhyme[8 * line])).tolist()
    assert features[counted].tolist() == [*expected, [1, 4, 0, 0, 0, 0, 0]]
    assert (features[~counted] == 0).all()


def test_without_features_only_place_and_line_are_told(corpus: Encoded) -> None:
    batch = assemble(corpus, np.arange(6), np.zeros(6, int), None)
    assert (batch.features[..., [TONES, RHYME]] == 0).all()
    assert batch.features[..., PLACE].max() == 8


def test_the_end_looks_like_the_beginning_of_a_next_line(corpus: Encoded) -> None:
    batch = assemble(corpus, np.array([0]), np.array([0]), None)
    end = np.flatnonzero(batch.targets[:, 0] == END)[0]
    starts = batch.features[batch.features[:, 0, PLACE] == 1][:, 0]
    assert batch.features[end, 0].tolist() == [1, 4, 0, 0, 0, 0, 0]
    assert set(starts[:, LINE].tolist()) == {0, 1, 2, 3, 4}


def test_dropping_forgets_whole_poems_and_single_slots(corpus: Encoded) -> None:
    poems = np.tile(np.arange(100), 4)
    batch = assemble(corpus, poems, np.zeros(400, int), np.random.default_rng(0))
    told = (batch.features[..., TONES] > 0).any(axis=0)
    share = 1 - batches.DROP_BOTH - batches.DROP_TONES
    assert abs(told.mean() - share) < 0.08
    full = assemble(corpus, poems, np.zeros(400, int), None, features=True)
    kept = (batch.features[:, told][..., TONES] == full.features[:, told][..., TONES]).mean()
    assert 0.5 < kept < 0.98


def test_an_epoch_holds_every_poem_once_and_a_resumed_one_goes_on(corpus: Encoded) -> None:
    poems = corpus.select("train", ("own",))
    order, _ = epoch_order(corpus, poems, 400, 1, 0)
    assert sorted(np.concatenate(order).tolist()) == poems.tolist()
    assert [b.tolist() for b in epoch_order(corpus, poems, 400, 1, 1)[0]] != [b.tolist() for b in order]
    whole = list(training_batches(corpus, poems, tokens=400, seed=1, epoch=0, first=0))
    rest = list(training_batches(corpus, poems, tokens=400, seed=1, epoch=0, first=3))
    assert len(rest) == len(whole) - 3
    for one, two in zip(whole[3:], rest, strict=True):
        np.testing.assert_array_equal(one.inputs, two.inputs)
        np.testing.assert_array_equal(one.features, two.features)
    assert max(b.inputs.size for b in whole) <= 400


def test_evaluation_sees_every_token_once(corpus: Encoded) -> None:
    poems = corpus.select("train", ("own",))
    seen = np.concatenate([b.targets[b.weights] for b in evaluation_batches(corpus, poems, tokens=700)])
    expected = np.concatenate([[*corpus.tokens[corpus.offsets[p] : corpus.offsets[p + 1]], END] for p in poems])
    assert sorted(seen.tolist()) == sorted(expected.tolist())


def test_a_long_poem_is_cut_at_a_line_and_then_has_no_end() -> None:
    text = "".join("春江花月夜" + mark for _ in range(40) for mark in "，。")
    poems = [
        CleanPoem("own", "", "", "天地人" + text, text),
        *[CleanPoem("own", "", "", text[: 12 * k], text) for k in range(1, 30)],
    ]
    corpus = encode(poems, min_count=1, provenance={})
    batch = assemble(corpus, np.array([0]), np.array([0]), np.random.default_rng(0))
    targets = batch.targets[batch.weights[:, 0], 0]
    assert batches.LONGEST - 6 < len(targets) <= batches.LONGEST
    assert corpus.vocabulary.tokens[targets[-1]] in "，。"
    whole = assemble(corpus, np.array([0]), np.array([0]), None)
    assert whole.weights.sum() == len(text) + 4
    assert UNKNOWN not in whole.targets[whole.weights]


def test_key_words_in_a_prefix(corpus: Encoded) -> None:
    keys = np.zeros_like(corpus.keys)
    keys[0, :2] = [[30, 31], [32, 33]]
    given = Encoded(**{**vars(corpus), "keys": keys})
    batch = assemble(given, np.array([0]), np.array([4]), None)
    assert batch.inputs[2:8, 0].tolist() == [KEY, 30, 31, KEY, 32, 33]
    assert batch.inputs[8, 0] == BODY


def test_a_source_named_twice_counts_twice(corpus: Encoded) -> None:
    once, twice = corpus.select("train", ["own"]), corpus.select("train", ["own", "own"])
    assert len(once) and np.array_equal(np.repeat(once, 2), twice)
    assert len(corpus.select("train", ["tang"])) == 0
