"""The real server, over HTTP: the named endpoints do what they say, and hostile input gets a clear no."""

import json
import os
from pathlib import Path

import pytest

from apps import limits
from poetry.prosody.judge import check
from tests.app_server import CallError, Served, serving

LEAKS = ("Traceback", "site-packages", "/tmp", "/home", "/root", '.py"', 'File "', "Exception")
TOWER = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"  # 王之涣 (688-742)
BAD_TEXTS = [
    "\ud800",
    "春\x00\x1b[31m",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{constructor.constructor('return process')()}}",
    "../../../../etc/passwd",
    "C:\\Windows\\win.ini",
    "'; DROP TABLE poems; --",
    "%s%n%x",
    "春" * 350_000,
    "\u202e\u2066春",
]
BAD_TYPES = [True, -1, 10**30, 1.5, [], ["春"], [[[]]], {}, {"path": "/etc/passwd"}, {"__type__": "update"}]


@pytest.fixture(scope="module")
def server():
    """The app in a process of its own."""
    with serving() as served:
        yield served


def test_health(server: Served) -> None:
    assert server.health()["status"] == "ok" and "lstm" in server.health()["networks"]


def test_generate_obeys_and_repeats(server: Served) -> None:
    wish = {"head": "春", "form": "五律", "rhyme": "十一尤", "seed": 7, "count": 2}
    poems = server.call("generate", **wish)
    assert poems == server.call("generate", **wish)
    for poem in poems:
        report = check(poem["lines"])
        assert poem["text"].startswith("春") and report.verdict == "合律" and report.group == "十一尤"


def test_generate_with_every_wish(server: Served) -> None:
    [poem] = server.call("generate", acrostic="春夏秋冬", pattern="平起首句入韵", at=1, temperature=0.5, seed=1)
    assert [line[0] for line in poem["lines"]] == list("春夏秋冬")
    [themed] = server.call("generate", theme="江边送别", seed=1)
    assert themed["words"] and len(themed["lines"]) == 4
    [titled] = server.call("generate", title="山居", form="五律", seed=1)
    assert titled["title"] == "山居" and len(titled["lines"]) == 8
    [free] = server.call("generate", form="其他", head="月", seed=1)
    assert free["text"].startswith("月")
    [long] = server.call("generate", form="五排", lines=12, seed=1, traditional=True)
    assert len(long["lines"]) == 12


def test_check_marks_a_poem(server: Served) -> None:
    [report] = server.call("check", text=TOWER)
    assert (report["form"], report["verdict"], report["group"]) == ("五绝", "合律", "十一尤")


def test_rewrite_changes_the_gap_alone(server: Served) -> None:
    poem = server.call("rewrite", text=TOWER, gap="4", seed=2)
    assert poem["lines"][:3] == ["白日依山尽", "黄河入海流", "欲穷千里目"] and poem["lines"][3] != "更上一层楼"
    assert check(poem["lines"]).verdict == "合律"
    gapped = TOWER.replace("更上", "□□")
    assert server.call("rewrite", text=gapped, seed=2)["lines"][3].endswith("一层楼")


def test_complete_goes_on_and_repeats(server: Served) -> None:
    text = server.call("complete", starter="ROMEO:", length=80, seed=3)
    assert len(text) == 80 and text == server.call("complete", starter="ROMEO:", length=80, seed=3)


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("generate", {"head": "春", "form": "六言"}),
        ("generate", {"acrostic": "春夏秋冬年", "form": "七绝"}),
        ("generate", {"head": "春", "rhyme": "一东", "pattern": "侧起"}),
        ("generate", {"count": 7}),
        ("generate", {"form": "七排", "lines": 11}),
        ("generate", {"seed": -1}),
        ("generate", {"temperature": 99}),
        ("generate", {"form": "其他", "rhyme": "一东"}),
        ("generate", {"theme": "春", "title": "山居"}),
        ("generate", {"theme": "qwerty"}),
        ("generate", {"cell": "../../lstm"}),
        ("check", {"text": ""}),
        ("check", {"text": "no verse here"}),
        ("check", {"text": "春", "policy": "none"}),
        ("rewrite", {"text": TOWER}),
        ("rewrite", {"text": TOWER, "gap": "9"}),
        ("rewrite", {"text": TOWER + "\n\n" + TOWER, "gap": "1"}),
        ("rewrite", {"text": "春眠不觉晓", "gap": "1"}),
        ("complete", {"starter": ""}),
        ("complete", {"starter": "春"}),
        ("complete", {"starter": "a", "length": 10**6}),
    ],
)
def test_what_cannot_be_done_is_explained_in_one_line(server: Served, endpoint: str, values: dict) -> None:
    with pytest.raises(CallError) as refused:
        server.call(endpoint, **values)
    _polite(refused.value)
    assert len(json.loads(refused.value.said)["message"]) > 5


@pytest.mark.parametrize("endpoint", ["generate", "check", "rewrite", "complete"])
@pytest.mark.parametrize(
    "bad", [*BAD_TEXTS, *BAD_TYPES, None], ids=lambda bad: repr(bad)[:24].encode("ascii", "replace").decode()
)
def test_hostile_values_get_a_polite_answer(server: Served, endpoint: str, bad: object) -> None:
    parameters = json.loads(server.fetch("/gradio_api/info"))["named_endpoints"][f"/{endpoint}"]["parameters"]
    good = {"text": TOWER, "starter": "a"}
    quick = {"form": "五绝", "cell": "rnn"} if endpoint == "generate" else {}  # where the value is no harm
    for name in (parameter["parameter_name"] for parameter in parameters):
        values = {p["parameter_name"]: p["parameter_default"] for p in parameters if p["parameter_has_default"]}
        required = {
            p["parameter_name"]: good[p["parameter_name"]] for p in parameters if not p["parameter_has_default"]
        }
        try:
            server.call(endpoint, **(values | required | quick | {name: bad}))
        except CallError as error:
            _polite(error)
    assert server.health()["status"] == "ok"


@pytest.mark.parametrize("data", [None, 5, "春", {}, [], [1] * 100, [None] * 100, [[[[]]]]])
def test_malformed_calls_get_a_polite_answer(server: Served, data: object) -> None:
    for endpoint in ("generate", "check", "rewrite", "complete", "nonsense", "..%2f..%2fetc"):
        try:
            server.call_in_order(endpoint, data)
        except CallError as error:
            _polite(error)
    assert server.health()["status"] == "ok"


@pytest.mark.parametrize(
    "bad", ["\ud800", "<script>alert(1)</script>", "春" * 350_000, [], {"path": "/etc/passwd"}, None, -1]
)
def test_events_of_the_page_are_as_careful(server: Served, bad: object) -> None:
    """Every event that the page itself uses, its inputs all replaced by one hostile value."""
    config = json.loads(server.fetch("/config"))
    events = [event for event in config["dependencies"] if event["backend_fn"] and event["id"] is not None]
    assert len(events) > 15
    for event in events:
        body = {
            "data": [bad] * len(event["inputs"]),
            "fn_index": event["id"],
            "session_hash": f"hostile{event['id']}",
            "trigger_id": None,
        }
        try:
            server.fetch("/gradio_api/queue/join", body)
            answer = server.fetch(f"/gradio_api/queue/data?session_hash=hostile{event['id']}")
        except CallError as error:
            _polite(error)
        except OSError:  # the server hangs up on a body that is too large, perhaps before it is sent
            assert len(json.dumps(body)) > limits.BODY
        else:
            assert not [leak for leak in LEAKS if leak in answer], answer[:500]
    assert server.health()["status"] == "ok"


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../../etc/passwd",
        "/gradio_api/file=%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/file=/etc/passwd",
        "/static/../../../../etc/passwd",
        "/assets/..%2f..%2f..%2fetc%2fpasswd",
        "/gradio_api/proxy=http://127.0.0.1:1/x",
        "/docs",
        "/monitoring",
    ],
)
def test_no_path_beyond_its_own_files_is_served(server: Served, path: str) -> None:
    with pytest.raises(CallError) as refused:
        server.fetch(path)
    assert refused.value.status in (400, 403, 404) and "root:" not in refused.value.said


def test_a_body_that_is_too_large_is_refused(server: Served) -> None:
    with pytest.raises((CallError, OSError)) as refused:
        server.fetch("/gradio_api/call/check", {"data": ["春" * 3_000_000]})
    if isinstance(refused.value, CallError):
        assert refused.value.status == 413
    assert server.health()["status"] == "ok"


def test_uploads_are_private_and_removed_at_the_end(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with serving() as served:
        [folder] = tmp_path.glob("charrnn-verse-*")
        assert folder.stat().st_mode & 0o077 == 0
        body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="../../a.txt"\r\n\r\nspring\r\n--x--\r\n'
        [path] = json.loads(served.post("/gradio_api/upload", body, "multipart/form-data; boundary=x"))
        assert Path(path).resolve().is_relative_to(folder) and Path(path).read_text() == "spring"
    assert not list(tmp_path.glob("charrnn-verse-*"))


@pytest.mark.parametrize("body", [b'{"data": ["\\ud800"]}', b'{"data": ' + b"[" * 200_000, b'\xff\xfe{"data"', b""])
def test_a_body_that_is_no_text_is_refused(server: Served, body: bytes) -> None:
    with pytest.raises(CallError) as refused:
        server.post("/gradio_api/call/check", body, "application/json")
    assert refused.value.status in (400, 422)
    _polite(refused.value)


def test_the_page_may_talk_to_nobody_else(server: Served) -> None:
    page = server.fetch("/")
    for outside in ("fonts.googleapis", "cdnjs", "cdn.jsdelivr", "api.gradio.app", "huggingface.co/front"):
        assert outside not in page


def test_gradio_client_can_call_it(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of docs/app.md."""
    from gradio_client import Client

    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, ",".join(filter(None, [os.environ.get(name), "127.0.0.1"])))
    client = Client(server.address, verbose=False, analytics_enabled=False)
    [poem] = client.predict(head="春", form="五绝", seed=1, api_name="/generate")
    assert poem["text"].startswith("春")


def _polite(error: CallError) -> None:
    """One short line, and nothing of the inside."""
    assert error.status < 500 or "Internal Server Error" in error.said, error
    assert not [leak for leak in LEAKS if leak in error.said], error.said[:500]
    assert len(error.said) < 2000
