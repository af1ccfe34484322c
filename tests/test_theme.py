"""Themes: what a person says becomes words of verse, and nothing is dropped in silence."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from charrnn_core.errors import UsageError, WeightsError
from poetry.theme import build, matter, modern, vectors
from poetry.theme.reading import read_theme
from poetry.theme.vectors import WordVectors
from poetry.writing.model import shipped


def _table() -> WordVectors:
    """Four words on two axes: rivers and homesickness; and the Hanzi of some of them."""
    items = ("江上", "送别", "故乡", "相思", "江", "乡", "思")
    angles = np.array([0.0, 0.4, 1.4, 1.5, 0.05, 1.35, 1.55])
    counts = np.array([100, 50, 80, 60, 900, 500, 400])
    return WordVectors(items, np.stack([np.cos(angles), np.sin(angles)], axis=1), counts, 4, 10_000)


def test_words_of_verse_are_taken_as_they_are_and_the_wish_is_left_out() -> None:
    theme = read_theme("我想写一首江上送别的诗", _table())
    assert theme.words == ("送别", "江上")  # the rarer tells more
    assert theme.mapped == () and theme.unknown == ()


def test_a_modern_word_is_mapped_and_shown() -> None:
    assert modern.verses("想念")[0] == "相思"
    theme = read_theme("想念", _table())
    assert theme.words == ("相思",) and theme.mapped == (("想念", "相思"),)
    assert "想念→相思" in theme.describe()


def test_a_word_without_an_entry_goes_to_the_nearest_meaning() -> None:
    theme = read_theme("乡曲", _table())
    assert theme.words in (("故乡",), ("相思",)) and theme.mapped[0][0] == "乡曲"


def test_what_is_not_understood_is_named() -> None:
    theme = read_theme("江上的氧化钙", _table())
    assert theme.words == ("江上",) and theme.unknown == ("氧化钙",) and "氧化钙" in theme.describe()
    for text, says in (
        ("氧化钙", "氧化钙"),
        ("我想写一首诗", "nothing to write about"),
        ("hello", "nothing"),
        ("", "nothing"),
    ):
        with pytest.raises(UsageError, match=says):
            read_theme(text, _table())
    with pytest.raises(UsageError, match="200"):
        read_theme("江" * 201, _table())


def test_a_longer_word_is_understood_by_its_pieces() -> None:
    assert "想念感" not in modern.words()
    assert read_theme("想念感", _table()).words == ("相思",)  # jieba keeps it in one piece or cuts it: either way


def test_what_is_not_chinese_is_named_too() -> None:
    theme = read_theme("江上 abc，の 42", _table())
    assert theme.words == ("江上",) and theme.unknown == ("abc", "の", "42")


def test_what_is_only_near_in_meaning_is_taken_where_there_is_nothing_else() -> None:
    assert read_theme("乡曲", _table()).words in (("故乡",), ("相思",))  # no word of the table
    theme = read_theme("乡曲，江上", _table())
    assert theme.words == ("江上",) and theme.left == ("乡曲",) and "乡曲" in theme.describe()
    # What was said itself is no guess, though another word is near to it.
    assert read_theme("乡曲 江上 相思 故乡", _table()).words == ("相思", "故乡", "江上")


def test_how_many_is_no_theme_where_something_is_named() -> None:
    assert read_theme("六十岁生日").words == ("生日",) and read_theme("儿子第一次考试").words[-1] != "第一"
    assert "第一" not in read_theme("第一次约会").words and read_theme("第一").words == ("第一",)
    assert "一个" not in read_theme("健身一个月没瘦").words
    assert read_theme("六十岁生日").left == ("六十岁",)  # told, not dropped in silence
    assert read_theme("三峡").words == ("三峡",)


def test_no_more_words_than_the_network_was_trained_with() -> None:
    theme = read_theme("江上 送别 故乡 相思", _table())
    assert len(theme.words) == 3 and theme.left == ("江上",) and "江上" in theme.describe()


def test_traditional_script_is_read() -> None:
    assert read_theme("送別", _table()).words == ("送别",)


def test_every_line_of_the_modern_table_is_whole() -> None:
    rows = [
        row.split("\t") for row in files("poetry.theme").joinpath(modern.FILE).read_text(encoding="utf-8").splitlines()
    ]
    vocabulary = shipped().vocabulary
    assert [row[0] for row in rows] == sorted({row[0] for row in rows}) and len(rows) > 1500
    for word, *cells in rows:
        verses, fits, jars = (cell.split() for cell in cells)
        assert verses and all(c in vocabulary for verse in (*verses, *fits, *jars) for c in verse), word
        assert len({*fits, *jars}) == len(fits) + len(jars) and all(len(said) <= 2 for said in (*fits, *jars)), word


def test_a_modern_word_has_its_own_matter() -> None:
    theme = read_theme("手机")
    assert theme.modern == ("手机",) and theme.words == modern.verses("手机")[:1]
    (subject,) = matter.subjects("".join(theme.words), theme.modern)
    assert subject.name == "手机" and subject.fits == tuple(modern.matter()["手机"].split("\t")[0].split())
    assert read_theme("明月").modern == ()
    (titled,) = matter.subjects("手机")  # a title that is a word of today
    assert titled == subject and titled.modern


def test_a_piece_of_a_longer_word_brings_its_matter() -> None:
    assert "毕业晚会" not in modern.words() and read_theme("毕业晚会").modern == ("毕业",)


def test_a_word_of_titles_is_taken_as_it_is() -> None:
    assert matter.knows("乡思") and read_theme("乡思", _table()).words == ("乡思",)


def test_neighbours_share_a_meaning() -> None:
    table = vectors.shipped()
    assert table.words > 5000 and table.vectors.shape[1] == build.K
    for word, near in {"明月": {"月明", "月色", "月华"}, "佳人": {"美人", "罗衣", "红粉"}}.items():
        found = {w for w, _ in table.nearest(table.meaning(word), 20)}
        assert word in found and near <= found, found


def test_a_foreign_table_is_refused(tiny_weights: Path) -> None:
    with pytest.raises(WeightsError, match="word vectors"):
        vectors.load(tiny_weights)


def test_ppmi_and_its_reduction_keep_what_goes_together() -> None:
    """Two groups of items that share contexts within the group only."""
    counts = np.zeros((6, 8), dtype=np.float32)
    counts[:3, :4], counts[3:, 4:] = 5, 7
    expected = np.log(counts.sum() * counts / (counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True)) + 1e-30)
    matrix = build.ppmi(counts.copy())
    np.testing.assert_allclose(matrix, np.maximum(expected, 0), atol=1e-5)
    reduced = build.reduced(matrix, 2)
    unit = reduced / np.linalg.norm(reduced, axis=1, keepdims=True)
    same, other = (unit @ unit.T)[:3, :3], (unit @ unit.T)[:3, 3:]
    assert same.min() > 0.99 and np.abs(other).max() < 0.01


def test_shared_poems_are_counted() -> None:
    poems = [["春江花月", "山水云风"], ["春江山月", "雨天人年"]]
    number, contexts = {"春江": 0, "月": 1}, {"山": 0, "月": 1, "雨": 2}
    np.testing.assert_array_equal(build.shared(poems, number, contexts), [[2, 2, 1], [2, 0, 1]])
