"""What programmers are given: the document, the page, the typed client, and errors with a code."""

import asyncio
import json
import re
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from types import SimpleNamespace

import jsonschema
import pytest

from apps import api, coded, codes, gradio_app, networks, openapi, reference, service
from apps.current import serving as serving_in
from apps.door.hosts import Hosts
from apps.door.refusal import CODES, Refusal
from apps.shared import Shared
from apps.texts import TEXTS
from poetry.writing.proposals import possible
from tests.app_server import ROOT, CallError, Served, serving

TOWER = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"  # 王之涣 (688-742)


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """The app in a process of its own."""
    with serving() as served:
        yield served


def schema(name: str) -> dict:
    """A schema of the document, with all that it speaks of."""
    components = openapi.document()["components"]
    return {"$ref": f"#/components/schemas/{name}", "components": components}


def test_the_typed_client_of_the_examples_works(server: Served) -> None:
    client = runpy.run_path(str(ROOT / "examples/client.py"))
    verse = client["Client"](server.address)
    [poem] = verse.generate(head="春", form="五绝", seed=1)
    assert poem["text"].startswith("春") and verse.check(poem["text"])[0]["verdict"] == "合律"
    assert verse.rewrite(TOWER, gap="4")["lines"][:3] == ["白日依山尽", "黄河入海流", "欲穷千里目"]
    assert len(verse.complete("ROMEO:", length=40)) == 40
    with pytest.raises(client["VerseError"], match="must be between 1 and 6") as refused:
        verse.generate(count=100)
    assert (refused.value.code, refused.value.parameter) == ("out_of_range", "count")
    with pytest.raises(client["VerseError"], match="no field") as refused:
        verse.generate(nonsense=1)
    assert refused.value.code == "bad_request"
    wishes = {"acrostic": "但愿人长久", "form": "七绝", "seed": 1}
    with pytest.raises(client["VerseError"], match="cannot hide 5 characters") as refused:
        verse.generate(**wishes)
    assert (refused.value.code, refused.value.parameter) == ("impossible", "acrostic")
    way = refused.value.instead[0]
    [poem] = verse.generate(**{**wishes, **way["changes"]})
    assert way["said"] == "a 七律 of 8 lines" and [line[0] for line in poem["lines"][:5]] == list("但愿人长久")


@pytest.mark.parametrize(
    ("endpoint", "values", "code", "parameter"),
    [
        ("generate", {"count": 7}, "out_of_range", "count"),
        ("generate", {"seed": -1}, "impossible", "seed"),
        ("generate", {"temperature": 99}, "out_of_range", "temperature"),
        ("generate", {"cell": "transformer"}, "no_such_choice", "cell"),
        ("generate", {"traditional": 1}, "not_a_flag", "traditional"),
        ("generate", {"form": "其他", "rhyme": "一东"}, "impossible", None),
        ("check", {"text": ""}, "empty", "text"),
        ("check", {"text": 5}, "not_text", "text"),
        ("check", {"text": "春\x00"}, "bad_character", "text"),
        ("rewrite", {"text": TOWER * 100, "gap": "1"}, "too_long", "text"),
        ("complete", {"starter": "a", "gumbel": "yes"}, "not_a_flag", "gumbel"),
    ],
)
def test_an_error_has_a_code_the_parameter_and_a_line(
    server: Served, endpoint: str, values: dict, code: str, parameter: str | None
) -> None:
    with pytest.raises(CallError) as refused:
        server.call(endpoint, **values)
    said = json.loads(refused.value.said)
    jsonschema.validate(said, schema("Error"))
    assert (said["code"], said["parameter"]) == (code, parameter) and len(said["message"]) > 5
    assert bool(said["instead"]) == ((endpoint, code, parameter) == ("generate", "impossible", None))


CANNOT = [
    {"acrostic": "但愿人长久千里", "form": "五绝"},
    {"acrostic": "happy birthday"},
    {"acrostic": "春夏秋冬", "at": 7, "form": "七绝", "rhyme": "一东"},
    {"form": "其他", "rhyme": "一东"},
    {"theme": "qwerty", "form": "七律"},
    {"theme": "春", "title": "山居", "acrostic": "平安"},
    {"head": "春", "form": "六言"},
    {"head": "不不不不不", "form": "五绝", "mood": "欢"},
]


@pytest.mark.parametrize("wishes", CANNOT, ids=str)
def test_what_cannot_be_has_what_can_instead_by_the_parameters_of_the_endpoint(
    wishes: dict, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared.jobs, "results", lambda work, *given: work(*given))
    monkeypatch.setattr(shared.jobs, "result", lambda work, *given: work(*given))
    with serving_in("en", float("inf")), pytest.raises(codes.ImpossibleError) as refused:
        api.generate(None, **wishes)
    said = json.loads(codes.title_of(refused.value, {})) | {"message": str(refused.value)}
    jsonschema.validate(said, schema("Error"))
    assert 1 <= len(said["instead"]) <= 4
    for way in said["instead"]:
        again = {"cell": "lstm"} | wishes | way["changes"]
        body = openapi.document()["paths"]["/gradio_api/call/v2/generate"]["post"]["requestBody"]
        jsonschema.validate(again, body["content"]["application/json"]["schema"])
        assert way["said"] and way["changes"] and possible(service._order(again), networks.writer("lstm").model.sets())


def test_a_refusal_has_a_code(server: Served) -> None:
    for path, body, status in (
        ("/nothing", None, 404),
        ("/gradio_api/call/v2/check", {"nonsense": 1}, 400),
        ("/gradio_api/call/v2/nonsense", {}, 404),
        ("/health", {}, 405),
    ):
        with pytest.raises(CallError) as refused:
            server.fetch(path, body)
        said = json.loads(refused.value.said)
        jsonschema.validate(said, schema("Refusal"))
        assert (refused.value.status, said["code"]) == (status, CODES[status]) and said["message"] == said["detail"]


def test_answers_are_as_the_document_says(server: Served) -> None:
    assert json.loads(server.fetch("/openapi.json")) == openapi.document()
    poems = server.call("generate", theme="江边送别", seed=1, count=2)
    reports = server.call("check", text=f"登鹳雀楼 王之涣\n{TOWER}\n\n床前明月光，疑是地上霜。举头望明月，低头思故乡。")
    for name, answers in (("Poem", [*poems, server.call("rewrite", text=TOWER, gap="4")]), ("Report", reports)):
        for answer in answers:
            jsonschema.validate(answer, schema(name))
            assert answer.keys() <= openapi.document()["components"]["schemas"][name]["properties"].keys()


@pytest.mark.parametrize("endpoint", [work.__name__ for work in api.ENDPOINTS])
def test_the_example_of_the_page_runs_as_it_stands(server: Served, endpoint: str) -> None:
    assert shutil.which("curl"), "no curl: apt-get install curl"
    command = reference.example(endpoint, server.address)
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=150, check=True)
    assert "event: complete" in done.stdout, done.stdout


def test_the_page_is_whole_fetches_nothing_and_speaks_the_readers_language(server: Served) -> None:
    page = server.fetch("/api")
    named = [name for work in api.ENDPOINTS for name in openapi.parameters(work)]
    assert [name for name in (*named, *codes.CODES, *CODES.values()) if f"<code>{name}</code>" not in page] == []
    assert not re.search(r"<script|src=|@import|url\(", page) and re.findall('href="(.*?)"', page) == [
        "favicon.ico",
        "openapi.json",
    ]
    assert server.address in page and TEXTS["api_calling"][1] in page

    def asked(language: str) -> str:
        request = SimpleNamespace(
            headers={"accept-language": language, "host": '"><b>'},
            url=SimpleNamespace(scheme="https"),
            app=SimpleNamespace(state=SimpleNamespace(root="/verse")),
        )
        answer = reference.page(request)
        assert answer.headers["vary"] == "accept-language"
        return answer.body.decode()

    assert '<html lang="zh-CN">' in asked("zh-SG") and TEXTS["api_calling"][0] in asked("zh-SG")
    assert '<html lang="zh-TW">' in asked("zh-HK") and "參數" in asked("zh-HK")
    assert "https://&quot;&gt;&lt;b&gt;/verse/gradio_api" in asked("zh-HK")


def test_every_code_is_explained_and_every_wrong_value_has_one() -> None:
    assert [code for code in (*codes.CODES, *CODES.values()) if f"code_{code}" not in TEXTS] == []
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "apps").rglob("*.py"))
    assert set(re.findall(r'FieldError\(\s*"(\w+)"', sources)) == set(codes.OF_VALUES)
    assert set(map(int, re.findall(r"Refusal\((\d{3})", sources))) == set(CODES)


def test_an_error_of_gradios_own_tells_nothing() -> None:
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.body", "body": b'event: error\ndata: "/secret/path"\n\n'})

    async def send(message):
        sent.append(message["body"])

    path = "/gradio_api/call/v2/check/abc"
    asyncio.run(coded.Coded(app)({"type": "http", "path": path}, None, send))
    asyncio.run(coded.Coded(app)({"type": "http", "path": "/gradio_api/queue/data"}, None, send))
    assert json.loads(sent[0].removeprefix(b"event: error\ndata: "))["code"] == "broken" and b"secret" not in sent[0]
    assert sent[1] == b'event: error\ndata: "/secret/path"\n\n'  # the page's own stream is left as it is


@pytest.mark.parametrize("path", ["verse", "/verse/", "/", "/..", "/a/..", "/a b", "https://x", "//x", "/a\n"])
def test_a_root_path_that_is_none_is_refused(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert gradio_app.main(["--root-path", path]) == 2
    assert "the root path must be such as /verse" in capsys.readouterr().err


def test_the_root_path_may_come_from_gradios_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRADIO_ROOT_PATH", "verse")
    assert gradio_app.main([]) == 2 and "'verse'" in capsys.readouterr().err


@pytest.mark.parametrize("forwarded", ["evil.example", "localhost, evil.example", ""])
def test_a_proxy_speaks_of_no_host_but_ours(forwarded: str) -> None:
    with pytest.raises(Refusal) as refused:
        Hosts().check("GET", "/", [(b"host", b"localhost"), (b"x-forwarded-host", forwarded.encode())])
    assert refused.value.status == 421
    Hosts("127.0.0.1", ["verse.example"]).check(
        "GET", "/", [(b"host", b"127.0.0.1:7860"), (b"x-forwarded-host", b"verse.example")]
    )
