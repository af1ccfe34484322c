"""Files that a request names: uploads of this process and nothing else, wherever in the request they stand.

Gradio takes any object with `path` and `meta` for a file, in any value of any event, and reads it before the event's
own code runs. What has a path or an address here is an upload, said in gradio's own words, or the request is refused.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from apps.door.paths import API
from apps.door.refusal import Refusal
from apps.uploads import Uploads

META = {"_type": "gradio.FileData"}
_OTHERS = {"orig_name": str, "mime_type": str, "size": int}


def check(value: Any, uploads: Uploads, site: str) -> None:
    """Raises Refusal unless every file named in a JSON value, at any depth, is one of the uploads. `site` is the host
    as it was addressed, and the path of the page where a proxy gives it one."""
    for named in _named(value):
        if not _is_upload(named, uploads, site):
            raise Refusal(403, "the request names a file that was not uploaded; upload it again")


def _named(value: Any) -> Iterator[dict[str, Any]]:
    """Everything within a value that could be taken for a file."""
    if isinstance(value, dict):
        if value.keys() & {"path", "url", "meta", "is_stream"}:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _named(each)


def _is_upload(named: dict[str, Any], uploads: Uploads, site: str) -> bool:
    """Whether a file is named as gradio's page does it: an upload's path, its address here or none, no stream."""
    path, url = named.get("path"), named.get("url")
    own = [None, *(f"{scheme}://{site}{API}/file={path}" for scheme in ("http", "https")), f"{API}/file={path}"]
    return (
        isinstance(path, str)
        and named.get("meta") == META
        and not named.get("is_stream")
        and named.keys() <= {"path", "url", "meta", "is_stream", *_OTHERS}
        and all(named.get(key) is None or type(named[key]) is kind for key, kind in _OTHERS.items())
        and (unquote(url) if isinstance(url, str) else url) in own
        and uploads.holds(path)
    )
