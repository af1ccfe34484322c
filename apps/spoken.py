"""The page speaks as the server does: in the language of Accept-Language (apps.current.preferred).

Gradio's page asks the browser for its one language instead, before any script of ours can run, and knows Chinese as
zh-CN and zh-TW alone: zh-SG, zh-Hans-CN or plain zh would get English labels above Chinese errors. So the page is
told, first of all, what its browser's language is.

Its links stay within the path that a proxy gives the app: the icon is named, which a browser would look for at the
root, and the manifest is not, for there is nothing to install.
"""

from typing import Any

from apps.current import CHINESE, ENGLISH, TRADITIONAL, preferred
from apps.door.hosts import PAGE

LOCALES = {CHINESE: "zh-CN", TRADITIONAL: "zh-TW", ENGLISH: "en"}
_BEGIN = b"<head>"
_SCRIPT = b'<script>Object.defineProperty(navigator, "language", { value: "%s" })</script>'
_ICON = b'<link rel="icon" href="favicon.ico">'
_MANIFEST = b'<link rel="manifest" href="/manifest.json" />'


class Spoken:
    """An ASGI app whose page is told its language. All else passes untouched."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """See ASGI."""
        if scope["type"] != "http" or scope["path"] != PAGE:
            await self.app(scope, receive, send)
            return
        language = preferred(dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1"))
        said = _SCRIPT % LOCALES[language].encode() + _ICON
        begun: Any = None  # how the answer begins, held back until its body is there

        async def told(message: Any) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = message
                return
            if begun:
                page = message.get("body", b"").replace(_BEGIN, _BEGIN + said, 1).replace(_MANIFEST, b"", 1)
                longer = len(page) - len(message.get("body", b""))
                sized = (
                    (key, b"%d" % (int(value) + longer) if key == b"content-length" else value)
                    for key, value in begun["headers"]
                )
                await send({**begun, "headers": [*sized, (b"vary", b"accept-language")]})
                message, begun = {**message, "body": page}, None
            await send(message)

        await self.app(scope, receive, told)
