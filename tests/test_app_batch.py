"""Batch: text and CSV become wishes; a bad row says why and spoils no other."""

import csv
import io
import json
from pathlib import Path

import pytest

from apps import batch, limits
from apps.shared import Shared
from apps.tabs.batch import _read
from charrnn_core.errors import UsageError
from poetry.batch.running import Source


def test_plain_rows_are_beginnings():
    assert [row.fields for row in batch.rows("春\n\n 秋月 \n")] == [{"head": "春"}, {"head": "秋月"}]


def test_csv_rows_have_named_columns():
    found = [row.fields for row in batch.rows("head,form,seed,temperature\n春,五律,7,0.5\n,七绝,,\n")]
    assert found == [{"head": "春", "form": "五律", "seed": 7, "temperature": 0.5}, {"form": "七绝"}]


@pytest.mark.parametrize("text", ["", "\n \n", "head,nonsense\n春,x", "head,head\n春,夏", "head,form\n"])
def test_what_is_no_list_is_refused(text):
    with pytest.raises(UsageError):
        batch.rows(text)


def test_too_many_rows_are_refused():
    with pytest.raises(UsageError, match=str(limits.ROWS)):
        batch.rows("春\n" * (limits.ROWS + 1))


def test_a_bad_row_says_why_and_the_others_are_written(monkeypatch):
    wishes = batch.rows("head,seed,at\n春,1,\n<script>,2,\n秋,x,\n月,-4,\n云,5,1,1")
    records = list(batch.write(wishes, "七绝", "lstm"))
    assert [record["row"] for record in records] == [1, 2, 3, 4, 5]
    assert records[0]["text"].startswith("春")
    assert all("error" in record for record in records[1:])


def test_both_formats_hold_every_record():
    records = [{"row": 1, "form": "五绝", "text": "春，", "seed": 1, "score": -1.0}, {"row": 2, "error": "=1+1"}]
    assert [json.loads(line) for line in batch.as_json_lines(records).decode().splitlines()] == records
    found = list(csv.DictReader(io.StringIO(batch.as_csv(records).decode("utf-8-sig"))))
    assert found[0]["text"] == "春，" and found[1]["error"] == "'=1+1"


def test_an_uploaded_list_in_gbk_is_read_and_said_to_be(shared: Shared, monkeypatch: pytest.MonkeyPatch):
    told: list[str] = []
    monkeypatch.setattr("gradio.Info", told.append)
    rows = "\nhead,form\n春,五绝\n秋,七绝\n"
    for encoding, lines in (("utf-8-sig", 0), ("gb18030", 1)):
        path = shared.uploads.keep("要求.csv", rows.encode(encoding))
        assert _read({"path": str(path)}, None) == rows
        assert len(told) == lines
    assert "GB18030" in told[0]


def test_a_byte_that_is_no_text_and_a_control_character_spoil_their_rows_only(monkeypatch: pytest.MonkeyPatch):
    rows = b"head,theme,form\n\n\0,,\n\xff\xfe,,\n,\xe6\xb1\x9f\0,\n,\xff,\n\xe6\x98\xa5,,\xe4\xba\x94\xe7\xbb\x9d\n"
    text, encoding = batch.text_of(rows)
    assert encoding == "utf-8-sig" and limits.rows(text, "prompts", limits.BATCH_TEXT) == text  # as it comes back
    records = list(batch.write(batch.rows(text), "七绝", "lstm"))
    assert [record["row"] for record in records] == [1, 2, 3, 4, 5]
    for line, record in zip((3, 4, 5, 6), records, strict=False):
        assert str(line) in record["error"] and "U+FFFD" in record["error"]
    assert records[4]["form"] == "五绝" and records[4]["text"].startswith("春")


def test_rows_are_counted_as_the_command_line_counts_them(tmp_path: Path):
    content = "\r\n春\r秋\x0b\u2028月\x85\n\n夏".encode()
    (tmp_path / "list.txt").write_bytes(content)
    wanted = [prompt.line for prompt in Source.of(tmp_path / "list.txt").prompts()]
    assert [wish.line for wish in batch.rows(batch.text_of(content)[0])] == wanted == [2, 3, 5]
