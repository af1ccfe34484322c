"""Which paths there are: those that the page, gradio_client and curl need, and no other of gradio's many."""

import re

from apps.door.refusal import Refusal

API = "/gradio_api"
UPLOAD = f"{API}/upload"
JOIN, CANCEL, RESET = f"{API}/queue/join", f"{API}/cancel", f"{API}/reset"
CALL = re.compile(rf"{API}/call/(?P<second>v2/)?(?P<name>\w{{1,64}})/?")
STREAM = re.compile(rf"{API}/(queue/data|call/(v2/)?\w{{1,64}}/(?P<event>\w{{1,64}}))")

_READ = re.compile(
    r"/|/api|/health|/openapi\.json|/config/?|/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/(assets|static)/[\w./@-]+"
    rf"|{API}/(info/?|app_id/?|login_check/?|startup-events|upload_progress|heartbeat/[\w-]{{1,64}}|theme\.css)"
)


def check(method: str, path: str) -> None:
    """Raises Refusal for a path that there is not, or a method it does not know."""
    if ".." in path:
        raise Refusal(404, "there is no such page")
    read = bool(_READ.fullmatch(path) or STREAM.fullmatch(path))
    written = path in (UPLOAD, JOIN, CANCEL, RESET) or bool(CALL.fullmatch(path))
    if not read and not written:
        raise Refusal(404, "there is no such page")
    if method not in (("GET", "HEAD") if read else ()) and not (written and method == "POST"):
        raise Refusal(405, "this page knows no such method")
