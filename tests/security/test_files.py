"""No client names a file of the server: not by path, link or address, in no value of any event, and none is opened."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.security.attacker import MARK, Attacker, file_data

TAKES_FILE = {"_read": 0, "_upload": 0, "_sample": 0, "_complete": 0, "_explain": 0, "_colour_1": 0, "_units": 0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Files of the server that are no upload: text, a network, a pipe that nobody writes to."""
    place = tmp_path_factory.mktemp("private")
    for name in ("secret.txt", "secret.safetensors"):
        (place / name).write_text(MARK)
        os.mkfifo(place / f"pipe-{name}")
        (place / f"link-{name}").symlink_to(place / name)
        os.truncate(os.open(place / f"large-{name}", os.O_CREAT | os.O_RDWR), 1 << 30)
        (place / f"folder-{name}").mkdir()
    yield place


def wrong_paths(folder: Path, upload: str, suffix: str) -> dict[str, str]:
    """Every way to name something else than an upload of one's own."""
    own = Path(upload)
    name = f"secret{suffix}"
    return {
        "absolute": str(folder / name),
        "relative": os.path.relpath(folder / name),
        "up": str(own.parent / os.path.relpath(folder / name, own.parent)),
        "own, but not plainly": str(own.parent / ".." / own.parent.name / own.name),
        "link": str(folder / f"link-{name}"),
        "pipe": str(folder / f"pipe-{name}"),
        "device": "/dev/zero",
        "input": "/dev/stdin",
        "folder": str(folder / f"folder-{name}"),
        "the folder of uploads": str(own.parent),
        "large": str(folder / f"large-{name}"),
        "process": "/proc/self/environ",
        "file address": f"file://{folder / name}",
        "web address": f"http://127.0.0.1:1/{name}",
        "empty": "",
        "NUL": f"{upload}\0",
        "missing": f"{upload}x",
    }


@pytest.mark.parametrize("event", TAKES_FILE)
def test_no_file_but_an_upload_is_opened(attacker: Attacker, folder: Path, event: str) -> None:
    suffix = ".txt" if event == "_read" else ".safetensors"
    upload = attacker.upload(f"own{suffix}", b"spring")
    for what, path in wrong_paths(folder, upload, suffix).items():
        values: list[Any] = [None] * len(attacker.events[event]["inputs"])
        values[TAKES_FILE[event]] = file_data(path)
        answer = attacker.do(event, values)
        assert 400 <= answer.status < 500 and MARK not in answer.text, (what, answer)
        assert str(folder) not in answer.text and "\n" not in answer.text.strip(), what
    assert attacker.server.health()["status"] == "ok"


def test_nor_in_any_value_of_any_event_at_any_depth(attacker: Attacker, folder: Path) -> None:
    named = file_data(str(folder / "secret.txt"))
    for event, about in attacker.events.items():
        count = len(about["inputs"])
        for hidden in (named, [named], {"a": [{"b": named}]}, {"path": {"path": named}}):
            for values in ([hidden] * count, [None] * max(0, count - 1) + [hidden][:count]):
                answer = attacker.do(event, values, event_data=hidden)
                assert 400 <= answer.status < 500 and MARK not in answer.text, (event, hidden)


@pytest.mark.parametrize("endpoint", ["generate", "check", "rewrite", "complete"])
def test_nor_by_a_named_endpoint(attacker: Attacker, folder: Path, endpoint: str) -> None:
    named = file_data(str(folder / "secret.txt"))
    about = json.loads(attacker.server.fetch("/gradio_api/info"))["named_endpoints"][f"/{endpoint}"]["parameters"]
    for parameter in about:
        sent = {each["parameter_name"]: "春" for each in about if not each["parameter_has_default"]}
        answer = attacker.ask("POST", f"/gradio_api/call/v2/{endpoint}", sent | {parameter["parameter_name"]: named})
        assert answer.status == 403, answer
    assert attacker.ask("POST", f"/gradio_api/call/{endpoint}", {"data": [named] * len(about)}).status == 403


def test_an_address_beside_the_path_is_the_uploads_own(attacker: Attacker, folder: Path) -> None:
    path = attacker.upload("own.txt", b"spring")
    own = f"{attacker.server.address}/gradio_api/file={path}"
    assert "spring" in attacker.do("_read", [file_data(path, url=own, orig_name="own.txt", size=6)]).text
    for url in (
        f"file://{folder}/secret.txt",
        "http://127.0.0.1:1/x",
        f"http://evil.example/gradio_api/file={path}",
        5,
    ):
        assert attacker.do("_read", [file_data(path, url=url)]).status == 403, url
    for more in ({"is_stream": True}, {"size": "six"}, {"orig_name": ["a"]}, {"other": 1}, {"meta": {"_type": "x"}}):
        assert attacker.do("_read", [{**file_data(path), **more}]).status == 403, more


def test_what_another_uploaded_cannot_be_found(attacker: Attacker) -> None:
    """Whoever knows a file's content and name knows nothing of its path, and the same file is another upload."""
    one, other = attacker.upload("poem.txt", b"spring"), attacker.upload("poem.txt", b"spring")
    assert one != other and len({Path(one).parent.name, Path(other).parent.name}) == 2
    assert len(Path(one).parent.name) >= 32
    base, kept = Path(one).parents[1], Path(other).parent.name
    guesses = ["0" * len(kept), kept[:-1], kept[:-1] + "*", "0b3f4a1a2f6b2d1b6b4a5f6d7c8e9f00" * 2]
    for guess in guesses:
        assert attacker.do("_read", [file_data(str(base / guess / "poem.txt"))]).status == 403


def test_no_path_serves_a_file(attacker: Attacker, folder: Path) -> None:
    path = attacker.upload("own.txt", MARK.encode())
    for asked in (
        f"/gradio_api/file={folder}/secret.txt",
        f"/gradio_api/file/{folder}/secret.txt",
        f"/gradio_api/file={path}",
        f"/gradio_api/proxy=http://127.0.0.1:1/{path}",
        f"/static/..%2f..%2f{folder}/secret.txt",
        "/gradio_api/stream/a/b/c/playlist.m3u8",
        "/gradio_api/deep_link?session_hash=a",
        "/gradio_api/vibe-code",
    ):
        answer = attacker.ask("GET", asked)
        assert 400 <= answer.status < 500 and MARK not in answer.text, asked


def test_uploads_are_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The files that are kept take no more than a set room on the disk: the oldest gives way."""
    from apps import limits
    from apps.uploads import LEAST, Uploads

    monkeypatch.setattr(limits, "UPLOADS", 3 * LEAST)
    uploads, kept = Uploads(tmp_path), []
    for number in range(5):
        kept.append(uploads.keep("a.txt", b"x" * (1, LEAST)[number % 2]))
        os.utime(kept[-1].parent, (time.time() - 100 + number,) * 2)
    assert [path.exists() for path in kept] == [False, False, True, True, True]
    monkeypatch.setattr(limits, "KEPT", -1)
    uploads.sweep()
    assert not any(path.exists() for path in kept)
