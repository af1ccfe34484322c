"""Lists of wishes: three ways to write one; a row that cannot be read says so and spoils no other."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn_core.errors import Phrase, UsageError
from poetry.batch.prompts import COLUMNS, NUMBERS, ColumnError, Prompt, prompts
from poetry.batch.running import Source
from poetry.batch.wishes import request_of, seed_of
from poetry.text.forms import QIJUE, WULU
from poetry.writing.order import FEW, Order

SETTINGS = Order(seed=5, candidates=FEW)


def _read(text: str) -> list[Prompt]:
    return list(prompts(io.StringIO(text, newline="")))


def test_plain_rows_are_beginnings() -> None:
    assert _read("\n春\r\n\r\n 秋月 \n") == [Prompt(2, {"head": "春"}), Prompt(4, {"head": "秋月"})]
    assert _read("\n \n") == []


def test_csv_has_named_columns_and_lines_of_the_file() -> None:
    text = 'form,head,at,temperature\n五律,春,2,0.5\n\n七绝,"江,南",x,\n\n,,,\n五绝\n五绝,春,1,1,1\n七绝,月\n'
    assert _read(text) == [
        Prompt(2, {"form": "五律", "head": "春", "at": 2, "temperature": 0.5}),
        Prompt(4, {"form": "七绝", "head": "江,南", "at": "x"}),
        Prompt(7, {"form": "五绝"}),
        Prompt(
            8, error=Phrase("the row has {cells} cells, but there are {columns} columns; mend it", cells=5, columns=4)
        ),
        Prompt(9, {"form": "七绝", "head": "月"}),
    ]


def test_a_quotation_mark_that_is_not_closed_spoils_its_own_row_only() -> None:
    found = _read('head,title\n"春,\n秋,月\n')
    assert [prompt.line for prompt in found] == [2, 3] and "no CSV" in str(found[0].error)
    assert found[1].fields == {"head": "秋", "title": "月"}


def test_bytes_that_the_locale_took_apart_are_put_together() -> None:
    head = "春".encode().decode("ascii", "surrogateescape")
    assert request_of({"head": head}, SETTINGS).wish.forced == {(0, 0): "春"}


@pytest.mark.parametrize("header", ["head,nonsense", "head,head", "form,"])
def test_an_unknown_column_is_refused(header: str) -> None:
    with pytest.raises(ColumnError, match="choose among head theme"):
        _read(f"{header}\n春,x\n")


def test_json_lines_and_what_is_wrong_with_them() -> None:
    rows = ['{"head": "春", "seed": 7, "form": null}', "", '{"head": 1}', "{", "[]", '{"x": 1}', '{"at": true}', "春"]
    found = _read("\n".join(rows))
    assert found[0] == Prompt(1, {"head": "春", "seed": 7})
    assert [prompt.line for prompt in found] == [1, 3, 4, 5, 6, 7, 8]
    words = ["head must be text", "no JSON", "no JSON object", "no field 'x'", "at must be a number", "no JSON"]
    assert all(word in str(prompt.error) for word, prompt in zip(words, found[1:], strict=True))
    assert "nested too deeply" in str(_read('{"head": ' + "[" * 100_000)[0].error)


VALUES = {
    name: st.integers(0, 99) if name in NUMBERS else st.sampled_from(["春", "江南", "a,b", '"']) for name in COLUMNS
}


@given(
    st.lists(
        st.fixed_dictionaries({"form": st.just("七绝")}, optional={k: v for k, v in VALUES.items() if k != "form"}),
        min_size=1,
    )
)
def test_json_and_csv_say_the_same(rows: list[dict]) -> None:
    import csv

    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    from_csv = [prompt.fields for prompt in _read(file.getvalue())]
    assert from_csv == [prompt.fields for prompt in _read("\n".join(map(json.dumps, rows)))] == rows


def test_fields_become_a_request() -> None:
    request = request_of({"head": "春", "form": "五律", "rhyme": "尤", "temperature": 0.5, "title": "江樓"}, SETTINGS)
    assert request.form == WULU and request.wish is not None
    assert (request.wish.rhyme, request.wish.forced, request.title) == (26, {(0, 0): "春"}, "江楼")
    assert (request.sampling.temperature, request.sampling.top_p, request.candidates) == (0.5, 0.9, 16)
    assert request_of({}, SETTINGS).form == QIJUE
    assert request_of({"form": "五排", "lines": 12.0}, SETTINGS).form.lines == 12


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"at": "x", "acrostic": "春夏秋冬"}, "no whole number"),
        ({"at": 1.5, "acrostic": "春夏秋冬"}, "no whole number"),
        ({"lines": float("nan")}, "no whole number"),
        ({"lines": float("inf")}, "no whole number"),
        ({"temperature": "warm"}, "no number"),
        ({"temperature": float("nan")}, "temperature must be"),
        ({"head": "\udcff"}, "the beginning of the poem holds half of a character"),
        ({"theme": "\ud800"}, "the theme holds half of a character"),
        ({"title": "月\udfff"}, "the title holds half of a character"),
        ({"acrostic": "\ud800"}, "the acrostic holds half of a character"),
        ({"theme": "江\0边"}, r"the theme holds U\+0000, which is no character"),
        ({"title": "月\ufffd"}, r"the title holds U\+FFFD, which is no character"),
        ({"form": "\ud800"}, "unknown form '\\\\\\\\ud800'"),
        ({"rhyme": "\ud800"}, "unknown rhyme"),
        ({"form": "八绝"}, "unknown form"),
        ({"theme": "月", "title": "月"}, "not both"),
    ],
)
def test_a_field_that_is_wrong_is_named(fields: dict, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        request_of(fields, SETTINGS)


def test_every_row_and_every_attempt_has_its_own_seed() -> None:
    seeds = {seed_of({}, SETTINGS, row, attempt) for row in range(300) for attempt in range(3)}
    assert len(seeds) == 900 and all(0 <= seed < 1 << 53 for seed in seeds)
    assert seed_of({}, SETTINGS, 1) == seed_of({}, SETTINGS, 1) != seed_of({}, Order(seed=6), 1)
    assert seed_of({"seed": 7}, SETTINGS, 1) == 7 != seed_of({"seed": 7}, SETTINGS, 1, attempt=1)
    for wrong in (-1, 1 << 63, "x"):
        with pytest.raises(UsageError):
            seed_of({"seed": wrong}, SETTINGS, 0)


def test_a_list_in_gbk_is_read_and_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("head,form\n春,五绝\n秋,七绝\n".encode("gb18030"))
    source = Source.of(path)
    wanted = [{"head": "春", "form": "五绝"}, {"head": "秋", "form": "七绝"}]
    assert [prompt.fields for prompt in source.prompts()] == wanted
    assert "GB18030" in capsys.readouterr().err and source.rows == 2


def test_a_damaged_byte_does_not_make_a_list_gbk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes("春\n秋\n".encode() + "冬".encode()[:2] + b"\n")
    assert [prompt.fields["head"] for prompt in Source.of(path).prompts()][:2] == ["春", "秋"]
    assert capsys.readouterr().err == ""
