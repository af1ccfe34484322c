"""The page is told the language in which the server will answer it."""

import asyncio
import re
from importlib.resources import files

import gradio
import pytest

from apps.current import preferred
from apps.spoken import LOCALES, Spoken
from apps.texts import dictionaries

PAGE = b"<!doctype html><html><head><title>x</title></head><body><head></body></html>"


def answer(path: str, accept: str, pieces: list[bytes]) -> tuple[dict[bytes, bytes], bytes]:
    """Headers and body of an answer of `pieces` to a request that accepts these languages."""
    sent = []

    async def app(scope, receive, send):
        size = str(sum(map(len, pieces))).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", size)]})
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": piece is not pieces[-1]})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "headers": [(b"accept-language", accept.encode())]}
    asyncio.run(Spoken(app)(scope, None, send))
    return dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:])


@pytest.mark.parametrize(
    ("accept", "locale"),
    [
        ("zh-SG,zh;q=0.9", "zh-CN"),
        ("zh-Hans-CN", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh-TW,en;q=0.8", "zh-TW"),
        ("zh-Hant-HK", "zh-TW"),
        ("fr,zh-MO;q=0.5", "zh-TW"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("", "en"),
        ('"></script><script>', "en"),
    ],
)
def test_the_page_has_the_language_of_the_servers_answers(accept: str, locale: str) -> None:
    headers, body = answer("/", accept, [PAGE[:50], PAGE[50:]])
    told = re.findall(rb'<head><script>Object.defineProperty\(navigator, "language", \{ value: "(.*?)" \}\)<', body)
    assert told == [locale.encode()] == [LOCALES[preferred(accept)].encode()]
    assert locale in dictionaries()
    assert headers == {b"content-length": str(len(body)).encode(), b"vary": b"accept-language"}
    assert re.sub(rb"<script>.*?</script><link .*?>", b"", body) == PAGE


def test_the_page_has_no_link_out_of_its_path() -> None:
    page = (files(gradio) / "templates/frontend/index.html").read_bytes()
    assert b"manifest.json" in page
    headers, body = answer("/", "zh", [page])
    assert b"manifest" not in body and headers[b"content-length"] == str(len(body)).encode()


def test_what_is_not_the_page_is_left_as_it_is() -> None:
    headers, body = answer("/health", "zh", [PAGE])
    assert body == PAGE and headers == {b"content-length": str(len(PAGE)).encode()}
