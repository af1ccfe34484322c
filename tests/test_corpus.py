"""The corpus: cleaning rules, readers, hashes, the download."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from charrnn_core.errors import CharRNNError, DataError, UsageError
from poetry.corpus import __main__ as command
from poetry.corpus import fetch as fetching
from poetry.corpus.clean import CleanPoem, clean, clean_text, clean_title
from poetry.corpus.dedupe import distinct, similarity
from poetry.corpus.prepare import prepare
from poetry.corpus.read import RawPoem, read_json, read_plain
from poetry.corpus.registry import Dataset, File, dataset, datasets, verify
from poetry.corpus.split import part_of
from poetry.text.files import data_folder
from poetry.text.hanzi import simplify, to_traditional
from poetry.training import data


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("白日依山盡，黃河入海流。", "白日依山盡，黃河入海流。"),
        ("白日依山盡；黃河入海流！欲窮千里目、更上一層樓", "白日依山盡，黃河入海流。欲窮千里目，更上一層樓。"),
        ("白日（一作「百日（非）」）依山盡，黃河入海流。", "白日依山盡，黃河入海流。"),
        ("「白日依山盡」，\n 『黃河入海流』。。", "白日依山盡，黃河入海流。"),
        ("，白日依山盡，，。黃河入海流，", "白日依山盡。黃河入海流。"),
        ("白日依山盡，黃河入□流。", None),
        ("白日依山盡，黃河[入]海流。", None),
        ("白日依山盡，見《唐詩》海流。", None),
        ("白日依山盡，黃河入海流2。", None),
        ("白日依山盡，see the river。", None),
        ("詩題：登樓，白日依山盡，黃河入海流。", None),
        ("白日依山盡黃河入海流。", None),
        ("白日，黃河。", None),
        ("", None),
    ],
)
def test_cleaning_rules(raw: str, expected: str | None) -> None:
    assert clean_text(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("帝京篇十首 一", "帝京篇"),
        ("登鸛雀樓（一作王文奐詩）", "登鸛雀樓"),
        ("句", "句"),
        ("春曉·其二", "春曉"),
        ("a", ""),
        ("長" * 40, "長" * 16),
    ],
)
def test_titles(raw: str, expected: str) -> None:
    assert clean_title(raw) == expected


def test_the_model_reads_simplified() -> None:
    (poem,) = clean(iter([RawPoem("tang", "登鸛雀樓", "王之渙", "白日依山盡，黃河入海流。")]))
    assert (poem.text, poem.title) == ("白日依山尽，黄河入海流。", "登鹳雀楼")
    assert poem.lines == ["白日依山尽", "黄河入海流"]
    assert to_traditional(simplify("黃河入海流")) == "黃河入海流"


def _poem(text: str) -> CleanPoem:
    return CleanPoem("own", "", "", text, text)


def test_near_copies_are_left_out_and_others_stay() -> None:
    one = _poem("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。")
    variant = _poem("白日依山没，黄河入海流。欲穷千里目，更上一重楼。")
    excerpt = _poem("黄河入海流，白日依山尽。")
    other = _poem("床前明月光，疑是地上霜。举头望明月，低头思故乡。")
    assert distinct([one, variant, excerpt, other, one]) == [one, other]
    assert distinct([]) == []


def test_similarity_is_the_jaccard_index_of_trigrams() -> None:
    assert similarity("甲乙丙丁", "甲乙丙丁") == 1
    assert similarity("甲乙丙丁", "甲乙丙戊") == pytest.approx(1 / 3)
    assert similarity("甲乙丙", "丁戊己") == 0


def test_the_split_is_stable_and_of_the_stated_sizes() -> None:
    assert part_of("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。") == "train"
    parts = [part_of(f"{i}") for i in range(20_000)]
    assert 0.008 < parts.count("test") / len(parts) < 0.012
    assert 0.008 < parts.count("validation") / len(parts) < 0.012


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": 1}', b'[{"title": "t"}]', b"\xff\xfe", b"[" * 100_000])
def test_a_malformed_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "poet.tang.0.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"poet\.tang\.0\.json"):
        list(read_json(path, "tang"))


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"poetry\.corpus fetch"):
        list(read_json(tmp_path / "absent.json", "tang"))


def test_own_text_with_and_without_titles(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("\ufeff登楼:白日依山尽，黄河入海流。\n\n床前明月光，疑是地上霜。\n静夜：床前\n", encoding="utf-8")
    assert [(p.title, p.text) for p in read_plain(path)] == [
        ("登楼", "白日依山尽，黄河入海流。"),
        ("", "床前明月光，疑是地上霜。"),
        ("静夜", "床前"),
    ]
    path.write_bytes("静夜:床前明月光".encode("gb18030"))
    assert [(p.title, p.text) for p in read_plain(path)] == [("静夜", "床前明月光")]
    path.write_bytes(b"\xff")
    with pytest.raises(UsageError, match="not UTF-8"):
        list(read_plain(path))
    path.write_text("\n \n", encoding="utf-8")
    with pytest.raises(DataError, match="no poem"):
        list(read_plain(path))
    path.write_text("abc\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"none of 1 poems .*: 1 有汉字、标点以外的字符 .*; check the text"):
        prepare(text=path)


def test_what_is_left_out_is_counted_and_said_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["白日依山尽，黄河入海流。", "白日依山尽，黄河□海流。", "abc", "白日，黄河。", "詩題甲，白日依山盡。"]
    path = tmp_path / "own.txt"
    path.write_text("\n".join([*rows, "甲：白日依山尽，黄河入海流。"]), encoding="utf-8")
    prepared = prepare(text=path)
    assert list(prepared.left_out.values()) == [2, 1, 1, 1] and prepared.summary()["left_out"] == prepared.left_out
    assert command.main(["encode", "--text", str(path), "-o", str(tmp_path / "c.npz"), "--min-count", "1"]) == 0
    first = capsys.readouterr().err.splitlines()[0]
    assert first.startswith("6 首中略去 5 首 / 5 of 6 poems left out；2 有") and "1 与前面的诗几乎相同" in first
    data.load(path)
    assert capsys.readouterr().err == first + "\n"


def test_the_registry_is_whole() -> None:
    assert len(dataset("chinese-poetry").files) == 313
    for registered in datasets().values():
        assert registered.address.startswith("https://")
        assert registered.licence
        assert all(len(file.sha256) == 64 and file.bytes > 0 for file in registered.files.values())
    with pytest.raises(UsageError, match="chinese-poetry"):
        dataset("no-such")


def test_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POETRY_DATA_DIR", str(tmp_path))
    assert data_folder() == tmp_path
    assert data_folder(Path("x")) == Path("x")
    monkeypatch.delenv("POETRY_DATA_DIR")
    assert data_folder().name == "charrnn-verse"


CONTENT = bytes(range(256)) * 1000


class _Handler(BaseHTTPRequestHandler):
    ranges = True
    content = CONTENT

    def do_GET(self) -> None:
        start = 0
        wanted = self.headers.get("Range")
        if wanted and self.ranges:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
        else:
            self.send_response(200 if "a b" in self.path or "%20" in self.path else 404)
        self.end_headers()
        self.server.asked.append(start)  # type: ignore[attr-defined]
        self.wfile.write(self.content[start:])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _dataset(server: ThreadingHTTPServer, name: str = "诗/a b.json") -> Dataset:
    address = f"http://127.0.0.1:{server.server_port}/"
    return Dataset("d", "", "", address, "d", {name: File(hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))})


def test_fetch_brings_checks_and_does_not_fetch_twice(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    wanted = _dataset(server)
    assert fetching.fetch(wanted, tmp_path) == 1
    assert (tmp_path / "d" / "诗" / "a b.json").read_bytes() == CONTENT
    assert fetching.fetch(wanted, tmp_path) == 0
    assert verify(wanted, tmp_path) == tmp_path / "d"


@pytest.mark.parametrize("ranges", [True, False])
def test_fetch_goes_on_where_it_stopped(
    server: ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ranges: bool
) -> None:
    monkeypatch.setattr(_Handler, "ranges", ranges)
    part = tmp_path / "d" / "诗" / "a b.json.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT[:100_000])
    fetching.fetch(_dataset(server), tmp_path)
    assert (tmp_path / "d" / "诗" / "a b.json").read_bytes() == CONTENT
    assert server.asked == [100_000 if ranges else 0]  # type: ignore[attr-defined]


def test_fetch_refuses_another_file(
    server: ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Handler, "content", CONTENT[::-1])
    with pytest.raises(CharRNNError, match="sha256 differs"):
        fetching.fetch(_dataset(server), tmp_path)
    assert list((tmp_path / "d" / "诗").iterdir()) == []


def test_fetch_says_that_the_network_fails(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    with pytest.raises(CharRNNError, match="404"):
        fetching.fetch(_dataset(server, "absent.json"), tmp_path)
    dead = Dataset("d", "", "", "http://127.0.0.1:9/", "d", {"x": File("0" * 64, 1)})
    with pytest.raises(CharRNNError, match="cannot fetch"):
        fetching.fetch(dead, tmp_path)


def test_a_damaged_local_file_is_named(tmp_path: Path) -> None:
    wanted = Dataset("d", "", "", "http://x/", "d", {"f": File(hashlib.sha256(b"a").hexdigest(), 1)})
    with pytest.raises(DataError, match="missing"):
        verify(wanted, tmp_path)
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "f").write_bytes(b"b")
    with pytest.raises(DataError, match="damaged"):
        verify(wanted, tmp_path)


def test_the_commands(own_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["inspect", "--text", str(own_corpus)]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["read"] == summary["distinct"] == 120
    assert sum(summary["parts"].values()) == 120
    assert summary["forms"] == {"own 五绝": 60, "own 七绝": 60}
    assert command.main(["encode", "--text", str(own_corpus), "-o", str(tmp_path / "c.npz"), "--min-count", "1"]) == 0
    assert (tmp_path / "c.npz").exists()
    assert command.main(["inspect", "--text", str(tmp_path / "absent.txt")]) == 2
    assert "absent.txt" in capsys.readouterr().err
    assert command.main(["inspect", "--data-dir", str(tmp_path)]) == 2
    assert "fetch" in capsys.readouterr().err
