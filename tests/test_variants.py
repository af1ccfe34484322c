"""Variants are read as standard characters, lose no rhyme, and their rows fall together when training goes on."""

import json
from pathlib import Path

import numpy as np
import pytest

from charrnn_core import weights
from charrnn_core.errors import WeightsError
from poetry import train
from poetry.batch import __main__ as batch
from poetry.corpus.clean import CleanPoem, clean
from poetry.corpus.encoding import encode
from poetry.corpus.prepare import prepare
from poetry.corpus.read import RawPoem
from poetry.corpus.split import PARTS, part_of
from poetry.prosody.table import GROUP_NAMES, pingshui
from poetry.text.forms import BY_NAME
from poetry.text.hanzi import simplify, to_simplified
from poetry.text.variants import APART, rows, standard, table
from poetry.text.vocab import Vocabulary
from poetry.training.rows import BIAS, EMBEDDING, merge_rows
from poetry.writing import model

READ = (  # from 第一批异体字整理表 and dictionaries
    "疎疏 簷檐 劒剑 鶑莺 秪只 鴈雁 徧遍 慙惭 粧妆 鬭斗 媿愧 蘂蕊 僊仙 臯皋 猨猿 珮佩 巵卮 鼇鳌 "
    "煖暖 櫂棹 牋笺 覩睹 隣邻 堦阶 飜翻 麤粗 磵涧 讐雠 疋匹 慇殷 懃勤 髣仿 髴佛 徬彷 袴裤 拏拿 "
    "羇羁 崐昆 驩欢 隠隐 髪发 歳岁 沢泽 桜樱 広广 気气 両两 "
)
# Where 通用规范汉字表 (2013), by which the table goes, and GB 2312 (1980) part: no longer standard, standard since.
NO_LONGER, SINCE = set("垅熳疋箝舡飚巛砦"), set("㴔䗖亸剕噂坰尨崒廋敩斝昒棁槚熇皞硁簠羖耇耰藟裈赪蹢醾钘馃鬒齁")
BOTH = set("乾於麽徵脩釐蒐")  # standard in one reading (乾坤, 角徵羽, 束脩), traditional in another


@pytest.mark.parametrize("pair", READ.split())
def test_a_variant_is_read_as_its_standard_character(pair: str) -> None:
    assert simplify(pair[0]) == pair[1]
    assert simplify(pair[1]) == pair[1]


def test_what_means_something_else_or_has_no_standard_form_stays() -> None:
    stay = "㶉𫛶祇祗椀堃俛瓈寘斲枿讙妳殽岧"
    assert simplify(stay) == stay
    names = "".join(GROUP_NAMES) + "".join(BY_NAME)
    assert simplify(names) == names  # a rhyme or a form is asked for by its name


def test_traditional_and_variant_characters_of_one_text_are_read_alike() -> None:
    assert simplify("簷前踈雨鬭劒聲，髣髴隣家煖酒觴。") == "檐前疏雨斗剑声，仿佛邻家暖酒觞。"
    assert standard("檐前疏雨") == "檐前疏雨"


def test_the_table_has_no_chain_and_no_character_twice() -> None:
    pairs = [pair for source, entries in rows() if source != APART for pair in entries]
    apart = {character for source, entries in rows() if source == APART for character in entries}
    variants, targets = [pair[0] for pair in pairs], {pair[1] for pair in pairs}
    assert all(len(pair) == 2 for pair in pairs)
    assert len(variants) == len(set(variants)) == len(table()) > 1200
    assert not targets & set(variants)
    assert not apart & set(variants)
    assert all(to_simplified(character) == character for character in targets)


def test_variants_are_no_standard_characters_and_what_they_become_is() -> None:
    assert {variant for variant in table() if _in_gb2312(variant)} == NO_LONGER
    assert {character for character in table().values() if not _in_gb2312(character)} == SINCE


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def test_no_row_of_unihan_loses_a_rhyme() -> None:
    readings = pingshui()
    pairs = [pair for source, entries in rows() if source == "unihan" for pair in entries]
    assert len(pairs) > 400
    assert [pair for pair in pairs if not set(readings.get(pair[0], ())) <= set(readings.get(pair[1], ()))] == []


@pytest.mark.parametrize("cell", model.SHIPPED)
def test_nothing_that_may_be_written_has_a_standard_simplified_form(cell: str) -> None:
    vocabulary = model.shipped(cell).vocabulary
    written = {vocabulary.tokens[i] for i in np.flatnonzero(vocabulary.writable)}
    assert len(written) > 6000 and not {character for character in written if simplify(character) != character} - BOTH


@pytest.mark.parametrize("count", [8, pytest.param(2000, marks=pytest.mark.slow)])
def test_poems_hold_no_character_that_has_a_standard_simplified_form(count: int, tmp_path: Path) -> None:
    out = tmp_path / "poems.jsonl"
    assert batch.main(["--count", str(count), "--candidates", "1", "--seed", "17", "-o", str(out)]) == 0
    texts = [json.loads(row)["text"] for row in out.read_text(encoding="utf-8").splitlines()]
    written = set("".join(texts))
    assert len(texts) == count and not {character for character in written if simplify(character) != character} - BOTH


def test_a_poem_stays_in_its_part_when_its_variants_are_merged() -> None:
    (poem,) = clean(iter([RawPoem("own", "堦", "", "簷前風月花，隣家有水聲。")]))
    assert (poem.title, poem.text) == ("阶", "檐前风月花，邻家有水声。")
    assert (part_of("簷前风月花，隣家有水声。"), part_of(poem.text)) == ("test", "train")
    encoded = encode(
        [poem, CleanPoem("own", "", "", "白日依山尽，黄河入海流。", "白日依山尽，黄河入海流。")], provenance={}
    )
    assert [PARTS[part] for part in encoded.part] == ["test", "train"]


def test_the_corpus_says_how_often_it_held_each_variant(tmp_path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("簷前簷下雨，簷外一聲鶯。\n春風吹綠水，歳歳有人行。\n", encoding="utf-8")
    assert prepare(text=path).provenance["variants"] == {"簷": 3, "歳": 2}


OLD = ["<pad>", "<unk>", "山", "疎", "疏", "丢", "踈"]
ROWS = {
    EMBEDDING: np.array([[0, 0], [9, 1], [1, 2], [4, 0], [0, 4], [7, 7], [8, 8]], dtype=np.float32),
    BIAS: np.array([0, -1, 1, 2, 6, 7, -2], dtype=np.float32),
    "network.repeat": np.arange(2, dtype=np.float32),
}


def test_rows_that_fall_together_are_averaged_by_frequency() -> None:
    new = ["<pad>", "<unk>", "疏", "山"]
    found = merge_rows(ROWS, OLD, new, {"山": 50, "疎": 30, "疏": 60, "丢": 3, "踈": 10})
    assert found[EMBEDDING].dtype == found[BIAS].dtype == np.float32
    np.testing.assert_allclose(found[EMBEDDING], [[0, 0], [9, 1], [2, 3.2], [1, 2]])
    np.testing.assert_allclose(found[BIAS], [0, -1, 4, 1])
    assert found["network.repeat"] is ROWS["network.repeat"]


def test_new_tokens_start_as_the_unknown_one_and_share_its_probability() -> None:
    found = merge_rows(ROWS, OLD, ["<pad>", "<unk>", "海", "山", "川"], {})
    np.testing.assert_array_equal(found[EMBEDDING], [[0, 0], [9, 1], [9, 1], [1, 2], [9, 1]])
    np.testing.assert_allclose(np.exp(found[BIAS][[1, 2, 4]]).sum(), np.exp(-1), rtol=1e-6)
    assert found[BIAS][3] == 1


@pytest.mark.parametrize(
    "arrays", [{}, ROWS | {BIAS: np.zeros(6, np.float32)}, ROWS | {EMBEDDING: np.zeros((6, 2), np.float32)}]
)
def test_rows_that_do_not_fit_their_vocabulary_are_refused(arrays: dict[str, np.ndarray]) -> None:
    with pytest.raises(WeightsError, match="own vocabulary"):
        merge_rows(arrays, OLD, ["<pad>", "<unk>"], {})


def test_training_starts_from_a_weights_file_of_another_vocabulary(
    own_corpus, tiny_weights, vocabulary: Vocabulary, tmp_path
) -> None:
    """The tiny network's rows come over, dequantised, in the corpus's order; a rate of nearly nothing keeps them."""
    arguments = ["--data", str(own_corpus), "--out", str(tmp_path / "run"), "--init", str(tiny_weights), "--steps", "1"]
    sizes = ["--embedding", "8", "--hidden", "12", "--attention", "64", "--learning-rate", "1e-12", "--threads", "1"]
    assert train.main([*arguments, *sizes]) == 0
    before, _ = weights.load(tiny_weights, kind="poetry")
    after, header = weights.load(tmp_path / "run" / "checkpoint.safetensors", kind="poetry-checkpoint")
    assert tuple(header["vocabulary"]) != vocabulary.tokens
    old = [vocabulary.id(token) for token in header["vocabulary"]]
    np.testing.assert_allclose(after[EMBEDDING], before["embedding.weight"][old], atol=1e-9)
    np.testing.assert_allclose(after["network.features_in"], before["features_in"], atol=1e-9)
